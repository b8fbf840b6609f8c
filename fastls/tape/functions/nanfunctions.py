"""Reductions in which NaN takes no part."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines, of_numbers
from fastls.tape.functions.reductions import mean, var


def without_nan(function: Any, neutral: float, needs_one: bool = False) -> Any:
    """A reduction in which NaN takes no part."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None,
                   where: Any = True) -> Any:  # fmt: skip
        given = {} if initial is None else {"initial": initial}
        if where is not True:
            given["where"] = where
        axis = of_numbers(axis, a)
        y = function(np.where(np.isnan(a), neutral, a), axis=axis, keepdims=keepdims, **given)
        return (
            np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), np.nan, y)
            if needs_one and initial is None else y
        )  # fmt: skip

    return definition


defines("nansum")(without_nan(np.sum, 0.0))
defines("nanprod")(without_nan(np.prod, 1.0))
defines("nanmax")(without_nan(np.max, -np.inf, True))
defines("nanmin")(without_nan(np.min, np.inf, True))


defines("nancumsum")(lambda a, axis=None: np.cumsum(np.where(np.isnan(a), 0.0, a), axis=axis))
defines("nancumprod")(lambda a, axis=None: np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis))


def among_numbers(function: Any) -> Any:
    """A mean over what is not NaN."""

    def definition(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True,
                   **options: Any) -> Any:  # fmt: skip
        number = np.logical_not(np.isnan(a))
        here = number if where is True else number & where
        return function(np.where(number, a, 0.0), axis=axis, keepdims=keepdims, where=here,
                        **options)  # fmt: skip

    return definition


@defines("nanmean")
def nanmean(a: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    return among_numbers(mean)(a, of_numbers(axis, a), keepdims, where)


@defines("nanvar")
def nanvar(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
           mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    return among_numbers(var)(
        a, of_numbers(axis, a), keepdims, where, ddof=ddof, mean=mean, correction=correction
    )


@defines("nanstd")
def nanstd(a: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, where: Any = True,
           mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
    alone = np.size(a, of_numbers(axis, a)) == 1
    if where is True and mean is None and alone and ddof == 0 and not correction:
        return np.sum(a - a, axis=of_numbers(axis, a), keepdims=keepdims)
    return np.sqrt(nanvar(a, axis, ddof, keepdims, where, mean, correction))
