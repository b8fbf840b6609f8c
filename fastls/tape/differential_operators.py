"""Derivatives of functions: recorded on first use, one tape for each structure of arguments."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.graph import Primitive
from fastls.tape.tape import Path, Tape, flatten, unflatten, without_static
from fastls.tape.trace import Tracer, as_node
from fastls.tape.transforms import pullback, pushforward

__all__ = [
    "GradientReport", "check_grad", "define_rule", "grad", "hessian", "hvp", "jacobian", "jvp",
    "primitive", "value_and_grad", "vjp",
]  # fmt: skip


class Recorded:
    """The tapes of a function, one for each structure of arguments."""

    def __init__(self, function: Callable[..., Any], argnums: Any) -> None:
        if not callable(function):
            raise TypeError(f"f must be callable; got {function!r}")
        self.function = function
        self.argnums = argnums
        self.tapes: dict[Any, Tape] = {}

    def tape(self, arguments: tuple[Any, ...]) -> Tape:
        places = self.argnums if isinstance(self.argnums, tuple) else (self.argnums,)
        places = tuple(i % max(len(arguments), 1) for i in places)
        key = tuple(
            without_static(flatten(argument, i in places, []))
            for i, argument in enumerate(arguments)
        )
        tape = self.tapes.get(key)
        if tape is None:
            tape = self.tapes[key] = Tape(self.function, arguments, self.argnums)
        return tape


def traced(values: Any) -> list[Tracer]:
    """The tracers in nested arguments."""
    if isinstance(values, Tracer):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        return [tracer for value in values for tracer in traced(value)]
    return []


class Inside:
    """A function called with traced values, while another is recorded: part of that graph."""

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], argnums: Any
    ) -> None:
        self.graph = traced(arguments)[0].graph
        self.is_single = not isinstance(argnums, tuple)
        places = (argnums,) if self.is_single else argnums
        places = tuple(i % len(arguments) for i in places)
        self.inputs: list[Any] = []
        self.structures: list[Any] = []
        renamed = list(arguments)
        for i in places:
            leaves: list[Any] = []
            structure = flatten_traced(arguments[i], leaves)
            # Under a new name, so that the same value used elsewhere is not differentiated.
            nodes = [
                self.graph.apply(p.IDENTITY, [as_node(self.graph, leaf)], tag=object())
                for leaf in leaves
            ]
            renamed[i] = unflatten(structure, iter([Tracer(self.graph, node) for node in nodes]))
            self.inputs += nodes
            self.structures.append(structure)
        result = function(*renamed)
        self.outputs: list[Any] = []
        self.structure = Path.outputs_of(self, result, self.outputs)  # type: ignore[arg-type]

    outputs_of = Path.outputs_of

    def values(self) -> Any:
        return unflatten(self.structure, iter([Tracer(self.graph, n) for n in self.outputs]))

    def in_structure(self, nodes: list[Any]) -> Any:
        arrays = iter([
            np.zeros(x.shape) if n is None else Tracer(self.graph, n)
            for n, x in zip(nodes, self.inputs, strict=True)
        ])  # fmt: skip
        found = tuple(unflatten(structure, arrays) for structure in self.structures)
        return found[0] if self.is_single else found

    def pull(self, cotangents: list[Any]) -> Any:
        nodes = [as_node(self.graph, c) for c in cotangents]
        return self.in_structure(pullback(self.graph, self.inputs, self.outputs, nodes))

    def push(self, tangents: list[Any]) -> list[Any]:
        nodes = [as_node(self.graph, t) for t in tangents]
        return [
            np.zeros(y.shape) if n is None else Tracer(self.graph, n)
            for n, y in zip(
                pushforward(self.graph, self.inputs, self.outputs, nodes), self.outputs, strict=True
            )
        ]

    def scalar(self) -> None:
        if len(self.outputs) != 1 or self.outputs[0].shape != ():
            shapes = [node.shape for node in self.outputs]
            raise TypeError(f"a gradient needs one number as output; got shapes {shapes}")


def flatten_traced(value: Any, leaves: list[Any]) -> Any:
    if isinstance(value, Tracer):
        leaves.append(value)
        return ("leaf", value.shape)
    if isinstance(value, dict):
        return ("dict", tuple((k, flatten_traced(v, leaves)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        items = tuple(flatten_traced(item, leaves) for item in value)
        return (type(value) if hasattr(value, "_fields") else type(value).__name__, items)
    return flatten(value, True, leaves)


def named(
    transform: str, function: Callable[..., Any], call: Callable[..., Any]
) -> Callable[..., Any]:
    call.__name__ = f"{transform} of {getattr(function, '__name__', 'a function')}"
    call.__doc__ = f"The {transform} of {function!r}."
    return call


def grad(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The gradient of a function, as a function.

    Parameters
    ----------
    f : callable
        Plain NumPy code that returns a number.
    argnums : int or tuple of int, optional
        With respect to which arguments.

    Returns
    -------
    callable
        Of the same arguments; what it returns has the structure of what is differentiated. It may
        be called, and differentiated, inside other functions that are.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> float(fastls.grad(fastls.grad(np.sin))(0.5) + np.sin(0.5))
    0.0
    """
    recorded = Recorded(f, argnums)

    def gradient(*arguments: Any) -> Any:
        if traced(arguments):
            inside = Inside(f, arguments, argnums)
            inside.scalar()
            return inside.pull([1.0])
        return recorded.tape(arguments).grad(*arguments)

    return named("gradient", f, gradient)


def value_and_grad(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The value and the gradient of a function, as a function.

    Parameters
    ----------
    f : callable
        Plain NumPy code that returns a number.
    argnums : int or tuple of int, optional
        With respect to which arguments.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.value_and_grad(lambda x: x @ x)(np.array([1.0, 2.0]))
    (5.0, array([2., 4.]))
    """
    recorded = Recorded(f, argnums)

    def both(*arguments: Any) -> Any:
        if traced(arguments):
            inside = Inside(f, arguments, argnums)
            inside.scalar()
            return inside.values(), inside.pull([1.0])
        return recorded.tape(arguments).value_and_grad(*arguments)

    return named("value and gradient", f, both)


def jvp(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The product of a function's Jacobian with a vector, as a function of arguments and vector.

    Parameters
    ----------
    f : callable
        Plain NumPy code.
    argnums : int or tuple of int, optional
        With respect to which arguments.

    Returns
    -------
    callable
        ``(*arguments, v) -> (value, tangent)``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.jvp(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    (array([1., 4.]), array([2., 0.]))
    """
    recorded = Recorded(f, argnums)

    def product(*arguments: Any) -> Any:
        *arguments, v = arguments  # type: ignore[assignment]
        if traced(arguments) or traced(v):
            inside = Inside(f, lifted(arguments, v), argnums)
            leaves: list[Any] = []
            flatten_traced(v, leaves)
            pushed = iter(inside.push(leaves))
            return inside.values(), unflatten(inside.structure, pushed)
        return recorded.tape(tuple(arguments)).jvp(*arguments, v)

    return named("jvp", f, product)


def vjp(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The product of a vector with a function's Jacobian, as a function of arguments and vector.

    Parameters
    ----------
    f : callable
        Plain NumPy code.
    argnums : int or tuple of int, optional
        With respect to which arguments.

    Returns
    -------
    callable
        ``(*arguments, u) -> (value, cotangent)``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.vjp(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    (array([1., 4.]), array([2., 4.]))
    """
    recorded = Recorded(f, argnums)

    def product(*arguments: Any) -> Any:
        *arguments, u = arguments  # type: ignore[assignment]
        if traced(arguments) or traced(u):
            inside = Inside(f, lifted(arguments, u), argnums)
            leaves: list[Any] = []
            flatten_traced(u, leaves)
            return inside.values(), inside.pull(leaves)
        return recorded.tape(tuple(arguments)).vjp(*arguments, u)

    return named("vjp", f, product)


def lifted(arguments: Any, vector: Any) -> tuple[Any, ...]:
    """Arguments of which at least one is traced, in the graph of the vector."""
    if traced(arguments):
        return tuple(arguments)
    graph = traced(vector)[0].graph
    first, *rest = arguments
    return (Tracer(graph, graph.constant(np.asarray(first, dtype=float))), *rest)


def hvp(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """The product of a function's Hessian with a vector, as a function of arguments and vector.

    Parameters
    ----------
    f : callable
        Plain NumPy code that returns a number.
    argnums : int or tuple of int, optional
        With respect to which arguments.

    Returns
    -------
    callable
        ``(*arguments, v) -> H v``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    array([ 0., 12.])
    """
    recorded = Recorded(f, argnums)
    of_gradient = jvp(grad(f, argnums), argnums)

    def product(*arguments: Any) -> Any:
        if traced(arguments):
            return of_gradient(*arguments)[1]
        return recorded.tape(tuple(arguments[:-1])).hvp(*arguments)

    return named("hvp", f, product)


def jacobian(f: Callable[..., Any], argnums: int = 0, mode: str = "auto") -> Callable[..., Any]:
    """The Jacobian of a function, as a function.

    Parameters
    ----------
    f : callable
        Plain NumPy code.
    argnums : int, optional
        With respect to which argument.
    mode : {"auto", "forward", "reverse"}, optional
        As for `Tape.jacobian`.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.jacobian(lambda x: x[0] * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [2., 1.]])
    """
    recorded = Recorded(f, argnums)

    def matrix(*arguments: Any) -> Any:
        return recorded.tape(arguments).jacobian(*arguments, mode=mode)

    return named("Jacobian", f, matrix)


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """The Hessian of a function, as a function.

    Parameters
    ----------
    f : callable
        Plain NumPy code that returns a number.
    argnums : int, optional
        With respect to which argument.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.hessian(lambda x: x[0] * x[1])(np.array([1.0, 2.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    recorded = Recorded(f, argnums)

    def matrix(*arguments: Any) -> Any:
        return recorded.tape(arguments).hessian(*arguments)

    return named("Hessian", f, matrix)


def define_rule(ufunc: np.ufunc, *partials: Callable[..., Any] | None, formula: str = "") -> None:
    """Teach tapes the derivative of a ufunc.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Of NumPy, SciPy, numba or one's own. With a loop for float64 it is replayed in C.
    *partials : callable or None
        For each input ``partial(*inputs, result)``, written in NumPy; None where it is zero.
    formula : str, optional
        A template for formulas, with a place for each input.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.define_rule(np.nextafter, lambda a, b, y: 1.0, None)
    >>> float(fastls.grad(lambda a: np.nextafter(a, 2.0))(1.0))
    1.0
    """
    if not isinstance(ufunc, np.ufunc):
        raise TypeError(f"ufunc must be a NumPy ufunc; got {ufunc!r}; see fastls.primitive")
    if len(partials) != ufunc.nin:
        raise ValueError(
            f"{ufunc.__name__} has {ufunc.nin} inputs, and needs as many partial derivatives; "
            f"got {len(partials)}"
        )
    p.define_elementwise(ufunc, partials, formula)


def primitive(
    f: Callable[..., Any], *, vjp: Callable[..., Any] | None = None,
    jvp: Callable[..., Any] | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """Make a Python function that cannot be traced a single operation with a given derivative.

    Parameters
    ----------
    f : callable
        ``f(*arrays) -> array``.
    vjp : callable, optional
        ``vjp(g, result, *arrays)``: a cotangent for each array, or None; written in NumPy, so that
        it can be differentiated again.
    jvp : callable, optional
        ``jvp(tangents, result, *arrays)``: the tangent; tangents has None for constants.

    Returns
    -------
    callable
        The same function, for use inside recorded ones.

    Examples
    --------
    >>> import math
    >>> import fastls
    >>> sine = fastls.primitive(math.sin, vjp=lambda g, y, x: [g * np.cos(x)])
    >>> import numpy as np
    >>> float(fastls.grad(sine)(0.0))
    1.0
    """
    if not callable(f):
        raise TypeError(f"f must be callable; got {f!r}")
    known: dict[Any, Primitive] = {}

    def value(*arrays: Any) -> Any:
        return np.asarray(f(*[a.item() if np.ndim(a) == 0 else a for a in map(np.asarray, arrays)]))

    def call(*arrays: Any) -> Any:
        tracers = traced(arrays)
        if not tracers:
            return f(*arrays)
        graph = tracers[0].graph
        nodes = [as_node(graph, a) for a in arrays]
        key = tuple(node.shape for node in nodes)
        if key not in known:
            shape = np.shape(value(*[graph.value(node) for node in nodes]))
            known[key] = Primitive(
                getattr(f, "__name__", "function"), value, lambda *shapes: shape, vjp, jvp
            )
        return p.apply(known[key], *arrays)

    return call


class GradientReport(NamedTuple):
    """How a gradient compares with differences."""

    worst: float  #: the greatest relative error
    where: Any  #: its coordinate: an index, or (argument, index)
    gradient: float  #: the derivative there
    difference: float  #: and the central difference

    @property
    def success(self) -> bool:
        """Whether they agree as well as differences can."""
        return self.worst < 1e-5


def check_grad(f: Callable[..., Any], x: Any, step: float = 6e-6) -> GradientReport:
    """Compare a gradient with central differences, coordinate by coordinate.

    Parameters
    ----------
    f : callable or Tape
        A function of one array that returns a number.
    x : array_like
        Where.
    step : float, optional
        The step, relative to max(1, abs(x)).

    Returns
    -------
    GradientReport
        Of the coordinate with the worst error, relative to the greatest entry of the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.check_grad(lambda x: np.sum(np.sin(x)), np.ones(3)).success
    True
    """
    x = np.array(x, dtype=float)
    tape = f if isinstance(f, Tape) else Tape(f, (x,))
    gradient = np.asarray(tape.grad(x))
    differences = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        width = step * max(1.0, abs(x[i]))
        ahead, behind = x.copy(), x.copy()
        ahead[i] += width
        behind[i] -= width
        differences[i] = (tape(ahead) - tape(behind)) / (ahead[i] - behind[i])
    scale = max(float(np.max(np.abs(differences), initial=0.0)), 1e-300)
    errors = np.abs(gradient - differences) / scale
    where = np.unravel_index(int(np.argmax(np.where(np.isnan(errors), np.inf, errors))), x.shape)
    place = tuple(map(int, where))
    return GradientReport(
        float(errors[place]), place, float(gradient[place]), float(differences[place])
    )
