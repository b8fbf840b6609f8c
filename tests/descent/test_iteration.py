"""The loop: what all methods have in common, seen from outside."""

import numpy as np
import pytest

import fastls
from fastls.descent.iteration import is_shown_all
from fastls.descent.method import Descent
from tests.descent.problems import METHODS, rosenbrock, rosenbrock_gradient


def test_a_method_without_a_direction_is_refused():
    with pytest.raises(TypeError, match="Descent is no method by itself"):
        Descent()(lambda x: x @ x, [1.0])


def test_whether_a_callback_is_shown_all():
    assert is_shown_all(lambda intermediate_result: None)
    assert not is_shown_all(lambda x: None)
    assert not is_shown_all(lambda intermediate_result, other=1: None)
    assert not is_shown_all(print)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_ends_above_its_start(method):
    """Where nothing is to be gained by the values, whatever the slopes say."""
    found = fastls.minimize(lambda x: 1.0, [1.0, 2.0], jac=lambda x: x, method=method)
    assert found.fun == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_walls_of_infinity_are_kept_away_from(method):
    found = fastls.minimize(
        lambda x: x[0] - np.log(x[0]) if x[0] > 0 else np.inf, [1e-3],
        jac=lambda x: 1.0 - 1.0 / x, method=method,
    )  # fmt: skip
    assert found.success
    assert found.x[0] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_evaluated_twice(method):
    seen = []

    def f(x):
        seen.append(tuple(x))
        return rosenbrock(x)

    fastls.minimize(f, [-1.2, 1.0], jac=rosenbrock_gradient, method=method)
    assert len(set(seen)) == len(seen)
