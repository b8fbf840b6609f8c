"""Objectives as plain NumPy code, with gradients by hand.

Each is written once, as a function of the module it computes with: numpy, or a peer's stand-in.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from . import casadi_objectives

Objective = Callable[..., Any]


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
    operations: int = 0  # of the value, for scalar code
    is_too_long: bool = False  # for autograd
    casadi: casadi_objectives.Writer | None = None
    casadi_symbol: str = "MX"  # of matrices; "SX" of numbers
    bytes: int = 0  # of data, to be read for the value and again for the gradient
    flops: int = 0  # of matrix products and factorisations, in value and gradient


# Rosenbrock.


def rosenbrock(np: Any) -> Objective:
    def f(x: Any) -> Any:
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    return f


def rosenbrock_by_hand(x: Any) -> tuple[float, Any]:
    head = x[:-1]
    inner = x[1:] - head * head
    rest = 1.0 - head
    g = np.zeros_like(x)
    g[:-1] = -400.0 * head * inner - 2.0 * rest
    g[1:] += 200.0 * inner
    return 100.0 * (inner @ inner) + rest @ rest, g


def rosenbrock_loop(np: Any) -> Objective:
    def f(x: Any) -> Any:
        total = 0.0
        for i in range(len(x) - 1):
            total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        return total

    return f


# Small and dense.


def helmholtz(np: Any, a: Any, b: Any) -> Objective:
    """The Helmholtz energy of a mixed fluid; Griewank and Walther (2008), of Redlich and Kwong."""
    root = 2.0**0.5

    def f(x: Any) -> Any:
        bx = b @ x
        logarithm = np.log((1.0 + (1.0 + root) * bx) / (1.0 + (1.0 - root) * bx))
        return np.sum(x * np.log(x / (1.0 - bx))) - x @ a @ x / (2.0 * root * bx) * logarithm

    return f


def helmholtz_by_hand(a: Any, b: Any) -> Objective:
    root = 2.0**0.5

    def value_and_grad(x: Any) -> tuple[float, Any]:
        bx, ax = b @ x, a @ x
        rest = 1.0 - bx
        above, below = 1.0 + (1.0 + root) * bx, 1.0 + (1.0 - root) * bx
        logarithm = np.log(above / below)
        logs = np.log(x / rest)
        scale = (x @ ax) / (2.0 * root * bx)
        slope = (1.0 + root) / above - (1.0 - root) / below
        along_b = x.sum() / rest + scale * logarithm / bx - scale * slope
        g = logs + 1.0 + along_b * b - logarithm / (root * bx) * ax
        return x @ logs - scale * logarithm, g

    return value_and_grad


def log_quadratic(np: Any, a: Any) -> Objective:
    def f(x: Any) -> Any:
        return np.log(x @ (a @ x))

    return f


def log_quadratic_by_hand(a: Any) -> Objective:
    def value_and_grad(x: Any) -> tuple[float, Any]:
        ax = a @ x
        quadratic = x @ ax
        return np.log(quadratic), ax * (2.0 / quadratic)

    return value_and_grad


# Statistics.


def logistic(np: Any, x: Any, y: Any) -> Objective:
    """Labels y = ±1."""

    def f(w: Any) -> Any:
        return np.sum(np.logaddexp(0.0, -y * (x @ w))) + 0.05 * (w @ w)

    return f


def logistic_by_hand(x: Any, y: Any) -> Objective:
    def value_and_grad(w: Any) -> tuple[float, Any]:
        margins = y * (x @ w)
        value = np.logaddexp(0.0, -margins).sum() + 0.05 * (w @ w)
        return value, 0.1 * w - (y / (1.0 + np.exp(margins))) @ x

    return value_and_grad


def softmax(np: Any, x: Any, labels: Any) -> Objective:
    """Weights w, a column for each class."""
    rows = np.arange(len(labels))

    def f(w: Any) -> Any:
        scores = x @ w
        shifted = scores - np.max(scores, axis=1, keepdims=True)
        logs = np.log(np.sum(np.exp(shifted), axis=1))
        return np.mean(logs - shifted[rows, labels]) + 0.05 * np.sum(w * w)

    return f


def softmax_by_hand(x: Any, labels: Any) -> Objective:
    rows = np.arange(len(labels))

    def value_and_grad(w: Any) -> tuple[float, Any]:
        scores = x @ w
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        value = (np.log(sums[:, 0]) - scores[rows, labels]).mean() + 0.05 * (w * w).sum()
        powers /= sums
        powers[rows, labels] -= 1.0
        return value, x.T @ powers / len(x) + 0.1 * w

    return value_and_grad


def gaussian(np: Any, y: Any) -> Objective:
    """The negative log-likelihood of the mean and the covariance; y has a row a sample."""

    def f(mean: Any, covariance: Any) -> Any:
        rest = y - mean
        quadratic = np.sum(rest.T * np.linalg.solve(covariance, rest.T))
        return 0.5 * (quadratic + len(y) * np.linalg.slogdet(2.0 * np.pi * covariance)[1])

    return f


def gaussian_by_hand(y: Any) -> Objective:
    def value_and_grad(mean: Any, covariance: Any) -> tuple[float, Any]:
        rest = y - mean
        inverse = np.linalg.inv(covariance)
        solved = rest @ inverse
        logdet = np.linalg.slogdet(2.0 * np.pi * covariance)[1]
        value = 0.5 * ((rest * solved).sum() + len(y) * logdet)
        return value, (-solved.sum(axis=0), 0.5 * (len(y) * inverse.T - solved.T @ solved))

    return value_and_grad


def log_det(np: Any, s: Any) -> Objective:
    def f(x: Any) -> Any:
        return np.sum(s * x) - np.linalg.slogdet(x)[1]

    return f


def log_det_by_hand(s: Any) -> Objective:
    def value_and_grad(x: Any) -> tuple[float, Any]:
        return (s * x).sum() - np.linalg.slogdet(x)[1], s - np.linalg.inv(x).T

    return value_and_grad


# Networks.


def network(np: Any, x: Any, y: Any) -> Objective:
    """Half the mean square error of layers (weights, biases), with tanh between them."""

    def f(layers: Any) -> Any:
        out = x
        for weights, biases in layers[:-1]:
            out = np.tanh(out @ weights + biases)
        weights, biases = layers[-1]
        return 0.5 * np.sum((out @ weights + biases - y) ** 2) / len(x)

    return f


def network_by_hand(x: Any, y: Any) -> Objective:
    def value_and_grad(layers: Any) -> tuple[float, Any]:
        outs = [x]
        for weights, biases in layers[:-1]:
            outs.append(np.tanh(outs[-1] @ weights + biases))
        weights, biases = layers[-1]
        error = outs[-1] @ weights + biases - y
        value = 0.5 * (error * error).sum() / len(x)
        error /= len(x)
        gradient: list[Any] = []
        for (weights, _), out in zip(layers[::-1], outs[::-1], strict=True):
            gradient.insert(0, (out.T @ error, error.sum(axis=0)))
            if out is not x:
                error = (error @ weights.T) * (1.0 - out * out)
        return value, gradient

    return value_and_grad


#: Of Rosenbrock's function as slices, for the cost against n.
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


def rosenbrocks(rng: np.random.Generator) -> Iterator[TapeProblem]:
    rows = {2: "5", 10: "5", 1000: "6", 100_000: "6"}  # the others: cost against n
    for n in (2, *LENGTHS):
        yield TapeProblem(
            f"Rosenbrock {n}", rows.get(n, ""), n, rosenbrock, (rng.uniform(-1.5, 1.5, n),),
            by_hand=rosenbrock_by_hand, is_quick=n <= 1000,
            casadi=casadi_objectives.rosenbrock, casadi_symbol="SX" if n <= 10_000 else "MX",
        )  # fmt: skip
    # With 100 000 elements it takes minutes, and gigabytes, to record.
    for n, row in ((10, "5"), (100, "13"), (1000, "13"), (10_000, "13")):
        yield TapeProblem(
            f"Rosenbrock {n}, loop", row, n, rosenbrock_loop, (rng.uniform(-1.5, 1.5, n),),
            by_hand=rosenbrock_by_hand, is_quick=n <= 100,
            operations=8 * (n - 1), is_too_long=n > 1000,
            casadi=casadi_objectives.rosenbrock_loop, casadi_symbol="SX",
        )  # fmt: skip


def small_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    n = 10
    a, b = rng.uniform(0.5, 1.5, (n, n)), rng.uniform(0.2, 0.4, n)
    a = a + a.T
    yield TapeProblem(
        f"Helmholtz {n}", "5", n, lambda np: helmholtz(np, a, b),
        (rng.uniform(0.05, 0.15, n),), by_hand=helmholtz_by_hand(a, b),
        casadi=casadi_objectives.helmholtz(a, b), casadi_symbol="SX",
    )  # fmt: skip
    positive = a @ a + np.eye(n)
    yield TapeProblem(
        f"ln <x,Ax>, {n}", "5", n, lambda np: log_quadratic(np, positive),
        (rng.standard_normal(n),), by_hand=log_quadratic_by_hand(positive),
        casadi=casadi_objectives.log_quadratic(positive), casadi_symbol="SX",
    )  # fmt: skip


def statistical_ones(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for m, n in ((100, 10), (2000, 50), (20_000, 100)):
        yield logistic_problem(rng, m, n)
    m, n, classes = 60, 5, 3
    x, labels = rng.standard_normal((m, n)), rng.integers(0, classes, m)
    yield TapeProblem(
        f"softmax {m}x{n}x{classes}", "", n * classes,
        lambda np: softmax(np, x, labels), (rng.standard_normal((n, classes)),),
        by_hand=softmax_by_hand(x, labels),
    )  # fmt: skip
    y = rng.standard_normal((m, classes))
    covariance = np.cov(y.T) + np.eye(classes)
    yield TapeProblem(
        f"Gaussian {m}x{classes}", "", classes + classes**2,
        lambda np: gaussian(np, y), (rng.standard_normal(classes), covariance), argnums=(0, 1),
        by_hand=gaussian_by_hand(y),
    )  # fmt: skip


def logistic_problem(rng: np.random.Generator, m: int, n: int) -> TapeProblem:
    x = rng.standard_normal((m, n))
    y = np.where(x @ rng.standard_normal(n) + rng.standard_normal(m) > 0, 1.0, -1.0)
    return TapeProblem(
        f"logistic {m}x{n}", "7", n, lambda np: logistic(np, x, y),
        (0.1 * rng.standard_normal(n),), by_hand=logistic_by_hand(x, y), is_quick=m <= 2000,
        casadi=casadi_objectives.logistic(x, y), bytes=16 * m * n, flops=4 * m * n,
    )  # fmt: skip


def log_dets(rng: np.random.Generator) -> Iterator[TapeProblem]:
    for n in (4, 32, 128):
        yield log_det_problem(rng, n)


def log_det_problem(rng: np.random.Generator, n: int) -> TapeProblem:
    s, x = (a @ a.T / n + np.eye(n) for a in rng.standard_normal((2, n, n)))
    return TapeProblem(
        f"<S,X> - ln det X, {n}", "8", n * n, lambda np: log_det(np, s), (x,),
        by_hand=log_det_by_hand(s),
        casadi=casadi_objectives.log_det(s), casadi_symbol="SX" if n <= 4 else "MX",
        flops=2 * n**3,
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
        lambda np: network(np, x, y), (layers,), by_hand=network_by_hand(x, y),
        is_quick=batch <= 64,
        casadi=casadi_objectives.network(x, y),
        flops=6 * batch * sum(a * b for a, b in itertools.pairwise(sizes))
        - 2 * batch * sizes[0] * sizes[1],
    )  # fmt: skip
