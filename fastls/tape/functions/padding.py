"""Padding."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import answer, defines, numbered, picked
from fastls.tape.primitives import PLACE, apply
from fastls.tape.trace import refuse


@defines("pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0.0,
        reflect_type: str = "even") -> Any:  # fmt: skip
    if mode in ("edge", "reflect", "symmetric", "wrap") and reflect_type == "even":
        return picked(array, np.pad(numbered(array), pad_width, mode=mode))
    if mode not in ("constant", "empty"):
        raise refuse(f"numpy.pad with mode={mode!r}, reflect_type={reflect_type!r}",
                     "write it with np.concatenate")  # fmt: skip
    background = np.pad(np.zeros(array.shape), pad_width, constant_values=answer(constant_values))
    inside = np.argwhere(np.pad(np.ones(array.shape, dtype=bool), pad_width))
    if not array.size:
        return background
    index = tuple(
        slice(int(a), int(b) + 1, 1) for a, b in zip(inside.min(0), inside.max(0), strict=True)
    )
    y = apply(PLACE, array, shape=background.shape, index=index)
    return y + background if background.any() else y
