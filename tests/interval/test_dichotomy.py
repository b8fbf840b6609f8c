"""Dichotomy: every iteration halves the interval."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import Dichotomy, Status


def parabola(x):
    return (x - 2.0) * (x - 2.0)


@pytest.mark.parametrize("iterations", range(1, 40))
def test_every_iteration_halves_the_interval_exactly(iterations):
    found = Dichotomy(xtol=0.0, maxiter=iterations).minimize(parabola, (0, 8))
    a, b = found.interval
    assert found.nit == iterations
    assert b - a == 8 * 0.5**iterations


@given(
    width=st.floats(1e-6, 1e6),
    factor=st.floats(1.0, 1e9),
    share=st.floats(0.0, 1.0),
)
def test_one_or_two_calls_an_iteration_after_the_first(width, factor, share):
    search = Dichotomy(xtol=width / factor)
    found = search.minimize(lambda x: abs(x - share * width), (0.0, width))
    exact = math.log2(factor)
    iterations = math.ceil(exact)
    assert found.status == Status.CONVERGED
    if abs(exact - round(exact)) > 1e-6:  # else rounding decides
        assert found.nit == iterations
        assert search.evaluations(width) == 1 + 2 * iterations
    assert 1 + found.nit <= found.nfev <= 1 + 2 * found.nit


@pytest.mark.parametrize("minimiser", [0.0, 0.1, 1 / 3, 0.5, 0.71, 1.0])
@pytest.mark.parametrize("iterations", range(1, 25))
def test_the_error_after_n_more_calls_is_bounded_by_0707_to_the_n(minimiser, iterations):
    found = Dichotomy(xtol=0, maxiter=iterations).minimize(lambda x: abs(x - minimiser), (0, 1))
    assert abs(found.x - minimiser) <= math.sqrt(0.5) ** (found.nfev - 1) / 2 + 1e-15


@pytest.mark.parametrize("tolerance", [0.3, 1e-3, 1e-7])
def test_iterations_for_a_middle_within_a_tolerance(tolerance):
    iterations = math.ceil(math.log2(5 / tolerance) - 1)
    found = Dichotomy(xtol=0, maxiter=iterations).minimize(parabola, (0, 5))
    assert abs(found.x - 2) <= tolerance


@pytest.mark.parametrize(("width", "xtol", "calls"), [(1, 0.125, 7), (1, 1, 1), (1, 5, 1)])
def test_evaluations(width, xtol, calls):
    assert Dichotomy(xtol=xtol).evaluations(width) == calls


def test_x_is_the_middle():
    found = Dichotomy().minimize(parabola, (0, 3))
    assert found.x == sum(found.interval) / 2


def test_without_tolerance_it_ends_at_the_neighbouring_floats():
    found = Dichotomy(xtol=0).minimize(lambda x: abs(x - 2.0), (0, 5))
    assert found.status == Status.RESOLUTION
    assert found.success
    assert found.interval == (math.nextafter(2, 0), math.nextafter(2, 3))


@pytest.mark.parametrize("finite_part", [(0.0, 0.1), (0.4, 0.6), (0.7, 0.9)])
def test_it_finds_the_finite_part_left_or_right_of_the_middle(finite_part):
    low, high = finite_part
    target = (low + high) / 2
    found = Dichotomy().minimize(lambda x: abs(x - target) if low < x < high else math.inf, (0, 1))
    assert found.x == pytest.approx(target, abs=1e-8)


@given(frequency=st.floats(-50, 50), phase=st.floats(0, 7), a=st.integers(-10, 10))
def test_the_interval_shrinks_at_the_promised_rate_whatever_the_function(frequency, phase, a):
    found = Dichotomy().minimize(lambda x: math.sin(frequency * x + phase), (a, a + 4), trace=True)
    widths = (found.trace["b"] - found.trace["a"]).tolist()
    assert set(widths) == {4 * 0.5**k for k in range(found.nit)}
    assert found.interval[1] - found.interval[0] == 4 * 0.5**found.nit
    # One value for the middle, then at most two for each width.
    assert all(widths.count(width) <= 2 for width in widths[1:] if width < 4)
    assert widths.count(4.0) <= 3


def test_evaluations_of_extreme_tolerances():
    assert Dichotomy(xtol=1e300).evaluations(1e-300) == 1
    assert Dichotomy(xtol=1e-300).evaluations(1e300) == 1 + 2 * 1994
