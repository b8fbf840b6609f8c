"""Golden section: its length is known beforehand, and with it the number of calls."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fastls import GoldenSection, Status

GOLDEN_RATIO = (1 + math.sqrt(5)) / 2


def parabola(x):
    return (x - 2.0) * (x - 2.0)


@pytest.mark.parametrize("iterations", range(1, 40))
def test_after_n_calls_the_interval_has_0618_to_the_n_minus_1_of_its_length(iterations):
    found = GoldenSection(xtol=0.0, maxiter=iterations).minimize(parabola, (0, 5))
    a, b = found.interval
    assert found.nfev == iterations + 1
    assert b - a == pytest.approx(5 * GOLDEN_RATIO ** (1 - found.nfev), rel=1e-6)
    assert abs(found.x - 2) <= b - a


@given(width=st.floats(1e-6, 1e6), factor=st.floats(1.0, 1e9), share=st.floats(0.0, 1.0))
@example(width=1.0, factor=1.0, share=0.5)
def test_the_number_of_calls_is_known_beforehand(width, factor, share):
    search = GoldenSection(xtol=width / factor)
    minimiser = share * width
    found = search.minimize(lambda x: abs(x - minimiser), (0.0, width))
    assert found.status == Status.CONVERGED
    # A width within rounding of xtol may cost one more or one less.
    exact = math.log(factor) / math.log(GOLDEN_RATIO)
    slack = 1 if abs(exact - round(exact)) < 1e-6 else 0
    assert abs(found.nfev - search.evaluations(width)) <= slack


@pytest.mark.parametrize(
    ("width", "xtol", "calls"), [(3, 1e-8, 42), (1, 1, 1), (1, 2, 1), (1, 0.9, 2), (1, 0.6, 3)]
)
def test_evaluations(width, xtol, calls):
    assert GoldenSection(xtol=xtol).evaluations(width) == calls
    assert GoldenSection(xtol=xtol).minimize(parabola, (0, width)).nfev == calls


@pytest.mark.parametrize("width", [0, -1, math.inf, math.nan])
def test_evaluations_refuses_a_width_that_is_none(width):
    with pytest.raises(ValueError, match="width must be a finite number > 0"):
        GoldenSection().evaluations(width)


def test_evaluations_cannot_tell_what_floating_point_decides():
    with pytest.raises(ValueError, match="xtol must be > 0"):
        GoldenSection(xtol=0).evaluations(1)


def test_the_first_two_points_divide_the_interval_in_the_golden_section():
    trace = GoldenSection().minimize(parabola, (0, 1), trace=True).trace
    np.testing.assert_allclose(trace["x"][:2], [GOLDEN_RATIO**-2, GOLDEN_RATIO**-1], rtol=1e-15)


def test_one_call_an_iteration_after_the_first():
    found = GoldenSection().minimize(parabola, (0, 3))
    assert found.nfev == found.nit + 1


def test_with_a_middle_the_search_begins_there_and_never_loses_it():
    """With more than one minimum, the one found is at least as low as the middle."""

    def two_valleys(x):
        return min((x - 1) ** 2, (x - 9) ** 2 + 0.5)

    found = GoldenSection().minimize(two_valleys, (0, 1.1, 10), trace=True)
    assert found.trace["x"][0] == 1.1
    assert found.x == pytest.approx(1, abs=1e-7)


@given(mid=st.floats(0.001, 0.999), minimiser=st.floats(0.0, 1.0))
def test_any_middle_will_do(mid, minimiser):
    found = GoldenSection(xtol=1e-9).minimize(lambda x: abs(x - minimiser), (0.0, mid, 1.0))
    a, b = found.interval
    assert found.status == Status.CONVERGED
    assert a <= minimiser <= b
    assert b - a <= 1e-9


def test_without_tolerance_it_ends_at_the_neighbouring_floats():
    found = GoldenSection(xtol=0).minimize(lambda x: abs(x - 2.0), (0, 5))
    assert found.status == Status.RESOLUTION
    assert found.success
    assert found.interval == (np.nextafter(2, 0), np.nextafter(2, 3))


def test_relative_tolerance():
    found = GoldenSection(xtol=0, rtol=1e-3).minimize(lambda x: abs(x - 1e6), (0, 3e6))
    a, b = found.interval
    assert 0.5e3 < b - a <= 1e-3 * found.x


@given(frequency=st.floats(-50, 50), phase=st.floats(0, 7), a=st.floats(-10, 10))
def test_the_interval_shrinks_at_the_promised_rate_whatever_the_function(frequency, phase, a):
    found = GoldenSection().minimize(
        lambda x: math.sin(frequency * x + phase), (a, a + 3), trace=True
    )
    widths = found.trace["b"] - found.trace["a"]
    promised = 3 * GOLDEN_RATIO ** -np.maximum(np.arange(len(widths)) - 1.0, 0.0)
    # The ends are rounded: some 40 roundings of numbers of up to 13.
    np.testing.assert_allclose(widths, promised, rtol=1e-6, atol=1e-13)


@given(steps=st.integers(1, 9), exponent=st.integers(-1024, -1010), start=st.integers(0, 2**52))
def test_where_parts_of_the_width_are_subnormal(steps, exponent, start):
    """A point computed may be rounded onto an end there; it is not asked for."""
    a = math.ldexp(1 + start * 2.0**-52, exponent)
    b = a
    for _ in range(steps):
        b = math.nextafter(b, math.inf)
    for f in (abs, lambda x: -x):
        for interval in ((a, b), (-b, -a)):
            found = GoldenSection(xtol=0).minimize(f, interval, trace=True)
            assert found.status == Status.RESOLUTION
            assert len(set(found.trace["x"])) == found.nfev <= steps + 1


def test_evaluations_of_extreme_tolerances():
    assert GoldenSection(xtol=1e300).evaluations(1e-300) == 1
    assert GoldenSection(xtol=1e-300).evaluations(1e300) == 2872
