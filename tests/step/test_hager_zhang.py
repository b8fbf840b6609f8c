"""Hager and Zhang: slopes decide, and the result says which conditions were met."""

import math

import pytest

from fastls import ApproximateWolfe, HagerZhang, Status, Wolfe
from tests.step.problems import (
    PROBLEMS,
    ROWS,
    Recorder,
    assert_certified,
    kink,
    more_thuente_1,
    quadratic,
    slope_of,
    value_of,
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.function}-{row.start:g}")
def test_every_row_of_the_tables_is_solved(row):
    search = HagerZhang(**row.constants)
    found = search.search(row.phi, alpha=row.start, trace=True)
    assert found.success
    assert_certified(found, row.phi)
    point = found.alpha, found.value, found.slope, found.value0, found.slope0
    wolfe, approximate = Wolfe(**row.constants), ApproximateWolfe(**row.constants)
    assert found.condition == (wolfe if wolfe.holds(*point) else approximate)


def test_the_total_of_the_tables():
    """Elsewhere 268 (mize); pinned: LineSearches.jl 7.6.1 cost its users three times as many."""
    counts = [HagerZhang(**row.constants).search(row.phi, alpha=row.start).nfev - 1 for row in ROWS]
    assert sum(counts) == 155


def test_the_row_that_only_the_approximate_conditions_accept():
    """Function 1 from 1000: nearly flat there, but far too little lower."""
    found = HagerZhang(c1=0.001, c2=0.1).search(more_thuente_1, alpha=1e3)
    assert (found.alpha, found.nfev - 1) == (1e3, 1)
    assert found.condition == ApproximateWolfe(0.001, 0.1, 1e-6)
    assert not Wolfe(0.001, 0.1).holds(*more_thuente_at(1e3))
    assert ApproximateWolfe(0.001, 0.1).holds(*more_thuente_at(1e3))


def more_thuente_at(alpha):
    return alpha, *more_thuente_1(alpha), *more_thuente_1(0.0)


def test_where_both_are_met_the_wolfe_conditions_are_named():
    found = HagerZhang().search(quadratic, alpha=1.0)
    assert found.condition == Wolfe(0.1, 0.9)


def test_epsilon_says_how_much_a_value_may_rise():
    """A step to slightly higher ground, nearly flat there."""

    def phi(a):
        return (1.0, -1e-5) if a == 0 else (1.0 + 1e-4, 0.0) if a > 0.5 else (1.0, -1e-5)

    assert HagerZhang(epsilon=1e-3).search(phi).alpha == 1.0
    assert HagerZhang(epsilon=1e-6).search(phi).alpha != 1.0


def test_where_the_value_at_0_is_0_epsilon_has_a_floor():
    """As small as a rounding error, so that no clear rise is accepted."""
    assert ApproximateWolfe().holds(1.0, 1e-16, 0.0, 0.0, -1.0)
    assert not ApproximateWolfe().holds(1.0, 1e-7, 0.0, 0.0, -1.0)
    rises = HagerZhang().search(lambda a: (0.9 * (a / 1e6) ** 2 - 1e-12 * a, 1.8e-12 * a - 1e-12))
    assert rises.value <= 0.0
    found = HagerZhang().search(lambda a: ((a - 1) ** 2 - 1, 2 * (a - 1)), alpha=5.0)
    assert found.success


@pytest.mark.parametrize("rho", [2.0, 5.0, 10.0])
def test_bracketing_grows_by_rho(rho):
    trace = HagerZhang(rho=rho).search(lambda a: (-a, -1.0), trace=True).trace
    for earlier, later in zip(trace["alpha"][1:-2], trace["alpha"][2:-1], strict=True):
        assert later == rho * earlier


@pytest.mark.parametrize("theta", [0.25, 0.5, 0.75])
def test_theta_divides_the_interval_where_the_function_is_high(theta):
    """U3: high, and falling there."""

    def phi(a):
        return (1.0, -1.0) if a == 0 else (5.0 - a, -1.0)

    trace = HagerZhang(theta=theta, max_evaluations=5).search(phi, trace=True).trace
    assert trace["alpha"][1:].tolist() == [theta**k for k in range(5)]


def test_gamma_sees_to_it_that_the_interval_shrinks():
    """Secant steps that hardly move are followed by bisection: it takes no longer than that."""
    for phi in PROBLEMS.values():
        for start in (1e-3, 1.0, 1e3):
            found = HagerZhang(c1=1e-4, c2=1e-4, gamma=0.66).search(phi, alpha=start)
            assert found.status != Status.MAX_EVALUATIONS


def test_every_trial_needs_value_and_slope():
    for phi in PROBLEMS.values():
        f, df = Recorder(value_of(phi)), Recorder(slope_of(phi))
        found = HagerZhang().search(f, df, alpha=10.0)
        finite = [alpha for alpha in f.asked if math.isfinite(phi(alpha)[0])]
        assert df.asked == finite
        assert found.ngev == len(finite)


def test_a_kink_satisfies_the_wolfe_conditions_just_beyond_it():
    found = HagerZhang().search(kink, alpha=1e-3, trace=True)
    assert_certified(found, kink)
    assert found.success
    assert found.slope > 0


def test_the_data_of_linesearches_175():
    """Nearly a minimiser already, in a valley whose slopes differ by orders of magnitude."""

    def phi(a):
        return 1e-8 * (math.expm1(50 * a) - 60.0 * a), 1e-8 * (50 * math.exp(50 * a) - 60.0)

    for start in (1e-6, 1e-3, 0.1, 1.0):
        found = HagerZhang().search(phi, alpha=start, trace=True)
        assert_certified(found, phi)
        assert found.success
        assert abs(found.slope) <= 0.9 * abs(found.slope0) or found.slope > 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"c1": 0.5}, "c1 and c2 must satisfy 0 < c1 < 1/2 and c1 <= c2 < 1; got c1=0.5"),
        ({"epsilon": -1.0}, "epsilon must satisfy 0 <= epsilon < 1; got -1.0"),
        ({"theta": 0.0}, "theta must satisfy 0 < theta < 1; got 0.0"),
        ({"theta": 1.0}, "theta must satisfy 0 < theta < 1; got 1.0"),
        ({"gamma": math.nan}, "gamma must satisfy 0 < gamma < 1; got nan"),
        ({"rho": 1.0}, "rho must satisfy 1 < rho <= 1e10; got 1.0"),
        ({"rho": math.inf}, "rho must satisfy 1 < rho <= 1e10; got inf"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        HagerZhang(**parameters)


def test_its_parameters_are_those_of_the_paper():
    search = HagerZhang()
    assert repr(search) == (
        "HagerZhang(c1=0.1, c2=0.9, epsilon=1e-06, theta=0.5, gamma=0.66, rho=5.0, "
        "max_evaluations=60, alpha_max=10000000000.0)"
    )
