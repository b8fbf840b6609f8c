"""The functions of `scipy.optimize`, with SciPy's signatures, results and errors.

Change ``from scipy.optimize import line_search, brent, fminbound, golden, bracket`` into
``from fastls.dropin import ...`` and nothing else. Tolerances mean what they mean there; numbers of
calls may differ by a few. Values are handed out as floats and gradients as arrays of float64,
whatever f returns; a first step that is not > 0 is refused.
As there, a Python function of one variable is handed NumPy's floats, of which 1/0 is infinite, not
an error.
"""

import functools
import math
import sys
import warnings
from typing import Any

import numpy as np

from fastls.interval.bracket import Bracket
from fastls.interval.bracket import bracket as find_bracket
from fastls.interval.brent import Brent
from fastls.interval.golden_section import GoldenSection
from fastls.interval.minimize_scalar import optimize_warning
from fastls.oracle.lowlevel import is_compiled
from fastls.search.result import Result, Step
from fastls.status import Status
from fastls.step.backtracking import Backtracking
from fastls.step.conditions import Armijo
from fastls.step.more_thuente import MoreThuente
from fastls.step.zoom import Zoom

__all__ = [
    "BracketError",
    "LineSearchWarning",
    "bracket",
    "brent",
    "fminbound",
    "golden",
    "line_search",
    "line_search_armijo",
    "line_search_wolfe1",
    "line_search_wolfe2",
    "scalar_search_armijo",
    "scalar_search_wolfe1",
    "scalar_search_wolfe2",
]

LOOSEST = 1e300  # for a tolerance that is infinite
SQRT_EPSILON = float(np.sqrt(np.finfo(float).eps))

NO_BRACKET = (
    "The algorithm terminated without finding a valid bracket. "
    "Consider trying different initial points."
)
NO_BRACKET_YET = (
    "No valid bracket was found before the iteration limit was reached. "
    "Consider trying different initial points or increasing `maxiter`."
)


class BracketError(RuntimeError):
    """No bracket was found; ``data`` holds the last points, their values and the calls."""

    data: tuple[float, ...]


def bracket(
    func: Any,
    xa: Any = 0.0,
    xb: Any = 1.0,
    args: Any = (),
    grow_limit: float = 110.0,
    maxiter: int = 1000,
) -> tuple[float, float, float, float, float, float, int]:
    """Bracket a minimum; see `scipy.optimize.bracket`, and `fastls.bracket` for the method.

    Parameters
    ----------
    func : callable or C callback
        The function.
    xa, xb : float, optional
        Two points to begin with.
    args : tuple, optional
        Further arguments of func.
    grow_limit : float, optional
        How many times as long as the last a step may be.
    maxiter : int, optional
        The greatest number of iterations.

    Returns
    -------
    xa, xb, xc, fa, fb, fc : float
        The bracket, here always with xa < xb < xc.
    funcalls : int

    Raises
    ------
    BracketError
        A `RuntimeError`, if none is found.

    Examples
    --------
    >>> from fastls import dropin
    >>> xa, xb, xc, fa, fb, fc, funcalls = dropin.bracket(lambda x: (x - 3)**2)
    >>> bool(xa < 3 < xc)
    True
    """
    a, b = scalar(xa), scalar(xb)
    if not (np.isfinite(a) and np.isfinite(b)) or a == b:
        raise BracketError(NO_BRACKET)
    # SciPy counts rounds of one or two values each, after the third point, and does one more.
    found = find_bracket(
        of_numpy_floats(func), a, b, args=args, grow_limit=max(grow_limit, 2.0),
        maxiter=2 * max(int(maxiter), 0) + 3,
    )  # fmt: skip
    if not found.success:
        error = BracketError(
            NO_BRACKET_YET if found.status == Status.MAX_ITERATIONS else NO_BRACKET
        )
        error.data = tuple(found)
        raise error
    points = (np.float64(value) for value in found[:6])
    return (*points, found.nfev)  # type: ignore[return-value]  # six and one are seven


def brent(
    func: Any,
    args: Any = (),
    brack: Any = None,
    tol: float = 1.48e-8,
    full_output: Any = 0,
    maxiter: int = 500,
) -> Any:
    """Minimise with Brent's method; see `scipy.optimize.brent`, and `fastls.Brent` for the method.

    Parameters
    ----------
    func : callable or C callback
        The function.
    args : tuple, optional
        Further arguments of func.
    brack : (xa, xb) or (xa, xb, xc), optional
        Two points to bracket a minimum from (default 0 and 1), or a bracket.
    tol : float, optional
        The tolerance, relative to x.
    full_output : bool, optional
        Whether to return more than the minimiser.
    maxiter : int, optional
        The greatest number of iterations.

    Returns
    -------
    xmin : float
    fval : float
        With full_output, as the next two.
    iter, funcalls : int

    Raises
    ------
    BracketError, ValueError
        If no minimum is bracketed, or brack is no bracket.

    Examples
    --------
    >>> from fastls import dropin
    >>> float(dropin.brent(lambda x: (x - 1)**2, brack=(1, 2)))
    1.0
    """
    if tol < 0:
        raise ValueError(f"tolerance should be >= 0, got {tol!r}")
    interval = bracketed(func, args, brack)
    if maxiter < 1:
        done = interval.mid, interval.fmid, 0, interval.nfev
        return done if full_output else interval.mid
    # SciPy's least tolerance, of which ours takes a third.
    search = Brent(xtol=3e-11, rtol=min(tol, LOOSEST), maxiter=int(maxiter))
    found = minimize(search, func, interval, args)
    nfev = interval.nfev + found.nfev
    return (found.x, found.fun, found.nit, nfev) if full_output else found.x


def golden(
    func: Any,
    args: Any = (),
    brack: Any = None,
    tol: float = SQRT_EPSILON,
    full_output: Any = 0,
    maxiter: int = 5000,
) -> Any:
    """Minimise with golden section; see `scipy.optimize.golden`, and `fastls.GoldenSection`.

    Parameters
    ----------
    func : callable or C callback
        The function.
    args : tuple, optional
        Further arguments of func.
    brack : (xa, xb) or (xa, xb, xc), optional
        Two points to bracket a minimum from (default 0 and 1), or a bracket.
    tol : float, optional
        The tolerance, relative to x.
    full_output : bool, optional
        Whether to return more than the minimiser.
    maxiter : int, optional
        The greatest number of iterations.

    Returns
    -------
    xmin : float
    fval : float
        With full_output, as the next.
    funcalls : int

    Raises
    ------
    BracketError, ValueError
        If no minimum is bracketed, or brack is no bracket.

    Examples
    --------
    >>> from fastls import dropin
    >>> round(float(dropin.golden(lambda x: (x - 1)**2, brack=(1, 2))), 6)
    1.0
    """
    interval = bracketed(func, args, brack)
    if maxiter < 1:
        return (interval.mid, interval.fmid, interval.nfev) if full_output else interval.mid
    # SciPy compares with the sum of both interior points.
    rtol = 2.0 * min(max(tol, 0.0), LOOSEST)
    search = GoldenSection(xtol=0.0, rtol=rtol, maxiter=int(maxiter))
    found = minimize(search, func, interval, args)
    return (found.x, found.fun, interval.nfev + found.nfev) if full_output else found.x


def fminbound(
    func: Any,
    x1: Any,
    x2: Any,
    args: Any = (),
    xtol: float = 1e-5,
    maxfun: int = 500,
    full_output: Any = 0,
    disp: int = 1,
) -> Any:
    """Minimise within bounds; see `scipy.optimize.fminbound`, and `fastls.Brent` for the method.

    Parameters
    ----------
    func : callable or C callback
        The function.
    x1, x2 : float
        The bounds.
    args : tuple, optional
        Further arguments of func.
    xtol : float, optional
        The absolute tolerance.
    maxfun : int, optional
        The greatest number of calls.
    full_output : bool, optional
        Whether to return more than the minimiser.
    disp : int, optional
        0: silent; 1: warn if it fails; 3: print the result.

    Returns
    -------
    xopt : float
    fval : float
        With full_output, as the next two.
    ierr : int
        0 if converged, 1 if maxfun was reached, 2 if the function was not finite.
    numfunc : int

    Raises
    ------
    ValueError
        If the bounds are not finite or not in order.

    Examples
    --------
    >>> from fastls import dropin
    >>> round(float(dropin.fminbound(lambda x: (x - 1)**2, 3, 4)), 4)
    3.0
    """
    if not (np.size(x1) == np.size(x2) == 1 and np.all(np.isfinite([scalar(x1), scalar(x2)]))):
        raise ValueError("Optimization bounds must be finite scalars.")
    a, b = scalar(x1), scalar(x2)
    if a > b:
        raise ValueError("The lower bound exceeds the upper bound.")
    # The first value counts as a call, but not as an iteration.
    search = Brent(xtol=xtol, maxiter=max(int(maxfun) - 1, 1))
    found = minimize(search, func, (a, b), args)
    if disp > 2:
        print(found)
    if disp and not found.success:
        warnings.warn(found.message, optimize_warning(), stacklevel=2)
    ierr = 0 if found.success else 1 if found.status == Status.MAX_ITERATIONS else 2
    return (found.x, found.fun, ierr, found.nfev) if full_output else found.x


def minimize(search: Brent | GoldenSection, func: Any, interval: Any, args: Any) -> Result:
    """Minimise with NumPy's floats in and out."""
    found = search.minimize(of_numpy_floats(func), interval, args=args)
    found.x, found.fun = np.float64(found.x), np.float64(found.fun)
    return found


def of_numpy_floats(func: Any) -> Any:
    """The function, called with NumPy's floats; a C callback as it is."""
    if not callable(func) or is_compiled(func):
        return func

    def called(x: float, *args: Any) -> Any:
        return func(np.float64(x), *args)

    return called


def scalar(x: Any) -> float:
    """The number x, which SciPy also takes as an array of one."""
    array = np.asarray(x, dtype=float)
    return float(array.item()) if array.size == 1 else np.nan


def bracketed(func: Any, args: Any, brack: Any) -> Bracket:
    """The bracket that SciPy's functions begin with, from none, two or three points."""
    if brack is None:
        return Bracket(*bracket(func, args=args))
    if len(brack) == 2:
        return Bracket(*bracket(func, brack[0], brack[1], args))
    if len(brack) != 3:
        raise ValueError("Bracketing interval must be length 2 or 3 sequence.")
    a, mid, b = (scalar(x) for x in brack)
    if a > b:
        a, b = b, a
    if not a < mid < b:
        raise ValueError(
            "Bracketing values (xa, xb, xc) do not fulfill this requirement: "
            "(xa < xb) and (xb < xc)"
        )
    once = Brent()  # of an interval of one point
    fa, fmid, fb = (minimize(once, func, (x, x), args).fun for x in (a, mid, b))
    if not (fmid < fa and fmid < fb):
        raise ValueError(
            "Bracketing values (xa, xb, xc) do not fulfill this requirement: "
            "(f(xb) < f(xa)) and (f(xb) < f(xc))"
        )
    return Bracket(a, mid, b, fa, fmid, fb, 3)


# The searches for a step.


class LineSearchWarning(RuntimeWarning):
    """A line search did not converge; where SciPy is loaded, also its warning of this name."""


make_warning = functools.cache(
    lambda theirs: type("LineSearchWarning", (LineSearchWarning, theirs), {"__module__": __name__})
)

# Searches are made once for each set of parameters: that of wolfe2, whose steps double until they
# bracket, of wolfe1, and of armijo.
make_zoom = functools.lru_cache(maxsize=64)(functools.partial(Zoom, alpha_max=math.inf, growth=2.0))
make_more_thuente = functools.lru_cache(maxsize=64)(
    functools.partial(MoreThuente, alpha_max=math.inf, max_evaluations=100)
)
make_backtracking = functools.lru_cache(maxsize=64)(
    lambda c1: Backtracking(Armijo(c1), interpolation="cubic", max_evaluations=100)
)


def line_search(
    f: Any,
    myfprime: Any,
    xk: Any,
    pk: Any,
    gfk: Any = None,
    old_fval: Any = None,
    old_old_fval: Any = None,
    args: Any = (),
    c1: float = 1e-4,
    c2: float = 0.9,
    amax: float | None = None,
    extra_condition: Any = None,
    maxiter: int = 10,
) -> tuple[float | None, int, int, float | None, float | None, Any]:
    """Find a step that satisfies the strong Wolfe conditions; see `scipy.optimize.line_search`.

    The method is `fastls.Zoom`, whose own methods tell more and fail less.

    Parameters
    ----------
    f, myfprime : callable
        ``f(x, *args) -> float`` and its gradient ``myfprime(x, *args) -> array``.
    xk, pk : array_like
        The point and the direction.
    gfk : array_like, optional
        The gradient at xk.
    old_fval, old_old_fval : float, optional
        The value at xk and at the point before it, from which the first step is guessed.
    args : tuple, optional
        Further arguments of f and myfprime.
    c1, c2 : float, optional
        The constants of the conditions, 0 < c1 < c2 < 1.
    amax : float, optional
        The longest step.
    extra_condition : callable, optional
        ``extra_condition(alpha, x, f, g) -> bool``, asked where the conditions hold.
    maxiter : int, optional
        How many steps are tried, each twice as long, until acceptable ones are bracketed.

    Returns
    -------
    alpha : float or None
        The step; None if none was found.
    fc, gc : int
        Calls of f and myfprime.
    new_fval : float or None
        The value at the new point.
    old_fval : float
        The value at xk.
    new_slope : ndarray or None
        The gradient at the new point; None if the search did not converge.

    Raises
    ------
    ValueError
        If c1 and c2 are out of their range.

    Warns
    -----
    LineSearchWarning
        If the search did not converge.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> found = fastls.line_search(
    ...     lambda x: x @ x, lambda x: 2*x, np.array([1.8, 1.7]), np.array([-1.0, -1.0]))
    >>> found[0], found[1:3], found[5]
    (1.0, (2, 1), array([1.6, 1.4]))
    """
    check_constants(c1, c2)
    if not isinstance(args, tuple):
        args = tuple(args)
    if gfk is None:
        gfk = myfprime(xk, *args)
    calls = 0
    alpha1 = 1.0
    if old_old_fval is not None or has_no_room(amax):
        if old_fval is None:
            old_fval, calls = f(xk, *args), 1
        if has_no_room(amax):
            return None, calls, 0, None, old_fval, None
        alpha1 = first_step(old_fval, old_old_fval, np.dot(gfk, pk))
    longest = reach(alpha1, maxiter, amax)
    found = make_zoom(c1, c2).step(
        f, myfprime, xk, pk, min(alpha1, longest), args=args, f0=old_fval, grad0=gfk,
        alpha_max=longest, extra_condition=extra_condition,
    )  # fmt: skip
    fc, gc = calls + found.nfev, found.ngev
    if found.success and found.alpha > 0.0:
        return found.alpha, fc, gc, found.value, found.value0, found.grad
    alpha = step_beyond(found, alpha1, maxiter, amax)
    if alpha is None:
        return None, fc, gc, None, found.value0, None
    x = np.asarray(xk) + alpha * np.asarray(pk)
    value = f(x, *args)
    if found.status != Status.STATIONARY:
        return alpha, fc + 1, gc, value, found.value0, None
    gradient = myfprime(x, *args)
    if value <= found.value0 and np.dot(gradient, pk) == 0.0:
        return alpha, fc + 1, gc + 1, value, found.value0, gradient
    return None, fc + 1, gc + 1, None, found.value0, None


line_search_wolfe2 = line_search


def scalar_search_wolfe2(
    phi: Any,
    derphi: Any,
    phi0: Any = None,
    old_phi0: Any = None,
    derphi0: Any = None,
    c1: float = 1e-4,
    c2: float = 0.9,
    amax: float | None = None,
    extra_condition: Any = None,
    maxiter: int = 10,
) -> tuple[float | None, float | None, float | None, float | None]:
    """Find a step along a function of one variable, as `line_search` does.

    Parameters
    ----------
    phi, derphi : callable
        ``phi(alpha) -> float`` and its derivative.
    phi0, old_phi0 : float, optional
        The value at 0 and at the point before it.
    derphi0 : float, optional
        The slope at 0.
    c1, c2 : float, optional
        The constants of the strong Wolfe conditions, 0 < c1 < c2 < 1.
    amax : float, optional
        The longest step.
    extra_condition : callable, optional
        ``extra_condition(alpha, phi) -> bool``, asked where the conditions hold.
    maxiter : int, optional
        How many steps are tried, each twice as long, until acceptable ones are bracketed.

    Returns
    -------
    alpha_star, phi_star, phi0, derphi_star : float or None
        The step, the values there and at 0, the slope there.

    Examples
    --------
    >>> from fastls import dropin
    >>> dropin.scalar_search_wolfe2(lambda a: (a - 1)**2, lambda a: 2*(a - 1))
    (1.0, 0.0, 1.0, 0.0)
    """
    check_constants(c1, c2)
    phi, derphi = of_numpy_floats(phi), of_numpy_floats(derphi)
    alpha1 = 1.0
    if old_phi0 is not None or has_no_room(amax):
        phi0 = phi(0.0) if phi0 is None else phi0
        if has_no_room(amax):
            return None, None, phi0, None
        derphi0 = derphi(0.0) if derphi0 is None else derphi0
        alpha1 = first_step(phi0, old_phi0, derphi0)
    longest = reach(alpha1, maxiter, amax)
    accepts = None
    if extra_condition is not None:

        def accepts(alpha: float, value: float, _: float | None) -> Any:
            return extra_condition(alpha, value)

    found = make_zoom(c1, c2).search(
        phi, derphi, min(alpha1, longest), phi0=phi0, slope0=derphi0, alpha_max=longest,
        extra_condition=accepts,
    )  # fmt: skip
    if found.success and found.alpha > 0.0:
        return found.alpha, found.value, found.value0, found.slope
    alpha = step_beyond(found, alpha1, maxiter, amax)
    return alpha, None if alpha is None else phi(alpha), found.value0, None


def line_search_wolfe1(
    f: Any,
    fprime: Any,
    xk: Any,
    pk: Any,
    gfk: Any = None,
    old_fval: Any = None,
    old_old_fval: Any = None,
    args: Any = (),
    c1: float = 1e-4,
    c2: float = 0.9,
    amax: float = 50,
    amin: float = 1e-8,
    xtol: float = 1e-14,
) -> tuple[float | None, int, int, float, float, Any]:
    """Find a step with the method of Moré and Thuente, as SciPy's function of this name.

    Parameters
    ----------
    f, fprime : callable
        ``f(x, *args) -> float`` and its gradient.
    xk, pk : array_like
        The point and the direction.
    gfk : array_like, optional
        The gradient at xk.
    old_fval, old_old_fval : float, optional
        The value at xk and at the point before it.
    args : tuple, optional
        Further arguments of f and fprime.
    c1, c2 : float, optional
        The constants of the strong Wolfe conditions, 0 < c1 < c2 < 1.
    amax, amin : float, optional
        The longest and the shortest step.
    xtol : float, optional
        The relative width of the interval at which the search gives up.

    Returns
    -------
    stp : float or None
        The step; None if none was found.
    fc, gc : int
        Calls of f and fprime.
    fval, old_fval : float
        The values at the new point and at xk.
    gval : ndarray
        The gradient at the new point.

    Examples
    --------
    >>> from fastls import dropin
    >>> import numpy as np
    >>> x = np.array([1.0])
    >>> found = dropin.line_search_wolfe1(lambda x: x @ x, lambda x: 2*x, x, -x)
    >>> found[:5]
    (1.0, 2, 1, 0.0, 1.0)
    """
    check_constants(c1, c2)
    args = tuple(args)
    if gfk is None:
        gfk = fprime(xk, *args)
    calls = 0
    alpha1 = 1.0
    if old_old_fval is not None:
        if old_fval is None:
            old_fval, calls = f(xk, *args), 1
        alpha1 = first_step(old_fval, old_old_fval, np.dot(gfk, pk))
    if not 0.0 <= amin <= amax or amax == 0.0:
        old_fval = f(xk, *args) if old_fval is None else old_fval
        return None, calls, 0, old_fval, old_fval, gfk
    found = make_more_thuente(c1, c2, xtol, amin).step(
        f, fprime, xk, pk, alpha1, args=args, f0=old_fval, grad0=gfk, alpha_max=amax
    )
    alpha = found.alpha if found.success and found.alpha > 0.0 else None
    return alpha, calls + found.nfev, found.ngev, found.value, found.value0, found.grad


def scalar_search_wolfe1(
    phi: Any,
    derphi: Any,
    phi0: Any = None,
    old_phi0: Any = None,
    derphi0: Any = None,
    c1: float = 1e-4,
    c2: float = 0.9,
    amax: float = 50,
    amin: float = 1e-8,
    xtol: float = 1e-14,
) -> tuple[float | None, float, float]:
    """Find a step along a function of one variable, as `line_search_wolfe1` does.

    Parameters
    ----------
    phi, derphi : callable
        ``phi(alpha) -> float`` and its derivative.
    phi0, old_phi0 : float, optional
        The value at 0 and at the point before it.
    derphi0 : float, optional
        The slope at 0.
    c1, c2 : float, optional
        The constants of the strong Wolfe conditions, 0 < c1 < c2 < 1.
    amax, amin : float, optional
        The longest and the shortest step.
    xtol : float, optional
        The relative width of the interval at which the search gives up.

    Returns
    -------
    alpha : float or None
        The step; None if none was found.
    phi, phi0 : float
        The values there and at 0.

    Examples
    --------
    >>> from fastls import dropin
    >>> dropin.scalar_search_wolfe1(lambda a: (a - 1)**2, lambda a: 2*(a - 1))
    (1.0, 0.0, 1.0)
    """
    check_constants(c1, c2)
    phi, derphi = of_numpy_floats(phi), of_numpy_floats(derphi)
    alpha1 = 1.0
    if old_phi0 is not None:
        phi0 = phi(0.0) if phi0 is None else phi0
        derphi0 = derphi(0.0) if derphi0 is None else derphi0
        alpha1 = first_step(phi0, old_phi0, derphi0)
    if not 0.0 <= amin <= amax or amax == 0.0:
        phi0 = phi(0.0) if phi0 is None else phi0
        return None, phi0, phi0
    found = make_more_thuente(c1, c2, xtol, amin).search(
        phi, derphi, alpha1, phi0=phi0, slope0=derphi0, alpha_max=amax
    )
    alpha = found.alpha if found.success and found.alpha > 0.0 else None
    return alpha, found.value, found.value0


def line_search_armijo(
    f: Any,
    xk: Any,
    pk: Any,
    gfk: Any,
    old_fval: Any,
    args: Any = (),
    c1: float = 1e-4,
    alpha0: float = 1,
) -> tuple[float | None, int, float]:
    """Find a step by backtracking with interpolation, as SciPy's function of this name.

    Parameters
    ----------
    f : callable
        ``f(x, *args) -> float``.
    xk, pk : array_like
        The point and the direction.
    gfk : array_like
        The gradient at xk.
    old_fval : float
        The value at xk.
    args : tuple, optional
        Further arguments of f.
    c1 : float, optional
        The constant of the Armijo condition, 0 < c1 < 1.
    alpha0 : float, optional
        The step to try first.

    Returns
    -------
    alpha : float or None
        The step; None if none was found.
    f_count : int
        Calls of f.
    f_val_at_alpha : float
        The value at the new point.

    Examples
    --------
    >>> from fastls import dropin
    >>> dropin.line_search_armijo(lambda x: x @ x, [1.0], [-2.0], gfk=[2.0], old_fval=1.0)
    (0.5, 2, 0.0)
    """
    found = make_backtracking(c1).step(
        f, None, np.atleast_1d(xk), np.atleast_1d(pk), float(alpha0), args=tuple(args), f0=old_fval,
        grad0=gfk,
    )  # fmt: skip
    alpha = found.alpha if found.success and found.alpha > 0.0 else None
    return alpha, found.nfev, found.value


def scalar_search_armijo(
    phi: Any, phi0: Any, derphi0: Any, c1: float = 1e-4, alpha0: float = 1, amin: float = 0
) -> tuple[float | None, float]:
    """Find a step along a function of one variable, as `line_search_armijo` does.

    Parameters
    ----------
    phi : callable
        ``phi(alpha) -> float``.
    phi0, derphi0 : float
        The value and the slope at 0.
    c1 : float, optional
        The constant of the Armijo condition, 0 < c1 < 1.
    alpha0 : float, optional
        The step to try first.
    amin : float, optional
        Steps shorter than this are failures.

    Returns
    -------
    alpha : float or None
        The step; None if none was found.
    phi1 : float
        The value there.

    Examples
    --------
    >>> from fastls import dropin
    >>> dropin.scalar_search_armijo(lambda a: (a - 1)**2, phi0=1.0, derphi0=-2.0, alpha0=2)
    (1.0, 0.0)
    """
    found = make_backtracking(c1).search(
        of_numpy_floats(phi), alpha=float(alpha0), phi0=phi0, slope0=derphi0
    )
    alpha = found.alpha if found.success and found.alpha > amin else None
    return alpha, found.value


def check_constants(c1: float, c2: float) -> None:
    if not 0 < c1 < c2 < 1:
        raise ValueError(f"'c1' and 'c2' do not satisfy '0 < c1 < c2 < 1'; got {c1!r} and {c2!r}.")


def first_step(value: Any, former_value: Any, slope: Any) -> float:
    """The step at which a parabola would fall as much as in the last iteration, at most 1."""
    value, former_value, slope = scalar(value), scalar(former_value), scalar(slope)
    guess = 2.02 * (value - former_value) / slope if slope != 0.0 else 1.0
    return min(1.0, guess) if guess > 0.0 else 1.0


def has_no_room(amax: float | None) -> bool:
    """Whether amax leaves no step to take; then with a warning."""
    if amax is None or amax > 0:
        return False
    warn_of(f"The line search algorithm could not find a solution with amax: {amax}")
    return True


def reach(first: float, maxiter: int, amax: float | None) -> float:
    """The longest step that SciPy's wolfe2 tries: it doubles the first maxiter - 1 times."""
    reached = first * 2.0 ** (maxiter - 1 if 1 <= maxiter <= 1000 else 999)
    return reached if amax is None else min(reached, float(amax))


def step_beyond(found: Step, first: float, maxiter: int, amax: float | None) -> float | None:
    """The step that SciPy's wolfe2 hands out, unchecked, where it has found none; often None.

    Where all steps up to the last were too short, or nothing was finite, it is twice the last one.
    Where the slope is zero, as at the end of an optimisation, it is the first. There is a warning.
    """
    if found.status == Status.STATIONARY:
        return first
    last = reach(first, maxiter, None)
    if found.status == Status.AT_ALPHA_MAX and amax is not None and amax < last:
        warn_of(
            "The line search algorithm could not find a solution "
            f"less than or equal to amax: {amax}"
        )
        return None
    warn_of(f"The line search algorithm did not converge: {found.message}")
    if found.status in (Status.AT_ALPHA_MAX, Status.UNBOUNDED, Status.NONFINITE):
        return 2.0 * last if amax is None else min(2.0 * last, float(amax))
    return None


def warn_of(message: str) -> None:
    """Warn whoever called a function of this module, in a way that SciPy's users can filter."""
    theirs = getattr(sys.modules.get("scipy.optimize._linesearch"), "LineSearchWarning", None)
    category = LineSearchWarning if theirs is None else make_warning(theirs)
    warnings.warn(message, category, stacklevel=4)
