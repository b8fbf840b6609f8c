"""Quantiles and medians: a partial order, and an interpolation between two of its entries."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    as_numbers,
    as_traced,
    defines,
    guard,
    guard_nan,
    lined_up,
    recorded,
)
from fastls.tape.trace import Tracer, refuse


@defines("quantile")
def quantile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    if method != "linear":
        raise refuse(f"method={method!r} of a quantile", "only 'linear' can be recorded")
    y, shape, kept = lined_up(as_numbers(a), axis)
    n = y.shape[-1]
    place = np.ravel(as_traced(q)) * (n - 1)
    low = np.clip(np.floor(recorded(place)), 0, max(n - 2, 0)).astype(int)
    guard((place >= low) & (place <= low + 1))
    high = np.minimum(low + 1, n - 1)
    nan = np.isnan(y).any() if not isinstance(y, Tracer) else guard_nan(y, recorded(y))
    s = y if not isinstance(y, Tracer) and nan else np.partition(y, np.unique([*low, *high]))
    found = s[..., low] + (s[..., high] - s[..., low]) * (place - low)
    if nan:
        found = np.where(np.any(np.isnan(y), axis=-1, keepdims=True), np.nan, found)
    found = np.moveaxis(found, -1, 0)
    return np.reshape(found, (*np.shape(q), *(kept if keepdims else shape)))


@defines("percentile")
def percentile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    return quantile(a, as_traced(q) / 100.0, axis, method, keepdims)


@defines("median")
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    y, shape, kept = lined_up(as_numbers(a), axis)
    middle = sorted({(y.shape[-1] - 1) // 2, y.shape[-1] // 2})
    found = np.mean(np.partition(y, middle)[..., middle[0] : middle[-1] + 1], axis=-1)
    if np.isnan(recorded(y)).any():  # guarded by the partition
        found = np.where(np.any(np.isnan(y), axis=-1), np.nan, found)
    return np.reshape(found, kept if keepdims else shape)
