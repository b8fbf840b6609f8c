"""The front: what it takes, what it refuses, what SciPy's users expect of it."""

import pickle
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import optimize

import bench.more_garbow_hillstrom as more_garbow_hillstrom
import fastls
from fastls import Status
from tests.descent.problems import METHODS, logistic, quadratic, rosenbrock, rosenbrock_gradient

START = np.array([-1.2, 1.0, 1.0])


def pair(x):
    return rosenbrock(x), rosenbrock_gradient(x)


@pytest.mark.parametrize("method", METHODS)
def test_the_gradient_apart_as_a_pair_and_recorded_lead_to_the_same_place(method):
    options = {"gtol": 1e-7, "maxiter": 5000}
    if method == "lbfgs":
        options["ftol"] = 0.0
    ways = [
        fastls.minimize(rosenbrock, START, jac=rosenbrock_gradient, method=method, options=options),
        fastls.minimize(pair, START, jac=True, method=method, options=options),
        fastls.minimize(rosenbrock, START, method=method, options=options),
        fastls.minimize(fastls.record(rosenbrock, START), START, method=method, options=options),
    ]
    for found in ways:
        assert found.success
        assert found.status == 0
        np.testing.assert_allclose(found.x, 1.0, atol=1e-5)
        np.testing.assert_allclose(found.jac, rosenbrock_gradient(found.x), atol=1e-9)
        assert found.fun == pytest.approx(rosenbrock(found.x), abs=1e-20)
        assert np.max(np.abs(found.jac)) <= 1e-7


@pytest.mark.parametrize("method", METHODS)
def test_a_logistic_regression_agrees_with_scipy(method):
    f, gradient, start = logistic()
    expected = optimize.minimize(f, start, jac=gradient, method="BFGS", options={"gtol": 1e-9})
    options = {"gtol": 1e-7} | ({"ftol": 0.0} if method == "lbfgs" else {})
    for jac in (gradient, None):
        found = fastls.minimize(f, start, jac=jac, method=method, options=options)
        np.testing.assert_allclose(found.x, expected.x, atol=1e-6)


PROBLEMS = more_garbow_hillstrom.problems()
# Where rounding ends it, its Hessian being of condition 1e20 and more.
OUT_OF_REACH = {"Meyer"}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
@pytest.mark.parametrize("method", ["lbfgs", "cg", "newton-cg"])
def test_more_garbow_hillstrom(problem, method):
    options = {"maxiter": 20000} | ({"ftol": 0.0} if method == "lbfgs" else {})
    with np.errstate(all="ignore"):
        found = fastls.minimize(
            problem.value, problem.start, jac=problem.gradient, method=method, options=options
        )
        gradient = problem.gradient(found.x)
    assert found.fun == problem.value(found.x)
    np.testing.assert_array_equal(found.jac, gradient)
    assert found.fun <= problem.value(problem.start)
    assert found.success == (np.max(np.abs(gradient)) <= 1e-5)
    assert found.success or problem.name in OUT_OF_REACH


# As a method of SciPy's.


def test_it_is_a_method_of_scipy():
    found = optimize.minimize(
        rosenbrock, START, jac=rosenbrock_gradient, method=fastls.minimize, tol=1e-6,
        options={"method": "cg", "maxiter": 500},
    )  # fmt: skip
    ours = fastls.minimize(
        rosenbrock, START, jac=rosenbrock_gradient, method="cg", tol=1e-6, options={"maxiter": 500}
    )
    np.testing.assert_array_equal(found.x, ours.x)
    assert optimize.minimize(pair, START, jac=True, method=fastls.minimize).success


def test_a_method_object_is_a_method_of_scipy():
    method = fastls.descent.LBFGS(memory=3, search=fastls.HagerZhang())
    found = optimize.minimize(rosenbrock, START, jac=rosenbrock_gradient, method=method)
    assert found.success
    assert found.nit == method(rosenbrock, START, jac=rosenbrock_gradient).nit


@pytest.mark.parametrize(
    "unsupported", [{"bounds": [(0, 1)] * 3}, {"constraints": {"type": "eq", "fun": sum}}]
)
def test_bounds_and_constraints_are_refused_not_ignored(unsupported):
    (name,) = unsupported
    with pytest.raises(ValueError, match=f"{name} are not supported"):
        fastls.minimize(rosenbrock, START, **unsupported)
    with pytest.raises(ValueError, match=name):
        optimize.minimize(rosenbrock, START, method=fastls.descent.LBFGS(), **unsupported)


def test_unknown_options_are_warned_of():
    with pytest.warns(optimize.OptimizeWarning, match="Unknown solver options: eps"):
        fastls.minimize(rosenbrock, START, options={"eps": 1e-8})


def test_through_scipy_unknown_options_are_warned_of_too():
    for method in (fastls.minimize, fastls.descent.LBFGS()):
        with pytest.warns(optimize.OptimizeWarning, match="Unknown solver options: eps"):
            optimize.minimize(rosenbrock, START, method=method, options={"eps": 1e-8})


@pytest.mark.parametrize(
    ("misspelt", "message"),
    [
        ({"grad": rosenbrock_gradient}, "no parameter 'grad'; did you mean jac?"),
        ({"serach": fastls.Zoom()}, "no parameter 'serach'; did you mean search?"),
        ({"mehtod": "cg"}, "no parameter 'mehtod'; did you mean method?"),
        ({"tolerance": 1e-3}, "no parameter 'tolerance'; did you mean tol?"),
        ({"max_iter": 3}, "no parameter 'max_iter'; did you mean maxiter?"),
        ({"trace": True}, "no parameter 'trace'; did you mean callback?"),
        ({"method": "cg", "colour": 1}, "no parameter 'colour'. With ConjugateGradient it"),
    ],
)
def test_a_misspelt_parameter_is_refused_not_ignored(misspelt, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        fastls.minimize(rosenbrock, START, **misspelt)


def test_a_method_object_refuses_it_as_well():
    with pytest.raises(TypeError, match="did you mean jac"):
        fastls.descent.LBFGS()(rosenbrock, START, grad=rosenbrock_gradient)


def test_parameters_of_the_method_may_be_given_by_name():
    found = fastls.minimize(rosenbrock, START, maxcor=3, maxiter=2)
    assert found.nit == 2


def test_options_by_scipys_names():
    assert fastls.minimize(rosenbrock, START, options={"maxcor": 3}).success
    assert fastls.minimize(rosenbrock, START, method="LBFGS").success


def test_disp_prints_how_it_ended(capsys):
    fastls.minimize(rosenbrock, START, options={"disp": True})
    assert "Gradient evaluations" in capsys.readouterr().out
    fastls.minimize(rosenbrock, START)
    assert capsys.readouterr().out == ""


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "BFGS"}, "method must be one of .*; got 'BFGS': the nearest is 'lbfgs'"),
        ({"method": "L-BFGS-B"}, "got 'L-BFGS-B': the nearest is 'lbfgs'"),
        ({"method": fastls.descent.LBFGS}, r"got <class .*LBFGS'>: write LBFGS\(\)"),
        ({"method": int}, "method must be one of .*; got <class 'int'>$"),
        ({"method": 3}, "method must be one of"),
        ({"jac": "2-point"}, "finite differences"),
        ({"options": {"gtol": -1}}, "gtol"),
        ({"options": {"norm": 0.5}}, "norm"),
        ({"options": {"maxiter": -1}}, "maxiter"),
        ({"options": {"memory": 0}}, "memory"),
        ({"options": {"initial_step": "good"}}, "initial_step"),
        ({"options": {"initial_step": 0.0}}, "initial_step"),
    ],
)
def test_values_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        fastls.minimize(rosenbrock, START, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"search": "brent"}, "search must be"),
        ({"search": fastls.Zoom}, r"search must be .*; got <class .*Zoom'>: write Zoom\(\)"),
        ({"callback": 3}, "callback must be callable"),
        ({"options": {"maxiter": 1.5}}, "maxiter"),
        ({"jac": 3}, "jac must be callable or None; got 3"),
        ({"jac": np.ones(3)}, "jac must be callable or None; got array"),
        ({"jac": True}, r"fun must return \(value, gradient\) where jac=True; it returned"),
        ({"jac": rosenbrock_gradient, "hess": 3}, "hess must be callable"),
        ({"hessp": 3}, "hess"),
    ],
)
def test_types(arguments, message):
    with pytest.raises(TypeError, match=message):
        fastls.minimize(rosenbrock, START, **arguments)


def test_complex_starts_are_refused_and_integers_converted():
    with pytest.raises(TypeError, match="x0 must be"):
        fastls.minimize(rosenbrock, START * 1j)
    assert fastls.minimize(lambda x: x @ x, [1, 2]).x.dtype == float


def test_what_cannot_be_recorded_says_to_give_jac():
    with pytest.raises(fastls.TracingError) as caught:
        fastls.minimize(lambda x: float(x[0]) ** 2, [1.0])
    assert any("jac" in note for note in caught.value.__notes__)


# What bad luck gets.


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_start_that_is_not_finite(value):
    found = fastls.minimize(lambda x: value, START, jac=lambda x: x)
    assert found.status == Status.NONFINITE_START
    assert not found.success
    np.testing.assert_array_equal(found.x, START)


@pytest.mark.parametrize("method", METHODS)
def test_a_start_that_is_stationary(method):
    found = fastls.minimize(lambda x: x @ x, np.zeros(2), jac=lambda x: 2 * x, method=method)
    assert found.success
    assert (found.nit, found.nfev, found.alpha) == (0, 1, None)


@pytest.mark.parametrize("method", METHODS)
def test_a_function_without_a_lower_bound(method):
    found = fastls.minimize(lambda x: x[0] + 0 * x[1], [0.0, 0.0], method=method)
    assert not found.success
    assert found.fun < 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_gradient_ends(method):
    found = fastls.minimize(lambda x: x @ x, [1.0, 2.0], jac=lambda x: -2 * x, method=method)
    assert not found.success
    assert found.fun == 5.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("where", ["f", "grad", "callback"])
@pytest.mark.parametrize("call", [1, 4])
def test_exceptions_come_through_unchanged(method, where, call):
    error = ZeroDivisionError("mine")
    calls = {"f": 0, "grad": 0, "callback": 0}

    def count(name):
        calls[name] += 1
        if name == where and calls[name] == call:
            raise error

    def f(x):
        count("f")
        return rosenbrock(x)

    def grad(x):
        count("grad")
        return rosenbrock_gradient(x)

    with pytest.raises(ZeroDivisionError) as caught:
        fastls.minimize(f, START, jac=grad, method=method, callback=lambda x: count("callback"))
    assert caught.value is error
    assert caught.traceback[-1].name == "count"


def test_ctrl_c_comes_through():
    def f(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fastls.minimize(f, START, jac=rosenbrock_gradient)


def test_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"shape of x, \(3,\); got \(2,\)"):
        fastls.minimize(rosenbrock, START, jac=lambda x: x[:2])


def test_a_function_that_writes_over_what_it_is_handed():
    def f(x):
        value = rosenbrock(x)
        x[:] = np.nan
        return value

    found = fastls.minimize(f, START, jac=rosenbrock_gradient)
    expected = fastls.minimize(rosenbrock, START, jac=rosenbrock_gradient)
    np.testing.assert_array_equal(found.x, expected.x)


# Shapes, arguments, callbacks.


def test_points_of_any_shape():
    target = np.arange(6.0).reshape(2, 3)

    def f(x, shift):
        return np.sum((x - shift) ** 2)

    for jac in (None, lambda x, shift: 2 * (x - shift)):
        found = fastls.minimize(f, np.zeros((2, 3)), args=(target,), jac=jac)
        assert found.x.shape == found.jac.shape == (2, 3)
        np.testing.assert_allclose(found.x, target, atol=1e-5)


def test_a_tape_of_several_arguments():
    tape = fastls.record(lambda x, a: np.sum((x - a) ** 2), np.zeros(2), 1.0)
    np.testing.assert_allclose(fastls.minimize(tape, np.zeros(2), args=3.0).x, 3.0)


@pytest.mark.parametrize("recorded", [False, True])
def test_the_callback_is_shown_each_iteration(recorded):
    points, states = [], []

    def shown(intermediate_result):
        states.append(intermediate_result)

    jac = None if recorded else rosenbrock_gradient
    found = fastls.minimize(rosenbrock, START, jac=jac, callback=points.append)
    fastls.minimize(rosenbrock, START, jac=jac, callback=shown)
    assert len(points) == len(states) == found.nit
    np.testing.assert_array_equal(points, [state.x for state in states])
    assert [state.nit for state in states] == list(range(1, found.nit + 1))
    assert states[-1].fun == found.fun
    assert all(state.status == Status.RUNNING for state in states)
    values = [state.fun for state in states]
    assert values == sorted(values, reverse=True)


def test_the_callback_may_stop_it():
    def callback(x):
        raise StopIteration

    found = fastls.minimize(rosenbrock, START, jac=rosenbrock_gradient, callback=callback)
    assert (found.status, found.nit, found.success) == (99, 1, False)
    assert found.message == "The callback raised StopIteration."


def test_limits():
    limited = fastls.minimize(rosenbrock, START, options={"maxiter": 3})
    assert (limited.nit, limited.status) == (3, Status.MAX_ITERATIONS)
    limited = fastls.minimize(rosenbrock, START, options={"maxfun": 5})
    assert limited.status == Status.MAX_EVALUATIONS
    assert 5 <= limited.nfev < 10


def test_counts_are_true():
    calls = {"f": 0, "g": 0}

    def f(x):
        calls["f"] += 1
        return rosenbrock(x)

    def g(x):
        calls["g"] += 1
        return rosenbrock_gradient(x)

    found = fastls.minimize(f, START, jac=g)
    assert (found.nfev, found.njev) == (calls["f"], calls["g"])


@pytest.mark.parametrize("norm", [1, 2, 3.5, np.inf])
def test_the_norm_of_the_gradient(norm):
    found = fastls.minimize(rosenbrock, START, options={"norm": norm, "gtol": 1e-3, "ftol": 0})
    assert np.linalg.norm(found.jac, norm) <= 1e-3


def test_many_threads_on_one_method_and_one_tape():
    matrix, b, solution = quadratic()
    tape = fastls.record(lambda x: 0.5 * (x @ matrix @ x) - b @ x, b)
    method = fastls.descent.LBFGS(ftol=0.0)
    barrier = threading.Barrier(4)

    def run(seed):
        barrier.wait()
        start = np.random.default_rng(seed).normal(size=6)
        return [method(tape, start).x for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(run, range(4)):
            np.testing.assert_allclose(found, [solution] * 20, atol=1e-4)


def test_results_and_methods_pickle():
    found = fastls.minimize(rosenbrock, START, jac=rosenbrock_gradient)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.x, found.x)
    assert again.status is found.status
