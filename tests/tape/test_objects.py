"""np.array of traced numbers: as in NumPy, or an error that says what to write."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import record
from fastls.tape import TracingError
from fastls.tape.objects import NOTE

X = np.array([0.3, 0.7, -1.1])


def rotation(t):
    return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


def written_into(x):
    a = np.array([x[0], x[1]])
    a[0] = x[2] * a[1]
    view = a[::-1]
    view *= 3.0
    return a


#: Functions of X that make arrays of numbers.
RECORDED = {
    "residuals": lambda x: np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]]),
    "with constants": lambda x: np.array([x[0] * x[1], 2.0, 3]),
    "a matrix": lambda x: rotation(x[0]),
    "times something traced": lambda x: rotation(x[0]) @ x[1:],
    "times a constant": lambda x: rotation(x[0]) @ np.array([1.0, 2.0]),
    "times itself": lambda x: rotation(x[0]) @ rotation(x[1]),
    "operators": lambda x: (2.0 * rotation(x[0]) - x[1]) ** 2 / 3.0,
    "ufuncs": lambda x: np.exp(np.array([x[0], x[1]])) + np.arctan2(np.array([x[0]]), x[1]),
    "its shape": lambda x: rotation(x[0]).T[::-1].reshape(-1),
    "without axes": lambda x: np.array(x[0]) * 2.0,
    "asarray of a number": lambda x: np.sin(np.asarray(x[0] * x[1])),
    "sums": lambda x: np.sum(rotation(x[0]), axis=0) * np.prod(np.array([x[0], x[1]])),
    "sum of a list": lambda x: np.sum([x[0], x[1] * x[2], 1.0]),
    "a norm": lambda x: np.linalg.norm(np.array([x[0], 2.0, x[1]])),
    "the largest": lambda x: np.max(np.array([x[0], x[1], x[2]])),
    "maximum, minimum, clip": lambda x: np.clip(
        np.minimum(np.maximum(np.array([x[0], x[1], x[2]]), -1.0), 0.5), -0.9, 0.4
    ),
    "in order": lambda x: np.sort(np.array([x[0], x[1], x[2]])),
    "where": lambda x: np.where(np.array([x[0], x[2]]) > 0, np.array([x[0], x[2]]) ** 2, 5.0),
    "entries written": written_into,
    "joined with an array": lambda x: np.concatenate([[x[0], x[1] ** 2], x]),
    "stacked lists": lambda x: np.vstack([[x[0], x[1]], [1.0, x[2]]]),
    "a product of vectors": lambda x: np.dot([x[0], x[1]], [x[2], 2.0]),
    "einsum": lambda x: np.einsum("ij,j->i", rotation(x[0]), np.array([1.0, x[2]])),
    "solved for": lambda x: np.linalg.solve(np.array([[x[0], 1.0], [2.0, x[1]]]), x[:2]),
    "a mask": lambda x: x[np.array([x[0] > 0, x[1] > 0, x[2] > 0])],
    "a place": lambda x: x[np.array([np.argmax(x), 0])],
}


@pytest.mark.parametrize("f", RECORDED.values(), ids=RECORDED)
def test_values_and_jacobians_are_those_of_numpy(f):
    tape, h = record(f, X), 1e-6
    for x in (X, X[::-1].copy(), np.array([0.2, -0.4, 0.9])):
        np.testing.assert_allclose(tape(x), np.asarray(f(x), dtype=float), rtol=1e-13)
        columns = [(f(x + h * e) - f(x - h * e)) / (2.0 * h) for e in np.eye(3)]
        np.testing.assert_allclose(tape.jacobian(x), np.stack(columns, -1), rtol=1e-7, atol=1e-8)


def test_objects_that_are_constants_are_numbers():
    tape = record(lambda x: x[:2] * np.array([1, 2.5], dtype=object), X)
    np.testing.assert_array_equal(tape(X), X[:2] * [1.0, 2.5])


def test_what_was_made_of_it_does_not_change_with_it():
    def f(x):
        a = np.array([x[0], x[1]])
        product = a * x[:2]
        a[0] = 100.0
        return product

    np.testing.assert_array_equal(record(f, X)(X), f(X))


def test_a_chain_of_links():
    """The place of a robot's hand, and its Jacobian: the classical product of rotations."""
    lengths = np.array([1.0, 0.7, 0.4])

    def hand(angles):
        place, frame = np.zeros(2), np.eye(2)
        for angle, length in zip(angles, lengths, strict=True):
            frame = frame @ rotation(angle)
            place = place + frame @ np.array([length, 0.0])
        return place

    sums = np.cumsum(X)
    jacobian = np.stack(
        [
            [-np.sum((lengths * np.sin(sums))[i:]) for i in range(3)],
            [np.sum((lengths * np.cos(sums))[i:]) for i in range(3)],
        ]
    )
    np.testing.assert_allclose(record(hand, X).jacobian(X), jacobian, rtol=1e-13)


@pytest.mark.parametrize(
    "order",
    [np.max, np.sort, np.argmin, lambda a: np.maximum(a, 0.0), np.sign],
    ids=["max", "sort", "argmin", "maximum", "sign"],
)
@given(
    values=st.lists(st.sampled_from([-1.0, 0.5, 2.0, np.nan]), min_size=3, max_size=3),
)
def test_the_order_of_nan_is_numpys_or_refused(order, values):
    """Python compares otherwise with NaN than NumPy does: no such answer is given."""

    def f(x):
        return order(np.array([x[0], x[1], x[2]])) * 1.0

    tape, x = record(f, X), np.array(values)
    try:
        found = tape(x)
    except TracingError:
        found = None
    if found is None:
        assert np.isnan(x).any()
    else:
        np.testing.assert_array_equal(found, f(x))


def test_a_comparison_that_is_written_out_may_be_of_nan():
    def f(x):
        a = np.array([x[0], x[1]])
        return a[0] if a[0] > a[1] else a[1]

    x = np.array([np.nan, 2.0, 3.0])
    assert record(f, X)(x) == f(x) == 2.0


#: What NumPy does not do with objects, and what the note of the error says.
REFUSED = {
    "det": lambda x: np.linalg.det(rotation(x[0])),
    "logaddexp": lambda x: np.logaddexp(np.array([x[0], x[1]]), 0.0),
    "isfinite": lambda x: np.isfinite(np.array([x[0], x[1]])),
    "a method of a constant": lambda x: np.exp(np.array([x[0], 1.0])),
    "a method of two": lambda x: np.hypot(np.array([1.0]), np.array([x[0]])),
}


@pytest.mark.parametrize("f", REFUSED.values(), ids=REFUSED)
def test_what_numpy_does_not_do_with_objects_says_what_to_write(f):
    with pytest.raises((TypeError, AttributeError)) as caught:
        record(f, X)
    assert caught.value.__notes__ == [NOTE]


@pytest.mark.parametrize(
    ("f", "instead"),
    [
        (lambda x: np.array([x[0], x[1]], dtype=float), "dtype=float"),
        (lambda x: np.array([x[0], x[1]]).astype(float), "dtype=float"),
        (lambda x: np.mean(np.array([x[0], x[1]])), "np.stack"),
        (lambda x: np.array([x, x]), "np.stack"),
    ],
    ids=["dtype", "astype", "mean", "of arrays"],
)
def test_what_cannot_be_made_names_the_line(f, instead):
    with pytest.raises(TracingError, match=instead) as caught:
        record(f, X)
    assert "test_objects.py" in str(caught.value)


def test_errors_of_other_functions_have_no_note():
    with pytest.raises(TypeError) as caught:
        record(lambda x: x + "text", X)
    assert not hasattr(caught.value, "__notes__")
