"""Who minimises: fastls, its pure-Python twins, and SciPy, to tolerances made comparable."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import fastls
from fastls.interval.method import IntervalSearch
from fastls.interval.pure_python import TWINS

from .problems import Function, Problem

XTOL = 1e-8

SEARCHES = (fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent)


class Outcome(NamedTuple):
    """What a minimisation returned."""

    x: float
    fun: float
    nfev: int
    success: bool = True


class Implementation(NamedTuple):
    """A method, by whom it is implemented, and a call of it."""

    method: str
    by: str
    minimise: Callable[[], Outcome]


def implementations(problem: Problem) -> Iterator[Implementation]:
    """Every implementation of every method, for one problem.

    The tolerance is an interval of 1e-8 for dichotomy and golden section. SciPy's golden compares
    the length with tol (|x1| + |x2|), so it gets tol = 1e-8/(2 |x*|). Parabolic, Brent and SciPy's
    bounded take xtol = 1e-8, to which all three add sqrt(eps) |x|; SciPy's brent has that and a
    fixed 1e-11, and spends three calls on its bracket.
    """
    f, a, b = problem.f, problem.a, problem.b
    for kind in SEARCHES:
        yield Implementation(kind.__name__, "fastls", partial(ours, kind(xtol=XTOL), f, a, b))
        yield Implementation(
            kind.__name__, "pure Python", partial(twins, TWINS[kind.__name__], f, a, b)
        )
    yield from scipys(problem)


def ours(search: IntervalSearch, f: Function, a: float, b: float) -> Outcome:
    found = search.minimize(f, (a, b))
    return Outcome(found.x, found.fun, found.nfev, found.success)


def twins(
    minimise: Callable[..., tuple[float, float, int]], f: Function, a: float, b: float
) -> Outcome:
    return Outcome(*minimise(f, a, b, XTOL))


def scipys(problem: Problem) -> Iterator[Implementation]:
    """SciPy's, where it is installed."""
    try:
        from scipy import optimize
    except ImportError:
        return
    f, a, b = problem.f, problem.a, problem.b
    # The first point of golden section, if it makes a bracket.
    middle = a + 0.3819660112501051 * (b - a)
    bracket = (a, middle, b) if f(middle) < min(f(a), f(b)) else (a, problem.minimiser, b)
    tolerance = XTOL / max(2.0 * abs(problem.minimiser), XTOL)

    def golden() -> Outcome:
        return Outcome(*optimize.golden(f, brack=bracket, tol=tolerance, full_output=True))

    def brent() -> Outcome:
        x, fun, _, nfev = optimize.brent(f, brack=bracket, full_output=True)
        return Outcome(x, fun, nfev)

    def bounded() -> Outcome:
        found = optimize.minimize_scalar(f, bounds=(a, b), options={"xatol": XTOL})
        return Outcome(found.x, found.fun, found.nfev, found.success)

    yield Implementation("GoldenSection", "SciPy golden", golden)
    yield Implementation("Brent", "SciPy brent", brent)
    yield Implementation("Brent", "SciPy bounded", bounded)
