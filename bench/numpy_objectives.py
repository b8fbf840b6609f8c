"""Objectives as plain NumPy code, with value and gradient by hand.

Each is written once, as a function of the module it computes with: numpy, or a peer's stand-in.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Objective = Callable[..., Any]


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


# Entry by entry.


def bumps(np: Any) -> Objective:
    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) * np.exp(-0.5 * x**2))

    return f


def bumps_by_hand(x: Any) -> tuple[float, Any]:
    t = np.tanh(x)
    e = np.exp(-0.5 * (x * x))
    return t @ e, e * (1.0 - t * t - x * t)


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
