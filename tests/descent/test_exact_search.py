"""Methods on an interval as exact searches along a direction."""

import pickle

import numpy as np
import pytest

import fastls
from fastls import Status
from fastls.descent.exact_search import ExactSearch

METHODS = (fastls.Brent(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Dichotomy())


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
@pytest.mark.parametrize("alpha", [1e-4, 1.0, 1e4])
def test_the_step_is_the_minimiser_wherever_it_begins(method, alpha):
    step = ExactSearch(method).step(
        lambda x: np.sum((x - 2.0) ** 2), lambda x: 2 * (x - 2.0), [0.0], [1.0], alpha=alpha
    )
    assert step.alpha == pytest.approx(2.0, abs=1e-6)


def test_the_value_at_zero_is_not_computed_again():
    asked = []

    def f(x):
        asked.append(x[0])
        return (x[0] - 2.0) ** 2

    ExactSearch(fastls.Brent()).step(f, lambda x: 2 * (x - 2.0), [0.0], [1.0], f0=4.0)
    assert 0.0 not in asked


def test_from_the_top_of_several_hills_it_still_ends_lower():
    step = ExactSearch(fastls.GoldenSection()).step(
        lambda x: x[0] ** 2 / 50 - np.cos(x[0]), lambda x: x / 25 + np.sin(x), [10.0], [1.0]
    )
    assert step.value < step.value0


def test_without_a_lower_bound():
    step = ExactSearch(fastls.Brent()).step(lambda x: -x[0], lambda x: -np.ones(1), [0.0], [1.0])
    assert step.status == Status.UNBOUNDED


def test_steps_too_small_to_move_x_are_not_taken_for_values_that_are_not_finite():
    step = ExactSearch(fastls.Brent()).step(
        lambda x: (x[0] - 1.0) ** 2, lambda x: -np.ones(1), [1.0], [1e-200]
    )
    assert (step.status, step.alpha, step.nfev) == (Status.RESOLUTION, 0.0, 1)


@pytest.mark.parametrize("x", [0.0, 1.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_function_that_is_finite_nowhere_else(x, bad):
    """From 1, steps contract until they do not move x any more."""
    step = ExactSearch(fastls.Brent()).step(
        lambda at: 2.0 if at[0] == x else bad, lambda at: -np.ones(1), [x], [1.0]
    )
    assert (step.status, step.alpha) == (Status.NONFINITE, 0.0)


def test_exceptions_come_through():
    def f(x):
        if x[0] > 1.5:
            raise ZeroDivisionError
        return (x[0] - 3.0) ** 2

    with pytest.raises(ZeroDivisionError):
        ExactSearch(fastls.Brent()).step(f, lambda x: 2 * (x - 3.0), [0.0], [1.0])


def test_it_pickles():
    search = ExactSearch(fastls.Brent(xtol=1e-3))
    assert repr(pickle.loads(pickle.dumps(search))) == repr(search)
