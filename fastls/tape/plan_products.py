"""Planning products of matrices.

A large matrix that is multiplied with a vector and, transposed, with what is made of the product
entry by entry is read once for both: see `blocks`. Products of few numbers have a loop of ours, as
the BLAS takes longer to begin than they to run. Everything else is one call of NumPy's loop. There
are loops around these for stacks.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.blocks import LARGE, BlockRun
from fastls.tape.graph import Node
from fastls.tape.places import View, found
from fastls.tape.replay import OWN_LOOPS

if TYPE_CHECKING:
    from fastls.tape.plan import Planner

__all__ = ["matmul", "read_once"]

FEW = 32  # terms of a sum, above which the BLAS is quicker;
FEW_TERMS = 512  # the same of all sums of a product
MOST = 64  # nodes that are looked at to find out whether one waits for another


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


def read_once(nodes: Sequence[Node]) -> set[Node]:
    """The products of large matrices with vectors that runs of blocks are to take in.

    Those of A v, if the transpose of A is multiplied with what is made of it entry by entry, and of
    nothing else that has to wait for it; and these products.
    """
    products = {node: found for node in nodes if (found := sides(node)) is not None}
    large = {
        node: untransposed(factor)
        for node, (factor, _) in products.items()
        if 8 * math.prod(factor.shape) >= LARGE and factor.dtype.kind == "f"
    }
    if len(large) < 2:
        return set()
    taken: set[Node] = set()
    for node, root in large.items():
        ends = made_of(products[node][1])
        first = [end for end in ends if large.get(end) == root]
        if first and all(is_free(end, one) for end in ends for one in first if end != one):
            taken |= {node, *first}
    return taken


def made_of(node: Node) -> set[Node]:
    """What a vector is made of entry by entry: where that begins."""
    size = math.prod(node.shape)
    ends: set[Node] = set()
    seen, stack = {node}, [node]
    while stack:
        each = stack.pop()
        if each.is_constant:
            continue
        if math.prod(each.shape) != size or not is_entry_by_entry(each):
            ends.add(each)
            continue
        stack += [other for other in each.inputs if other not in seen]
        seen.update(each.inputs)
    return ends


def is_entry_by_entry(node: Node) -> bool:
    if node.primitive in (p.SELECT, p.IDENTITY, p.RESHAPE, p.TRANSPOSE, p.SLICE, p.PLACE):
        return True
    ufunc = node.primitive.value if node.primitive is not None else None
    return isinstance(ufunc, np.ufunc) and p.ELEMENTWISE.get(ufunc) is node.primitive


def is_free(node: Node, first: Node) -> bool:
    """Whether a node surely does not wait for another."""
    seen, stack = {node}, [node]
    while stack:
        each = stack.pop()
        if each == first or len(seen) > MOST:
            return False
        later = [other for other in each.inputs if other.index >= first.index]
        stack += [other for other in later if other not in seen]
        seen.update(later)
    return True


def joins(planner: "Planner", node: Node) -> bool:
    """Whether a run of blocks takes the product in."""
    product = sides(node)
    if product is None or node not in planner.read_once:
        return False
    factor, vector = product
    root = untransposed(factor)
    matrix = planner.view(factor)
    if factor != node.inputs[0]:
        matrix = transposed(matrix)
    if min(matrix.strides) != 8:
        return False
    run = planner.pending.get(vector)
    if isinstance(run, BlockRun) and vector in run.buffers:
        if root not in run.matrices:
            return False
        run.add_transposed_product(node, transposed(matrix), vector)
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
        v._replace(shape=v.shape[:-2], strides=v.strides[:-2]).spread(outer) for v in (a, b, out)
    ]
    core = [*a.strides[-2:], *b.strides[-2:], *out.strides[-2:]]
    is_short = k <= FEW and m * k * n <= FEW_TERMS
    address, data = (OWN_LOOPS["short_product"], 0) if is_short else found(np.matmul, "dd->d")
    planner.emit(
        "loop", [a, b, out], function=address, data=data, dims=[1, m, k, n],
        steps=[0, 0, 0, *core], count=list(outer),
        strides=[[view.strides[axis] for view in views] for axis in range(len(outer))],
    )  # fmt: skip
