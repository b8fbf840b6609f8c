"""Recorded functions as a descent method sees them."""

import numpy as np
import pytest

import fastls
from fastls.descent.recorded_objective import RecordedObjective
from tests.descent.problems import METHODS, logistic, rosenbrock


def test_a_tape_of_more_than_x_is_refused():
    tape = fastls.record(lambda x, y: np.sum(x) * np.sum(y), np.ones(2), np.ones(3), argnums=(0, 1))
    with pytest.raises(ValueError, match="with respect to x alone"):
        RecordedObjective(tape, np.ones(2), (np.ones(3),))


def test_a_tape_of_another_argument_is_refused():
    tape = fastls.record(lambda x, y: np.sum(x) * np.sum(y), np.ones(2), np.ones(2), argnums=1)
    with pytest.raises(ValueError, match=r"with respect to x alone.*of the arguments \(1,\)"):
        fastls.minimize(tape, np.ones(2), args=(np.ones(2),))
    with pytest.raises(ValueError, match="its first argument, alone"):
        fastls.Zoom().step(tape, None, np.ones(2), -np.ones(2), args=(np.ones(2),))


def test_a_start_of_another_shape_than_recorded():
    tape = fastls.record(rosenbrock, np.zeros(3))
    with pytest.raises(ValueError, match="structure"):
        fastls.minimize(tape, np.zeros(4))


@pytest.mark.parametrize("method", METHODS)
def test_the_path_taken_follows_the_function(method):
    """A branch on a value: recorded on one side, minimised across."""

    def f(x):
        return np.sum((x - 3.0) ** 2) if x[0] > 1.0 else np.sum((x - 3.0) ** 2) + (1.0 - x[0])

    found = fastls.minimize(f, [-5.0, 0.0], method=method)
    np.testing.assert_allclose(found.x, 3.0, atol=1e-4)


def test_what_raises_on_another_path_comes_through():
    def f(x):
        if x[0] < 0.0:
            raise ZeroDivisionError("mine")
        return np.sum(x**2) + 10.0 * x[0]

    with pytest.raises(ZeroDivisionError, match="mine"):
        fastls.minimize(f, [1.0, 1.0])


@pytest.mark.parametrize("method", METHODS)
def test_iterations_agree_with_those_by_callables(method):
    f, gradient, start = logistic()
    ours = fastls.minimize(f, start, method=method)
    by_hand = fastls.minimize(f, start, jac=gradient, method=method)
    assert ours.nit == by_hand.nit
    assert ours.nfev == by_hand.nfev
    assert ours.njev <= by_hand.nfev
