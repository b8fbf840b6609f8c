"""Planning views: they cost nothing, and only say where entries are.

What a run of blocks is to compute may be given another shape while the run is not yet written.
"""

import math
from typing import TYPE_CHECKING, Any

from fastls.tape import primitives as p
from fastls.tape.blocks import BlockRun
from fastls.tape.graph import Node
from fastls.tape.places import ITEM, View, contiguous

if TYPE_CHECKING:
    from fastls.tape.plan import Planner

__all__ = ["VIEWS", "is_all", "renamed"]


def identity(planner: "Planner", node: Node) -> None:
    if not renamed(planner, node):
        planner.views[node] = source(planner, node)


def reshape(planner: "Planner", node: Node) -> None:
    if renamed(planner, node):
        return
    view = source(planner, node)
    if not view.is_contiguous:
        view = planner.packed(planner.view(node.inputs[0]))
    planner.views[node] = view._replace(
        shape=node.shape, strides=contiguous(node.shape, ITEM[view.kind])
    )


def transpose(planner: "Planner", node: Node) -> None:
    if node.shape and max(node.shape) == math.prod(node.shape) and renamed(planner, node):
        return
    view, axes = source(planner, node), node.parameters["axes"]
    planner.views[node] = view._replace(
        shape=node.shape, strides=tuple(view.strides[axis] for axis in axes)
    )


def broadcast(planner: "Planner", node: Node) -> None:
    planner.views[node] = source(planner, node).spread(node.shape)


def part(planner: "Planner", node: Node) -> None:
    if is_all(node.inputs[0], node.parameters["index"]) and renamed(planner, node):
        return
    planner.views[node] = source(planner, node).part(node.parameters["index"])


def renamed(planner: "Planner", node: Node) -> bool:
    """Whether it is a result of a run under another shape: then it stays there."""
    (other,) = node.inputs
    run = planner.pending.get(other)
    if not isinstance(run, BlockRun) or other not in run.buffers:
        return False
    run.rename(node)
    planner.pending[node] = run
    return True


def source(planner: "Planner", node: Node) -> View:
    """Where the operand of a view is, or will be: then the view is there no sooner."""
    (other,) = node.inputs
    run = planner.pending.get(other)
    if not isinstance(run, BlockRun) or other not in planner.views:
        return planner.view(other)
    planner.pending[node] = run
    return planner.views[other]


def is_all(node: Node, index: tuple[Any, ...]) -> bool:
    """Whether an index leaves out no entry, and their order as it is."""
    return all(
        range(*i.indices(length)) == range(length) if isinstance(i, slice) else length == 1
        for length, i in zip(node.shape, index, strict=True)
    )  # fmt: skip


VIEWS = {
    p.IDENTITY: identity,
    p.RESHAPE: reshape,
    p.TRANSPOSE: transpose,
    p.BROADCAST: broadcast,
    p.SLICE: part,
}
