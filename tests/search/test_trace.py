"""The trace: what was asked and answered, with the interval at the time."""

import math

import numpy as np
import pytest

import fastls

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("f", [math.cosh, lambda x: math.nan if x > 1 else x * x])
def test_a_row_an_evaluation(search, f):
    calls = []

    def recorded(x):
        calls.append((x, f(x)))
        return calls[-1][1]

    found = search().minimize(recorded, (-1, 2), trace=True)
    trace = found.trace
    assert trace.dtype.names == ("x", "value", "a", "b")
    np.testing.assert_array_equal(trace["x"], [x for x, _ in calls])
    np.testing.assert_array_equal(trace["value"], [value for _, value in calls])
    assert len(trace) == found.nfev
    assert (trace["a"][0], trace["b"][0]) == (-1, 2)
    assert np.all((trace["a"] <= trace["x"]) & (trace["x"] <= trace["b"]))
    assert np.all(np.diff(trace["a"]) >= 0)
    assert np.all(np.diff(trace["b"]) <= 0)
    assert np.all(trace["a"] <= found.interval[0])


def test_a_trace_may_be_long():
    found = fastls.Dichotomy(xtol=0).minimize(lambda x: abs(x), (-1, 1e300), trace=True)
    assert len(found.trace) == found.nfev > 1000
    assert len(set(found.trace["x"])) == found.nfev


def test_it_belongs_to_the_user():
    found = fastls.Brent().minimize(math.cosh, (-1, 2), trace=True)
    trace = found.trace
    assert trace.flags.owndata
    assert trace.flags.writeable
    del found
    assert trace["x"][0] == pytest.approx(0.1458980337503153)


@pytest.mark.parametrize(
    "search", [fastls.Backtracking, fastls.Zoom, fastls.MoreThuente, fastls.HagerZhang]
)
def test_of_a_step_it_has_slopes_and_begins_at_0(search):
    def phi(a):
        return math.exp(-a) + 0.01 * a * a

    def dphi(a):
        return -math.exp(-a) + 0.02 * a

    found = search().search(phi, dphi, 300.0, trace=True)
    trace = found.trace
    assert trace.dtype.names == ("alpha", "value", "slope", "a", "b")
    assert trace["alpha"][:2].tolist() == [0.0, 300.0]
    assert trace["value"].tolist() == [phi(alpha) for alpha in trace["alpha"]]
    known = ~np.isnan(trace["slope"])
    assert trace["slope"][known].tolist() == [dphi(alpha) for alpha in trace["alpha"][known]]
    assert (len(trace), np.count_nonzero(known)) == (found.nfev, found.ngev)
    assert np.all((trace["a"] <= trace["alpha"]) & (trace["alpha"] <= trace["b"]))


def test_what_is_known_at_0_is_not_in_the_trace():
    found = fastls.Zoom().search(
        lambda a: ((a - 1) ** 2, 2 * (a - 1)), phi0=1.0, slope0=-2.0, trace=True
    )
    assert found.trace.tolist() == [(1.0, 0.0, 0.0, 0.0, 1e10)]
