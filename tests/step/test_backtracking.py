"""Backtracking: its sequence of steps is known, and so are its closed forms."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import (
    ApproximateWolfe,
    Armijo,
    Backtracking,
    Curvature,
    Goldstein,
    Status,
    StrongWolfe,
    Wolfe,
)
from tests.step.problems import PROBLEMS, assert_certified, decay, slope_of, value_of

FINITE = [phi for name, phi in PROBLEMS.items() if name not in ("barrier", "hole", "tiny")]
STARTS = [1e-3, 0.1, 1.0, 10.0, 1e3]


def high(a):
    """No step is acceptable."""
    return (1.0, -1.0) if a == 0 else (2.0 + a, -1.0)


@pytest.mark.parametrize("shrink", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("start", [1.0, 3.7])
def test_each_step_is_shrink_times_the_one_before(shrink, start):
    found = Backtracking(shrink=shrink, max_evaluations=10).search(high, alpha=start, trace=True)
    expected = [start]
    for _ in range(9):
        expected.append(shrink * expected[-1])
    assert found.trace["alpha"][1:].tolist() == expected
    assert not found.success


@given(
    start=st.floats(1e-3, 1e3),
    shrink=st.floats(0.05, 0.95),
    c1=st.floats(1e-4, 0.9),
    curvature=st.floats(1e-3, 1e3),
)
def test_the_step_is_the_first_of_them_that_is_short_enough(start, shrink, c1, curvature):
    """Of a quadratic those no longer than 2 (1 - c1) |slope0|/L are, so their number is known."""
    phi = lambda a: (0.5 * curvature * a * a - a, curvature * a - 1.0)  # noqa: E731
    longest = 2.0 * (1.0 - c1) / curvature
    search = Backtracking(Armijo(c1), shrink=shrink, max_evaluations=1000)
    found = search.search(phi, alpha=start, trace=True)
    assert found.success
    assert found.alpha <= longest * (1 + 1e-9)
    assert found.alpha == start or found.alpha >= shrink * longest * (1 - 1e-9)
    trials = 1 + max(0, math.ceil(math.log(longest / start) / math.log(shrink)))
    assert abs(found.nfev - 1 - trials) <= 1


def within(alpha, previous):
    """The safeguard: at least a tenth of the step before, and at most half of it."""
    return min(max(alpha, 0.1 * previous), 0.5 * previous)


def parabola(value0, slope0, alpha, value):
    """Where the one through phi(0), phi'(0) and phi(alpha) has its minimiser."""
    return -slope0 * alpha * alpha / (2.0 * (value - value0 - slope0 * alpha))


def cubic(value0, slope0, alpha0, value_0, alpha1, value_1):
    """Nocedal & Wright (3.58), through phi(0), phi'(0) and the last two values."""
    r0, r1 = value_0 - value0 - slope0 * alpha0, value_1 - value0 - slope0 * alpha1
    scale = 1.0 / (alpha0**2 * alpha1**2 * (alpha1 - alpha0))
    a = scale * (alpha0**2 * r1 - alpha1**2 * r0)
    b = scale * (-(alpha0**3) * r1 + alpha1**3 * r0)
    radicand = b * b - 3.0 * a * slope0
    if radicand < 0.0:
        return math.nan
    return (-b + math.sqrt(radicand)) / (3.0 * a) if b <= 0 else -slope0 / (b + math.sqrt(radicand))


@pytest.mark.parametrize("phi", FINITE)
@pytest.mark.parametrize("start", STARTS)
def test_quadratic_interpolation_in_closed_form(phi, start):
    search = Backtracking(Armijo(0.4), interpolation="quadratic")
    found = search.search(value_of(phi), slope_of(phi), alpha=start, trace=True)
    alpha, value = found.trace["alpha"], found.trace["value"]
    for i in range(2, len(alpha)):
        expected = within(
            parabola(value[0], found.slope0, alpha[i - 1], value[i - 1]), alpha[i - 1]
        )
        assert alpha[i] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("phi", FINITE)
@pytest.mark.parametrize("start", STARTS)
def test_cubic_interpolation_in_closed_form(phi, start):
    """The first time there is no third value, and it is a parabola."""
    search = Backtracking(Armijo(0.4), interpolation="cubic")
    found = search.search(value_of(phi), alpha=start, phi0=phi(0)[0], slope0=phi(0)[1], trace=True)
    alpha, value = found.trace["alpha"], found.trace["value"]
    for i in range(1, len(alpha)):
        last = alpha[i - 1], value[i - 1]
        if i == 1:
            expected = parabola(found.value0, found.slope0, *last)
        else:
            expected = cubic(
                found.value0, found.slope0, alpha[i - 2], value[i - 2], *last)  # fmt: skip
        if 0.0 < expected < last[0]:
            assert alpha[i] == pytest.approx(within(expected, last[0]), rel=1e-5)
        else:
            assert 0.1 * last[0] <= alpha[i] <= 0.5 * last[0] * (1 + 1e-15)


def test_a_slope_that_comes_with_the_value_is_used():
    """Nocedal & Wright (3.59), through both values and both slopes."""
    value0, slope0 = decay(0.0)
    alpha = 2.0
    value, slope = decay(alpha)
    found = Backtracking(Armijo(0.4), interpolation="cubic").search(decay, alpha=alpha, trace=True)
    d1 = slope0 + slope - 3.0 * (value0 - value) / (0.0 - alpha)
    d2 = math.sqrt(d1 * d1 - slope0 * slope)
    expected = alpha - alpha * (slope + d2 - d1) / (slope - slope0 + 2.0 * d2)
    assert found.trace["alpha"][2] == pytest.approx(within(expected, alpha), rel=1e-12)


@pytest.mark.parametrize("interpolation", ["quadratic", "cubic"])
def test_the_interpolant_of_a_quadratic_is_exact(interpolation):
    found = Backtracking(interpolation=interpolation).search(
        lambda a: ((a - 1.0) ** 2, 2.0 * (a - 1.0)), alpha=5.0, trace=True
    )
    assert found.trace["alpha"].tolist() == [0.0, 5.0, 1.0]
    assert found.value == 0.0


@pytest.mark.parametrize("interpolation", [None, "quadratic", "cubic"])
@pytest.mark.parametrize("condition", [Goldstein(), Wolfe(), StrongWolfe(), ApproximateWolfe()])
@pytest.mark.parametrize("shrink", [0.25, 0.5])
def test_steps_that_are_too_short_grow(condition, interpolation, shrink):
    """1/shrink times as long, until one is not too short."""
    far = 1000.0
    phi = lambda a: ((a - far) ** 2, 2.0 * (a - far))  # noqa: E731
    search = Backtracking(condition, shrink, interpolation)
    found = search.search(phi, alpha=1e-3, trace=True)
    assert found.success
    assert_certified(found, phi)
    growing = found.trace["alpha"][1:][found.trace["b"][1:] == search.alpha_max]
    assert len(growing) > 3
    for earlier, later in itertools.pairwise(growing):
        assert later == earlier / shrink


def test_under_armijo_no_step_is_too_short():
    found = Backtracking().search(decay, alpha=1e-6)
    assert (found.alpha, found.nfev) == (1e-6, 2)


@pytest.mark.parametrize("interpolation", [None, "quadratic", "cubic"])
@pytest.mark.parametrize("phi", PROBLEMS.values(), ids=PROBLEMS)
def test_goldstein_finds_its_window(phi, interpolation):
    """Which need not hold the minimiser that interpolation looks for."""
    search = Backtracking(Goldstein(), interpolation=interpolation)
    for start in STARTS:
        found = search.search(phi, alpha=start, trace=True)
        assert_certified(found, phi)
        assert found.success


def test_goldstein_may_exclude_the_minimiser():
    """Of a function that falls as its tangent until it turns sharply."""
    phi = lambda a: (abs(a - 1.0), math.copysign(1.0, a - 1.0))  # noqa: E731
    found = Backtracking(Goldstein()).search(phi, alpha=1.0)
    assert found.success
    assert found.alpha > 1.0
    assert not Goldstein().holds(1.0, *phi(1.0), *phi(0.0))


@pytest.mark.parametrize("alpha_max", [0.5, 2.0])
@pytest.mark.parametrize("condition", [Goldstein(), Curvature(0.1), Wolfe(), StrongWolfe()])
def test_growth_ends_at_alpha_max(condition, alpha_max):
    phi = lambda a: ((a - 100.0) ** 2, 2.0 * (a - 100.0))  # noqa: E731
    found = Backtracking(condition, alpha_max=alpha_max).search(phi, alpha=0.3, trace=True)
    assert (found.status, found.success) == (Status.AT_ALPHA_MAX, False)
    assert found.trace["alpha"].max() == found.alpha == alpha_max


def test_where_it_is_not_finite_a_step_shrinks_by_the_same_factor():
    def phi(a):
        return (-a, -1.0) if a < 0.05 else (math.inf, math.nan)

    found = Backtracking(shrink=0.5).search(phi, trace=True)
    assert found.trace["alpha"][1:].tolist() == [1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert found.alpha == 0.03125


def test_the_wolfe_conditions_by_bisection():
    """Burke, Lewis and Overton (2005): it ends for every function, smooth or not."""
    found = Backtracking(Wolfe(1e-4, 0.5)).search(
        lambda a: (abs(a - math.pi), math.copysign(1.0, a - math.pi)), alpha=1.0, trace=True
    )
    assert found.success
    assert found.trace["alpha"][1:].tolist() == [1.0, 2.0, 4.0]


def test_gradients_are_not_asked_for_where_the_value_is_too_high():
    f, df = value_of(decay), slope_of(decay)
    found = Backtracking(Wolfe()).search(f, df, alpha=10.0, trace=True)
    high = found.trace["value"] > found.value0 + 1e-4 * found.trace["alpha"] * found.slope0
    assert np.isnan(found.trace["slope"][high]).all()
    assert not np.isnan(found.trace["slope"][~high]).any()


def test_a_step_that_promises_less_than_rounding_ends_it():
    found = Backtracking(max_evaluations=1000).search(high)
    assert found.status == Status.STEP_TOO_SMALL
    assert found.nfev < 60
    assert found.alpha == 0.0


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"shrink": 0.0}, ValueError, "shrink must satisfy 0 < shrink < 1; got 0.0"),
        ({"shrink": 1.0}, ValueError, "shrink must satisfy 0 < shrink < 1; got 1.0"),
        ({"shrink": math.nan}, ValueError, "shrink must satisfy 0 < shrink < 1; got nan"),
        ({"shrink": 1j}, TypeError, "shrink must be a real number; got 1j"),
        ({"interpolation": "quintic"}, ValueError,
         "interpolation must be None, 'quadratic' or 'cubic'; got 'quintic'"),
        ({"interpolation": []}, ValueError, "interpolation must be None"),
        ({"condition": "armijo"}, TypeError, "condition"),
        ({"condition": Armijo}, TypeError, "condition"),
    ],
)  # fmt: skip
def test_parameters_out_of_range(parameters, error, message):
    with pytest.raises(error, match=message):
        Backtracking(**parameters)


def test_parameters_are_attributes():
    search = Backtracking(Goldstein(0.1), 0.3, "cubic", 7, alpha_max=5.0)
    assert (search.condition, search.shrink, search.interpolation) == (Goldstein(0.1), 0.3, "cubic")
    assert (search.max_evaluations, search.alpha_max) == (7, 5.0)
    assert Backtracking().interpolation is None
