"""One function in front of every descent method, with the signature of SciPy's."""

import difflib
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from fastls.descent.conjugate_gradient import ConjugateGradient
from fastls.descent.gradient_descent import GradientDescent
from fastls.descent.iteration import iterate
from fastls.descent.lbfgs import LBFGS
from fastls.descent.method import Descent
from fastls.descent.minimum import Minimum
from fastls.descent.newton_cg import NewtonCG
from fastls.descent.objective import CallableObjective, Objective
from fastls.descent.recorded_objective import RecordedObjective
from fastls.interval.minimize_scalar import optimize_warning
from fastls.tape import Tape, TracingError, record

__all__ = ["METHODS", "minimize", "objective_of"]

METHODS: dict[str, Callable[[], Descent]] = {
    "lbfgs": LBFGS,
    "cg": ConjugateGradient,
    "gd": GradientDescent,
    "newton-cg": NewtonCG,
}

KEYWORDS = ("args", "method", "jac", "search", "tol", "callback", "options", "hess", "hessp")

# What people write, and how it is written here.
SPELT = {
    "grad": "jac", "gradient": "jac", "tolerance": "tol", "verbose": "disp",
    "trace": "callback",
}  # fmt: skip

COUNTS = {
    "Iterations": "nit",
    "Function evaluations": "nfev",
    "Gradient evaluations": "njev",
    "Hessian evaluations": "nhev",
}

HINT = (
    "fun cannot be recorded: write what the message above says, or give its gradient, as jac, or "
    "jac=True where fun returns (value, gradient)"
)


def minimize(
    fun: Any,
    x0: Any,
    args: Any = (),
    method: str | Descent = "lbfgs",
    jac: Any = None,
    search: Any = None,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    hess: Callable[..., Any] | None = None,
    hessp: Callable[..., Any] | None = None,
    bounds: None = None,
    constraints: Any = None,
    **more: Any,
) -> Minimum:
    """Minimise a function of many variables.

    Parameters
    ----------
    fun : callable or Tape
        ``fun(x, *args) -> float``.
    x0 : array_like
        Where to begin, of any shape; points, gradients and the result have the same.
    args : tuple, optional
        Further arguments of fun, jac, hess and hessp.
    method : {"lbfgs", "cg", "gd", "newton-cg"} or Descent, optional
        The method, in upper or lower case, or an object, such as ``descent.LBFGS(memory=5)``.
    jac : callable or bool, optional
        ``jac(x, *args)``, the gradient; True where fun returns ``(value, gradient)``. By default
        fun, which must then be plain NumPy code, is recorded (see `fastls.record`), and its
        derivatives are exact.
    search : search for a step or method on an interval, optional
        How the step is searched for, such as ``HagerZhang()``. With a method on an interval, such
        as ``Brent()``, steps are exact, which suits "gd" and "cg".
    tol : float, optional
        Where options do not say otherwise, `gtol`; for "lbfgs" also `ftol`, as in SciPy.
    callback : callable, optional
        Called after each iteration: ``callback(x)``, or ``callback(intermediate_result=state)``
        where that is the name of its only parameter, with the fields of the result. Where it raises
        `StopIteration`, the method ends.
    options : dict, optional
        Parameters of the method: ``gtol``, ``norm``, ``ftol``, ``xtol``, ``maxiter``, ``maxfun``,
        ``initial_step``, ``disp``; and ``memory`` (or ``maxcor``) of "lbfgs"; ``beta`` and
        ``restart`` of "cg"; ``reference`` of "gd"; ``forcing`` of "newton-cg".
    hess, hessp : callable, optional
        For "newton-cg": ``hess(x, *args)``, the Hessian, or ``hessp(x, v, *args)``, its product
        with a vector. By default that comes from the tape; else from differences of gradients.
    bounds, constraints
        Not supported: a `ValueError` where they are given.
    **more
        Options by name, as `scipy.optimize.minimize` hands them to a ``method``; this function is
        one.

    Returns
    -------
    Minimum
        With the field names of `scipy.optimize.OptimizeResult`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not of these kinds, or a name is unknown; of unknown options, as in SciPy,
        there is a warning. Whatever the callables raise comes through unchanged.
    TracingError
        If jac is None and fun cannot be recorded. There are no finite differences of values here.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> def rosenbrock(x):
    ...     return np.sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)
    >>> found = fastls.minimize(rosenbrock, [-1.2, 1.0, 1.0])
    >>> found.success, found.x.round(3)
    (True, array([1., 1., 1.]))
    """
    if bounds is not None:
        raise ValueError(f"bounds are not supported; got bounds={bounds!r}")
    # Of SciPy, which hands over its options by name, they are never None.
    by_scipy = constraints is not None
    if by_scipy and not (isinstance(constraints, (tuple, list)) and len(constraints) == 0):
        raise ValueError(f"constraints are not supported; got constraints={constraints!r}")
    chosen = method_of(method)
    if more and not by_scipy:
        refuse_unknown(more, chosen)
    chosen = with_options(chosen, search, tol, {**(options or {}), **more})
    start = start_of(x0)
    result = iterate(chosen, objective_of(fun, start, args, jac, hess, hessp), start, callback)
    if chosen.disp:
        print(result.message)
        print(f"         Current function value: {result.fun:f}")
        for name, count in COUNTS.items():
            print(f"         {name}: {result[count]}")
    return result


def method_of(method: Any) -> Descent:
    if isinstance(method, Descent):
        return method
    name = method.lower() if isinstance(method, str) else method
    if not isinstance(name, str) or name not in METHODS:
        raise ValueError(
            f"method must be one of {list(METHODS)}, or an object of fastls.descent; "
            f"got {method!r}{meant(method)}"
        )
    return METHODS[name]()


def meant(method: Any) -> str:
    """What is probably meant by a method that is none."""
    if isinstance(method, type) and issubclass(method, Descent):
        return f": write {method.__name__}()"
    likely = difflib.get_close_matches(str(method).lower(), METHODS, 1)
    return f": the nearest is {likely[0]!r}" if likely else ""


def refuse_unknown(names: Iterable[str], method: Descent) -> None:
    """A name that is misspelt must not drop a gradient silently."""
    known = list(dict.fromkeys([*KEYWORDS, *method.names()]))
    for name in names:
        if name in known or name == "maxcor":
            continue
        likely = [SPELT[name]] if name in SPELT else difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {likely[0]}?" if likely else "."
        raise TypeError(
            f"minimize has no parameter {name!r}{hint} With {type(method).__name__} it has "
            f"{', '.join(known)}"
        )


def with_options(method: Descent, search: Any, tol: Any, options: dict[str, Any]) -> Descent:
    """The method with other parameters; unknown ones are warned of, as in SciPy."""
    if "maxcor" in options:
        options.setdefault("memory", options.pop("maxcor"))
    known = {name: value for name, value in options.items() if name in method.names()}
    unknown = [name for name in options if name not in known]
    if unknown:
        warnings.warn(
            f"Unknown solver options: {', '.join(unknown)}", optimize_warning(), stacklevel=3
        )
    if tol is not None:
        known.setdefault("gtol", tol)
        if isinstance(method, LBFGS):
            known.setdefault("ftol", tol)
    if search is not None:
        known["search"] = search
        if isinstance(method, GradientDescent):
            known.setdefault("reference", None)
    return method.replaced(**known) if known else method


def start_of(x0: Any) -> np.ndarray[Any, Any]:
    start = np.asarray(x0)
    if start.dtype.kind not in "fiub":
        raise TypeError(f"x0 must be an array of real numbers; got {x0!r}")
    return np.atleast_1d(np.array(start, dtype=float, order="C"))


def objective_of(
    fun: Any, x0: np.ndarray[Any, Any], args: Any, jac: Any, hess: Any, hessp: Any
) -> Objective:
    """What the methods see of fun: callables, or a tape."""
    args = args if isinstance(args, tuple) else (args,)
    if isinstance(jac, str):
        raise ValueError(
            f"jac must be callable, True or None: there are no finite differences; got {jac!r}"
        )
    if jac is True:
        return CallableObjective(fun, None, x0, args, hess, hessp)
    if jac is not None and jac is not False:
        return CallableObjective(fun, jac, x0, args, hess, hessp)
    given = args
    if not isinstance(fun, Tape):
        fun, args = recorded(fun, x0, args), ()
    if hess is None and hessp is None:
        return RecordedObjective(fun, x0, args)
    bound = [each and bind(each, given) for each in (hess, hessp)]
    return CallableObjective(lambda x: fun.value_and_grad(x, *args), None, x0, (), *bound)


def bind(function: Callable[..., Any], args: tuple[Any, ...]) -> Callable[..., Any]:
    """The function with its further arguments."""
    if not callable(function):
        raise TypeError(f"hess and hessp must be callable or None; got {function!r}")
    return lambda *first: function(*first, *args)


def recorded(fun: Any, x0: np.ndarray[Any, Any], args: tuple[Any, ...]) -> Tape:
    """A tape of fun as a function of x alone."""
    try:
        return record((lambda x: fun(x, *args)) if args else fun, x0)
    except TracingError as error:
        error.add_note(HINT)
        raise
