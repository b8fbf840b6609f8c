"""Boxes that do not touch, arrows that go forward."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastls.plot.layout import crossings, increasing, layered

GAP = (1.0, 0.5)


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 14))
    sizes = st.lists(st.floats(0.5, 5.0), min_size=count, max_size=count)
    pairs = list(itertools.combinations(range(count), 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []
    return draw(sizes), draw(sizes), edges


@given(graphs())
def test_no_two_boxes_touch(graph):
    widths, heights, edges = graph
    centres = layered(widths, heights, edges, gap=GAP).centres
    for i, j in itertools.combinations(range(len(centres)), 2):
        apart = np.abs(np.subtract(centres[i], centres[j]))
        assert (
            apart[0] >= 0.5 * (widths[i] + widths[j]) + GAP[0] - 1e-9
            or apart[1] >= 0.5 * (heights[i] + heights[j]) + GAP[1] - 1e-9
        )


@given(graphs())
def test_edges_go_forward_from_box_to_box(graph):
    widths, heights, edges = graph
    layout = layered(widths, heights, edges, gap=GAP)
    for (start, end), route in zip(edges, layout.routes, strict=True):
        assert route[0] == (layout.centres[start][0] + widths[start] / 2, layout.centres[start][1])
        assert route[-1] == (layout.centres[end][0] - widths[end] / 2, layout.centres[end][1])
        assert np.all(np.diff([x for x, _ in route]) >= -1e-9)


@given(graphs())
def test_no_edge_passes_through_a_box(graph):
    widths, heights, edges = graph
    layout = layered(widths, heights, edges, gap=GAP)
    for (start, end), route in zip(edges, layout.routes, strict=True):
        for box, (x, y) in enumerate(layout.centres):
            if box in (start, end):
                continue
            for (x0, y0), (x1, y1) in itertools.pairwise(route):
                for share in np.linspace(0.0, 1.0, 21):
                    u, v = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                    inside = abs(u - x) < widths[box] / 2 - 1e-9
                    assert not (inside and abs(v - y) < heights[box] / 2 - 1e-9)


def test_edges_that_need_not_cross_do_not():
    # Two chains whose ends were made in the other order.
    edges = [(0, 3), (1, 2)]
    layout = layered([1.0] * 4, [1.0] * 4, edges)
    assert layout.centres[0][1] == layout.centres[3][1]
    assert layout.centres[1][1] == layout.centres[2][1]


def test_crossings_are_counted():
    assert crossings([[0, 1], [2, 3]], [[3], [2], [], []]) == 1
    assert crossings([[0, 1], [2, 3]], [[2], [3], [], []]) == 0
    assert crossings([[0, 1], [2, 3]], [[2, 3], [2, 3], [], []]) == 1


def test_a_constant_stands_before_its_use_but_a_source_in_front():
    edges = [(0, 1), (1, 3), (2, 3)]
    first = layered([1.0] * 4, [1.0] * 4, edges, sources=[0, 2]).centres
    assert first[2][0] == first[0][0]
    late = layered([1.0] * 4, [1.0] * 4, edges, sources=[0]).centres
    assert late[2][0] == late[1][0]


@given(st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=12))
def test_pooling_is_the_projection_on_increasing_sequences(wanted):
    wanted = np.array(wanted)
    found = increasing(wanted)
    assert np.all(np.diff(found) >= 0)
    # The optimality conditions of isotonic regression: residuals sum to zero from every end.
    tails = np.cumsum((wanted - found)[::-1])[::-1]
    assert abs(tails[0]) < 1e-9
    assert np.all(tails <= 1e-9)
    rises = np.flatnonzero(np.diff(found) > 1e-12) + 1
    np.testing.assert_allclose(tails[rises], 0.0, atol=1e-9)
