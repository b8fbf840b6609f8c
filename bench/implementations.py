"""Who minimises: fastls, its pure-Python twins, and SciPy, to tolerances made comparable."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import fastls
from fastls.interval.method import IntervalSearch
from fastls.interval.pure_python import TWINS

from .problems import Function, Problem

XTOL = 1e-8

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

#: What each is asked for, such that all stop at the same width.
TOLERANCES = (
    "dichotomy, golden section: an interval of 1e-8; SciPy's golden the same, by "
    "tol = 1e-8/(2 |x*|), since it compares with tol (|x1| + |x2|)",
    "parabolic, Brent, SciPy's bounded: no point of the interval farther from x than "
    "2 (sqrt(eps) |x| + 1e-8/3); find_minimum the same, by xatol = 1e-8/3, no test of values; "
    "brent the same, by tol = sqrt(eps) + (1e-8/3 - 1e-11)/|x*|",
)

SQRT_EPSILON = 2.0**-26

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

    The tolerances are those of TOLERANCES. SciPy's golden, brent and find_minimum are given a
    bracket, on which they spend three calls.
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
    # The first point of golden section: with every problem here, it makes a bracket.
    bracket = (a, a + 0.3819660112501051 * (b - a), b)
    size = max(abs(problem.minimiser), XTOL)

    def golden() -> Outcome:
        tol = XTOL / (2.0 * size)
        return Outcome(*optimize.golden(f, brack=bracket, tol=tol, full_output=True))

    def brent() -> Outcome:
        tol = SQRT_EPSILON + (XTOL / 3.0 - 1e-11) / size
        x, fun, _, nfev = optimize.brent(f, brack=bracket, tol=tol, full_output=True)
        return Outcome(x, fun, nfev)

    def bounded() -> Outcome:
        found = optimize.minimize_scalar(f, bounds=(a, b), options={"xatol": XTOL})
        return Outcome(found.x, found.fun, found.nfev, found.success)

    yield Implementation("GoldenSection", "SciPy golden", golden)
    yield Implementation("Brent", "SciPy brent", brent)
    yield Implementation("Brent", "SciPy bounded", bounded)
    try:
        from scipy.optimize.elementwise import find_minimum
    except ImportError:  # before SciPy 1.15
        return

    def elementwise(x: FloatArray) -> FloatArray:
        return np.array([f(value) for value in x.ravel().tolist()]).reshape(x.shape)

    def chandrupatla() -> Outcome:
        tolerances = {"xatol": XTOL / 3.0, "xrtol": SQRT_EPSILON, "fatol": 0.0, "frtol": 0.0}
        found = find_minimum(elementwise, bracket, tolerances=tolerances)
        return Outcome(float(found.x), float(found.f_x), int(found.nfev), bool(found.success))

    yield Implementation("Brent", "SciPy find_minimum", chandrupatla)
