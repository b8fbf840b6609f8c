"""Sets of numbers: what is in one, in both, in one only; as long as the comparisons stand."""

from typing import Any, NamedTuple

import numpy as np

from fastls.tape.functions.definitions import answer, defines
from fastls.tape.functions.sorting import unique
from fastls.tape.lists import as_traced


class UniqueCounts(NamedTuple):
    values: Any
    counts: Any


class UniqueInverse(NamedTuple):
    values: Any
    inverse_indices: Any


class UniqueAll(NamedTuple):
    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


@defines("unique_values")
def unique_values(x: Any) -> Any:
    return unique(x)


@defines("unique_counts")
def unique_counts(x: Any) -> UniqueCounts:
    return UniqueCounts(*unique(x, return_counts=True))


@defines("unique_inverse")
def unique_inverse(x: Any) -> UniqueInverse:
    return UniqueInverse(*unique(x, return_inverse=True))


@defines("unique_all")
def unique_all(x: Any) -> UniqueAll:
    return UniqueAll(*unique(x, return_index=True, return_inverse=True, return_counts=True))


@defines("isin")
def isin(element: Any, test_elements: Any, invert: bool = False) -> Any:
    element, others = as_traced(element), np.ravel(as_traced(test_elements))
    found = np.any(np.expand_dims(element, -1) == others, axis=-1)
    return np.logical_not(found) if invert else found


def distinct(x: Any, assume_unique: bool) -> Any:
    return np.ravel(as_traced(x)) if assume_unique else np.unique(as_traced(x))


@defines("union1d")
def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.append(ar1, ar2))


@defines("setdiff1d")
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    a = distinct(ar1, assume_unique)
    return a[np.flatnonzero(answer(isin(a, ar2, invert=True)))]


@defines("intersect1d")
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    a = distinct(ar1, False)
    return a[np.flatnonzero(answer(isin(a, ar2)))]


@defines("setxor1d")
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    return np.sort(np.append(setdiff1d(ar1, ar2), setdiff1d(ar2, ar1)))
