"""Derivatives of functions: recorded on first use, one tape for each structure of arguments."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.answering import Answering
from fastls.tape.graph import Primitive
from fastls.tape.recording import PURPOSES, Inside, jacobian_purpose, too_few, traced
from fastls.tape.structure import flatten, without_static
from fastls.tape.tape import Tape
from fastls.tape.trace import UFUNCS, as_node

__all__ = [
    "GradientReport", "check_grad", "define_rule", "grad", "hessian", "hvp", "jacobian", "jvp",
    "primitive", "value_and_grad", "vjp",
]  # fmt: skip


class Recorded(Answering):
    """The tapes of a function, one for each structure of arguments."""

    def __init__(self, transform: str, function: Callable[..., Any], argnums: Any) -> None:
        if not callable(function):
            raise TypeError(f"f must be callable; got {function!r}")
        for place in argnums if isinstance(argnums, tuple) else (argnums,):
            if not isinstance(place, (int, np.integer)):
                raise TypeError(
                    f"argnums must be an integer or a tuple of integers; got {argnums!r}; "
                    f"arguments of f follow in a second call: write fastls.{transform}(f)(x)"
                )
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

    def _search(self, purpose: str, arguments: tuple[Any, ...]) -> Any:
        """What a row of `PURPOSES` asks for, where the tape is yet to be found."""
        row = PURPOSES[purpose]
        number = len(arguments) - len(row.vectors)
        if number < 1:
            raise ValueError(too_few(purpose, list(row.vectors), 1, len(arguments)))
        if traced(arguments):
            return Inside.answer(self.function, self.argnums, row, arguments)
        tape = self.tape(arguments[:number])
        found = tape._answer(purpose, arguments)
        call = tape._known(purpose)
        if call is not None:  # None where another thread has just recorded
            self._know(purpose, call)
        return found


def named(
    transform: str, function: Callable[..., Any], call: Callable[..., Any]
) -> Callable[..., Any]:
    call.__name__ = f"{transform} of {getattr(function, '__name__', 'a function')}"
    call.__doc__ = f"The {transform} of {function!r}."
    call.__wrapped__ = function  # type: ignore[attr-defined]
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
    recorded = Recorded("grad", f, argnums)

    def gradient(*arguments: Any) -> Any:
        return recorded._answer("gradient", arguments)

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
    recorded = Recorded("value_and_grad", f, argnums)

    def both(*arguments: Any) -> Any:
        return recorded._answer("value and gradient", arguments)

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
    recorded = Recorded("jvp", f, argnums)

    def product(*arguments_and_vector: Any) -> Any:
        return recorded._answer("jvp", arguments_and_vector)

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
    recorded = Recorded("vjp", f, argnums)

    def product(*arguments_and_vector: Any) -> Any:
        return recorded._answer("vjp", arguments_and_vector)

    return named("vjp", f, product)


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
    recorded = Recorded("hvp", f, argnums)

    def product(*arguments_and_vector: Any) -> Any:
        return recorded._answer("hvp", arguments_and_vector)

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
    recorded, purpose = Recorded("jacobian", f, argnums), jacobian_purpose(mode)

    def matrix(*arguments: Any) -> Any:
        return recorded._answer(purpose, arguments)

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
    recorded = Recorded("hessian", f, argnums)

    def matrix(*arguments: Any) -> Any:
        return recorded._answer("hessian", arguments)

    return named("Hessian", f, matrix)


def define_rule(ufunc: Any, *partials: Callable[..., Any] | None, formula: str = "") -> None:
    """Teach tapes the derivative of a ufunc.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Of NumPy, SciPy, numba (what ``numba.vectorize`` returns) or one's own, with one result.
        With a loop for float64 it is replayed in C.
    *partials : callable or None
        For each input ``partial(*inputs, result)``, written in NumPy; None where it is zero.
    formula : str, optional
        A template for formulas, with a place for each input.

    Raises
    ------
    TypeError
        For what is no ufunc, and for partials that cannot be called.
    ValueError
        For another number of partials than of inputs, for ufuncs of several results, and for
        generalised ones.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.define_rule(np.nextafter, lambda a, b, y: 1.0, None)
    >>> float(fastls.grad(lambda a: np.nextafter(a, 2.0))(1.0))
    1.0
    """
    compiled = getattr(ufunc, "ufunc", ufunc)  # of what numba.vectorize returns
    if not isinstance(compiled, np.ufunc):
        raise TypeError(f"ufunc must be a NumPy ufunc; got {ufunc!r}; see fastls.primitive")
    name = compiled.__name__
    if compiled.signature is not None or compiled.nout != 1:
        what = "is a generalised ufunc" if compiled.signature else f"has {compiled.nout} results"
        raise ValueError(
            f"{name} {what}; a rule is for one result, entry by entry; see fastls.primitive"
        )
    if len(partials) != compiled.nin:
        raise ValueError(
            f"{name} has {compiled.nin} inputs, and needs as many partial derivatives; "
            f"got {len(partials)}"
        )
    for partial in partials:
        if partial is not None and not callable(partial):
            raise TypeError(f"a partial derivative must be callable or None; got {partial!r}")
    if compiled is not ufunc and not compiled.types:  # compiled by numba when it is first needed
        ufunc(*[np.ones(1)] * compiled.nin)
    checked = tuple(partial and checked_partial(name, partial) for partial in partials)
    p.define_elementwise(compiled, checked, formula)
    UFUNCS[ufunc] = UFUNCS[compiled]


def primitive(
    f: Callable[..., Any], *, vjp: Callable[..., Any] | None = None,
    jvp: Callable[..., Any] | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """Make a Python function that cannot be traced a single operation with a given derivative.

    Parameters
    ----------
    f : callable
        ``f(*arrays) -> array``. Within a recorded function all of them, constants too, are floats
        or arrays of them.
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
    name = getattr(f, "__name__", "function")
    known: dict[Any, Primitive] = {}

    def value(*arrays: Any) -> Any:
        # Copies: what f is handed is its own, and not the memory of a replay.
        found = f(*[np.array(a) if np.ndim(a) else np.asarray(a).item() for a in arrays])
        result = np.asarray(returned(found, name))
        if result.dtype.kind not in "biufO":
            raise TypeError(f"{name} must return real numbers; got dtype {result.dtype}")
        return result

    def value_of(shape: tuple[int, ...]) -> Callable[..., Any]:
        """The value, which has one shape for inputs of the same shapes."""

        def again(*arrays: Any) -> Any:
            result = value(*arrays)
            if result.shape != shape:
                raise ValueError(
                    f"{name} must return the shape {shape}, as when it was recorded; "
                    f"got {result.shape}"
                )
            return result

        return again

    def call(*arrays: Any) -> Any:
        tracers = traced(arrays)
        if not tracers:
            return f(*arrays)
        graph = tracers[0].graph
        nodes = [as_node(graph, a) for a in arrays]
        key = tuple(node.shape for node in nodes)
        if key not in known:
            # In the rule of a derivative no values are known any more; what matters is the shape.
            given = [
                np.ones(node.shape, node.dtype) if graph.is_recorded and not node.is_constant
                else graph.value(node)
                for node in nodes
            ]  # fmt: skip
            try:
                shape = np.shape(value(*given))
            except Exception as error:
                if graph.is_recorded:
                    error.add_note(
                        f"{name} was called with ones, to find the shape of its result: in the "
                        "rule of a derivative values are not known"
                    )
                raise
            known[key] = Primitive(
                name, value_of(shape), lambda *shapes: shape,
                vjp and checked_pullback(name, vjp), jvp and checked_pushforward(name, jvp),
            )  # fmt: skip
        return p.apply(known[key], *arrays)

    return call


def returned(found: Any, what: str) -> Any:
    """What a function of the user's returned, which must not be None."""
    if found is None:
        raise TypeError(f"{what} returned None; is its return statement missing?")
    return found


def checked_partial(name: str, partial: Callable[..., Any]) -> Callable[..., Any]:
    """A user's partial derivative, whose shape must be that of the result, or broadcast to it."""

    def checked(*arrays: Any) -> Any:
        found = returned(partial(*arrays), f"the partial derivative of {name}")
        given, shape = np.shape(found), np.shape(arrays[-1])
        if not fits_into(given, shape):
            raise ValueError(
                f"the partial derivative of {name} must have the shape of the result, {shape}, or "
                f"one that broadcasts to it; got {given}"
            )
        return found

    return checked


def fits_into(given: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an array of a shape broadcasts to another, and no further."""
    try:
        return np.broadcast_shapes(given, shape) == shape
    except ValueError:
        return False


def checked_pullback(name: str, vjp: Callable[..., Any]) -> Callable[..., Any]:
    """A user's pullback, whose cotangents must have the shapes of the arrays."""

    def pullback(g: Any, result: Any, *arrays: Any) -> Any:
        found = returned(vjp(g, result, *arrays), f"the vjp of {name}")
        if not isinstance(found, (list, tuple)) or len(found) != len(arrays):
            raise ValueError(
                f"the vjp of {name} must return a list of {len(arrays)} cotangents, one for each "
                f"array; got {found!r}"
            )
        for cotangent, array in zip(found, arrays, strict=True):
            if cotangent is not None and np.shape(cotangent) != np.shape(array):
                raise ValueError(
                    f"the vjp of {name} must return cotangents of the shapes of the arrays; got "
                    f"the shape {np.shape(cotangent)} for {np.shape(array)}"
                )
        return found

    return pullback


def checked_pushforward(name: str, jvp: Callable[..., Any]) -> Callable[..., Any]:
    """A user's pushforward, whose tangent must have the shape of the result."""

    def pushforward(tangents: Any, result: Any, *arrays: Any) -> Any:
        found = returned(jvp(tangents, result, *arrays), f"the jvp of {name}")
        if np.shape(found) != np.shape(result):
            raise ValueError(
                f"the jvp of {name} must return a tangent of the shape of the result; got the "
                f"shape {np.shape(found)} for {np.shape(result)}"
            )
        return found

    return pushforward


class GradientReport(NamedTuple):
    """How a gradient compares with differences."""

    worst: float  #: the greatest relative error; NaN where the difference, or both, are not numbers
    where: Any  #: its coordinate: an index, or (argument, index)
    gradient: float  #: the derivative there
    difference: float  #: and the central difference

    @property
    def success(self) -> bool:
        """Whether they agree as well as differences can."""
        return self.worst < 1e-5

    def __repr__(self) -> str:
        fields = "".join(f", {name}={value!r}" for name, value in self._asdict().items())
        return f"GradientReport(success={self.success}{fields})"


def number(value: Any) -> float:
    """A value, which may be an array of one number."""
    if np.size(value) != 1:
        raise TypeError(f"f must return one number; got an array of the shape {np.shape(value)}")
    return float(np.reshape(value, ()))


def check_grad(
    f: Callable[..., Any], x: Any, step: float = 6e-6, *, grad: Callable[..., Any] | None = None
) -> GradientReport:
    """Compare a gradient with central differences, coordinate by coordinate.

    Parameters
    ----------
    f : callable or Tape
        A function of one array that returns a number. Without grad it is recorded.
    x : array_like
        Where.
    step : float, optional
        The step, relative to max(1, abs(x)).
    grad : callable, optional
        The gradient to check, ``grad(x)``, such as one written by hand; by default the tape's.

    Returns
    -------
    GradientReport
        Of the coordinate with the worst error, relative to the greatest difference.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> fastls.check_grad(lambda x: np.sum(np.sin(x)), np.ones(3)).success
    True

    One written by hand, where x[1] has the wrong sign:

    >>> def by_hand(x):
    ...     return np.array([2.0 * x[0], 2.0 * x[1]])
    >>> report = fastls.check_grad(lambda x: x[0]**2 - x[1]**2, np.ones(2), grad=by_hand)
    >>> report.success, report.where, report.gradient, round(report.difference, 6)
    (False, (1,), 2.0, -2.0)
    """
    if grad is not None and not callable(grad):
        raise TypeError(f"grad must be callable or None; got {grad!r}")
    x = np.array(x, dtype=float)
    if not x.size:
        raise ValueError(f"x must have an entry at least; got the shape {x.shape}")
    value: Callable[..., Any]
    if grad is None:
        value = tape = f if isinstance(f, Tape) else Tape(f, (x,))
        gradient = np.asarray(tape.grad(x))
    else:
        value, gradient = f, np.asarray(grad(x.copy()), dtype=float)
        if gradient.shape != x.shape:
            raise ValueError(
                f"grad(x) must have the shape of x, {x.shape}; got the shape {gradient.shape}"
            )
    differences = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[i] += step * max(1.0, abs(x[i]))
        behind[i] -= step * max(1.0, abs(x[i]))
        width = ahead[i] - behind[i]  # as rounded; f may change what it is given
        differences[i] = (number(value(ahead)) - number(value(behind))) / width
    finite = np.abs(differences[np.isfinite(differences)])
    errors = np.abs(gradient - differences) / max(float(np.max(finite, initial=0.0)), 1e-300)
    where = np.unravel_index(int(np.argmax(np.where(np.isnan(errors), np.inf, errors))), x.shape)
    place = tuple(map(int, where))
    return GradientReport(
        float(errors[place]), place, float(gradient[place]), float(differences[place])
    )
