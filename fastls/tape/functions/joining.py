"""Joining arrays, and splitting them."""

import math
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    along,
    answer,
    axis_of,
    defines,
    numbered,
    numbered_in_turn,
    picked,
)
from fastls.tape.lists import as_traced
from fastls.tape.trace import FUNCTIONS


@defines("stack")
def stack(arrays: Any, axis: int = 0) -> Any:
    parts = [as_traced(a) for a in arrays]
    if len({np.shape(a) for a in parts}) != 1:
        raise ValueError("all input arrays must have the same shape")
    axis = axis_of(axis, np.ndim(parts[0]) + 1)
    return np.concatenate([np.expand_dims(a, axis) for a in parts], axis=axis)


@defines("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return tuple(np.moveaxis(x, axis, 0))


def at_least(ndim: int, x: Any) -> Any:
    """NumPy's atleast_1d, 2d, 3d: the third axis comes last."""
    x = as_traced(x)
    shape = np.shape(x)
    if ndim >= 2 and len(shape) < 2:
        shape = (1, math.prod(shape))
    if ndim == 3 and len(shape) < 3:
        shape = (*shape, 1)
    return np.reshape(x, shape or (1,))


def atleast(ndim: int) -> Any:
    return lambda *arys: (
        at_least(ndim, arys[0]) if len(arys) == 1 else tuple(at_least(ndim, a) for a in arys)
    )


FUNCTIONS.update(
    {np.atleast_1d: atleast(1), np.atleast_2d: atleast(2), np.atleast_3d: atleast(3)}
)  # fmt: skip


@defines("vstack")
def vstack(tup: Any) -> Any:
    return np.concatenate([at_least(2, a) for a in tup], axis=0)


@defines("hstack")
def hstack(tup: Any) -> Any:
    parts = [at_least(1, a) for a in tup]
    return np.concatenate(parts, axis=0 if np.ndim(parts[0]) == 1 else 1)


@defines("dstack")
def dstack(tup: Any) -> Any:
    return np.concatenate([at_least(3, a) for a in tup], axis=2)


@defines("column_stack")
def column_stack(tup: Any) -> Any:
    parts = [at_least(1, a) for a in tup]
    return np.concatenate(
        [np.expand_dims(a, 1) if np.ndim(a) == 1 else a for a in parts], axis=1
    )  # fmt: skip


@defines("append")
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return np.concatenate([as_traced(arr), as_traced(values)], axis=axis)


@defines("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    axis = axis_of(axis, ary.ndim)
    pieces = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    slices = [slice(int(p[0]), int(p[-1]) + 1) if len(p) else slice(0) for p in pieces]
    return [ary[along(axis, part)] for part in slices]


@defines("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if not np.iterable(indices_or_sections) and ary.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)


@defines("hsplit")
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0 if ary.ndim == 1 else 1)


@defines("vsplit")
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


@defines("dsplit")
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    if ary.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


@defines("insert")
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    numbers = np.insert(numbered(arr), answer(obj), numbered(values) + np.size(arr), axis=axis)
    return picked(np.append(arr, values), numbers)


@defines("block")
def block(arrays: Any) -> Any:
    leaves: list[Any] = []

    def gather(part: Any) -> Any:
        if isinstance(part, list):
            return [gather(item) for item in part]
        leaves.append(as_traced(part))
        return len(leaves) - 1

    def number(part: Any) -> Any:
        return [number(item) for item in part] if isinstance(part, list) else numbers[part]

    nested = gather(arrays)
    numbers = numbered_in_turn(leaves)
    return picked(np.concatenate([np.ravel(leaf) for leaf in leaves]), np.block(number(nested)))
