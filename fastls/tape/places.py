"""Where things are: views into blocks of memory."""

from typing import Any, NamedTuple

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

    def spread(self, shape: tuple[int, ...]) -> "View":
        """Broadcast to a shape."""
        extra = len(shape) - len(self.shape)
        strides = (0,) * extra + tuple(
            0 if n == 1 else s for n, s in zip(self.shape, self.strides, strict=True)
        )
        return self._replace(shape=shape, strides=strides)

    def part(self, index: tuple[Any, ...]) -> "View":
        """The entries at an index, which has an integer or a slice for each axis."""
        offset, shape, strides = self.offset, [], []
        for length, stride, i in zip(self.shape, self.strides, index, strict=True):
            if isinstance(i, slice):
                steps = range(*i.indices(length))
                shape.append(len(steps))
                strides.append(stride * steps.step)
                offset += stride * (steps.start if len(steps) else 0)
            else:
                offset += stride * i
        return self._replace(offset=offset, shape=tuple(shape), strides=tuple(strides))


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
