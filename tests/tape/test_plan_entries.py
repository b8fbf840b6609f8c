"""What moves entries puts them where NumPy does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls.tape import record


@pytest.mark.parametrize("count", [2, 7, 8, 9, 40])
def test_many_arrays_are_joined(count):
    x = np.arange(3.0)

    def f(x):
        return np.concatenate([x * k for k in range(count)])

    np.testing.assert_array_equal(record(f, x)(x), f(x))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_arrays_are_joined_along_any_axis(axis):
    x = np.arange(6.0).reshape(2, 3)

    def f(x):
        return np.concatenate([x, np.sin(x), x[::-1]], axis=axis)

    np.testing.assert_array_equal(record(f, x)(x), f(x))


def test_numbers_and_arrays_are_joined():
    x = np.arange(3.0)

    def f(x):
        return np.concatenate([np.stack([x[0] * x[1], x[2]]), x, [1.0], x[:2] * 2.0])

    np.testing.assert_array_equal(record(f, x)(x), f(x))


@given(st.lists(st.integers(-5, 4), max_size=12))
def test_entries_taken_at_places_come_back_added(places):
    x = np.arange(5.0) + 1.0
    weights = np.arange(len(places)) + 1.0
    tape = record(lambda x: np.sum(weights * x[np.array(places, dtype=int)]), x)
    expected = np.zeros(5)
    np.add.at(expected, places, weights)
    np.testing.assert_array_equal(tape.grad(x), expected)


@pytest.mark.parametrize(
    "index",
    [1, slice(None), slice(1, None, 2), slice(None, None, -1), slice(3, 3)],
    ids=["an entry", "all", "every second", "backwards", "none"],
)
def test_the_cotangent_of_a_part_stands_in_zeros(index):
    x = np.arange(5.0)
    expected = np.zeros(5)
    expected[index] = 2.0
    np.testing.assert_array_equal(record(lambda x: np.sum(2.0 * x[index]), x).grad(x), expected)


def test_parts_that_overlap_are_added():
    x = np.arange(6.0)
    tape = record(lambda x: np.sum(x[1:] * x[:-1]) + np.sum(x[::2]), x)
    expected = np.convolve(x, [1.0, 0.0, 1.0])[1:-1]
    expected[::2] += 1.0
    np.testing.assert_array_equal(tape.grad(x), expected)
