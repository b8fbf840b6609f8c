"""Loops over stacks of matrices: what NumPy's generalised ufuncs do, as instructions.

A view's last axes, its core, are those of one matrix or vector; the others are the stack.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fastls.tape.graph import Node
from fastls.tape.numpy_loops import linalg_ufunc, loop

if TYPE_CHECKING:
    from fastls.tape.places import View
    from fastls.tape.plan import Planner

__all__ = ["call", "check", "emit", "generalised", "row_of", "rows_of", "split", "task", "turned"]


def split(view: "View", core: int) -> tuple["View", tuple[int, ...]]:
    """A view of the stack, an entry a matrix, and the strides within one."""
    outer = len(view.shape) - core
    stack = view._replace(shape=view.shape[:outer], strides=view.strides[:outer])
    return stack, view.strides[outer:]


def turned(view: "View") -> "View":
    """The transposes."""
    return view._replace(
        shape=(*view.shape[:-2], view.shape[-1], view.shape[-2]),
        strides=(*view.strides[:-2], view.strides[-1], view.strides[-2]),
    )


def rows_of(view: "View", start: int, stop: int) -> "View":
    return view._replace(
        offset=view.offset + start * view.strides[-2],
        shape=(*view.shape[:-2], stop - start, view.shape[-1]),
    )


def row_of(view: "View", row: int) -> "View":
    return view._replace(
        offset=view.offset + row * view.strides[-2],
        shape=(*view.shape[:-2], view.shape[-1]),
        strides=(*view.strides[:-2], view.strides[-1]),
    )


def emit(
    planner: "Planner", function: tuple[int, int], views: Sequence["View"], cores: Sequence[int],
    outer: tuple[int, ...], dims: Sequence[int], steps: Sequence[int],
) -> None:  # fmt: skip
    """A loop for each matrix of a stack; ``cores`` are the axes of each view within one."""
    if math.prod(outer) == 0:
        return
    stacks = [split(view, core)[0].spread(outer) for view, core in zip(views, cores, strict=True)]
    planner.emit(
        "loop", views, function=function[0], data=function[1], dims=dims, steps=steps,
        count=list(outer),
        strides=[[stack.strides[axis] for stack in stacks] for axis in range(len(outer))],
    )  # fmt: skip


def generalised(names: Sequence[str]) -> tuple[int, int] | None:
    """NumPy's loop for doubles of the first of these that there is."""
    for name in names:
        ufunc = linalg_ufunc(name)
        if ufunc is not None:
            return loop(ufunc, f"{'d' * ufunc.nin}->{'d' * ufunc.nout}")
    return None


def call(
    planner: "Planner", function: tuple[int, int], views: Sequence["View"], cores: Sequence[int],
    outer: tuple[int, ...], dims: Sequence[int],
) -> None:  # fmt: skip
    """A loop of a generalised ufunc."""
    strides = [s for view, core in zip(views, cores, strict=True) for s in split(view, core)[1]]
    emit(planner, function, views, cores, outer, [1, *dims], [0] * len(views) + strides)


def check(planner: "Planner", view: "View") -> None:
    """Replay ends where an entry is not a number; NumPy then says why."""
    if math.prod(view.shape):
        planner.emit("defined", [view], dims=[math.prod(view.shape)])


# Whole tasks.


def task(
    name: str, result: int = 0, core: int = 2, checked: bool = False
) -> Callable[["Planner", Node], bool]:
    """A function of NumPy's linalg by its loop: which of its results, of how many axes."""

    def lower(planner: "Planner", node: Node) -> bool:
        suffix = ""
        if "lower" in node.parameters:
            suffix = "_lo" if node.parameters["lower"] else "_up"
        shape = node.inputs[0].shape
        # Before NumPy 2.2 the loops for wide and for tall matrices had names of their own.
        function = generalised([name + suffix, f"{name}_{'m' if shape[-2] <= shape[-1] else 'n'}"])
        if function is None or math.prod(shape) == 0 or math.prod(node.shape) == 0:
            return False
        inputs = [planner.as_float(planner.view(other)) for other in node.inputs]
        outs = [
            planner.new(node.shape, "f", node if i == result else None) for i in range(result + 1)
        ]
        dims = [*shape[-2:], min(shape[-2:])] if name == "svd" else [shape[-1]]
        if name == "slogdet" and result == 0:
            outs.append(planner.new(node.shape))
        if name == "solve":
            dims.append(node.shape[-1])
        cores = [2] * len(inputs) + [core] * len(outs)
        outer = node.shape[: len(node.shape) - core]
        call(planner, function, [*inputs, *outs], cores, outer, dims)
        if checked:
            check(planner, outs[result])
        planner.views[node] = outs[result]
        return True

    return lower
