"""Another order of operations changes nothing: results are Python's own, to the last bit."""

import numpy as np
import pytest

from fastls.tape import record

OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a * b + a,
    lambda a, b: b - a * b,
    lambda a, b: a / (1.0 + b * b),
    lambda a, b: -a,
    lambda a, b: abs(b) * 0.5,
    lambda a, b: np.where(a < b, a, b),
    lambda a, b: np.sin(a),
]


def written_at_random(seed, length, reach):
    """A program of so many operations, of values that were computed at most so many before."""
    rng = np.random.default_rng(seed)
    steps = [
        (OPERATIONS[rng.integers(len(OPERATIONS))], *(1 + rng.integers(reach, size=2)))
        for _ in range(length)
    ]
    wanted = rng.integers(length, size=5)

    def f(x):
        values = [x[i] for i in range(len(x))]
        for operation, first, second in steps:
            value = operation(values[-min(first, len(values))], values[-min(second, len(values))])
            values.append(value * 0.5)
        return [values[-1 - i] for i in wanted]

    return f


@pytest.mark.parametrize("length", [3, 255, 256, 257, 2000])
@pytest.mark.parametrize("reach", [1, 2, 20, 300])
def test_results_are_those_of_python(length, reach):
    x = np.random.default_rng(length + reach).normal(size=7)
    for seed in range(5):
        f = written_at_random(seed, length, reach)
        tape = record(f, np.ones(7))
        for point in (x, -x):
            assert tape(point) == [float(value) for value in f(point)]


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_a_gradient_is_that_of_arrays(n):
    x = np.random.default_rng(n).normal(size=n)

    def f(x):
        return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    def loop(x):
        total = 0.0
        for i in range(n - 1):
            total = total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
        return total

    np.testing.assert_allclose(
        record(loop, x).grad(x), record(f, x).grad(x), rtol=1e-13, atol=1e-13
    )


def test_guards_are_asked_though_they_have_moved():
    def f(x):
        total = 0.0
        for i in range(300):
            total = total + (x[i] ** 2 if x[i] > 0.0 else -x[i])
        return total

    rng = np.random.default_rng(0)
    tape = record(f, rng.normal(size=300))
    for _ in range(20):
        x = rng.normal(size=300)
        assert tape(x) == f(x)


def test_arrays_and_numbers_that_take_turns():
    def f(x):
        for _ in range(30):
            total = 0.0
            for i in range(20):
                total = total + x[i] * x[19 - i]
            x = np.tanh(x + total / 20.0)
        return np.sum(x)

    x = np.random.default_rng(1).normal(size=20)
    tape, v = record(f, x), np.random.default_rng(2).normal(size=20)
    assert tape(x) == pytest.approx(f(x), rel=1e-13)
    difference = (f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6
    assert tape.grad(x) @ v == pytest.approx(difference, rel=1e-5, abs=1e-8)
