"""The methods of ufuncs: reduce, accumulate, reduceat, outer."""

import functools
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import along, answer, axis_of, of_numbers
from fastls.tape.functions.reductions import truths
from fastls.tape.functions.scans import folding, scanned
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse
from fastls.tape.trace import METHODS

#: Ufuncs that may be applied in any order of pairs, and the function that reduces, if there is one.
ASSOCIATIVE: dict[Any, Any] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logical_and: np.all, np.logical_or: np.any, np.logical_xor: None,
    np.logaddexp: None, np.logaddexp2: None, np.hypot: None, np.fmax: None, np.fmin: None,
}  # fmt: skip
LOGICAL: tuple[Any, ...] = (np.logical_and, np.logical_or, np.logical_xor)


def check_dtype(ufunc: np.ufunc, dtype: Any) -> None:
    if dtype is not None and np.dtype(dtype) != (bool if ufunc in LOGICAL else float):
        raise refuse(f"dtype={dtype!r} of {ufunc.__name__}", "leave it out")


def operand(ufunc: np.ufunc, x: Any) -> Any:
    return truths(as_traced(x)) if ufunc in LOGICAL else as_traced(x)


def reduce(ufunc: np.ufunc, array: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False,
           initial: Any = None) -> Any:  # fmt: skip
    check_dtype(ufunc, dtype)
    x = operand(ufunc, array)
    if (function := ASSOCIATIVE.get(ufunc)) is not None:
        given = {} if initial in (None, np._NoValue) else {"initial": initial}
        return function(x, axis=axis, keepdims=keepdims, **given)
    axis = of_numbers(axis, x)
    if initial is np._NoValue or (initial is None and 0 in x.shape):
        initial = ufunc.identity
    if ufunc is np.logical_xor:
        return np.sum(x, axis=axis, keepdims=keepdims) % 2.0 == 1.0
    if ufunc in ASSOCIATIVE:
        y = folding(ufunc, x, axis, keepdims, initial)
        return np.abs(y) if ufunc is np.hypot else y
    axis = axis_of(axis, x.ndim)
    if not x.shape[axis]:
        raise ValueError(f"zero-size array to reduction operation {ufunc.__name__}")
    first = 0 if initial is not None else 1
    y = x[along(axis, slice(1))] if initial is None else initial
    for i in range(first, x.shape[axis]):
        y = ufunc(y, x[along(axis, slice(i, i + 1))])
    return y if keepdims else np.squeeze(y, axis)


def accumulate(ufunc: np.ufunc, array: Any, axis: Any = 0, dtype: Any = None) -> Any:
    check_dtype(ufunc, dtype)
    x = operand(ufunc, array)
    if x.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    if axis is None or isinstance(axis, tuple):
        raise ValueError("accumulate does not allow multiple axes")
    axis = axis_of(axis, x.ndim)
    if ufunc is np.add:
        return np.cumsum(x, axis=axis)
    if ufunc in LOGICAL:  # sums of the truths as numbers tell
        true = np.cumsum(x, axis=axis)
        here = np.reshape(np.arange(1.0, x.shape[axis] + 1.0), (-1,) + (1,) * (x.ndim - axis - 1))
        if ufunc is np.logical_xor:
            return true % 2.0 == 1.0
        return true == here if ufunc is np.logical_and else true > 0.0
    if ufunc in ASSOCIATIVE:
        return scanned(ufunc, x, axis)
    parts = [x[along(axis, slice(1))]]
    for i in range(1, x.shape[axis]):
        parts.append(ufunc(parts[-1], x[along(axis, slice(i, i + 1))]))
    return np.concatenate(parts, axis=axis)


def reduceat(ufunc: np.ufunc, array: Any, indices: Any, axis: Any = 0, dtype: Any = None) -> Any:
    check_dtype(ufunc, dtype)
    x = operand(ufunc, array)
    axis = axis_of(axis, x.ndim)
    starts = [int(i) for i in np.asarray(answer(indices)).ravel()]
    n = x.shape[axis]
    for start in starts:
        if not 0 <= start < n:
            raise IndexError(f"index {start} out-of-bounds in {ufunc.__name__}.reduceat [0, {n})")
    if not starts:
        return np.zeros((*x.shape[:axis], 0, *x.shape[axis + 1 :]))
    parts = [
        reduce(ufunc, x[along(axis, slice(start, stop))], axis, keepdims=True)
        if stop > start + 1
        else x[along(axis, slice(start, start + 1))]
        for start, stop in zip(starts, [*starts[1:], n], strict=True)
    ]
    return np.concatenate(parts, axis=axis)


def outer(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    return ufunc(np.reshape(as_traced(a), np.shape(a) + (1,) * np.ndim(b)), b)


def refuse_at(ufunc: np.ufunc, *_: Any) -> Any:
    raise refuse(f"{ufunc.__name__}.at", "it changes an array in place; np.bincount adds by places")


UFUNCS_OF_NUMPY: list[Any] = [f for f in vars(np).values() if isinstance(f, np.ufunc)]
for ufunc in UFUNCS_OF_NUMPY:
    METHODS[ufunc, "at"] = functools.partial(refuse_at, ufunc)
    if ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
        for method in (reduce, accumulate, reduceat, outer):
            METHODS[ufunc, method.__name__] = functools.partial(method, ufunc)
