"""Products of vectors, matrices and tensors, as products of matrices."""

import math
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import axis_of, defines
from fastls.tape.functions.shapes import several
from fastls.tape.lists import as_traced
from fastls.tape.trace import UFUNCS

# Products.


@defines("dot")
def dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.matmul(a, b) if np.ndim(b) <= 2 else np.tensordot(a, b, axes=(-1, -2))


@defines("vdot")
def vdot(a: Any, b: Any, /) -> Any:
    return np.matmul(np.ravel(as_traced(a)), np.ravel(as_traced(b)))


@defines("outer")
def outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (np.size(a), 1)) * np.reshape(b, (1, np.size(b)))


@defines("inner")
def inner(a: Any, b: Any, /) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, axes=(-1, -1))


@defines("tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, (int, np.integer)):
        axes = range(np.ndim(a) - axes, np.ndim(a)), range(axes)
    of_a = [axis_of(i, np.ndim(a)) for i in several(axes[0])]
    of_b = [axis_of(i, np.ndim(b)) for i in several(axes[1])]
    if [np.shape(a)[i] for i in of_a] != [np.shape(b)[i] for i in of_b]:
        raise ValueError("shape-mismatch for sum")
    kept_a = [i for i in range(np.ndim(a)) if i not in of_a]
    kept_b = [i for i in range(np.ndim(b)) if i not in of_b]
    rows, columns = [np.shape(a)[i] for i in kept_a], [np.shape(b)[i] for i in kept_b]
    length = math.prod(np.shape(a)[i] for i in of_a)
    left = np.reshape(np.transpose(a, kept_a + of_a), (math.prod(rows), length))
    right = np.reshape(np.transpose(b, of_b + kept_b), (length, math.prod(columns)))
    return np.reshape(left @ right, (*rows, *columns))


@defines("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@defines("kron")
def kron(a: Any, b: Any) -> Any:
    a, b = as_traced(a), as_traced(b)
    ndim = max(a.ndim, b.ndim)
    a = np.reshape(a, (1,) * (ndim - a.ndim) + a.shape)
    b = np.reshape(b, (1,) * (ndim - b.ndim) + b.shape)
    pairs = [(m, n) for m, n in zip(a.shape, b.shape, strict=True)]
    left = np.reshape(a, sum(((m, 1) for m, _ in pairs), ()))
    right = np.reshape(b, sum(((1, n) for _, n in pairs), ()))
    return np.reshape(left * right, tuple(m * n for m, n in pairs))


#: Numbers that a vector in a cross product may have.
CROSSED = {2, 3} if np.lib.NumpyVersion(np.__version__) < "2.5.0" else {3}


@defines("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1,
          axis: Any = None) -> Any:  # fmt: skip
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = (np.moveaxis(as_traced(x), i, -1) for x, i in ((a, axisa), (b, axisb)))
    if not {a.shape[-1], b.shape[-1]} <= CROSSED:
        allowed = " or ".join(map(str, sorted(CROSSED)))
        raise ValueError(f"incompatible dimensions for cross product (must be {allowed})")
    (a0, a1, a2), (b0, b1, b2) = (
        (x[..., 0], x[..., 1], x[..., 2] if x.shape[-1] == 3 else 0.0) for x in (a, b)
    )
    if a.shape[-1] == b.shape[-1] == 2:
        return a0 * b1 - a1 * b0
    parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return np.moveaxis(np.stack(parts, axis=-1), -1, axisc)


def vecdot(a: Any, b: Any, axis: int = -1, keepdims: bool = False) -> Any:
    a, b = (np.moveaxis(as_traced(x), axis, -1) for x in (a, b))
    y = np.sum(a * b, axis=-1)
    return np.expand_dims(y, axis) if keepdims else y


def with_axes(x: Any, least: int) -> Any:
    if np.ndim(x) < least:
        raise ValueError(f"an operand needs {least} dimensions or more; got {np.ndim(x)}")
    return as_traced(x)


def matrix(x: Any) -> Any:
    return with_axes(x, 2)


def vector(x: Any) -> Any:
    return with_axes(x, 1)


if hasattr(np, "vecdot"):
    UFUNCS[np.vecdot] = vecdot
if hasattr(np, "matvec"):  # NumPy 2.2
    UFUNCS[np.matvec] = lambda a, x: np.matmul(matrix(a), vector(x)[..., None])[..., 0]
    UFUNCS[np.vecmat] = lambda x, a: np.matmul(vector(x)[..., None, :], matrix(a))[..., 0, :]
