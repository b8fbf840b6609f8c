"""Boxes and arrows in layers, from left to right (K. Sugiyama, S. Tagawa and M. Toda, 1981).

1. Longest path: a node stands one layer after the last of its inputs; what has no inputs, and is
   needed by one layer only, just before that. An edge over several layers gets a point in each
   layer between, so that it finds a way through the boxes.
2. Barycentres: each layer is sorted by the mean place of the neighbours in the layer before, then,
   on the way back, after; the order with the fewest crossings is kept.
3. Heights: each box as near as possible to the mean height of its neighbours, in order and without
   touching: a least-squares problem that pooling adjacent violators solves.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Layout", "layered"]

SWEEPS = 12

Point = tuple[float, float]


class Layout(NamedTuple):
    """Centres of the boxes, and the points that each edge passes, both ends included."""

    centres: list[Point]
    routes: list[list[Point]]


def layered(
    widths: Sequence[float],
    heights: Sequence[float],
    edges: Sequence[tuple[int, int]],
    sources: Sequence[int] = (),
    gap: Point = (1.0, 0.5),
) -> Layout:
    """Where to put the boxes of a graph without cycles.

    Parameters
    ----------
    widths, heights : sequence of float
        Of the boxes.
    edges : sequence of (int, int)
        From and to, by the places of the boxes, from lower to higher place.
    sources : sequence of int, optional
        Boxes that belong in the first layer, though they might stand closer to where they are used.
    gap : (float, float), optional
        The least distance between layers, and between boxes of a layer.

    Returns
    -------
    Layout

    Examples
    --------
    >>> from fastls.plot.layout import layered
    >>> layered([2, 2, 2], [1, 1, 1], [(0, 2), (1, 2)]).centres
    [(1.0, 0.75), (1.0, -0.75), (4.0, 0.0)]
    """
    count = len(widths)
    layer = layers_of(count, edges, set(sources))
    tall = list(heights)
    chains: list[list[int]] = []
    for start, end in edges:
        between = range(layer[start] + 1, layer[end])
        chain = [start]
        for each in between:
            chain.append(len(tall))
            layer.append(each)
            tall.append(0.0)
        chains.append([*chain, end])
    links = [pair for chain in chains for pair in pairwise(chain)]
    before: list[list[int]] = [[] for _ in tall]
    after: list[list[int]] = [[] for _ in tall]
    for start, end in links:
        before[end].append(start)
        after[start].append(end)
    ranks: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node, each in enumerate(layer):
        ranks[each].append(node)
    ranks = fewest_crossings(ranks, before, after)
    y = settled(ranks, before, after, tall, gap[1])
    x, wide, right = [], [], 0.0
    for rank in ranks:
        width = max((widths[node] for node in rank if node < count), default=0.0)
        x.append(right + 0.5 * width)
        wide.append(width)
        right += width + gap[0]
    centres = [(x[layer[node]], 0.0 - y[node]) for node in range(count)]
    routes = []
    for chain in chains:
        start, end = chain[0], chain[-1]
        points = [(centres[start][0] + 0.5 * widths[start], centres[start][1])]
        for node in chain:
            # Level past the wider boxes of its layer, and bent in the gaps only.
            middle, half = x[layer[node]], 0.5 * wide[layer[node]]
            if node != start:
                points.append((middle - half, 0.0 - y[node]))
            if node != end:
                points.append((middle + half, 0.0 - y[node]))
        points.append((centres[end][0] - 0.5 * widths[end], centres[end][1]))
        routes.append([p for i, p in enumerate(points) if i == 0 or p != points[i - 1]])
    return Layout(centres, routes)


def layers_of(count: int, edges: Sequence[tuple[int, int]], sources: set[int]) -> list[int]:
    layer = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        layer[end] = max(layer[end], layer[start] + 1)
    has_inputs = {end for _, end in edges}
    for node in range(count):
        uses = [layer[end] for start, end in edges if start == node]
        if node not in has_inputs and node not in sources and uses:
            layer[node] = min(uses) - 1
    return layer


def crossings(ranks: list[list[int]], after: list[list[int]]) -> int:
    total = 0
    for left, right in pairwise(ranks):
        place = {node: i for i, node in enumerate(right)}
        ends = [place[end] for node in left for end in sorted(after[node], key=place.__getitem__)]
        total += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
    return total


def fewest_crossings(
    ranks: list[list[int]], before: list[list[int]], after: list[list[int]]
) -> list[list[int]]:
    best, least = ranks, crossings(ranks, after)
    for sweep in range(SWEEPS):
        ranks = [list(rank) for rank in ranks]
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        place = {node: float(i) for rank in ranks for i, node in enumerate(rank)}
        for rank in ranks if forward else reversed(ranks):
            means = {
                node: float(np.mean([place[other] for other in neighbours[node]]))
                if neighbours[node]
                else place[node]
                for node in rank
            }
            rank.sort(key=means.__getitem__)
            place.update({node: float(i) for i, node in enumerate(rank)})
        found = crossings(ranks, after)
        if found < least:
            best, least = ranks, found
    return best


def settled(
    ranks: list[list[int]], before: list[list[int]], after: list[list[int]],
    heights: Sequence[float], gap: float,
) -> list[float]:  # fmt: skip
    y = [0.0] * len(heights)
    offsets = []
    for rank in ranks:
        steps = [0.5 * (heights[one] + heights[next_]) + gap for one, next_ in pairwise(rank)]
        offsets.append(np.concatenate([[0.0], np.cumsum(steps)]))
        for node, each in zip(rank, offsets[-1], strict=True):
            y[node] = float(each - 0.5 * offsets[-1][-1])
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        order = list(zip(ranks, offsets, strict=True))
        for rank, offset in order if forward else reversed(order):
            wanted = []
            for node in rank:
                near = (before if forward else after)[node] or before[node] or after[node]
                wanted.append(float(np.mean([y[other] for other in near])) if near else y[node])
            near_by = increasing(np.array(wanted) - offset) + offset
            for node, each in zip(rank, near_by, strict=True):
                y[node] = float(each)
    return y


def increasing(wanted: Any) -> Any:
    """The closest sequence that does not decrease, in least squares: pool adjacent violators."""
    blocks: list[tuple[float, int]] = []
    for value in wanted:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean = (mean * size + other * count) / (size + count)
            size += count
        blocks.append((mean, size))
    return np.array([mean for mean, size in blocks for _ in range(size)])
