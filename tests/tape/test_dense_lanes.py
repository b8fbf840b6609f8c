"""Dense lanes: what each primitive makes of many lanes, and how many products that takes."""

import numpy as np
import pytest

from fastls.tape.dense_lanes import DENSE, DenseLanes
from fastls.tape.graph import Graph, depends_on
from fastls.tape.sparse_lanes import SparseLanes
from fastls.tape.trace import Tracer, as_node

A, B = np.arange(6.0).reshape(2, 3) - 2.0, np.arange(12.0).reshape(3, 4) / 7.0
STACK = np.arange(18.0).reshape(2, 3, 3)
S = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])

LINEAR = {
    "matrix from the left": lambda v: A @ v,
    "matrix from the right": lambda v: v @ B,
    "stack of matrices": lambda v: STACK @ v,
    "a vector": lambda v: A @ v[:, 0],
    "solution": lambda v: np.linalg.solve(S, v @ B[:, :3]),
    "cumulative sums": lambda v: np.cumsum(v, axis=1),
    "all of it after a product": lambda v: np.concatenate(
        [np.reshape(np.transpose(A @ v)[1:], (4,)), np.sum(A @ v, axis=0), np.ones(2) * 0.0]
    ),
    "places after a product": lambda v: (A @ v)[np.array([1, 0, 0]), np.array([2, 2, 1])],
    "broadcast after a product": lambda v: np.broadcast_to(v @ B[:, 0], (2, 3)) * A,
    "where after a product": lambda v: np.where(A > 0.0, A @ v, 0.0),
}


def dense(f, chunk):
    graph = Graph()
    seed = graph.input((3, 3))
    node = as_node(graph, f(Tracer(graph, seed)))
    sparse = SparseLanes(graph, seed, depends_on([node], [seed]))
    lanes = DenseLanes(sparse, chunk)
    for each in graph.nodes:
        if each in sparse.way and each != seed:
            lanes.add(each)
    return graph, as_node(graph, lanes.arrays[node])


@pytest.mark.parametrize("chunk", [range(9), range(3, 7), range(8, 9)], ids=str)
@pytest.mark.parametrize("name", LINEAR)
def test_the_lanes_are_the_values_of_unit_vectors(name, chunk):
    graph, node = dense(LINEAR[name], chunk)
    expected = [LINEAR[name](np.eye(9)[i].reshape(3, 3)) for i in chunk]
    np.testing.assert_allclose(graph.value(node), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["matrix from the left", "matrix from the right"])
def test_one_matrix_for_all_lanes_is_one_product(name):
    graph, _ = dense(LINEAR[name], range(9))
    shapes = [
        n.shape for n in graph.nodes if n.primitive is not None and n.primitive.name == "matmul"
    ]
    assert all(len(shape) == 2 for shape in shapes)
    assert len(shapes) == 2  # that of the function, and that of the lanes


def test_every_row_is_of_a_linear_primitive():
    names = {primitive.name for primitive in DENSE}
    assert {"matmul", "solve", "sum", "slice", "gather"} <= names
    assert not names & {"max", "min", "det"}
