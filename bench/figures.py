"""The figures set for the searches on an interval, measured: rows 1, 2 and 4a of the design."""

import math
import time
import timeit
from collections import deque
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import fastls

from .problems import BRENT_MINIMISERS, BURKARDT, Function, parabola, poles

INTERVAL = (0.0, 3.0)
XTOL = 1e-8

#: The functions of straight_loop.pyx, in Python, and their minimisers on INTERVAL.
COMPILED: dict[str, tuple[Function, float]] = {
    "parabola": (parabola, 2.0),
    "exp": (lambda x: math.exp(x) - 3.0 * x, math.log(3.0)),
}

# Why a figure is missed, if it is.
CHECKS = "the straight loop checks nothing; the driver counts, and looks for NaN, limits, Ctrl-C."
ENTRANCE = (
    "a call from Python also reads its arguments, gives up and takes back the GIL where the "
    "callback is compiled, and makes the result; what the loop alone reaches stands beside."
)
INLINED = (
    "since Python 3.11 the interpreter calls a Python function without a call in C. Code in C "
    "cannot: its fastest call is vectorcall, which map makes too."
)

SCIPY_GOLDEN = "golden(f, brack=bracket, tol=tol)"


class Figure(NamedTuple):
    """A figure set, and what was measured; why it may be missed. No target: reached is None."""

    row: str
    work: str
    target: str
    measured: str
    value: float
    reached: bool | None
    reason: str = ""


def least(
    statements: list[str], names: dict[str, Any], repeats: int, duration: float = 0.01,
    budget: float = math.inf, clock: Callable[[], float] = time.perf_counter,
) -> list[float]:  # fmt: skip
    """The least time of each statement, in seconds, over repeats of that duration.

    They are timed in turn, so that all see the same moods of the machine; each for no longer than a
    budget of seconds, but at least three times.
    """
    timers = [timeit.Timer(statement, timer=clock, globals=names) for statement in statements]
    numbers, found = [], []
    for timer in timers:
        number = 1
        while (total := timer.timeit(number)) < 1e-3:
            number *= 2
        numbers.append(max(1, int(number * duration / total)))
        found.append(total / number)
    spent = [0.0] * len(timers)
    for round in range(repeats):
        for i, (timer, number) in enumerate(zip(timers, numbers, strict=True)):
            if round < 3 or spent[i] + number * found[i] <= budget:
                seconds = timer.timeit(number)
                spent[i] += seconds
                found[i] = min(found[i], seconds / number)
    return found


def at_most(
    row: str, work: str, limit: float, value: float, unit: str = "x", reason: str = ""
) -> Figure:
    target, measured = f"<= {limit:g} {unit}", f"{value:.4g} {unit}"
    return Figure(row, work, target, measured, value, value <= limit, reason)


def at_least(row: str, work: str, limit: float, value: float, reason: str = "") -> Figure:
    return Figure(row, work, f">= {limit:g} x", f"{value:.4g} x", value, value >= limit, reason)


def beside(row: str, work: str, counts: list[int]) -> Figure:
    """Counts for which no target is set."""
    return Figure(row, work, "none", " ".join(map(str, counts)), float(sum(counts)), None)


def figures(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Every figure that can be measured here."""
    yield from compiled_loop(loop, repeats)
    yield from compiled_callback(loop, repeats)
    yield from python_callback(repeats)
    yield from oracle_calls()


def scipy_golden(minimiser: float) -> dict[str, Any]:
    """The names of SCIPY_GOLDEN, for the same width; none where there is no SciPy."""
    try:
        from scipy.optimize import golden
    except ImportError:
        return {}
    # The golden section, which SciPy wants to be told.
    bracket = (0.0, 1.1458980337503155, 3.0)
    return {"golden": golden, "bracket": bracket, "tol": XTOL / (2.0 * minimiser)}


def compiled_loop(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Row 1 (a). Golden section on a compiled callback: the loop alone, repeated inside C."""
    if loop is None:
        return
    inner = 1000
    for name in COMPILED:
        names = {
            "loop": loop,
            "search": fastls.GoldenSection(xtol=XTOL),
            "f": loop.callback(name),
            "n": inner,
        }
        statements = ["loop.driven(search, f, 0.0, 3.0, n)", "loop.straight(f, 0.0, 3.0, 1e-8, n)"]
        driven, straight = least(statements, names, 3 * repeats)
        yield at_most(
            "1a", f"golden section, C callback {name}: {driven / inner * 1e6:.3g} µs in C, "
            f"to a straight loop ({straight / inner * 1e6:.3g} µs)",
            1.3, driven / straight, reason=CHECKS,
        )  # fmt: skip


def compiled_callback(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Row 1 (b). The whole call from Python on a compiled callback, to SciPy's in Python."""
    if loop is None:
        return
    search = fastls.GoldenSection(xtol=XTOL)
    for name, (f, minimiser) in COMPILED.items():
        scipy = scipy_golden(minimiser)
        if not scipy:
            return
        names = scipy | {
            "minimize": search.minimize,
            "callback": loop.callback(name),
            "interval": INTERVAL,
            "f": f,
            "loop": loop,
            "search": search,
        }
        statements = [
            "minimize(callback, interval)",
            SCIPY_GOLDEN,
            "loop.driven(search, callback, 0.0, 3.0, 1000)",
        ]
        called, theirs, driven = least(statements, names, repeats)
        work = f"golden section, C callback {name}: SciPy golden"
        yield at_least(
            "1b", f"{work} ({theirs * 1e6:.3g} µs), to the whole call ({called * 1e6:.3g} µs)",
            100, theirs / called, reason=ENTRANCE,
        )  # fmt: skip
        inside = theirs * 1000 / driven
        yield Figure("1b", f"{work}, to the loop in C", "none", f"{inside:.4g} x", inside, None)


def python_callback(repeats: int) -> Iterator[Figure]:
    """Row 2. Golden section on a Python callback, against the bare cost of the callback."""
    search = fastls.GoldenSection(xtol=XTOL)
    trace = search.minimize(parabola, INTERVAL, trace=True).trace
    assert trace is not None
    scipy = scipy_golden(COMPILED["parabola"][1])
    names = scipy | {
        "minimize": search.minimize,
        "f": parabola,
        "interval": INTERVAL,
        "points": trace["x"].tolist(),
        "consume": deque(maxlen=0).extend,
    }
    statements = ["minimize(f, interval)", "consume(map(f, points))", "for x in points: f(x)"]
    called, from_c, from_python, *theirs = least(
        statements + [SCIPY_GOLDEN] * bool(scipy), names, repeats
    )
    work = f"golden section, Python callback: {called * 1e6:.3g} µs, to {len(trace)} calls"
    yield at_most("2", f"{work} from C (map)", 1.2, called / from_c, reason=ENTRANCE)
    yield at_most("2", f"{work} by the interpreter", 1.2, called / from_python, reason=INLINED)
    for seconds in theirs:
        yield at_least("2", "golden section, Python callback: SciPy golden", 8, seconds / called)


def oracle_calls() -> Iterator[Figure]:
    """Row 4a. Calls of the function on Brent's and Burkardt's tables; SciPy's beside."""
    rows = range(1, len(BRENT_MINIMISERS) + 1)
    intervals = [(row**2 + 1e-9, (row + 1) ** 2 - 1e-9) for row in rows]
    search = fastls.Brent(xtol=XTOL)
    total = sum(search.minimize(poles, interval).nfev for interval in intervals)
    yield at_most("4a", "Brent on Brent's 19 rows", 183, total, "calls")
    theirs = scipy_bounded([(poles, interval) for interval in intervals], XTOL)
    if theirs:
        yield beside("4a SciPy", "bounded on the same", [sum(theirs)])

    # Burkardt's tolerance is eps |x| + sqrt(eps); the relative part of SciPy's is fixed.
    xtol = 3 * 2.0**-26
    search = fastls.Brent(xtol=xtol, rtol=2.0**-52)
    calls = [search.minimize(f, (a, b)).nfev for _, f, a, b, _, _ in BURKARDT]
    published = [row[-1] for row in BURKARDT]
    yield Figure(
        "4a", "Brent on Burkardt's 7 rows", "<= " + " ".join(map(str, published)),
        " ".join(map(str, calls)), float(sum(calls)),
        all(ours <= count for ours, count in zip(calls, published, strict=True)),
    )  # fmt: skip
    theirs = scipy_bounded([(f, (a, b)) for _, f, a, b, _, _ in BURKARDT], xtol)
    if theirs:
        yield beside("4a SciPy", "bounded on the same, with sqrt(eps) |x|", theirs)


def scipy_bounded(cases: list[tuple[Function, tuple[float, float]]], xtol: float) -> list[int]:
    """The calls SciPy's bounded method takes; none where there is no SciPy."""
    try:
        from scipy.optimize import minimize_scalar
    except ImportError:
        return []
    options = {"xatol": xtol}
    return [int(minimize_scalar(f, bounds=ends, options=options).nfev) for f, ends in cases]
