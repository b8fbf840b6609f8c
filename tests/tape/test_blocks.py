"""Elementwise operations block by block: of any length, with overlapping parts, sums accurate."""

import math

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.blocks import flat
from fastls.tape.places import View, contiguous

LENGTHS = [2, 3, 511, 512, 513, 1023, 1025, 5000, 12345]


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def three_parts(x):
    """Slices that overlap, and leave entries out at both ends."""
    n = len(x) // 2
    a, b, c = x[1 : n + 1], x[n // 2 : n // 2 + n], x[n - 1 : 2 * n - 1]
    return np.sum(a * np.sin(b) * c + np.where(a > b, a * c, b * b))


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("f", [rosenbrock, three_parts], ids=lambda f: f.__name__)
def test_value_and_gradient_do_not_depend_on_the_blocks(f, n):
    n = max(n, 6)
    rng = np.random.default_rng(n)
    tape, x, v = record(f, rng.normal(size=n)), rng.normal(size=n), rng.normal(size=n)
    value, gradient = tape.value_and_grad(x)
    assert value == pytest.approx(f(x), rel=1e-13)
    difference = (f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6
    assert gradient @ v == pytest.approx(difference, rel=1e-5, abs=1e-5 * abs(gradient) @ abs(v))
    value_again, gradient_again = tape.value_and_grad(x)
    assert value == value_again
    np.testing.assert_array_equal(gradient, gradient_again)


@pytest.mark.parametrize("n", LENGTHS)
def test_results_are_those_of_numpy_to_the_last_bit(n):
    def f(x, y):
        a = np.sin(x) * y
        b = np.maximum(a, 0.25) - x[::-1]
        return a, b, b > a, np.where(b > a, a, b) / 3.0, np.sqrt(a * a) + np.arctan(b * b + 1.0)

    rng = np.random.default_rng(n)
    x, y = rng.normal(size=(2, n))
    tape = record(f, np.ones(n), np.ones(n), argnums=(0, 1))
    for found, true in zip(tape(x, y), f(x, y), strict=True):
        np.testing.assert_array_equal(found, true)


def test_a_sum_is_as_accurate_as_numpy_s():
    x = np.random.default_rng(0).lognormal(0.0, 3.0, 200_000)
    exact = math.fsum((x * x).tolist())
    found = record(lambda x: np.sum(x * x), x)(x)
    assert abs(found - exact) <= 4.0 * np.spacing(exact) + 2.0 * abs(np.sum(x * x) - exact)


def test_a_sum_that_is_used_on_ends_what_follows_each_other():
    def f(x):
        e = np.exp(x - np.max(x))
        p = e / np.sum(e)
        return np.sum(p * np.log(p)) * np.sum(p * x), p

    x = np.random.default_rng(1).normal(size=3000)
    for found, true in zip(record(f, x)(x), f(x), strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-13)


def test_large_arrays_in_between_need_no_memory():
    tape = record(rosenbrock, np.ones(100_000))
    assert tape.memory.peak <= 64 * 1024


@pytest.mark.parametrize(
    ("shape", "strides", "step"),
    [((5,), (8,), 8), ((5,), (-16,), -16), ((2, 3), (24, 8), 8), ((2, 3), (0, 0), 0),
     ((1, 3), (800, 8), 8), ((2, 3), (8, 16), None), ((2, 3), (32, 8), None),
     ((2, 3), (0, 8), None)],
)  # fmt: skip
def test_views_as_vectors(shape, strides, step):
    found = flat(View(0, 0, shape, strides, "f"), shape)
    assert (found and found.step) == step
    assert contiguous((2, 3), 8) == (24, 8)


def test_an_entry_of_a_sum_waits_for_the_sum():
    """The sum of a run is there only when the run has been closed."""
    x = np.random.default_rng(2).normal(size=(3, 4))

    def f(x):
        return sorted(np.sum(x, where=x > 0)[None])[0]

    assert record(f, x)(x) == pytest.approx(f(x), rel=1e-14)
    gradient = record(f, x).grad(x)
    np.testing.assert_array_equal(gradient, np.where(x > 0, 1.0, 0.0))


def test_an_entry_of_an_array_of_one_number_is_that_number():
    def f(x):
        y = 0.0
        for i in range(len(x)):
            y = y + x[i] * np.cos(y)
        return np.stack([np.full_like(x, y)[0], x[0]]), np.cumprod(x)

    x = np.array([0.7])
    for found, true in zip(record(f, x)(x), f(x), strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-14)


def test_a_slice_may_leave_nothing_of_a_result():
    x = np.random.default_rng(3).normal(size=(3, 4))
    assert record(lambda x: np.diff(x, 9), x)(x).shape == (3, 0)
