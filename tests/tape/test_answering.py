"""A call answers for arguments of the structure it was made for, and leaves alone all others."""

import threading
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.answering import Answering, Call


class Pair(NamedTuple):
    a: object
    b: object


def call_of(f, *arguments):
    tape = record(f, *arguments)
    tape(*arguments)
    call = tape._known("value")
    assert isinstance(tape, Answering)
    assert isinstance(call, Call)
    return call


def total(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return sum((total(part) for part in value), 0.0)
    return 0.0 if value is None or isinstance(value, str) else np.sum(value)


ONES = np.ones((2, 3))
VALUE = {"w": [ONES, 1.0], "p": Pair((2.0,), None), "n": "name"}


def test_a_call_reads_what_has_its_structure():
    call = call_of(total, VALUE)
    for w in (ONES, ONES.astype("f4"), ONES[:, ::-1], np.asfortranarray(ONES)):
        assert (
            call.replay(({"w": [3 * w, 0.5], "p": Pair((np.float64(1.0),), None), "n": "name"},))
            == 19.5
        )


@pytest.mark.parametrize(
    "other",
    [
        {"w": (ONES, 1.0), "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES], "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES, ONES], "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES.T, 1.0], "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES[0], 1.0], "p": Pair((2.0,), None), "n": "name"},
        {"w": [1.0, 1.0], "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES, 1.0], "p": ((2.0,), None), "n": "name"},
        {"w": [ONES, 1.0], "p": Pair((2.0,), 1.0), "n": "name"},
        {"w": [ONES, 1.0], "p": Pair((2.0,), None), "n": "other"},
        {"w": [ONES, 1.0], "p": Pair((2.0,), None)},
        {"p": Pair((2.0,), None), "w": [ONES, 1.0], "n": "name"},
        {"w": [np.ma.masked_array(ONES), 1.0], "p": Pair((2.0,), None), "n": "name"},
        {"w": [ONES.view(np.matrix), 1.0], "p": Pair((2.0,), None), "n": "name"},
        OrderedDict(VALUE), [], None,
    ],
)  # fmt: skip
def test_a_call_leaves_alone_what_may_have_another(other):
    call = call_of(total, VALUE)
    assert call.replay((other,)) is None
    assert call.replay((VALUE, other)) is None
    assert call.replay(()) is None


def test_a_call_ends_where_a_guard_does_not_hold():
    call = call_of(lambda x: x if x > 0 else -x, 1.0)
    assert (call.replay((2.0,)), call.replay((-2.0,))) == (2.0, None)


def test_a_call_ends_where_what_is_captured_has_changed():
    factor = [2.0]
    call = call_of(lambda x: x * factor[0], 1.0)
    assert call.replay((3.0,)) == 6.0
    factor[0] = 5.0
    assert call.replay((3.0,)) is None


def test_integer_constants_are_told_apart():
    call = call_of(lambda x, i: np.sum(x[i]), np.arange(4.0), np.array([0, 1]))
    assert call.replay((np.arange(4.0), np.array([0, 1]))) == 1.0
    assert call.replay((np.arange(4.0), np.array([0, 2]))) is None


def test_a_call_is_held_while_others_let_go_of_it():
    """A new path forgets the call that another thread is in the middle of."""
    weights = np.ones((700, 700)) * 1e-3

    def f(x):
        return (int(x[0]) + 1.0) * np.sum(np.tanh(weights @ x))

    x = np.zeros(700)
    tape = record(f, x)
    done = threading.Event()

    def ask():
        while not done.is_set():
            tape.value_and_grad(x)

    thread = threading.Thread(target=ask)
    thread.start()
    for k in range(1, 80):
        tape.value_and_grad(np.full(700, float(k)))
    done.set()
    thread.join()
    assert tape(x) == f(x)


def test_a_comparison_of_constants_may_ask_the_tape():
    class Constant:
        def __hash__(self):
            return 1

        def __eq__(self, other):
            nonlocal rate
            if other is not self and asked:
                asked.pop()
                rate += 1.0
                tape(np.ones(3), first)
            return True

    rate, asked, first = 1.0, [], Constant()
    tape = record(lambda x, constant: rate * np.sum(x), np.ones(3), first)
    for _ in range(50):
        asked.append(None)
        assert tape(np.ones(3), Constant()) == 3.0 * rate
