"""np.array and its relatives, of what is traced: as in NumPy, and NumPy's own for all else."""

import contextlib
import threading

import numpy as np
import pytest

from fastls import grad, record
from fastls.tape import TracingError, lists
from fastls.tape.lists import ORIGINALS
from fastls.tape.lock import LOCKS

X = np.array([0.3, 0.7, -1.1])


def rotation(t):
    return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


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
    "a norm": lambda x: np.linalg.norm(np.array([x[0], 2.0, x[1]])),
    "the largest": lambda x: np.max(np.array([x[0], x[1], x[2]])),
    "maximum, minimum, clip": lambda x: np.clip(
        np.minimum(np.maximum(np.array([x[0], x[1], x[2]]), -1.0), 0.5), -0.9, 0.4
    ),
    "in order": lambda x: np.sort(np.array([x[0], x[1], x[2]])),
    "where": lambda x: np.where(np.array([x[0], x[2]]) > 0, np.array([x[0], x[2]]) ** 2, 5.0),
    "of arrays": lambda x: np.array([x, 2.0 * x, [1.0, x[0], 3]]),
    "dtype float": lambda x: np.array([x[0], 1], dtype=float) * np.asarray(x[:2], float),
    "asarray of an array": lambda x: np.sum(np.asarray(x) ** 2) * np.asanyarray(x),
    "with more axes": lambda x: np.array(x[0], ndmin=2) * np.ascontiguousarray(x[1]),
    "constants of other types": lambda x: (
        np.array([x[0], np.uint8(1)]) - np.array([x[1], np.uint8(2)])
    ),
    "mean and deviation": lambda x: np.mean(np.array([x[0], x[1]])) + np.std(np.array([x[0], 2.0])),
    "a determinant": lambda x: np.linalg.det(rotation(x[0]) * x[1]),
    "a mixed ufunc": lambda x: np.logaddexp(np.exp(np.array([x[0], 1.0])), 0.0),
    "entries that are finite": lambda x: np.isfinite(np.array([x[0], np.inf])) * x[:2],
    "joined with an array": lambda x: np.concatenate([[x[0], x[1] ** 2], x]),
    "lists beside arrays": lambda x: np.vstack([x[:2], [x[0], x[2]]]) @ [x[1], 2.0],
    "einsum": lambda x: np.einsum("ij,j->i", rotation(x[0]), np.array([1.0, x[2]])),
    "solved for": lambda x: np.linalg.solve(np.array([[x[0], 1.0], [2.0, x[1]]]), x[:2]),
    "a mask": lambda x: x[np.array([x[0] > 0, x[1] > 0, x[2] > 0])],
    "a truth as a number": lambda x: np.array([np.where(x[0] > 0, 1.0, 0.0), 0.5]) * x[1],
    "a condition of a list": lambda x: np.where((x > 0) & [True, False, True], x, 2.0 * x),
    "a place": lambda x: x[np.array([np.argmax(x), 0])],
    "filled": lambda x: np.full((2, 3), x[0]) * np.full(3, x) + np.full(3, fill_value=[x[1], 2, 3]),
    "filled like an array": lambda x: np.full_like(np.ones((2, 3)), x[0]) + np.full_like(x, x[1]),
    "filled, of a shape": lambda x: np.full_like(np.arange(2), x, dtype=float, shape=(2, 3)),
    "filled with a constant": lambda x: x * np.full(3, 2.0) + np.full_like([1, 2, 3], 2),
    "r_": lambda x: np.r_[x, x[0] ** 2, 1.0, [x[1], 2], 0:3, np.ones(2)],
    "r_ of matrices": lambda x: np.r_[rotation(x[0]), np.eye(2)] * len(np.r_[x]),
    "c_": lambda x: np.c_[x, x**2, np.ones(3), 0:3, rotation(x[0])[:, :1][[0, 1, 0]]],
    "c_ of numbers": lambda x: np.c_[x[0], 2.0, x[1]],
    "r_ and c_ of constants": lambda x: np.c_[1:4, [2, 3, 4]].T @ x + np.r_["0,1", 1.0, 2.0],
}


@pytest.mark.parametrize("f", RECORDED.values(), ids=RECORDED)
def test_values_and_jacobians_are_those_of_numpy(f):
    tape, h = record(f, X), 1e-6
    for x in (X, X[::-1].copy(), np.array([0.2, -0.4, 0.9])):
        np.testing.assert_allclose(tape(x), np.asarray(f(x), dtype=float), rtol=1e-13)
        columns = [(f(x + h * e) - f(x - h * e)) / (2.0 * h) for e in np.eye(3)]
        np.testing.assert_allclose(tape.jacobian(x), np.stack(columns, -1), rtol=1e-7, atol=1e-8)


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


def test_a_copy_may_be_changed_in_place_and_the_argument_not():
    def copied(x):
        a = np.array(x)
        a += x
        return np.sum(a * x)

    def shared(x):
        a = np.asarray(x)
        a += x
        return np.sum(a)

    np.testing.assert_array_equal(record(copied, X)(X), copied(X))
    with pytest.raises(TracingError):
        record(shared, X)


def test_the_order_of_nan_is_numpys():
    def f(x):
        a = np.array([x[0], x[1], 1.0])
        return np.max(a), np.sort(a), np.maximum(a, 0.5)

    for x in ([np.nan, 2.0, 0.0], [2.0, np.nan, 0.0]):
        for found, expected in zip(record(f, X)(np.array(x)), f(np.array(x)), strict=True):
            np.testing.assert_array_equal(found, expected)


#: What is not found in the module, or is not recorded; and what the error says.
REFUSED = {
    "whole numbers": (lambda x: np.array([x[0], 1.0], dtype=int), "leave it out"),
    "truths and numbers": (lambda x: np.sum(np.array([x[0] > 0, 0.5])), "np.where"),
    "imported by name": (lambda x: ORIGINALS["array"]([x[0], 1.0]), "np.array"),
    "sum of a list": (lambda x: np.sum([x[0], x[1]]), "np.array"),
    "whole numbers, filled": (lambda x: np.full(3, x[0], int), "leave it out"),
    "filled like whole numbers": (lambda x: np.full_like(np.arange(3), x[0]), "leave it out"),
    "r_ with a word": (lambda x: np.r_["c", x, x], "np.concatenate"),
    "r_ between": (lambda x: np.r_[x, 0.0 : x[0] : 3j], r"np.linspace\(a, b, 5\)"),
    "r_ imported by name": (lambda x: ORIGINALS["r_"][x, x], "np.concatenate"),
    "c_ imported by name": (lambda x: ORIGINALS["c_"][x, x], "np.column_stack"),
    "objects": (lambda x: x * np.array([1.0, None, 2.0], dtype=object), "np.stack"),
    "an entry written": (lambda x: np.array([x[0], 1.0]).__setitem__(0, 2.0), "np.where"),
}


@pytest.mark.parametrize(("f", "instead"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_made_names_the_line(f, instead):
    with pytest.raises(TracingError, match=instead) as caught:
        record(f, X)
    assert "test_lists.py" in str(caught.value)


def functions_now():
    return {name: getattr(np, name) for name in ORIGINALS}


def test_numpy_is_its_own_again_when_the_recording_has_ended():
    def outer(x):
        seen.append(functions_now())
        inner = grad(lambda y: np.sum(np.array([y[0], y[1]]) ** 3))(np.array([x[0], x[1]]))
        return np.sum(np.array([inner[0], x[2]]))

    def failing(x):
        raise KeyError("of the user")

    seen = []
    np.testing.assert_allclose(record(outer, X)(X), 3.0 * X[0] ** 2 + X[2])
    assert seen[0] != ORIGINALS
    assert functions_now() == ORIGINALS
    with pytest.raises(KeyError, match="of the user"):
        record(failing, X)
    assert functions_now() == ORIGINALS


def test_other_threads_have_numpys_own_meanwhile():
    found = []

    def elsewhere():
        found.append(np.array([1, 2.5]))
        record(lambda x: np.sum(np.array([x[0], 2.0])), X)

    def f(x):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return np.sum(np.array([x[0], x[1]]) * 2.0)

    assert record(f, X)(X) == f(X)
    np.testing.assert_array_equal(found[0], [1.0, 2.5])
    assert functions_now() == ORIGINALS


def test_a_function_that_someone_else_has_put_in_its_place_stays(monkeypatch):
    def mine(*args, **options):
        return ORIGINALS["asarray"](*args, **options)

    monkeypatch.setattr(np, "asarray", mine)
    assert record(lambda x: np.sum(np.array([x[0], 1.0])), X)(X) == X[0] + 1.0
    assert np.asarray is mine


def test_arrays_are_made_by_keyword_too():
    record(lambda x: x * np.array(object=[1.0, 2.0, 3.0]), X)


def test_a_fork_while_another_thread_records_leaves_the_lock_open():
    assert lists.LOCK in LOCKS


def test_a_function_put_in_its_place_meanwhile_stays(monkeypatch):
    def mine(*args, **options):
        return ORIGINALS["array"](*args, **options)

    def f(x):
        monkeypatch.setattr(np, "array", mine)
        return x

    record(f, X)
    assert np.array is mine


def test_what_a_recording_inside_catches_is_its_own():
    def f(x):
        with contextlib.suppress(TypeError):
            float(x[0])
        record(lambda y: y * y, 1.0)
        return 2.0 * x[0]

    with pytest.raises(TracingError, match=r"float\(\)"):
        record(f, X)


@pytest.mark.parametrize("part", [None, "2", 1j, np.timedelta64(2)], ids=repr)
def test_what_is_no_real_number_is_refused_in_a_list(part):
    for function in (lambda x: np.array([x[0], part]), lambda x: np.r_[x, part]):
        with pytest.raises(TypeError, match="must be an array of real numbers; got"):
            record(function, np.ones(2))
