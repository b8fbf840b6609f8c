"""Successive parabolic interpolation: fast where it works, and honest where it does not."""

import itertools
import math

import pytest

from fastls import Parabolic, Status


def test_on_a_parabola_the_first_vertex_is_the_minimiser():
    found = Parabolic().minimize(lambda x: 3 * (x - 1.25) ** 2 + 7, (0, 2.5 + 1), trace=True)
    assert found.trace["x"][3] == pytest.approx(1.25, abs=1e-15)
    # Two more values show that both sides are higher.
    assert (found.nfev, found.status) == (6, Status.CONVERGED)


def test_the_three_points_to_begin_with():
    trace = Parabolic().minimize(math.cosh, (-1, 2), trace=True).trace
    assert trace["x"][:3].tolist() == [0.5, -1.0, 2.0]
    trace = Parabolic().minimize(math.cosh, (-1, 0.25, 2), trace=True).trace
    assert trace["x"][:3].tolist() == [0.25, -1.0, 2.0]


def test_it_converges_with_order_1_3247():
    """The root of t**3 = t + 1. Around 0, where f is 0, floats are dense enough to see it."""
    search = Parabolic(xtol=1e-140, rtol=0)
    found = search.minimize(lambda x: x * x + x * x * x, (-0.1, 0.03, 0.15), trace=True)
    errors = [abs(x) for x in found.trace["x"].tolist() if 1e-130 < abs(x) < 1e-6]
    orders = [math.log(later) / math.log(sooner) for sooner, later in itertools.pairwise(errors)]
    assert len(orders) >= 5
    assert orders[-1] == pytest.approx(1.3247, abs=0.01)


@pytest.mark.parametrize(
    ("f", "interval"),
    [
        (lambda x: 1.0, (0, 1)),
        (lambda x: x, (0, 1)),
        (lambda x: -3 * x, (0, 1)),
        (lambda x: math.sqrt(abs(x)), (0.0, 1.0)),
    ],
)
def test_a_line_or_a_parabola_opening_downward_is_reported(f, interval):
    found = Parabolic().minimize(f, interval)
    assert found.status == Status.DEGENERATE_PARABOLA
    assert not found.success
    assert found.fun == min(f(x) for x in (*interval, sum(interval) / 2))


def test_a_middle_above_both_ends_is_reported():
    found = Parabolic().minimize(lambda x: -(x**2), (-1, 2))
    assert found.status == Status.NOT_UNIMODAL
    assert (found.x, found.fun) == (2.0, -4.0)


def test_it_does_not_stall_at_a_maximum():
    """Of x**4 - x**2/2 on [-1, 1], the first vertex is 0, where the function is at a maximum."""
    found = Parabolic().minimize(lambda x: x**4 - 0.5 * x**2, (-1, 1))
    assert found.success
    assert abs(found.x) == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize(
    ("f", "interval", "minimiser"),
    [
        (lambda x: abs(x - 1.3), (0, 3), 1.3),
        (lambda x: math.log(1 + 4 * (x - 1) ** 2), (-5, 4.7), 1),
        (lambda x: math.exp(4 * (x - 2)) + math.exp(2 - x), (-5, 4.7), 2 - math.log(4) / 5),
    ],
)
def test_the_ends_help_where_the_last_three_points_do_not(f, interval, minimiser):
    """The parabola through the last three points alone fails on each of these."""
    found = Parabolic().minimize(f, interval)
    assert found.success
    assert found.x == pytest.approx(minimiser, abs=1e-7)


def test_it_may_creep_and_says_so():
    found = Parabolic().minimize(lambda x: math.exp(x) + 1 / (100 * x), (1e-4, 1))
    assert found.status == Status.MAX_ITERATIONS
    assert found.nit == 100


@pytest.mark.parametrize(("interval", "end"), [((0, 1), 0.0), ((-1, 0), -1.0)])
def test_a_minimum_at_an_end_is_found_exactly(interval, end):
    found = Parabolic().minimize(math.exp, interval)
    assert found.success
    assert found.x == end


def test_three_infinite_values_are_no_parabola():
    found = Parabolic().minimize(lambda x: math.inf, (-1, 1))
    assert found.status == Status.NONFINITE
    assert not found.success


def test_an_interval_within_the_tolerance_takes_one_call():
    found = Parabolic().minimize(math.cosh, (1, 1 + 1e-9))
    assert (found.nfev, found.status) == (1, Status.CONVERGED)
