"""The drop-in functions have SciPy's signatures and results, and pass SciPy's own tests."""

import importlib.util
import inspect
import math
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import fastls
from fastls import dropin

INTERVAL = ["bracket", "brent", "fminbound", "golden"]
STEP = [
    "line_search", "line_search_wolfe1", "line_search_wolfe2", "line_search_armijo",
    "scalar_search_wolfe1", "scalar_search_wolfe2", "scalar_search_armijo",
]  # fmt: skip


def quartic(x, centre=1.5):
    return (x - centre) ** 2 + 0.1 * (x - centre) ** 4


def run_scipys_tests(folder, chosen, *modules):
    """Run SciPy's tests with ours in place; how many passed, and how often each was called."""
    pytest.importorskip("scipy")
    if importlib.util.find_spec("scipy.optimize.tests") is None:
        pytest.skip("this SciPy was installed without its tests")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "fastls_in_scipy", "-p", "no:cacheprovider", "-q",
         "-k", chosen, "--pyargs", *modules],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent / "scipy_suite")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    return passed, {
        name: int(re.search(rf"dropin.{name}: (\d+) calls", done.stdout)[1])
        for name in INTERVAL + STEP
    }


def test_scipys_own_tests_of_scalar_minimisers_pass(tmp_path):
    chosen = "TestOptimizeScalar or TestBracket or brent or fminbound or gh12696 or gh11207"
    passed, calls = run_scipys_tests(tmp_path, chosen, "scipy.optimize.tests.test_optimize")
    assert passed >= 40
    assert min(calls[name] for name in INTERVAL) >= 3, calls


def test_scipys_own_tests_of_line_searches_pass(tmp_path):
    passed, calls = run_scipys_tests(tmp_path, "", "scipy.optimize.tests.test_linesearch")
    assert passed >= 11
    # The public name is wolfe2's.
    assert min(calls[name] for name in STEP if name != "line_search") >= 3, calls


def test_scipys_own_tests_of_its_optimisers_pass(tmp_path):
    """Everything that uses a line search: BFGS, CG, Newton-CG, whatever test it stands in."""
    chosen = "bfgs or cg or ncg or Newton or TestOptimizeSimple or minimize"
    passed, calls = run_scipys_tests(
        tmp_path,
        f"({chosen}) and not l_bfgs_b and not lbfgsb",
        "scipy.optimize.tests.test_optimize",
    )
    assert passed >= 100
    assert calls["line_search_wolfe1"] >= 1000
    assert calls["line_search_wolfe2"] >= 50


def scipys(name):
    optimize = pytest.importorskip("scipy.optimize")
    return getattr(optimize, name, None) or getattr(optimize._linesearch, name)


@pytest.mark.parametrize("name", INTERVAL + STEP)
def test_signatures(name):
    theirs = inspect.signature(scipys(name)).parameters
    ours = inspect.signature(getattr(dropin, name)).parameters
    assert list(ours) == list(theirs)
    for parameter in theirs:
        assert ours[parameter].kind == theirs[parameter].kind
        default = theirs[parameter].default
        if isinstance(default, float):
            assert ours[parameter].default == pytest.approx(default)
        else:
            assert ours[parameter].default == default


@pytest.mark.parametrize("args", [(), (-3.0,), (100.0,)])
def test_bracket_is_scipys_in_order(args):
    optimize = pytest.importorskip("scipy.optimize")
    theirs = optimize.bracket(quartic, args=args)
    ours = dropin.bracket(quartic, args=args)
    order = slice(None) if theirs[0] < theirs[2] else slice(None, None, -1)
    assert ours[:3] == pytest.approx(theirs[:3][order], rel=1e-6)
    assert ours[3:6] == pytest.approx(theirs[3:6][order], rel=1e-5)
    assert ours[6] == theirs[6]


@pytest.mark.parametrize("name", ["brent", "golden"])
@pytest.mark.parametrize("brack", [None, (-3, -2), (-15, -1, 15), (15, -1, -15)])
@pytest.mark.parametrize("tol", [1e-8, 1e-5, 1e-2])
def test_brent_and_golden_are_as_near_with_no_more_calls(name, brack, tol):
    optimize = pytest.importorskip("scipy.optimize")
    theirs = getattr(optimize, name)(quartic, brack=brack, tol=tol, full_output=True)
    calls = []

    def counted(x):
        calls.append(x)
        return quartic(x)

    ours = getattr(dropin, name)(counted, brack=brack, tol=tol, full_output=True)
    assert len(ours) == len(theirs)
    assert [isinstance(value, float) for value in ours] == [
        isinstance(value, float) for value in theirs
    ]
    assert abs(ours[0] - 1.5) <= 3 * tol + 1e-8
    assert ours[1] == quartic(ours[0])
    assert ours[-1] == len(calls) <= theirs[-1]
    assert getattr(dropin, name)(quartic, brack=brack, tol=tol) == ours[0]


@pytest.mark.parametrize("bounds", [(0, 1), (1, 5), (-7, 1.6), (1.5, 1.5)])
@pytest.mark.parametrize("xtol", [1e-8, 1e-5, 1e-2])
def test_fminbound_is_scipys(bounds, xtol):
    optimize = pytest.importorskip("scipy.optimize")
    theirs = optimize.fminbound(quartic, *bounds, xtol=xtol, full_output=True)
    ours = dropin.fminbound(quartic, *bounds, xtol=xtol, full_output=True)
    assert ours[0] == pytest.approx(theirs[0], abs=xtol)
    assert ours[2] == theirs[2] == 0
    assert abs(ours[3] - theirs[3]) <= 1


def test_fminbound_stops_at_maxfun_and_warns():
    """With SciPy's warning."""
    scipy_optimize = pytest.importorskip("scipy.optimize")
    calls = []
    with pytest.warns(scipy_optimize.OptimizeWarning, match="Maximum number"):
        found = dropin.fminbound(
            lambda x: calls.append(x) or quartic(x), 0, 9, maxfun=5, full_output=True
        )
    assert found[2:] == (1, 5)
    assert len(calls) == 5


def test_fminbound_says_that_the_function_is_not_finite():
    assert dropin.fminbound(lambda x: math.nan, 0, 1, full_output=True, disp=0)[2] == 2


def test_fminbound_prints_on_demand(capsys):
    dropin.fminbound(quartic, 0, 9, disp=3)
    assert "success" in capsys.readouterr().out


def test_arrays_of_one_number_are_numbers():
    def f(x):
        return np.array([quartic(x)])

    assert dropin.fminbound(f, np.array([1]), np.array([[5]])) == pytest.approx(1.5, abs=1e-5)
    assert dropin.golden(f, brack=(0, np.array([1.4]), 5)) == pytest.approx(1.5, abs=1e-6)
    assert dropin.brent(f, args=()) == pytest.approx(1.5, abs=1e-6)


def test_a_single_argument_need_not_be_a_tuple():
    for brack in (None, (0, 4.9, 9)):
        assert dropin.brent(quartic, args=5.0, brack=brack) == pytest.approx(5, abs=1e-7)


def test_the_error_carries_the_last_points():
    with pytest.raises(RuntimeError, match="without finding a valid bracket") as raised:
        dropin.bracket(lambda x: 1.0)
    assert isinstance(raised.value, dropin.BracketError)
    assert len(raised.value.data) == 7


@pytest.mark.parametrize("a", [math.inf, math.nan, 1.0])
def test_points_that_bracket_nothing(a):
    with pytest.raises(RuntimeError, match="valid bracket"):
        dropin.bracket(quartic, a, 1.0)


@pytest.mark.parametrize("brack", [(), (1,), (1, 2, 3, 4)])
def test_a_bracket_of_the_wrong_length(brack):
    with pytest.raises(ValueError, match="length 2 or 3"):
        dropin.golden(quartic, brack=brack)


def test_a_negative_tolerance_is_refused_where_scipy_refuses_it():
    with pytest.raises(ValueError, match="tolerance should be >= 0, got -1"):
        dropin.brent(quartic, tol=-1)
    assert dropin.golden(quartic, tol=-1) == pytest.approx(1.5, abs=1e-7)


@pytest.mark.parametrize("maxiter", [0, 1, 2, 3, 5])
def test_bracket_finds_what_scipys_finds_in_as_many_iterations(maxiter):
    optimize = pytest.importorskip("scipy.optimize")
    for grow_limit in (0.5, 110.0):
        limits = {"maxiter": maxiter, "grow_limit": grow_limit}
        assert optimize.bracket(quartic, 0, 1, **limits)
        assert dropin.bracket(quartic, 0, 1, **limits)
    assert dropin.bracket(lambda x: (x - 1e5) ** 2, maxiter=max(maxiter, 2))


def test_brent_without_iterations_returns_the_middle_of_the_bracket():
    found = dropin.brent(quartic, brack=(0, 1, 4), maxiter=0, full_output=True)
    assert found == (1, quartic(1), 0, 3)


def test_golden_without_iterations_returns_the_middle_of_the_bracket():
    assert dropin.golden(quartic, brack=(0, 1, 4), maxiter=0, full_output=True) == (
        1, quartic(1), 3,
    )  # fmt: skip


def test_exceptions_come_through():
    for call in (
        lambda: dropin.bracket(lambda x: 1 / 0),
        lambda: dropin.brent(lambda x: 1 / 0, brack=(0, 1, 2)),
        lambda: dropin.golden(lambda x: 1 / 0),
        lambda: dropin.fminbound(lambda x: 1 / 0, 0, 1),
    ):
        with pytest.raises(ZeroDivisionError):
            call()


@pytest.mark.parametrize("tol", [0, 0.5, 1, 3, math.inf])
def test_any_tolerance_is_allowed(tol):
    for call in (dropin.golden, dropin.brent):
        assert call(quartic, brack=(0, 1, 4), tol=tol) == pytest.approx(1.5, abs=3 * tol + 1e-7)


def test_the_function_is_handed_numpys_floats_as_by_scipy():
    """Of which 1/0 is infinite; a Python float would raise."""
    kinds = set()

    def f(x):
        kinds.add(type(x))
        return 1 / (x - x) if x > 2 else (x - 1) ** 2

    with np.errstate(divide="ignore"):
        for x in (
            dropin.golden(f), dropin.brent(f), dropin.fminbound(f, 0, 5),
            dropin.bracket(f)[1], dropin.golden(f, brack=(0, 1.2, 5)),
        ):  # fmt: skip
            assert type(x) is np.float64
            assert abs(x - 1) < 1
    assert kinds == {np.float64}


def test_c_callbacks_are_taken_too(callbacks):
    for x in (
        dropin.golden(callbacks["plain"]), dropin.brent(callbacks["plain"]),
        dropin.fminbound(callbacks["plain"], 0, 5, maxfun=50.0),
        dropin.brent(callbacks["plain"], brack=(0, 1, 5)),
    ):  # fmt: skip
        assert x == pytest.approx(2, abs=1e-5)


def test_a_bracket_of_which_a_value_is_no_number_is_a_type_error():
    with pytest.raises(TypeError, match=r"f\(.*\) returned None; is its return statement"):
        dropin.brent(lambda x: None, brack=(0, 1, 2))


# Steps.


def rosenbrock(x):
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def rosenbrock_gradient(x):
    return np.array(
        [-400.0 * x[0] * (x[1] - x[0] ** 2) - 2.0 * (1.0 - x[0]), 200.0 * (x[1] - x[0] ** 2)]
    )


@pytest.mark.parametrize("name", ["line_search", "line_search_wolfe1"])
@pytest.mark.parametrize("old_old_fval", [None, 30.0, 24.3, 1.0])
@pytest.mark.parametrize("given", [True, False])
def test_a_step_on_rosenbrocks_function(name, old_old_fval, given):
    """The conditions hold, with the counts of calls that were made, whatever is known before."""
    calls = []

    def f(x):
        calls.append("f")
        return rosenbrock(x)

    def grad(x):
        calls.append("g")
        return rosenbrock_gradient(x)

    x = np.array([-1.2, 1.0])
    d = -rosenbrock_gradient(x) / 233.0
    known = (rosenbrock_gradient(x), rosenbrock(x)) if given else (None, None)
    alpha, fc, gc, new_fval, old_fval, new_grad = getattr(dropin, name)(
        f, grad, x, d, *known, old_old_fval
    )
    slope0 = rosenbrock_gradient(x) @ d
    assert fc == calls.count("f")
    assert gc == calls.count("g") - (not given)  # SciPy does not count the gradient at xk
    assert old_fval == rosenbrock(x)
    assert new_fval == rosenbrock(x + alpha * d) <= old_fval + 1e-4 * alpha * slope0
    assert np.array_equal(new_grad, rosenbrock_gradient(x + alpha * d))
    assert abs(new_grad @ d) <= 0.9 * abs(slope0)


@pytest.mark.parametrize("c2", [0.9, 0.3, 0.1])
def test_no_more_calls_than_scipys_for_the_same_conditions(c2):
    theirs_module = pytest.importorskip("scipy.optimize._linesearch")
    ours, theirs = 0, 0
    rng = np.random.default_rng(0)
    for _ in range(100):
        x = rng.normal(size=2)
        f0, g0 = rosenbrock(x), rosenbrock_gradient(x)
        d = -g0 * 10.0 ** rng.uniform(-5, 0)
        problem = rosenbrock, rosenbrock_gradient, x, d, g0, f0, None, (), 1e-4, c2
        with warnings.catch_warnings(action="ignore"):
            found = dropin.line_search(*problem)
            scipy_found = theirs_module.line_search_wolfe2(*problem)
        if found[5] is not None and scipy_found[5] is not None:
            ours += found[1] + found[2]
            theirs += scipy_found[1] + scipy_found[2]
    assert 0 < ours <= theirs


def test_the_warning_is_scipys_where_scipy_is_loaded():
    theirs = pytest.importorskip("scipy.optimize._linesearch").LineSearchWarning
    for category in (fastls.LineSearchWarning, theirs, RuntimeWarning):
        with pytest.warns(category, match="did not converge"):
            found = dropin.line_search(lambda x: 1.0, lambda x: np.ones(1), [0.0], [1.0])
        assert found == (None, 1, 0, None, 1.0, None)


def test_the_warning_points_at_the_callers_line():
    for call in (
        lambda: dropin.line_search(lambda x: 1.0, lambda x: np.ones(1), [0.0], [1.0]),
        lambda: dropin.scalar_search_wolfe2(lambda a: 1.0, lambda a: 1.0),
    ):
        with pytest.warns(fastls.LineSearchWarning) as warned:
            call()
        assert warned[0].filename == __file__


def test_amax_is_kept_and_said():
    with pytest.warns(fastls.LineSearchWarning, match="less than or equal to amax: 2"):
        found = dropin.line_search(lambda x: -x[0], lambda x: -np.ones(1), [0.0], [1.0], amax=2)
    assert found[0] is None


def test_an_unbounded_function_gets_a_step_and_a_warning_as_in_scipy():
    with pytest.warns(fastls.LineSearchWarning):
        found = dropin.line_search(lambda x: -x[0], lambda x: -np.ones(1), [0.0], [1.0])
    assert found[0] == 1024.0
    assert found[5] is None


def test_wolfe1_clips_its_first_step_into_amax():
    """SciPy's returns None here without trying (scipy#9812)."""
    alpha, _, phi0 = dropin.scalar_search_wolfe1(
        lambda a: (a - 1.0) ** 2, lambda a: 2.0 * (a - 1.0), amax=0.5
    )
    assert alpha == 0.5
    assert phi0 == 1.0


def test_the_extra_condition_is_asked_where_the_others_hold():
    asked = []

    def extra_condition(alpha, x, f, g):
        assert f == rosenbrock(x)
        assert np.array_equal(g, rosenbrock_gradient(x))
        asked.append(alpha)
        return len(asked) > 2

    x = np.array([-1.2, 1.0])
    d = -rosenbrock_gradient(x) / 233.0
    found = dropin.line_search(
        rosenbrock, rosenbrock_gradient, x, d, extra_condition=extra_condition
    )
    assert found[0] == asked[-1]
    assert len(asked) == 3


def test_the_extra_condition_of_a_scalar_search():
    asked = []
    found = dropin.scalar_search_wolfe2(
        lambda a: (a - 1.0) ** 2, lambda a: 2.0 * (a - 1.0),
        extra_condition=lambda alpha, value: asked.append((alpha, value)) or True,
    )  # fmt: skip
    assert asked == [(1.0, 0.0)]
    assert found[0] == 1.0


@pytest.mark.parametrize(("c1", "c2"), [(0.5, 0.5), (0.9, 0.1), (0.0, 0.5), (0.1, 1.0)])
def test_constants_are_strict_as_in_scipy(c1, c2):
    x = np.ones(2)
    for call in (
        lambda: dropin.line_search(rosenbrock, rosenbrock_gradient, x, -x, c1=c1, c2=c2),
        lambda: dropin.line_search_wolfe1(rosenbrock, rosenbrock_gradient, x, -x, c1=c1, c2=c2),
        lambda: dropin.scalar_search_wolfe1(abs, abs, c1=c1, c2=c2),
        lambda: dropin.scalar_search_wolfe2(abs, abs, c1=c1, c2=c2),
    ):
        with pytest.raises(ValueError, match="'0 < c1 < c2 < 1'"):
            call()


def test_armijo_backtracks_to_a_lower_value_or_says_none():
    x, d = np.array([-1.2, 1.0]), np.array([215.6, 88.0])
    alpha, fc, value = dropin.line_search_armijo(
        rosenbrock, x, d, gfk=rosenbrock_gradient(x), old_fval=rosenbrock(x)
    )
    assert value == rosenbrock(x + alpha * d) < rosenbrock(x)
    assert fc < 10
    # Uphill, SciPy's returns a negative step; and 0.0 as a success where the function jumps.
    assert dropin.scalar_search_armijo(lambda a: a * a + a, 0.0, 1.0)[0] is None
    assert dropin.scalar_search_armijo(lambda a: 1.0 if a > 0 else 0.5, 0.5, -1.0)[0] is None


def test_what_the_callbacks_raise_comes_through():
    error = ZeroDivisionError("the very one")

    def raises(x, *args):
        raise error

    for call in (
        lambda: dropin.line_search(raises, rosenbrock_gradient, [1.0, 2.0], [1.0, 0.0]),
        lambda: dropin.line_search(rosenbrock, raises, [1.0, 2.0], [1.0, 0.0]),
        lambda: dropin.line_search_wolfe1(raises, rosenbrock_gradient, [1.0, 2.0], [1.0, 0.0]),
        lambda: dropin.scalar_search_wolfe2(raises, lambda a: -1.0),
        lambda: dropin.line_search(
            rosenbrock, rosenbrock_gradient, [1.0, 2.0], [1e-3, 0.0], extra_condition=raises
        ),
    ):
        with pytest.raises(ZeroDivisionError) as raised:
            call()
        assert raised.value is error
