"""Objectives of numpy_objectives for CasADi, whose matrices have columns one after another.

So each array comes transposed, and a vector as a column; memory is then the same as NumPy's.
CasADi is imported where it is used: the benchmarks run without it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Writer = Callable[[Any], Callable[..., Any]]  # from the module casadi to an expression


def rosenbrock(ca: Any) -> Callable[..., Any]:
    def f(x: Any) -> Any:
        head, tail = x[:-1], x[1:]
        return ca.sum1(100.0 * (tail - head**2) ** 2 + (1.0 - head) ** 2)

    return f


def rosenbrock_loop(ca: Any) -> Callable[..., Any]:
    def f(x: Any) -> Any:
        total = 0.0
        for i in range(x.shape[0] - 1):
            total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        return total

    return f


def bumps(ca: Any) -> Callable[..., Any]:
    return lambda x: ca.sum1(ca.tanh(x) * ca.exp(-0.5 * x**2))


def helmholtz(a: Any, b: Any) -> Writer:
    root = 2.0**0.5

    def write(ca: Any) -> Callable[..., Any]:
        def f(x: Any) -> Any:
            bx = ca.dot(b, x)
            logarithm = ca.log((1.0 + (1.0 + root) * bx) / (1.0 + (1.0 - root) * bx))
            scale = ca.dot(x, ca.mtimes(a, x)) / (2.0 * root * bx)
            return ca.sum1(x * ca.log(x / (1.0 - bx))) - scale * logarithm

        return f

    return write


def log_quadratic(a: Any) -> Writer:
    return lambda ca: lambda x: ca.log(ca.dot(x, ca.mtimes(a, x)))


def logistic(data: Any, y: Any) -> Writer:
    def write(ca: Any) -> Callable[..., Any]:
        def f(w: Any) -> Any:
            margins = -y * ca.mtimes(data, w)
            most = ca.fmax(margins, 0.0)
            terms = most + ca.log1p(ca.exp(-ca.fabs(margins)))
            return ca.sum1(terms) + 0.05 * ca.dot(w, w)

        return f

    return write


def log_det(s: Any) -> Writer:
    return lambda ca: lambda x: ca.dot(np.ascontiguousarray(s.T), x) - ca.log(ca.det(x))


def network(x: Any, y: Any) -> Writer:
    def write(ca: Any) -> Callable[..., Any]:
        def f(*layers: Any) -> Any:
            out, batch = np.ascontiguousarray(x.T), len(x)
            pairs = list(zip(layers[::2], layers[1::2], strict=True))
            for i, (weights, biases) in enumerate(pairs):
                out = ca.mtimes(weights, out) + ca.repmat(biases, 1, batch)
                if i < len(pairs) - 1:
                    out = ca.tanh(out)
            return 0.5 * ca.sumsqr(out - np.ascontiguousarray(y.T)) / batch

        return f

    return write
