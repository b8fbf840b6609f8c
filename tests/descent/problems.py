"""Functions to minimise, with derivatives by hand."""

import numpy as np

METHODS = ("lbfgs", "cg", "gd", "newton-cg")


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    inner = x[1:] - x[:-1] ** 2
    g[:-1] = -400.0 * x[:-1] * inner - 2.0 * (1.0 - x[:-1])
    g[1:] += 200.0 * inner
    return g


def rosenbrock_hessian(x):
    n = len(x)
    h = np.zeros((n, n))
    i = np.arange(n - 1)
    h[i, i] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
    h[i + 1, i + 1] += 200.0
    h[i, i + 1] = h[i + 1, i] = -400.0 * x[:-1]
    return h


def quadratic(n=6, condition=100.0, seed=0):
    """A positive definite matrix with these eigenvalues, a vector, and the minimiser."""
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(n, n)))
    matrix = basis @ np.diag(np.geomspace(1.0, condition, n)) @ basis.T
    b = rng.normal(size=n)
    return matrix, b, np.linalg.solve(matrix, b)


def logistic(rows=60, columns=5, seed=0):
    """A logistic regression: value, gradient."""
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(rows, columns))
    labels = np.where(data @ rng.normal(size=columns) + rng.normal(size=rows) > 0, 1.0, -1.0)
    signed = -labels[:, None] * data

    def f(w):
        return np.sum(np.logaddexp(0.0, signed @ w)) + 0.5 * (w @ w)

    def gradient(w):
        return (1.0 / (1.0 + np.exp(-(signed @ w)))) @ signed + w

    return f, gradient, np.zeros(columns)
