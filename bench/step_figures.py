"""The figures set for the searches for a step, measured: rows 3, 4, 4b and 4d of the design."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

import fastls
from fastls.step.method import StepSearch

from . import more_thuente, round_off
from .figures import Figure, at_least, at_most, beside, least
from .line_problems import STARTS
from .line_searches import Counted, searches

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# Why a figure is missed, if it is.
ARRAYS = (
    "every call of f and g is handed a new array, and the returned tuple has a new gradient; the "
    "bare calls beside are made by the interpreter, on arrays made beforehand."
)
SHORT = (
    "what a call from Python costs by itself (arguments, the result) is shared by few evaluations."
)
NEWTON = (
    "Zoom and Backtracking look for the minimiser of a polynomial of up to degree 5 by Newton's "
    "method, 0.1 to 0.25 µs each time; HagerZhang, with its secants, shows what the driver takes. "
    "That they need fewer evaluations does not count here."
)

# Row 4d is measured on the second function of Moré and Thuente, from all their first steps.
C1, C2 = 0.1, 0.1


def figures(
    tables: list[more_thuente.Row], rounding: list[round_off.Row], loop: ModuleType | None,
    repeats: int,
) -> Iterator[Figure]:  # fmt: skip
    """Every figure that can be measured here."""
    yield from rosenbrock_steps(repeats)
    yield from published_tables(tables)
    yield from rounding_errors(rounding)
    yield from compiled_callback(loop, repeats)
    yield from python_callback(repeats)


def rosenbrock(x: FloatArray) -> float:
    a, b = x.tolist()
    return float(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2)


def rosenbrock_gradient(x: FloatArray) -> FloatArray:
    a, b = x.tolist()
    inner = b - a * a
    return np.array([-400.0 * a * inner - 2.0 * (1.0 - a), 200.0 * inner])


def rosenbrock_steps(repeats: int) -> Iterator[Figure]:
    """Row 3. From (-1.2, 1) along the gradient, as first called, and as an optimiser calls it."""
    x = np.array([-1.2, 1.0])
    g, f0 = rosenbrock_gradient(x), rosenbrock(x)
    yield from one_rosenbrock_step("", (x, -g), repeats)
    yield from one_rosenbrock_step(", f and g at x given", (x, -g, g, f0), repeats)


def one_rosenbrock_step(given: str, arguments: tuple[Any, ...], repeats: int) -> Iterator[Figure]:
    f, grad = Counted(rosenbrock), Counted(rosenbrock_gradient)
    fastls.line_search(f, grad, *arguments)
    names = {
        "f": rosenbrock,
        "grad": rosenbrock_gradient,
        "arguments": arguments,
        "at_f": f.points,
        "at_grad": grad.points,
        "line_search": fastls.line_search,
    } | scipys_line_search()
    statements = [
        "line_search(f, grad, *arguments)",
        "for x in at_f: f(x)\nfor x in at_grad: grad(x)",
        "scipys(f, grad, *arguments)",
    ][: 3 if "scipys" in names else 2]
    called, alone, *scipy = least(statements, names, repeats)
    work = f"line_search on Rosenbrock, n = 2{given}: "
    for seconds in scipy:
        yield at_least(
            "3", f"{work}SciPy ({seconds * 1e6:.3g} µs), to ours ({called * 1e6:.3g} µs)",
            8, seconds / called, ARRAYS,
        )  # fmt: skip
    counts = f"{len(f.points)} calls of f and {len(grad.points)} of g ({alone * 1e6:.3g} µs)"
    overhead = (called - alone) * 1e6
    yield at_most("3", f"{work}own overhead, beside {counts}", 5, overhead, "µs", ARRAYS)


def scipys_line_search() -> dict[str, Any]:
    try:
        from scipy.optimize import line_search
    except ImportError:
        return {}
    return {"scipys": line_search}


def published_tables(rows: list[more_thuente.Row]) -> Iterator[Figure]:
    """Row 4. Evaluations on the tables of Moré and Thuente."""
    count = more_thuente.matches(rows)
    total = sum(row.nfev for row in rows if row.search == "MoreThuente")
    yield Figure(
        "4", "Moré-Thuente tables: rows with the evaluations and the step published", "24 of 24",
        f"{count} of 24", float(count), count == 24,
    )  # fmt: skip
    yield Figure("4", "the same, in all", "179 calls", f"{total} calls", float(total), total == 179)
    sums = {
        name: nfev
        for (by, name), (solved, nfev, ngev) in more_thuente.totals(rows).items()
        if by == "fastls" and solved == 24 and nfev == ngev
    }
    best = min(sums, key=lambda name: sums[name])
    yield at_most("4", f"the best that solves all 24 rows: {best}", 150, sums[best], "calls")
    for (by, name), (solved, nfev, ngev) in more_thuente.totals(rows).items():
        if by == "SciPy":
            work = f"{name}: rows solved, evaluations of phi and of phi'"
            yield beside("4 SciPy", work, [solved, nfev, ngev])


def rounding_errors(rows: list[round_off.Row]) -> Iterator[Figure]:
    """Row 4b. The failures near the minimiser of 1 - 2x + x², the worst of all searches."""
    for distance in round_off.DISTANCES:
        here = [row for row in rows if row.distance == distance]
        ours = max(row.percent for row in here if row.by == "fastls")
        theirs = [f"{row.percent:.4g}" for row in here if row.by == "SciPy"]
        scipy = f" (SciPy {', '.join(theirs)} %)" if theirs else ""
        work = f"1 - 2x + x² from {distance:g}: failures, worst of ours{scipy}"
        yield at_most("4b", work, 0, ours, "%")


def compiled_callback(loop: ModuleType | None, repeats: int) -> Iterator[Figure]:
    """Row 4d (a). What an evaluation costs beside the call of a compiled function."""
    if loop is None:
        return
    phi, inner = loop.callback(), 100
    for name, search in searches(C1, C2).items():
        trials = [trial_steps(search, phi, start) for start in STARTS]
        for start, points in zip(STARTS, trials, strict=True):
            assert loop.driven(search, phi, start, 1) == points[-1], "it must be the same search"
        names = {"loop": loop, "search": search, "phi": phi, "starts": STARTS, "trials": trials}
        statements = [
            f"for alpha in starts: loop.driven(search, phi, alpha, {inner})",
            f"for points in trials: loop.called(phi, points, {inner})",
        ]
        driven, alone = least(statements, names, repeats)
        count = sum(map(len, trials))
        overhead = (driven - alone) / inner / count * 1e6
        work = f"{name}, C callback: overhead an evaluation ({count} of them)"
        yield at_most("4d", work, 0.05, overhead, "µs", NEWTON)


def trial_steps(search: StepSearch, phi: Any, start: float) -> list[float]:
    trace = search.search(phi, alpha=start, trace=True).trace
    assert trace is not None
    points: list[float] = trace["alpha"].tolist()
    return points[1:]  # the first is 0


def quintic(alpha: float) -> tuple[float, float]:
    x = alpha + 0.004
    cube = x * x * x
    return cube * x * (x - 2.0), cube * (5.0 * x - 8.0)


def quintic_value(alpha: float) -> float:
    x = alpha + 0.004
    return x * x * x * x * (x - 2.0)


def quintic_slope(alpha: float) -> float:
    x = alpha + 0.004
    return x * x * x * (5.0 * x - 8.0)


def python_callback(repeats: int) -> Iterator[Figure]:
    """Row 4d (b). The same of a Python function that returns value and slope; SciPy's beside."""
    value0, slope0 = quintic(0.0)
    origin = {"value0": value0, "slope0": slope0}
    for name, search in searches(C1, C2).items():
        points = [point for start in STARTS for point in trial_steps(search, quintic, start)]
        overhead = overhead_an_evaluation(
            "search(f, None, alpha, phi0=value0, slope0=slope0)", "f(x)", points,
            origin | {"search": search.search, "f": quintic}, repeats,
        )  # fmt: skip
        work = f"{name}, Python callback: overhead an evaluation ({len(points)} of them)"
        yield at_most("4d", work, 0.5, overhead, "µs", SHORT)
    try:
        from scipy.optimize._dcsrch import DCSRCH
    except ImportError:
        return
    phi = Counted(quintic_value)
    statement = f"DCSRCH(f, g, {C1}, {C2}, 1e-10, 0.0, 4e3)(alpha, value0, slope0)"
    for start in STARTS:
        DCSRCH(phi, quintic_slope, C1, C2, 1e-10, 0.0, 4e3)(start, value0, slope0)
    overhead = overhead_an_evaluation(
        statement, "f(x); g(x)", phi.points,
        origin | {"DCSRCH": DCSRCH, "f": quintic_value, "g": quintic_slope}, repeats,
    )  # fmt: skip
    work = f"DCSRCH, Python callbacks: overhead an evaluation ({len(phi.points)} of them)"
    yield Figure("4d SciPy", work, "none", f"{overhead:.3g} µs", overhead, None)


def overhead_an_evaluation(
    search: str, call: str, points: list[float], names: dict[str, Any], repeats: int
) -> float:
    """In µs, over the bare calls at the same points."""
    names = names | {"points": points, "starts": STARTS}
    statements = [f"for alpha in starts: {search}", f"for x in points: {call}"]
    called, alone = least(statements, names, repeats)
    return (called - alone) / len(points) * 1e6
