"""What holds for every search on an interval, whatever its method."""

import copy
import itertools
import math
import pickle
import threading

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fastls
from fastls import Status
from fastls.interval.method import IntervalSearch

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
GUARDED = [fastls.Dichotomy, fastls.GoldenSection, fastls.Brent]
every_search = pytest.mark.parametrize("search", SEARCHES)
every_guarded_search = pytest.mark.parametrize("search", GUARDED)

# Ends of intervals of every size, and minimisers at shares of them.
ends = st.floats(-1e12, 1e12) | st.floats(-1e3, 1e3) | st.sampled_from([0.0, 1e-300, 1.0])
shares = st.floats(0.0, 1.0) | st.sampled_from([0.0, 1.0])


@st.composite
def unimodal_functions(draw):
    """(f, a, b, minimiser): falls to the minimiser and rises from there, strictly, in rounding."""
    a, b = sorted((draw(ends), draw(ends)))
    minimiser = min(max(a + draw(shares) * (b - a), a), b)
    left, right = draw(st.floats(1, 1e3)), draw(st.floats(1, 1e3))
    shape = draw(st.sampled_from([abs, math.sqrt, lambda t: t + t * t]))

    def f(x):
        return shape((left if x < minimiser else right) * abs(x - minimiser))

    return f, a, b, minimiser


@every_guarded_search
@given(problem=unimodal_functions(), xtol=st.sampled_from([0.0, 1e-8, 1e-3, 1.0]))
@example(problem=(abs, -1.7e308, 1.7e308, 0.0), xtol=1e-8)
@example(problem=(abs, -5e-324, 5e-324, 0.0), xtol=0.0)
@example(problem=(lambda x: -x, 1.0, math.nextafter(1, 2), math.nextafter(1, 2)), xtol=0.0)
def test_a_minimiser_stays_inside_and_no_point_is_asked_twice(search, problem, xtol):
    f, a, b, minimiser = problem
    method = search(xtol=xtol)
    found = method.minimize(f, (a, b), trace=True)
    low, high = found.interval
    asked = found.trace["x"]

    assert found.status in (Status.CONVERGED, Status.RESOLUTION, Status.MAX_ITERATIONS)
    assert found.nfev == len(asked) == len(set(asked))
    assert np.all((a <= asked) & (asked <= b))
    assert a <= low <= found.x <= high <= b
    assert found.fun == f(found.x) == min(found.trace["value"])
    # Values within rounding of the minimum may tie: any of those points is a minimiser.
    assert low <= minimiser <= high or f(found.x) == f(minimiser)
    intervals = [*list(zip(found.trace["a"], found.trace["b"], strict=False)), (low, high)]
    for (wide_a, wide_b), (narrow_a, narrow_b) in itertools.pairwise(intervals):
        assert wide_a <= narrow_a <= narrow_b <= wide_b


@pytest.mark.parametrize("search", [fastls.Dichotomy, fastls.GoldenSection])
@given(problem=unimodal_functions(), xtol=st.sampled_from([0.0, 1e-300, 1e-8, 1.0]))
@example(problem=(lambda x: (x - 2.0) ** 4, 1.0, 2.5, 2.0), xtol=0.0)  # floats get denser there
def test_the_interval_ends_within_xtol_or_what_floating_point_resolves(search, problem, xtol):
    f, a, b, _ = problem
    found = search(xtol=xtol, maxiter=5000).minimize(f, (a, b))
    low, high = found.interval
    if found.status == Status.CONVERGED:
        assert high - low <= xtol
    else:
        assert found.status == Status.RESOLUTION
        neighbours = math.nextafter(found.x, math.inf), math.nextafter(found.x, -math.inf)
        assert high <= neighbours[0]
        assert low >= neighbours[1]


@every_search
@pytest.mark.parametrize(
    "interval",
    [
        (0, 1),
        (1, 1 + 2**-52),
        (1, 1 + 2**-51),
        (1, 1 + 2**-50),
        (0, 5e-324),
        (-1e-323, 1e-323),
        (1e300, 1.1e300),
        (-1.7e308, 1.7e308),
        (0, 1.7e308),
        (-1e-300, 1e-300),
    ],
)
@pytest.mark.parametrize("f", [abs, lambda x: x, lambda x: -x, lambda x: 1.0, np.sign, lambda x: 0])
def test_it_stops_whatever_the_tolerance(search, interval, f):
    kwargs = {"maxiter": 10**6, "xtol": 0, "rtol": 0}
    found = search(**kwargs).minimize(f, interval)
    assert found.nfev < 5000
    assert found.status != Status.MAX_ITERATIONS
    assert interval[0] <= found.x <= interval[1]


@every_search
def test_an_interval_of_one_point_takes_one_call(search):
    found = search().minimize(math.cosh, (0.5, 0.5))
    assert (found.x, found.fun, found.nfev) == (0.5, math.cosh(0.5), 1)
    assert found.status == Status.CONVERGED
    assert found.interval == (0.5, 0.5)


@every_guarded_search
@pytest.mark.parametrize(("f", "end"), [(lambda x: x, 0), (lambda x: -x, 1)])
def test_a_minimum_at_an_end(search, f, end):
    found = search().minimize(f, (0, 1))
    assert found.success
    assert found.x == pytest.approx(end, abs=4e-8)


@every_guarded_search
@pytest.mark.parametrize("value", [0.0, 1.0, -1e300])
def test_a_plateau(search, value):
    found = search().minimize(lambda x: value, (0, 1))
    assert found.success
    assert found.fun == value


@every_guarded_search
def test_a_plateau_around_the_minimum(search):
    found = search().minimize(lambda x: max(0.0, abs(x - 0.3) - 0.1), (0, 1))
    assert found.success
    assert found.fun == 0.0


@every_guarded_search
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_function_defined_up_to_a_point_only(search, bad):
    """(x - 2)**2, not finite beyond 1: SciPy's bounded returns x = 4.99999, fun = inf, success."""
    found = search().minimize(lambda x: (x - 2) ** 2 if x <= 1 else bad, (0, 5))
    assert found.success
    assert found.x == pytest.approx(1, abs=1e-7)
    assert found.x <= 1


@every_guarded_search
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_function_defined_from_a_point_on(search, bad):
    found = search().minimize(lambda x: (x + 1) ** 2 if x >= 0.3 else bad, (0, 1))
    assert found.success
    assert found.x == pytest.approx(0.3, abs=1e-7)


@every_search
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_function_defined_nowhere(search, bad):
    found = search().minimize(lambda x: bad, (0, 1), trace=True)
    assert found.status == Status.NONFINITE
    assert not found.success
    assert 0 <= found.x <= 1
    assert found.fun == math.inf
    assert np.isnan(found.trace["value"]).all() == math.isnan(bad)


@every_search
def test_minus_infinity_ends_the_search_without_success(search):
    found = search().minimize(lambda x: -math.inf if x > 0.3 else x, (0, 1))
    assert found.status == Status.UNBOUNDED
    assert not found.success
    assert found.fun == -math.inf
    assert found.x > 0.3


@every_search
def test_maxiter(search):
    found = search(maxiter=2).minimize(lambda x: x**4 + x, (-1, 0))
    assert found.status == Status.MAX_ITERATIONS
    assert not found.success
    assert found.nit == 2
    assert found.fun < 0


INTERVALS = [
    ((1, 0), "interval must have finite ends a <= b"),
    ((0, math.inf), "interval must have finite ends"),
    ((math.nan, 1), "interval must have finite ends"),
    ((0, 0, 1), "interval must be ordered, a < mid < b"),
    ((0, 2, 1), "interval must be ordered"),
    ((0, math.nan, 1), "interval must be ordered"),
    ((0,), r"interval must be one argument, \(a, b\), \(a, mid, b\) or a Bracket; got \(0,\)"),
    ((0, 1, 2, 3), r"interval must be one argument, \(a, b\)"),
    (5, "interval must be one argument, .*; got 5"),
    (None, "interval must be one argument"),
]


@every_search
@pytest.mark.parametrize(("interval", "message"), INTERVALS)
def test_an_interval_that_is_none(search, interval, message):
    with pytest.raises(ValueError, match=message):
        search().minimize(math.cosh, interval)
    with pytest.raises(ValueError, match=message):
        search().begin(interval)


@every_search
def test_an_interval_written_as_two_arguments(search):
    with pytest.raises(ValueError, match=r"interval must be one argument, \(a, b\).*; got 0$"):
        search().minimize(math.cosh, 0, 3)


@every_search
def test_further_arguments_may_follow_the_interval_as_in_scipy(search):
    f = lambda x, a, b: (x - a) ** 2 + b  # noqa: E731
    found = search().minimize(f, (-1, 2), (0.5, 3.0))
    assert found.fun == search().minimize(f, (-1, 2), args=(0.5, 3.0)).fun


@every_search
@pytest.mark.parametrize("interval", [(0, 1j), (0, "1"), (None, 1), (np.complex64(1), 2)])
def test_ends_that_are_no_real_numbers(search, interval):
    with pytest.raises(TypeError, match=r"interval\[[01]\] must be a real number; got"):
        search().minimize(math.cosh, interval)


@every_search
@pytest.mark.parametrize(
    "interval", [[-1, 2], np.array([-1.0, 2.0]), (np.float32(-1), np.int64(2)), range(-1, 3, 3)]
)
def test_any_two_real_numbers_are_an_interval(search, interval):
    assert search().minimize(math.cosh, interval).x == pytest.approx(0, abs=1e-7)


@every_search
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"xtol": -1e-9}, "xtol must be a finite number >= 0; got -1e-09"),
        ({"xtol": math.nan}, "xtol must be a finite number >= 0; got nan"),
        ({"xtol": math.inf}, "xtol must be a finite number >= 0; got inf"),
        ({"rtol": -1}, "rtol must be a finite number >= 0; got -1"),
        ({"rtol": math.inf}, "rtol must be a finite number >= 0; got inf"),
        ({"maxiter": 0}, "maxiter must be an integer >= 1; got 0"),
    ],
)
def test_parameters_out_of_range(search, parameters, message):
    with pytest.raises(ValueError, match=message):
        search(**parameters)


@every_search
@pytest.mark.parametrize("parameters", [{"xtol": 1j}, {"xtol": "1"}, {"maxiter": 2.5}])
def test_parameters_of_the_wrong_type(search, parameters):
    with pytest.raises(TypeError):
        search(**parameters)


@every_search
def test_defaults(search):
    method = search()
    smooth = search in (fastls.Parabolic, fastls.Brent)
    assert method.xtol == 1e-8
    assert method.rtol == (2.0**-26 if smooth else 0.0)
    assert method.maxiter == {"Parabolic": 100, "Brent": 500}.get(search.__name__, 1000)


@every_search
def test_a_search_is_shown_copied_and_pickled_by_its_parameters(search):
    method = search(1e-3, 7, rtol=0.25)
    assert repr(method) == f"{search.__name__}(xtol=0.001, maxiter=7, rtol=0.25)"
    for other in (eval(repr(method), vars(fastls)), copy.copy(method), copy.deepcopy(method)):
        assert repr(other) == repr(method)
    assert repr(pickle.loads(pickle.dumps(method))) == repr(method)
    with pytest.raises(AttributeError):
        method.xtol = 1.0


@every_search
def test_one_search_serves_many_threads(search):
    method = search()
    alone = method.minimize(math.cosh, (-1, 2))
    found = []

    def work():
        for _ in range(200):
            found.append(method.minimize(math.cosh, (-1, 2)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1600
    assert {(result.x, result.fun, result.nfev) for result in found} == {
        (alone.x, alone.fun, alone.nfev)
    }


@every_search
def test_one_that_was_never_initialised_says_so(search):
    method = search.__new__(search)
    for use in (
        lambda: method.minimize(math.cosh, (-1.0, 2.0)),
        lambda: method.begin((-1.0, 2.0)),
        lambda: fastls.minimize(lambda x: x @ x, np.ones(2), search=method),
    ):
        with pytest.raises(TypeError, match=f"__init__ of this {search.__name__} was not called"):
            use()


def test_the_class_they_derive_from_has_no_method():
    nothing = IntervalSearch(1e-8, 10, 0.0)
    for use in (
        lambda: nothing.minimize(math.cosh, (0, 1)),
        lambda: nothing.begin((0, 1)),
        lambda: IntervalSearch.__new__(IntervalSearch).minimize(math.cosh, (0, 1)),
    ):
        with pytest.raises(TypeError, match="IntervalSearch has no method of its own"):
            use()


@every_search
def test_a_class_of_the_users_may_derive_from_it(search):
    class Counted(search):
        used = 0

        def minimize(self, f, interval, **options):
            self.used += 1
            return super().minimize(f, interval, **options)

    method = Counted(xtol=1e-4)
    assert method(lambda x: (x - 2) ** 2 + (x - 2) ** 4).x == pytest.approx(2, abs=1e-3)
    assert method.used == 1
