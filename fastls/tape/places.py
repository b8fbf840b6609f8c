"""Where things are: views into blocks of memory."""

from typing import NamedTuple

import numpy as np

from fastls.tape.elementary import loop

__all__ = ["ITEM", "View", "contiguous", "found"]

ITEM = {"f": 8, "b": 1, "i": 8, "u": 8}


class View(NamedTuple):
    """Where the entries of a node are."""

    block: int  # which allocation
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    kind: str

    @property
    def is_contiguous(self) -> bool:
        return self.strides == contiguous(self.shape, ITEM[self.kind])


def contiguous(shape: tuple[int, ...], item: int) -> tuple[int, ...]:
    strides: list[int] = []
    for length in reversed(shape):
        strides.append(item)
        item *= length
    return tuple(reversed(strides))


def found(ufunc: np.ufunc, types: str) -> tuple[int, int]:
    """The loop of a ufunc that certainly has one."""
    function = loop(ufunc, types)
    assert function is not None, (ufunc, types)
    return function
