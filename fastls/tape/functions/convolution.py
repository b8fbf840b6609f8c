"""Convolution and correlation, as products with the matrix of all windows."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines
from fastls.tape.functions.joining import at_least

#: What NumPy calls the modes, by number.
MODES: dict[Any, str] = {0: "valid", 1: "same", 2: "full"}


def windows(x: Any, length: int) -> Any:
    """A row for each run of entries."""
    return x[np.arange(np.size(x) - length + 1)[:, None] + np.arange(length)]


def full_convolution(a: Any, v: Any) -> Any:
    return windows(np.pad(a, np.size(v) - 1), np.size(v)) @ v[::-1]


@defines("convolve")
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    a, v = at_least(1, a), at_least(1, v)
    if not np.size(a) or not np.size(v):
        raise ValueError("arrays cannot be empty")
    if np.ndim(a) > 1 or np.ndim(v) > 1:
        raise ValueError("object too deep for desired array")
    if np.size(v) > np.size(a):
        a, v = v, a
    if mode in MODES:
        mode = MODES[mode]
    if mode == "valid":
        return windows(a, np.size(v)) @ v[::-1]
    full = full_convolution(a, v)
    if mode == "full":
        return full
    if mode != "same":
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full'; got {mode!r}")
    start = (np.size(v) - 1) // 2
    return full[start : start + np.size(a)]


@defines("correlate")
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    if np.ndim(a) == 0 or np.ndim(v) == 0:
        raise ValueError("object of too small depth for desired array")
    a, v = at_least(1, a), at_least(1, v)
    return np.flip(convolve(v, a[::-1], mode)) if np.size(v) > np.size(a) else convolve(
        a, v[::-1], mode
    )  # fmt: skip
