"""NumPy's functions of arrays, as compositions of primitives: what their definitions say.

Each is written in NumPy's own terms, and its derivative follows from theirs. The arguments are
NumPy's, by name: what a definition does not name must be left at its default.

Where the result depends on the order of values (sorting, searching, counting) the answer is that of
the recorded values, and a comparison is guarded: as long as it holds, the answer is right.
"""

import functools
import inspect
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from fastls.tape.graph import Graph
from fastls.tape.primitives import (
    MAX,
    MIN,
    PLACE,
    SCATTER,
    apply,
    axes_of,
    chosen,
    concatenated,
    reduced,
    reshaped,
    summed,
    transposed,
)
from fastls.tape.trace import FUNCTIONS, METHODS, UFUNCS, Tracer, refuse

__all__: list[str] = []

Definition = TypeVar("Definition", bound=Callable[..., Any])

#: Arguments that make no difference to a traced value.
WITHOUT_EFFECT = ("casting", "copy", "device", "kind", "like", "optimize", "overwrite_input",
                  "stable", "subok")  # fmt: skip


def graph_in(values: Sequence[Any]) -> Graph | None:
    return next((value.graph for value in values if isinstance(value, Tracer)), None)


def as_constant(graph: Graph | None, value: Any) -> Any:
    """An array as a constant of the graph: what is made of it is made when replayed."""
    if graph is not None and isinstance(value, np.ndarray) and value.dtype == float and value.ndim:
        return Tracer(graph, graph.constant(value))
    return value


def says_nothing(name: str, value: Any, default: Any) -> bool:
    """Whether an argument is what is meant without it."""
    if name in WITHOUT_EFFECT or value is None or value is default:
        return True
    if name == "dtype":
        return not isinstance(value, Tracer) and np.dtype(value) == float
    if name == "order":
        return isinstance(value, str) and value in "CKA"
    return isinstance(value, (bool, int, float, str)) and bool(value == default)


def with_arguments_of(function: Any, definition: Callable[..., Any]) -> Callable[..., Any]:
    """A definition that takes the arguments of a function of NumPy's, and refuses some."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # NumPy before 2.4 does not tell those of its functions in C
        return definition
    parameters = signature.parameters
    named = inspect.signature(definition).parameters
    main = next(iter(parameters))
    many = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters.values())

    @functools.wraps(definition)
    def checked(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        first: list[Any] = []
        options: dict[str, Any] = {}
        for name, value in given.items():
            parameter = parameters[name]
            if parameter.kind is parameter.VAR_KEYWORD:
                rest = value
            elif parameter.kind is parameter.VAR_POSITIONAL:
                first += value
                continue
            elif name == main or parameter.kind is parameter.POSITIONAL_ONLY or (
                many and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            ):  # fmt: skip
                first.append(value)
                continue
            else:
                rest = {name: value}
            for key, item in rest.items():
                if key in named and key != "out":
                    options[key] = item
                elif not says_nothing(key, item, parameter.default):
                    raise refuse(f"{key}= of numpy.{function.__name__}", "leave it out")
        options = {k: v for k, v in options.items() if v is not np._NoValue}
        graph = graph_in([*first, *options.values()])
        first = [as_constant(graph, value) for value in first]
        options = {key: as_constant(graph, value) for key, value in options.items()}
        return definition(*first, **options)

    return checked


def defines(*names: str) -> Callable[[Definition], Definition]:
    """Enter a definition in the table for these names of NumPy's, where it has them."""

    def enter(definition: Definition) -> Definition:
        for name in names:
            function = getattr(np, name, None)
            if isinstance(function, np.ufunc):
                UFUNCS[function] = definition
            elif function is not None:
                FUNCTIONS[function] = with_arguments_of(function, definition)
        return definition

    return enter


# Words that definitions share.


def is_truth(x: Any) -> bool:
    return isinstance(x, Tracer) and x.dtype.kind == "b"


def as_traced(x: Any) -> Any:
    return x if isinstance(x, Tracer) else np.asarray(x, dtype=float)


def as_numbers(x: Any) -> Any:
    """Truth values as zeros and ones."""
    return np.where(x, 1.0, 0.0) if is_truth(x) else as_traced(x)


def recorded(x: Any) -> Any:
    """The values recorded with, without a guard."""
    return np.asarray(x.graph.value(x.node)) if isinstance(x, Tracer) else np.asarray(x)


def answer(x: Any) -> Any:
    """The values recorded with, on which the path now depends."""
    return np.asarray(x.graph.guard(x.node)) if isinstance(x, Tracer) else x


def guard(condition: Any) -> None:
    """Record again where a condition comes out otherwise."""
    answer(condition)


def guard_nan(x: Any, values: Any) -> bool:
    """Whether there is a NaN; comparisons, false with it, do not tell when it goes."""
    found = bool(np.isnan(values).any())
    if found:
        guard(np.isnan(x))
    return found


def numbered(x: Any) -> Any:
    """The places of entries in the flattened array, where the entries are."""
    return np.arange(np.size(x)).reshape(np.shape(x))


def picked(x: Any, places: Any) -> Any:
    """The entries in these places."""
    return np.ravel(x)[np.asarray(places)]


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """An index of one axis."""
    return (*(slice(None),) * axis, part)


def on_axis(values: Any, axis: int, ndim: int) -> Any:
    """A vector along one of the axes."""
    return np.reshape(values, (*(1,) * axis, -1, *(1,) * (ndim - axis - 1)))


def axis_of(axis: Any, ndim: int) -> int:
    return axes_of((operator.index(axis),), ndim)[0]


def with_ones(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else n for axis, n in enumerate(shape))


def lined_up(x: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """The axes made one, the last; the shape of a reduction without them and with."""
    axes = axes_of(axis, np.ndim(x))
    others = [a for a in range(np.ndim(x)) if a not in axes]
    shape = tuple(np.shape(x)[a] for a in others)
    length = math.prod(np.shape(x)[a] for a in axes)
    y = np.reshape(np.transpose(x, (*others, *axes)), (*shape, length))
    return y, shape, with_ones(np.shape(x), axes)


def folded(ufunc: np.ufunc, x: Any) -> Any:
    """An associative operation on all entries of the last axis: the halves first."""
    rest = None
    while (n := x.shape[-1]) > 1:
        half = n // 2
        if n % 2:
            rest = x[..., -1] if rest is None else ufunc(x[..., -1], rest)
        x = ufunc(x[..., :half], x[..., half : 2 * half])
    return x[..., 0] if rest is None else ufunc(x[..., 0], rest)


def folding(ufunc: np.ufunc, x: Any, axis: Any = 0, keepdims: bool = False) -> Any:
    y, shape, kept = lined_up(x, axis)
    if y.shape[-1] == 0:
        raise ValueError(f"zero-size array to reduction operation {ufunc.__name__}")
    return np.reshape(folded(ufunc, y), kept if keepdims else shape)


def scanned(ufunc: np.ufunc, x: Any, axis: Any = 0) -> Any:
    """An associative operation on the entries up to each: on 2, on 4, on 8 ... of them."""
    axis = axis_of(axis, x.ndim)
    shift = 1
    while shift < x.shape[axis]:
        x = np.concatenate(
            [
                x[along(axis, slice(shift))],
                ufunc(x[along(axis, slice(-shift))], x[along(axis, slice(shift, None))]),
            ],
            axis=axis,
        )
        shift *= 2
    return x


# What is known without values.

for name in ("zeros", "ones", "empty", "eye", "identity", "arange", "tri"):
    FUNCTIONS[getattr(np, name)] = functools.partial(  # called with like=
        lambda function, *args, **kwargs: function(*args, **kwargs), getattr(np, name)
    )


@defines("full")
def full(shape: Any, fill_value: Any) -> Any:
    return np.broadcast_to(fill_value, shape) + 0.0


@defines("shape")
def shape_of(a: Any) -> tuple[int, ...]:
    return a.shape  # type: ignore[no-any-return]


@defines("ndim")
def ndim_of(a: Any) -> int:
    return a.ndim  # type: ignore[no-any-return]


@defines("size")
def size(a: Any, axis: Any = None) -> Any:
    return a.size if axis is None else math.prod(a.shape[i] for i in axes_of(axis, a.ndim))


@defines("zeros_like")
def zeros_like(a: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.zeros(a.shape if shape is None else shape, dtype)


@defines("empty_like")
def empty_like(prototype: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.zeros(prototype.shape if shape is None else shape, dtype)


@defines("ones_like")
def ones_like(a: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.ones(a.shape if shape is None else shape, dtype)


@defines("full_like")
def full_like(a: Any, fill_value: Any, shape: Any = None) -> Any:
    wanted = np.shape(a) if shape is None else shape
    return np.broadcast_to(fill_value, wanted) + 0.0


FUNCTIONS[np.result_type] = lambda *args: np.dtype(float)
FUNCTIONS[np.iscomplexobj] = lambda x: False
FUNCTIONS[np.isrealobj] = lambda x: True


@defines("copy", "ascontiguousarray", "asfortranarray", "asanyarray", "asarray", "real",
         "real_if_close")  # fmt: skip
def unchanged(a: Any) -> Any:
    return np.stack([unchanged(row) for row in a]) if isinstance(a, (list, tuple)) else a


@defines("array")
def array(object: Any, ndmin: int = 0) -> Any:
    x = unchanged(object)
    return np.reshape(x, (1,) * max(ndmin - np.ndim(x), 0) + np.shape(x))


@defines("imag")
def imag(val: Any) -> Any:
    return np.zeros(val.shape)


@defines("astype")
def astype(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


# Elementwise.


@defines("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    """Slope 0 on the ends, as in autograd."""
    y = a
    for bound, beyond in (
        (a_min if min is None else min, np.less_equal),
        (a_max if max is None else max, np.greater_equal),
    ):
        if bound is not None:
            hit = beyond(y, bound)
            if isinstance(bound, Tracer) or np.isnan(bound).any():
                hit = hit | np.isnan(bound)
            y = np.where(hit, bound, y)
    return y


@defines("nan_to_num")
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    largest = np.finfo(float).max
    x = as_numbers(x)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, largest if posinf is None else posinf, x)
    return np.where(x == -np.inf, -largest if neginf is None else neginf, x)


@defines("round", "around")
def rounded(a: Any, decimals: int = 0) -> Any:
    if decimals == 0:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


@defines("fix")
def fix(x: Any) -> Any:
    return np.trunc(x)


@defines("isclose")
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    near = (np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b) | (a == b)
    return near | (np.isnan(a) & np.isnan(b)) if equal_nan else near


@defines("allclose")
def allclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    return np.all(isclose(a, b, rtol, atol, equal_nan))


@defines("array_equal")
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    if np.shape(a1) != np.shape(a2):
        return False
    same = a1 == a2
    return np.all(same | (np.isnan(a1) & np.isnan(a2)) if equal_nan else same)


@defines("array_equiv")
def array_equiv(a1: Any, a2: Any) -> Any:
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    return np.all(a1 == a2)


@defines("isreal")
def isreal(x: Any) -> Any:
    return np.ones(x.shape, dtype=bool)


@defines("iscomplex")
def iscomplex(x: Any) -> Any:
    return np.zeros(x.shape, dtype=bool)


@defines("isposinf")
def isposinf(x: Any) -> Any:
    return x == np.inf


@defines("isneginf")
def isneginf(x: Any) -> Any:
    return x == -np.inf


@defines("select")
def select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Any:
    y = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        y = np.where(condition, choice, y)
    return y


@defines("piecewise")
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any) -> Any:
    """Each function has all of x; the entries of others do not count."""
    conditions = list(condlist) if isinstance(condlist, (list, tuple)) else [condlist]
    values = [f(x, *args) if callable(f) else f for f in funclist]
    y = values[len(conditions)] if len(values) > len(conditions) else np.zeros(x.shape)
    for condition, value in zip(conditions, values, strict=False):  # the last that holds counts
        y = np.where(condition, value, y)
    return y


def divmod_(a: Any, b: Any) -> Any:
    return np.floor_divide(a, b), np.remainder(a, b)


def modf(x: Any) -> Any:
    whole = np.trunc(x)
    return x - whole, whole


UFUNCS[np.divmod] = divmod_
UFUNCS[np.modf] = modf
UFUNCS[np.conjugate] = lambda x: x


def of_truth(ufunc: np.ufunc, logical: np.ufunc) -> Any:
    def handler(*inputs: Any) -> Any:
        if not all(is_truth(x) or np.asarray(x).dtype == bool for x in inputs):
            raise refuse(ufunc.__name__, "bits are defined for truth values only")
        return logical(*inputs)

    return handler


for bitwise, logical in (
    (np.bitwise_and, np.logical_and), (np.bitwise_or, np.logical_or),
    (np.bitwise_xor, np.logical_xor), (np.invert, np.logical_not),
):  # fmt: skip
    UFUNCS[bitwise] = of_truth(bitwise, logical)


# Shape.

for function, definition in (
    (np.where, chosen), (np.concatenate, concatenated), (np.transpose, transposed),
    (np.reshape, lambda a, shape, order="C": reshaped(a, shape, order)),
):  # fmt: skip
    FUNCTIONS[function] = with_arguments_of(function, definition)


@defines("ravel")
def ravel(a: Any, order: str = "C") -> Any:
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K'; got {order!r}")
    if order in ("A", "K"):
        raise refuse(f"ravel with order={order!r}", "the order of memory is not recorded; say 'C'")
    return np.reshape(np.transpose(a) if order == "F" else a, (a.size,))


@defines("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(a.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, axes)


@defines("matrix_transpose")
def matrix_transpose(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def several(axis: Any) -> list[Any]:
    return list(axis) if np.iterable(axis) else [axis]


@defines("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    sources = [axis_of(s, a.ndim) for s in several(source)]
    targets = [axis_of(d, a.ndim) for d in several(destination)]
    order = [axis for axis in range(a.ndim) if axis not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return np.transpose(a, order)


@defines("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    order = list(range(a.ndim))
    axis, start = order[axis], start + a.ndim * (start < 0)
    order.remove(axis)
    order.insert(start - (axis < start), axis)
    return np.transpose(a, order)


@defines("expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    axes = axes_of(axis, a.ndim + len(several(axis)))
    lengths = iter(a.shape)
    shape = (1 if i in axes else next(lengths) for i in range(a.ndim + len(axes)))
    return np.reshape(a, tuple(shape))


@defines("squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    axes = [i for i, n in enumerate(a.shape) if n == 1] if axis is None else axes_of(axis, a.ndim)
    if any(a.shape[i] != 1 for i in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return np.reshape(a, tuple(n for i, n in enumerate(a.shape) if i not in axes))


BACKWARD = slice(None, None, -1)


@defines("flip")
def flip(m: Any, axis: Any = None) -> Any:
    axes = axes_of(axis, m.ndim)
    return m[tuple(BACKWARD if i in axes else slice(None) for i in range(m.ndim))]


@defines("flipud")
def flipud(m: Any) -> Any:
    return np.flip(m, 0)


@defines("fliplr")
def fliplr(m: Any) -> Any:
    return np.flip(m, 1)


@defines("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    first, second = axes
    for _ in range(k % 4):
        m = np.flip(np.swapaxes(m, first, second), first)
    return m


@defines("stack")
def stack(arrays: Any, axis: int = 0) -> Any:
    parts = [as_traced(a) for a in arrays]
    if len({np.shape(a) for a in parts}) != 1:
        raise ValueError("all input arrays must have the same shape")
    axis = axis_of(axis, np.ndim(parts[0]) + 1)
    return np.concatenate([np.expand_dims(a, axis) for a in parts], axis=axis)


@defines("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return tuple(np.moveaxis(x, axis, 0))


def at_least(ndim: int, x: Any) -> Any:
    """NumPy's atleast_1d, 2d, 3d: the third axis comes last."""
    x = as_traced(x)
    shape = np.shape(x)
    if ndim >= 2 and len(shape) < 2:
        shape = (1, math.prod(shape))
    if ndim == 3 and len(shape) < 3:
        shape = (*shape, 1)
    return np.reshape(x, shape or (1,))


def atleast(ndim: int) -> Any:
    return lambda *arys: (
        at_least(ndim, arys[0]) if len(arys) == 1 else tuple(at_least(ndim, a) for a in arys)
    )


FUNCTIONS.update(
    {np.atleast_1d: atleast(1), np.atleast_2d: atleast(2), np.atleast_3d: atleast(3)}
)  # fmt: skip


@defines("vstack")
def vstack(tup: Any) -> Any:
    return np.concatenate([at_least(2, a) for a in tup], axis=0)


@defines("hstack")
def hstack(tup: Any) -> Any:
    parts = [at_least(1, a) for a in tup]
    return np.concatenate(parts, axis=0 if np.ndim(parts[0]) == 1 else 1)


@defines("dstack")
def dstack(tup: Any) -> Any:
    return np.concatenate([at_least(3, a) for a in tup], axis=2)


@defines("column_stack")
def column_stack(tup: Any) -> Any:
    parts = [at_least(1, a) for a in tup]
    return np.concatenate(
        [np.expand_dims(a, 1) if np.ndim(a) == 1 else a for a in parts], axis=1
    )  # fmt: skip


@defines("append")
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return np.concatenate([as_traced(arr), as_traced(values)], axis=axis)


@defines("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    axis = axis_of(axis, ary.ndim)
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    slices = [slice(int(p[0]), int(p[-1]) + 1) if len(p) else slice(0) for p in pieces]
    return [ary[along(axis, part)] for part in slices]


@defines("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if not np.iterable(indices_or_sections) and ary.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


@defines("hsplit")
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@defines("vsplit")
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0)


@defines("dsplit")
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 2)


@defines("broadcast_arrays")
def broadcast_arrays(*args: Any) -> Any:
    parts = [as_traced(a) for a in args]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    return tuple(np.broadcast_to(a, shape) for a in parts)


@defines("meshgrid")
def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> Any:
    order = list(range(len(xi)))
    if indexing == "xy":
        order[:2] = order[:2][::-1]
    parts = [on_axis(as_traced(x), axis, len(xi)) for x, axis in zip(xi, order, strict=True)]
    return tuple(parts) if sparse else np.broadcast_arrays(*parts)


def rearranging(function: Any) -> Any:
    """A function that only says which entry goes where: ask NumPy, with numbers for entries."""

    def rearranged(x: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(map(answer, args))
        kwargs = {key: answer(value) for key, value in kwargs.items()}
        if kwargs.get("out") is not None:
            raise refuse(f"out= of numpy.{function.__name__}", "use the returned value instead")
        if not isinstance(x, Tracer):
            return function(x, *args, **kwargs)
        return picked(x, function(numbered(x), *args, **kwargs))

    first, *_ = inspect.signature(function).parameters

    def definition(*args: Any, **kwargs: Any) -> Any:
        return rearranged(kwargs.pop(first), **kwargs) if not args else rearranged(*args, **kwargs)

    return functools.wraps(function)(definition)


ONLY_REARRANGE: list[Any] = [
    np.roll, np.repeat, np.tile, np.delete, np.resize, np.diagonal, np.take_along_axis,
    np.lib.stride_tricks.sliding_window_view,
]  # fmt: skip
FUNCTIONS.update({function: rearranging(function) for function in ONLY_REARRANGE})


@defines("take")
def take(a: Any, indices: Any, axis: Any = None, mode: str = "raise") -> Any:
    indices = answer(indices)
    if not isinstance(a, Tracer):
        return np.take(a, indices, axis=axis, mode=mode)  # type: ignore[call-overload]
    return picked(a, np.take(numbered(a), indices, axis=axis, mode=mode))  # type: ignore[call-overload]


@defines("compress")
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    return picked(a, np.compress(answer(condition), numbered(a), axis=axis))


@defines("extract")
def extract(condition: Any, arr: Any) -> Any:
    return picked(arr, np.extract(answer(condition), numbered(arr)))


@defines("insert")
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    numbers = np.insert(numbered(arr), answer(obj), numbered(values) + np.size(arr), axis=axis)
    return picked(np.append(arr, values), numbers)


@defines("block")
def block(arrays: Any) -> Any:
    leaves: list[Any] = []

    def number(part: Any) -> Any:
        if isinstance(part, list):
            return [number(item) for item in part]
        start = sum(np.size(leaf) for leaf in leaves)
        leaves.append(part)
        return numbered(part) + start

    numbers = np.block(number(arrays))
    return picked(np.concatenate([np.ravel(as_traced(leaf)) for leaf in leaves]), numbers)


@defines("pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0.0,
        reflect_type: str = "even") -> Any:  # fmt: skip
    if mode in ("edge", "reflect", "symmetric", "wrap") and reflect_type == "even":
        return picked(array, np.pad(numbered(array), pad_width, mode=mode))
    if mode not in ("constant", "empty"):
        raise refuse(f"numpy.pad with mode={mode!r}, reflect_type={reflect_type!r}",
                     "write it with np.concatenate")  # fmt: skip
    background = np.pad(np.zeros(array.shape), pad_width, constant_values=answer(constant_values))
    inside = np.argwhere(np.pad(np.ones(array.shape, dtype=bool), pad_width))
    if not array.size:
        return background
    index = tuple(
        slice(int(a), int(b) + 1, 1) for a, b in zip(inside.min(0), inside.max(0), strict=True)
    )
    y = apply(PLACE, array, shape=background.shape, index=index)
    return y + background if background.any() else y


def below(x: Any, k: int) -> Any:
    """Where the entries on the k-th diagonal and below it are."""
    rows, columns = np.broadcast_shapes(x.shape, (1, 1))[-2:]
    return np.tri(rows, columns, k, bool)


@defines("tril")
def tril(m: Any, k: int = 0) -> Any:
    return np.where(below(m, k), m, 0.0)


@defines("triu")
def triu(m: Any, k: int = 0) -> Any:
    return np.where(below(m, k - 1), 0.0, m)


@defines("diag")
def diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 2:
        return np.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    where = np.diag(np.ones(v.size), k)
    return apply(SCATTER, v, shape=where.shape, places=np.flatnonzero(where))


@defines("diagflat")
def diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(as_traced(v)), k)


def refuse_change(function: Any) -> Any:
    def definition(*_: Any, **__: Any) -> Any:
        raise refuse(f"numpy.{function.__name__}, which changes an array in place",
                     "write np.where or np.concatenate instead")  # fmt: skip

    return definition


IN_PLACE: list[Any] = [
    np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask
]  # fmt: skip
FUNCTIONS.update({function: refuse_change(function) for function in IN_PLACE})


# Sums and products.


@defines("sum")
def total(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = 0.0,
          where: Any = True) -> Any:  # fmt: skip
    return summed(a, axis, keepdims=keepdims, initial=initial, where=where)


def extreme(primitive: Any, ufunc: np.ufunc, neutral: float) -> Any:
    def definition(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
                   where: Any = True) -> Any:  # fmt: skip
        if where is not True:
            if initial is None:
                raise ValueError("reduction operation does not have an identity, "
                                 "so to use a where mask one has to specify 'initial'")  # fmt: skip
            a = np.where(where, a, neutral)
        y = reduced(primitive)(as_numbers(a), axis, keepdims=keepdims)
        return y if initial is None else ufunc(y, initial)

    return definition


defines("max", "amax")(extreme(MAX, np.maximum, -np.inf))
defines("min", "amin")(extreme(MIN, np.minimum, np.inf))


@defines("ptp")
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def count(x: Any, axis: Any, where: Any) -> Any:
    if where is True:
        return np.size(x, axis)
    return np.sum(np.broadcast_to(where, np.shape(x)), axis=axis)


@defines("mean")
def mean(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    sums = np.sum(as_numbers(a), axis=axis, keepdims=keepdims, where=where)
    number = count(a, axis, where)
    return sums / (np.reshape(number, np.shape(sums)) if np.ndim(number) else number)


@defines("var")
def var(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
        mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    centre = np.mean(a, axis=axis, keepdims=True, where=where) if mean is None else mean
    sums = np.sum((a - centre) ** 2, axis=axis, keepdims=keepdims, where=where)
    number = count(a, axis, where) - (ddof if correction is None else correction)
    return sums / (np.reshape(number, np.shape(sums)) if np.ndim(number) else number)


@defines("std")
def std(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
        mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    return np.sqrt(var(a, axis, ddof, keepdims, where, mean, correction))


@defines("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False,
            keepdims: bool = False) -> Any:  # fmt: skip
    a = as_numbers(a)
    if weights is None:
        weights = np.ones(np.shape(a))
    elif np.shape(weights) != np.shape(a):
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = [axis_of(i, np.ndim(a)) for i in several(axis)]
        if np.shape(weights) != tuple(np.shape(a)[i] for i in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along axis.")
        weights = np.transpose(weights, np.argsort(axes).tolist())
        others = [i for i in range(np.ndim(a)) if i not in axes]
        weights = np.broadcast_to(np.reshape(weights, with_ones(np.shape(a), others)), np.shape(a))
    scale = np.sum(weights, axis=axis, keepdims=keepdims)
    y = np.sum(a * weights, axis=axis, keepdims=keepdims) / scale
    return (y, scale) if returned else y


@defines("prod")
def prod(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = 1.0,
         where: Any = True) -> Any:  # fmt: skip
    """As products of halves: right with zeros among the factors, in every derivative."""
    a = as_numbers(a) if where is True else np.where(where, a, 1.0)
    y, shape, kept = lined_up(a, axis)
    shape = kept if keepdims else shape
    y = np.reshape(folded(np.multiply, y), shape) if y.shape[-1] else np.ones(shape)
    return y * initial


def cumulative(scan: Callable[[Any, int], Any]) -> Any:
    def definition(a: Any, axis: Any = None) -> Any:
        a = as_numbers(a)
        a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        return scan(a, axis)

    return definition


cumulated = FUNCTIONS[np.cumsum]
defines("cumsum")(cumulative(lambda a, axis: cumulated(a, axis)))
defines("cumprod")(cumulative(lambda a, axis: scanned(np.multiply, a, axis)))


def with_initial(scan: Any, first: float) -> Any:
    def definition(x: Any, /, *, axis: Any = None, include_initial: bool = False) -> Any:
        if axis is None and x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension axis is required.")
        axis = axis_of(0 if axis is None else axis, x.ndim)
        y = scan(x, axis=axis)
        start = np.full(with_ones(x.shape, (axis,)), first)
        start = np.broadcast_to(start, x[along(axis, slice(1))].shape)
        return np.concatenate([start, y], axis=axis) if include_initial else y

    return definition


defines("cumulative_sum")(with_initial(np.cumsum, 0.0))
defines("cumulative_prod")(with_initial(np.cumprod, 1.0))


def without_nan(function: Any, neutral: float, needs_one: bool = False) -> Any:
    """A reduction in which NaN takes no part."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
                   where: Any = True) -> Any:  # fmt: skip
        given = {} if initial is None else {"initial": initial}
        if where is not True:
            given["where"] = where
        y = function(np.where(np.isnan(a), neutral, a), axis=axis, keepdims=keepdims, **given)
        return (
            np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), np.nan, y)
            if needs_one else y
        )  # fmt: skip

    return definition


defines("nansum")(without_nan(np.sum, 0.0))
defines("nanprod")(without_nan(np.prod, 1.0))
defines("nanmax")(without_nan(np.max, -np.inf, True))
defines("nanmin")(without_nan(np.min, np.inf, True))
defines("nancumsum")(lambda a, axis=None: np.cumsum(np.where(np.isnan(a), 0.0, a), axis=axis))
defines("nancumprod")(lambda a, axis=None: np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis))


def among_numbers(function: Any) -> Any:
    """A mean over what is not NaN."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True,
                   **options: Any) -> Any:  # fmt: skip
        number = np.logical_not(np.isnan(a))
        here = number if where is True else number & where
        return function(np.where(number, a, 0.0), axis=axis, keepdims=keepdims, where=here,
                        **options)  # fmt: skip

    return definition


@defines("nanmean")
def nanmean(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    return among_numbers(mean)(a, axis, keepdims, where)


@defines("nanvar")
def nanvar(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
           correction: Any = None) -> Any:  # fmt: skip
    return among_numbers(var)(a, axis, keepdims, where, ddof=ddof, correction=correction)


@defines("nanstd")
def nanstd(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
           correction: Any = None) -> Any:  # fmt: skip
    return np.sqrt(nanvar(a, axis, ddof, keepdims, where, correction))


def centred(m: Any, y: Any, rowvar: bool) -> Any:
    x = at_least(2, m)
    x = x if rowvar or np.ndim(m) == 1 else x.T
    if y is not None:
        y = at_least(2, y)
        x = np.concatenate([x, y if rowvar or np.shape(y)[0] == 1 else y.T], axis=0)
    return x - np.mean(x, axis=1, keepdims=True)


@defines("cov")
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    x = centred(m, y, rowvar)
    ddof = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(x @ x.T / (x.shape[1] - ddof))


@defines("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    c = at_least(2, cov(x, y, rowvar))
    d = np.sqrt(np.diagonal(c))
    return np.squeeze(c / d[:, None] / d)


# Differences and integrals.


@defines("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = as_numbers(a)
    axis = axis_of(axis, np.ndim(a))
    if n == 0:
        return a

    def end(x: Any) -> list[Any]:
        if x is None:
            return []
        return [x if np.ndim(x) else np.broadcast_to(x, a[along(axis, slice(1))].shape)]

    if prepend is not None or append is not None:
        a = np.concatenate([*end(prepend), a, *end(append)], axis=axis)
    for _ in range(n):
        a = a[along(axis, slice(1, None))] - a[along(axis, slice(-1))]
    return a


@defines("ediff1d")
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    x = np.ravel(as_traced(ary))
    ends = [[] if e is None else [np.ravel(as_traced(e))] for e in (to_begin, to_end)]
    return np.concatenate([*ends[0], x[1:] - x[:-1], *ends[1]])


@defines("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = as_traced(f)
    axes = tuple(range(f.ndim)) if axis is None else [axis_of(a, f.ndim) for a in several(axis)]
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if len(varargs) not in (0, 1, len(axes)):
        raise TypeError("invalid number of arguments")
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    found = [slopes(f, h, a, edge_order) for h, a in zip(spacings, axes, strict=True)]
    return found[0] if len(axes) == 1 else tuple(found)


def slopes(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """Second-order differences inside; at the ends, of the order asked for."""
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient")
    h = np.diff(spacing) if np.ndim(spacing) else np.broadcast_to(spacing, (n - 1,))
    if np.shape(h) != (n - 1,):
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")

    def at(i: Any) -> Any:
        return f[along(axis, i)]

    def vector(x: Any) -> Any:
        return on_axis(x, axis, f.ndim)

    left, right = vector(h[:-1]), vector(h[1:])
    inside = (
        -right / (left * (left + right)) * at(slice(-2))
        + (right - left) / (left * right) * at(slice(1, -1))
        + left / (right * (left + right)) * at(slice(2, None))
    )

    def end(i: int, j: int, k: int, a: Any, b: Any, sign: float) -> Any:
        """From entries i, j, k, that are a and b apart."""
        slope = sign * (at(slice(j, j + 1)) - at(slice(i, i + 1))) / a
        if edge_order == 1:
            return slope
        further = sign * (at(slice(k, k + 1)) - at(slice(j, j + 1))) / b
        return slope + (slope - further) * a / (a + b)

    first = end(0, 1, 2, h[0], h[1] if n > 2 else None, 1.0)
    last = end(n - 1, n - 2, n - 3, h[-1], h[-2] if n > 2 else None, -1.0)
    return np.concatenate([first, inside, last], axis=axis)


@defines("unwrap")
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2.0 * np.pi) -> Any:
    axis = axis_of(axis, p.ndim)
    steps, half = np.diff(p, axis=axis), period / 2.0
    short = np.remainder(steps + half, period) - half
    short = np.where((short == -half) & (steps > 0.0), half, short)
    jumps = np.where(np.abs(steps) < (half if discont is None else discont), 0.0, short - steps)
    zeros = np.zeros(p[along(axis, slice(1))].shape)
    return p + np.concatenate([zeros, np.cumsum(jumps, axis=axis)], axis=axis)


@defines("trapezoid")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    axis = axis_of(axis, np.ndim(y))
    h = dx
    if x is not None:
        h = on_axis(np.diff(x), axis, np.ndim(y)) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    pairs = y[along(axis, slice(1, None))] + y[along(axis, slice(-1))]
    return np.sum(h * pairs / 2.0, axis=axis)


@defines("linspace")
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             axis: int = 0) -> Any:  # fmt: skip
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts else np.nan
    steps = np.reshape(np.arange(num) / max(parts, 1), (num,) + (1,) * np.ndim(stop - start))
    y = np.moveaxis(start + (stop - start) * steps, 0, axis)
    return (y, step) if retstep else y


@defines("logspace")
def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0,
             axis: int = 0) -> Any:  # fmt: skip
    return base ** linspace(start, stop, num, endpoint, axis=axis)


@defines("geomspace")
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    return start * np.exp(linspace(0.0 * start, np.log(stop / start), num, endpoint, axis=axis))


# Order: the answer is that of the recorded values, as long as comparisons come out as they did.


def order_of(x: Any, axis: int) -> Any:
    """The stable order of the entries along an axis."""
    values = recorded(x)
    order = np.argsort(values, axis=axis, kind="stable")
    if isinstance(x, Tracer) and x.shape[axis] > 1:
        y: Any = np.take_along_axis(x, order, axis)
        lower, upper = along(axis, slice(-1)), along(axis, slice(1, None))
        stands = (y[upper] == y[lower]) & (order[upper] > order[lower])
        guard((y[upper] > y[lower]) | stands)
        guard_nan(y, values)
    return order


def of_order(function: Callable[[Any, Any, int], Any]) -> Any:
    """np.sort or np.argsort, from the order."""

    def definition(a: Any, axis: Any = -1, order: Any = None) -> Any:
        if order is not None:
            raise refuse("order= of a sort", "there are no fields in an array of numbers")
        a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        a = as_numbers(a)
        return function(a, order_of(a, axis), axis)

    return definition


defines("sort")(of_order(np.take_along_axis))
defines("argsort")(of_order(lambda a, order, axis: order))


def partition_of(x: Any, kth: Any, axis: int) -> Any:
    """An order in which what stands before the k-th is not more, and what follows not less."""
    values = recorded(x)
    order = np.argpartition(values, kth, axis=axis)
    y = np.take_along_axis(x, order, axis)
    for k in np.atleast_1d(kth):
        k = int(k) % x.shape[axis]
        pivot = y[along(axis, slice(k, k + 1))]
        guard(y[along(axis, slice(k))] <= pivot)
        guard(y[along(axis, slice(k + 1, None))] >= pivot)
    guard_nan(y, values)
    return order


def of_partition(function: Callable[[Any, Any, int], Any]) -> Any:
    def definition(a: Any, kth: Any, axis: Any = -1, order: Any = None) -> Any:
        a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        a = as_numbers(a)
        return function(a, partition_of(a, answer(kth), axis), axis)

    return definition


defines("partition")(of_partition(np.take_along_axis))
defines("argpartition")(of_partition(lambda a, order, axis: order))


@defines("quantile")
def quantile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    if method != "linear":
        raise refuse(f"method={method!r} of a quantile", "only 'linear' can be recorded")
    y, shape, kept = lined_up(as_numbers(a), axis)
    n = y.shape[-1]
    place = np.ravel(as_traced(q)) * (n - 1)
    low = np.clip(np.floor(recorded(place)), 0, max(n - 2, 0)).astype(int)
    guard((place >= low) & (place <= low + 1))
    high = np.minimum(low + 1, n - 1)
    nan = np.isnan(y).any() if not isinstance(y, Tracer) else guard_nan(y, recorded(y))
    s = y if not isinstance(y, Tracer) and nan else np.partition(y, np.unique([*low, *high]))
    found = s[..., low] + (s[..., high] - s[..., low]) * (place - low)
    if nan:
        found = np.where(np.any(np.isnan(y), axis=-1, keepdims=True), np.nan, found)
    found = np.moveaxis(found, -1, 0)
    return np.reshape(found, (*np.shape(q), *(kept if keepdims else shape)))


@defines("percentile")
def percentile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile(a, as_traced(q) / 100.0, axis, method, keepdims)


@defines("median")
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    y, shape, kept = lined_up(as_numbers(a), axis)
    middle = sorted({(y.shape[-1] - 1) // 2, y.shape[-1] // 2})
    found = np.mean(np.partition(y, middle)[..., middle[0] : middle[-1] + 1], axis=-1)
    if np.isnan(recorded(y)).any():  # guarded by the partition
        found = np.where(np.any(np.isnan(y), axis=-1), np.nan, found)
    return np.reshape(found, kept if keepdims else shape)


def winner(find: Any, better: np.ufunc) -> Any:
    """The place of the first that no other beats."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        shape = a.shape
        a = as_numbers(a)
        a, along_axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        values = recorded(a)
        places = find(values, axis=along_axis, keepdims=True)
        best = np.take_along_axis(a, places, along_axis)
        here = on_axis(np.arange(a.shape[along_axis]), along_axis, a.ndim)
        guard(better(best, a) | ((best == a) & (here >= places)))
        guard_nan(a, values)
        if keepdims:
            return np.reshape(places, with_ones(shape, axes_of(axis, len(shape))))
        return np.squeeze(places, along_axis)[()]

    return definition


defines("argmax")(winner(np.argmax, np.greater))
defines("argmin")(winner(np.argmin, np.less))
defines("nanargmax")(lambda a, axis=None, keepdims=False: np.argmax(
    np.where(np.isnan(a), -np.inf, a), axis=axis, keepdims=keepdims))  # fmt: skip
defines("nanargmin")(lambda a, axis=None, keepdims=False: np.argmin(
    np.where(np.isnan(a), np.inf, a), axis=axis, keepdims=keepdims))  # fmt: skip


@defines("searchsorted")
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    if sorter is not None:
        a = np.take(a, answer(sorter))
    a, v = as_traced(a), as_traced(v)
    places = np.searchsorted(recorded(a), recorded(v), side=side)  # type: ignore[call-overload]
    if np.size(a) and np.size(v):
        less = np.less if side == "left" else np.less_equal
        guard(less(a[np.maximum(places - 1, 0)], v))
        guard(less(a[np.minimum(places, np.size(a) - 1)], v))
    return places


@defines("digitize")
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    if np.size(bins) > 1 and recorded(bins)[0] > recorded(bins)[-1]:
        return np.size(bins) - np.searchsorted(bins[::-1], x, side="right" if right else "left")
    return np.searchsorted(bins, x, side="left" if right else "right")


@defines("nonzero")
def nonzero(a: Any) -> Any:
    return np.nonzero(answer(a if is_truth(a) else a != 0.0))


@defines("flatnonzero")
def flatnonzero(a: Any) -> Any:
    return np.nonzero(np.ravel(a))[0]


@defines("argwhere")
def argwhere(a: Any) -> Any:
    return np.transpose(np.nonzero(a))


def truths(x: Any) -> Any:
    return x if is_truth(x) else x != 0.0


def holding(x: Any, axis: Any, keepdims: bool, where: Any) -> tuple[Any, Any]:
    """How many entries are true, and how many there are."""
    counted = np.sum(truths(x), axis=axis, keepdims=keepdims, where=where)
    if where is True:
        return counted, np.size(x, axis)
    present = np.broadcast_to(where, np.shape(x))
    return counted, np.sum(present, axis=axis, keepdims=keepdims)


@defines("all")
def all_(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    counted, number = holding(a, axis, keepdims, where)
    return counted == number


@defines("any")
def any_(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    return holding(a, axis, keepdims, where)[0] > 0.0


@defines("count_nonzero")
def count_nonzero(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return answer(holding(a, axis, keepdims, True)[0]).astype(int)[()]


@defines("unique")
def unique(ar: Any, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False) -> Any:  # fmt: skip
    x = np.ravel(as_numbers(ar))
    order = order_of(x, 0)
    s = x[order]
    starts = np.concatenate([[True], answer(s[1:] != s[:-1])]) if x.size else np.zeros(0, bool)
    found = [s[starts]]
    if return_index:
        found.append(order[starts])
    if return_inverse:
        inverse = np.empty(x.size, dtype=int)
        inverse[order] = np.cumsum(starts) - 1
        found.append(inverse.reshape(np.shape(ar)))
    if return_counts:
        found.append(np.diff([*np.flatnonzero(starts), x.size]))
    return found[0] if len(found) == 1 else tuple(found)


@defines("bincount")
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    places = answer(x).astype(np.intp)
    if weights is None:
        return np.bincount(places, minlength=minlength)
    length = max(int(places.max(initial=-1)) + 1, minlength)
    return apply(SCATTER, weights, shape=(length,), places=places)


# Products.


@defines("dot")
def dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.matmul(a, b) if np.ndim(b) <= 2 else np.tensordot(a, b, axes=(-1, -2))


@defines("vdot")
def vdot(a: Any, b: Any, /) -> Any:
    return np.matmul(np.ravel(as_traced(a)), np.ravel(as_traced(b)))


@defines("outer")
def outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (np.size(a), 1)) * np.reshape(b, (1, np.size(b)))


@defines("inner")
def inner(a: Any, b: Any, /) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


@defines("tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, (int, np.integer)):
        axes = range(np.ndim(a) - axes, np.ndim(a)), range(axes)
    of_a = [axis_of(i, np.ndim(a)) for i in several(axes[0])]
    of_b = [axis_of(i, np.ndim(b)) for i in several(axes[1])]
    if [np.shape(a)[i] for i in of_a] != [np.shape(b)[i] for i in of_b]:
        raise ValueError("shape-mismatch for sum")
    kept_a = [i for i in range(np.ndim(a)) if i not in of_a]
    kept_b = [i for i in range(np.ndim(b)) if i not in of_b]
    rows, columns = [np.shape(a)[i] for i in kept_a], [np.shape(b)[i] for i in kept_b]
    length = math.prod(np.shape(a)[i] for i in of_a)
    left = np.reshape(np.transpose(a, kept_a + of_a), (math.prod(rows), length))
    right = np.reshape(np.transpose(b, of_b + kept_b), (length, math.prod(columns)))
    return np.reshape(left @ right, (*rows, *columns))


@defines("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@defines("kron")
def kron(a: Any, b: Any) -> Any:
    a, b = as_traced(a), as_traced(b)
    ndim = max(a.ndim, b.ndim)
    a = np.reshape(a, (1,) * (ndim - a.ndim) + a.shape)
    b = np.reshape(b, (1,) * (ndim - b.ndim) + b.shape)
    pairs = [(m, n) for m, n in zip(a.shape, b.shape, strict=True)]
    left = np.reshape(a, sum(((m, 1) for m, _ in pairs), ()))
    right = np.reshape(b, sum(((1, n) for _, n in pairs), ()))
    return np.reshape(left * right, tuple(m * n for m, n in pairs))


@defines("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1,
          axis: Any = None) -> Any:  # fmt: skip
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = (np.moveaxis(as_traced(x), i, -1) for x, i in ((a, axisa), (b, axisb)))
    if not {a.shape[-1], b.shape[-1]} <= {2, 3}:
        raise ValueError("incompatible dimensions for cross product (must be 2 or 3)")
    (a0, a1, a2), (b0, b1, b2) = (
        (x[..., 0], x[..., 1], x[..., 2] if x.shape[-1] == 3 else 0.0) for x in (a, b)
    )
    if a.shape[-1] == b.shape[-1] == 2:
        return a0 * b1 - a1 * b0
    parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return np.moveaxis(np.stack(parts, axis=-1), -1, axisc)


def vecdot(a: Any, b: Any, axis: int = -1, keepdims: bool = False) -> Any:
    a, b = (np.moveaxis(as_traced(x), axis, -1) for x in (a, b))
    y = np.sum(a * b, axis=-1)
    return np.expand_dims(y, axis) if keepdims else y


if hasattr(np, "vecdot"):
    UFUNCS[np.vecdot] = vecdot
if hasattr(np, "matvec"):  # NumPy 2.2
    UFUNCS[np.matvec] = lambda a, x: np.matmul(a, x[..., None])[..., 0]
    UFUNCS[np.vecmat] = lambda x, a: np.matmul(x[..., None, :], a)[..., 0, :]


def windows(x: Any, length: int) -> Any:
    """A row for each run of entries."""
    return x[np.arange(np.size(x) - length + 1)[:, None] + np.arange(length)]


def full_convolution(a: Any, v: Any) -> Any:
    return windows(np.pad(a, np.size(v) - 1), np.size(v)) @ v[::-1]


@defines("convolve")
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    a, v = at_least(1, a), at_least(1, v)
    if not np.size(a) or not np.size(v):
        raise ValueError("arrays cannot be empty")
    if np.size(v) > np.size(a):
        a, v = v, a
    if mode == "valid":
        return windows(a, np.size(v)) @ v[::-1]
    full = full_convolution(a, v)
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full'; got {mode!r}")
    start = (np.size(v) - 1) // 2
    return full[start : start + np.size(a)]


@defines("correlate")
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    a, v = at_least(1, a), at_least(1, v)
    return np.flip(convolve(v, a[::-1], mode)) if np.size(v) > np.size(a) else convolve(
        a, v[::-1], mode
    )  # fmt: skip


@defines("polyval")
def polyval(p: Any, x: Any) -> Any:
    """Horner's scheme."""
    y = 0.0 * as_traced(x)
    for coefficient in as_traced(p):
        y = y * x + coefficient
    return y


def of_equal_degree(a1: Any, a2: Any) -> tuple[Any, Any]:
    a1, a2 = at_least(1, a1), at_least(1, a2)
    n = max(np.size(a1), np.size(a2))
    return np.pad(a1, (n - np.size(a1), 0)), np.pad(a2, (n - np.size(a2), 0))


@defines("polyadd")
def polyadd(a1: Any, a2: Any) -> Any:
    return np.add(*of_equal_degree(a1, a2))


@defines("polysub")
def polysub(a1: Any, a2: Any) -> Any:
    return np.subtract(*of_equal_degree(a1, a2))


@defines("polymul")
def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(at_least(1, a1), at_least(1, a2))


@defines("polyder")
def polyder(p: Any, m: int = 1) -> Any:
    for _ in range(m):
        p = p[:-1] * np.arange(np.size(p) - 1, 0.0, -1.0)
    return p


@defines("vander")
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    n = x.shape[0] if N is None else N
    powers = [np.ones(x.shape)]
    for _ in range(n - 1):
        powers.append(powers[-1] * x)
    y = np.stack(powers[:n], axis=1)
    return y if increasing else y[:, ::-1]


@defines("interp")
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None,
           period: Any = None) -> Any:  # fmt: skip
    xp, fp = as_traced(xp), as_traced(fp)
    if period is not None:
        x, xp = x % period, xp % period
        order = order_of(xp, 0)
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    if np.size(xp) > 1:
        place = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.size(xp) - 2)
        slope = (fp[place + 1] - fp[place]) / (xp[place + 1] - xp[place])
        y = fp[place] + slope * (x - xp[place])
    else:
        y = fp[0] + 0.0 * x
    y = np.where(x < xp[0], fp[0] if left is None or period is not None else left, y)
    return np.where(x > xp[-1], fp[-1] if right is None or period is not None else right, y)


# Einstein's sums: a label for each axis; two operands at a time, as a product of matrices.


def labels_of(subscripts: str, shapes: Sequence[tuple[int, ...]]) -> tuple[list[Any], list[Any]]:
    """The labels of operands and of the result; those of an ellipsis are numbers."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {len(terms)} terms in {subscripts!r}, {len(shapes)} operands")
    operands, widest = [], 0
    for term, shape in zip(terms, shapes, strict=True):
        before, dots, after = term.partition("...")
        if not (before + after).isalpha() and before + after:
            raise ValueError(f"einsum: {term!r} is no sequence of letters")
        extra = len(shape) - len(before + after)
        if extra < 0 or (extra > 0 and not dots):
            raise ValueError(f"einsum: {term!r} does not fit an array of shape {shape}")
        operands.append([*before, *range(extra, 0, -1), *after])
        widest = max(widest, extra)
    ellipsis = list(range(widest, 0, -1))
    if arrow:
        before, dots, after = right.partition("...")
        return operands, [*before, *(ellipsis if dots else []), *after]
    letters = sorted(left.replace(",", "").replace(".", ""))
    return operands, [*ellipsis, *(c for c in letters if letters.count(c) == 1)]


Term = tuple[Any, list[Any]]


def without_repeats(x: Any, labels: list[Any]) -> Term:
    """The diagonal where a label stands twice."""
    once = list(dict.fromkeys(labels))
    if len(once) == len(labels):
        return x, labels
    numbers = [once.index(label) for label in labels]
    return picked(x, np.einsum(numbered(x), numbers, list(range(len(once))))), once


def without(term: Term, kept: Any) -> Term:
    """Sum over labels that no one else has."""
    x, labels = term
    axes = tuple(axis for axis, label in enumerate(labels) if label not in kept)
    return (np.sum(x, axis=axes) if axes else x), [c for c in labels if c in kept]


def lengths(x: Any, labels: list[Any]) -> dict[Any, int]:
    return dict(zip(labels, np.shape(x), strict=True))


def arranged(term: Term, groups: Sequence[list[Any]], merged: Sequence[bool]) -> Any:
    """The axes in groups, each made one where asked for."""
    x, labels = term
    order = [labels.index(label) for group in groups for label in group]
    n = lengths(x, labels)
    shape: list[int] = []
    for group, is_one in zip(groups, merged, strict=True):
        shape += [math.prod(n[c] for c in group)] if is_one else [n[c] for c in group]
    return np.reshape(np.transpose(x, order), tuple(shape))


def contracted(one: Term, two: Term, kept: Any) -> Term:
    """The product of two terms, summed over the labels not kept."""
    one = without(one, {*kept, *two[1]})
    two = without(two, {*kept, *one[1]})
    common = [c for c in one[1] if c in two[1]]
    batch, inside = [c for c in common if c in kept], [c for c in common if c not in kept]
    rows, columns = ([c for c in labels if c not in common] for labels in (one[1], two[1]))
    result = [*batch, *rows, *columns]
    if not inside or (batch and not rows and not columns):
        left = arranged(one, (batch, rows, inside), (False,) * 3)
        right = arranged(two, (batch, columns, inside), (False,) * 3)
        here = (slice(None),) * len(batch)
        if columns:
            left = left[(*here, *(slice(None),) * len(rows), *(None,) * len(columns))]
        if rows:
            right = right[(*here, *(None,) * len(rows))]
        return without((left * right, [*result, *inside]), kept)
    left = arranged(one, (batch, rows, inside), (False, True, True))
    right = arranged(two, (batch, inside, columns), (False, True, True))
    n = {**lengths(*one), **lengths(*two)}
    return np.reshape(np.matmul(left, right), tuple(n[c] for c in result)), result


@defines("einsum")
def einsum(*operands: Any) -> Any:
    subscripts, *arrays = operands
    if not isinstance(subscripts, str):
        raise refuse("einsum of arrays and lists of labels", "write the labels as a string")
    arrays = [as_traced(x) for x in arrays]
    labels, wanted = labels_of(subscripts, [np.shape(x) for x in arrays])
    present = {c for term in labels for c in term}
    if len(set(wanted)) != len(wanted) or not present.issuperset(wanted):
        raise ValueError(f"einsum: the labels of the result of {subscripts!r} must be among those "
                         f"of the operands, once each")  # fmt: skip
    terms = [without_repeats(x, term) for x, term in zip(arrays, labels, strict=True)]
    full: dict[Any, int] = {}
    for x, term in terms:
        for c, n in lengths(x, term).items():
            if n != 1 and full.setdefault(c, n) != n:
                raise ValueError(f"einsum: label {c!r} has lengths {full[c]} and {n}")
    # An axis of length 1 is the same for all values of a label that is longer elsewhere.
    for i, (x, term) in enumerate(terms):
        spread = [c for c, n in lengths(x, term).items() if n == 1 and full.get(c, 1) != 1]
        terms[i] = without((x, term), [c for c in term if c not in spread])
    path: list[Any] = [(0, 1)] * (len(terms) - 1)
    if len(terms) > 2:
        zeros = [np.broadcast_to(0.0, np.shape(x)) for x in arrays]
        path = list(np.einsum_path(subscripts, *zeros, optimize="greedy")[0][1:])
    for step in path:
        chosen_terms = [terms.pop(i) for i in sorted(step, reverse=True)][::-1]
        first, *others = chosen_terms
        for i, other in enumerate(others):
            rest = [*terms, *others[i + 1 :]]
            first = contracted(first, other, {*wanted, *(c for _, term in rest for c in term)})
        terms.append(first)
    x, term = without(terms[0], wanted)
    return np.transpose(x, [term.index(c) for c in wanted])


# Methods of ufuncs.

ASSOCIATIVE: list[Any] = [np.multiply, np.logaddexp, np.logaddexp2, np.hypot, np.fmax, np.fmin]
REDUCTIONS: dict[Any, Any] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logical_and: np.all, np.logical_or: np.any,
}  # fmt: skip


def outer_of(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)


def refuse_at(ufunc: np.ufunc, *_: Any) -> Any:
    raise refuse(f"{ufunc.__name__}.at", "it changes an array in place; np.bincount adds by places")


for associative in ASSOCIATIVE:
    METHODS[associative, "reduce"] = functools.partial(folding, associative)
for associative in [*ASSOCIATIVE, np.maximum, np.minimum]:
    METHODS[associative, "accumulate"] = functools.partial(scanned, associative)
for reduction, function in REDUCTIONS.items():
    METHODS[reduction, "reduce"] = functools.partial(
        lambda function, array, axis=0, **options: function(array, axis=axis, **options), function
    )
METHODS[np.add, "accumulate"] = lambda array, axis=0, **options: np.cumsum(
    array, axis=axis, **options
)
UFUNCS_OF_NUMPY: list[Any] = [f for f in vars(np).values() if isinstance(f, np.ufunc)]
for ufunc in UFUNCS_OF_NUMPY:
    METHODS[ufunc, "at"] = functools.partial(refuse_at, ufunc)
    if ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
        METHODS[ufunc, "outer"] = functools.partial(outer_of, ufunc)
