"""Sparse lanes: coordinates move, numbers are scaled, and what is no longer sparse is left."""

import numpy as np
import pytest

from fastls.tape.graph import Graph, depends_on
from fastls.tape.sparse_lanes import SparseLanes, Term, is_whole, merged, taken
from fastls.tape.trace import Tracer, as_node

W = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]])


def lanes_of(f, shape=(2, 3)):
    """The lanes of f(seed), and its node."""
    graph = Graph()
    seed = graph.input(shape)
    node = as_node(graph, f(Tracer(graph, seed)))
    lanes = SparseLanes(graph, seed, depends_on([node], [seed]))
    for each in graph.nodes:
        if each in lanes.way and each != seed:
            lanes.add(each)
    return lanes, node


LINEAR = {
    "the seed": lambda v: v,
    "scaled": lambda v: W * v / 3.0 - v,
    "slices": lambda v: v[:, 1:] - 2.0 * v[:, :-1],
    "an entry": lambda v: v[1, 2] * 3.0,
    "turned": lambda v: v.T * W.T,
    "flat": lambda v: np.reshape(v, (6,)),
    "places": lambda v: np.reshape(v, (6,))[np.array([3, 0])],
    "repeated": lambda v: np.broadcast_to(v[:, :1], (2, 3)) * W,
    "added up": lambda v: np.sum(v * W, axis=0),
    "joined": lambda v: np.concatenate([v, 2.0 * v[:1]]),
    "chosen": lambda v: np.where(W > 0.0, v, 0.0),
    "chosen otherwise": lambda v: np.where(W > 0.0, 0.0, v),
    "part of a part": lambda v: np.concatenate([v, v[::-1]])[1:3],
}


@pytest.mark.parametrize("lanes_last", [False, True], ids=["lanes first", "lanes last"])
@pytest.mark.parametrize("name", LINEAR)
def test_the_lanes_are_the_values_of_unit_vectors(name, lanes_last):
    lanes, node = lanes_of(LINEAR[name])
    assert node in lanes.terms
    expected = np.stack([LINEAR[name](unit.reshape(2, 3)) for unit in np.eye(6)])
    if lanes_last:
        expected = np.moveaxis(expected, 0, -1)
    found = lanes.array(node, range(6), expected.shape, lanes_last)
    np.testing.assert_array_equal(lanes.graph.value(as_node(lanes.graph, found)), expected)


def test_some_of_the_lanes():
    lanes, node = lanes_of(lambda v: v * W)
    some = lanes.array(node, range(2, 5), (3, 2, 3))
    expected = np.eye(6)[2:5].reshape(3, 2, 3) * W
    np.testing.assert_array_equal(lanes.graph.value(as_node(lanes.graph, some)), expected)
    none = lanes_of(lambda v: v[:1])
    found = none[0].array(none[1], range(3, 6), (3, 1, 3))
    np.testing.assert_array_equal(none[0].graph.value(as_node(none[0].graph, found)), 0.0)


@pytest.mark.parametrize(
    "function",
    [lambda v: W.T @ v, lambda v: np.cumsum(v), lambda v: np.sum(v) * np.ones(4)],
    ids=["a matrix", "cumulative sums", "one sum everywhere"],
)
def test_what_fills_up_is_no_longer_sparse(function):
    lanes, node = lanes_of(function)
    assert node not in lanes.terms


def test_the_seed_is_diagonal_until_entries_meet():
    for function, diagonal in [(lambda v: v * W, True), (lambda v: v[:, 1:], False)]:
        lanes, node = lanes_of(function)
        assert lanes.is_diagonal(node) == diagonal


def test_numbers_at_the_same_coordinates_are_added():
    a, b = np.array([0, 1]), np.array([1, 0])
    found = merged([Term(1.0, a, a), Term(2.0, a, b), Term(4.0, a, a)])
    assert sorted(term.numbers for term in found) == [2.0, 5.0]


@pytest.mark.parametrize(
    ("places", "primitive"),
    [(np.arange(4), None), (np.arange(1, 3), "slice"), (np.array([2, 0]), "gather"),
     (np.array(2), "slice")],
    ids=["all", "a slice", "others", "one"],
)  # fmt: skip
def test_entries_next_to_each_other_are_a_slice(places, primitive):
    graph = Graph()
    x = Tracer(graph, graph.input((4,), np.arange(4.0) ** 2))
    found = taken(x, places).node
    assert (found.primitive and found.primitive.name) == primitive
    np.testing.assert_array_equal(graph.value(found), np.arange(4.0)[places] ** 2)


def test_a_term_is_whole_with_a_number_for_each_entry_in_order():
    places = np.arange(4).reshape(2, 2)
    assert is_whole(Term(None, places, places), (2, 2))
    assert not is_whole(Term(None, places, places.T), (2, 2))
    assert not is_whole(Term(None, places, places), (4,))
