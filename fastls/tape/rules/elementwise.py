"""Derivatives of NumPy's elementwise functions: a row each.

Columns: the ufunc; its partial derivatives as functions of the inputs and, last, of the result y
(numbers, or expressions in NumPy functions that have rules themselves); a template for formulas;
and intervals from which tests draw each input. A partial of None is zero everywhere.

Conventions where a function has no derivative: that of autograd. abs has slope 0 at 0 (the sign);
maximum and minimum share equally where their inputs are equal.
"""

from typing import Any

import numpy as np

__all__ = ["BINARY", "LOGICAL", "PIECEWISE_CONSTANT", "UNARY"]

LOG2, LOG10 = np.log(2.0), np.log(10.0)
ANY, POSITIVE, UNIT = (-3.0, 3.0), (0.2, 3.0), (-0.9, 0.9)

UNARY: list[Any] = [
    (np.positive, lambda x, y: 1.0, "{}", ANY),
    (np.negative, lambda x, y: -1.0, "−{}", ANY),
    (np.absolute, lambda x, y: np.sign(x), "|{}|", ANY),
    (np.fabs, lambda x, y: np.sign(x), "|{}|", ANY),
    (np.reciprocal, lambda x, y: -y * y, "1/{}", POSITIVE),
    (np.square, lambda x, y: 2.0 * x, "{}²", ANY),
    (np.sqrt, lambda x, y: 0.5 / y, "√{}", POSITIVE),
    (np.cbrt, lambda x, y: 1.0 / (3.0 * y * y), "∛{}", POSITIVE),
    (np.exp, lambda x, y: y, "exp({})", ANY),
    (np.exp2, lambda x, y: LOG2 * y, "2^{}", ANY),
    (np.expm1, lambda x, y: y + 1.0, "expm1({})", ANY),
    (np.log, lambda x, y: 1.0 / x, "log({})", POSITIVE),
    (np.log2, lambda x, y: 1.0 / (LOG2 * x), "log2({})", POSITIVE),
    (np.log10, lambda x, y: 1.0 / (LOG10 * x), "log10({})", POSITIVE),
    (np.log1p, lambda x, y: 1.0 / (1.0 + x), "log1p({})", POSITIVE),
    (np.sin, lambda x, y: np.cos(x), "sin({})", ANY),
    (np.cos, lambda x, y: -np.sin(x), "cos({})", ANY),
    (np.tan, lambda x, y: 1.0 + y * y, "tan({})", UNIT),
    (np.arcsin, lambda x, y: 1.0 / np.sqrt(1.0 - x * x), "arcsin({})", UNIT),
    (np.arccos, lambda x, y: -1.0 / np.sqrt(1.0 - x * x), "arccos({})", UNIT),
    (np.arctan, lambda x, y: 1.0 / (1.0 + x * x), "arctan({})", ANY),
    (np.sinh, lambda x, y: np.cosh(x), "sinh({})", ANY),
    (np.cosh, lambda x, y: np.sinh(x), "cosh({})", ANY),
    (np.tanh, lambda x, y: 1.0 - y * y, "tanh({})", ANY),
    (np.arcsinh, lambda x, y: 1.0 / np.sqrt(x * x + 1.0), "arsinh({})", ANY),
    (np.arccosh, lambda x, y: 1.0 / np.sqrt(x * x - 1.0), "arcosh({})", (1.2, 3.0)),
    (np.arctanh, lambda x, y: 1.0 / (1.0 - x * x), "artanh({})", UNIT),
    (np.deg2rad, lambda x, y: np.pi / 180.0, "deg2rad({})", ANY),
    (np.radians, lambda x, y: np.pi / 180.0, "radians({})", ANY),
    (np.rad2deg, lambda x, y: 180.0 / np.pi, "rad2deg({})", ANY),
    (np.degrees, lambda x, y: 180.0 / np.pi, "degrees({})", ANY),
]  # fmt: skip


def share(wins: Any, ties: Any) -> Any:
    """1 where an input is the result, 1/2 where both are, else 0."""
    return np.where(ties, 0.5, np.where(wins, 1.0, 0.0))


BINARY: list[Any] = [
    (np.add, (lambda a, b, y: 1.0, lambda a, b, y: 1.0), "({} + {})", (ANY, ANY)),
    (np.subtract, (lambda a, b, y: 1.0, lambda a, b, y: -1.0), "({} − {})", (ANY, ANY)),
    (np.multiply, (lambda a, b, y: b, lambda a, b, y: a), "{} ∘ {}", (ANY, ANY)),
    (np.divide, (lambda a, b, y: 1.0 / b, lambda a, b, y: -y / b), "{}/{}", (ANY, POSITIVE)),
    (
        np.power,
        (
            lambda a, b, y: b * a ** np.where(b == 0.0, 1.0, b - 1.0),
            lambda a, b, y: y * np.log(np.where(a == 0.0, 1.0, a)),
        ),
        "{}^{}", (POSITIVE, ANY),
    ),
    (
        np.float_power,
        (
            lambda a, b, y: b * a ** np.where(b == 0.0, 1.0, b - 1.0),
            lambda a, b, y: y * np.log(np.where(a == 0.0, 1.0, a)),
        ),
        "{}^{}", (POSITIVE, ANY),
    ),
    (
        np.arctan2,
        (lambda a, b, y: b / (a * a + b * b), lambda a, b, y: -a / (a * a + b * b)),
        "arctan2({}, {})", (POSITIVE, POSITIVE),
    ),
    (np.hypot, (lambda a, b, y: a / y, lambda a, b, y: b / y), "hypot({}, {})", (ANY, POSITIVE)),
    (
        np.logaddexp,
        (lambda a, b, y: np.exp(a - y), lambda a, b, y: np.exp(b - y)),
        "logaddexp({}, {})", (ANY, ANY),
    ),
    (
        np.logaddexp2,
        (lambda a, b, y: np.exp2(a - y), lambda a, b, y: np.exp2(b - y)),
        "logaddexp2({}, {})", (ANY, ANY),
    ),
    (
        np.maximum,
        (lambda a, b, y: share(a > b, a == b), lambda a, b, y: share(b > a, a == b)),
        "max({}, {})", (ANY, ANY),
    ),
    (
        np.minimum,
        (lambda a, b, y: share(a < b, a == b), lambda a, b, y: share(b < a, a == b)),
        "min({}, {})", (ANY, ANY),
    ),
    (
        np.fmax,
        (
            lambda a, b, y: share((a > b) | np.isnan(b), a == b),
            lambda a, b, y: share((b > a) | np.isnan(a), a == b),
        ),
        "fmax({}, {})", (ANY, ANY),
    ),
    (
        np.fmin,
        (
            lambda a, b, y: share((a < b) | np.isnan(b), a == b),
            lambda a, b, y: share((b < a) | np.isnan(a), a == b),
        ),
        "fmin({}, {})", (ANY, ANY),
    ),
    (
        np.remainder,
        (lambda a, b, y: 1.0, lambda a, b, y: -np.floor(a / b)),
        "({} mod {})", (POSITIVE, POSITIVE),
    ),
    (
        np.fmod,
        (lambda a, b, y: 1.0, lambda a, b, y: -np.trunc(a / b)),
        "fmod({}, {})", (POSITIVE, POSITIVE),
    ),
    (
        np.heaviside,
        (None, lambda a, b, y: np.where(a == 0.0, 1.0, 0.0)),
        "heaviside({}, {})", (ANY, ANY),
    ),
    (
        np.copysign,
        (lambda a, b, y: np.sign(a) * np.copysign(1.0, b), None),
        "copysign({}, {})", (ANY, ANY),
    ),
]  # fmt: skip

#: Zero derivative wherever there is one.
PIECEWISE_CONSTANT: list[Any] = [
    np.floor,
    np.ceil,
    np.rint,
    np.trunc,
    np.sign,
    np.floor_divide,
]

#: True or false.
LOGICAL: list[Any] = [
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.logical_and, np.logical_or, np.logical_not, np.logical_xor,
    np.isfinite, np.isnan, np.isinf, np.signbit,
]  # fmt: skip
