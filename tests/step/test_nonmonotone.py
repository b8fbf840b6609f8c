"""References that let a function rise now and then: closed forms, and their monotone limits."""

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import Armijo, Backtracking, Nonmonotone, Status, Zoom

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(values=values, memory=st.integers(1, 12))
def test_the_maximum_of_the_last_values(values, memory):
    """Grippo, Lampariello and Lucidi (1986)."""
    reference = Nonmonotone(memory=memory)
    for k, value in enumerate(values):
        assert reference(value) == max(values[max(0, k - memory + 1) : k + 1])


@given(values=values, eta=st.floats(0.0, 1.0))
def test_the_weighted_average(values, eta):
    """Zhang and Hager (2004): the weights are eta**age."""
    reference = Nonmonotone(kind="average", eta=eta)
    for k, value in enumerate(values):
        weights = eta ** np.arange(k, -1.0, -1.0)
        expected = max(value, weights @ values[: k + 1] / weights.sum())
        assert reference(value) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(values=values)
def test_a_memory_of_one_or_no_weight_of_the_past_is_the_value_itself(values):
    for reference in (Nonmonotone(memory=1), Nonmonotone(kind="average", eta=0.0)):
        assert [reference(value) for value in values] == values


@given(values=values)
def test_all_weights_equal_is_the_mean(values):
    reference = Nonmonotone(kind="average", eta=1.0)
    values = sorted(values, reverse=True)  # the reference is never below the last value
    for value in values:
        last = reference(value)
    assert last == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)


@given(values=values, eta=st.floats(0.0, 1.0), memory=st.integers(1, 10))
def test_the_reference_lies_between_the_value_and_the_highest(values, eta, memory):
    for kind in ("max", "average"):
        reference = Nonmonotone(memory, kind, eta=eta)
        for k, value in enumerate(values):
            low, high = min(values[: k + 1]), max(values[: k + 1])
            assert low - 1e-9 * abs(low) <= reference(value) <= high + 1e-9 * abs(high)
            assert kind == "average" or reference.values[-1] == value


def rosenbrock(x):
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def gradient(x):
    inner = x[1] - x[0] ** 2
    return np.array([-400.0 * x[0] * inner - 2.0 * (1.0 - x[0]), 200.0 * inner])


def descend(reference, search, iterations=40):
    """Steepest descent; the points visited."""
    x, points = np.array([-1.2, 1.0]), []
    for _ in range(iterations):
        step = search.step(rosenbrock, gradient, x, -gradient(x), reference=reference)
        assert step.success
        points.append((step.alpha, step.nfev, *step.x))
        x = step.x
    return points


@pytest.mark.parametrize("search", [Backtracking(), Backtracking(interpolation="cubic"), Zoom()])
def test_the_monotone_limits_reproduce_armijo_bit_for_bit(search):
    plain = descend(None, search)
    assert descend(Nonmonotone(memory=1), search) == plain
    assert descend(Nonmonotone(kind="average", eta=0.0), search) == plain


@pytest.mark.parametrize("kind", ["max", "average"])
def test_steps_are_accepted_that_a_monotone_search_refuses(kind):
    reference = Nonmonotone(memory=5, kind=kind)
    search = Backtracking()
    x = np.array([-1.2, 1.0])
    heights, values = [], []
    for _ in range(40):
        slope = -gradient(x)
        step = search.step(rosenbrock, gradient, x, slope, alpha=2e-3, reference=reference)
        assert step.success
        heights.append(step.value0)
        values.append(step.value)
        bound = max(heights[-5:]) if kind == "max" else max(heights)
        assert step.value <= bound + 1e-4 * step.alpha * step.slope0
        x = step.x
    rises = sum(later > earlier for earlier, later in zip(heights, values, strict=True))
    assert rises > 0
    assert values[-1] < heights[0]


def test_the_step_is_checked_against_the_reference():
    phi = lambda a: ((a - 1.0) ** 2, 2.0 * (a - 1.0))  # noqa: E731
    found = Backtracking().search(phi, alpha=2.5, reference=5.0)
    assert (found.alpha, found.value, found.value0) == (2.5, 2.25, 1.0)
    numbers = found.alpha, found.value, found.slope, found.value0, found.slope0
    assert found.condition == Armijo()
    assert found.condition.holds(*numbers, reference=5.0)
    assert not found.condition.holds(*numbers)
    # A lower one asks for more.
    assert Backtracking().search(phi, alpha=1.5, reference=0.2).alpha < 1.5
    assert Backtracking().search(phi, reference=-1.0).status != Status.CONVERGED


def test_a_search_that_fails_at_its_start_is_not_remembered():
    reference = Nonmonotone()
    found = Backtracking().search(lambda a: (math.nan, -1.0), reference=reference)
    assert found.status == Status.NONFINITE_START
    assert list(reference.values) == []


def test_reset_forgets():
    for kind in ("max", "average"):
        reference = Nonmonotone(kind=kind)
        reference(5.0)
        reference(3.0)
        reference.reset()
        assert reference(1.0) == 1.0


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"memory": 0}, ValueError, "memory must be an integer >= 1; got 0"),
        ({"memory": -3}, ValueError, "memory must be an integer >= 1; got -3"),
        ({"memory": 2.5}, TypeError, "integer"),
        ({"kind": "mean"}, ValueError, "kind must be 'max' or 'average'; got 'mean'"),
        ({"eta": 1.5}, ValueError, "eta must satisfy 0 <= eta <= 1; got 1.5"),
        ({"eta": -0.1}, ValueError, "eta must satisfy 0 <= eta <= 1; got -0.1"),
        ({"eta": math.nan}, ValueError, "eta must satisfy 0 <= eta <= 1; got nan"),
        ({"eta": 1j}, TypeError, "complex"),
    ],
)
def test_parameters_out_of_range(parameters, error, message):
    with pytest.raises(error, match=message):
        Nonmonotone(**parameters)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite(value):
    reference = Nonmonotone()
    with pytest.raises(ValueError, match="value must be finite; got"):
        reference(value)
    assert reference(1.0) == 1.0


def test_it_is_shown_copied_and_pickled_with_what_it_remembers():
    reference = Nonmonotone(3, "average", eta=0.5)
    assert repr(reference) == "Nonmonotone(memory=3, kind='average', eta=0.5)"
    reference(4.0)
    others = [copy.deepcopy(reference), pickle.loads(pickle.dumps(reference))]
    assert {other(1.0) for other in others} == {reference(1.0)} == {2.0}
