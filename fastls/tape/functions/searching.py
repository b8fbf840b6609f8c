"""Places of extrema, of what is true, and of values among others."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    answer,
    as_numbers,
    axis_of,
    defines,
    guard,
    guard_nan,
    on_axis,
    recorded,
    with_ones,
)
from fastls.tape.functions.reductions import truths
from fastls.tape.lists import as_traced
from fastls.tape.primitives import SCATTER, apply, axes_of
from fastls.tape.trace import Tracer


def winner(find: Any, better: np.ufunc) -> Any:
    """The place of the first that no other beats."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        shape = a.shape
        a = as_numbers(a)
        a, along_axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        values = recorded(a)
        places = find(values, axis=along_axis, keepdims=True)
        best = np.take_along_axis(a, places, along_axis)
        here = on_axis(np.arange(a.shape[along_axis]), along_axis, a.ndim)
        guard(better(best, a) | ((best == a) & (here >= places)))
        guard_nan(a, values)
        if keepdims:
            return np.reshape(places, with_ones(shape, axes_of(axis, len(shape))))
        return np.squeeze(places, along_axis)[()]

    return definition


defines("argmax")(winner(np.argmax, np.greater))
defines("argmin")(winner(np.argmin, np.less))
defines("nanargmax")(lambda a, axis=None, keepdims=False: np.argmax(
    np.where(np.isnan(a), -np.inf, a), axis=axis, keepdims=keepdims))  # fmt: skip
defines("nanargmin")(lambda a, axis=None, keepdims=False: np.argmin(
    np.where(np.isnan(a), np.inf, a), axis=axis, keepdims=keepdims))  # fmt: skip


@defines("searchsorted")
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    if sorter is not None:
        a = np.take(a, answer(sorter))
    a, v = as_traced(a), as_traced(v)
    places = np.searchsorted(recorded(a), recorded(v), side=side)  # type: ignore[call-overload]
    if np.size(a) and np.size(v):
        less = np.less if side == "left" else np.less_equal
        guard(less(a[np.maximum(places - 1, 0)], v))
        guard(less(a[np.minimum(places, np.size(a) - 1)], v))
    return places


@defines("digitize")
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    steps = np.diff(recorded(bins))
    if not (np.all(steps >= 0) or np.all(steps <= 0)):
        raise ValueError("bins must be monotonically increasing or decreasing")
    if isinstance(bins, Tracer):
        guard(np.diff(bins) >= 0.0)
    if np.size(bins) > 1 and recorded(bins)[0] > recorded(bins)[-1]:
        return np.size(bins) - np.searchsorted(bins[::-1], x, side="right" if right else "left")
    return np.searchsorted(bins, x, side="left" if right else "right")


@defines("nonzero")
def nonzero(a: Any) -> Any:
    return np.nonzero(answer(truths(a)))


@defines("flatnonzero")
def flatnonzero(a: Any) -> Any:
    return np.nonzero(np.ravel(a))[0]


@defines("argwhere")
def argwhere(a: Any) -> Any:
    return np.transpose(np.nonzero(a)) if np.ndim(a) else np.argwhere(answer(truths(a)))


@defines("bincount")
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    if isinstance(x, Tracer):
        raise TypeError("numpy.bincount counts places, and these are real numbers: "
                        "write x.astype(int)")  # fmt: skip
    places = np.asarray(x, dtype=np.intp)
    if weights is None:
        return np.bincount(places, minlength=minlength)
    length = max(int(places.max(initial=-1)) + 1, minlength)
    return apply(SCATTER, weights, shape=(length,), places=places)
