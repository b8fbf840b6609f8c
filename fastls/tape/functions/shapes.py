"""The same entries with other axes."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import axis_of, defines, on_axis, with_arguments_of
from fastls.tape.lists import as_traced
from fastls.tape.primitives import axes_of, chosen, concatenated, reshaped, transposed
from fastls.tape.refusals import refuse
from fastls.tape.trace import FUNCTIONS

# Shape.

for function, definition in (
    (np.where, chosen), (np.concatenate, concatenated), (np.transpose, transposed),
):  # fmt: skip
    FUNCTIONS[function] = with_arguments_of(function, definition)


@defines("reshape")
def reshape(a: Any, shape: Any = None, order: str = "C", newshape: Any = None) -> Any:
    """The shape is ``newshape`` before NumPy 2.1."""
    return reshaped(a, newshape if shape is None else shape, order)


@defines("ravel")
def ravel(a: Any, order: str = "C") -> Any:
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K'; got {order!r}")
    if order in ("A", "K"):
        raise refuse(f"ravel with order={order!r}", "the order of memory is not recorded; say 'C'")
    return np.reshape(np.transpose(a) if order == "F" else a, (a.size,))


@defines("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(a.ndim))
    axis1, axis2 = axis_of(axis1, a.ndim), axis_of(axis2, a.ndim)
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, axes)


@defines("matrix_transpose")
def matrix_transpose(x: Any) -> Any:
    if np.ndim(x) < 2:
        raise ValueError("the transpose of matrices needs 2 dimensions or more")
    return np.swapaxes(x, -1, -2)


def several(axis: Any) -> list[Any]:
    return list(axis) if np.iterable(axis) else [axis]


@defines("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    sources = [axis_of(s, a.ndim) for s in several(source)]
    targets = [axis_of(d, a.ndim) for d in several(destination)]
    order = [axis for axis in range(a.ndim) if axis not in sources]
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return np.transpose(a, order)


@defines("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    if not -a.ndim <= start <= a.ndim:
        raise np.exceptions.AxisError(f"start must be from {-a.ndim} to {a.ndim}; got {start}")
    order = list(range(a.ndim))
    axis, start = order[axis_of(axis, a.ndim)], start + a.ndim * (start < 0)
    order.remove(axis)
    order.insert(start - (axis < start), axis)
    return np.transpose(a, order)


@defines("expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    axes = axes_of(axis, a.ndim + len(several(axis)))
    lengths = iter(a.shape)
    shape = (1 if i in axes else next(lengths) for i in range(a.ndim + len(axes)))
    return np.reshape(a, tuple(shape))


@defines("squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    axes = [i for i, n in enumerate(a.shape) if n == 1] if axis is None else axes_of(axis, a.ndim)
    if any(a.shape[i] != 1 for i in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return np.reshape(a, tuple(n for i, n in enumerate(a.shape) if i not in axes))


BACKWARD = slice(None, None, -1)


@defines("flip")
def flip(m: Any, axis: Any = None) -> Any:
    axes = axes_of(axis, m.ndim)
    return m[tuple(BACKWARD if i in axes else slice(None) for i in range(m.ndim))]


@defines("flipud")
def flipud(m: Any) -> Any:
    return np.flip(m, 0)


@defines("fliplr")
def fliplr(m: Any) -> Any:
    return np.flip(m, 1)


@defines("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    first, second = (axis_of(axis, m.ndim) for axis in axes)
    if first == second:
        raise ValueError("Axes must be different.")
    for _ in range(k % 4):
        m = np.flip(np.swapaxes(m, first, second), first)
    return m


@defines("broadcast_arrays")
def broadcast_arrays(*args: Any) -> Any:
    parts = [as_traced(a) for a in args]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    return tuple(np.broadcast_to(a, shape) for a in parts)


@defines("meshgrid")
def meshgrid(*xi: Any, sparse: bool = False, indexing: str = "xy") -> Any:
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing must be 'xy' or 'ij'; got {indexing!r}")
    order = list(range(len(xi)))
    if indexing == "xy":
        order[:2] = order[:2][::-1]
    parts = [on_axis(as_traced(x), axis, len(xi)) for x, axis in zip(xi, order, strict=True)]
    return tuple(parts) if sparse else np.broadcast_arrays(*parts)
