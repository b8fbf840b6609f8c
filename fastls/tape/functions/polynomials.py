"""Polynomials by their coefficients, the highest power first."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines, recorded
from fastls.tape.functions.joining import at_least
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse


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
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        p = p[:-1] * np.arange(np.size(p) - 1, 0.0, -1.0)
    return p


@defines("polyint")
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = [0.0] * m if k is None else [k] * m if np.ndim(k) == 0 else list(k)
    if len(constants) == 1 and m > 1:
        constants *= m
    if len(constants) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    p = as_traced(p)
    for constant in constants[:m]:
        p = np.append(p / np.arange(float(np.size(p)), 0.0, -1.0), constant)
    return p


@defines("poly")
def poly(seq_of_zeros: Any) -> Any:
    if np.ndim(seq_of_zeros) != 1:
        raise refuse("numpy.poly of a matrix", "give it the eigenvalues of a symmetric one")
    y = np.ones(1)
    for zero in seq_of_zeros:
        y = np.append(y, 0.0) - np.append(0.0, y * zero)
    return y


@defines("polydiv")
def polydiv(u: Any, v: Any) -> Any:
    u, v = at_least(1, u), at_least(1, v)
    number, quotient = max(np.size(u) - np.size(v) + 1, 1), []
    rest = u + 0.0
    for i in range(np.size(u) - np.size(v) + 1):
        quotient.append(rest[i] / v[0])
        rest = rest - np.pad(quotient[-1] * v, (i, np.size(u) - np.size(v) - i))
    first = len(quotient)
    is_zero = np.isclose(recorded(rest), 0.0, rtol=1e-14)
    while first < np.size(u) - 1 and is_zero[first]:
        first += 1
    return np.stack(quotient) if quotient else np.zeros(number), rest[first:]


@defines("polyfit")
def polyfit(x: Any, y: Any, deg: Any, w: Any = None) -> Any:
    """Least squares, with columns of length one."""
    matrix = np.vander(as_traced(x), deg + 1)
    y = as_traced(y)
    if w is not None:
        matrix, y = matrix * w[:, None], y * (w if np.ndim(y) == 1 else w[:, None])
    scale = np.sqrt(np.sum(matrix**2, axis=0))
    found = np.linalg.lstsq(matrix / scale, y)[0]
    return found / (scale if np.ndim(found) == 1 else scale[:, None])


@defines("vander")
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    n = x.shape[0] if N is None else N
    if n == 0:
        return np.zeros((x.shape[0], 0))
    powers = [np.ones(x.shape)]
    for _ in range(n - 1):
        powers.append(powers[-1] * x)
    y = np.stack(powers[:n], axis=1)
    return y if increasing else y[:, ::-1]
