"""Weighted means, covariances and histograms."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    answer,
    as_numbers,
    axis_of,
    defines,
    recorded,
    with_ones,
)
from fastls.tape.functions.joining import at_least
from fastls.tape.functions.shapes import several
from fastls.tape.lists import as_traced
from fastls.tape.primitives import axes_of
from fastls.tape.refusals import refuse
from fastls.tape.trace import Tracer


@defines("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False,
            keepdims: bool = False) -> Any:  # fmt: skip
    a = as_numbers(a)
    if isinstance(axis, list):
        axis = tuple(axis)
    if axis is not None:
        axes_of(axis, np.ndim(a))  # raises where there is none
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
    if np.any(recorded(scale) == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    y = np.sum(a * weights, axis=axis, keepdims=keepdims) / scale
    return (y, scale) if returned else y


def variables(m: Any, y: Any, rowvar: bool) -> Any:
    """A row for each variable."""
    if np.ndim(m) > 2:
        raise ValueError("m has more than 2 dimensions")
    x = at_least(2, m)
    x = x if rowvar or np.ndim(m) == 1 else x.T
    if y is not None:
        y = at_least(2, y)
        x = np.concatenate([x, y if rowvar or np.shape(y)[0] == 1 else y.T], axis=0)
    return x


def centred(m: Any, y: Any, rowvar: bool) -> Any:
    x = variables(m, y, rowvar)
    return x - np.mean(x, axis=1, keepdims=True)


@defines("cov")
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
        fweights: Any = None, aweights: Any = None) -> Any:  # fmt: skip
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights = [as_traced(w) for w in (fweights, aweights) if w is not None]
    if not weights:
        x = centred(m, y, rowvar)
        return np.squeeze(x @ x.T / (x.shape[1] - ddof))
    w = weights[0] if len(weights) == 1 else weights[0] * weights[1]
    x = variables(m, y, rowvar)
    if np.shape(w) != (x.shape[1],):
        raise RuntimeError("incompatible numbers of samples and weights")
    total = np.sum(w)
    lost = ddof if aweights is None else ddof * np.sum(w * aweights) / total
    x = x - np.sum(x * w, axis=1, keepdims=True) / total
    return np.squeeze((x * w) @ x.T / (total - lost))


@defines("histogram")
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None,
              weights: Any = None) -> Any:  # fmt: skip
    """Counts, as long as each value stays in its bin; sums of weights have derivatives."""
    a = np.ravel(as_traced(a))
    if np.ndim(bins) == 0:
        if isinstance(bins, str) or (range is None and isinstance(a, Tracer)):
            raise refuse("numpy.histogram whose bins depend on the values", "give their edges")
        bins = np.histogram_bin_edges(np.zeros(0) if range else a, bins, range)
    edges = np.asarray(answer(bins), dtype=float)
    places = np.searchsorted(edges, a, side="right") - 1
    last = np.flatnonzero(answer(a == edges[-1]))
    places[last] = len(edges) - 2
    inside = np.flatnonzero((places >= 0) & (places < len(edges) - 1))
    ones = np.ones(np.size(a)) if weights is None else np.ravel(weights)
    counts: Any = np.bincount(places[inside], ones[inside], len(edges) - 1)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return counts, edges


@defines("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    c = at_least(2, cov(x, y, rowvar))
    d = np.sqrt(np.diagonal(c))
    return np.squeeze(c / d[:, None] / d)
