"""Vector mode: products with all unit vectors in one sweep (Griewank & Walther 2008, section 4.5).

What differentiation adds to a graph is linear in a seed, an input of its own: the Jacobian times
it, or it times the Jacobian. Here the nodes that depend on the seed are written again for many
unit vectors, a lane each; all others are computed once. As long as they can be, lanes are sparse
(`sparse_lanes`); then they are arrays (`dense_lanes`), of some lanes at a time, so that they stay
in the cache.
"""

import math

import numpy as np

from fastls.tape.dense_lanes import DenseLanes
from fastls.tape.graph import Graph, Node, depends_on, position
from fastls.tape.sparse_lanes import SparseLanes
from fastls.tape.trace import as_node

__all__ = ["unit_products"]

ENTRIES = 16384  # of an array of lanes, about
CHUNKS = 48  # of lanes, at most: each has nodes of its own


def unit_products(graph: Graph, result: Node, seed: Node, lanes_last: bool = False) -> Node:
    """A result, which is linear in the seed, for each unit vector.

    Parameters
    ----------
    graph : Graph
    result, seed : Node
    lanes_last : bool, optional
        Whether the axes of the seed come last, not first.

    Returns
    -------
    Node
        Of the shape of the seed followed by that of the result, or the other way round.
    """
    shape = (*result.shape, *seed.shape) if lanes_last else (*seed.shape, *result.shape)
    way = depends_on([result], [seed])
    if result not in way or math.prod(shape) == 0:
        return graph.constant(np.zeros(shape))
    order = [node for node in sorted(way, key=position) if node != seed]
    sparse = SparseLanes(graph, seed, way)
    for node in order:
        sparse.add(node)
    if result in sparse.terms:
        return as_node(graph, sparse.array(result, range(sparse.lanes), shape, lanes_last))
    order = [node for node in order if node not in sparse.terms]
    widest = max(math.prod(node.shape) for node in order)
    step = max(ENTRIES // max(widest, 1), -(-sparse.lanes // CHUNKS), 1)
    parts = []
    for start in range(0, sparse.lanes, step):
        dense = DenseLanes(sparse, range(start, min(start + step, sparse.lanes)))
        for node in order:
            dense.add(node)
        part = np.reshape(dense.arrays[result], (len(dense.chunk), math.prod(result.shape)))
        parts.append(part.T if lanes_last else part)
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=int(lanes_last))
    return as_node(graph, np.reshape(whole, shape))
