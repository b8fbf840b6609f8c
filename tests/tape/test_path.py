"""One path: programs are made once, and agree with NumPy's own functions."""

import queue
import threading

import numpy as np
import pytest

from fastls import primitive
from fastls.tape import Tape, record
from fastls.tape.path import Path
from fastls.tape.recording import PURPOSES

X = np.array([0.3, -0.7, 1.1])


@pytest.fixture
def path():
    tape = record(lambda x: np.sum(np.sin(x) * x[::-1]), np.ones(3))
    ((path,),) = tape.paths.values()
    assert isinstance(tape, Tape)
    assert isinstance(path, Path)
    return path


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_program_computes_what_numpy_would(path, purpose):
    spaces = {"x": np.array([1.0, 2.0, -1.0]), "y": np.array(2.0)}
    arrays = [X, *(spaces[space] for space in PURPOSES[purpose].vectors.values())]
    computed = path.compute(purpose, arrays)
    for one, other in zip(computed, path.interpret(purpose, arrays), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14)


def test_programs_and_calls_are_made_once(path):
    assert path.program_for("value") is path.program_for("value")
    assert path.call("jvp") is path.call("jvp")
    assert path.call("jvp") is not path.call("value")


def test_a_program_of_ones_own(path):
    """Of nodes that no row names."""
    program = path.program("twice", lambda path: (path.inputs, [*path.outputs, *path.outputs]))
    once, again = program([X])
    assert once == again == path.compute("value", [X])[0]


def test_vectors_are_read_as_arrays(path):
    (vector,) = path.read_vectors("hvp", (np.arange(3),))
    assert vector.dtype == float
    with pytest.raises(ValueError, match=r"v must have the structure \(3,\); got \(2,\)"):
        path.read_vectors("hvp", (np.ones(2),))


ASKED = {
    "value": lambda tape: tape(X),
    "gradient": lambda tape: tape.grad(X),
    "hessian": lambda tape: tape.hessian(X),
    "formula": lambda tape: tape.formula("gradient"),
    "memory": lambda tape: tape.memory,
    "ray": lambda tape: tape.along(X, X)(0.5),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_rule_that_asks_its_own_tape_does_not_wait_for_itself(asked):
    tapes = queue.SimpleQueue()

    def pulled(g, y, x):
        if not tapes.empty():
            asked(tapes.get())
        return [g * np.cos(x)]

    sine = primitive(np.sin, vjp=pulled)
    tape = record(lambda x: np.sum(sine(x)), X)
    tapes.put(tape)
    with pytest.raises(RuntimeError, match="asked the tape that it is part of"):
        tape.grad(X)
    np.testing.assert_array_equal(tape.grad(X), np.cos(X))


def test_one_thread_at_a_time_adds_to_a_graph():
    inside = threading.Lock()
    alone = queue.SimpleQueue()  # not a list, which would be captured

    def pulled(g, y, x):
        alone.put(inside.acquire(blocking=False))
        threading.Event().wait(0.02)  # lets the other threads run
        if inside.locked():
            inside.release()
        return [g * np.cos(x)]

    sine = primitive(np.sin, vjp=pulled, jvp=lambda tangents, y, x: tangents[0] * np.cos(x))
    tape = record(lambda x: np.sum(sine(x)), X)
    ray = tape.along(X, -X)
    asked = [
        lambda: tape.grad(X), lambda: tape.hessian(X), lambda: tape.hvp(X, X),
        lambda: tape.formula("gradient"), lambda: ray.gradient(0.5), lambda: ray(0.5),
        lambda: tape.memory, lambda: tape.along(X, X),
    ]  # fmt: skip
    threads = [threading.Thread(target=ask) for ask in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(alone.get() for _ in range(alone.qsize()))
    assert sum(map(len, tape.paths.values())) == 1
