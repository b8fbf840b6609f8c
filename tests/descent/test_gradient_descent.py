"""Gradient descent: Cauchy's rate, and what Barzilai and Borwein's steps make of it."""

import pickle

import numpy as np
import pytest

import fastls
from fastls.descent import GradientDescent
from tests.descent.problems import quadratic, rosenbrock, rosenbrock_gradient


def test_exact_steps_on_a_quadratic_fall_at_kantorovichs_rate():
    """f falls by ((k - 1)/(k + 1))^2 an iteration from the worst start, never by less."""
    values = []
    fastls.minimize(
        lambda x: 0.5 * (x[0] ** 2 + 9.0 * x[1] ** 2), [9.0, 1.0], method="gd",
        search=fastls.Brent(xtol=1e-12), options={"maxiter": 10},
        callback=lambda intermediate_result: values.append(intermediate_result.fun),
    )  # fmt: skip
    ratios = np.array(values) / np.array([45.0, *values[:-1]])
    np.testing.assert_allclose(ratios, 0.64, rtol=1e-4)


def test_exact_steps_are_at_right_angles():
    matrix, b, _ = quadratic(4, 10.0)
    points = [np.zeros(4)]
    fastls.minimize(
        lambda x: 0.5 * (x @ matrix @ x) - b @ x, points[0], method="gd", callback=points.append,
        search=fastls.GoldenSection(xtol=1e-10), options={"maxiter": 6},
    )  # fmt: skip
    steps = np.diff(points, axis=0)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    np.testing.assert_allclose(np.sum(steps[1:] * steps[:-1], axis=1), 0.0, atol=1e-4)


def test_a_constant_step():
    found = fastls.minimize(
        lambda x: 0.5 * (x @ x), [1.0, -2.0], method="gd",
        options={"initial_step": 0.25, "maxiter": 3},
    )  # fmt: skip
    np.testing.assert_allclose(found.x, 0.75**3 * np.array([1.0, -2.0]))


def test_barzilai_borwein_needs_far_fewer_iterations():
    """Raydan (1997)."""
    matrix, b, _ = quadratic(10, 1000.0)

    def f(x):
        return 0.5 * (x @ matrix @ x) - b @ x

    exact = fastls.minimize(f, np.zeros(10), method="gd", search=fastls.Brent())
    ours = fastls.minimize(f, np.zeros(10), method="gd")
    assert ours.success
    assert 5 * ours.nit < exact.nit


def test_the_reference_lets_values_rise_now_and_then():
    def run(method):
        values = []
        fastls.minimize(
            rosenbrock, [-1.2, 1.0], jac=rosenbrock_gradient, method=method,
            options={"maxiter": 60},
            callback=lambda intermediate_result: values.append(intermediate_result.fun),
        )  # fmt: skip
        return np.diff(values)

    assert np.any(run("gd") > 0.0)
    assert np.all(run(GradientDescent(fastls.Backtracking())) < 0.0)


def test_runs_do_not_share_the_reference():
    method = GradientDescent()
    first = method(rosenbrock, [-1.2, 1.0], jac=rosenbrock_gradient)
    again = method(rosenbrock, [-1.2, 1.0], jac=rosenbrock_gradient)
    assert first.nfev == again.nfev
    assert len(method.reference.values) == 0


def test_parameters():
    method = GradientDescent(fastls.Zoom(), "previous", fastls.Nonmonotone(3))
    again = pickle.loads(pickle.dumps(method))
    assert repr(again) == repr(method)
    assert again.reference.memory == 3
    with pytest.raises(TypeError, match="reference must be"):
        GradientDescent(reference=3.0)
