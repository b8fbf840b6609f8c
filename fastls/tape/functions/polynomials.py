"""Polynomials by their coefficients, the highest power first."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import as_traced, defines
from fastls.tape.functions.joining import at_least


@defines("polyval")
def polyval(p: Any, x: Any) -> Any:
    """Horner's scheme."""
    y = 0.0 * as_traced(x)
    for coefficient in as_traced(p):
        y = y * x + coefficient
    return y


def of_equal_degree(a1: Any, a2: Any) -> tuple[Any, Any]:
    a1, a2 = at_least(1, a1), at_least(1, a2)
    n = max(np.size(a1), np.size(a2))
    return np.pad(a1, (n - np.size(a1), 0)), np.pad(a2, (n - np.size(a2), 0))


@defines("polyadd")
def polyadd(a1: Any, a2: Any) -> Any:
    return np.add(*of_equal_degree(a1, a2))


@defines("polysub")
def polysub(a1: Any, a2: Any) -> Any:
    return np.subtract(*of_equal_degree(a1, a2))


@defines("polymul")
def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(at_least(1, a1), at_least(1, a2))


@defines("polyder")
def polyder(p: Any, m: int = 1) -> Any:
    for _ in range(m):
        p = p[:-1] * np.arange(np.size(p) - 1, 0.0, -1.0)
    return p


@defines("vander")
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    n = x.shape[0] if N is None else N
    powers = [np.ones(x.shape)]
    for _ in range(n - 1):
        powers.append(powers[-1] * x)
    y = np.stack(powers[:n], axis=1)
    return y if increasing else y[:, ::-1]
