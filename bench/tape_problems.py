"""What is differentiated for the report: an objective, its arguments, and who can take it."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from . import adbench, casadi_objectives
from . import numpy_objectives as objectives
from .numpy_objectives import Objective


class TapeProblem(NamedTuple):
    """An objective, where to differentiate it, and what the design says of it."""

    name: str
    row: str  # of the design, "" where none is about it
    variables: int
    write: Callable[[Any], Objective]
    arguments: tuple[Any, ...]
    argnums: Any = 0
    by_hand: Objective | None = None  # value and gradient
    is_quick: bool = True  # whether it is part of the quick report
    operations: int = 0  # of the value, where they are written out one by one
    is_too_long: bool = False  # for autograd
    casadi: casadi_objectives.Writer | None = None
    casadi_symbol: str = "MX"  # of matrices; "SX" of numbers
    series: str = ""  # of the table of cost against the number of variables


#: Of the series, whose cost is shown against the number of variables.
LENGTHS = (10, 100, 1000, 10_000, 100_000, 1_000_000)


def tape_problems(quick: bool) -> list[TapeProblem]:
    """Those of the quick report, or all."""
    return [problem for problem in every_problem() if problem.is_quick or not quick]


def every_problem() -> Iterator[TapeProblem]:
    rng = np.random.default_rng(20240501)
    yield from rosenbrocks(rng)
    yield from small_ones(rng)
    yield from statistical_ones(rng)
    yield from log_dets(rng)
    yield from networks(rng)
    yield from elementwise_ones(rng)
    yield from adbench_ones(np.random.default_rng(2018))


def rosenbrocks(rng: np.random.Generator) -> Iterator[TapeProblem]:
    rows = {2: "5", 10: "5", 1000: "6", 100_000: "6"}
    for n in (2, *LENGTHS):
        yield TapeProblem(
            f"Rosenbrock {n}", rows.get(n, ""), n, objectives.rosenbrock,
            (rng.uniform(-1.5, 1.5, n),), by_hand=objectives.rosenbrock_by_hand,
            is_quick=n in (2, 10, 1000), casadi=casadi_objectives.rosenbrock,
            casadi_symbol="SX" if n <= 10_000 else "MX",
            series="Rosenbrock, as slices" if n in LENGTHS else "",
        )  # fmt: skip
    # With 100 000 elements it takes minutes, and gigabytes, to record.
    for n, row in ((10, "5"), (100, "13"), (1000, "13"), (10_000, "13")):
        yield TapeProblem(
            f"Rosenbrock {n}, loop", row, n, objectives.rosenbrock_loop,
            (rng.uniform(-1.5, 1.5, n),), by_hand=objectives.rosenbrock_by_hand,
            is_quick=n <= 100, operations=8 * (n - 1), is_too_long=n > 1000,
            casadi=casadi_objectives.rosenbrock_loop, casadi_symbol="SX",
        )  # fmt: skip


def elementwise_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for n in LENGTHS:
        yield TapeProblem(
            f"tanh exp(-x²/2), {n}", "", n, objectives.bumps, (rng.standard_normal(n),),
            by_hand=objectives.bumps_by_hand, is_quick=n == 1000,
            casadi=casadi_objectives.bumps, casadi_symbol="SX" if n <= 10_000 else "MX",
            series="Σ tanh(x) exp(-x²/2)",
        )  # fmt: skip


def small_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    n = 10
    a, b = rng.uniform(0.5, 1.5, (n, n)), rng.uniform(0.2, 0.4, n)
    a = a + a.T
    yield TapeProblem(
        f"Helmholtz {n}", "5", n, lambda np: objectives.helmholtz(np, a, b),
        (rng.uniform(0.05, 0.15, n),), by_hand=objectives.helmholtz_by_hand(a, b),
        casadi=casadi_objectives.helmholtz(a, b), casadi_symbol="SX",
    )  # fmt: skip
    positive = a @ a + np.eye(n)
    yield TapeProblem(
        f"ln <x,Ax>, {n}", "5", n, lambda np: objectives.log_quadratic(np, positive),
        (rng.standard_normal(n),), by_hand=objectives.log_quadratic_by_hand(positive),
        casadi=casadi_objectives.log_quadratic(positive), casadi_symbol="SX",
    )  # fmt: skip


def statistical_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for m, n in ((100, 10), (2000, 50), (20_000, 100)):
        yield logistic_problem(rng, m, n)
    m, n, classes = 60, 5, 3
    x, labels = rng.standard_normal((m, n)), rng.integers(0, classes, m)
    yield TapeProblem(
        f"softmax {m}x{n}x{classes}", "", n * classes,
        lambda np: objectives.softmax(np, x, labels), (rng.standard_normal((n, classes)),),
        by_hand=objectives.softmax_by_hand(x, labels),
    )  # fmt: skip
    y = rng.standard_normal((m, classes))
    covariance = np.cov(y.T) + np.eye(classes)
    yield TapeProblem(
        f"Gaussian {m}x{classes}", "", classes + classes**2,
        lambda np: objectives.gaussian(np, y), (rng.standard_normal(classes), covariance),
        argnums=(0, 1), by_hand=objectives.gaussian_by_hand(y),
    )  # fmt: skip


def logistic_problem(rng: np.random.Generator, m: int, n: int) -> TapeProblem:
    x = rng.standard_normal((m, n))
    y = np.where(x @ rng.standard_normal(n) + rng.standard_normal(m) > 0, 1.0, -1.0)
    return TapeProblem(
        f"logistic {m}x{n}", "7", n, lambda np: objectives.logistic(np, x, y),
        (0.1 * rng.standard_normal(n),), by_hand=objectives.logistic_by_hand(x, y),
        is_quick=m <= 2000, casadi=casadi_objectives.logistic(x, y),
    )  # fmt: skip


def log_dets(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for n in (4, 32, 128):
        yield log_det_problem(rng, n)


def log_det_problem(rng: np.random.Generator, n: int) -> TapeProblem:
    s, x = (a @ a.T / n + np.eye(n) for a in rng.standard_normal((2, n, n)))
    return TapeProblem(
        f"<S,X> - ln det X, {n}", "8", n * n, lambda np: objectives.log_det(np, s), (x,),
        by_hand=objectives.log_det_by_hand(s), casadi=casadi_objectives.log_det(s),
        casadi_symbol="SX" if n <= 4 else "MX", is_quick=n != 32,
    )  # fmt: skip


def networks(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for sizes, batch in (((4, 8, 1), 16), ((64, 64, 64, 10), 64), ((256, 256, 256, 10), 256)):
        yield network_problem(rng, sizes, batch)


def network_problem(rng: np.random.Generator, sizes: tuple[int, ...], batch: int) -> TapeProblem:
    x, y = rng.standard_normal((batch, sizes[0])), rng.standard_normal((batch, sizes[-1]))
    layers = [
        (rng.standard_normal((a, b)) / a**0.5, 0.1 * rng.standard_normal(b))
        for a, b in itertools.pairwise(sizes)
    ]
    return TapeProblem(
        f"tanh {'-'.join(map(str, sizes))}, {batch}", "9",
        sum(weights.size + biases.size for weights, biases in layers),
        lambda np: objectives.network(np, x, y), (layers,),
        by_hand=objectives.network_by_hand(x, y), is_quick=batch <= 64,
        casadi=casadi_objectives.network(x, y),
    )  # fmt: skip


# ADBench.


def adbench_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for d, k in ((2, 5), (10, 5), (10, 10)):
        yield mixture_problem(rng, d, k, 1000)
    for sizes in ((5, 50, 200), (49, 7776, 31_843)):
        yield from bundle_problems(rng, *sizes)
    for characters in (2, 16, 64):
        yield recurrent_problem(rng, 2, characters, 14)


def mixture_problem(rng: np.random.Generator, d: int, k: int, samples: int) -> TapeProblem:
    x, arguments = adbench.gaussian_mixture_data(rng, d, k, samples)
    return TapeProblem(
        f"GMM d{d} K{k} N{samples}", "ADBench", sum(a.size for a in arguments),
        lambda np: adbench.gaussian_mixture(np, x), arguments, argnums=(0, 1, 2), is_quick=d == 2,
    )  # fmt: skip


def bundle_problems(
    rng: np.random.Generator, cameras: int, points: int, observations: int
) -> Iterator[TapeProblem]:
    """The gradient of half the sum of squares; and a product with the Jacobian."""
    scene = adbench.scene(rng, cameras, points, observations)
    variables = (scene.cameras, scene.points, scene.weights)
    yield TapeProblem(
        f"BA p{observations}, squares", "ADBench", sum(a.size for a in variables),
        lambda np: adbench.bundle_adjustment(np, scene.observations, scene.features),
        variables, argnums=(0, 1, 2), is_quick=cameras < 49,
    )  # fmt: skip
    camera, point = scene.observations.T
    rows = adbench.rows(np, scene.cameras[camera], scene.points[point], scene.weights)
    yield TapeProblem(
        f"BA p{observations}, uᵀJ", "ADBench", rows.size,
        lambda np: adbench.reprojection_product(np, scene.features),
        (rows, rng.standard_normal(scene.features.shape)), is_quick=cameras < 49,
    )  # fmt: skip


def recurrent_problem(
    rng: np.random.Generator, layers: int, characters: int, bits: int
) -> TapeProblem:
    (state, sequence), arguments = adbench.recurrent_data(rng, layers, characters, bits)
    return TapeProblem(
        f"LSTM l{layers} c{characters}", "ADBench", sum(a.size for a in arguments),
        lambda np: adbench.recurrent(np, state, sequence), arguments, argnums=(0, 1),
        is_quick=characters == 2, operations=30 * layers * (characters - 1),
    )  # fmt: skip
