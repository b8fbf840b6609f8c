"""Quantiles and medians: a partial order, and an interpolation between two of its entries."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    answer,
    as_numbers,
    defines,
    guard,
    guard_nan,
    lined_up,
    recorded,
)
from fastls.tape.graph import needed
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse
from fastls.tape.trace import Tracer


def places_of(q: Any, n: int, method: str) -> Any:
    """Where the quantiles of n sorted values are among them: the same quantiles of 0, 1, 2 ..."""
    place: Any = np.quantile(np.arange(float(n)), recorded(q), method=method)  # type: ignore[call-overload]
    if not isinstance(q, Tracer):
        return place
    if method == "linear":
        return np.multiply(q, n - 1)
    if any(node.primitive is None and not node.is_constant for node in needed([q.node])):
        raise refuse(f"method={method!r} of a quantile at traced places", "only 'linear' can be")
    answer(q)
    return place


def quantiles_of_rows(y: Any, q: Any, method: str) -> Any:
    """The quantiles along the last axis, as the last axis."""
    n = y.shape[-1]
    place = places_of(q, n, method)
    low = np.clip(np.floor(recorded(place)), 0, max(n - 2, 0)).astype(int)
    guard((place >= low) & (place <= low + 1))
    high = np.minimum(low + 1, n - 1)
    nan = np.isnan(y).any() if not isinstance(y, Tracer) else guard_nan(y, recorded(y))
    s = y if not isinstance(y, Tracer) and nan else np.partition(y, np.unique([*low, *high]))
    found = s[..., low] + (s[..., high] - s[..., low]) * (place - low)
    return np.where(np.any(np.isnan(y), axis=-1, keepdims=True), np.nan, found) if nan else found


@defines("quantile")
def quantile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    y, shape, kept = lined_up(as_numbers(a), axis)
    found = np.moveaxis(quantiles_of_rows(y, np.ravel(as_traced(q)), method), -1, 0)
    return np.reshape(found, (*np.shape(q), *(kept if keepdims else shape)))


@defines("median")
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    y, shape, kept = lined_up(as_numbers(a), axis)
    if not y.shape[-1]:
        return np.full(kept if keepdims else shape, np.nan)
    middle = sorted({(y.shape[-1] - 1) // 2, y.shape[-1] // 2})
    found = np.mean(np.partition(y, middle)[..., middle[0] : middle[-1] + 1], axis=-1)
    if np.isnan(recorded(y)).any():  # guarded by the partition
        found = np.where(np.any(np.isnan(y), axis=-1), np.nan, found)
    return np.reshape(found, kept if keepdims else shape)


def among_numbers(a: Any, axis: Any, find: Callable[[Any], Any]) -> Any:
    """What is found of each row without its NaN, which are guarded; NaN where nothing is left."""
    y, shape, kept = lined_up(as_numbers(a), axis)
    missing = np.isnan(recorded(y))
    if missing.any():
        guard(np.isnan(y) == missing)
    else:
        guard(np.logical_not(np.any(np.isnan(y))))
    rows = [find(y[row][~missing[row]]) for row in np.ndindex(shape)]
    return np.stack(rows) if rows else np.zeros((0,)), shape, kept


@defines("nanquantile")
def nanquantile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    q = as_traced(q)
    number = np.size(q)
    found, shape, kept = among_numbers(
        a,
        axis,
        lambda row: (
            quantiles_of_rows(row, np.ravel(q), method) if row.size else np.full(number, np.nan)
        ),
    )
    found = np.transpose(np.reshape(found, (-1, number)))
    return np.reshape(found, (*np.shape(q), *(kept if keepdims else shape)))


@defines("nanmedian")
def nanmedian(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    found, shape, kept = among_numbers(a, axis, np.median)
    return np.reshape(found, kept if keepdims else shape)


def check_percentage(q: Any) -> Any:
    if not np.all((recorded(q) >= 0.0) & (recorded(q) <= 100.0)):
        raise ValueError("Percentiles must be in the range [0, 100]")
    return as_traced(q) / 100.0


@defines("percentile")
def percentile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile(a, check_percentage(q), axis, method, keepdims)


@defines("nanpercentile")
def nanpercentile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return nanquantile(a, check_percentage(q), axis, method, keepdims)
