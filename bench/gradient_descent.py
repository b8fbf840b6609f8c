"""Line searches inside gradient descent: how many steps each takes, and what a step costs."""

import functools
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import fastls
from fastls.descent import ConjugateGradient, GradientDescent
from fastls.descent.method import Descent

from .minimisation_times import logistic
from .timing import least_times

CONDITION = 100.0
GTOL = 1e-5  # the norm of the gradient to reach, as a share of that at the start

LEGEND = (
    f"Recorded functions, until |g| is {GTOL:g} of that at the start. Steps straight down: "
    "constant, 1/L; exact, by a method on an interval; or searched for. All but the first try the "
    "last step first. A trial is a value, and where the search asks a slope, along the ray; "
    "gradients are whole. Below, what else goes in such directions, or exactly in better ones."
)


class Problem(NamedTuple):
    name: str
    f: Callable[[Any], Any]
    start: Any
    lipschitz: float  # L, the constant of the gradient


class Row(NamedTuple):
    problem: str
    steps: str
    iterations: int
    trials: int
    gradients: int
    seconds: float
    success: bool


def quadratic(size: int = 50) -> Problem:
    """<x, Ax>/2 - <b, x>, with eigenvalues from 1 to CONDITION, and b of all eigenvectors alike."""
    basis, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(size, size)))
    matrix = (basis * np.geomspace(1.0, CONDITION, size)) @ basis.T
    b = basis.sum(axis=1)

    def f(x: Any) -> Any:
        return 0.5 * (x @ (matrix @ x)) - b @ x

    return Problem(f"quadratic, condition {CONDITION:g}", f, np.zeros(size), CONDITION)


def problems() -> Iterator[Problem]:
    yield quadratic()
    f, _, start, signed = logistic(569, 30)
    lipschitz = 0.25 * float(np.linalg.norm(signed, 2)) ** 2 + 1.0
    yield Problem("logistic 569x30", f, start, lipschitz)


def methods(lipschitz: float) -> Iterator[tuple[str, Descent]]:
    """Each way to choose the step, by name."""
    # The first step tried satisfies Armijo's condition with any c1 <= 1/2.
    yield "constant, 1/L", GradientDescent(fastls.Backtracking(), 1.0 / lipschitz)
    for exact in (fastls.Dichotomy(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent()):
        yield f"exact, {type(exact).__name__}", GradientDescent(exact, "previous")
    for name, search in (
        ("Backtracking, Armijo", fastls.Backtracking()),
        ("Backtracking, Goldstein", fastls.Backtracking(fastls.Goldstein())),
        ("Zoom", fastls.Zoom()),
        ("MoreThuente", fastls.MoreThuente()),
        ("HagerZhang", fastls.HagerZhang()),
    ):
        yield name, GradientDescent(search, "previous")
    yield "Barzilai-Borwein, default", GradientDescent()
    yield "conjugate gradients, Brent", ConjugateGradient(search=fastls.Brent())


def measure(repeats: int) -> Iterator[Row]:
    for problem in problems():
        tape = fastls.record(problem.f, problem.start)
        gtol = GTOL * float(np.linalg.norm(tape.grad(problem.start)))
        options = {"gtol": gtol, "norm": 2.0, "maxiter": 100_000}
        ways = {
            name: functools.partial(
                fastls.minimize, tape, problem.start, method=method, options=options
            )
            for name, method in methods(problem.lipschitz)
        }
        found = {name: way() for name, way in ways.items()}
        times = least_times(list(ways.values()), repeats)
        for (name, end), seconds in zip(found.items(), times, strict=True):
            # The value at the start comes with its gradient.
            yield Row(problem.name, name, end.nit, end.nfev - 1, end.njev, seconds, end.success)


def print_table(rows: list[Row]) -> None:
    print("\nGradient descent")
    print(textwrap.fill(LEGEND, 80))
    for problem in {row.problem: None for row in rows}:
        print(f"{problem:<34}{'iterations':>11}{'trials':>9}{'gradients':>11}{'time ms':>10}")
        for row in rows:
            if row.problem == problem:
                print(
                    f"  {row.steps:<32}{row.iterations:>11}{row.trials:>9}{row.gradients:>11}"
                    f"{row.seconds * 1e3:>10.3g}{'' if row.success else '  failed'}"
                )
