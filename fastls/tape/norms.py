"""Norms and condition numbers of numpy.linalg, of every order.

A norm has slope 0 where it is 0.
"""

import operator
from typing import Any

import numpy as np

from fastls.tape.linalg import as_matrix, defines, noted
from fastls.tape.primitives import axes_of
from fastls.tape.trace import Tracer

__all__: list[str] = []


def with_power(x: Any, p: float, axes: tuple[int, ...]) -> Any:
    """(Σ |x|^p)^(1/p), with slope 0 where it is 0."""
    total = np.sum(np.abs(x) ** p, axis=axes)
    is_zero = total == 0.0
    return np.where(is_zero, 0.0, np.where(is_zero, 1.0, total) ** (1.0 / p))


def norm_of_vectors(x: Any, ord: Any, axes: tuple[int, ...]) -> Any:
    if ord is None or ord == 2:
        return noted("norm", x, axes=axes)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    if ord == np.inf:
        return np.max(np.abs(x), axis=axes)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axes)
    if ord == 0:
        return np.sum(x != 0.0, axis=axes)
    if ord == 1:
        return np.sum(np.abs(x), axis=axes)
    return with_power(x, float(ord), axes)


def norm_of_matrices(x: Any, ord: Any, axes: tuple[int, int]) -> Any:
    rows, cols = axes
    if ord is None or ord in ("fro", "f"):
        return noted("norm", x, axes=axes_of(axes, x.ndim))
    if ord in (1, -1, np.inf, -np.inf):
        reduced, other = (rows, cols) if abs(ord) == 1 else (cols, rows)
        sums = np.sum(np.abs(x), axis=reduced)
        pick = np.max if ord > 0 else np.min
        return pick(sums, axis=other - (other > reduced))
    if ord in (2, -2, "nuc"):
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        s = noted("svdvals", np.transpose(x, [*kept, rows, cols]))
        return np.sum(s, axis=-1) if ord == "nuc" else s[..., 0 if ord == 2 else -1]
    raise ValueError("Invalid norm order for matrices.")


@defines("norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = as_traced(x)
    if axis is None:
        axes = tuple(range(x.ndim))
        if ord is None:
            found = norm_of_vectors(x, None, axes)
        elif x.ndim == 1:
            found = norm_of_vectors(x, ord, axes)
        elif x.ndim == 2:
            found = norm_of_matrices(x, ord, (0, 1))
        else:
            raise ValueError("Improper number of dimensions to norm.")
    else:
        given = tuple(operator.index(a) for a in (axis if isinstance(axis, tuple) else (axis,)))
        axes = axes_of(given, x.ndim)
        ordered = tuple(a % x.ndim for a in given)
        if len(ordered) == 1:
            found = norm_of_vectors(x, ord, axes)
        elif len(ordered) == 2:
            if ordered[0] == ordered[1]:
                raise ValueError("Duplicate axes given.")
            found = norm_of_matrices(x, ord, ordered)
        else:
            raise ValueError("Improper number of dimensions to norm.")
    return kept_dimensions(found, x, axes) if keepdims else found


def as_traced(x: Any) -> Any:
    return x if isinstance(x, Tracer) else np.stack(x)


def kept_dimensions(found: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return np.reshape(found, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))


@defines("vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    x = as_traced(x)
    axes = axes_of(axis, x.ndim)
    found = norm_of_vectors(x, ord, axes)
    return kept_dimensions(found, x, axes) if keepdims else found


@defines("matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(as_matrix(x), ord=ord, axis=(-2, -1), keepdims=keepdims)


@defines("cond")
def cond(x: Any, p: Any = None) -> Any:
    x = as_matrix(x)
    if p is None or p in (2, -2):
        s = noted("svdvals", x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(inverse, p, axis=(-2, -1))
