"""Planning sums, maxima and minima along axes."""

import math
from typing import TYPE_CHECKING

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.blocks import SUMMED, BlockRun, Stream, flat
from fastls.tape.graph import Node
from fastls.tape.places import found

if TYPE_CHECKING:
    from fastls.tape.plan import Planner

__all__ = ["SUMS"]


def total(planner: "Planner", node: Node) -> None:
    run = planner.pending.get(node.inputs[0])
    if isinstance(run, BlockRun) and node.shape == () and node.inputs[0] in run.buffers:
        run.add_sum(node)
        planner.pending[node] = run
        return
    x = planner.view(node.inputs[0])
    stream = flat(x, x.shape)
    if node.shape == () and stream is not None and math.prod(x.shape) > SUMMED:
        sum_of_blocks(planner, node, stream)
    else:
        reduce(planner, node, np.add, False)


def sum_of_blocks(planner: "Planner", node: Node, x: Stream) -> None:
    """As in a run, so that a sum does not depend on what else is computed."""
    length = math.prod(x.view.shape)
    count, rest = divmod(length, SUMMED)
    partial = planner.new((count + (rest > 0),))
    out = planner.views[node] = planner.new((), "f", node)
    planner.zero(partial, partial.shape[0])
    planner.zero(out, 1)
    for start, rows, columns in ((0, count, SUMMED), (count, 1, rest)):
        if columns:
            shape = (rows, columns)
            term = x.view._replace(
                offset=x.view.offset + start * SUMMED * x.step, shape=shape,
                strides=(SUMMED * x.step, x.step),
            )  # fmt: skip
            into = partial._replace(offset=partial.offset + 8 * start, shape=shape, strides=(8, 0))
            planner.call(found(np.add, "dd->d"), [into, term, into])
    into = out._replace(shape=partial.shape, strides=(0,))
    planner.call(found(np.add, "dd->d"), [into, partial, into])


def reduce(planner: "Planner", node: Node, ufunc: np.ufunc, first: bool) -> None:
    """Along the last axis if it is reduced, where NumPy's loop adds pairwise."""
    x, axes = planner.view(node.inputs[0]), node.parameters["axes"]
    out = planner.new(node.shape, "f", node)
    planner.views[node] = out
    kept = [axis for axis in range(len(x.shape)) if axis not in axes]
    if first:
        index = tuple(0 if axis in axes else slice(None) for axis in range(len(x.shape)))
        planner.copied(x.part(index), out)
    elif math.prod(x.shape) == 1:
        planner.copied(x._replace(shape=out.shape, strides=out.strides), out)
        return
    else:
        planner.zero(out, math.prod(node.shape))
    if math.prod(x.shape) == 0:
        return
    strides = iter(out.strides)
    target = tuple(next(strides) if axis in kept else 0 for axis in range(len(x.shape)))
    into = out._replace(shape=x.shape, strides=target)
    planner.call(found(ufunc, "dd->d"), [into, x, into])


SUMS = {
    p.SUM: total,
    p.MAX: lambda planner, node: reduce(planner, node, np.maximum, True),
    p.MIN: lambda planner, node: reduce(planner, node, np.minimum, True),
}
