"""Orders: as long as comparisons come out as they did, the entries go where they went."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    along,
    answer,
    as_numbers,
    axis_of,
    defines,
    guard,
    guard_nan,
    recorded,
)
from fastls.tape.refusals import refuse
from fastls.tape.trace import Tracer

# Order: the answer is that of the recorded values, as long as comparisons come out as they did.


def order_of(x: Any, axis: int) -> Any:
    """The stable order of the entries along an axis."""
    values = recorded(x)
    order = np.argsort(values, axis=axis, kind="stable")
    if isinstance(x, Tracer) and x.shape[axis] > 1:
        y: Any = np.take_along_axis(x, order, axis)
        lower, upper = along(axis, slice(-1)), along(axis, slice(1, None))
        stands = (y[upper] == y[lower]) & (order[upper] > order[lower])
        guard((y[upper] > y[lower]) | stands)
        guard_nan(y, values)
    return order


def of_order(function: Callable[[Any, Any, int], Any]) -> Any:
    """np.sort or np.argsort, from the order."""

    def definition(a: Any, axis: Any = -1, order: Any = None) -> Any:
        if order is not None:
            raise refuse("order= of a sort", "there are no fields in an array of numbers")
        if np.ndim(a) == 0 and function is not np.take_along_axis:
            return np.argsort(recorded(a), axis)
        a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        a = as_numbers(a)
        return function(a, order_of(a, axis), axis)

    return definition


defines("sort")(of_order(np.take_along_axis))
defines("argsort")(of_order(lambda a, order, axis: order))


def partition_of(x: Any, kth: Any, axis: int) -> Any:
    """An order in which what stands before the k-th is not more, and what follows not less."""
    values = recorded(x)
    order = np.argpartition(values, kth, axis=axis)
    y = np.take_along_axis(x, order, axis)
    for k in np.atleast_1d(kth):
        k = int(k) % x.shape[axis]
        pivot = y[along(axis, slice(k, k + 1))]
        guard(y[along(axis, slice(k))] <= pivot)
        guard(y[along(axis, slice(k + 1, None))] >= pivot)
    guard_nan(y, values)
    return order


def of_partition(function: Callable[[Any, Any, int], Any]) -> Any:
    def definition(a: Any, kth: Any, axis: Any = -1, order: Any = None) -> Any:
        a, axis = (np.ravel(a), 0) if axis is None else (a, axis_of(axis, a.ndim))
        a = as_numbers(a)
        return function(a, partition_of(a, answer(kth), axis), axis)

    return definition


defines("partition")(of_partition(np.take_along_axis))
defines("argpartition")(of_partition(lambda a, order, axis: order))


@defines("lexsort")
def lexsort(keys: Any, axis: int = -1) -> Any:
    """By the last key first; those before it decide where it has equals."""
    keys = [as_numbers(key) for key in keys]
    axis = axis_of(axis, np.ndim(keys[0]))
    order = np.lexsort([recorded(key) for key in keys], axis=axis)
    lower, upper = along(axis, slice(-1)), along(axis, slice(1, None))
    stands: Any = order[upper] > order[lower]
    for key in keys:
        y: Any = np.take_along_axis(key, order, axis)
        stands = (y[upper] > y[lower]) | ((y[upper] == y[lower]) & stands)
        guard_nan(y, recorded(y))
    guard(stands)
    return order


@defines("unique")
def unique(ar: Any, return_index: bool = False, return_inverse: bool = False,
           return_counts: bool = False, axis: Any = None, *,
           equal_nan: bool = True, sorted: bool = True) -> Any:  # fmt: skip
    if axis is not None and np.ndim(ar) != 1:
        raise refuse("numpy.unique along an axis", "only numbers can be told apart, not rows")
    x = np.ravel(as_numbers(ar))
    order = order_of(x, 0)
    s = x[order]
    differ = s[1:] != s[:-1]
    if equal_nan:
        differ = np.logical_and(differ, np.logical_not(np.isnan(s[:-1])))  # they come last
    starts = np.concatenate([[True], answer(differ)]) if x.size else np.zeros(0, bool)
    found = [s[starts]]
    if return_index:
        found.append(order[starts])
    if return_inverse:
        inverse = np.empty(x.size, dtype=int)
        inverse[order] = np.cumsum(starts) - 1
        found.append(inverse.reshape(np.shape(ar)))
    if return_counts:
        found.append(np.diff([*np.flatnonzero(starts), x.size]))
    return found[0] if len(found) == 1 else tuple(found)
