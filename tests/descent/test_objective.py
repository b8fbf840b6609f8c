"""Callables as a descent method sees them."""

import numpy as np
import pytest

import fastls
from fastls.descent.objective import CallableObjective
from tests.descent.problems import rosenbrock, rosenbrock_gradient


def test_it_knows_its_size():
    f = CallableObjective(rosenbrock, rosenbrock_gradient, np.zeros((2, 2)), (), None, None)
    assert (f.size, f.nhev) == (4, 0)


def test_a_pair_that_is_none():
    with pytest.raises(TypeError, match=r"fun must return \(value, gradient\).* a number, 100.0"):
        fastls.minimize(rosenbrock, [1.0, 2.0], jac=True)


def test_every_call_is_handed_an_array_of_its_own():
    kept = []

    def pair(x):
        kept.append(x)
        return rosenbrock(x), rosenbrock_gradient(x)

    fastls.minimize(pair, [-1.2, 1.0], jac=True)
    values = {rosenbrock(x) for x in kept}
    assert len(values) == len(kept)


def test_a_gradient_written_over_by_the_next():
    buffer = np.zeros(2)

    def gradient(x):
        buffer[:] = rosenbrock_gradient(x)
        return buffer

    found = fastls.minimize(rosenbrock, [-1.2, 1.0], jac=gradient)
    expected = fastls.minimize(rosenbrock, [-1.2, 1.0], jac=rosenbrock_gradient)
    np.testing.assert_array_equal(found.x, expected.x)


@pytest.mark.parametrize("name", ["hess", "hessp"])
def test_a_forgotten_return_is_noticed(name):
    with pytest.raises(TypeError, match=f"^{name} returned None; is its return statement missing"):
        fastls.minimize(
            lambda x: x @ x, np.ones(2), method="newton-cg", jac=lambda x: 2 * x,
            **{name: lambda *_: None},
        )  # fmt: skip


def test_a_product_of_another_shape():
    with pytest.raises(ValueError, match="product with the Hessian"):
        fastls.minimize(
            rosenbrock, [-1.2, 1.0], jac=rosenbrock_gradient, method="newton-cg",
            hessp=lambda x, v: v[:1],
        )  # fmt: skip
