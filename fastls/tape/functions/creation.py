"""Arrays that are made, and what is known of one without its values."""

import functools
import math
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines
from fastls.tape.lists import as_traced
from fastls.tape.primitives import axes_of
from fastls.tape.trace import FUNCTIONS, Tracer

for name in ("zeros", "ones", "empty", "eye", "identity", "arange", "tri"):
    FUNCTIONS[getattr(np, name)] = functools.partial(  # called with like=
        lambda function, *args, **kwargs: function(*args, **kwargs), getattr(np, name)
    )


@defines("full")
def full(shape: Any, fill_value: Any) -> Any:
    return np.broadcast_to(fill_value, shape) + 0.0


@defines("shape")
def shape_of(a: Any) -> tuple[int, ...]:
    return a.shape  # type: ignore[no-any-return]


@defines("ndim")
def ndim_of(a: Any) -> int:
    return a.ndim  # type: ignore[no-any-return]


@defines("size")
def size(a: Any, axis: Any = None) -> Any:
    return a.size if axis is None else math.prod(a.shape[i] for i in axes_of(axis, a.ndim))


@defines("zeros_like")
def zeros_like(a: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.zeros(a.shape if shape is None else shape, dtype)


@defines("empty_like")
def empty_like(prototype: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.zeros(prototype.shape if shape is None else shape, dtype)


@defines("ones_like")
def ones_like(a: Any, dtype: Any = float, shape: Any = None) -> Any:
    return np.ones(a.shape if shape is None else shape, dtype)


@defines("full_like")
def full_like(a: Any, fill_value: Any, shape: Any = None) -> Any:
    wanted = np.shape(a) if shape is None else shape
    return np.broadcast_to(fill_value, wanted) + 0.0


FUNCTIONS[np.result_type] = lambda *args: np.dtype(float)
FUNCTIONS[np.iscomplexobj] = lambda x: False
FUNCTIONS[np.isrealobj] = lambda x: True


@defines("copy")
def copy(a: Any) -> Any:
    """A value of its own, which may be changed in place."""
    x = unchanged(a)
    return Tracer(x.graph, x.node)


@defines("ascontiguousarray", "asfortranarray", "asanyarray", "asarray", "real", "real_if_close")
def unchanged(a: Any) -> Any:
    return np.stack([unchanged(row) for row in a]) if isinstance(a, (list, tuple)) else a


@defines("array")
def array(object: Any, ndmin: int = 0) -> Any:
    x = unchanged(object)
    return np.reshape(x, (1,) * max(ndmin - np.ndim(x), 0) + np.shape(x))


@defines("imag")
def imag(val: Any) -> Any:
    return np.zeros(val.shape)


@defines("astype")
def astype(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


@defines("linspace")
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
             axis: int = 0) -> Any:  # fmt: skip
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    start, stop = as_traced(start), as_traced(stop)
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts else np.nan
    steps = np.reshape(np.arange(num) / max(parts, 1), (num,) + (1,) * np.ndim(stop - start))
    y = np.moveaxis(start + (stop - start) * steps, 0, axis)
    return (y, step) if retstep else y


@defines("logspace")
def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0,
             axis: int = 0) -> Any:  # fmt: skip
    base = as_traced(base)
    ndim = max(map(np.ndim, (start, stop, base)))
    first, last = (
        np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x))
        for x in (as_traced(start), as_traced(stop))
    )
    exponents = linspace(first, last, num, endpoint)
    return np.moveaxis(base**exponents, 0, axis)


@defines("geomspace")
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    return start * np.exp(linspace(0.0 * start, np.log(stop / start), num, endpoint, axis=axis))
