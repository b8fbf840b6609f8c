"""Forward and reverse mode: graphs made from graphs, to any order."""

import math
import pickle

import numpy as np
import pytest

from fastls import check_grad
from fastls.tape import primitives as p
from fastls.tape import record
from fastls.tape.graph import Graph, Primitive
from fastls.tape.trace import Tracer
from fastls.tape.transforms import NotDifferentiableError, pullback, pushforward


def traced(function, *arrays):
    """A graph, its inputs and its output."""
    graph = Graph()
    inputs = [graph.input(np.shape(a), np.asarray(a, dtype=float)) for a in arrays]
    return graph, inputs, function(*[Tracer(graph, node) for node in inputs]).node


def test_an_output_that_is_an_input_passes_the_cotangent_on():
    graph, (x,), _ = traced(lambda x: x + 1.0, 2.0)
    seed = graph.constant(3.0)
    assert pullback(graph, [x], [x], [seed]) == [seed]
    assert pushforward(graph, [x], [x], [seed]) == [seed]


def test_what_does_not_depend_on_an_input_has_none():
    graph, (x, y), out = traced(lambda x, y: np.sin(x), 2.0, 3.0)
    seed = graph.constant(1.0)
    cotangents = pullback(graph, [x, y], [out], [seed])
    assert cotangents[1] is None
    assert graph.value(cotangents[0]) == math.cos(2.0)
    assert pushforward(graph, [y], [out], [seed]) == [None]


def test_cotangents_of_a_node_used_twice_are_added():
    graph, (x,), out = traced(lambda x: x * np.sin(x), 2.0)
    (found,) = pullback(graph, [x], [out], [graph.constant(1.0)])
    assert graph.value(found) == pytest.approx(math.sin(2.0) + 2.0 * math.cos(2.0))


def test_a_tangent_of_none_is_zero():
    graph, (x, y), out = traced(lambda x, y: x * y, 2.0, 3.0)
    (tangent,) = pushforward(graph, [x, y], [out], [graph.constant(1.0), None])
    assert graph.value(tangent) == 3.0


def test_derivatives_with_respect_to_a_node_on_the_way():
    graph, _, out = traced(lambda x: np.exp(np.sin(x)), 2.0)
    (middle,) = out.inputs
    (found,) = pullback(graph, [middle], [out], [graph.constant(1.0)])
    assert graph.value(found) == pytest.approx(math.exp(math.sin(2.0)), rel=1e-14)


def test_derivatives_of_derivatives_of_derivatives():
    """d⁵/dx⁵ of exp(2x), by turns forward and reverse."""
    graph, (x,), node = traced(lambda x: np.exp(2.0 * x), 0.5)
    for order in range(1, 6):
        transform = pullback if order % 2 else pushforward
        (node,) = transform(graph, [x], [node], [graph.constant(1.0)])
        assert graph.value(node) == pytest.approx(2.0**order * math.e)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,)], ids=str)
def test_reverse_is_the_transpose_of_forward(shape):
    rng = np.random.default_rng(0)
    x, v, u = (rng.normal(size=shape) for _ in range(3))

    def f(x):
        return np.sin(x) * np.sum(x) + np.exp(-x * x) / (2.0 + np.tanh(x))

    graph, (node,), out = traced(f, x)
    (forward,) = pushforward(graph, [node], [out], [graph.constant(v)])
    (backward,) = pullback(graph, [node], [out], [graph.constant(u)])
    left, right = np.sum(u * graph.value(forward)), np.sum(graph.value(backward) * v)
    assert left == pytest.approx(right, rel=1e-12)


def test_masks_stop_both():
    graph, (x,), out = traced(lambda x: x > 0.0, 2.0)
    seed = graph.constant(1.0)
    assert pushforward(graph, [x], [out], [seed]) == [None]
    assert pullback(graph, [x], [out], [seed]) == [None]


@pytest.mark.parametrize("transform", [pullback, pushforward])
def test_a_primitive_without_rule_says_so(transform):
    graph = Graph()
    x = graph.input(())
    out = graph.apply(Primitive("riddle", np.sin, lambda s: s), [x])
    with pytest.raises(NotDifferentiableError, match="riddle"):
        transform(graph, [x], [out], [graph.constant(1.0)])


def test_the_work_of_a_gradient_does_not_grow_with_the_number_of_inputs():
    """Speelpenning's product written as a loop: nodes of the gradient ≤ 5 × those of the value."""
    for n in (10, 100):
        graph, inputs, out = traced(lambda *x: math.prod(x), *np.arange(1.0, n + 1.0))
        before = len(graph.nodes)
        pullback(graph, inputs, [out], [graph.constant(1.0)])
        assert len(graph.nodes) <= 5 * before


def test_a_chain_of_thousands_needs_no_recursion():
    def f(x):
        for _ in range(2000):
            x = x * 0.9999 + 1e-4
        return x

    tape = record(f, 1.0)
    assert tape.grad(2.0) == pytest.approx(0.9999**2000)


def test_seeds_of_several_outputs_are_added():
    graph = Graph()
    x = graph.input((), 2.0)
    outputs = [graph.apply(p.ELEMENTWISE[ufunc], [x]) for ufunc in (np.sin, np.cos)]
    seeds = [graph.constant(3.0), graph.constant(5.0)]
    (found,) = pullback(graph, [x], outputs, seeds)
    assert graph.value(found) == pytest.approx(3.0 * math.cos(2.0) - 5.0 * math.sin(2.0))


@pytest.mark.parametrize("f", [
    lambda x, c: np.sum(np.cross(c, x) ** 2 + np.cross(x, c)), lambda x, c: np.sum(np.outer(c, x)),
    lambda x, c: np.sum(np.kron(x, c) * np.kron(c, x)), lambda x, c: c[0] * x[0] + x[1] ** 2,
], ids=["cross", "outer", "kron", "entries"])  # fmt: skip
def test_a_constant_may_have_been_pickled(f):
    """Its dtype is then equal to float, but another object than NumPy's."""
    c = pickle.loads(pickle.dumps(np.arange(1.0, 4.0)))
    assert check_grad(lambda x: f(x, c), np.array([1.2, 1.3, 1.4])).success
