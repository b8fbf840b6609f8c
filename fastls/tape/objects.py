"""Numbers in an array of NumPy's own, as ``np.array([x[0] * x[1], 1.0])`` makes one.

NumPy asks no one what to make of a list. What it makes of traced numbers is an array of objects,
whose arithmetic is that of Python's operators on its entries, or of methods that have the name of a
ufunc: so it is recorded, entry by entry. As soon as such an array meets something traced, or is
returned, it is a traced array itself.

Where NumPy compares objects to find the largest, or to sort them, NaN would not be treated as among
floats: then the recording ends.
"""

import dis
from typing import Any

import numpy as np

from fastls.tape.operators import Traced
from fastls.tape.refusals import REFUSALS, refuse

__all__ = ["NOTE", "as_object", "as_traced", "check_order", "traced_objects"]

NOTE = (
    "np.array of traced numbers is an array of objects, which not all of NumPy takes; "
    "np.stack([a, b]) and np.block([[a, b], [c, d]]) are traced arrays"
)


def as_object(number: Traced) -> np.ndarray[Any, Any]:
    """An array without axes that holds a number; a truth value or an integer, as it is now."""
    if number.node.dtype.kind != "f":
        return np.array(number.graph.guard(number.node))
    REFUSALS.has_objects = True
    found = np.empty((), dtype=object)
    found[()] = number
    return found


def traced_objects(array: np.ndarray[Any, Any]) -> Any:
    """An array of objects that are numbers: traced, if one of them is."""
    if not any(isinstance(entry, Traced) for entry in array.flat):
        return array.astype(float)
    return np.reshape(np.stack(list(array.flat)), array.shape)


def as_traced(x: Any) -> Any:
    """Something traced, or an array of float64."""
    if isinstance(x, Traced):
        return x
    array = np.asarray(x)
    return traced_objects(array) if array.dtype == object else array.astype(float, copy=False)


def check_order(number: Any, other: Any, frame: Any) -> None:
    """End where NumPy orders objects and one is NaN; a comparison that is written out may be."""
    if dis.opname[frame.f_code.co_code[frame.f_lasti]] == "COMPARE_OP":
        return
    is_nan: Any = np.isnan(number) | np.isnan(other)
    if not np.ndim(is_nan) and is_nan:
        raise refuse("the order of NaN among np.array of traced numbers", NOTE)
