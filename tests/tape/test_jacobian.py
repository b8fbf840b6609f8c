"""Which mode a Jacobian takes, by what it would cost."""

import numpy as np
import pytest

from fastls.tape.graph import Graph, needed
from fastls.tape.jacobian import hessian_node, jacobian_node, operations
from fastls.tape.trace import Tracer, as_node

rng = np.random.default_rng(2)


def both(f, n):
    graph = Graph()
    x = graph.input((n,), rng.standard_normal(n))
    y = as_node(graph, f(Tracer(graph, x)))
    return graph, {
        mode: jacobian_node(graph, x, y, mode) for mode in ("forward", "reverse", "auto")
    }


def layers(*widths):
    weights = [rng.standard_normal(shape) for shape in zip(widths[1:], widths[:-1], strict=True)]

    def f(x):
        for weight in weights:
            x = np.tanh(weight @ x)
        return x

    return f


CASES = {
    "from few to many": (layers(3, 50, 50), 3, "forward"),
    "from many to few": (layers(50, 50, 3), 50, "reverse"),
    "narrow at the end, by half": (layers(40, 40, 20), 40, "reverse"),
    "narrow at the beginning, by half": (layers(20, 40, 40), 20, "forward"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cheaper_mode_is_taken(name):
    f, n, expected = CASES[name]
    graph, found = both(f, n)
    assert found["auto"] == found[expected]
    np.testing.assert_allclose(
        graph.value(found["forward"]), graph.value(found["reverse"]), rtol=1e-9, atol=1e-12
    )


def test_clear_cases_are_written_in_one_mode_alone():
    sizes = []
    for mode in ("auto", "reverse"):
        graph = Graph()
        x = graph.input((50,))
        jacobian_node(graph, x, as_node(graph, layers(50, 20, 3)(Tracer(graph, x))), mode)
        sizes.append(len(graph.nodes))
    assert sizes[0] == sizes[1]


def test_a_hessian_shares_what_has_no_lanes():
    """of Σ sin(A x): A' diag(-sin(A x)) A, with A x computed once"""
    matrix = rng.standard_normal((7, 4))
    graph = Graph()
    x = graph.input((4,), np.ones(4))
    argument = matrix @ Tracer(graph, x)
    gradient = as_node(graph, matrix.T @ np.cos(argument))
    hessian = hessian_node(graph, x, gradient)
    expected = -matrix.T @ np.diag(np.sin(matrix @ np.ones(4))) @ matrix
    np.testing.assert_allclose(graph.value(hessian), expected, rtol=1e-13)
    names = [node.primitive.name for node in needed([hessian]) if node.primitive is not None]
    assert names.count("matmul") == 2


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_what_does_not_depend_on_the_inputs_has_slope_zero(mode):
    graph = Graph()
    x = graph.input((2,))
    y = graph.constant(np.ones(3))
    np.testing.assert_array_equal(graph.value(jacobian_node(graph, x, y, mode)), np.zeros((3, 2)))


def test_operations_count_entries_and_products():
    graph = Graph()
    x = Tracer(graph, graph.input((100,)))
    once = operations(np.sin(x).node)
    assert operations(np.reshape(np.sin(x), (10, 10)).node) == once  # a view costs nothing
    assert operations((np.sin(x) * 2.0).node) == pytest.approx(2 * once)
    assert operations((np.ones((100, 100)) @ x).node) > 10 * once
    assert operations(np.linalg.inv(np.reshape(x, (10, 10))).node) < once
