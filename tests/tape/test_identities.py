"""Identities of arithmetic: the node that stands for an operation with a number that is known."""

import numpy as np
import pytest

from fastls.tape.graph import Graph
from fastls.tape.identities import Arithmetic, simplify_negative, uniform
from fastls.tape.primitives import BROADCAST, ELEMENTWISE
from fastls.tape.trace import Tracer


def zeros_like(x):
    return np.broadcast_to(Tracer(x.graph, x.graph.constant(0.0)), x.shape)


SAME = {
    "x + 0": lambda x: x + 0.0,
    "0 + x": lambda x: 0.0 + x,
    "x - 0": lambda x: x - 0.0,
    "1 x": lambda x: 1.0 * x,
    "x 1": lambda x: x * 1.0,
    "x / 1": lambda x: x / 1.0,
    "x to the 1": lambda x: x**1.0,
    "- - x": lambda x: np.negative(-x),
    "zeros of its shape": lambda x: x + zeros_like(x),
}

OTHERS = {
    "negative": lambda x: -1.0 * x,
    "subtract": lambda x: x + -(x * 2.0),
    "add": lambda x: x - -(x * 2.0),
    "square": lambda x: x**2.0,
    "sqrt": lambda x: x**0.5,
    "reciprocal": lambda x: x**-1.0,
    "power": lambda x: x**3.0,
    "divide": lambda x: 1.0 / x,
}


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("name", SAME)
def test_the_operation_is_its_operand(name, shape):
    graph = Graph()
    x = Tracer(graph, graph.input(shape))
    assert SAME[name](x).node == x.node


@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
@pytest.mark.parametrize("name", OTHERS)
def test_the_operation_is_another(name, shape):
    graph = Graph()
    value = np.full(shape, 1.7)
    x = Tracer(graph, graph.input(shape, value))
    found = OTHERS[name](x).node
    assert found.primitive.name == name
    np.testing.assert_allclose(graph.value(found), OTHERS[name](value), rtol=1e-15)


def test_a_number_that_would_change_the_shape_is_kept():
    graph = Graph()
    x = Tracer(graph, graph.input(()))
    assert (x + np.zeros(3)).node.shape == (3,)
    assert (np.ones((2, 1)) * x).node.shape == (2, 1)


def test_conditions_stay_conditions():
    """1 times a truth value is a number"""
    graph = Graph()
    x = Tracer(graph, graph.input((2,)))
    assert ((x > 0.0) * 1.0).node.dtype == float


def test_numbers_that_are_the_same_everywhere_stay_so():
    graph = Graph()
    twos = graph.apply(BROADCAST, [graph.constant(2.0)], shape=(2, 3))
    found = graph.apply(ELEMENTWISE[np.multiply], [twos, twos])
    assert (uniform(found), found.shape) == (4.0, (2, 3))
    assert uniform(graph.input(())) is None
    assert uniform(graph.constant(np.ones(3))) is None


def test_what_is_unknown_is_not_simplified():
    graph = Graph()
    a, b = graph.input(()), graph.input(())
    for ufunc in (np.add, np.subtract, np.multiply, np.divide, np.power):
        assert Arithmetic(ufunc)(graph, (a, b), {}) is None
    assert simplify_negative(graph, (a,), {}) is None
