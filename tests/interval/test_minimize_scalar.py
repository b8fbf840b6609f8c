"""SciPy's minimize_scalar, and every search as a method= of SciPy's own."""

import math

import pytest

import fastls
from fastls import Status, minimize_scalar

SEARCHES = [fastls.Dichotomy, fastls.GoldenSection, fastls.Parabolic, fastls.Brent]
METHODS = ["brent", "golden", "dichotomy", "parabolic"]


def quartic(x, centre=2.0):
    return (x - centre) ** 2 + 0.1 * (x - centre) ** 4


@pytest.mark.parametrize("method", [*METHODS, "Brent", None])
def test_without_an_interval_a_minimum_is_bracketed_first(method):
    found = minimize_scalar(quartic, method=method)
    assert found.x == pytest.approx(2, abs=1e-7)
    assert found.success


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("points", [(0, 1), (-3, -2), (-15, 1, 15), (15, 1, -15)])
def test_two_points_or_a_bracket_to_begin_with(method, points):
    assert minimize_scalar(quartic, bracket=points, method=method).x == pytest.approx(2, abs=1e-6)


@pytest.mark.parametrize("method", [*METHODS, "bounded", None])
def test_bounds_are_kept(method):
    found = minimize_scalar(quartic, bounds=(3, 9), method=method)
    assert 3 <= found.x < 3 + 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_calls_of_the_bracketing_are_counted(method):
    calls = []
    found = minimize_scalar(lambda x: calls.append(x) or quartic(x), method=method)
    assert found.nfev == len(calls)


@pytest.mark.parametrize("method", METHODS)
def test_bracketing_may_fail(method):
    found = minimize_scalar(lambda x: -x, method=method)
    assert found.status == Status.UNBOUNDED
    assert not found.success
    assert found.nfev > 3
    assert math.isfinite(found.fun)


def test_arguments_and_options():
    found = minimize_scalar(quartic, args=(5.0,), tol=1e-3, method="golden")
    assert 1e-6 < abs(found.x - 5) < 1e-3
    found = minimize_scalar(quartic, options={"maxiter": 3, "trace": True}, bounds=(0, 5))
    assert found.status == Status.MAX_ITERATIONS
    assert len(found.trace) == found.nfev == 4


def test_a_single_argument_need_not_be_a_tuple():
    assert minimize_scalar(quartic, args=1.5).x == pytest.approx(1.5, abs=1e-7)


def test_an_unknown_option_is_warned_of():
    with pytest.warns(UserWarning, match="Unknown solver options: xtoll"):
        minimize_scalar(quartic, options={"xtoll": 1})


@pytest.mark.parametrize("method", ["newton", "", "bounded"])
def test_an_unknown_method_or_a_missing_interval_is_refused(method):
    with pytest.raises(ValueError, match="must be"):
        minimize_scalar(quartic, method=method or "nelder-mead")


@pytest.mark.parametrize("bounds", [(5, 1), (0, math.inf), (math.nan, 1), (1, 2, 3)])
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(ValueError, match=r"interval|bounds"):
        minimize_scalar(quartic, bounds=bounds)


def test_disp_warns_of_failure_and_prints_success(capsys):
    with pytest.warns(UserWarning, match="Maximum number of iterations"):
        minimize_scalar(quartic, bounds=(0, 5), options={"disp": True, "maxiter": 2})
    minimize_scalar(quartic, bounds=(0, 5), options={"disp": 3})
    printed = capsys.readouterr().out
    assert Status.CONVERGED.message in printed


def test_a_function_as_method_is_called_as_scipy_calls_it():
    received = {}

    def method(fun, args, bracket, bounds, **options):
        received.update(options, args=args, bracket=bracket, bounds=bounds)
        return fun(1.0, *args)

    assert minimize_scalar(quartic, (0, 1), None, (3.0,), method, 1e-3, {"a": 1}) == quartic(1, 3)
    assert received == {"a": 1, "tol": 1e-3, "args": (3.0,), "bracket": (0, 1), "bounds": None}


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_is_a_method_of_scipys(search):
    optimize = pytest.importorskip("scipy.optimize")
    found = optimize.minimize_scalar(quartic, bounds=(0, 5), method=search())
    assert found.x == pytest.approx(2, abs=1e-7)
    assert found.success
    found = optimize.minimize_scalar(
        quartic, args=(7.0,), method=search(), tol=1e-5, options={"maxiter": 50}
    )
    assert found.x == pytest.approx(7, abs=1e-4)
    assert found["message"] == Status.CONVERGED.message


@pytest.mark.parametrize("method", METHODS)
def test_a_bracket_found_before(method):
    found = fastls.bracket(lambda x: quartic(x, 100), 90, 91)
    assert found.a > found.nfev  # which must not be taken for an end
    assert minimize_scalar(quartic, found, args=(100,), method=method).x == pytest.approx(100)
    failed = minimize_scalar(lambda x: x, fastls.bracket(lambda x: x), method=method)
    assert failed.status == Status.UNBOUNDED


def test_scipys_bracket_whichever_way_it_points():
    optimize = pytest.importorskip("scipy.optimize")
    theirs = optimize.bracket(lambda x: (x + 20) ** 2, 1, 0)
    assert theirs[0] > theirs[2]
    assert fastls.Brent().minimize(lambda x: (x + 20) ** 2, theirs).x == pytest.approx(-20)


def test_an_explicit_tolerance_goes_before_tol():
    fine = minimize_scalar(quartic, bounds=(-1, 4.7), options={"xatol": 1e-9})
    both = minimize_scalar(quartic, bounds=(-1, 4.7), tol=1.0, options={"xatol": 1e-9})
    assert both.nfev == fine.nfev


@pytest.mark.parametrize("method", [5, fastls.Brent])
def test_a_method_must_be_a_name_or_an_object(method):
    with pytest.raises(ValueError, match="method must be a callable or one of"):
        minimize_scalar(quartic, method=method)


# What users of SciPy and Optim.jl complain about: each with the behaviour asked for.


def test_scipy_5899_no_success_where_the_function_falls_without_end():
    """SciPy says success, with fun = -inf at x = 7e61."""

    def f(x):
        try:
            return -5 * x**5 + 4 * x**4 - 12 * x**3 + 11 * x**2 - 2 * x + 1
        except OverflowError:
            return -math.inf if x > 0 else math.inf

    found = fastls.minimize_scalar(f, bracket=(-0.5, 0.5))
    assert not found.success
    assert found.status == fastls.Status.UNBOUNDED


def test_scipy_6264_a_value_that_is_not_finite_is_no_minimum():
    """SciPy's bounded returns x = 4.99999 with fun = inf as a success."""
    found = fastls.minimize_scalar(
        lambda x: (x - 2) ** 2 if x <= 1 else math.inf, bounds=(0, 5), method="bounded"
    )
    assert found.fun == pytest.approx(1.0)
    assert found.x == pytest.approx(1.0)


@pytest.mark.parametrize("method", ["brent", "bounded", "golden", "dichotomy"])
def test_scipy_10911_bounds_are_kept_by_every_method(method):
    asked = []
    found = fastls.minimize_scalar(
        lambda x: asked.append(x) or (x - 10) ** 2, bounds=(0, 1), method=method
    )
    assert 0 <= min(asked) <= max(asked) <= 1
    assert found.x == pytest.approx(1.0, abs=1e-7)


def test_scipy_6476_no_tolerance_is_no_endless_loop():
    """SciPy's golden takes 5006 calls at an x that is exact already; a constant is no trouble."""
    search = fastls.GoldenSection(xtol=0)
    found = search.minimize(lambda x: (x - 1) ** 2, (0, 3))
    assert (found.x, found.status) == (1.0, fastls.Status.RESOLUTION)
    assert found.nfev < 100
    assert fastls.GoldenSection().minimize(lambda x: 1.0, (0, 3)).success


def test_scipy_11207_an_interval_of_one_point_takes_one_call():
    found = fastls.Brent().minimize(lambda x: x * x, (2.0, 2.0))
    assert (found.success, found.x, found.nfev) == (True, 2.0, 1)


def test_scipy_11718_the_message_has_no_number_that_is_not_counted():
    calls = []
    found = fastls.Brent(maxiter=3).minimize(lambda x: calls.append(x) or math.cosh(x), (-1, 7))
    assert found.nfev == len(calls) == 4
    assert found.message == "Maximum number of iterations reached."


def test_scipy_14858_a_bracket_that_is_none_says_so():
    found = fastls.bracket(lambda x: 1.0)
    assert not found.success
    assert found.status == fastls.Status.BRACKET_FAILED


def test_optim_193_the_value_reported_is_that_at_the_minimiser():
    for method in ("brent", "golden", "dichotomy"):
        found = fastls.minimize_scalar(math.cosh, bounds=(-1, 2), method=method)
        assert found.fun == math.cosh(found.x)
