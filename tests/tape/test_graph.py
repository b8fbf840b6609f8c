"""The graph: what is the same is one node, what is constant is computed, what is dead is not."""

import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastls import record
from fastls.tape import primitives as p
from fastls.tape.graph import Graph, Node, depends_on, freeze, needed
from fastls.tape.trace import Tracer

SIN, ADD, MULTIPLY = (p.ELEMENTWISE[ufunc] for ufunc in (np.sin, np.add, np.multiply))
LESS = p.ELEMENTWISE[np.less]


@pytest.fixture
def graph():
    return Graph()


def test_the_same_operation_on_the_same_nodes_is_one_node(graph):
    x = graph.input((3,))
    assert graph.apply(SIN, [x]) == graph.apply(SIN, [x])
    assert graph.apply(p.SUM, [x], axes=(0,)) == graph.apply(p.SUM, [x], axes=(0,))


def test_other_parameters_make_another_node(graph):
    x = graph.input((3, 3))
    assert graph.apply(p.SUM, [x], axes=(0,)) != graph.apply(p.SUM, [x], axes=(1,))


def test_operations_on_constants_are_constants(graph):
    node = graph.apply(ADD, [graph.constant(2.0), graph.constant(3.0)])
    assert node.is_constant
    assert node.constant == 5.0


def test_equal_numbers_are_one_constant_and_zeros_of_either_sign_two(graph):
    assert graph.constant(2.0) == graph.constant(2)
    assert graph.constant(0.0) != graph.constant(-0.0)


@pytest.mark.parametrize("value", [1j, np.array([1j]), "text", None, [None]], ids=repr)
def test_a_constant_is_real(graph, value):
    with pytest.raises(TypeError, match=r"real|complex"):
        graph.constant(value)


def test_nodes_follow_their_inputs(graph):
    x = graph.input(())
    y = graph.apply(MULTIPLY, [graph.apply(SIN, [x]), x])
    assert all(i.index < node.index for node in graph.nodes for i in node.inputs)
    assert y.inputs[1] == x


@pytest.mark.parametrize(
    ("ufunc", "number", "side"),
    [(np.add, 0.0, 0), (np.add, 0.0, 1), (np.subtract, 0.0, 1), (np.multiply, 1.0, 0),
     (np.multiply, 1.0, 1), (np.divide, 1.0, 1), (np.power, 1.0, 1)],
)  # fmt: skip
def test_neutral_elements_vanish(graph, ufunc, number, side):
    x, one = graph.input((2,)), graph.constant(number)
    inputs = (one, x) if side == 0 else (x, one)
    assert graph.apply(p.ELEMENTWISE[ufunc], inputs) == x


def test_a_neutral_element_that_widens_stays(graph):
    x, zeros = graph.input(()), graph.constant(np.zeros(3))
    assert graph.apply(ADD, [x, zeros]).shape == (3,)


def test_two_negations_and_two_transpositions_vanish(graph):
    x, negative = graph.input((2, 3)), p.ELEMENTWISE[np.negative]
    assert graph.apply(negative, [graph.apply(negative, [x])]) == x
    turned = graph.apply(p.TRANSPOSE, [x], axes=(1, 0))
    assert graph.apply(p.TRANSPOSE, [turned], axes=(1, 0)) == x


def test_value_is_that_at_the_recorded_arguments_of_deep_graphs_also(graph):
    x = graph.input((), 1.0)
    node = x
    for _ in range(5000):
        node = graph.apply(ADD, [node, x])
    assert graph.value(node) == 5001.0


def test_a_guard_is_noted_once_and_not_for_constants(graph):
    x = graph.input((), 1.0)
    node = graph.apply(LESS, [x, graph.constant(2.0)])
    assert graph.guard(node)
    assert graph.guard(node)
    assert graph.guard(graph.constant(True))
    assert [guarded for guarded, _ in graph.guards] == [node]


def test_what_outputs_need_and_what_depends_on_inputs(graph):
    x, y = graph.input(()), graph.input(())
    a, b = graph.apply(SIN, [x]), graph.apply(SIN, [y])
    c = graph.apply(ADD, [a, b])
    assert needed([a]) == [x, a]
    assert needed([c]) == [x, y, a, b, c]
    assert depends_on([c], [x]) == {x, a, c}


@pytest.mark.parametrize(
    ("one", "other"),
    [(slice(0, 2, 1), slice(0, 3, 1)), (np.array([0, 1]), np.array([1, 0])), ((1, 2), (2, 1)),
     (np.zeros(2), np.zeros((2, 1))), ({"a": 1}, {"a": 2})],
    ids=["slices", "arrays", "tuples", "shapes", "dicts"],
)  # fmt: skip
def test_frozen_parameters_are_equal_where_the_parameters_are(one, other):
    assert freeze(one) == freeze(one)
    assert hash(freeze(one)) == hash(freeze(one))
    assert freeze(one) != freeze(other)


def test_nodes_say_what_they_are(graph):
    x = graph.input((2,))
    assert repr(x) == "n0: input (2,)"
    assert "sin(n0" in repr(graph.apply(SIN, [x]))
    assert "2." in repr(graph.constant(2.0))


def test_long_chains_are_freed_from_either_end():
    graph = Graph()
    node = x = graph.input((), 1.0)
    for _ in range(300_000):
        node = graph.apply(SIN, [node])
    del graph, x
    del node  # the last that refers to any
    graph = Graph()
    node = graph.input((), 1.0)
    for _ in range(300_000):
        node = graph.apply(SIN, [node])
    del node
    del graph


@pytest.mark.parametrize("write", [
    lambda a: a.__setitem__(0, 5.0), lambda a: a.sort(), lambda a: a.fill(1.0),
    lambda a: np.negative(a, out=a), lambda a: a.__setitem__([3, 700], a[[700, 3]]),
])  # fmt: skip
@pytest.mark.parametrize("size", [1000, 300_000])
def test_an_array_written_to_while_recording_is_refused(size, write):
    def f(x):
        buffer = np.random.default_rng(0).standard_normal(size)
        y = x * buffer
        write(buffer)
        return np.sum(y) + np.sum(x * buffer)

    with pytest.raises(TypeError, match="changed after it had met a traced value"):
        record(f, 1.0)


def test_an_entry_is_one_node_and_knows_its_index(graph):
    w = graph.input((4, 5))
    entry = graph.apply(p.SLICE, [w], index=(2, 3))
    assert entry == graph.apply(p.SLICE, [w], index=(2, 3))
    assert entry != graph.apply(p.SLICE, [w], index=(3, 2))
    assert entry.parameters == {"index": (2, 3)}
    assert (entry.shape, entry.inputs) == ((), (w,))
    row = graph.apply(p.SLICE, [w], index=(2, slice(0, 5, 1)))
    assert (row.shape, row.parameters) == ((5,), {"index": (2, slice(0, 5, 1))})


def test_an_entry_of_truth_values_is_one(graph):
    below = graph.apply(LESS, [graph.input((3,)), graph.constant(np.ones(3))])
    assert graph.apply(p.SLICE, [below], index=(1,)).dtype == bool


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_an_operation_may_have_any_number_of_inputs(graph, count):
    xs = [graph.input(()) for _ in range(count)]
    indices = tuple((i,) for i in range(count))
    node = graph.apply(p.ASSEMBLE, xs, shape=(count,), indices=indices)
    assert node.inputs == tuple(xs)
    assert node == graph.apply(p.ASSEMBLE, xs, shape=(count,), indices=indices)
    if count > 1:
        assert node != graph.apply(p.ASSEMBLE, xs[::-1], shape=(count,), indices=indices)


@pytest.mark.parametrize("number", [0.0, -0.0, 1.5, -1e-310, np.inf, -np.inf, np.nan], ids=repr)
def test_a_constant_number_is_kept_to_the_last_bit(graph, number):
    node = graph.constant(number)
    assert node == graph.constant(np.float64(number))
    assert node.constant.tobytes() == np.array(number).tobytes()
    assert (node.shape, node.dtype, node.inputs) == ((), float, ())


def test_nodes_of_two_graphs_are_not_equal(graph):
    assert graph.input(()) != Graph().input(())


def test_nodes_are_made_by_graphs_for_their_own_operations(graph):
    with pytest.raises(TypeError, match="made by a Graph"):
        Node()
    with pytest.raises(ValueError, match="nodes of one graph"):
        graph.apply(SIN, [Graph().input(())])
    node = graph.apply(ADD, [graph.input(()), graph.input(())])
    with pytest.raises(ValueError, match="inputs must be 2; got 1"):
        graph.again(node, node.inputs[:1])


def test_operations_are_of_float64_whatever_object_says_so(graph):
    """The dtype of an array that was pickled is equal to NumPy's, but another object."""
    unpickled = pickle.loads(pickle.dumps(np.ones(3)))
    for array in (graph.constant(unpickled), graph.input((3,))):
        for node in (
            graph.apply(p.SLICE, [array], index=(0,)), graph.apply(p.RESHAPE, [array], shape=(3, 1))
        ):  # fmt: skip
            assert node.dtype is np.dtype(float)


def test_an_entry_beyond_what_a_place_can_say_is_kept_all_the_same(graph):
    x = Tracer(graph, graph.apply(p.BROADCAST, [graph.input(())], shape=(2**33,)))
    for i in (5, 2**32 - 1, 2**32, 2**32 + 5):
        assert x[i].node.parameters == {"index": (i,)}


def test_operations_with_parameters_are_as_many_as_there_are(graph):
    """Of every operation and operand, one node: none is taken for another, in whatever order."""
    xs = [graph.input((20,)) for _ in range(20)]
    parts = [slice(i, i + 2, 1) for i in range(18)]
    made = {(i, j): graph.apply(p.SLICE, [x], index=(part,))
            for j, part in enumerate(parts) for i, x in enumerate(xs)}  # fmt: skip
    assert len(set(made.values())) == len(made)
    for (i, j), node in made.items():
        assert graph.apply(p.SLICE, [xs[i]], index=(parts[j],)) == node
        assert (node.inputs, node.parameters) == ((xs[i],), {"index": (parts[j],)})


def test_nodes_are_a_sequence(graph):
    made = [graph.input(()) for _ in range(4)]
    assert list(graph.nodes) == made
    assert graph.nodes[1:3] == made[1:3]
    assert graph.nodes[-1] == made[-1]
    with pytest.raises(IndexError, match="of 4 nodes has no node 4"):
        graph.nodes[4]


def test_what_is_forgotten_is_made_anew(graph):
    x = graph.input((3,))
    before = [graph.apply(SIN, [x]), graph.constant(2.0), graph.apply(p.SLICE, [x], index=(0,))]
    count = len(graph.nodes)

    def more():
        parts = [graph.apply(p.SLICE, [x], index=(i,)) for i in range(3)]
        indices = ((2,), (1,), (0,))
        return [
            graph.apply(p.ASSEMBLE, parts, shape=(3,), indices=indices), graph.constant(3.0),
            graph.apply(ADD, [parts[0], parts[1]]), graph.constant(np.ones(2)),
        ]  # fmt: skip

    first = [repr(node) for node in more()]
    for _ in range(3):
        graph.forget(count)
        assert len(graph.nodes) == count
        assert [repr(node) for node in more()] == first
    graph.forget(count)
    assert [
        graph.apply(SIN, [x]), graph.constant(2.0), graph.apply(p.SLICE, [x], index=(0,))
    ] == before  # fmt: skip
    assert len(graph.nodes) == count


@given(
    st.lists(st.tuples(st.sampled_from([ADD, MULTIPLY, SIN]), st.integers(0), st.integers(0)),
             max_size=200)
)  # fmt: skip
def test_operations_are_kept_as_in_a_dictionary(steps):
    """The table of the graph against Python's own, through several changes of its size."""
    graph = Graph()
    nodes = [graph.input(()) for _ in range(3)]
    known = {}
    for primitive, i, j in steps:
        inputs = (nodes[i % len(nodes)], nodes[j % len(nodes)])[: 1 if primitive is SIN else 2]
        node = graph.apply(primitive, inputs)
        assert known.setdefault((primitive, *(x.index for x in inputs)), node) == node
        assert (node.primitive, node.inputs) == (primitive, inputs)
        nodes.append(node)
    assert len(graph.nodes) == 3 + len(known)


def test_a_recorded_operation_on_numbers_takes_24_bytes_at_most():
    def f(x):
        total = x[0]
        for i in range(50_000):
            total = total * x[i % 1000] + x[(7 * i + 3) % 1000]
        return total

    record(f, np.ones(1000))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tape = record(f, np.ones(1000))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert "101001 nodes" in repr(tape)
    assert taken <= 24 * 101_001


def diagonal_of_a_buffer(x):
    buffer, total = np.zeros((3, 3)), 0.0
    for k in (1.0, 2.0):
        np.fill_diagonal(buffer, k)
        total = total + np.diagonal(buffer) @ x  # a view that cannot be written to
    return total


def broadcast_weights(x):
    weights, total = np.ones(3), 0.0
    for _ in range(2):
        total = total + np.sum(np.broadcast_to(weights, (2, 3)) * x)
        weights *= 0.5
    return total


def changed_and_back(x):
    matrix = np.arange(9.0).reshape(3, 3)
    y = matrix @ x
    matrix += np.eye(3)
    z = matrix @ np.sin(x)
    matrix -= np.eye(3)
    return y @ z


def a_mask_and_back(x):
    mask = np.zeros(3, dtype=bool)
    total = np.sum(np.where(mask, x, 0.0))
    mask[1] = True
    total = total + np.sum(np.where(mask, x**2, 0.0))
    mask[1] = False
    return total


def rows_of_a_large_matrix(x):
    matrix = np.eye(1009)
    found = np.sum(np.sin(matrix @ x)[:5])
    matrix[[1, 700]] = matrix[[700, 1]]
    return found + np.sum(np.cos(matrix @ x)[:5])


@pytest.mark.parametrize(
    "function",
    [diagonal_of_a_buffer, broadcast_weights, changed_and_back, a_mask_and_back],
    ids=lambda f: f.__name__,
)
def test_an_array_is_the_same_at_each_use(function):
    with pytest.raises(TypeError, match="changed after it had met a traced value"):
        record(function, np.array([0.5, 2.0, 3.0]))


def test_a_change_of_places_in_a_large_array_is_noticed():
    with pytest.raises(TypeError, match="changed after it had met a traced value"):
        record(rows_of_a_large_matrix, np.linspace(0.0, 1.0, 1009))


def test_an_array_that_stays_may_be_used_often():
    matrix = np.arange(9.0).reshape(3, 3)
    frozen = matrix.T.copy()
    frozen.flags.writeable = False

    def function(x):
        for _ in range(4):
            x = np.tanh(matrix @ x) + np.diagonal(frozen) * x
        return np.sum(x)

    x = np.array([0.5, 2.0, 3.0])
    assert record(function, x)(x) == pytest.approx(function(x), rel=1e-14)
