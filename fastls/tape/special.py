"""Special functions: NumPy's sinc and i0, and the ufuncs of scipy.special.

SciPy is not needed: its table is read when the tracer first meets a ufunc that it does not know
while scipy.special is loaded.
"""

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape.graph import Primitive
from fastls.tape.primitives import apply, define_elementwise
from fastls.tape.rules.special import UNKNOWN, rows
from fastls.tape.trace import FUNCTIONS, UFUNCS
from fastls.tape.transforms import NotDifferentiableError

__all__ = ["learn"]


def unknown(name: str, place: int) -> Callable[..., Any]:
    """A partial derivative that raises when it is evaluated, and not where it is left unused."""

    def value(*inputs: Any) -> Any:
        raise NotDifferentiableError(
            f"the derivative of scipy.special.{name} with respect to argument {place} is not known"
        )

    primitive = Primitive(f"derivative of {name}", value, np.broadcast_shapes, value, value)
    return lambda *inputs: apply(primitive, *inputs[:-1])


def learn() -> None:
    """Enter the ufuncs of scipy.special in the tables; those known already stay as they are."""
    sign = sys.modules["scipy.special"].gammasgn
    if sign not in UFUNCS:  # a step function
        define_elementwise(sign, (None,), "sgn Γ({})")
    for ufunc, partials, formula, _ in rows(sys.modules["scipy.special"]):
        if ufunc not in UFUNCS:
            named = tuple(
                unknown(ufunc.__name__, place) if partial is UNKNOWN else partial
                for place, partial in enumerate(partials)
            )
            define_elementwise(ufunc, named, formula)


# Functions of which every derivative is computed by one formula, with its order as a parameter.


def family(name: str, value: Callable[..., Any], formula: str) -> Primitive:
    primitive = Primitive(name, value, lambda shape, order: shape, formula=formula)
    primitive.pullback = lambda g, y, x, order: [g * apply(primitive, x, order=order + 1)]
    primitive.pushforward = lambda tangents, y, x, order: (
        tangents[0] * apply(primitive, x, order=order + 1)
    )
    return primitive


def sinc(x: Any, order: int) -> Any:
    """The derivatives of sin(πx)/(πx), accurate for small x too.

    With f = sin(u)/u, differentiating u f = sin(u) gives u f⁽ᵏ⁾ + k f⁽ᵏ⁻¹⁾ = sin(u + kπ/2), which
    is stable for |u| > k; below, the power series.
    """
    if order == 0:
        return np.sinc(x)
    x = np.asarray(x, float)
    u = np.pi * x
    is_small = np.abs(u) < 1.0 + order
    far = np.where(is_small, 1.0 + order, u)
    found = np.sin(far) / far
    for k in range(1, order + 1):
        found = (np.sin(far + k * np.pi / 2.0) - k * found) / far
    near = np.where(is_small, u, 0.0)
    series = np.zeros_like(near)
    for j in range((order + 1) // 2, 12 + 2 * order + order // 2):
        power = 2 * j - order
        series += (-1.0) ** j / (math.factorial(power) * (2 * j + 1)) * near**power
    return np.pi**order * np.where(is_small, series, found)


COSINES = np.cos(np.arange(320) * (np.pi / 160.0))


def bessel_i0(x: Any, order: int) -> Any:
    """The derivatives of I₀: the mean of cosᵏ(t) exp(x cos t) over a period (DLMF 10.32.1).

    The trapezoidal rule converges exponentially; 320 points do wherever I₀ does not overflow.
    """
    if order == 0:
        return np.i0(x)
    x = np.asarray(x, float)
    return np.mean(COSINES**order * np.exp(x[..., None] * COSINES), axis=-1)


SINC = family("sinc", sinc, "sinc({})")
BESSEL_I0 = family("i0", bessel_i0, "I₀({})")
FUNCTIONS[np.sinc] = lambda x: apply(SINC, x, order=0)
FUNCTIONS[np.i0] = lambda x: apply(BESSEL_I0, x, order=0)
