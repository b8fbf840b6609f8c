"""Padding, one axis after the other."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import along, answer, defines, numbered, on_axis, picked
from fastls.tape.lists import as_traced

#: What the statistic of each mode is.
STATISTICS: dict[Any, Any] = {"maximum": np.max, "minimum": np.min, "median": np.median}


@defines("pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = 0.0,
        end_values: Any = 0.0, stat_length: Any = None,
        reflect_type: str = "even") -> Any:  # fmt: skip
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(i, pad_width.get(i - array.ndim, 0)) for i in range(array.ndim)]
        pad_width = [(w, w) if np.ndim(w) == 0 else w for w in pad_width]
    array = as_traced(array)
    pad_width = answer(pad_width)
    numbers = numbered(array)
    if mode in ("edge", "reflect", "symmetric", "wrap", "empty") and reflect_type == "even":
        return picked(array, np.pad(numbers, pad_width, mode="edge" if mode == "empty" else mode))
    options: dict[str, Any] = {}
    if mode in (*STATISTICS, "mean"):
        options = {"stat_length": stat_length}
    elif mode == "linear_ramp":
        options = {"end_values": answer(end_values)}
    elif mode in ("reflect", "symmetric"):
        options = {"reflect_type": reflect_type}
    np.pad(np.zeros(np.shape(array)), pad_width, mode=mode, **options)  # raises what NumPy raises
    widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    lengths = np.broadcast_to(np.array(stat_length, dtype=object), (array.ndim, 2)).tolist()
    for axis, width in enumerate(widths):
        if mode == "constant":
            values = np.broadcast_to(constant_values, (array.ndim, 2))
            array = with_ends(array, axis, width, [values[axis, 0], values[axis, 1]])
        elif mode in STATISTICS:
            array = with_statistics(array, axis, width, STATISTICS[mode], lengths[axis])
        else:
            own = dict(options)
            if mode == "linear_ramp":
                ends = np.broadcast_to(options["end_values"], (array.ndim, 2))
                own["end_values"] = tuple(ends[axis].tolist())
            elif mode == "mean":
                own["stat_length"] = None if stat_length is None else tuple(lengths[axis])
            array = by_matrix(array, axis, width, mode, own)
    return array


def with_ends(x: Any, axis: int, width: list[int], ends: list[Any]) -> Any:
    """Each end, of length 1 along the axis, repeated; where there is one."""
    blocks = []
    for n, end in zip(width, ends, strict=True):
        shape = (*np.shape(x)[:axis], n, *np.shape(x)[axis + 1 :])
        blocks.append([np.broadcast_to(end, shape)] if n else [])
    parts = [*blocks[0], x, *blocks[1]]
    return np.concatenate(parts, axis=axis) if len(parts) > 1 else x


def with_statistics(x: Any, axis: int, width: list[int], statistic: Any, lengths: list[Any]) -> Any:
    n = np.shape(x)[axis]
    first, last = (n if length is None else min(int(length), n) for length in lengths)
    ends = [
        statistic(x[along(axis, part)], axis=axis, keepdims=True)
        for part in (slice(first), slice(n - last, None))
    ]
    return with_ends(x, axis, width, ends)


def by_matrix(x: Any, axis: int, width: list[int], mode: Any, options: dict[str, Any]) -> Any:
    """Padding that is affine along the axis: NumPy's of zeros, and of each unit vector."""
    n = np.shape(x)[axis]
    constant = np.pad(np.zeros(n), width, mode=mode, **options)
    unit = {key: (value, (0, 0)) if isinstance(value, tuple) else value
            for key, value in options.items()}  # fmt: skip
    if isinstance(unit.get("stat_length"), tuple):
        unit["stat_length"] = (unit["stat_length"][0], (1, 1))
    matrix = np.pad(np.eye(n), (width, (0, 0)), mode=mode, **unit) - constant[:, None]
    y = np.moveaxis(np.tensordot(matrix, x, axes=([1], [axis])), 0, axis)
    return y + on_axis(constant, axis, np.ndim(x)) if constant.any() else y
