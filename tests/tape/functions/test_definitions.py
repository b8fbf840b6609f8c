"""fastls.tape.functions.definitions: calls, values and derivatives, against NumPy."""

import itertools

import numpy as np
import pytest

from fastls.tape import record

GRID = np.linspace(-4.0, 4.0, 7)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, a: np.convolve(a, x), lambda x, a: np.interp(x, a, a),
        lambda x, a: np.kron(a, x), lambda x, a: x * np.searchsorted(a, x),
        lambda x, a: np.insert(x, 1, a), lambda x, a: np.average(x, weights=a),
        lambda x, a: np.clip(x, None, a),
    ],
    ids=["convolve", "interp", "kron", "searchsorted", "insert", "average", "clip"],
)  # fmt: skip
def test_an_array_that_is_changed_in_place_is_seen(function):
    a, x = np.array([1.0, 2.0, 3.0]), np.array([2.5, 0.5, 1.5])
    tape = record(lambda x: function(x, a), x)
    a[:] = [0.1, 0.4, 0.7]
    np.testing.assert_allclose(tape(x), function(x, a), rtol=1e-14)


# Guards: what is recorded again, and what is not.

GUARDED = {
    "sort": np.sort,
    "argsort": lambda x: x[np.argsort(x)] * x,
    "partition": lambda x: np.partition(x, 2)[2] * x,
    "median": lambda x: np.median(x) * x,
    "quantile": lambda x: np.quantile(x, 0.3) * x,
    "argmax": lambda x: x * np.argmax(x),
    "argmin": lambda x: x * np.argmin(x),
    "x[x > 0]": lambda x: np.sum(x[x > 0]) * x,
    "nonzero": lambda x: np.sum(np.nonzero(x > 0)[0]) * x,
    "count_nonzero": lambda x: np.count_nonzero(x > 0) * x,
    "searchsorted": lambda x: np.searchsorted(GRID, x) * x,
    "searchsorted in traced": lambda x: np.searchsorted(np.sort(x), 0.1) * x,
    "interp": lambda x: np.interp(x, GRID, np.sin(GRID)),
    "if all": lambda x: x if np.all(x > -0.5) else x**2,
    "if any": lambda x: x if np.any(x > 1) else x**2,
    "if allclose": lambda x: x if np.allclose(x, x[::-1]) else x**2,
    "if array_equal": lambda x: x if np.array_equal(x, np.abs(x)) else x**2,
    "astype(int)": lambda x: x * (3 * x).astype(int),
    "unique": lambda x: np.sum(np.unique(np.round(x))) * x,
}


@pytest.mark.parametrize("function", GUARDED.values(), ids=GUARDED)
def test_a_tape_records_again_when_values_are_in_another_order(function):
    generator = np.random.default_rng(3)
    tape = record(function, generator.normal(size=6))
    for x in [*generator.normal(size=(20, 6)), np.zeros(6), np.ones(6), -np.ones(6)]:
        np.testing.assert_allclose(tape(x), function(x), rtol=1e-12, atol=1e-14)


def count_recordings(function, points):
    calls = itertools.count()

    def counted(x):
        next(calls)
        return function(x)

    tape = record(counted, points[0])
    for x in points:
        tape(x)
    return next(calls)


@pytest.mark.parametrize(
    "function",
    [
        np.sort,
        lambda x: x * np.argmax(x),
        lambda x: x[x > 0],
        np.median,
        lambda x: x[np.argsort(x)],
    ],
    ids=["sort", "argmax", "mask", "median", "argsort"],
)
def test_a_tape_is_not_recorded_again_while_the_order_is_the_same(function):
    x = np.array([0.3, -1.0, 2.0, 1.0])
    assert count_recordings(function, [x, x * 2, x**3, x + 0.1]) == 1
    assert count_recordings(function, [x, -x, x, -x]) == 2


@pytest.mark.parametrize("function", [np.sort, np.median, lambda x: x * np.argmax(x)],
                         ids=["sort", "median", "argmax"])  # fmt: skip
def test_a_nan_that_comes_or_goes_is_seen(function):
    clean, spoilt = np.array([3.0, 1.0, 2.0]), np.array([3.0, np.nan, 2.0])
    for first, second in [(clean, spoilt), (spoilt, clean)]:
        np.testing.assert_array_equal(record(function, first)(second), function(second))


# What cannot be recorded says so.

REFUSED = {
    "out": lambda x: np.sum(x, out=np.zeros(())),
    "dtype": lambda x: np.sum(x, dtype=np.float32),
    "fill_diagonal": lambda x: np.fill_diagonal(np.outer(x, x), 0.0),
    "copyto": lambda x: np.copyto(np.zeros(3), x),
    "add.at": lambda x: np.add.at(np.zeros(3), [0, 1, 2], x),
    "method": lambda x: np.quantile(x, x[0] / 2, method="hazen"),
    "weights": lambda x: np.quantile(x, 0.5, weights=np.ones(3), method="inverted_cdf"),
    "bitwise_and": lambda x: np.bitwise_and(x, 1),
}


@pytest.mark.parametrize(("name", "function"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_recorded_is_named(name, function):
    with pytest.raises(TypeError, match=name):
        record(function, np.ones(3))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.einsum("ij", x), lambda x: np.einsum("i,i", x),
        lambda x: np.einsum("i->ii", x), lambda x: np.einsum("i->j", x),
        lambda x: np.split(x, 2), lambda x: np.stack([x, x[:1]]),
        lambda x: np.convolve(x, x, "half"), lambda x: np.diff(x, -1),
    ],
    ids=["rank", "operands", "twice", "unknown", "split", "stack", "mode", "order"],
)  # fmt: skip
def test_what_numpy_refuses_is_refused(function):
    with pytest.raises(ValueError, match=r"\w"):
        function(np.ones(3))
    with pytest.raises(ValueError, match=r"\w"):
        record(function, np.ones(3))
