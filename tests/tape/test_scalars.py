"""Code for numbers: what loops over entries compute is what Python computes, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastls.tape import record

STEPS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: a * b + a,
    lambda a, b: a * b - b,
    lambda a, b: b - a * a,
    lambda a, b: -a,
    lambda a, b: abs(a) - 0.5 * b,
    lambda a, b: np.sqrt(a * a + 1.0),
    lambda a, b: np.sin(a),
    lambda a, b: np.exp(-a * a),
    lambda a, b: np.maximum(a, b),
    lambda a, b: np.where(a < b, a, 2.0 * b),
    lambda a, b: np.hypot(a, b),
    lambda a, b: np.where(np.logical_and(np.isfinite(a), a != b), b, a),
]
CHOICES = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 10**6), st.integers(0, 10**6)),
    min_size=1, max_size=40,
)  # fmt: skip


def written(choices, outputs):
    """A function that computes one number after the other, from any before it."""

    def f(x):
        numbers = [x[i] for i in range(len(x))]
        for which, i, j in choices:
            numbers.append(STEPS[which](numbers[i % len(numbers)], numbers[j % len(numbers)]))
        chosen = [numbers[i % len(numbers)] for i in outputs]
        return (*chosen, np.stack([numbers[-1], *chosen]), np.sum(np.stack(numbers[-3:]) * x[0]))

    return f


@given(CHOICES, st.lists(st.integers(0, 10**6), max_size=4), st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_random_code_computes_what_numpy_computes(choices, outputs, seed):
    f, rng = written(choices, outputs), np.random.default_rng(seed)
    tape = record(f, rng.uniform(-2.0, 2.0, 4))
    x = rng.uniform(-2.0, 2.0, 4)
    with np.errstate(all="ignore"):
        for found, true in zip(tape(x), f(x), strict=True):
            np.testing.assert_allclose(found, true, rtol=1e-13, atol=1e-300)


def test_a_product_that_is_added_is_rounded_before_it_is():
    x = np.array([1.0 + 2.0**-30, 1.0 - 2.0**-30, -1.0])
    assert record(lambda x: x[0] * x[1] + x[2], x)(x) == x[0] * x[1] + x[2] == 0.0


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (y := x[0] * x[1], y, y + 1.0),
        lambda x: (y := x[0] * x[1], 2.0 * y, np.stack([y, y])),
        lambda x: (x[0], np.stack([x[1], x[0], x[1]])),
        lambda x: (y := x[0] + x[1], np.reshape(y, (1, 1)), np.reshape(y, (1,)) * x),
        lambda x: (np.stack([x[0] * 2.0, x[1]]) * x, x[0] * 2.0),
        lambda x: (y := np.sum(x), y * y, x * y, np.sum(x * y) * y),
        lambda x: (x[0] > x[1], np.where(x[0] > x[1], x, 2.0 * x)),
        lambda x: (np.stack([3.0, x[0], x[0] - x[0]]),),
    ],
)
def test_numbers_meet_arrays(f):
    x, y = np.array([0.5, 2.0]), np.array([3.0, -1.0])
    tape = record(f, x)
    for found, true in zip(tape(y), f(y), strict=True):
        np.testing.assert_array_equal(found, true)


def test_a_loop_over_entries_has_the_gradient_of_the_formula():
    def f(x):
        total = 0.0
        for i in range(len(x) - 1):
            total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        return total

    x = np.random.default_rng(0).uniform(-1.5, 1.5, 300)
    value, gradient = record(f, x).value_and_grad(x)
    true = np.zeros_like(x)
    true[:-1] = -400.0 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2.0 * (1.0 - x[:-1])
    true[1:] += 200.0 * (x[1:] - x[:-1] ** 2)
    assert value == pytest.approx(f(x), rel=1e-14)
    np.testing.assert_allclose(gradient, true, rtol=1e-12, atol=1e-12)


def test_registers_are_used_again():
    def f(x):
        y = x[0]
        for _ in range(5000):
            y = np.sin(y) * 0.5 + x[1]
        return y

    assert record(f, np.ones(2)).paths  # long chains do not recurse
    tape = record(f, np.ones(2))
    (path, *_), *_ = tape.paths.values()
    program = path.program("value", lambda path: (path.inputs, path.outputs))
    assert program.memory <= 1024
    assert tape(np.array([0.3, 0.7])) == f(np.array([0.3, 0.7]))


def test_a_branch_on_a_number_is_guarded_within_the_code():
    def f(x):
        total = 0.0
        for i in range(len(x)):
            total = total + (x[i] * x[i] if x[i] > 0.0 else -3.0 * x[i])
        return total

    tape = record(f, np.ones(5))
    for x in np.random.default_rng(1).normal(size=(10, 5)):
        assert tape(x) == f(x)
