"""Bracket and zoom: the fewest evaluations on the tables of Moré and Thuente."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import Status, StrongWolfe, Wolfe, Zoom
from tests.step.problems import (
    PROBLEMS,
    ROWS,
    Recorder,
    assert_certified,
    decay,
    quadratic,
    quartic,
    slope_of,
    value_of,
)

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.function}-{row.start:g}")


@every_row
def test_every_row_of_the_tables_is_solved(row):
    """SciPy's line_search solves 16 of them, or 19 with maxiter=100."""
    found = Zoom(**row.constants).search(row.phi, alpha=row.start, trace=True)
    assert found.success
    assert found.condition == StrongWolfe(**row.constants)
    assert_certified(found, row.phi)


def test_the_total_of_the_tables():
    """Moré and Thuente 179, Hager and Zhang 268; pinned, for a change may cost users dearly."""
    found = [Zoom(**row.constants).search(row.phi, alpha=row.start) for row in ROWS]
    assert sum(step.nfev - 1 for step in found) == 135


@every_row
def test_slopes_are_not_asked_for_at_trials_that_are_too_high(row):
    f, df = Recorder(value_of(row.phi)), Recorder(slope_of(row.phi))
    search = Zoom(**row.constants)
    found = search.search(f, df, alpha=row.start, trace=True)
    assert found.success
    assert (found.nfev, found.ngev) == (len(f.asked), len(df.asked))
    c1 = row.constants["c1"]
    for alpha, value, slope, _, _ in found.trace.tolist()[1:]:
        if value > found.value0 + c1 * alpha * found.slope0 and value != found.value0:
            assert math.isnan(slope)
            assert alpha not in df.asked
    assert not math.isnan(found.slope)


def test_their_number_on_the_tables():
    """Gradients are what costs most; with values apart, fewer than Moré and Thuente's 179."""
    found = [
        Zoom(**row.constants).search(value_of(row.phi), slope_of(row.phi), alpha=row.start)
        for row in ROWS
    ]
    assert sum(step.ngev - 1 for step in found) == 123
    assert sum(step.nfev - 1 for step in found) == 189


def test_the_bracket_holds_what_algorithm_3_6_says():
    """One end has the lowest value of those with sufficient decrease, and phi falls from there."""
    for phi in PROBLEMS.values():
        for start in (1e-3, 1.0, 1e3):
            search = Zoom(c1=1e-4, c2=1e-3)
            trace = search.search(phi, alpha=start, trace=True).trace
            value0, slope0 = phi(0.0)
            for i in range(2, len(trace)):
                a, b = trace["a"][i], trace["b"][i]
                assert a in trace["alpha"]
                if b == search.alpha_max:
                    continue
                assert b in trace["alpha"][:i]
                low = [end for end in (a, b) if phi(end)[0] <= value0 + 1e-4 * end * slope0]
                assert low, "neither end has sufficient decrease"


def test_first_steps_grow_two_to_tenfold():
    far = 1e6
    trace = Zoom(c2=1e-3).search(
        lambda a: ((a - far) ** 4, 4.0 * (a - far) ** 3), alpha=1e-3, trace=True
    ).trace  # fmt: skip
    growing = trace["alpha"][1:][trace["b"][1:] == 1e10]
    factors = growing[1:] / growing[:-1]
    assert len(factors) > 3
    assert np.all((factors >= 2.0 - 1e-12) & (factors <= 10.0 + 1e-12))


def test_a_quadratic_takes_one_more_trial():
    """Wherever the first one was: the interpolant is the function."""
    for start in (1e-3, 0.1, 1.7, 100.0):
        found = Zoom(c1=1e-4, c2=1e-3).search(quadratic, alpha=start)
        assert found.alpha == pytest.approx(1.0, rel=1e-3)
        assert found.nfev - 1 <= (3 if start >= 0.1 else 5)


def test_a_quartic_takes_few_trials():
    for start in (1e-3, 1.0, 10.0, 1e3):
        found = Zoom(c1=1e-6, c2=1e-6).search(quartic, alpha=start)
        assert found.alpha == pytest.approx(2.0, abs=1e-3)
        assert found.nfev - 1 <= 12


def test_values_alone_do_not_mislead_a_search_that_needs_slopes():
    found = Zoom().search(value_of(decay), slope_of(decay), alpha=100.0)
    assert found.success
    assert found.slope == decay(found.alpha)[1]


def test_a_condition_in_place_of_its_constants():
    assert Zoom(c1=0.2, c2=0.3).condition == StrongWolfe(0.2, 0.3)
    assert Zoom(condition=Wolfe(0.2, 0.3)).condition == Wolfe(0.2, 0.3)
    # Beyond the minimiser, the weak conditions are met at once.
    assert Zoom(condition=Wolfe(1e-4, 1e-3)).search(quadratic, alpha=1.9).alpha == 1.9


@given(
    minimiser=st.floats(-2, 4).map(lambda exponent: 10.0**exponent),
    power=st.sampled_from([1.5, 2, 3, 4, 6]),
    start=st.floats(-3, 3).map(lambda exponent: 10.0**exponent),
    c2=st.sampled_from([0.9, 0.1, 1e-3]),
)
def test_powers(minimiser, power, start, c2):
    """|a - m|**p, of which no polynomial is the whole truth."""

    def phi(a):
        t = abs(a - minimiser) / minimiser
        return t**power, math.copysign(power * t ** (power - 1) / minimiser, a - minimiser)

    found = Zoom(c1=1e-4, c2=c2).search(phi, alpha=start * minimiser, trace=True)
    assert_certified(found, phi)
    assert found.success
    assert found.nfev <= 40


def test_the_whole_interval_is_searched_before_it_gives_up():
    """It ends with neighbouring floats around a kink at which no slope is small."""
    phi = lambda a: (abs(a - 0.7), math.copysign(1.0, a - 0.7))  # noqa: E731
    found = Zoom().search(phi, alpha=3.0, trace=True)
    assert (found.status, found.success) == (Status.RESOLUTION, False)
    assert abs(found.alpha - 0.7) <= math.ulp(0.7)


@pytest.mark.parametrize("growth", [2.0, 3.0, 100.0])
def test_growth_limits_the_steps(growth):
    trace = Zoom(growth=growth).search(lambda a: (-a, -1.0), trace=True).trace
    np.testing.assert_allclose(trace["alpha"][2:-1] / trace["alpha"][1:-2], growth)


@pytest.mark.parametrize("growth", [1.9, math.inf, math.nan, -1])
def test_growth_out_of_range(growth):
    with pytest.raises(ValueError, match=f"growth must be a finite number >= 2; got {growth!r}"):
        Zoom(growth=growth)
