"""Operators of traced numbers: recorded at once, and as NumPy's ufuncs would be."""

import operator

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.graph import Graph
from fastls.tape.trace import Tracer

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.fixture
def numbers():
    graph = Graph()
    return [Tracer(graph, graph.input((), value)) for value in (2.0, 3.0)]


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("other", [3.0, 3, np.float64(3.0), np.array(3.0)], ids=repr)
def test_constants_on_either_side(op, other):
    tape = record(lambda x: (op(x, other), op(other, x)), 2.0)
    assert tape(1.5) == (op(1.5, 3.0), op(3.0, 1.5))


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_an_operator_and_its_ufunc_are_one_node(numbers, op):
    a, b = numbers
    ufunc = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
             "pow": np.power}[op.__name__]  # fmt: skip
    assert op(a, b).node == ufunc(a, b).node
    assert (-a).node == np.negative(a).node


@pytest.mark.parametrize("key", [0, -3, np.int64(0)], ids=repr)
def test_an_entry_is_one_node_however_it_is_asked_for(key):
    graph = Graph()
    x = Tracer(graph, graph.input((3,)))
    assert x[key].node == x[0].node
    assert x[key].node == x[(0,)].node


@pytest.mark.parametrize("key", [3, -4])
def test_an_index_out_of_bounds(key):
    with pytest.raises(IndexError, match=f"{key} is out of bounds for axis of size 3"):
        record(lambda x: x[key], np.ones(3))


def test_of_two_recordings_no_number_can_be_made(numbers):
    graph = Graph()
    with pytest.raises(TypeError, match="another recording"):
        _ = numbers[0] + Tracer(graph, graph.input(()))


def test_truth_values_are_no_numbers(numbers):
    a, b = numbers
    with pytest.raises(TypeError):
        _ = -(a < b)
    with pytest.raises(TypeError):
        _ = (a < b) - (b < a)
