"""Sums, products, extrema, means and variances over axes; whether all or any hold."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    answer,
    as_numbers,
    defines,
    is_truth,
    lined_up,
    of_numbers,
    with_ones,
)
from fastls.tape.functions.scans import folded
from fastls.tape.primitives import MAX, MIN, axes_of, reduced, summed

# Sums and products.


@defines("sum")
def total(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = 0.0,
          where: Any = True) -> Any:  # fmt: skip
    return summed(a, of_numbers(axis, a), keepdims=keepdims, initial=initial, where=where)


def extreme(primitive: Any, ufunc: np.ufunc, neutral: float) -> Any:
    def definition(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
                   where: Any = True) -> Any:  # fmt: skip
        if where is not True:
            if initial is None:
                raise ValueError("reduction operation does not have an identity, "
                                 "so to use a where mask one has to specify 'initial'")  # fmt: skip
            a = np.where(where, a, neutral)
        a, axis = as_numbers(a), of_numbers(axis, a)
        axes = axes_of(axis, np.ndim(a))
        shape = tuple(n for i, n in enumerate(np.shape(a)) if i not in axes)
        kept = with_ones(np.shape(a), axes)
        if 0 in shape or (initial is not None and 0 in np.shape(a)):  # nothing is reduced
            return np.full(kept if keepdims else shape, 0.0 if initial is None else initial)
        y = reduced(primitive)(a, axis, keepdims=keepdims)
        return y if initial is None else ufunc(y, initial)

    return definition


defines("max", "amax")(extreme(MAX, np.maximum, -np.inf))
defines("min", "amin")(extreme(MIN, np.minimum, np.inf))


@defines("ptp")
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if is_truth(a):
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def count(x: Any, axis: Any, where: Any) -> Any:
    if where is True:
        return np.size(x, axis)
    return np.sum(np.broadcast_to(where, np.shape(x)), axis=axis)


@defines("mean")
def mean(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    sums = np.sum(as_numbers(a), axis=axis, keepdims=keepdims, where=where)
    number = count(a, axis, where)
    return sums / (np.reshape(number, np.shape(sums)) if np.ndim(number) else number)


@defines("var")
def var(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
        mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    if correction is not None and ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    centre = np.mean(a, axis=axis, keepdims=True, where=where) if mean is None else mean
    sums = np.sum((a - centre) ** 2, axis=axis, keepdims=keepdims, where=where)
    number = count(a, axis, where) - (ddof if correction is None else correction)
    return sums / (np.reshape(number, np.shape(sums)) if np.ndim(number) else number)


@defines("std")
def std(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
        mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    if where is True and mean is None and np.size(a, axis) == 1 and ddof == 0 and not correction:
        return np.sum(a - a, axis=axis, keepdims=keepdims)  # with slope 0, where that of √0 is ∞
    return np.sqrt(var(a, axis, ddof, keepdims, where, mean, correction))


@defines("prod")
def prod(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = 1.0,
         where: Any = True) -> Any:  # fmt: skip
    """As products of halves: right with zeros among the factors, in every derivative."""
    a = as_numbers(a) if where is True else np.where(where, a, 1.0)
    y, shape, kept = lined_up(a, of_numbers(axis, a))
    shape = kept if keepdims else shape
    y = np.reshape(folded(np.multiply, y), shape) if y.shape[-1] else np.ones(shape)
    return y * initial


def truths(x: Any) -> Any:
    return x if is_truth(x) else x != 0.0


def holding(x: Any, axis: Any, keepdims: bool, where: Any) -> tuple[Any, Any]:
    """How many entries are true, and how many there are."""
    counted = np.sum(truths(x), axis=axis, keepdims=keepdims, where=where)
    if where is True:
        return counted, np.size(x, axis)
    present = np.broadcast_to(where, np.shape(x))
    return counted, np.sum(present, axis=axis, keepdims=keepdims)


@defines("all")
def all_(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    counted, number = holding(a, axis, keepdims, where)
    return counted == number


@defines("any")
def any_(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    return holding(a, axis, keepdims, where)[0] > 0.0


@defines("count_nonzero")
def count_nonzero(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return answer(holding(a, axis, keepdims, True)[0]).astype(int)[()]
