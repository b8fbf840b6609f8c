"""The functions of `scipy.optimize`, with SciPy's signatures, results and errors.

Change ``from scipy.optimize import brent, fminbound, golden, bracket`` into ``from fastls.dropin
import ...`` and nothing else. Tolerances mean what they mean there; numbers of calls may differ by
a few, and golden section's is lower.
As there, a Python function is handed NumPy's floats, of which 1/0 is infinite, not an error.
"""

import warnings
from typing import Any

import numpy as np

from fastls.interval.bracket import Bracket
from fastls.interval.bracket import bracket as find_bracket
from fastls.interval.brent import Brent
from fastls.interval.golden_section import GoldenSection
from fastls.oracle.lowlevel import is_compiled
from fastls.search.result import Result
from fastls.status import Status

__all__ = ["BracketError", "bracket", "brent", "fminbound", "golden"]

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
        warnings.warn(found.message, RuntimeWarning, stacklevel=2)
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
