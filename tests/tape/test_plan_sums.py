"""Sums and extrema along any axes, as NumPy has them, and as accurate."""

import math

import numpy as np
import pytest

from fastls.tape import record

AXES = [None, 0, 1, 2, -1, (0, 1), (0, 2), (1, 2), (0, 1, 2), ()]
SHAPES = [(2, 3, 4), (1, 5, 1), (600, 2, 3), (2, 3, 700), (1, 1, 1)]


@pytest.mark.parametrize("reduction", [np.sum, np.max, np.min])
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_reduction_is_that_of_numpy(reduction, axis, shape):
    x = np.random.default_rng(0).normal(size=shape)

    def f(x):
        return reduction(x, axis=axis), reduction(x.T, axis=axis), reduction(x[::-1], axis=axis)

    for found, expected in zip(record(f, x)(x), f(x), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 1024, 100_000])
@pytest.mark.parametrize("step", [1, 3, -1])
def test_a_sum_over_all_entries_is_as_accurate_as_pairwise(count, step):
    """Entries cancel: what remains is a millionth of them."""
    x = np.random.default_rng(0).normal(size=count * abs(step)) + 1e3
    x[1::2] *= -1.0
    found = record(lambda x: np.sum(x[::step]), x)(x)
    rounding = 2.0**-53 * (9 + 8 + math.log2(count + 1))  # of 512 in turn, by eights, and the rest
    assert abs(found - math.fsum(x[::step])) <= rounding * np.sum(np.abs(x[::step]))


@pytest.mark.parametrize("reduction", [np.max, np.min])
def test_an_extremum_of_nothing_is_refused(reduction):
    with pytest.raises(ValueError, match="of an empty array has no value"):
        record(lambda x: reduction(x[:0]), np.ones(3))


def test_sums_of_nothing_are_zero():
    x = np.ones((3, 0))
    np.testing.assert_array_equal(record(lambda x: np.sum(x, axis=1), x)(x), np.zeros(3))
    assert record(lambda x: np.sum(x), x)(x) == 0.0
