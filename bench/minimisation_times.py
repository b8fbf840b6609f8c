"""How long the methods take, beside SciPy's on NumPy by hand: rows 11, 15 and 16 of the design."""

import functools
import importlib
import importlib.util
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fastls import minimize, record

from .figures import Figure, at_least, at_most
from .minimisation_calls import PEERS
from .numpy_objectives import rosenbrock, rosenbrock_by_hand
from .timing import least_times

LARGE = (20000, 100)

LEGEND = (
    "To the same norm of the gradient. tape: fastls on a recorded function; callables: fastls on "
    "NumPy by hand; SciPy on the same. Times in ms, the least; ×: SciPy's over that of the tape."
)
# Why a figure is missed, if it is.
RAY = (
    "an iteration multiplies with the data and with its transpose, as NumPy by hand does; where "
    "the first trial is accepted, as most are, the ray saves no product."
)
START = "of so short a run, making the ray is a good part."


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


class Trial(NamedTuple):
    """A trial step along a ray beside value and gradient, in seconds."""

    ray: float
    gradients: dict[str, float]  # by whom


def logistic(rows: int, columns: int) -> tuple[Callable[..., Any], Callable[..., Any], Any, Any]:
    """A logistic regression as NumPy code, its value and gradient by hand, a start, the data."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(rows, columns))
    truth = data @ rng.normal(size=columns) + rng.normal(size=rows)
    signed = np.where(truth > 0.0, -1.0, 1.0)[:, None] * data

    def by_hand(w: Any) -> Any:
        z = signed @ w
        value = np.logaddexp(0.0, z).sum() + 0.5 * (w @ w)
        return value, (1.0 / (1.0 + np.exp(-z))) @ signed + w

    return logistic_of(np, signed), by_hand, np.zeros(columns), signed


def logistic_of(np: Any, signed: Any) -> Callable[..., Any]:
    def f(w: Any) -> Any:
        return np.sum(np.logaddexp(0.0, signed @ w)) + 0.5 * (w @ w)

    return f


def measure(repeats: int) -> Iterator[Row]:
    for shape in ((569, 30), LARGE):
        f, by_hand, start, _ = logistic(*shape)
        name = f"logistic {shape[0]}x{shape[1]}"
        gtol = 1e-6 * float(np.max(np.abs(by_hand(start)[1])))
        for method in ("lbfgs", "cg"):
            yield measure_one(name, method, f, by_hand, start, gtol, repeats)
    start = np.tile([-1.2, 1.0], 50)
    yield measure_one(
        "Rosenbrock 100", "lbfgs", rosenbrock(np), rosenbrock_by_hand, start, 1e-5, repeats
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
    taped, callables, scipy = least_times(ways, repeats)
    return Row(
        problem, method, taped, callables, scipy, ours.nit, ours.nfev, theirs.nit, theirs.nfev
    )


def measure_trial(repeats: int) -> Trial:
    """Row 11: value and slope along a ray, each time at another step."""
    f, by_hand, start, signed = logistic(*LARGE)
    rng = np.random.default_rng(1)
    w, d = 0.1 * rng.normal(size=(2, len(start)))
    tape = record(f, start)
    ray, steps = tape.along(w, d), iter(np.linspace(0.1, 1.0, repeats + 1))
    ways: dict[str, Callable[[], Any]] = {
        "ray": lambda: ray(next(steps)),
        "NumPy by hand": lambda: by_hand(w),
        "fastls": lambda: tape.value_and_grad(w),
    }
    ray(0.0)
    if importlib.util.find_spec("jax") is not None:
        jax = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        both = jax.jit(jax.value_and_grad(logistic_of(jax.numpy, jax.numpy.asarray(signed))))
        point = jax.numpy.asarray(w)
        both(point)
        ways["JAX"] = lambda: both(point)[1].block_until_ready()
    times = dict(zip(ways, least_times(list(ways.values()), repeats), strict=True))
    return Trial(times.pop("ray"), times)


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


def print_table(rows: list[Row], trial: Trial, overhead: dict[str, float]) -> None:
    print("\nTimes")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<20}{'':<8}{'tape':>8}{'callables':>11}{'SciPy':>8}{'×':>6}{'calls':>8}{'SciPy':>8}"
    )
    for row in rows:
        print(
            f"{row.problem:<20}{row.method:<8}{row.tape * 1e3:>8.3g}{row.callables * 1e3:>11.3g}"
            f"{row.scipy * 1e3:>8.3g}{row.scipy / row.tape:>6.3g}{row.evaluations:>8}"
            f"{row.scipy_evaluations:>8}"
        )
    text = in_microseconds(overhead)
    print(f"An iteration of L-BFGS with Python callables, less their own time: {text}")
    text = in_microseconds({"ray": trial.ray} | trial.gradients)
    print(textwrap.fill(f"A trial step of the largest, and value with gradient: {text}", 80))


def in_microseconds(times: dict[str, float]) -> str:
    return ", ".join(f"{name} {value * 1e6:.3g} µs" for name, value in times.items())


def figures(rows: list[Row], trial: Trial) -> Iterator[Figure]:
    peers = {name: seconds for name, seconds in trial.gradients.items() if name != "fastls"}
    best = min(peers, key=lambda name: peers[name])
    work = f"logistic 20000x100: a trial step ({trial.ray * 1e6:.3g} µs), to value and gradient"
    yield at_most(
        "11", f"{work} of {best} ({peers[best] * 1e6:.4g} µs)", 0.125, trial.ray / peers[best]
    )
    targets = {
        ("logistic 569x30", "lbfgs"): ("15", 4.0), ("logistic 20000x100", "lbfgs"): ("15", 1.4),
        ("logistic 20000x100", "cg"): ("16", 2.5), ("Rosenbrock 100", "lbfgs"): ("16", 10.0),
    }  # fmt: skip
    for row in rows:
        if (row.problem, row.method) in targets:
            number, target = targets[row.problem, row.method]
            work = (
                f"{row.problem}, {row.method}: SciPy {PEERS[row.method]} ({row.scipy * 1e3:.4g} ms)"
            )
            reason = START if row.problem == "logistic 569x30" else RAY
            yield at_least(number, f"{work}, to fastls", target, row.scipy / row.tape, reason)
