"""The drop-in functions have SciPy's signatures and results, and pass SciPy's own tests."""

import importlib.util
import inspect
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fastls import dropin

NAMES = ["bracket", "brent", "fminbound", "golden"]


def quartic(x, centre=1.5):
    return (x - centre) ** 2 + 0.1 * (x - centre) ** 4


def test_scipys_own_tests_pass(tmp_path):
    """Those of test_optimize.py that call one of the four, run with ours in their place."""
    pytest.importorskip("scipy")
    if importlib.util.find_spec("scipy.optimize.tests") is None:
        pytest.skip("this SciPy was installed without its tests")
    chosen = "TestOptimizeScalar or TestBracket or brent or fminbound or gh12696 or gh11207"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "fastls_in_scipy", "-p", "no:cacheprovider", "-q",
         "-k", chosen, "--pyargs", "scipy.optimize.tests.test_optimize"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent / "scipy_suite")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 40
    calls = {name: int(re.search(rf"dropin.{name}: (\d+) calls", done.stdout)[1]) for name in NAMES}
    assert min(calls.values()) >= 3, calls


@pytest.mark.parametrize("name", NAMES)
def test_signatures(name):
    optimize = pytest.importorskip("scipy.optimize")
    theirs = inspect.signature(getattr(optimize, name)).parameters
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
    calls = []
    with pytest.warns(RuntimeWarning, match="Maximum number"):
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
    with pytest.raises(TypeError, match=r"f\(.*\) must be a real number; got None"):
        dropin.brent(lambda x: None, brack=(0, 1, 2))
