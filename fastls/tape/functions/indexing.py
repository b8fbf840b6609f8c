"""Entries picked by their places, diagonals, and what would change an array in place."""

import functools
import inspect
from typing import Any

import numpy as np

from fastls.tape.functions.definitions import answer, defines, numbered, picked
from fastls.tape.lists import as_traced
from fastls.tape.primitives import SCATTER, apply
from fastls.tape.refusals import refuse
from fastls.tape.trace import FUNCTIONS, Tracer


def rearranging(function: Any) -> Any:
    """A function that only says which entry goes where: ask NumPy, with numbers for entries."""

    def rearranged(x: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(map(answer, args))
        kwargs = {key: answer(value) for key, value in kwargs.items()}
        if kwargs.get("out") is not None:
            raise refuse(f"out= of numpy.{function.__name__}", "use the returned value instead")
        if not isinstance(x, Tracer):
            return function(x, *args, **kwargs)
        return picked(x, function(numbered(x), *args, **kwargs))

    first, *_ = inspect.signature(function).parameters

    def definition(*args: Any, **kwargs: Any) -> Any:
        return rearranged(kwargs.pop(first), **kwargs) if not args else rearranged(*args, **kwargs)

    return functools.wraps(function)(definition)


ONLY_REARRANGE: list[Any] = [
    np.roll, np.repeat, np.tile, np.delete, np.resize, np.diagonal, np.take_along_axis,
    np.lib.stride_tricks.sliding_window_view,
]  # fmt: skip
FUNCTIONS.update({function: rearranging(function) for function in ONLY_REARRANGE})


@defines("take")
def take(a: Any, indices: Any, axis: Any = None, mode: str = "raise") -> Any:
    indices = answer(indices)
    if not isinstance(a, Tracer):
        return np.take(a, indices, axis=axis, mode=mode)  # type: ignore[call-overload]
    return picked(a, np.take(numbered(a), indices, axis=axis, mode=mode))  # type: ignore[call-overload]


@defines("compress")
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    return picked(a, np.compress(answer(condition), numbered(a), axis=axis))


@defines("extract")
def extract(condition: Any, arr: Any) -> Any:
    return picked(arr, np.extract(answer(condition), numbered(arr)))


for name in ("diag_indices_from", "tril_indices_from", "triu_indices_from"):
    FUNCTIONS[getattr(np, name)] = functools.partial(
        lambda function, arr, *args, **kwargs: function(np.zeros(arr.shape), *args, **kwargs),
        getattr(np, name),
    )  # fmt: skip
for function in (np.fft.fftshift, np.fft.ifftshift):
    ONLY_REARRANGE.append(function)
    FUNCTIONS[function] = rearranging(function)


def below(x: Any, k: int) -> Any:
    """Where the entries on the k-th diagonal and below it are."""
    if np.ndim(x) == 0:
        raise TypeError("a triangle of a matrix needs an array of 1 dimension or more")
    rows, columns = (x.shape * 2)[-2:]
    return np.tri(rows, columns, k, bool)


@defines("tril")
def tril(m: Any, k: int = 0) -> Any:
    return np.where(below(m, k), m, 0.0)


@defines("triu")
def triu(m: Any, k: int = 0) -> Any:
    return np.where(below(m, k - 1), 0.0, m)


@defines("diag")
def diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 2:
        return np.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    where = np.diag(np.ones(v.size), k)
    return apply(SCATTER, v, shape=where.shape, places=np.flatnonzero(where))


@defines("diagflat")
def diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(as_traced(v)), k)


def refuse_change(function: Any) -> Any:
    def definition(*_: Any, **__: Any) -> Any:
        raise refuse(f"numpy.{function.__name__}, which changes an array in place",
                     "write np.where or np.concatenate instead")  # fmt: skip

    return definition


IN_PLACE: list[Any] = [
    np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask
]  # fmt: skip
FUNCTIONS.update({function: refuse_change(function) for function in IN_PLACE})
