"""The figures set for the searches on an interval, measured: rows 1, 2 and 4a of the design."""

import math
import timeit
from collections import deque
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import fastls

from .problems import BRENT_MINIMISERS, BURKARDT, parabola, poles

INTERVAL = (0.0, 3.0)
XTOL = 1e-8


class Figure(NamedTuple):
    """A figure set, and what was measured."""

    row: str
    work: str
    target: str
    measured: str
    value: float
    reached: bool


def least(statement: str, names: dict[str, Any], repeats: int) -> float:
    """The least time of a statement, in seconds, over repeats of some 10 ms."""
    timer = timeit.Timer(statement, globals=names)
    number, total = timer.autorange()
    number = max(1, int(number * 0.01 / total))
    return min(timer.repeat(repeats, number)) / number


def at_most(row: str, work: str, limit: float, value: float, unit: str = "x") -> Figure:
    return Figure(row, work, f"<= {limit:g} {unit}", f"{value:.3g} {unit}", value, value <= limit)


def at_least(row: str, work: str, limit: float, value: float) -> Figure:
    return Figure(row, work, f">= {limit:g} x", f"{value:.3g} x", value, value >= limit)


def figures(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Every figure that can be measured here."""
    yield from compiled_callback(loop, repeats)
    yield from python_callback(repeats)
    yield from oracle_calls()


def scipy_golden(f: Callable[[float], float], repeats: int) -> float | None:
    """The time of SciPy's golden to the same width, in seconds."""
    try:
        from scipy.optimize import golden
    except ImportError:
        return None
    bracket = (0.0, 1.1458980337503155, 3.0)  # the golden section, which SciPy wants to be told
    minimiser = golden(f, brack=bracket)
    names = {"golden": golden, "f": f, "bracket": bracket, "tol": XTOL / (2.0 * minimiser)}
    return least("golden(f, brack=bracket, tol=tol)", names, repeats)


def compiled_callback(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Row 1. Golden section on a compiled callback, in C and from Python."""
    if loop is None:
        return
    search = fastls.GoldenSection(xtol=XTOL)
    for name, f in (("parabola", parabola), ("exp", lambda x: math.exp(x) - 3.0 * x)):
        callback = loop.callback(name)
        inner = 1000
        names = {"loop": loop, "search": search, "f": callback, "n": inner}
        # One after the other, many times over, so that both see the same moods of the machine.
        straight = driven = math.inf
        for _ in range(repeats):
            straight = min(straight, least("loop.straight(f, 0.0, 3.0, 1e-8, n)", names, 3))
            driven = min(driven, least("loop.driven(search, f, 0.0, 3.0, n)", names, 3))
        work = f"golden section, C callback {name}: "
        yield at_most(
            "1", f"{work}{driven / inner * 1e6:.3g} µs in C, to a straight loop",
            1.3, driven / straight,
        )  # fmt: skip
        scipy = scipy_golden(f, repeats)
        if scipy is not None:
            names = {"minimize": search.minimize, "f": callback, "interval": INTERVAL}
            called = least("minimize(f, interval)", names, repeats)
            yield at_least(
                "1", f"{work}SciPy golden, to the loop in C", 100, scipy * inner / driven
            )
            yield at_least(
                "1", f"{work}SciPy golden, to {called * 1e6:.3g} µs from Python",
                100, scipy / called,
            )  # fmt: skip


def python_callback(repeats: int) -> Iterator[Figure]:
    """Row 2. Golden section on a Python callback, against the bare cost of the callback."""
    search = fastls.GoldenSection(xtol=XTOL)
    trace = search.minimize(parabola, INTERVAL, trace=True).trace
    assert trace is not None
    names = {
        "minimize": search.minimize,
        "f": parabola,
        "interval": INTERVAL,
        "points": trace["x"].tolist(),
        "consume": deque(maxlen=0).extend,
    }
    called = least("minimize(f, interval)", names, repeats)
    from_c = least("consume(map(f, points))", names, repeats)
    from_python = least("for x in points: f(x)", names, repeats)
    work = f"golden section, Python callback: {called * 1e6:.3g} µs, to "
    yield at_most("2", f"{work}{len(trace)} calls from C (map)", 1.2, called / from_c)
    yield at_most("2", f"{work}{len(trace)} calls by the interpreter", 1.2, called / from_python)
    scipy = scipy_golden(parabola, repeats)
    if scipy is not None:
        yield at_least("2", "golden section, Python callback: SciPy golden", 8, scipy / called)


def oracle_calls() -> Iterator[Figure]:
    """Row 4a. Calls of the function on Brent's and Burkardt's tables."""
    search = fastls.Brent()
    total = sum(
        search.minimize(poles, (row**2 + 1e-9, (row + 1) ** 2 - 1e-9)).nfev
        for row in range(1, len(BRENT_MINIMISERS) + 1)
    )
    yield at_most("4a", "Brent on Brent's 19 rows", 183, total, "calls")
    search = fastls.Brent(xtol=3 * 2.0**-26, rtol=2.0**-52)  # eps |x| + sqrt(eps), as Burkardt
    calls = [search.minimize(f, (a, b)).nfev for _, f, a, b, _, _ in BURKARDT]
    published = [row[-1] for row in BURKARDT]
    yield Figure(
        "4a", "Brent on Burkardt's 7 rows", "<= " + " ".join(map(str, published)),
        " ".join(map(str, calls)), float(sum(calls)),
        all(ours <= theirs for ours, theirs in zip(calls, published, strict=True)),
    )  # fmt: skip


#: Why a figure that is not reached is not, by the beginning of its work.
LIMITS = {
    "golden section, Python callback: ": (
        "since Python 3.11 the interpreter calls a Python function without a call in C. Code in C "
        "cannot: its fastest call is vectorcall, which map makes too."
    ),
    "golden section, C callback": (
        "the straight loop checks nothing. The driver counts, and looks for NaN, limits, Ctrl-C: "
        "about 1 ns an evaluation, the more the better the processor overlaps the calls. A call "
        "from Python takes about 0.1 µs more: half of it for giving up and taking back the GIL, "
        "the rest for the call, the oracle and the result."
    ),
}
