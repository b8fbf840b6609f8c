"""The part of the report on descent methods, and the figures set for them: rows 4c, 15 and 16."""

import functools
import importlib.util
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from fastls import minimize, record

from .figures import Figure, at_least, at_most
from .more_garbow_hillstrom import LeastSquares, problems
from .numpy_objectives import rosenbrock, rosenbrock_by_hand

#: fastls's methods, and SciPy's of the same kind.
PEERS = {"lbfgs": "L-BFGS-B", "cg": "CG", "newton-cg": "Newton-CG"}
GTOL = 1e-5

LEGEND = (
    "To the same norm of the gradient. tape: fastls on a recorded function; callables: fastls on "
    "NumPy by hand; SciPy on the same. Times in ms, the least; ×: SciPy's over that of the tape."
)
CALLS = (
    "The 35 problems of Moré, Garbow and Hillstrom, values and gradients apart: calls of both, "
    f"where both end with no entry of the gradient over {GTOL:g}; in brackets, how many do."
)
# Why a figure is missed, if it is.
RAY = (
    "an iteration multiplies with the data and with its transpose, as NumPy by hand does where the "
    "first trial is accepted; and making the ray replays the function twice."
)
PATH = (
    "on all problems but one the two take nearly the same steps; on Powell's badly scaled one "
    "SciPy's ends where the gradient is small, at 2e-7, and this one goes on to the minimum."
)


class Row(NamedTuple):
    """One function minimised; times in seconds."""

    problem: str
    method: str
    tape: float
    callables: float
    scipy: float
    iterations: int
    evaluations: int
    scipy_iterations: int
    scipy_evaluations: int


class Calls(NamedTuple):
    """Calls over all problems that both solve."""

    method: str
    both: int
    ours: int
    scipy: int
    ours_solved: int
    scipy_solved: int


class DescentReport(NamedTuple):
    rows: list[Row]
    calls: list[Calls]
    overhead: dict[str, float]  # an iteration, with Python callables of no cost, in seconds


def logistic(rows: int, columns: int) -> tuple[Callable[..., Any], Callable[..., Any], Any]:
    """A logistic regression as NumPy code, its value and gradient by hand, and a start."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(rows, columns))
    truth = data @ rng.normal(size=columns) + rng.normal(size=rows)
    signed = np.where(truth > 0.0, -1.0, 1.0)[:, None] * data

    def f(w: Any) -> Any:
        return np.sum(np.logaddexp(0.0, signed @ w)) + 0.5 * (w @ w)

    def by_hand(w: Any) -> Any:
        z = signed @ w
        value = np.logaddexp(0.0, z).sum() + 0.5 * (w @ w)
        return value, (1.0 / (1.0 + np.exp(-z))) @ signed + w

    return f, by_hand, np.zeros(columns)


def left_out() -> list[str]:
    """What is not compared, a line each."""
    if importlib.util.find_spec("scipy") is None:
        return ["rows 4c, 15, 16: left out, SciPy is not installed"]
    return []


def measure(quick: bool) -> DescentReport:
    if left_out():
        return DescentReport([], [], {})
    return DescentReport(
        list(measure_times(2 if quick else 9)),
        [count_calls(method) for method in PEERS],
        measure_overhead(5 if quick else 30),
    )


def measure_times(repeats: int) -> Iterator[Row]:
    for shape in ((569, 30), (20000, 100)):
        f, by_hand, start = logistic(*shape)
        name = f"logistic {shape[0]}x{shape[1]}"
        gtol = 1e-6 * float(np.max(np.abs(by_hand(start)[1])))
        for method in ("lbfgs", "cg"):
            yield measure_one(name, method, f, by_hand, start, gtol, repeats)
    start = np.tile([-1.2, 1.0], 50)
    yield measure_one(
        "Rosenbrock 100", "lbfgs", rosenbrock(np), rosenbrock_by_hand, start, GTOL, repeats
    )


def measure_one(
    problem: str, method: str, f: Any, by_hand: Any, start: Any, gtol: float, repeats: int
) -> Row:
    from scipy import optimize

    options = {"gtol": gtol} | ({"ftol": 0.0} if method == "lbfgs" else {})
    tape = record(f, start)
    ways = [
        functools.partial(minimize, tape, start, method=method, options=options),
        functools.partial(minimize, by_hand, start, jac=True, method=method, options=options),
        functools.partial(
            optimize.minimize, by_hand, start, jac=True, method=PEERS[method], options=options
        ),
    ]
    ours, _, theirs = (way() for way in ways)
    tape_time, callables, scipy = least(ways, repeats)
    return Row(
        problem, method, tape_time, callables, scipy,
        ours.nit, ours.nfev, theirs.nit, theirs.nfev,
    )  # fmt: skip


def least(ways: Sequence[Callable[[], Any]], repeats: int) -> list[float]:
    """The least time of each, timed in turn."""
    times = [float("inf")] * len(ways)
    for _ in range(repeats):
        for i, way in enumerate(ways):
            start = time.perf_counter()
            way()
            times[i] = min(times[i], time.perf_counter() - start)
    return times


def count_calls(method: str) -> Calls:
    from scipy import optimize

    # Newton-CG of SciPy stops by the change of x alone.
    scipy_options: dict[str, Any] = {"maxiter": 20000} | (
        {"xtol": 1e-8} if method == "newton-cg" else {"gtol": GTOL}
    )
    if method == "lbfgs":
        scipy_options |= {"ftol": 0.0, "maxfun": 50000}
    options = {"maxiter": 20000, "gtol": GTOL} | ({"ftol": 0.0} if method == "lbfgs" else {})
    both = ours_calls = scipy_calls = ours_solved = scipy_solved = 0
    for problem in problems():
        arguments: dict[str, Any] = {"jac": problem.gradient}
        with np.errstate(all="ignore"):
            ours = minimize(
                problem.value, problem.start, method=method, options=options, **arguments
            )
            theirs = optimize.minimize(
                problem.value, problem.start, method=PEERS[method], options=scipy_options,
                **arguments,
            )  # fmt: skip
        solved, scipy_solves = is_solved(problem, ours.x), is_solved(problem, theirs.x)
        ours_solved += solved
        scipy_solved += scipy_solves
        if solved and scipy_solves:
            both += 1
            ours_calls += ours.nfev + ours.njev
            scipy_calls += theirs.nfev + theirs.njev
    return Calls(method, both, ours_calls, scipy_calls, ours_solved, scipy_solved)


def is_solved(problem: LeastSquares, x: Any) -> bool:
    return bool(np.max(np.abs(problem.gradient(x))) <= GTOL)


def measure_overhead(repeats: int) -> dict[str, float]:
    """The time of an iteration less that of its calls, Rosenbrock's function of two variables."""
    from scipy import optimize

    start = np.array([-1.2, 1.0])
    spent = [0.0]

    def timed(x: Any) -> Any:
        begun = time.perf_counter()
        value = rosenbrock_by_hand(x)
        spent[0] += time.perf_counter() - begun
        return value

    found = {}
    for name, way in (
        ("fastls", functools.partial(minimize, timed, start, jac=True)),
        ("SciPy", functools.partial(optimize.minimize, timed, start, jac=True, method="L-BFGS-B")),
    ):
        found[name] = float("inf")
        for _ in range(repeats):
            spent[0] = 0.0
            begun = time.perf_counter()
            result = way()
            own = time.perf_counter() - begun - spent[0]
            found[name] = min(found[name], own / result.nit)
    return found


def print_table(report: DescentReport) -> None:
    if not report.rows:
        return
    print("\nDescent methods")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<20}{'':<8}{'tape':>8}{'callables':>11}{'SciPy':>8}{'×':>6}{'calls':>8}{'SciPy':>8}"
    )
    for row in report.rows:
        print(
            f"{row.problem:<20}{row.method:<8}{row.tape * 1e3:>8.3g}{row.callables * 1e3:>11.3g}"
            f"{row.scipy * 1e3:>8.3g}{row.scipy / row.tape:>6.3g}{row.evaluations:>8}"
            f"{row.scipy_evaluations:>8}"
        )
    print(textwrap.fill(CALLS, 80))
    print(f"{'':<20}{'both':>6}{'fastls':>14}{'SciPy':>14}{'ratio':>8}")
    for calls in report.calls:
        print(
            f"{calls.method:<20}{calls.both:>6}{f'{calls.ours} ({calls.ours_solved})':>14}"
            f"{f'{calls.scipy} ({calls.scipy_solved})':>14}{calls.ours / calls.scipy:>8.3g}"
        )
    text = ", ".join(f"{name} {value * 1e6:.3g} µs" for name, value in report.overhead.items())
    print(f"An iteration of L-BFGS with Python callables, less their own time: {text}")


def figures(report: DescentReport) -> Iterator[Figure]:
    for calls in report.calls:
        yield at_most(
            "4c", f"Moré-Garbow-Hillstrom, {calls.method}: calls, to SciPy {PEERS[calls.method]}",
            1, calls.ours / calls.scipy, reason=PATH,
        )  # fmt: skip
    targets = {
        ("logistic 569x30", "lbfgs"): ("15", 4.0), ("logistic 20000x100", "lbfgs"): ("15", 1.4),
        ("logistic 20000x100", "cg"): ("16", 2.5), ("Rosenbrock 100", "lbfgs"): ("16", 10.0),
    }  # fmt: skip
    for row in report.rows:
        if (row.problem, row.method) in targets:
            number, target = targets[row.problem, row.method]
            work = (
                f"{row.problem}, {row.method}: SciPy {PEERS[row.method]} ({row.scipy * 1e3:.4g} ms)"
            )
            yield at_least(number, f"{work}, to fastls", target, row.scipy / row.tape, RAY)


def as_json(report: DescentReport) -> dict[str, Any]:
    return {
        "rows": [row._asdict() for row in report.rows],
        "calls": [row._asdict() for row in report.calls],
        "overhead": report.overhead,
    }
