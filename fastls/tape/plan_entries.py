"""Planning what moves entries: into zeros, from and to places in a list, side by side."""

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.blocks import BlockRun
from fastls.tape.graph import Node
from fastls.tape.places import View, contiguous, found
from fastls.tape.plan_views import is_all, renamed
from fastls.tape.replay import OWN_LOOPS

if TYPE_CHECKING:
    from fastls.tape.plan import Planner

__all__ = ["ENTRIES"]


def place(planner: "Planner", node: Node) -> None:
    if stored(planner, node, [node.parameters["index"]]):
        return
    if is_all(node, node.parameters["index"]) and renamed(planner, node):
        return
    view = planner.view(node.inputs[0])
    out = zeros(planner, node)
    planner.copied(view, out.part(node.parameters["index"]))
    planner.views[node] = out


def assemble(planner: "Planner", node: Node) -> None:
    indices = node.parameters["indices"]
    if stored(planner, node, indices):
        return
    run = planner.pending.get(node.inputs[0])
    if isinstance(run, BlockRun) and run.add_assembled(node):
        planner.pending[node] = run
        return
    parts = [planner.view(other) for other in node.inputs]
    out = zeros(planner, node)
    for view, index in zip(parts, indices, strict=True):
        into = out.part(index)
        planner.call(found(np.add, "dd->d"), [into, view.spread(into.shape), into])
    planner.views[node] = out


def stored(planner: "Planner", node: Node, indices: Sequence[tuple[Any, ...]]) -> bool:
    """Numbers into entries of an array, if that is what is placed."""
    if any(isinstance(i, slice) for index in indices for i in index):
        return False
    if len(set(indices)) < len(indices):
        return False
    if not any(planner.scalars.has(other) for other in node.inputs):
        return False
    strides = contiguous(node.shape, 8)
    offsets = [sum(map(operator.mul, index, strides)) for index in indices]
    out = planner.new(node.shape, "f", node)
    if len(indices) < math.prod(node.shape):
        planner.zero(out, math.prod(node.shape))
    planner.scalars.store(node.inputs, offsets, out)
    planner.views[node] = out
    planner.pending[node] = planner.scalars
    return True


def gather(planner: "Planner", node: Node) -> None:
    x = planner.packed(planner.view(node.inputs[0]))
    places = planner.constant(np.ascontiguousarray(node.parameters["places"]), "i")
    out = planner.new(node.shape, "f", node)
    planner.emit(
        "loop", [x, places, out], function=OWN_LOOPS["gather"], dims=[math.prod(node.shape)]
    )
    planner.views[node] = out


def scatter(planner: "Planner", node: Node) -> None:
    x = planner.packed(planner.view(node.inputs[0]))
    places = planner.constant(np.ascontiguousarray(node.parameters["places"]), "i")
    out = zeros(planner, node)
    planner.emit("loop", [x, places, out], function=OWN_LOOPS["scatter"], dims=[math.prod(x.shape)])
    planner.views[node] = out


def concatenate(planner: "Planner", node: Node) -> None:
    size = math.prod(node.shape)
    if size == len(node.inputs) and any(planner.scalars.has(other) for other in node.inputs):
        out = planner.new(node.shape, "f", node)
        planner.scalars.store(node.inputs, range(0, 8 * size, 8), out)
        planner.views[node] = out
        planner.pending[node] = planner.scalars
        return
    views = [planner.float_view(other) for other in node.inputs]
    out, axis, start = planner.new(node.shape, "f", node), node.parameters["axis"], 0
    for view in views:
        stop = start + view.shape[axis]
        index = (slice(None),) * axis + (slice(start, stop),)
        index += (slice(None),) * (len(node.shape) - len(index))
        planner.copied(view, out.part(index))
        start = stop
    planner.views[node] = out


def zeros(planner: "Planner", node: Node) -> View:
    out = planner.new(node.shape, "f", node)
    planner.zero(out, math.prod(node.shape))
    return out


ENTRIES = {
    p.PLACE: place,
    p.ASSEMBLE: assemble,
    p.GATHER: gather,
    p.SCATTER: scatter,
    p.CONCATENATE: concatenate,
}
