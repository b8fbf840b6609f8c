"""Moré and Thuente: their tables, trial for trial."""

import itertools
import math

import numpy as np
import pytest

from fastls import MoreThuente, Status, StrongWolfe, Wolfe
from tests.step.problems import (
    ROWS,
    Recorder,
    assert_certified,
    himmelblau,
    more_thuente_1,
    quadratic,
    quartic,
    slope_of,
    value_of,
)


def identified(row):
    return f"{row.function}-{row.start:g}"


def solve(row, **options):
    search = MoreThuente(**row.constants, alpha_max=4.0 * max(1.0, row.start), **options)
    return search.search(row.phi, alpha=row.start, trace=True)


@pytest.mark.parametrize("row", ROWS, ids=identified)
@pytest.mark.parametrize("xtol", [1e-14, 1e-10])
def test_the_published_tables(row, xtol):
    """The counts are those of the tables, the digits those of MINPACK-2's dcsrch."""
    found = solve(row, xtol=xtol)
    assert found.success
    assert found.condition == StrongWolfe(**row.constants)
    assert found.nfev - 1 == row.count
    assert found.alpha == pytest.approx(row.alpha, rel=1e-9)
    if (row.function, row.start) == (2, 1e-3):
        assert abs(found.slope) < 1e-8  # rounding only, in the tables as well
    elif row.function == 2:
        assert found.slope == pytest.approx(row.slope, abs=2e-11)
    else:
        assert found.slope == pytest.approx(row.slope, rel=1e-3)
    assert_certified(found, row.phi)


def test_the_total_of_the_tables():
    assert sum(solve(row).nfev - 1 for row in ROWS) == sum(row.count for row in ROWS) == 179


@pytest.mark.parametrize("row", ROWS, ids=identified)
def test_every_trial_needs_value_and_slope(row):
    f, df = Recorder(value_of(row.phi)), Recorder(slope_of(row.phi))
    search = MoreThuente(**row.constants)
    found = search.search(f, df, alpha=row.start)
    assert f.asked == df.asked
    assert found.nfev == found.ngev == len(f.asked)
    assert found.alpha == search.search(row.phi, alpha=row.start).alpha


@pytest.mark.parametrize(
    ("function", "alpha", "count"), [(4, 0.0038522, 6), (5, 0.0040126, 6), (6, 0.043447, 4)]
)
def test_rows_in_which_the_auxiliary_function_matters(function, alpha, count):
    """From mize: x = 1, direction -1, c1 = 0.1, c2 = 0.9."""
    phi = next(row.phi for row in ROWS if row.function == function)

    def reversed_phi(a):
        value, slope = phi(1.0 - a)
        return value, -slope

    found = MoreThuente(0.1, 0.9).search(reversed_phi)
    assert found.alpha == pytest.approx(alpha, rel=2e-5)
    assert found.nfev - 1 in (count - 1, count)


def test_a_quadratic_from_twice_its_minimiser():
    """The auxiliary function's minimiser is (1 - c1)/2: right, and as published."""
    found = MoreThuente().search(lambda a: ((1 - 2 * a) ** 2, -4 * (1 - 2 * a)))
    assert found.alpha == pytest.approx(0.49995, abs=1e-12)


def test_himmelblau():
    """LineSearches.jl finds the same."""
    found = MoreThuente().search(himmelblau)
    assert found.alpha == pytest.approx(0.0175892025844326, rel=1e-9)


# The longest and the shortest step.


@pytest.mark.parametrize("alpha_max", [1e-3, 0.5, 3.0])
def test_at_alpha_max(alpha_max):
    found = MoreThuente(alpha_max=alpha_max).search(
        lambda a: ((a - 50.0) ** 2, 2.0 * (a - 50.0)), trace=True
    )
    assert (found.status, found.success) == (Status.AT_ALPHA_MAX, False)
    assert found.alpha == found.trace["alpha"][-1] == alpha_max
    assert found.value < found.value0


def test_a_step_that_is_acceptable_at_alpha_max_is_a_success():
    found = MoreThuente(alpha_max=0.75).search(quadratic, alpha=3.0)
    assert (found.status, found.alpha) == (Status.CONVERGED, 0.75)


@pytest.mark.parametrize("start", [1e-3, 2.0, 100.0])
def test_at_alpha_min(start):
    """Acceptable steps are below 2 here, and nothing shorter than 2.5 is tried."""
    found = MoreThuente(alpha_min=2.5).search(quadratic, alpha=start, trace=True)
    assert (found.status, found.success) == (Status.AT_ALPHA_MIN, False)
    assert found.trace["alpha"][1:].min() == 2.5
    assert found.alpha == 0.0  # where the value was lowest
    assert_certified(found, quadratic)


def test_alpha_is_clipped_into_the_range_allowed():
    search = MoreThuente(alpha_min=0.5, alpha_max=1.5)
    assert search.search(quadratic, alpha=1e-3, trace=True).trace["alpha"][1] == 0.5
    assert search.search(quadratic, alpha=1e3, trace=True).trace["alpha"][1] == 1.5


def test_one_step_is_allowed():
    found = MoreThuente(alpha_min=0.75, alpha_max=0.75).search(quadratic, trace=True)
    assert found.trace["alpha"].tolist() == [0.0, 0.75]
    assert found.success
    assert MoreThuente(alpha_min=3.0, alpha_max=3.0).search(quadratic).nfev == 2


def test_xtol_ends_the_search_at_a_narrow_interval():
    kink = lambda a: (abs(a - 0.7), math.copysign(1.0, a - 0.7))  # noqa: E731
    counts = []
    for xtol in (1e-1, 1e-3, 1e-6, 1e-12, 0.0):
        found = MoreThuente(xtol=xtol).search(kink, trace=True)
        assert (found.status, found.success) == (Status.RESOLUTION, False)
        assert found.alpha == pytest.approx(0.7, rel=2 * xtol + 1e-15)
        assert found.value == min(found.trace["value"])
        counts.append(found.nfev)
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] <= 61


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"xtol": -1.0}, "xtol must be a finite number >= 0; got -1.0"),
        ({"xtol": math.inf}, "xtol must be a finite number >= 0; got inf"),
        ({"xtol": math.nan}, "xtol must be a finite number >= 0; got nan"),
        ({"alpha_min": -1e-9}, "alpha_min must be a finite number >= 0; got -1e-09"),
        ({"alpha_min": math.inf}, "alpha_min must be a finite number >= 0; got inf"),
        ({"alpha_min": 2, "alpha_max": 1}, "alpha_max must be > 0 and >= alpha_min; got 1"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        MoreThuente(**parameters)


def test_the_weak_conditions():
    """A step beyond the minimiser will do."""
    assert MoreThuente(condition=Wolfe(1e-4, 1e-3)).search(quadratic, alpha=1.9).alpha == 1.9
    assert MoreThuente(c1=1e-4, c2=1e-3).search(quadratic, alpha=1.9).alpha != 1.9


def test_an_infinite_longest_step():
    search = MoreThuente(c1=0.001, c2=0.1, alpha_max=math.inf, max_evaluations=2000)
    assert search.search(more_thuente_1, alpha=1e-3).success
    found = search.search(lambda a: (-a, -1.0), trace=True)
    assert (found.status, found.success) == (Status.UNBOUNDED, False)
    assert math.isfinite(found.alpha)
    assert np.isfinite(found.trace["alpha"]).all()


def test_trials_grow_by_the_factors_of_the_paper():
    """Between 1.1 and 4 times the last increment, on top of it."""
    trace = MoreThuente(c2=0.1).search(
        lambda a: ((a - 1e4) ** 2, 2.0 * (a - 1e4)), alpha=1e-3, trace=True
    ).trace  # fmt: skip
    alpha = trace["alpha"]
    growing = [later / earlier for earlier, later in itertools.pairwise(alpha[1:])]
    assert growing[0] == pytest.approx(5.0)
    assert all(factor <= 5.0 + 1e-12 for factor in growing)


def test_a_quartic():
    found = MoreThuente(c2=1e-3).search(quartic, alpha=1e3)
    assert found.success
    assert found.alpha == pytest.approx(2.0, abs=0.01)
    assert found.nfev <= 15


def test_a_wall_below_alpha_min_ends_the_search_at_once():
    asked = []

    def phi(a):
        asked.append(a)
        if a < 0.276:
            return -math.log(0.276 - a) - 3 * a, 1 / (0.276 - a) - 13
        return math.inf, math.nan

    found = MoreThuente(0.3, 0.3, alpha_min=0.3).search(phi)
    assert not found.success
    assert asked == [0.0, 1.0, 0.3]


def test_constants_are_given_once():
    with pytest.raises(ValueError, match="c1 and c2, or condition, not both"):
        MoreThuente(c2=0.5, condition=Wolfe())


def test_the_longest_step_of_one_search():
    search = MoreThuente()
    found = search.search(lambda a: (-a, -1.0), alpha_max=3.0)
    assert (found.alpha, found.status.name) == (3.0, "AT_ALPHA_MAX")
    assert search.alpha_max == 1e10
    with pytest.raises(ValueError, match="alpha_max must be > 0; got -1"):
        search.search(lambda a: (-a, -1.0), alpha_max=-1)
