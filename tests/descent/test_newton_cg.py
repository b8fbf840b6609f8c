"""Truncated Newton: on a quadratic one iteration, elsewhere quadratic convergence."""

import pickle

import numpy as np
import pytest

import fastls
from fastls.descent import NewtonCG
from tests.descent.problems import (
    quadratic,
    rosenbrock,
    rosenbrock_gradient,
    rosenbrock_hessian,
)

START = np.array([-1.2, 1.0, 1.0])


def test_on_a_quadratic_newtons_direction_leads_to_the_minimum():
    matrix, b, solution = quadratic()
    found = fastls.minimize(
        lambda x: 0.5 * (x @ matrix @ x) - b @ x, np.zeros(6), method=NewtonCG(forcing=1e-12)
    )
    assert (found.nit, found.success) == (1, True)
    assert found.nhev <= 7
    np.testing.assert_allclose(found.x, solution, atol=1e-9)


def product(x, v):
    return rosenbrock_hessian(x) @ v


@pytest.mark.parametrize(
    "second",
    [{"hess": rosenbrock_hessian}, {"hessp": product}, {}],
    ids=["hess", "hessp", "differences"],
)
def test_products_by_whatever_means(second):
    found = fastls.minimize(
        rosenbrock, START, jac=rosenbrock_gradient, method="newton-cg", **second
    )
    assert found.success
    np.testing.assert_allclose(found.x, 1.0, atol=1e-6)
    assert (found.nhev > 0) == bool(second)


def test_products_from_the_tape_and_from_callables_besides_it():
    for second in ({}, {"hess": rosenbrock_hessian}, {"hessp": product}):
        found = fastls.minimize(rosenbrock, START, method="newton-cg", **second)
        np.testing.assert_allclose(found.x, 1.0, atol=1e-6)
        assert found.nhev > 0


@pytest.mark.parametrize("shape", [(3,), (2, 2), (3, 1), ()])
def test_a_hessian_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"hess must return a matrix of the shape \(3, 3\); got"):
        fastls.minimize(
            rosenbrock, START, jac=rosenbrock_gradient, method="newton-cg",
            hess=lambda x: np.ones(shape),
        )  # fmt: skip


def test_the_hessian_is_asked_for_once_a_point():
    calls = []

    def hess(x):
        calls.append(x.copy())
        return rosenbrock_hessian(x)

    found = fastls.minimize(
        rosenbrock, START, jac=rosenbrock_gradient, method="newton-cg", hess=hess
    )
    assert len(calls) == found.nhev <= found.nit
    assert len({tuple(x) for x in calls}) == len(calls)


def test_it_leaves_a_saddle_by_negative_curvature():
    """x^4/4 - x^2/2 + y^2/2: from near (0, 1) the Hessian is indefinite."""
    found = fastls.minimize(
        lambda x: 0.25 * x[0] ** 4 - 0.5 * x[0] ** 2 + 0.5 * x[1] ** 2, [0.1, 1.0],
        method="newton-cg",
    )  # fmt: skip
    assert found.success
    np.testing.assert_allclose(found.x, [1.0, 0.0], atol=1e-5)


def test_it_converges_faster_than_linearly():
    norms = []
    fastls.minimize(
        rosenbrock, START, method="newton-cg", options={"gtol": 1e-12},
        callback=lambda intermediate_result: norms.append(np.abs(intermediate_result.jac).max()),
    )  # fmt: skip
    assert norms[-2] < 1e-2
    assert norms[-1] < norms[-2] ** 1.5


def test_xtol_is_scipys():
    found = fastls.minimize(
        rosenbrock, START, method="newton-cg", options={"xtol": 1e-5, "gtol": 0.0}
    )
    assert found.success
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


def test_exceptions_of_products_come_through():
    def hessp(x, v):
        raise ZeroDivisionError

    for jac in (None, rosenbrock_gradient):
        with pytest.raises(ZeroDivisionError):
            fastls.minimize(rosenbrock, START, jac=jac, method="newton-cg", hessp=hessp)


def test_parameters():
    method = NewtonCG(forcing=0.1)
    assert repr(pickle.loads(pickle.dumps(method))) == repr(method)
    with pytest.raises(ValueError, match="forcing must satisfy"):
        NewtonCG(forcing=1.0)
