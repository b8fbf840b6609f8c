"""Conjugate gradients: on a quadratic they end; elsewhere they go on."""

import pickle

import numpy as np
import pytest

import fastls
from fastls.descent import ConjugateGradient
from tests.descent.problems import quadratic, rosenbrock, rosenbrock_gradient

BETAS = ("polak-ribiere", "hager-zhang")


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("n", [1, 3, 6])
def test_on_a_quadratic_exact_steps_end_after_n(beta, n):
    """Hestenes and Stiefel (1952)."""
    matrix, b, solution = quadratic(n, 10.0)
    found = fastls.minimize(
        lambda x: 0.5 * (x @ matrix @ x) - b @ x, np.zeros(n),
        method=ConjugateGradient(beta, search=fastls.Brent(xtol=1e-10)),
    )  # fmt: skip
    assert found.success
    assert found.nit <= n
    np.testing.assert_allclose(found.x, solution, atol=1e-5)


def test_on_a_quadratic_the_directions_are_conjugate():
    matrix, b, _ = quadratic(5, 10.0)
    points = [np.zeros(5)]
    fastls.minimize(
        lambda x: 0.5 * (x @ matrix @ x) - b @ x, points[0], callback=points.append,
        method=ConjugateGradient(search=fastls.Brent(xtol=1e-12)), options={"maxiter": 4},
    )  # fmt: skip
    steps = np.diff(points, axis=0)
    steps /= np.sqrt(np.einsum("ki,ij,kj->k", steps, matrix, steps))[:, None]
    np.testing.assert_allclose(steps @ matrix @ steps.T, np.eye(len(steps)), atol=1e-4)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("initial", ["quadratic", "previous", "hager-zhang", "barzilai-borwein", 1])
def test_rosenbrock_with_each_beta_and_first_step(beta, initial):
    found = fastls.minimize(
        rosenbrock, [-1.2, 1.0, 1.0], jac=rosenbrock_gradient, method=ConjugateGradient(beta),
        options={"initial_step": initial},
    )  # fmt: skip
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


def test_restarting_each_time_is_gradient_descent():
    matrix, b, _ = quadratic(4, 10.0)
    points = {}
    for name, method in (
        ("cg", ConjugateGradient(restart=1, search=fastls.Zoom())),
        ("gd", fastls.descent.GradientDescent(fastls.Zoom(), "quadratic")),
    ):
        found = fastls.minimize(
            lambda x: 0.5 * (x @ matrix @ x) - b @ x, np.zeros(4), method=method,
            options={"maxiter": 6},
        )  # fmt: skip
        points[name] = found.x
    np.testing.assert_array_equal(points["cg"], points["gd"])


def test_parameters():
    method = ConjugateGradient("hager-zhang", restart=5)
    assert (method.beta, method.restart) == ("hager-zhang", 5)
    assert repr(pickle.loads(pickle.dumps(method))) == repr(method)
    with pytest.raises(ValueError, match="beta must be"):
        ConjugateGradient("fletcher")
    with pytest.raises(ValueError, match="restart must be"):
        ConjugateGradient(restart=0)
