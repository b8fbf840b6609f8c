"""Cumulative sums and products, and the two ways to apply an associative operation many times."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    along,
    as_numbers,
    axis_of,
    defines,
    lined_up,
    of_numbers,
    with_ones,
)
from fastls.tape.trace import FUNCTIONS


def folded(ufunc: np.ufunc, x: Any) -> Any:
    """An associative operation on all entries of the last axis: the halves first."""
    rest = None
    while (n := x.shape[-1]) > 1:
        half = n // 2
        if n % 2:
            rest = x[..., -1] if rest is None else ufunc(x[..., -1], rest)
        x = ufunc(x[..., :half], x[..., half : 2 * half])
    return x[..., 0] if rest is None else ufunc(x[..., 0], rest)


def folding(
    ufunc: np.ufunc, x: Any, axis: Any = 0, keepdims: bool = False, initial: Any = None
) -> Any:
    y, shape, kept = lined_up(x, axis)
    shape = kept if keepdims else shape
    if y.shape[-1] == 0:
        if initial is None:
            raise ValueError(f"zero-size array to reduction operation {ufunc.__name__}")
        return np.full(shape, initial)
    found = np.reshape(folded(ufunc, y), shape)
    return found if initial is None else ufunc(found, initial)


def scanned(ufunc: np.ufunc, x: Any, axis: Any = 0) -> Any:
    """An associative operation on the entries up to each: on 2, on 4, on 8 ... of them."""
    axis = axis_of(axis, x.ndim)
    shift = 1
    while shift < x.shape[axis]:
        x = np.concatenate(
            [
                x[along(axis, slice(shift))],
                ufunc(x[along(axis, slice(-shift))], x[along(axis, slice(shift, None))]),
            ],
            axis=axis,
        )
        shift *= 2
    return x


def cumulative(scan: Callable[[Any, int], Any]) -> Any:
    def definition(a: Any, axis: Any = None) -> Any:
        a = as_numbers(a)
        if of_numbers(axis, a) is None:
            return scan(np.ravel(a), 0)
        return scan(a, axis_of(axis, a.ndim))

    return definition


cumulated = FUNCTIONS[np.cumsum]
defines("cumsum")(cumulative(lambda a, axis: cumulated(a, axis)))
defines("cumprod")(cumulative(lambda a, axis: scanned(np.multiply, a, axis)))


def with_initial(scan: Any, first: float) -> Any:
    def definition(x: Any, /, *, axis: Any = None, include_initial: bool = False) -> Any:
        x = np.atleast_1d(x)
        if axis is None and x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension axis is required.")
        axis = axis_of(0 if axis is None else axis, x.ndim)
        y = scan(x, axis=axis)
        start = np.full(with_ones(x.shape, (axis,)), first)
        start = np.broadcast_to(start, x[along(axis, slice(1))].shape)
        return np.concatenate([start, y], axis=axis) if include_initial else y

    return definition


defines("cumulative_sum")(with_initial(np.cumsum, 0.0))
defines("cumulative_prod")(with_initial(np.cumprod, 1.0))
