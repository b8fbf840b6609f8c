"""Tapes: a function recorded once, replayed as often as wanted, with all its derivatives.

A tape is one path through a function. Where the function asked for the value of something traced
(a branch, an index, the order of a sort) the answer is recorded as a guard; a replay that answers
otherwise ends, and the function is recorded again on the new path. Paths are kept.
"""

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fastls.tape import functions, linalg, norms, primitives, special  # noqa: F401  # they fill the tables
from fastls.tape.captured import Captured
from fastls.tape.formula import write_formula
from fastls.tape.graph import Graph, Node
from fastls.tape.picture import write_dot
from fastls.tape.plan import make_program
from fastls.tape.ray import Ray, along
from fastls.tape.replay import Program
from fastls.tape.trace import Tracer, as_node
from fastls.tape.transforms import pullback, pushforward

__all__ = ["Tape", "record"]

MOST_PATHS = 64


def flatten(value: Any, is_traced: bool, leaves: list[Any]) -> Any:
    """Replace every number or array by its place in leaves; what is left is the structure."""
    if isinstance(value, dict):
        return ("dict", tuple((k, flatten(v, is_traced, leaves)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        items = tuple(flatten(item, is_traced, leaves) for item in value)
        return (type(value) if hasattr(value, "_fields") else type(value).__name__, items)
    if isinstance(value, (float, np.floating)) or (
        isinstance(value, (int, np.integer)) and not isinstance(value, bool) and is_traced
    ):
        leaves.append(value)
        return ("leaf", ())
    if isinstance(value, (np.ma.MaskedArray, np.matrix)):
        raise TypeError(
            f"a {type(value).__name__} cannot be recorded: it has a meaning of its own; "
            "use an ordinary array"
        )
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind == "c":
            raise TypeError(f"complex arguments cannot be recorded; got dtype {array.dtype}")
        if array.dtype.kind == "f" or (is_traced and array.dtype.kind in "iub"):
            leaves.append(value)
            return ("leaf", array.shape)
        return ("static array", array.shape, array.dtype.str, array.tobytes())
    return ("static", value, type(value).__name__)


def unflatten(structure: Any, leaves: Any) -> Any:
    kind = structure[0]
    if kind == "leaf":
        return next(leaves)
    if kind == "dict":
        return {key: unflatten(item, leaves) for key, item in structure[1]}
    if kind == "static":
        return structure[1]
    if kind == "static array":
        return np.frombuffer(structure[3], dtype=structure[2]).reshape(structure[1]).copy()
    items = [unflatten(item, leaves) for item in structure[1]]
    if kind == "list":
        return items
    return tuple(items) if kind == "tuple" else kind(*items)


def as_input(value: Any) -> np.ndarray[Any, Any]:
    if type(value) is np.ndarray and value.dtype == float and value.flags.c_contiguous:
        return value
    return np.asarray(value, dtype=float, order="C")


class Path:
    """One path through a function: its graph, and the programs made from it."""

    def __init__(self, function: Callable[..., Any], structure: Any, leaves: list[Any]) -> None:
        self.graph = Graph()
        arrays = [as_input(leaf) for leaf in leaves]
        self.inputs = [self.graph.input(array.shape, array.copy()) for array in arrays]
        arguments = unflatten(structure, iter([Tracer(self.graph, node) for node in self.inputs]))
        result = function(*arguments)
        found: list[Node] = []
        self.structure = self.outputs_of(result, found)
        self.graph.check_constants()
        self.outputs = found
        self.graph.values.clear()
        self.guards = list(self.graph.guards)
        self.captured = Captured(function, structure)
        self.programs: dict[Any, Any] = {}
        self.ends: dict[Any, tuple[list[Node], list[Node]]] = {}
        self.lock = threading.Lock()

    def outputs_of(self, value: Any, found: list[Node]) -> Any:
        if isinstance(value, dict):
            return ("dict", tuple((k, self.outputs_of(v, found)) for k, v in value.items()))
        if isinstance(value, (list, tuple)):
            items = tuple(self.outputs_of(item, found) for item in value)
            return (type(value) if hasattr(value, "_fields") else type(value).__name__, items)
        node = as_node(self.graph, value)
        found.append(node)
        return ("leaf", node.shape)

    def program(self, key: Any, build: Callable[..., Any]) -> Any:
        """The program for a purpose, made when it is first asked for."""
        program = self.programs.get(key)
        if program is None:
            with self.lock:
                if key not in self.programs:
                    inputs, outputs = build(self)
                    self.ends[key] = inputs, outputs
                    self.programs[key] = make_program(self.graph, inputs, outputs, self.guards)
                    self.graph.values.clear()
                program = self.programs[key]
        return program

    def interpret(self, key: Any, arrays: Sequence[Any]) -> list[Any]:
        """What the program computes, by NumPy's own functions: for the arguments recorded with."""
        inputs, outputs = self.ends[key]
        with self.lock:
            self.graph.values.clear()
            self.graph.values.update(zip(inputs, arrays, strict=True))
            found = [np.array(self.graph.value(node), dtype=float) for node in outputs]
            self.graph.values.clear()
        return [float(array) if array.ndim == 0 else array for array in found]

    def filled(self, nodes: Sequence[Node | None], like: Sequence[Node]) -> list[Node]:
        """Zeros where a derivative is zero throughout."""
        return [
            self.graph.constant(np.zeros(other.shape)) if node is None else node
            for node, other in zip(nodes, like, strict=True)
        ]

    def pull(self, wanted: Sequence[int], cotangents: Sequence[Node]) -> list[Node]:
        """The cotangents of the inputs wanted."""
        inputs = [self.inputs[i] for i in wanted]
        return self.filled(pullback(self.graph, inputs, self.outputs, cotangents), inputs)

    def push(
        self, wanted: Sequence[int], outputs: Sequence[Node], tangents: Sequence[Node]
    ) -> list[Node]:
        """The tangents of outputs."""
        inputs = [self.inputs[i] for i in wanted]
        return self.filled(pushforward(self.graph, inputs, outputs, tangents), outputs)

    def vectors(self, nodes: Sequence[Node]) -> list[Node]:
        """New inputs of the shapes of nodes."""
        return [self.graph.input(node.shape) for node in nodes]

    def gradient(self, wanted: Sequence[int]) -> list[Node]:
        (output,) = self.scalar_output()
        inputs = [self.inputs[i] for i in wanted]
        seed = self.graph.constant(1.0)
        return self.filled(pullback(self.graph, inputs, [output], [seed]), inputs)

    def scalar_output(self) -> list[Node]:
        if len(self.outputs) != 1 or self.outputs[0].shape not in ((), (1,)):
            shapes = [node.shape for node in self.outputs]
            raise TypeError(f"a gradient needs one number as output; got shapes {shapes}")
        if self.outputs[0].shape == (1,):
            return [self.graph.apply(primitives.RESHAPE, self.outputs, shape=())]
        return self.outputs


class Tape:
    """A recorded function: value and derivatives, replayed in C.

    Made by `fastls.record`. A tape is immutable as far as its users can tell, and serves many
    threads at a time; it pickles if the function and the arguments do.

    Parameters
    ----------
    function : callable
        Plain NumPy code.
    arguments : tuple
        What to record it with: arrays, numbers, or nested lists, tuples and dicts of them.
    argnums : int or tuple of int, optional
        With respect to which arguments to differentiate.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> tape = fastls.record(lambda x: np.sum(x**2) + np.sin(x[0]), np.array([0.0, 1.0]))
    >>> tape(np.array([0.0, 3.0]))
    9.0
    >>> tape.grad(np.array([0.0, 3.0]))
    array([1., 6.])
    >>> tape.hessian(np.array([0.0, 3.0]))
    array([[2., 0.],
           [0., 2.]])
    """

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], argnums: Any = 0
    ) -> None:
        if not callable(function):
            raise TypeError(f"the function must be callable; got {function!r}")
        self.function = function
        self.recorded = arguments, argnums
        self.is_single = not isinstance(argnums, tuple)
        self.argnums = (argnums,) if self.is_single else argnums
        for i in self.argnums:
            if not -len(arguments) <= i < len(arguments):
                raise ValueError(
                    f"argnums must be the places of arguments, of which there are "
                    f"{len(arguments)}; got {i}"
                )
        self.argnums = tuple(i % len(arguments) for i in self.argnums)
        leaves: list[Any] = []
        self.structure, self.wanted = self._read(arguments, leaves)
        self.shapes = without_static(self.structure)
        self.paths: dict[Any, list[Path]] = {}
        self.lock = threading.RLock()
        # A program for each purpose that takes arrays as they come, where all arguments are arrays.
        self.is_plain = all(item[0] == "leaf" for item in self.structure[1])
        self.quick: dict[str, tuple[Program, Captured]] = {}
        self._new_path(self.structure, leaves)

    def __reduce__(self) -> Any:
        arguments, argnums = self.recorded
        return Tape, (self.function, arguments, argnums)

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", repr(self.function))
        (first, *_), *_ = self.paths.values()
        return f"Tape of {name}, {len(first.graph.nodes)} nodes, {len(first.guards)} guards"

    # Finding the path.

    def _read(
        self, arguments: tuple[Any, ...], leaves: list[Any], integers: bool = False
    ) -> tuple[Any, list[int]]:
        """The structure of arguments; integers counts these as numbers, not as constants."""
        structures: list[Any] = []
        places: list[range] = []
        for i, argument in enumerate(arguments):
            start = len(leaves)
            structures.append(flatten(argument, integers or i in self.argnums, leaves))
            places.append(range(start, len(leaves)))
        wanted = [leaf for i in self.argnums for leaf in places[i]]
        return ("tuple", tuple(structures)), wanted

    def _new_path(self, structure: Any, leaves: list[Any]) -> Path:
        with self.lock:
            path = Path(self.function, structure, leaves)
            paths = self.paths.setdefault(structure, [])
            paths.insert(0, path)
            del paths[MOST_PATHS:]
            self.quick.clear()
            return path

    def _forget_stale(self) -> None:
        """Drop recordings of what a captured variable no longer refers to."""
        with self.lock:
            for structure, paths in self.paths.items():
                self.paths[structure] = [path for path in paths if path.captured.is_unchanged()]
            self.quick.clear()

    def _run(
        self, arguments: tuple[Any, ...], key: str, build: Callable[[Path], Any], *extra: Any
    ) -> tuple[Path, list[Any]]:
        """Replay, on the path on which the guards hold; recorded anew if there is none."""
        leaves: list[Any] = []
        structure, _ = self._read(arguments, leaves)
        if structure != self.structure and without_static(structure) != self.shapes:
            leaves.clear()  # an integer may stand where a float was recorded
            structure, _ = self._read(arguments, leaves, integers=True)
        if structure != self.structure and without_static(structure) != self.shapes:
            raise ValueError(
                f"the arguments have the structure {describe(structure)}; "
                f"recorded was {describe(self.structure)}"
            )
        arrays = [as_input(leaf) for leaf in leaves] + [as_input(array) for array in extra]
        if not all(path.captured.is_unchanged() for path in self.paths.get(structure, ())):
            self._forget_stale()
        for path in tuple(self.paths.get(structure, ())):
            found = path.program(key, build)(arrays)
            if found is not None:
                if self.is_plain and self.is_single and not extra:
                    self.quick[key] = path.program(key, build), path.captured
                return path, found
        path = self._new_path(structure, leaves)
        found = path.program(key, build)(arrays)
        if found is None:
            # Sums may round otherwise than in NumPy, and a guard be decided by the last bit; or
            # NumPy raises, as for a singular matrix.
            found = path.interpret(key, arrays)
        return path, found

    def _moving(self, arguments: tuple[Any, ...]) -> tuple[Any, list[Any], tuple[int, ...]]:
        """The structure of arguments, their arrays, and which of these are differentiated."""
        self._run(arguments, "value", lambda path: (path.inputs, path.outputs))
        leaves: list[Any] = []
        structure, wanted = self._read(arguments, leaves)
        if structure != self.structure and without_static(structure) != self.shapes:
            leaves.clear()
            structure, wanted = self._read(arguments, leaves, integers=True)
        return structure, [as_input(leaf) for leaf in leaves], tuple(wanted)

    def _path_of(self, structure: Any, leaves: list[Any]) -> Path:
        """The path at arguments given by their structure and their arrays."""
        arguments = unflatten(structure, iter(leaves))
        return self._run(arguments, "value", lambda path: (path.inputs, path.outputs))[0]

    def along(self, *arguments_and_direction: Any) -> Ray:
        """The function along the ray x + alpha d, for searches that run in C.

        Parameters
        ----------
        *arguments_and_direction
            The arguments, and last the direction d, in the structure of what is differentiated.

        Returns
        -------
        Ray

        Examples
        --------
        >>> import numpy as np
        >>> import fastls
        >>> tape = fastls.record(lambda x: np.sum((x - 1.0) ** 2), np.zeros(2))
        >>> ray = tape.along(np.zeros(2), np.array([1.0, 0.0]))
        >>> ray(0.5)
        (1.25, -1.0)
        """
        *arguments, d = arguments_and_direction
        return along(self, tuple(arguments), d)  # type: ignore[no-any-return]

    def _in_structure(self, arrays: Sequence[Any]) -> Any:
        """Arrays for the inputs wanted, in the structure of the arguments."""
        leaves = iter(arrays)
        found = tuple(unflatten(self.structure[1][i], leaves) for i in self.argnums)
        return found[0] if self.is_single else found

    def _directions(self, vector: Any, name: str) -> list[Any]:
        """A vector in the structure of the arguments that are differentiated, as arrays."""
        leaves: list[Any] = []
        parts = (vector,) if self.is_single else tuple(vector)
        structure = tuple(flatten(part, True, leaves) for part in parts)
        expected = tuple(without_static(self.structure[1][i]) for i in self.argnums)
        if structure != expected:
            raise ValueError(
                f"{name} must have the structure {describe(('tuple', expected))}; "
                f"got {describe(('tuple', structure))}"
            )
        return leaves

    # Derivatives.

    def __call__(self, *arguments: Any) -> Any:
        """The value.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        float, ndarray or a structure of them
            What the function returns.
        """
        path, found = self._run(arguments, "value", lambda path: (path.inputs, path.outputs))
        return unflatten(path.structure, iter(found))

    def value_and_grad(self, *arguments: Any) -> tuple[float, Any]:
        """The value, a number, and its gradient, in the structure of what is differentiated.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        value : float
        gradient : ndarray or a structure of them
        """
        quick = self.quick.get("value and gradient")
        if quick is not None:
            program, captured = quick
            if captured.is_unchanged():
                at_once = program.quick(arguments)
                if at_once is not None:
                    return at_once
        _, found = self._run(
            arguments, "value and gradient",
            lambda path: (path.inputs, [*path.scalar_output(), *path.gradient(self.wanted)]),
        )  # fmt: skip
        return found[0], self._in_structure(found[1:])

    def grad(self, *arguments: Any) -> Any:
        """The gradient, in the structure of what is differentiated.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        ndarray or a structure of them
        """
        _, found = self._run(
            arguments, "gradient", lambda path: (path.inputs, path.gradient(self.wanted))
        )
        return self._in_structure(found)

    def jvp(self, *arguments_and_vector: Any) -> tuple[Any, Any]:
        """The value and the tangent J v, by forward mode.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last the direction v, in the structure of what is differentiated.

        Returns
        -------
        value, tangent
            In the structure of what the function returns.
        """
        *arguments, v = arguments_and_vector

        def build(path: Path) -> Any:
            tangents = path.vectors([path.inputs[i] for i in self.wanted])
            pushed = path.push(self.wanted, path.outputs, tangents)
            return [*path.inputs, *tangents], [*path.outputs, *pushed]

        path, found = self._run(tuple(arguments), "jvp", build, *self._directions(v, "v"))
        half = len(path.outputs)
        return (
            unflatten(path.structure, iter(found[:half])),
            unflatten(path.structure, iter(found[half:])),
        )

    def vjp(self, *arguments_and_vector: Any) -> tuple[Any, Any]:
        """The value and the cotangent u J, by reverse mode.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last u, in the structure of what the function returns.

        Returns
        -------
        value
            In the structure of what the function returns.
        cotangent
            In the structure of what is differentiated.
        """
        *arguments, u = arguments_and_vector
        leaves: list[Any] = []
        structure = flatten(u, True, leaves)

        def build(path: Path) -> Any:
            if structure != path.structure:
                raise ValueError(
                    f"u must have the structure {describe(path.structure)}; "
                    f"got {describe(structure)}"
                )
            cotangents = path.vectors(path.outputs)
            pulled = path.pull(self.wanted, cotangents)
            return [*path.inputs, *cotangents], [*path.outputs, *pulled]

        key = f"vjp {structure}"
        path, found = self._run(tuple(arguments), key, build, *leaves)
        half = len(path.outputs)
        return unflatten(path.structure, iter(found[:half])), self._in_structure(found[half:])

    def hvp(self, *arguments_and_vector: Any) -> Any:
        """The product of the Hessian with a vector v: forward over reverse.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last v, in the structure of what is differentiated.

        Returns
        -------
        ndarray or a structure of them
        """
        *arguments, v = arguments_and_vector

        def build(path: Path) -> Any:
            tangents = path.vectors([path.inputs[i] for i in self.wanted])
            gradient = path.gradient(self.wanted)
            return [*path.inputs, *tangents], path.push(self.wanted, gradient, tangents)

        _, found = self._run(tuple(arguments), "hvp", build, *self._directions(v, "v"))
        return self._in_structure(found)

    def differential(self, *arguments_and_dx: Any) -> Any:
        """The differential df = <grad f, dx>.

        Parameters
        ----------
        *arguments_and_dx
            The arguments, and last dx, in the structure of what is differentiated.

        Returns
        -------
        float, ndarray or a structure of them
            In the structure of what the function returns.
        """
        return self.jvp(*arguments_and_dx)[1]

    def second_differential(self, *arguments_dx1_and_dx2: Any) -> Any:
        """The second differential d2f = <H dx1, dx2>, also of functions with several values.

        Parameters
        ----------
        *arguments_dx1_and_dx2
            The arguments, and last dx1 and dx2, in the structure of what is differentiated.

        Returns
        -------
        float, ndarray or a structure of them
            In the structure of what the function returns.
        """
        *arguments, dx1, dx2 = arguments_dx1_and_dx2

        def build(path: Path) -> Any:
            wanted = [path.inputs[i] for i in self.wanted]
            first, second = path.vectors(wanted), path.vectors(wanted)
            once = path.push(self.wanted, path.outputs, first)
            return [*path.inputs, *first, *second], path.push(self.wanted, once, second)

        path, found = self._run(
            tuple(arguments), "second differential", build,
            *self._directions(dx1, "dx1"), *self._directions(dx2, "dx2"),
        )  # fmt: skip
        return unflatten(path.structure, iter(found))

    def jacobian(self, *arguments: Any, mode: str = "auto") -> Any:
        """The Jacobian, of the shape of the output followed by that of the input.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.
        mode : {"auto", "forward", "reverse"}, optional
            One product J v for each input, or one u J for each output; "auto" takes the fewer.

        Returns
        -------
        ndarray
            m outputs, n inputs: (m, n).
        """
        if mode not in ("auto", "forward", "reverse"):
            raise ValueError(f"mode must be 'auto', 'forward' or 'reverse'; got {mode!r}")
        x = self._only_argument(arguments, "jacobian")
        path, found = self._run(arguments, "value", lambda path: (path.inputs, path.outputs))
        if len(found) != 1:
            raise TypeError(f"jacobian needs one output; got {len(found)}")
        shape = path.outputs[0].shape
        outputs, inputs = math.prod(shape), x.size
        if mode == "forward" or (mode == "auto" and inputs <= outputs):
            columns = [self.jvp(*arguments, unit)[1] for unit in units(x.shape)]
            jacobian = np.array(columns, dtype=float).reshape((*x.shape, *shape))
            order = (*range(x.ndim, jacobian.ndim), *range(x.ndim))
            return np.ascontiguousarray(jacobian.transpose(order))
        rows = [self.vjp(*arguments, unit)[1] for unit in units(shape)]
        return np.array(rows, dtype=float).reshape((*shape, *x.shape))

    def hessian(self, *arguments: Any) -> Any:
        """The Hessian of a number, a row a variable: products with the unit vectors.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        ndarray
            Of the shape of the argument, twice.
        """
        x = self._only_argument(arguments, "hessian")
        rows = [self.hvp(*arguments, unit) for unit in units(x.shape)]
        return np.array(rows, dtype=float).reshape((*x.shape, *x.shape))

    def _only_argument(self, arguments: tuple[Any, ...], what: str) -> np.ndarray[Any, Any]:
        if not self.is_single or self.structure[1][self.argnums[0]][0] != "leaf":
            raise TypeError(f"{what} needs one array or number to differentiate")
        x = as_input(arguments[self.argnums[0]])
        if x.shape != self.structure[1][self.argnums[0]][1]:
            raise ValueError(
                f"the argument has the shape {x.shape}; "
                f"recorded was {self.structure[1][self.argnums[0]][1]}"
            )
        return x

    def formula(self, what: str = "value", style: str = "text") -> str:
        """The function, its gradient or its differential, written out.

        Parameters
        ----------
        what : {"value", "gradient", "differential"}, optional
        style : {"text", "latex"}, optional

        Returns
        -------
        str
        """
        return write_formula(self, what, style)

    def to_dot(self) -> str:
        """The graph of the value in the language of Graphviz.

        Returns
        -------
        str
        """
        (first, *_), *_ = self.paths.values()
        return write_dot(first.graph, first.inputs, first.outputs)

    @property
    def memory(self) -> int:
        """Bytes of a workspace for value and gradient."""
        (first, *_), *_ = self.paths.values()
        program = first.program(
            "value and gradient",
            lambda path: (path.inputs, [*path.scalar_output(), *path.gradient(self.wanted)]),
        )
        return program.memory  # type: ignore[no-any-return]


def units(shape: tuple[int, ...]) -> Any:
    """The unit vectors of a shape, one after the other."""
    size = math.prod(shape)
    for i in range(size):
        unit = np.zeros(size)
        unit[i] = 1.0
        yield unit.reshape(shape) if shape else 1.0


def without_static(structure: Any) -> Any:
    """A structure in which constants do not count: these may be others, on another path."""
    kind = structure[0]
    if kind in ("static", "static array"):
        return ("static",)
    if kind == "leaf":
        return structure
    if kind == "dict":
        return ("dict", tuple((key, without_static(item)) for key, item in structure[1]))
    return (kind, tuple(map(without_static, structure[1])))


def describe(structure: Any) -> str:
    """A structure as its user would write it, with shapes for arrays."""
    kind = structure[0]
    if kind == "leaf":
        return f"{structure[1]}"
    if kind == "dict":
        return "{" + ", ".join(f"{k!r}: {describe(v)}" for k, v in structure[1]) + "}"
    if kind in ("static", "static array"):
        return "constant"
    inside = ", ".join(map(describe, structure[1]))
    return f"[{inside}]" if kind == "list" else f"({inside})"


def record(function: Callable[..., Any], *arguments: Any, argnums: Any = 0) -> Tape:
    """Record a function of NumPy arrays, for values and derivatives in C.

    Parameters
    ----------
    function : callable
        Plain NumPy code, without side effects.
    *arguments
        What to record it with: arrays, floats, or nested lists, tuples and dicts of them. Integers
        and other objects that are not differentiated are constants.
    argnums : int or tuple of int, optional
        With respect to which arguments to differentiate.

    Returns
    -------
    Tape

    Raises
    ------
    TracingError
        A `TypeError`, if the function does what cannot be recorded; it names the line.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> tape = fastls.record(lambda x: np.log(x @ x), np.ones(2))
    >>> tape.value_and_grad(np.array([1.0, 0.0]))
    (0.0, array([2., 0.]))
    """
    return Tape(function, arguments, argnums)
