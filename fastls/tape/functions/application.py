"""Functions that call a function given to them: along an axis, over axes, on parts."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import answer, axis_of, defines
from fastls.tape.functions.shapes import several
from fastls.tape.lists import as_traced


@defines("piecewise")
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Each function has the entries for which the last condition that holds is its own."""
    x = as_traced(x)
    is_list = isinstance(condlist, (list, tuple)) and not np.isscalar(condlist[0])
    conditions = [np.asarray(answer(c), bool) for c in (condlist if is_list else [condlist])]
    if len(funclist) not in (len(conditions), len(conditions) + 1):
        raise ValueError(f"with {len(conditions)} condition(s), either {len(conditions)} or "
                         f"{len(conditions) + 1} functions are expected")  # fmt: skip
    owner = np.full(np.shape(x), len(conditions))
    for i, condition in enumerate(conditions):
        owner[condition] = i
    order, parts = [], []
    flat = np.ravel(x)
    for i in range(len(conditions) + 1):
        places = np.flatnonzero(owner == i)
        if not places.size:
            continue
        f = funclist[i] if i < len(funclist) else 0.0
        own = flat[places] if np.ndim(x) else x
        value = f(own, *args, **kw) if callable(f) else f
        parts.append(np.broadcast_to(as_traced(value), places.shape))
        order.append(places)
    if not parts:
        return np.zeros(np.shape(x))
    joined = np.concatenate(parts)
    return np.reshape(joined[np.argsort(np.concatenate(order))], np.shape(x))


@defines("apply_along_axis")
def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    axis = axis_of(axis, np.ndim(arr))
    rows = np.moveaxis(arr, axis, -1)
    shape = np.shape(rows)[:-1]
    if 0 in shape:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    found = [as_traced(func1d(rows[i], *args, **kwargs)) for i in np.ndindex(shape)]
    ndim = np.ndim(found[0])
    y = np.reshape(np.stack(found), (*shape, *np.shape(found[0])))
    first = len(shape)
    return np.moveaxis(y, range(first, first + ndim), range(axis, axis + ndim)) if ndim else y


@defines("apply_over_axes")
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    ndim = np.ndim(a)
    for axis in several(axes):
        axis = axis_of(axis, ndim)
        found = func(a, axis)
        a = found if np.ndim(found) == ndim else np.expand_dims(found, axis)
        if np.ndim(a) != ndim:
            raise ValueError("function is not returning an array of the correct shape")
    return a
