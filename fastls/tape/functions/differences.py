"""Differences of neighbours, slopes and integrals by them."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import along, as_numbers, axis_of, defines, is_truth, on_axis
from fastls.tape.functions.shapes import several
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse

# Differences and integrals.


@defines("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    if is_truth(a):
        raise refuse("numpy.diff of truth values", "write a[1:] != a[:-1] instead")
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = as_numbers(a)
    axis = axis_of(axis, np.ndim(a))
    if n == 0:
        return a

    def end(x: Any) -> list[Any]:
        if x is None:
            return []
        return [x if np.ndim(x) else np.broadcast_to(x, a[along(axis, slice(1))].shape)]

    if prepend is not None or append is not None:
        a = np.concatenate([*end(prepend), a, *end(append)], axis=axis)
    for _ in range(n):
        a = a[along(axis, slice(1, None))] - a[along(axis, slice(-1))]
    return a


@defines("ediff1d")
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    x = np.ravel(as_traced(ary))
    ends = [[] if e is None else [np.ravel(as_traced(e))] for e in (to_begin, to_end)]
    return np.concatenate([*ends[0], x[1:] - x[:-1], *ends[1]])


@defines("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = as_traced(f)
    axes = tuple(range(f.ndim)) if axis is None else [axis_of(a, f.ndim) for a in several(axis)]
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if len(varargs) not in (0, 1, len(axes)):
        raise TypeError("invalid number of arguments")
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    found = [slopes(f, h, a, edge_order) for h, a in zip(spacings, axes, strict=True)]
    return found[0] if len(axes) == 1 else tuple(found)


def slopes(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """Second-order differences inside; at the ends, of the order asked for."""
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient")
    h = np.diff(spacing) if np.ndim(spacing) else np.broadcast_to(spacing, (n - 1,))
    if np.shape(h) != (n - 1,):
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")

    def at(i: Any) -> Any:
        return f[along(axis, i)]

    def vector(x: Any) -> Any:
        return on_axis(x, axis, f.ndim)

    left, right = vector(h[:-1]), vector(h[1:])
    inside = (
        -right / (left * (left + right)) * at(slice(-2))
        + (right - left) / (left * right) * at(slice(1, -1))
        + left / (right * (left + right)) * at(slice(2, None))
    )

    def end(i: int, j: int, k: int, a: Any, b: Any, sign: float) -> Any:
        """From entries i, j, k, that are a and b apart."""
        slope = sign * (at(slice(j, j + 1)) - at(slice(i, i + 1))) / a
        if edge_order == 1:
            return slope
        further = sign * (at(slice(k, k + 1)) - at(slice(j, j + 1))) / b
        return slope + (slope - further) * a / (a + b)

    first = end(0, 1, 2, h[0], h[1] if n > 2 else None, 1.0)
    last = end(n - 1, n - 2, n - 3, h[-1], h[-2] if n > 2 else None, -1.0)
    return np.concatenate([first, inside, last], axis=axis)


@defines("unwrap")
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2.0 * np.pi) -> Any:
    axis = axis_of(axis, p.ndim)
    steps, half = np.diff(p, axis=axis), period / 2.0
    short = np.remainder(steps + half, period) - half
    short = np.where((short == -half) & (steps > 0.0), half, short)
    jumps = np.where(np.abs(steps) < (half if discont is None else discont), 0.0, short - steps)
    zeros = np.zeros(p[along(axis, slice(1))].shape)
    return p + np.concatenate([zeros, np.cumsum(jumps, axis=axis)], axis=axis)


@defines("trapezoid")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y = as_traced(y)
    axis = axis_of(axis, np.ndim(y))
    h = dx
    if x is not None:
        h = on_axis(np.diff(x), axis, np.ndim(y)) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    pairs = y[along(axis, slice(1, None))] + y[along(axis, slice(-1))]
    return np.sum(h * pairs / 2.0, axis=axis)
