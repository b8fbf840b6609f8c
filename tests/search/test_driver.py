"""The loop between a search and a function: limits, values that are not finite, counts."""

import ctypes
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls import Status

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
every_search = pytest.mark.parametrize("search", SEARCHES)

NOT_FINITE = [math.nan, math.inf]

any_value = st.floats() | st.floats(-1, 1) | st.sampled_from([0.0, 1.7e308, -1.7e308, 5e-324])


class Recorder:
    """A function that writes down what it was asked and what it answered."""

    def __init__(self, f):
        self.f = f
        self.asked, self.answered = [], []

    def __call__(self, x):
        self.asked.append(x)
        self.answered.append(self.f(x))
        return self.answered[-1]


def smooth(x):
    return math.cosh(x - 0.7) + 0.1 * x


@every_search
@pytest.mark.parametrize("trace", [False, True])
def test_every_call_is_counted(search, trace):
    f = Recorder(smooth)
    assert search().minimize(f, (-1, 2), trace=trace).nfev == len(f.asked) > 5


@every_search
def test_every_call_of_a_c_callback_is_counted(search):
    f = Recorder(smooth)
    compiled = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(f)
    assert search().minimize(compiled, (-1, 2)).nfev == len(f.asked) > 5


@every_search
def test_keeping_a_trace_changes_nothing_else(search):
    plain = search().minimize(smooth, (-1, 2))
    traced = search().minimize(smooth, (-1, 2), trace=True)
    assert all(plain[field] == traced[field] for field in plain if field != "trace")


@every_search
@given(
    answers=st.lists(any_value, min_size=1, max_size=40),
    interval=st.sampled_from([(0.0, 1.0), (-1e300, 1e300), (1.0, 1.0 + 2.0**-40)]),
    xtol=st.sampled_from([0.0, 1e-8]),
)
def test_whatever_is_answered_the_rules_hold(search, answers, interval, xtol):
    endless = itertools.cycle(answers)
    f = Recorder(lambda x: next(endless))
    found = search(xtol, 10**6).minimize(f, interval, trace=True)
    trace = found.trace
    assert trace["x"].tolist() == f.asked
    np.testing.assert_array_equal(trace["value"], f.answered)  # raw: a NaN is a NaN
    assert found.nfev == len(f.asked) == len(set(f.asked)) < 5000
    a = [interval[0], *trace["a"], found.interval[0]]
    b = [interval[1], *trace["b"], found.interval[1]]
    assert a == sorted(a)
    assert b == sorted(b, reverse=True)
    assert all(low <= x <= high for x, low, high in zip(f.asked, a[1:], b[1:], strict=False))
    known = [math.inf if math.isnan(value) else value for value in f.answered]
    assert found.fun == min(known)
    assert (found.x, found.fun) in zip(f.asked, known, strict=True)


@every_search
@given(bad=st.lists(st.sampled_from(NOT_FINITE), min_size=1, max_size=5))
def test_a_function_that_is_finite_nowhere(search, bad):
    answers = itertools.cycle(bad)
    found = search().minimize(lambda x: next(answers), (0, 1))
    assert (found.status, found.success, found.fun) == (Status.NONFINITE, False, math.inf)


@every_search
@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_function_that_is_finite_nowhere_says_so_at_the_limit_too(search, bad):
    assert search(maxiter=1).minimize(lambda x: bad, (0, 1)).status == Status.NONFINITE


@every_search
@pytest.mark.parametrize("bad", NOT_FINITE)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_single_finite_value_is_the_best(search, bad, position):
    count = itertools.count()
    found = search().minimize(lambda x: 7.0 if next(count) == position else bad, (0, 1), trace=True)
    assert found.status != Status.NONFINITE
    assert found.fun == 7.0
    assert found.x == found.trace["x"][position]


@every_search
def test_nan_is_as_bad_as_infinity(search):
    traces = [
        search().minimize(lambda x, bad: x * x if x < 1 else bad, (-1, 3), args=bad, trace=True)
        for bad in NOT_FINITE
    ]
    assert traces[0].trace["x"].tolist() == traces[1].trace["x"].tolist()
    assert (traces[0].x, traces[0].status) == (traces[1].x, traces[1].status)


@every_search
@pytest.mark.parametrize("call", [1, 2, 3, 6])
def test_minus_infinity_ends_the_search_where_it_was_found(search, call):
    f = Recorder(lambda x: -math.inf if len(f.asked) == call else smooth(x))
    found = search().minimize(f, (-1, 2), trace=True)
    assert (found.status, found.success) == (Status.UNBOUNDED, False)
    assert (found.x, found.fun, found.nfev) == (f.asked[-1], -math.inf, call)
    assert found.trace["value"][-1] == -math.inf


@every_search
def test_the_largest_values_are_values(search):
    found = search().minimize(lambda x: 1.7e308 if x < 1 else -1.7e308, (0, 3))
    assert found.fun == -1.7e308
    assert found.status not in (Status.UNBOUNDED, Status.NONFINITE)


@every_search
@pytest.mark.parametrize("maxiter", range(1, 6))
def test_a_search_with_a_limit_is_the_beginning_of_one_without(search, maxiter):
    whole = search().minimize(smooth, (-1, 2), trace=True)
    part = search(maxiter=maxiter).minimize(smooth, (-1, 2), trace=True)
    assert (part.status, part.success) == (Status.MAX_ITERATIONS, False)
    assert part.nit == maxiter
    assert part.nfev < whole.nfev
    assert part.trace.tolist() == whole.trace[: part.nfev].tolist()
    assert part.fun == min(part.trace["value"])


@every_search
def test_a_limit_that_is_not_exceeded_is_none(search):
    whole = search().minimize(smooth, (-1, 2))
    assert whole.status == Status.CONVERGED
    exact = search(maxiter=whole.nit).minimize(smooth, (-1, 2))
    assert (exact.x, exact.nfev, exact.status) == (whole.x, whole.nfev, whole.status)
    assert search(maxiter=whole.nit - 1).minimize(smooth, (-1, 2)).status == Status.MAX_ITERATIONS


@every_search
@pytest.mark.parametrize("xtol", [0.0, 1e-8])
@pytest.mark.parametrize("f", [smooth, lambda x: -math.inf, lambda x: math.nan, lambda x: -x * x])
def test_success_means_as_close_as_asked_for_or_as_floats_allow(search, xtol, f):
    found = search(xtol, rtol=0).minimize(f, (-1, 2))
    assert found.success == (found.status in (Status.CONVERGED, Status.RESOLUTION))
    assert found.message == found.status.message
