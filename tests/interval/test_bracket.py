"""Bracketing: three points with the lowest in the middle, or the reason why not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls import Bracket, Status, bracket


@given(
    minimiser=st.floats(-1e6, 1e6),
    a=st.floats(-100, 100),
    step=st.floats(1e-3, 100),
    downward=st.booleans(),
    power=st.sampled_from([1, 2, 1.5]),
)
def test_a_bracket_has_its_lowest_point_in_the_middle(minimiser, a, step, downward, power):
    calls = []

    def f(x):
        calls.append(x)
        return abs(x - minimiser) ** power

    found = bracket(f, a, a - step if downward else a + step)
    assert found.success
    assert found.a < found.mid < found.b
    assert found.fmid <= min(found.fa, found.fb)
    assert found.fmid < max(found.fa, found.fb)
    assert found.a <= minimiser <= found.b
    assert [found.fa, found.fmid, found.fb] == [f(x) for x in found[:3]]
    assert found.nfev == len(calls) - 3
    assert len(set(calls[:-3])) == found.nfev


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x - 20) ** 2,
        math.cos,
        lambda x: (x + 1e6) ** 2,
        lambda x: x**4 - 3 * x,
        lambda x: math.exp(-x) + x / 100,
    ],
)
def test_no_more_calls_than_scipy(f):
    optimize = pytest.importorskip("scipy.optimize")
    theirs = optimize.bracket(f, -0.5, 0.5)
    ours = bracket(f, -0.5, 0.5)
    assert ours.nfev <= theirs[6]
    assert sorted(theirs[:3]) == pytest.approx(ours[:3], rel=1e-6)


@pytest.mark.parametrize(
    ("f", "status"),
    [
        (lambda x: 1.0, Status.BRACKET_FAILED),
        (lambda x: -x, Status.UNBOUNDED),
        (lambda x: x, Status.UNBOUNDED),
        (lambda x: -math.inf if x > 30 else -x, Status.UNBOUNDED),
        (lambda x: math.nan, Status.NONFINITE),
        (lambda x: math.inf, Status.NONFINITE),
    ],
)
def test_why_there_is_no_bracket(f, status):
    found = bracket(f)
    assert found.status == status
    assert found.message == status.message
    assert not found.success


def test_the_best_point_is_kept_where_the_search_fails():
    found = bracket(lambda x: -x, maxiter=3)
    assert found.status == Status.MAX_ITERATIONS
    assert found.fmid == -found.mid == min(found.fa, found.fmid, found.fb)


@pytest.mark.parametrize("grow_limit", [1.001, 1.1, 2.0, 1e6])
def test_steps_grow_whatever_the_limit(grow_limit):
    found = bracket(abs, 100, 99.9, grow_limit=grow_limit, maxiter=20000)
    assert found.success
    assert found.a < 0 < found.b


def test_points_in_one_place_are_no_bracket():
    found = bracket(lambda x: -x, 1e300, 1e300 + 1e285, grow_limit=1.1, maxiter=5)
    assert not found.success
    found = bracket(lambda x: -x, 0, 5e-324, grow_limit=1.1, maxiter=5)
    assert found.status != Status.CONVERGED


def test_a_wall_is_high_ground():
    found = bracket(lambda x: -x if x < 5 else math.nan)
    assert found.success
    assert found.b >= 5
    assert found.fb == math.inf


def test_it_is_an_interval_whose_values_are_known():
    calls = []

    def f(x):
        calls.append(x)
        return (x - 20) ** 2 + (x - 20) ** 4

    found = bracket(f)
    for search in (fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent()):
        calls.clear()
        result = search.minimize(f, found)
        assert result.x == pytest.approx(20, abs=1e-6)
        assert not {found.mid} & set(calls)
    calls.clear()
    fastls.Parabolic().minimize(f, found)
    assert not {found.a, found.mid, found.b} & set(calls)


def test_it_says_how_it_went():
    assert bracket(math.cosh, 1, 2).message == "A minimum is bracketed."
    assert "status=UNBOUNDED" in repr(bracket(lambda x: -x))


def test_it_unpacks_into_seven():
    a, _mid, b, _fa, _fmid, _fb, nfev = bracket(math.cos, 2, 3)
    assert a < math.pi < b
    assert nfev == 3
    assert Bracket._fields == ("a", "mid", "b", "fa", "fmid", "fb", "nfev")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"a": math.inf}, "a and b must be finite and differ; got inf and 1.0"),
        ({"a": 1}, "a and b must be finite and differ; got 1 and 1.0"),
        ({"grow_limit": 1}, "grow_limit must be > 1; got 1"),
        ({"grow_limit": math.nan}, "grow_limit must be > 1; got nan"),
        ({"maxiter": 0}, "maxiter must be an integer >= 1; got 0"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        bracket(math.cos, **parameters)


def test_complex_ends_are_refused():
    with pytest.raises(TypeError, match="b must be a real number"):
        bracket(math.cos, 0, 1j)


def test_args_and_exceptions():
    assert bracket(lambda x, c: (x - c) ** 2, args=(4,)).success
    with pytest.raises(ZeroDivisionError):
        bracket(lambda x: 1 / 0)
