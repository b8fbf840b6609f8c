"""Lanes that are arrays, along a new first axis: how each primitive is applied to many at a time.

Products of one matrix with all lanes are one product. A primitive that has no row here, and is not
elementwise, is applied to one lane after the other.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from fastls.tape import linalg
from fastls.tape import primitives as p
from fastls.tape.graph import Node
from fastls.tape.sparse_lanes import SparseLanes
from fastls.tape.trace import Tracer

__all__ = ["DenseLanes"]


class DenseLanes:
    """Values as arrays with a chunk of the lanes along their first axis."""

    def __init__(self, sparse: SparseLanes, chunk: range) -> None:
        self.sparse, self.graph, self.chunk = sparse, sparse.graph, chunk
        self.arrays: dict[Node, Any] = {}

    def has(self, node: Node) -> bool:
        return node in self.sparse.way

    def value(self, node: Node) -> Any:
        """With a first axis for the lanes if they differ."""
        if not self.has(node):
            return Tracer(self.graph, node)
        if node not in self.arrays:
            shape = (len(self.chunk), *node.shape)
            self.arrays[node] = self.sparse.array(node, self.chunk, shape)
        return self.arrays[node]

    def every(self, node: Node, ndim: int = 0) -> Any:
        """With so many axes after that of the lanes."""
        x = self.value(node)
        if not self.has(node):
            return x
        return np.reshape(x, (len(self.chunk), *(1,) * (ndim - len(node.shape)), *node.shape))

    def own(self, node: Node) -> Any:
        """With a first axis for the lanes in any case."""
        x = self.value(node)
        return x if self.has(node) else np.broadcast_to(x, (len(self.chunk), *node.shape))

    def add(self, node: Node) -> None:
        primitive = node.primitive
        assert primitive is not None
        if primitive in DENSE:
            found = DENSE[primitive](self, node, **node.parameters)
        elif primitive.partials is not None or primitive is p.SELECT:
            ndim = len(node.shape)
            found = p.apply(primitive, *[self.every(x, ndim) for x in node.inputs])
        else:
            found = self.one_by_one(node)
        self.arrays[node] = found

    def one_by_one(self, node: Node) -> Any:
        assert node.primitive is not None
        lanes = [
            p.apply(node.primitive, *[
                self.value(x)[lane] if self.has(x) else self.value(x) for x in node.inputs
            ], **node.parameters)
            for lane in range(len(self.chunk))
        ]  # fmt: skip
        return np.stack(lanes)


def product(lanes: DenseLanes, node: Node) -> Any:
    """A matrix product; with one matrix for all lanes, one product."""
    a, b = node.inputs
    if len(a.shape) != 2 or len(b.shape) != 2 or lanes.has(a) == lanes.has(b):
        ndim = max(len(a.shape), len(b.shape))
        return p.apply(p.MATMUL, lanes.every(a, ndim), lanes.every(b, ndim))
    if lanes.has(a):
        return rows_times(lanes, a, lanes.value(b), lambda rows: rows)
    return turned(rows_times(lanes, b, np.transpose(lanes.value(a)), turned))


def rows_times(lanes: DenseLanes, x: Node, matrix: Any, rows_of: Callable[[Any], Any]) -> Any:
    """Of every lane the rows times a matrix; they are those of x, or of its transpose."""
    k, n = len(lanes.chunk), matrix.shape[0]
    m = math.prod(x.shape) // max(n, 1)
    if m == 1 and lanes.sparse.is_diagonal(x):  # a row of the matrix for each lane
        numbers = np.reshape(lanes.sparse.terms[x][0].numbers, (n, 1))
        found = (numbers * matrix)[lanes.chunk.start : lanes.chunk.stop]
    else:
        found = np.reshape(rows_of(lanes.value(x)), (k * m, n)) @ matrix
    return np.reshape(found, (k, m, matrix.shape[1]))


def turned(x: Any) -> Any:
    """The transpose of every lane."""
    k, m, n = x.shape
    return np.reshape(x, (k, n, m)) if 1 in (m, n) else np.swapaxes(x, 1, 2)


def solution(lanes: DenseLanes, node: Node) -> Any:
    """Of one system the lanes are columns of the right side."""
    a, b = node.inputs
    if lanes.has(a) or len(a.shape) != 2 or len(b.shape) != 2:
        return lanes.one_by_one(node)
    (n, columns), k = b.shape, len(lanes.chunk)
    right = np.reshape(np.transpose(lanes.value(b), (1, 0, 2)), (n, k * columns))
    found = np.reshape(np.linalg.solve(lanes.value(a), right), (n, k, columns))
    return np.transpose(found, (1, 0, 2))


def gathered(lanes: DenseLanes, node: Node, places: Any) -> Any:
    (x,) = node.inputs
    return np.ravel(lanes.value(x))[every_lane(places, len(lanes.chunk), math.prod(x.shape))]


def scattered(lanes: DenseLanes, node: Node, shape: tuple[int, ...], places: Any) -> Any:
    k = len(lanes.chunk)
    return p.apply(p.SCATTER, lanes.value(node.inputs[0]), shape=(k, *shape),
                   places=every_lane(places, k, math.prod(shape)))  # fmt: skip


def every_lane(places: Any, lanes: int, size: int) -> Any:
    return places + size * np.arange(lanes).reshape((-1, *(1,) * places.ndim))


def joined(lanes: DenseLanes, node: Node, axis: int) -> Any:
    return np.concatenate([lanes.own(x) for x in node.inputs], axis=axis + 1)


def moved(lanes: DenseLanes, node: Node, **parameters: Any) -> Any:
    """Parts to and from an array of so many axes: those of every lane."""
    k = len(lanes.chunk)
    every = slice(0, k, 1)
    if "index" in parameters:
        parameters["index"] = (every, *parameters["index"])
    if "indices" in parameters:
        parameters["indices"] = tuple((every, *index) for index in parameters["indices"])
    if "shape" in parameters:
        parameters["shape"] = (k, *parameters["shape"])
    assert node.primitive is not None
    return p.apply(node.primitive, *[lanes.own(x) for x in node.inputs], **parameters)


DENSE: dict[Any, Callable[..., Any]] = {
    p.IDENTITY: lambda lanes, node, tag: lanes.value(node.inputs[0]),
    p.RESHAPE: lambda lanes, node, shape: np.reshape(
        lanes.value(node.inputs[0]), (len(lanes.chunk), *shape)
    ),
    p.TRANSPOSE: lambda lanes, node, axes: np.transpose(
        lanes.value(node.inputs[0]), (0, *[axis + 1 for axis in axes])
    ),
    p.BROADCAST: lambda lanes, node, shape: np.broadcast_to(
        lanes.every(node.inputs[0], len(shape)), (len(lanes.chunk), *shape)
    ),
    p.SUM: lambda lanes, node, axes: np.sum(
        lanes.value(node.inputs[0]), axis=tuple(axis + 1 for axis in axes)
    ),
    p.CUMSUM: lambda lanes, node, axis: np.cumsum(lanes.value(node.inputs[0]), axis=axis + 1),
    **dict.fromkeys((p.SLICE, p.PLACE, p.ASSEMBLE), moved),
    p.GATHER: gathered,
    p.SCATTER: scattered,
    p.CONCATENATE: joined,
    p.MATMUL: product,
    linalg.PRIMITIVES["solve"]: solution,
}
