"""Functions of each entry by itself, choices between entries, and comparisons."""

from typing import Any

import numpy as np

from fastls.tape.functions.definitions import (
    answer,
    as_numbers,
    defines,
    is_truth,
    numbered_in_turn,
    picked,
)
from fastls.tape.lists import as_traced
from fastls.tape.refusals import refuse
from fastls.tape.trace import UFUNCS, Tracer

# Elementwise.


@defines("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    """Slope 0 on the ends, as in autograd."""
    if not (min is None and max is None) and not (a_min is None and a_max is None):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are "
                         "provided is forbidden.")  # fmt: skip
    y = as_numbers(a)
    for bound, beyond in (
        (a_min if min is None else min, np.less_equal),
        (a_max if max is None else max, np.greater_equal),
    ):
        if bound is not None:
            hit = beyond(y, bound)
            if isinstance(bound, Tracer) or np.isnan(bound).any():
                hit = hit | np.isnan(bound)
            y = np.where(hit, bound, y)
    return y


@defines("nan_to_num")
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    largest = np.finfo(float).max
    x = as_numbers(x)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(x == np.inf, largest if posinf is None else posinf, x)
    return np.where(x == -np.inf, -largest if neginf is None else neginf, x)


@defines("round", "around")
def rounded(a: Any, decimals: int = 0) -> Any:
    if decimals == 0:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


@defines("fix")
def fix(x: Any) -> Any:
    return np.trunc(x)


@defines("isclose")
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    near = (np.abs(a - b) <= atol + rtol * np.abs(b)) & np.isfinite(b) | (a == b)
    return near | (np.isnan(a) & np.isnan(b)) if equal_nan else near


@defines("allclose")
def allclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    return np.all(isclose(a, b, rtol, atol, equal_nan))


@defines("array_equal")
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    if np.shape(a1) != np.shape(a2):
        return False
    same = a1 == a2
    return np.all(same | (np.isnan(a1) & np.isnan(a2)) if equal_nan else same)


@defines("array_equiv")
def array_equiv(a1: Any, a2: Any) -> Any:
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    return np.all(a1 == a2)


@defines("isreal")
def isreal(x: Any) -> Any:
    return np.ones(x.shape, dtype=bool)


@defines("iscomplex")
def iscomplex(x: Any) -> Any:
    return np.zeros(x.shape, dtype=bool)


@defines("angle")
def angle(z: Any, deg: bool = False) -> Any:
    return np.where(z < 0.0, 180.0 if deg else np.pi, 0.0)


@defines("isposinf")
def isposinf(x: Any) -> Any:
    return x == np.inf


@defines("isneginf")
def isneginf(x: Any) -> Any:
    return x == -np.inf


@defines("select")
def select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Any:
    y = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        y = np.where(condition, choice, y)
    return y


@defines("choose")
def choose(a: Any, choices: Any, mode: str = "raise") -> Any:
    parts = [as_traced(choice) for choice in choices]
    places = answer(a)
    shape = np.broadcast_shapes(np.shape(places), *map(np.shape, parts))
    numbers = numbered_in_turn(parts)
    places = np.broadcast_to(np.asarray(places), shape)
    chosen = np.choose(places, [np.broadcast_to(n, shape) for n in numbers], mode=mode)  # type: ignore[call-overload]
    return picked(np.concatenate([np.ravel(part) for part in parts]), chosen)


def divmod_(a: Any, b: Any) -> Any:
    return np.floor_divide(a, b), np.remainder(a, b)


def modf(x: Any) -> Any:
    whole = np.trunc(x)
    return np.where(np.isinf(x), np.copysign(0.0, x), x - whole), whole


UFUNCS[np.divmod] = divmod_
UFUNCS[np.modf] = modf
UFUNCS[np.conjugate] = lambda x: x


def of_truth(ufunc: np.ufunc, logical: np.ufunc) -> Any:
    def handler(*inputs: Any) -> Any:
        if not all(is_truth(x) or np.asarray(x).dtype == bool for x in inputs):
            raise refuse(ufunc.__name__, "bits are defined for truth values only")
        return logical(*inputs)

    return handler


for bitwise, logical in (
    (np.bitwise_and, np.logical_and), (np.bitwise_or, np.logical_or),
    (np.bitwise_xor, np.logical_xor), (np.invert, np.logical_not),
):  # fmt: skip
    UFUNCS[bitwise] = of_truth(bitwise, logical)
