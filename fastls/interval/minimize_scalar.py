"""SciPy's ``minimize_scalar``: one function in front of every method on an interval."""

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from fastls.interval.bracket import Bracket
from fastls.interval.bracket import bracket as find_bracket
from fastls.interval.brent import Brent
from fastls.interval.dichotomy import Dichotomy
from fastls.interval.golden_section import GoldenSection
from fastls.interval.method import IntervalSearch
from fastls.interval.parabolic import Parabolic
from fastls.search.result import Result, assemble

__all__ = ["METHODS", "minimize_scalar", "minimize_with"]

METHODS: dict[str, Callable[[], IntervalSearch]] = {
    "brent": Brent,
    "bounded": Brent,
    "golden": GoldenSection,
    "dichotomy": Dichotomy,
    "parabolic": Parabolic,
}


def minimize_scalar(
    fun: Any,
    bracket: Any = None,
    bounds: Any = None,
    args: Any = (),
    method: str | Callable[..., Any] | None = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Minimise a function of one variable, with the signature of SciPy's function of this name.

    Parameters
    ----------
    fun : callable or C callback
        The function, ``fun(x, *args) -> float``, or any callback that the searches take.
    bracket : (a, b) or (a, mid, b), optional
        Points to begin with. From two (default 0 and 1) a minimum is bracketed downhill, which may
        lead outside of them; three are taken for a bracket.
    bounds : (a, b), optional
        The interval to stay in.
    args : tuple, optional
        Further arguments of a Python callable.
    method : {"brent", "bounded", "golden", "dichotomy", "parabolic"} or callable, optional
        The method, in upper or lower case; a search object; or a function called as SciPy calls
        it. "bounded" is Brent's method and requires bounds.
    tol : float, optional
        The absolute tolerance, `xtol` of the search.
    options : dict, optional
        ``xtol``, ``rtol``, ``maxiter``, ``trace`` and ``disp``.

    Returns
    -------
    Result

    Notes
    -----
    Unlike SciPy's, every method accepts bounds, and every tolerance is absolute.

    Examples
    --------
    >>> import fastls
    >>> fastls.minimize_scalar(lambda x: (x - 2)**2).x
    2.0
    >>> round(fastls.minimize_scalar(lambda x: (x - 2)**2, bounds=(3, 9)).x, 6)
    3.0
    """
    settings = dict(options or {})
    if tol is not None and not {"xtol", "xatol"} & set(settings):
        settings.setdefault("tol", tol)
    if callable(method) and not isinstance(method, type):
        return method(fun, args=args, bracket=bracket, bounds=bounds, **settings)
    name = method or ("brent" if bounds is None else "bounded")
    name = name.lower() if isinstance(name, str) else name
    if name not in METHODS:
        raise ValueError(f"method must be a callable or one of {list(METHODS)}; got {method!r}")
    if name == "bounded" and bounds is None:
        raise ValueError("bounds must be given for method 'bounded'; got None")
    return minimize_with(METHODS[name](), fun, args, bracket, bounds, settings)


def minimize_with(
    search: IntervalSearch, fun: Any, args: Any, bracket: Any, bounds: Any, options: dict[str, Any]
) -> Result:
    """Minimise with one search, bracketing first where there are neither bounds nor a bracket."""
    options = dict(options)
    disp = int(options.pop("disp", 0))
    trace = bool(options.pop("trace", False)) or disp > 2
    parameters: dict[str, Any] = {}
    for name, value in options.items():
        parameter = {"tol": "xtol", "xatol": "xtol"}.get(name, name)
        if parameter in ("xtol", "rtol", "maxiter"):
            parameters[parameter] = value
        else:
            warnings.warn(f"Unknown solver options: {name}", stacklevel=3)
    if parameters:
        now = {"xtol": search.xtol, "maxiter": search.maxiter, "rtol": search.rtol}
        search = type(search)(**now | parameters)

    interval: Any
    nfev = 0
    if bounds is not None:
        interval = tuple(bounds)
        if len(interval) != 2:
            raise ValueError(f"bounds must be (a, b); got {bounds!r}")
    else:
        interval = (0.0, 1.0) if bracket is None else bracket
        if len(interval) == 2:
            interval = find_bracket(fun, *interval, args=args)
            nfev = interval.nfev
        elif len(interval) == 3 and interval[0] > interval[2]:
            interval = interval[::-1]

    if isinstance(interval, Bracket) and not interval.success:
        ends = (interval.a, interval.b)
        result = assemble(interval.mid, interval.fmid, ends, nfev, 0, None, interval.status)
    else:
        result = search.minimize(fun, interval, args=args, trace=trace)
        result.nfev += nfev

    if disp > 2:
        print(result.trace)
    if disp > 1 and result.success:
        print(result.message)
    if disp and not result.success:
        warnings.warn(result.message, optimize_warning(), stacklevel=3)
    return result


def optimize_warning() -> type[Warning]:
    """SciPy's category for a minimisation that failed, where SciPy is loaded; else its base."""
    category: type[Warning] = getattr(
        sys.modules.get("scipy.optimize"), "OptimizeWarning", UserWarning
    )
    return category
