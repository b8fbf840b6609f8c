"""The methods of ufuncs: reduce, accumulate, reduceat, outer."""

import functools
from typing import Any

import numpy as np

from fastls.tape.functions.scans import folding, scanned
from fastls.tape.trace import METHODS, refuse

# Methods of ufuncs.

ASSOCIATIVE: list[Any] = [np.multiply, np.logaddexp, np.logaddexp2, np.hypot, np.fmax, np.fmin]
REDUCTIONS: dict[Any, Any] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logical_and: np.all, np.logical_or: np.any,
}  # fmt: skip


def outer_of(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)


def refuse_at(ufunc: np.ufunc, *_: Any) -> Any:
    raise refuse(f"{ufunc.__name__}.at", "it changes an array in place; np.bincount adds by places")


for associative in ASSOCIATIVE:
    METHODS[associative, "reduce"] = functools.partial(folding, associative)
for associative in [*ASSOCIATIVE, np.maximum, np.minimum]:
    METHODS[associative, "accumulate"] = functools.partial(scanned, associative)
for reduction, function in REDUCTIONS.items():
    METHODS[reduction, "reduce"] = functools.partial(
        lambda function, array, axis=0, **options: function(array, axis=axis, **options), function
    )
METHODS[np.add, "accumulate"] = lambda array, axis=0, **options: np.cumsum(
    array, axis=axis, **options
)
UFUNCS_OF_NUMPY: list[Any] = [f for f in vars(np).values() if isinstance(f, np.ufunc)]
for ufunc in UFUNCS_OF_NUMPY:
    METHODS[ufunc, "at"] = functools.partial(refuse_at, ufunc)
    if ufunc.nin == 2 and ufunc.nout == 1 and ufunc.signature is None:
        METHODS[ufunc, "outer"] = functools.partial(outer_of, ufunc)
