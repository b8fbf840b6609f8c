"""Recording: an object that stands for an array and notes what NumPy is asked to do with it.

NumPy hands over every ufunc through ``__array_ufunc__`` and most functions through
``__array_function__``; operators are ufuncs. What is done with each stands in two tables, filled by
``primitives`` and by the modules in ``rules``.
"""

import dis
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape.graph import Graph, Node
from fastls.tape.lists import as_traced
from fastls.tape.operators import Traced, holds_traced
from fastls.tape.refusals import RECORDERS, TracingError, refuse, user_frame
from fastls.tape.rewrites import PRINTING, instead_of, instead_of_caller, refused_in

__all__ = ["FUNCTIONS", "METHODS", "UFUNCS", "Tracer", "as_node"]

#: What each ufunc, method of a ufunc, and NumPy function is recorded as.
UFUNCS: dict[np.ufunc, Callable[..., Any]] = {}
METHODS: dict[tuple[np.ufunc, str], Callable[..., Any]] = {}
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}


def check_target(out: tuple[Any, ...], inputs: tuple[Any, ...], frame: Any) -> None:
    """Allow `b += t` for an array b that nothing else refers to: the name b is then the result."""
    (target, *others) = out
    instruction = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 2]
    in_place = (
        dis.opname[instruction[0]] in ("BINARY_OP", "BINARY_OP_INPLACE_ADD_UNICODE")
        and instruction[1] >= FIRST_IN_PLACE
    )
    if isinstance(target, Tracer) or others or not in_place or target is not inputs[0]:
        raise refuse("out=", "use the returned value instead")
    # A view writes into another array, and an alias would not see the result.
    if target.base is not None or sys.getrefcount(target) > ALONE or is_a_callers(target, frame):
        raise refuse("an operation in place on an array that has other names", "write b = b + t")
    if target.dtype != float:
        raise refuse(f"an operation in place on an array of {target.dtype}", "write b = b + t")
    if np.broadcast_shapes(*map(np.shape, inputs)) != target.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {target.shape}; "
            f"the other has shape {np.shape(inputs[1])}"
        )


def is_a_callers(value: Any, frame: Any) -> bool:
    """Whether a function that is waiting for this one, as far as the recording, calls it by a name.

    Since Python 3.14, where a function is handed the variable of another, its own is not counted.
    """
    if COUNTS_ARGUMENTS:
        return False
    while (frame := frame.f_back) is not None:
        if frame.f_globals.get("__name__") in RECORDERS:
            return False
        if any(value is each for each in frame.f_locals.values()):
            return True
    return False


#: What arrays have and traced values may not; a program that asks whether they do must not go on.
OF_ARRAYS = frozenset(name for name in dir(np.ndarray) if not name.startswith("__"))
COUNTS_ARGUMENTS: bool = sys.version_info < (3, 14)
FIRST_IN_PLACE = 13  # the argument of BINARY_OP
ALONE = 0  # measured below


def as_node(graph: Graph, value: Any) -> Node:
    """The node of a traced value or a constant."""
    if isinstance(value, Tracer):
        if value.graph is not graph:
            raise refuse(
                "a value from another recording",
                "return it from the function it was made in, or pass it as an argument",
            )
        return value.node
    if isinstance(value, np.ndarray) and value.dtype == object:
        raise refuse(
            "np.array of traced values", "write np.stack([...]) or np.concatenate([...]) instead"
        )
    if isinstance(value, (list, tuple)):
        return as_node(graph, as_traced(value) if holds_traced(value) else np.asarray(value))
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]  # a number now, whatever is written there later
    return graph.constant(value)


def with_base(result: Any, base: Any, given: tuple[Any, ...]) -> Any:
    """Results that are views of base, or own their memory; what was given stays as it is."""
    if isinstance(result, Tracer):
        if not any(result is x for x in given):
            result.base = base
    elif isinstance(result, (tuple, list)):
        for part in result:
            with_base(part, base, given)
    return result


#: Functions whose results may share the memory of what they are given.
VIEWS = {
    getattr(np, name, None)
    for name in (
        "array_split", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray", "atleast_1d",
        "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "diag", "diagonal",
        "dsplit", "expand_dims", "flip", "fliplr", "flipud", "hsplit", "matrix_transpose",
        "meshgrid", "moveaxis", "permute_dims", "ravel", "real", "real_if_close", "reshape",
        "rollaxis", "rot90", "split", "squeeze", "swapaxes", "transpose", "unstack", "vsplit",
    )
} | {np.lib.stride_tricks.sliding_window_view}  # fmt: skip
VIEWS |= {getattr(np.linalg, name, None) for name in ("diagonal", "matrix_transpose")} - {None}


class Tracer(Traced):
    """Stands for an array while a function is recorded."""

    __slots__ = ()

    # What an array tells about itself.

    @property
    def shape(self) -> tuple[int, ...]:
        return self.node.shape

    @property
    def ndim(self) -> int:
        return len(self.node.shape)

    @property
    def size(self) -> int:
        size = 1
        for length in self.node.shape:
            size *= length
        return size

    @property
    def dtype(self) -> Any:
        return self.node.dtype

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        return np.swapaxes(self, -1, -2)

    @property
    def real(self) -> Any:
        return self

    @property
    def imag(self) -> Any:
        return np.imag(self)

    @property
    def itemsize(self) -> int:
        return int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def flat(self) -> Any:
        return np.ravel(self)

    def __len__(self) -> int:
        if not self.node.shape:
            raise TypeError("len() of unsized object")
        return self.node.shape[0]

    def __iter__(self) -> Any:
        if not self.node.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.node.shape[0]))

    def __repr__(self) -> str:
        return f"Tracer({self.node!r})"

    # What NumPy asks for.

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__" and not options:
            found = self.of_numbers(ufunc, inputs)
            if found is not None:
                return found
        out = options.pop("out", None)
        if out is not None:
            check_target(out, inputs, sys._getframe(1))
        if options.pop("where", True) is not True:
            raise refuse("where= of a ufunc", "write np.where(condition, a, b) instead")
        options.pop("casting", None)
        options.pop("order", None)
        options.pop("subok", None)
        if method == "__call__" and np.dtype(dtype := options.pop("dtype", None)) != float:
            raise refuse(f"dtype={dtype!r} of a ufunc", "leave it out: all are float64")
        if method == "__call__":
            if ufunc not in UFUNCS and "scipy.special" in sys.modules:
                from fastls.tape import special

                special.learn()
            handler = UFUNCS.get(ufunc)
            name = ufunc.__name__
        else:
            handler = METHODS.get((ufunc, method))
            name = f"{ufunc.__name__}.{method}"
        if handler is None:
            raise refuse(f"{name}", "fastls.define_rule or fastls.primitive can teach it")
        if any(isinstance(x, (list, tuple)) for x in inputs):
            inputs = tuple(as_traced(x) if holds_traced(x) else x for x in inputs)
        # With out=(b,) of an in-place operator, NumPy rebinds the name to what is returned.
        return with_base(handler(*inputs, **options), None, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        handler = FUNCTIONS.get(function)
        if handler is None:
            module = getattr(function, "__module__", None) or "numpy"
            raise refuse(
                f"numpy.{function.__name__}", instead_of(f"{module}.{function.__name__}") or
                "fastls.primitive can teach it, or write it otherwise"
            )  # fmt: skip
        given = (*args, *kwargs.values())
        is_view = function in VIEWS or (function is np.einsum and len(args) == 2)
        base = next((x for x in given if isinstance(x, Tracer)), None) if is_view else None
        return with_base(handler(*args, **kwargs), base, given)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        instead = instead_of_caller(sys._getframe(1))
        if instead:
            raise refuse("turning a traced value into an array", instead)
        raise refuse_line(
            "turning a traced value into an array",
            "in place of a list write np.array([a, b]), of A.dot(x) A @ x; np.stack joins arrays",
        )

    # What Python asks for.

    def __float__(self) -> float:
        raise refuse_line(
            "float(), math functions, or assignment into an array",
            "use NumPy's functions, leave float out, and write np.stack or np.where in place of "
            "assignment",
        )

    def __format__(self, specification: str) -> str:
        if specification:
            raise refuse(*PRINTING)
        return str(self)

    def __complex__(self) -> complex:
        raise refuse("complex()", "only real numbers can be recorded")

    def __bool__(self) -> bool:
        return bool(self.graph.guard(self.node))

    def __int__(self) -> int:
        # Guarded is the whole number, which other values have too.
        whole: Any = np.trunc(self) if self.node.dtype.kind == "f" else self
        return int(self.graph.guard(whole.node))

    __trunc__ = __int__

    def __floor__(self) -> int:
        return int(np.floor(self))

    def __ceil__(self) -> int:
        return int(np.ceil(self))

    def __index__(self) -> int:
        if self.node.dtype.kind == "f":
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self.graph.guard(self.node))

    def __setitem__(self, key: Any, value: Any) -> None:
        raise refuse("assignment into a traced array", "write np.where or np.concatenate instead")

    def __getitem__(self, key: Any) -> Any:
        found = self.element(key)
        if found is not None:
            return found
        parts = key if isinstance(key, tuple) else (key,)
        # An entry is a number; x[0, ...] is a view.
        found = FUNCTIONS[getitem](self, key)
        is_view = bool(found.shape) or any(part is Ellipsis for part in parts)
        return with_base(found, self if is_view else None, (self,))

    def __hash__(self) -> int:
        """That of the number, on which the path now depends: sets and dicts compare values."""
        if self.node.shape:
            raise TypeError("unhashable type: an array")
        return hash(self.graph.guard(self.node).item())

    def __getattr__(self, name: str) -> Any:
        if name in OF_ARRAYS:
            raise refuse(f"the attribute {name} of an array", "use NumPy's functions instead")
        raise AttributeError(f"a traced value has no attribute {name!r}")

    def __round__(self, digits: int | None = None) -> Any:
        return int(np.rint(self)) if digits is None else np.round(self, digits)

    def __divmod__(self, other: Any) -> Any:
        return np.divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return np.divmod(other, self)

    def item(self, *place: Any) -> Any:
        if place:
            return np.ravel(self)[place[0]] if len(place) == 1 else self[place]
        return self if not self.node.shape else np.reshape(self, ())

    def tolist(self) -> Any:
        if not self.node.shape:
            return self
        return [row.tolist() for row in self]

    def copy(self, order: str = "C") -> Any:
        return np.copy(self)

    def conj(self) -> Any:
        return self

    conjugate = conj

    def clip(self, min: Any = None, max: Any = None) -> Any:
        return np.clip(self, min, max)

    def compress(self, condition: Any, axis: Any = None) -> Any:
        return np.compress(condition, self, axis)

    def astype(self, dtype: Any, **_: Any) -> Any:
        kind = np.dtype(dtype).kind
        if kind == "f" and self.node.dtype.kind == "f":
            return self
        if kind == "f":
            return np.where(self, 1.0, 0.0) if self.node.dtype.kind == "b" else self
        if kind == "b":
            return np.not_equal(self, 0.0)
        if kind in "iu":  # a place, as long as it is the same
            return np.array(self.graph.guard(as_node(self.graph, np.trunc(self)))).astype(dtype)
        raise refuse(f"astype({dtype})", "only float64 has derivatives; use np.rint or the like")

    def flatten(self, order: Any = "C") -> Any:
        return np.copy(np.ravel(self, order))

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        if len(axes) == 1 and not isinstance(axes[0], (int, np.integer)):
            axes = axes[0]
        return np.transpose(self, axes or None)


def refuse_line(what: str, instead: str) -> TracingError:
    """The error for what the user's line asks for; the one given where that cannot be told."""
    frame = user_frame(inside=True)
    found = None if frame is None else refused_in(frame)
    return refuse(*(found or (what, instead)))


def argument(graph: Graph, node: Node) -> Tracer:
    """A value that the caller of the function has too."""
    tracer = Tracer(graph, node)
    tracer.base = graph
    return tracer


def getitem(x: Any, key: Any) -> Any:
    """``x[key]``; a name for the table."""
    return x[key]


def binary(ufunc: np.ufunc) -> Any:
    return lambda self, other: ufunc(self, other)


def comparison(ufunc: np.ufunc) -> Any:
    def compare(self: Tracer, other: Any) -> Any:
        if ufunc in (np.equal, np.not_equal) and (other is None or isinstance(other, str)):
            return np.full(self.shape, ufunc is np.not_equal)[()]  # a number is neither
        return ufunc(self, other)

    return compare


def reflected(ufunc: np.ufunc) -> Any:
    return lambda self, other: ufunc(other, self)


def in_place(is_logical: bool) -> Any:
    """The operator that allows `b += t` where nothing else can see that b changes.

    The name b is then the result. A view refers to what it is a view of. Numbers, as entries are,
    do not change in NumPy either.
    """

    def checked(self: Tracer, other: Any) -> Any:
        # What refers to self is counted: it must not be handed to another function.
        if self.node.dtype.kind == "b" and self.node.shape and not is_logical:
            raise TypeError("cannot put numbers in place of conditions; write b = b + t")
        if self.base is not None:
            raise refuse("an operation in place on an argument or a view", "write b = b + t")
        if self.node.shape and (
            sys.getrefcount(self) > ALONE_TRACED or is_a_callers(self, sys._getframe(1))
        ):
            raise refuse(
                "an operation in place on a value that has other names or views", "write b = b + t"
            )
        if self.node.shape and np.broadcast_shapes(self.shape, np.shape(other)) != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape}; "
                f"the other has shape {np.shape(other)}"
            )
        return NotImplemented

    return checked


ALONE_TRACED = 0  # measured below

OPERATORS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
    "pow": np.power, "matmul": np.matmul, "mod": np.remainder, "floordiv": np.floor_divide,
    "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
}  # fmt: skip
for name, ufunc in OPERATORS.items():
    if f"__{name}__" not in vars(Traced):
        setattr(Tracer, f"__{name}__", binary(ufunc))
        setattr(Tracer, f"__r{name}__", reflected(ufunc))
    setattr(Tracer, f"__i{name}__", in_place(name in ("and", "or", "xor")))


def in_place_product(self: Tracer, other: Any) -> Any:
    raise refuse("@=", "write a = a @ b")


Tracer.__imatmul__ = in_place_product  # type: ignore[attr-defined]
for name, ufunc in {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal,
}.items():  # fmt: skip
    setattr(Tracer, f"__{name}__", comparison(ufunc))
for name, unary in {
    "pos": np.positive, "abs": np.absolute, "invert": np.invert,
}.items():  # fmt: skip
    setattr(Tracer, f"__{name}__", lambda self, unary=unary: unary(self))


def method(function: Any) -> Any:
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


for name in (
    "sum",
    "prod",
    "mean",
    "std",
    "var",
    "max",
    "min",
    "argmax",
    "argmin",
    "argsort",
    "argpartition",
    "cumsum",
    "cumprod",
    "dot",
    "trace",
    "ravel",
    "squeeze",
    "swapaxes",
    "repeat",
    "take",
    "round",
    "diagonal",
    "all",
    "any",
    "nonzero",
    "searchsorted",
):
    setattr(Tracer, name, method(getattr(np, name)))
Tracer.__array_priority__ = 1000  # type: ignore[attr-defined]


def measure_alone() -> int:
    """How many references `check_target` sees to an array that has one name."""
    seen = []

    class Probe:
        def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **options: Any) -> Any:
            out = options.pop("out", None)
            note(out, inputs, sys._getframe(1))
            return 0.0

    def note(out: Any, inputs: Any, frame: Any) -> None:
        (target, *_) = out
        seen.append(sys.getrefcount(target))

    array = np.zeros(1)
    array += Probe()  # type: ignore[call-overload]
    return seen[0]


ALONE = measure_alone()


def measure_alone_traced() -> int:
    """How many references `in_place` sees to a tracer that has one name."""
    seen = []

    class Probe:
        def __add__(self, other: Any) -> Any:
            return other

    def note(self: Any, other: Any) -> Any:
        seen.append(sys.getrefcount(self))
        return NotImplemented

    Probe.__iadd__ = note  # type: ignore[attr-defined]
    probe = Probe()
    probe += 1.0
    return seen[0]


ALONE_TRACED = measure_alone_traced()
