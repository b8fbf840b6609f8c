"""Functions along a line that the tests of the step searches share, and their reference tables.

A problem is a function ``phi(alpha) -> (value, slope)`` with a negative slope at 0.
"""

import math
from typing import NamedTuple

import numpy as np

import fastls
from fastls import (
    ApproximateWolfe,
    Armijo,
    Backtracking,
    Curvature,
    Goldstein,
    HagerZhang,
    MoreThuente,
    StrongWolfe,
    Wolfe,
    Zoom,
)


class Recorder:
    """A function that writes down what it was asked."""

    def __init__(self, f):
        self.f = f
        self.asked = []

    def __call__(self, alpha):
        self.asked.append(alpha)
        return self.f(alpha)


def value_of(phi):
    return lambda alpha: phi(alpha)[0]


def slope_of(phi):
    return lambda alpha: phi(alpha)[1]


# Moré and Thuente (1994), section 5, by number.


def more_thuente_1(a, beta=2.0):
    return -a / (a * a + beta), (a * a - beta) / (a * a + beta) ** 2


def more_thuente_2(a, beta=0.004):
    t = a + beta
    return t**5 - 2.0 * t**4, t**3 * (5.0 * t - 8.0)


def more_thuente_3(a, beta=0.01, waves=39.0):
    if a <= 1.0 - beta:
        value, slope = 1.0 - a, -1.0
    elif a >= 1.0 + beta:
        value, slope = a - 1.0, 1.0
    else:
        value, slope = (a - 1.0) ** 2 / (2.0 * beta) + 0.5 * beta, (a - 1.0) / beta
    angle = 0.5 * waves * math.pi * a
    value += 2.0 * (1.0 - beta) / (waves * math.pi) * math.sin(angle)
    return value, slope + (1.0 - beta) * math.cos(angle)


def yanai(beta1, beta2):
    """Functions 4 to 6: convex, with flat stretches of which the constants tell the ends."""
    gamma1 = math.sqrt(1.0 + beta1 * beta1) - beta1
    gamma2 = math.sqrt(1.0 + beta2 * beta2) - beta2

    def phi(a):
        left, right = math.hypot(1.0 - a, beta2), math.hypot(a, beta1)
        return gamma1 * left + gamma2 * right, gamma2 * a / right - gamma1 * (1.0 - a) / left

    return phi


MORE_THUENTE = {
    1: more_thuente_1,
    2: more_thuente_2,
    3: more_thuente_3,
    4: yanai(0.001, 0.001),
    5: yanai(0.01, 0.001),
    6: yanai(0.001, 0.01),
}


class Row(NamedTuple):
    function: int
    start: float
    count: int  # of trials, as published
    alpha: float  # to more digits than published, from MINPACK-2's dcsrch
    slope: float

    @property
    def phi(self):
        return MORE_THUENTE[self.function]

    @property
    def constants(self):
        """c1 and c2 of the table; equal in all but the first."""
        if self.function == 1:
            return {"c1": 0.001, "c2": 0.1}
        return dict.fromkeys(("c1", "c2"), 0.1 if self.function < 4 else 0.001)


ROWS = [
    Row(1, 1e-3, 6, 1.365, -9.164457e-3),
    Row(1, 1e-1, 3, 1.44137207909, 4.664466e-3),
    Row(1, 1e1, 1, 10.0, 9.419454e-3),
    Row(1, 1e3, 4, 36.887606964, 7.316856e-4),
    Row(2, 1e-3, 12, 1.596, 3.81e-9),
    Row(2, 1e-1, 8, 1.596, 1.0106e-10),
    Row(2, 1e1, 8, 1.59599999976, -4.9725e-9),
    Row(2, 1e3, 11, 1.59599999887, -2.3091e-8),
    Row(3, 1e-3, 12, 0.999999679797, -5.144014e-5),
    Row(3, 1e-1, 12, 0.999998803355, -1.922392e-4),
    Row(3, 1e1, 10, 0.999999987618, -1.989180e-6),
    Row(3, 1e3, 13, 0.999999901715, -1.578939e-5),
    Row(4, 1e-3, 4, 0.085, -6.853119e-5),
    Row(4, 1e-1, 1, 0.1, -4.932961e-5),
    Row(4, 1e1, 3, 0.349104616417, -2.919474e-6),
    Row(4, 1e3, 4, 0.829401243169, 1.643608e-5),
    Row(5, 1e-3, 6, 0.0750108706001, 1.902547e-4),
    Row(5, 1e-1, 3, 0.077510421978, 7.393492e-4),
    Row(5, 1e1, 7, 0.0731420110689, -2.569148e-4),
    Row(5, 1e3, 8, 0.0761592732014, 4.491347e-4),
    Row(6, 1e-3, 13, 0.927903228639, 5.220282e-4),
    Row(6, 1e-1, 11, 0.926150013838, 8.358850e-5),
    Row(6, 1e1, 8, 0.924781673432, -2.378844e-4),
    Row(6, 1e3, 11, 0.924397906754, -3.249796e-4),
]


def quadratic(a):
    return (a - 1.0) * (a - 1.0), 2.0 * (a - 1.0)


def quartic(a):
    return (a - 2.0) ** 4 + (a - 2.0) ** 2, 4.0 * (a - 2.0) ** 3 + 2.0 * (a - 2.0)


def polynomial(a):
    """SciPy's first test function."""
    return -a - a**3 + a**4, -1.0 - 3.0 * a**2 + 4.0 * a**3


def decay(a):
    """SciPy's second."""
    return math.exp(-4.0 * a) + a * a, -4.0 * math.exp(-4.0 * a) + 2.0 * a


def wave(a):
    """SciPy's third."""
    return -math.sin(10.0 * a), -10.0 * math.cos(10.0 * a)


def kink(a):
    """Not differentiable at its minimiser 0.7."""
    return abs(a - 0.7), math.copysign(1.0, a - 0.7)


def barrier(a):
    """Finite before 1 only, with its minimiser at 0.9."""
    if a >= 1.0:
        return math.inf, math.nan
    return -math.log(1.0 - a) - 10.0 * a, 1.0 / (1.0 - a) - 10.0


def hole(a):
    """Not a number beyond 0.3."""
    return (a * a - a, 2.0 * a - 1.0) if a <= 0.3 else (math.nan, math.nan)


def narrow(a):
    """A steep valley on a gentle slope."""
    return 1e6 * (a - 0.5) ** 2, 2e6 * (a - 0.5)


def offset(a):
    """A small change of a large number."""
    return 1e8 + (a - 1.0) ** 2, 2.0 * (a - 1.0)


def himmelblau(a):
    """Himmelblau's function from (2, 2) in the direction (42, 18)."""
    x, y = 2.0 + 42.0 * a, 2.0 + 18.0 * a
    u, v = x * x + y - 11.0, x + y * y - 7.0
    return u * u + v * v, 42.0 * (4.0 * x * u + 2.0 * v) + 18.0 * (2.0 * u + 4.0 * y * v)


def tiny(a):
    return 1e-200 * (a - 1.0) ** 2, 2e-200 * (a - 1.0)


PROBLEMS = {
    **{f"more_thuente_{number}": phi for number, phi in MORE_THUENTE.items()},
    **{
        phi.__name__: phi
        for phi in (
            quadratic, quartic, polynomial, decay, wave, kink, barrier, hole, narrow, offset,
            himmelblau, tiny,
        )
    },
}  # fmt: skip

CONDITIONS = [
    Armijo(), Goldstein(), Curvature(), Wolfe(), StrongWolfe(), ApproximateWolfe(),
]  # fmt: skip

BACKTRACKING = [
    Backtracking(condition, interpolation=interpolation)
    for condition in CONDITIONS
    for interpolation in (None, "quadratic", "cubic")
]

# One of each kind that looks for a small slope.
SLOPED = [Zoom(), MoreThuente(), HagerZhang()]

SEARCHES = [
    *BACKTRACKING,
    *SLOPED,
    Zoom(condition=Wolfe()),
    MoreThuente(condition=Wolfe()),
]


def identified(search):
    """How a search is named in the report of the tests."""
    name = type(search).__name__
    if isinstance(search, Backtracking):
        return f"{name}-{type(search.condition).__name__}-{search.interpolation}"
    return f"{name}-{type(search.condition).__name__}"


def with_options(search, **options):
    """The same search with some of its parameters changed."""
    kind, parameters = search.__reduce__()[1]
    return kind(**{**parameters, **options})


def assert_certified(found, phi, reference=None):
    """What holds for every `Step` of a search along phi that was run with ``trace=True``.

    phi may be anything that gives the same answer twice.
    """
    trace = found.trace
    assert type(found.alpha) is float
    assert 0.0 <= found.alpha < math.inf
    assert math.isfinite(found.value)
    value, slope = phi(found.alpha)
    assert found.value == value
    assert found.slope is None or found.slope == slope
    assert (found.value0, found.slope0) == phi(0.0)

    assert len(set(trace["alpha"])) == len(trace), "a point was evaluated twice"
    assert np.all((trace["a"] <= trace["alpha"]) & (trace["alpha"] <= trace["b"])), "left bracket"

    assert found.success == (found.condition is not None)
    if found.success:
        assert found.status in (fastls.Status.CONVERGED, fastls.Status.STATIONARY)
        assert found.condition.holds(
            found.alpha, found.value, found.slope, found.value0, found.slope0, reference=reference
        )
    else:
        # The lowest value seen, of the points where nothing seen was not finite.
        seen = trace[np.isfinite(trace["value"])]
        sound = seen["value"][[math.isfinite(phi(alpha)[1]) for alpha in seen["alpha"]]]
        assert min([found.value0, *seen["value"]]) <= found.value <= min([found.value0, *sound])
