"""Plans: views cost nothing, memory is used again, and every output is an array of its own."""

import subprocess
import sys

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.graph import Graph
from fastls.tape.plan import make_program
from fastls.tape.trace import Tracer


def planned(function, *shapes):
    """The program of the value of a function that returns a tuple."""
    graph = Graph()
    inputs = [graph.input(shape) for shape in shapes]
    outputs = [out.node for out in function(*[Tracer(graph, node) for node in inputs])]
    return make_program(graph, inputs, outputs, [])


def test_memory_is_used_again():
    def chain(x):
        for _ in range(100):
            x = np.sin(x)
        return (x,)

    assert planned(chain, (1000,)).memory <= 4 * 8000


def test_what_is_alive_is_not_overwritten():
    """Many values of one size, all needed at the end."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=7)

    def f(x):
        kept = [np.sin(x * k) for k in range(30)]
        return sum(a * b for a, b in zip(kept, kept[::-1], strict=True))

    np.testing.assert_allclose(record(f, x)(x), f(x), rtol=1e-13)


def doubled(x):
    y = 2.0 * x
    return y, y


OUTPUTS = {
    "one twice": doubled,
    "an input": lambda x: (x, x + 1.0),
    "an input twice": lambda x: (x, x),
    "a view of an input": lambda x: (x.T, x[::-1], x[0]),
    "a constant": lambda x: (np.arange(3.0), 2.0, x),
    "a view of another output": lambda x: (y := 2.0 * x, y.T, y[0], y[0, 1]),
    "a broadcast number": lambda x: (np.broadcast_to(x[0, 0], (2, 2)),),
    "an output used on": lambda x: (y := np.sin(x), np.cos(y), y * y),
    "a reshaped output": lambda x: (y := x * x, np.reshape(y, -1), np.reshape(y, (3, 2)).T),
    "nothing": lambda x: (x[:0], x[:, 3:]),
    "a mask": lambda x: (x > 0, np.where(x > 0, x, 0.0)),
    "twenty numbers": lambda x: tuple(x[0, 1] * k for k in range(20)),
}


@pytest.mark.parametrize("f", OUTPUTS.values(), ids=OUTPUTS)
def test_every_output_is_right_and_its_own(f):
    x = np.arange(6.0).reshape(2, 3) - 2.5
    tape, before = record(f, np.ones((2, 3))), x.copy()
    expected = [np.array(out) for out in f(x)]
    found = tape(x)
    for out, true in zip(found, expected, strict=True):
        np.testing.assert_array_equal(out, true)
    for out in found:
        if isinstance(out, np.ndarray):
            out[...] = 7.0  # writes neither to the argument, nor to another output, nor to the tape
    np.testing.assert_array_equal(x, before)
    for out, true in zip(tape(x), expected, strict=True):
        np.testing.assert_array_equal(out, true)


MANY_AXES = """
import numpy as np
from fastls.tape import record

for ndim in range({}, {}):
    x, v = np.random.default_rng(ndim).normal(size=(2, *(2,) * ndim))

    def f(x):
        y = np.sin(x * x.T + np.swapaxes(x, 0, -1))
        return np.sum(y, axis=tuple(range(0, ndim, 2)))

    tape, h = record(f, x), 1e-6
    np.testing.assert_allclose(tape(x), f(x), rtol=1e-12, atol=1e-13)
    difference = (f(x + h * v) - f(x - h * v)) / (2 * h)
    np.testing.assert_allclose(tape.jvp(x, v)[1], difference, rtol=1e-6, atol=1e-6)
"""


@pytest.mark.parametrize("ndim", [(1, 5), (5, 10), (10, 14)], ids=["few", "some", "many"])
def test_many_axes_in_any_order(ndim):
    """In a process of its own: too many axes once wrote past the end of an instruction."""
    done = subprocess.run(
        [sys.executable, "-c", MANY_AXES.format(*ndim)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shape", [(600, 2), (3, 700, 5), (2, 513, 1, 3), (256, 15), (1, 40, 2)])
@pytest.mark.parametrize("is_turned", [False, True])
def test_the_longest_axis_is_walked_by_pieces(shape, is_turned):
    """Where the last axis is short; sums over long axes, short ones and none."""
    rng = np.random.default_rng(0)
    x, row = rng.normal(size=shape), rng.normal(size=shape[-1])

    def f(x):
        product = x * row
        x = np.swapaxes(x, 0, 1) if is_turned else x
        sums = [np.sum(x, axis=axis) for axis in range(x.ndim)]
        return (product, *sums, np.max(x, axis=0), np.max(x, axis=-1), x[..., ::-1] + x[::-1])

    for found, expected in zip(record(f, x)(x), f(x), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


def test_what_is_only_multiplied_is_the_same_to_the_last_bit():
    x, row = np.random.default_rng(0).normal(size=(1000, 3)), np.array([1.1, 1.2, 1.3])
    assert np.array_equal(record(lambda x: x * row, x)(x), x * row)


@pytest.mark.parametrize("columns", [1, 2, 3, 31, 32, 33])
@pytest.mark.parametrize("operation", [np.add, np.subtract, np.multiply, np.divide])
def test_rows_that_are_short_are_those_of_numpy(operation, columns):
    rng = np.random.default_rng(columns)
    x = rng.normal(size=(3, 5, columns))
    for other in (
        rng.normal(size=columns), rng.normal(size=(5, 1)), rng.normal(size=(3, 1, columns)),
        rng.normal(size=(3, 5, 2 * columns))[:, ::-1, ::2], np.asfortranarray(x),
    ):  # fmt: skip
        for view in (lambda x: x, lambda x: x[:, ::2], lambda x: x[::-1, :, ::-1], np.transpose):

            def f(x, other=other, view=view):
                return view(operation(x, other)), view(operation(other, x)), -view(x) * 2.0

            for found, true in zip(record(f, x)(x), f(x), strict=True):
                np.testing.assert_array_equal(found, true)


@pytest.mark.parametrize("columns", [2, 10, 40])
def test_sums_of_short_rows(columns):
    x = np.random.default_rng(columns).normal(size=(50, columns))
    for axis in (0, 1):
        tape = record(lambda x, axis=axis: np.sum(x / 3.0, axis=axis), x)
        np.testing.assert_allclose(tape(x), np.sum(x / 3.0, axis=axis), rtol=1e-13, atol=1e-14)
