"""Linear interpolation."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import defines
from fastls.tape.functions.sorting import order_of
from fastls.tape.lists import as_traced


@defines("interp")
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None,
           period: Any = None) -> Any:  # fmt: skip
    xp, fp = as_traced(xp), as_traced(fp)
    if np.shape(xp) != np.shape(fp) or np.ndim(xp) != 1:
        raise ValueError("fp and xp are not of the same length.")
    if not np.size(xp):
        raise ValueError("array of sample points is empty")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period = np.abs(period)
        x, xp = x % period, xp % period
        order = order_of(xp, 0)
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    if np.size(xp) > 1:
        place = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.size(xp) - 2)
        slope = (fp[place + 1] - fp[place]) / (xp[place + 1] - xp[place])
        y = fp[place] + slope * (x - xp[place])
    else:
        y = fp[0] + 0.0 * x
    y = np.where(x < xp[0], fp[0] if left is None or period is not None else left, y)
    return np.where(x > xp[-1], fp[-1] if right is None or period is not None else right, y)
