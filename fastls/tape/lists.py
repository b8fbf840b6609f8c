"""Arrays made of lists of traced numbers, as by ``np.array([[c, -s], [s, c]])``.

NumPy hands over functions of arrays, but asks no one what to make of a list. So while a function is
recorded, `np.array` and its relatives are taken over: what holds something traced is stacked, and
all else is NumPy's own, as it is for other threads. Only names looked up in the module `numpy` are
found so; what is imported by name from it meets ``__array__``, which says what to write.
"""

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fastls.tape.operators import Traced, holds_traced
from fastls.tape.refusals import LIBRARIES, REFUSALS, refuse

__all__ = ["as_traced", "taking_lists"]


def as_traced(x: Any) -> Any:
    """Something traced, or an array of float64."""
    if isinstance(x, Traced):
        return x
    if holds_traced(x):
        return np.stack([as_traced(part) for part in x])
    return np.asarray(x, dtype=float)


def taken_over(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an array of an object, of what is traced too."""
    is_copy, least = function is np.array, 1 if "contiguous" in function.__name__ else 0

    @functools.wraps(function)
    def make(a: Any, *args: Any, **options: Any) -> Any:
        if not REFUSALS.recordings or not holds_traced(a) or in_library(sys._getframe(1)):
            return function(a, *args, **options)
        dtype = args[0] if args else options.get("dtype")
        if dtype is not None and np.dtype(dtype) != float:
            raise refuse(f"dtype={dtype!r} of np.{function.__name__}", "leave it out")
        found: Any = as_traced(a)
        found = np.copy(found) if is_copy else found
        missing = max(options.get("ndmin", 0), least) - np.ndim(found)
        return np.reshape(found, (1,) * missing + np.shape(found)) if missing > 0 else found

    return make


def in_library(frame: Any) -> bool:
    """Whether a library asks: it may do with an array what cannot be recorded."""
    return frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES


NAMES = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray")
ORIGINALS = {name: getattr(np, name) for name in NAMES}
TAKEN_OVER = {name: taken_over(function) for name, function in ORIGINALS.items()}
LOCK = threading.Lock()
recording = 0  # how many functions are being recorded, in all threads


@contextlib.contextmanager
def taking_lists() -> Iterator[None]:
    """While a function is recorded in this thread."""
    global recording
    with LOCK:
        recording += 1
        if recording == 1:
            vars(np).update(TAKEN_OVER)
    try:
        with REFUSALS.recording():
            yield
    finally:
        with LOCK:
            recording -= 1
            if not recording:
                for name, function in ORIGINALS.items():
                    if getattr(np, name) is TAKEN_OVER[name]:
                        setattr(np, name, function)
