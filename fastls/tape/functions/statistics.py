"""Weighted means, covariances and histograms."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import as_numbers, axis_of, defines, with_ones
from fastls.tape.functions.joining import at_least
from fastls.tape.functions.shapes import several


@defines("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False,
            keepdims: bool = False) -> Any:  # fmt: skip
    a = as_numbers(a)
    if weights is None:
        weights = np.ones(np.shape(a))
    elif np.shape(weights) != np.shape(a):
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = [axis_of(i, np.ndim(a)) for i in several(axis)]
        if np.shape(weights) != tuple(np.shape(a)[i] for i in axes):
            raise ValueError("Shape of weights must be consistent with shape of a along axis.")
        weights = np.transpose(weights, np.argsort(axes).tolist())
        others = [i for i in range(np.ndim(a)) if i not in axes]
        weights = np.broadcast_to(np.reshape(weights, with_ones(np.shape(a), others)), np.shape(a))
    scale = np.sum(weights, axis=axis, keepdims=keepdims)
    y = np.sum(a * weights, axis=axis, keepdims=keepdims) / scale
    return (y, scale) if returned else y


def centred(m: Any, y: Any, rowvar: bool) -> Any:
    x = at_least(2, m)
    x = x if rowvar or np.ndim(m) == 1 else x.T
    if y is not None:
        y = at_least(2, y)
        x = np.concatenate([x, y if rowvar or np.shape(y)[0] == 1 else y.T], axis=0)
    return x - np.mean(x, axis=1, keepdims=True)


@defines("cov")
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    x = centred(m, y, rowvar)
    ddof = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(x @ x.T / (x.shape[1] - ddof))


@defines("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    c = at_least(2, cov(x, y, rowvar))
    d = np.sqrt(np.diagonal(c))
    return np.squeeze(c / d[:, None] / d)
