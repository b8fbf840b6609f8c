"""Replaying: right for any numbers, in any thread, and of the shapes recorded alone."""

import gc
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import fastls
from fastls.tape import record

W = np.random.default_rng(0).normal(size=(20, 30))


def network(x):
    return np.sum(np.tanh(W @ np.exp(-x * x)) ** 2) + np.max(x)


def branching(x):
    return np.sum(np.sin(x)) if x[0] > 0 else np.sum(np.cos(x[::-1]) * np.cumsum(x))


@pytest.mark.parametrize("f", [network, branching], ids=lambda f: f.__name__)
def test_eight_threads_get_the_answers_of_one(f):
    points = np.random.default_rng(1).normal(size=(200, 30))
    tape = record(f, points[0])
    alone = [record(f, points[0]).value_and_grad(x) for x in points[:20]]
    alone += [tape.value_and_grad(x) for x in points[20:]]
    tape, barrier = record(f, points[0]), threading.Barrier(8)

    def work(_):
        barrier.wait()
        return [tape.value_and_grad(x) for x in points]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(work, range(8)):
            for (value, gradient), (true, true_gradient) in zip(answers, alone, strict=True):
                assert value == true
                np.testing.assert_array_equal(gradient, true_gradient)


@pytest.mark.parametrize("wrong", [(4,), (2,), (3, 1), (1, 3), (), (0,)], ids=str)
@pytest.mark.parametrize("method", ["__call__", "grad", "value_and_grad", "hessian"])
def test_another_shape_is_refused_naming_both(wrong, method):
    tape = record(np.sum, np.ones(3))
    with pytest.raises(ValueError, match=r"\(3,\)") as caught:
        getattr(tape, method)(np.ones(wrong))
    assert str(wrong) in str(caught.value)


LAYOUTS = {
    "by columns": lambda x: np.asfortranarray(x),
    "reversed": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "every other": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "float32": lambda x: x.astype(np.float32),
    "integers": lambda x: x.astype(int),
    "booleans": lambda x: x > 1,
    "other byte order": lambda x: x.astype(">f8"),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
    "nested lists": lambda x: np.array(x.tolist()),
    "unaligned": lambda x: (
        np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(float).reshape(2, 3)
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_arguments_of_any_layout(layout):
    x = np.arange(6.0).reshape(2, 3)
    tape, y = record(lambda x: np.sum(x * x[::-1]) + x[0, 1], x), layout(x)
    expected = np.asarray(y, dtype=float)
    assert tape(y) == np.sum(expected * expected[::-1]) + expected[0, 1]
    np.testing.assert_array_equal(
        tape.grad(y), 2.0 * expected[::-1] + np.eye(1, 6, 1).reshape(2, 3)
    )


def test_the_argument_is_neither_changed_nor_kept():
    x = np.arange(3.0)
    tape = record(lambda x: x * 2.0, x)
    found = tape(x)
    x[:] = 9.0
    np.testing.assert_array_equal(found, [0.0, 2.0, 4.0])
    np.testing.assert_array_equal(tape(x), [18.0, 18.0, 18.0])


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf, -0.0, 5e-324, 1e308], ids=repr)
def test_special_numbers_go_through_as_in_numpy(special):
    def f(x):
        return np.concatenate([np.exp(x), x * x - x, np.maximum(x, 0.0), 1.0 / x, np.abs(x)])

    x = np.array([special, 1.0])
    with np.errstate(all="ignore"):
        found, expected = record(f, np.ones(2))(x), f(x)
    np.testing.assert_allclose(found, expected, rtol=4e-16)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


def test_numbers_come_back_as_floats():
    assert type(record(np.sum, np.ones(3))(np.ones(3))) is float
    assert type(record(lambda x: x * x, 2.0).grad(3.0)) is float


def test_replays_do_not_depend_on_those_before():
    tape = record(branching, np.ones(30))
    points = np.random.default_rng(2).normal(size=(10, 30))
    first = [tape.grad(x) for x in points]
    for _ in range(3):
        for x, gradient in zip(points, first, strict=True):
            np.testing.assert_array_equal(tape.grad(x), gradient)


def test_no_one_comes_upon_a_result_that_is_not_complete():
    looking = []

    def square_sum(x):
        if looking:
            for each in gc.get_objects():
                if type(each) is tuple:
                    list(each)
        return np.sum(x**2)

    f = fastls.primitive(square_sum, vjp=lambda g, y, x: [2.0 * g * x])
    tape = fastls.record(lambda x: f(x) + np.sum(x), np.ones(3))
    assert tape(np.ones(3)) == 6.0
    looking.append(True)
    value, gradient = tape.value_and_grad(np.ones(3))
    assert value == 6.0
    np.testing.assert_array_equal(gradient, [3.0, 3.0, 3.0])


def test_numbers_are_floats_however_many_there_are():
    tape = fastls.record(lambda x: list(2.0 * x), np.ones(20))
    found = tape(np.arange(20.0))
    assert [type(each) for each in found] == [float] * 20
    assert found == [2.0 * i for i in range(20)]
    references = [sys.getrefcount(each) for each in tape(np.arange(100.0, 120.0))]
    assert max(references) == min(references)
