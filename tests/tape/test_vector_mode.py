"""Vector mode against one product after the other, of every primitive whose lanes have a row."""

import numpy as np
import pytest

from fastls.tape import record, vector_mode
from fastls.tape.graph import Graph
from fastls.tape.primitives import apply
from fastls.tape.trace import Tracer
from fastls.tape.vector_mode import unit_products

rng = np.random.default_rng(5)
A, B, W = rng.standard_normal((5, 6)), rng.standard_normal((6, 4)), rng.standard_normal((3, 3, 2))
X = rng.uniform(0.5, 1.5, 6)
S = np.eye(3) * 4.0
FORKS = np.array([True, False, True, True, False, True])


def of_a_loop(x):
    state = x[0]
    for i in range(1, 6):
        state = np.sin(state) * x[i] + state / x[i - 1]
    return np.stack([state, state * x[2]])


FUNCTIONS = {
    "a matrix": lambda x: A @ x,
    "a matrix from the left": lambda x: x @ B,
    "entry by entry": lambda x: np.tanh(x) * np.exp(-x) / (1.0 + x**2),
    "layers": lambda x: np.tanh(np.tanh(x @ B) @ B.T @ B),
    "slices": lambda x: (x[1:] - x[:-1] ** 2) * x[::-1][:-1],
    "entries": lambda x: np.stack([x[0] * x[5], x[-1], x[3] ** 3]),
    "places": lambda x: x[np.array([5, 0, 0, 2])] * x[1:5],
    "a mask": lambda x: x[FORKS] ** 2,
    "reshaped": lambda x: np.reshape(x, (2, 3)).T * np.arange(6.0).reshape(3, 2),
    "broadcast": lambda x: np.reshape(x, (2, 3, 1)) * W[0, 0] + x[:2],
    "sums": lambda x: np.sum(np.reshape(x, (2, 3)) ** 2, axis=1, keepdims=True) * np.sum(x),
    "cumulative sums": lambda x: np.cumsum(x**2) * x,
    "joined": lambda x: np.concatenate([x[:2] ** 2, np.ones(2), A @ x, x[::2]]),
    "where": lambda x: np.where(x > 1.0, np.sin(x), x[::-1] ** 2),
    "maximum": lambda x: np.maximum(A @ x, 0.0),
    "maximum along an axis": lambda x: np.max(np.reshape(x, (2, 3)) @ S, axis=0),
    "matrices of one's own": lambda x: np.reshape(x, (2, 3)) @ np.reshape(x, (3, 2)),
    "stacks of matrices": lambda x: W @ np.reshape(x, (2, 3)),
    "stacks, both": lambda x: np.reshape(x, (3, 1, 2)) @ np.reshape(x, (3, 2, 1)) @ np.ones((1, 2)),
    "solution": lambda x: np.linalg.solve(S + np.outer(x[:3], x[3:]), x[:3]),
    "inverse": lambda x: np.linalg.inv(S + np.outer(x[:3], x[3:])),
    "determinant": lambda x: np.linalg.det(S + np.outer(x[:3], x[3:])) * x,
    "eigenvalues": lambda x: np.linalg.eigvalsh(np.diag(np.arange(3.0)) + np.outer(x[:3], x[:3])),
    "sorted": lambda x: np.sort(x) * np.arange(6.0),
    "a loop": of_a_loop,
    "a constant": lambda x: np.arange(3.0) + 0.0 * np.floor(x[:3]),
    "nothing": lambda x: x[:0],
    "a number": lambda x: np.sum(x**3),
    "the identity": lambda x: x,
}


@pytest.fixture(params=[10**6, 6], ids=["all lanes at once", "few lanes at a time"])
def _entries(request, monkeypatch):
    monkeypatch.setattr(vector_mode, "ENTRIES", request.param)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_jacobian_is_made_of_products(name, mode):
    tape = record(FUNCTIONS[name], X)
    shape = np.shape(tape(X))
    found = tape.jacobian(X, mode=mode)
    assert np.shape(found) == (*shape, 6)
    columns = [tape.jvp(X, unit)[1] for unit in np.eye(6)]
    np.testing.assert_allclose(found, np.stack(columns, axis=-1), rtol=1e-11, atol=1e-13)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_hessian_is_made_of_products(name):
    if name == "a constant":
        pytest.skip("the slope of its product with the floor is no number")
    tape = record(lambda x: np.sum(FUNCTIONS[name](x) ** 2), X)
    found = tape.hessian(X)
    rows = [tape.hvp(X, unit) for unit in np.eye(6)]
    np.testing.assert_allclose(found, rows, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found, found.T, rtol=1e-9, atol=1e-11)


def test_lanes_may_come_last():
    graph = Graph()
    seed = graph.input((2, 3))
    result = (np.reshape(A[:4, :2], (4, 2)) @ Tracer(graph, seed)).node
    first, last = (unit_products(graph, result, seed, lanes_last=b) for b in (False, True))
    assert (first.shape, last.shape) == ((2, 3, 4, 3), (4, 3, 2, 3))
    np.testing.assert_array_equal(
        graph.value(first), np.moveaxis(graph.value(last), (0, 1), (2, 3))
    )


def matmuls(node):
    return [n for n in nodes_of(node) if n.primitive is not None and n.primitive.name == "matmul"]


def nodes_of(node):
    from fastls.tape.graph import needed

    return needed([node])


def test_a_linear_function_has_a_constant_for_its_jacobian():
    """d(A x) = A dx: no product is left, and no lane."""
    graph = Graph()
    seed = graph.input((6,))
    columns = unit_products(graph, (A @ Tracer(graph, seed)).node, seed, lanes_last=True)
    assert not matmuls(columns)
    np.testing.assert_array_equal(graph.value(columns), A)


def test_structural_zeros_are_not_computed():
    """The second derivatives of neighbours alone: 3 n - 2 entries of n², in vectors."""
    tape = record(lambda x: np.sum(x[1:] ** 2 * x[:-1]), np.ones(500))
    tape.hessian(np.ones(500))
    outputs = tape._first_path().ends["hessian"][1]
    sizes = [np.prod(n.shape) for n in nodes_of(outputs[0]) if n.primitive is not None]
    assert sum(size >= 500 * 500 for size in sizes) <= 2  # the zeros and what is written to them


def test_zero_times_infinity_is_no_part_of_a_jacobian():
    """√ has an infinite slope at 0: in its own column only."""
    found = record(np.sqrt, np.ones(2)).jacobian(np.array([0.0, 4.0]))
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(found, [[np.inf, 0.0], [0.0, 0.25]])


def test_a_primitive_without_a_row_takes_one_lane_after_the_other():
    from fastls.tape.graph import Primitive

    double = Primitive("double", lambda x: 2.0 * x, lambda shape: shape)
    graph = Graph()
    seed = graph.input((3,))
    found = unit_products(graph, apply(double, Tracer(graph, seed)).node, seed)
    np.testing.assert_array_equal(graph.value(found), 2.0 * np.eye(3))


def test_what_is_empty_on_the_way_adds_nothing():
    def f(x):
        part = x[2:]
        return np.sum(np.exp(part)) + np.sum(np.concatenate([part * x[:0], x]) ** 3)

    x = np.array([0.7, -0.4])
    tape = record(f, x)
    np.testing.assert_allclose(tape.hessian(x), np.diag(6.0 * x), rtol=1e-14)
    np.testing.assert_allclose(tape.jacobian(x, mode="forward"), 3.0 * x**2, rtol=1e-14)
