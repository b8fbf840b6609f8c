"""Arrays made of traced numbers, as by ``np.array([[c, -s], [s, c]])``, `np.full` and `np.r_`.

NumPy hands over functions of arrays, but asks no one what to make of a list. So while a function is
recorded, `np.array` and its relatives are taken over: what holds something traced is stacked, and
all else is NumPy's own, as it is for other threads. Only names looked up in the module `numpy` are
found so; what is imported by name from it meets ``__array__``, which says what to write.
"""

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fastls.tape.lock import new_lock
from fastls.tape.operators import Traced, holds_traced
from fastls.tape.refusals import LIBRARIES, REFUSALS, refuse

__all__ = ["as_traced", "taking_lists"]


def as_traced(x: Any) -> Any:
    """Something traced, or an array of float64."""
    if isinstance(x, Traced):
        return x
    if holds_traced(x):
        parts = [as_traced(part) for part in x]
        if len({part.dtype.kind for part in parts}) > 1:
            raise refuse("truth values and numbers in one list", "write np.where(t, 1.0, 0.0)")
        return np.stack(parts)
    array = np.asarray(x)
    kind = array.dtype.kind
    if kind not in "biufO" or (kind == "O" and any(part is None for part in array.flat)):
        raise TypeError(f"a constant must be an array of real numbers; got {x!r}")
    return np.asarray(array, dtype=float)


def taken_over(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an array of an object, of what is traced too."""
    is_copy, least = function is np.array, 1 if "contiguous" in function.__name__ else 0

    @functools.wraps(function)
    def make(*given: Any, **options: Any) -> Any:
        is_ours = REFUSALS.recordings and given and holds_traced(given[0])
        if not is_ours or in_library(sys._getframe(1)):
            return function(*given, **options)
        a, *others = given
        check_dtype(function, others[0] if others else options.get("dtype"))
        found: Any = as_traced(a)
        found = np.copy(found) if is_copy else found
        missing = max(options.get("ndmin", 0), least) - np.ndim(found)
        return np.reshape(found, (1,) * missing + np.shape(found)) if missing > 0 else found

    return make


def check_dtype(function: Callable[..., Any], dtype: Any) -> None:
    """Refuse another than float64."""
    if dtype is not None and np.dtype(dtype) != float:
        raise refuse(f"dtype={dtype!r} of np.{function.__name__}", "leave it out")


def filling(function: Callable[..., Any]) -> Callable[..., Any]:
    """`np.full` or `np.full_like`, with what is traced too."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def make(*given: Any, **options: Any) -> Any:
        named = signature.bind(*given, **options).arguments if REFUSALS.recordings else {}
        fill, a = named.get("fill_value"), named.get("a", 0.0)
        # Where a is traced, NumPy asks by itself.
        if not holds_traced(fill) or isinstance(a, Traced) or in_library(sys._getframe(1)):
            return function(*given, **options)
        check_dtype(function, named.get("dtype", np.asarray(a).dtype))
        shape = named.get("shape")
        return np.copy(np.broadcast_to(as_traced(fill), np.shape(a) if shape is None else shape))

    return make


class Joining:
    """`np.r_` or `np.c_`, of what is traced too."""

    def __init__(self, original: Any, axis: int, added: tuple[int, ...]) -> None:
        self.original, self.axis = original, axis
        self.added = added  #: the axes of length one that follow those of a part with too few

    def __getitem__(self, key: Any) -> Any:
        is_ours = REFUSALS.recordings and holds_traced(key)
        if not is_ours or in_library(sys._getframe(1)):
            return self.original[key]
        parts = key if isinstance(key, tuple) else (key,)
        if isinstance(parts[0], str):
            raise refuse(f"{parts[0]!r} in np.r_ or np.c_", "write np.concatenate or np.stack")
        return np.concatenate([self.part(part) for part in parts], axis=self.axis)

    def part(self, part: Any) -> Any:
        x = self.original[part] if isinstance(part, slice) else as_traced(part)
        return np.reshape(x, (*np.shape(x), *self.added[np.ndim(x) :]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.original, name)


def in_library(frame: Any) -> bool:
    """Whether a library asks: it may do with an array what cannot be recorded."""
    return frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES


NAMES = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray")
FILLING = ("full", "full_like")
ORIGINALS: dict[str, Any] = {name: getattr(np, name) for name in (*NAMES, *FILLING, "r_", "c_")}
TAKEN_OVER: dict[str, Any] = {
    **{name: taken_over(ORIGINALS[name]) for name in NAMES},
    **{name: filling(ORIGINALS[name]) for name in FILLING},
    "r_": Joining(np.r_, 0, (1,)),
    "c_": Joining(np.c_, -1, (1, 1)),
}
LOCK = new_lock()
recording = 0  # how many functions are being recorded, in all threads


@contextlib.contextmanager
def taking_lists() -> Iterator[None]:
    """While a function is recorded in this thread."""
    global recording
    with LOCK:
        recording += 1
        if recording == 1:
            exchange(ORIGINALS, TAKEN_OVER)
    try:
        with REFUSALS.recording():
            yield
    finally:
        with LOCK:
            recording -= 1
            if not recording:
                exchange(TAKEN_OVER, ORIGINALS)


def exchange(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put functions in the place of others; what someone else has put there stays."""
    for name, function in new.items():
        if getattr(np, name) is old[name]:
            setattr(np, name, function)
