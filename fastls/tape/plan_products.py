"""Planning products of matrices.

A large matrix that is multiplied with a vector and, transposed, with what is made of the product
entry by entry is read once for both: see `blocks`. Everything else is one call of NumPy's loop,
with loops around it for stacks.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.blocks import LARGE, BlockRun
from fastls.tape.graph import Node
from fastls.tape.places import View, found

if TYPE_CHECKING:
    from fastls.tape.plan import Planner

__all__ = ["matmul", "matrices"]


def sides(node: Node) -> tuple[Node, Node] | None:
    """Of a product of a matrix and a vector, the two; None of any other."""
    if node.primitive is not p.MATMUL or len(node.shape) != 2:
        return None
    a, b = node.inputs
    if node.shape[1] == 1 < node.shape[0]:
        return a, b
    if node.shape[0] == 1 < node.shape[1]:
        return b, a
    return None


def untransposed(node: Node) -> Node:
    return node.inputs[0] if node.primitive is p.TRANSPOSE else node


def matrices(nodes: Sequence[Node]) -> Counter[Node]:
    """How many products with vectors each matrix is in, transposed or not."""
    products = (sides(node) for node in nodes)
    return Counter(untransposed(product[0]) for product in products if product is not None)


def joins(planner: "Planner", node: Node) -> bool:
    """Whether a run of blocks takes the product in."""
    product = sides(node)
    if product is None:
        return False
    factor, vector = product
    root = untransposed(factor)
    planner.products[root] -= 1  # those that are still to come
    if 8 * math.prod(root.shape) < LARGE or root.dtype.kind != "f":
        return False
    matrix = planner.view(factor)
    if factor is not node.inputs[0]:
        matrix = transposed(matrix)
    if min(matrix.strides) != 8:
        return False
    run = planner.pending.get(vector)
    if isinstance(run, BlockRun) and vector in run.buffers:
        if root not in run.matrices:
            return False
        run.add_transposed_product(node, transposed(matrix), vector)
    elif planner.products[root] == 0:
        return False
    else:
        given = planner.packed(planner.float_view(vector))
        run = planner.run_of(matrix.shape[0])
        run.add_product(node, root, matrix, given._replace(shape=matrix.shape[1:], strides=(8,)))
    planner.pending[node] = run
    return True


def transposed(matrix: View) -> View:
    return matrix._replace(shape=matrix.shape[::-1], strides=matrix.strides[::-1])


def matmul(planner: "Planner", node: Node) -> None:
    if joins(planner, node):
        return
    a, b = (planner.as_float(planner.view(other)) for other in node.inputs)
    out = planner.new(node.shape, "f", node)
    planner.views[node] = out
    outer = node.shape[:-2]
    m, k, n = a.shape[-2], a.shape[-1], b.shape[-1]
    if math.prod(node.shape) == 0:
        return
    views = [
        planner.spread(v._replace(shape=v.shape[:-2], strides=v.strides[:-2]), outer)
        for v in (a, b, out)
    ]
    core = [*a.strides[-2:], *b.strides[-2:], *out.strides[-2:]]
    address, data = found(np.matmul, "dd->d")
    planner.emit(
        "loop", [a, b, out], function=address, data=data, dims=[1, m, k, n],
        steps=[0, 0, 0, *core], count=list(outer),
        strides=[[view.strides[axis] for view in views] for axis in range(len(outer))],
    )  # fmt: skip
