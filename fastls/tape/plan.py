"""From a graph to a flat list of instructions.

Views (reshape, transpose, broadcast, slice) cost nothing: they only say where entries are.
Everything else gets a block of the arena for its result, which is free again after its last use.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.blocks import BlockRun, flat
from fastls.tape.elementary import loop, loop_over_rows
from fastls.tape.graph import Graph, Node, needed
from fastls.tape.memory import Lifetime, addresses, lifetimes
from fastls.tape.places import ITEM, View, contiguous, found
from fastls.tape.plan_entries import ENTRIES
from fastls.tape.plan_linalg import LINALG
from fastls.tape.plan_products import matmul, read_once
from fastls.tape.plan_sums import SUMS
from fastls.tape.plan_views import VIEWS
from fastls.tape.replay import OWN_LOOPS, Program
from fastls.tape.scalars import Scalars

__all__ = ["make_program", "plan"]

SHORT = 16  # entries, on fewer of which a loop takes longer to call than to run
PIECE = 256  # entries of an axis, whose cache lines stay in the cache for the next short one


class Planner:
    """Makes the instructions of one program; blocks get their addresses at the end."""

    def __init__(
        self, inputs: Sequence[Node], outputs: Sequence[Node], nodes: list[Node],
        guards: Sequence[tuple[Node, Any]],
    ) -> None:  # fmt: skip
        self.inputs, self.outputs, self.guards = list(inputs), list(outputs), guards
        self.nodes, self.wanted = nodes, [*outputs, *(node for node, _ in guards)]
        self.rows: list[dict[str, Any]] = []
        self.views: dict[Node, View] = {}
        self.floats: dict[Node, View] = {}  # of truth values
        self.constants: list[Any] = []
        self.sizes: list[int] = []  # of each block, in bytes
        self.factors: dict[Any, Any] = {}  # of matrices, for whatever else needs them
        self.fixed: dict[int, Any] = {}  # blocks that are not in the arena: ("input", i), ...
        self.unwritten = {node: i for i, node in reversed(list(enumerate(self.outputs)))}
        # Operations not yet written, because more may join them.
        self.scalars = Scalars(self, nodes, self.wanted)
        self.registers = self.block(0)
        self.runs: dict[int, BlockRun] = {}  # by length
        self.taken: set[Node] = set()  # numbers
        self.owner: dict[int, Node] = {}  # whose value a block is
        self.cut: set[int] = set()  # blocks that are in pieces
        self.pieces: list[Lifetime] = []
        self.pending: dict[Node, Any] = {}  # what is there only when its run has been written
        self.awaited: dict[BlockRun, None] = {}  # by the code for numbers
        self.read_once = read_once(nodes)
        for i, node in enumerate(self.inputs):
            block = self.block(0, ("input", i))
            self.views[node] = View(block, 0, node.shape, contiguous(node.shape, 8), "f")

    def block(self, size: int, fixed: Any = None) -> int:
        self.sizes.append(size)
        if fixed is not None:
            self.fixed[len(self.sizes) - 1] = fixed
        return len(self.sizes) - 1

    def constant(self, value: Any, kind: str) -> View:
        # Not copied, whatever its strides: a captured array may change.
        array = np.asarray(value, dtype={"f": float, "b": bool}.get(kind, np.intp))
        if not array.flags.aligned:
            array = array.copy()
        self.constants.append(array)
        block = self.block(0, ("constant", len(self.constants) - 1))
        return View(block, 0, array.shape, array.strides, kind)

    def new(self, shape: tuple[int, ...], kind: str = "f", node: Node | None = None) -> View:
        """A place for a result; of an output, the output itself."""
        i = self.unwritten.pop(node, None) if node is not None and kind == "f" else None
        fixed = None if i is None else ("output", i)
        block = self.block(math.prod(shape) * ITEM[kind], fixed)
        if node is not None:
            self.owner[block] = node
        return View(block, 0, shape, contiguous(shape, ITEM[kind]), kind)

    def view(self, node: Node) -> View:
        """Where a value is; what is not yet written is written now."""
        if node in self.pending:
            self.close(self.pending[node])
        if node not in self.views:
            if node.is_constant:
                self.views[node] = self.constant(node.constant, node.dtype.kind)
            elif node.primitive is p.SLICE and not self.scalars.has(node):
                VIEWS[p.SLICE](self, node)  # an entry, which numbers read where it is
                return self.view(node)  # which may have to be written first
            else:
                self.views[node] = self.register_view(node)
        return self.views[node]

    def number_view(self, node: Node) -> View:
        """Where a number is, or will be when the code for numbers runs."""
        run = self.pending.get(node)
        if not isinstance(run, BlockRun) or node not in self.views:
            return self.float_view(node)
        self.awaited[run] = None
        return self.views[node]

    def float_view(self, node: Node) -> View:
        if node not in self.floats:
            self.floats[node] = self.as_float(self.view(node))
        return self.floats[node]

    def register_view(self, node: Node) -> View:
        """A number as an array, whose entry is a register."""
        assert self.scalars.has(node), f"{node} has not been computed"
        if self.scalars.is_open():
            self.close(self.scalars)
        place = 8 * self.scalars.kept(node)
        view = View(self.registers, place, node.shape, contiguous(node.shape, 8), "f")
        if node.dtype.kind == "f":
            return view
        zero = self.constant(0.0, "f").spread(node.shape)
        out = self.new(node.shape, "b")
        self.call(found(np.not_equal, "dd->?"), [view, zero, out])
        return out

    def close(self, run: Any) -> None:
        """Write the instructions of a run."""
        for node in [node for node, other in self.pending.items() if other is run]:
            del self.pending[node]
        if run is not self.scalars:
            del self.runs[run.length]
            self.awaited.pop(run, None)
            run.close()
            return
        for other in list(self.awaited):
            self.close(other)
        code, views = run.close()
        views[0] = View(self.registers, 0, (), (), "f")
        self.emit("scalars", views, run=code)

    def emit(self, code: str, views: Sequence[View], **fields: Any) -> None:
        self.rows.append({"code": code, "views": list(views), **fields})

    def call(self, function: tuple[int, int], views: Sequence[View]) -> None:
        """An elementwise loop over views of one shape."""
        shape = views[-1].shape
        if math.prod(shape) == 0:
            return
        axes = [
            (length, [view.strides[axis] for view in views])
            for axis, length in enumerate(shape) if length != 1
        ]  # fmt: skip
        merged: list[tuple[int, list[int]]] = []
        for length, strides in axes:
            if merged and all(s == length * t for s, t in zip(merged[-1][1], strides, strict=True)):
                merged[-1] = (merged[-1][0] * length, strides)
            else:
                merged.append((length, strides))
        merged = merged or [(1, [0] * len(views))]
        over_rows = loop_over_rows(function, *merged[-1]) if len(merged) > 1 else None
        if over_rows is not None:
            *outer, (rows, down), (length, along) = merged
            self.emit_loop(over_rows, views, [length, rows], [*along, *down], outer)
            return
        for parts, axes in pieces(list(views), merged):
            *outer, (length, steps) = axes
            self.emit_loop(function, parts, [length], steps, outer)

    def emit_loop(
        self, function: tuple[int, int], views: Sequence[View], dims: list[int], steps: list[int],
        outer: Sequence[tuple[int, list[int]]],
    ) -> None:  # fmt: skip
        """A loop, with loops around it: their lengths and steps."""
        self.emit("loop", views, function=function[0], data=function[1], dims=dims, steps=steps,
                  count=[n for n, _ in outer], strides=[s for _, s in outer])  # fmt: skip

    def copied(self, view: View, into: View | None = None) -> View:
        into = into or self.new(view.shape, view.kind)
        types = "d->d" if view.kind == "f" else "??->?"
        if view.kind == "f":
            self.call(found(np.positive, types), [view, into])
        else:
            self.call(found(np.logical_or, types), [view, view, into])
        return into

    def packed(self, view: View) -> View:
        return view if view.is_contiguous else self.copied(view)

    def as_float(self, view: View) -> View:
        if view.kind == "f":
            return view
        one, zero = self.constant(1.0, "f"), self.constant(0.0, "f")
        out = self.new(view.shape)
        numbers = [number.spread(view.shape) for number in (one, zero)]
        self.call((OWN_LOOPS["select"], 0), [view, *numbers, out])
        return out

    # Each node.

    def add(self, node: Node) -> None:
        primitive, inputs = node.primitive, node.inputs
        assert primitive is not None
        ufunc: Any = primitive.value
        if isinstance(ufunc, np.ufunc) and p.ELEMENTWISE.get(ufunc) is primitive:
            if self.elementwise(node):
                return
        elif primitive in LOWER:
            LOWER[primitive](self, node)
            return
        if primitive in LINALG and LINALG[primitive](self, node):
            return
        views = [self.view(other) for other in inputs]
        out = self.new(node.shape, node.dtype.kind, node)
        value, parameters = primitive.value, node.parameters
        self.emit("python", [*views, out], call=lambda *a: value(*a, **parameters))
        self.views[node] = out

    def elementwise(self, node: Node) -> bool:
        assert node.primitive is not None
        ufunc: Any = node.primitive.value
        is_logical = ufunc.__name__.startswith("logical") and all(
            other.dtype.kind == "b" for other in node.inputs
        )
        kinds = ("?" if is_logical else "d") * ufunc.nin
        function = loop(ufunc, f"{kinds}->{'?' if node.dtype.kind == 'b' else 'd'}")
        if function is None:
            return False
        self.loop(node, function, [not is_logical] * ufunc.nin)
        return True

    def loop(self, node: Node, function: tuple[int, int], as_float: Sequence[bool]) -> None:
        """An elementwise loop: in a run of them if all operands are vectors of some step."""
        if self.joins(node, function, as_float):
            return
        views = [
            self.float_view(other) if wanted else self.view(other)
            for other, wanted in zip(node.inputs, as_float, strict=True)
        ]
        out = self.new(node.shape, node.dtype.kind, node)
        self.views[node] = out
        self.call(function, [*[v.spread(node.shape) for v in views], out])

    def run_of(self, length: int) -> BlockRun:
        """The run of operations on arrays of that length."""
        if length not in self.runs:
            self.runs[length] = BlockRun(self, length)
        return self.runs[length]

    def joins(self, node: Node, function: tuple[int, int], as_float: Sequence[bool]) -> bool:
        length = math.prod(node.shape)
        if length < 2:
            return False
        inputs = list(zip(node.inputs, as_float, strict=True))
        for other, wanted in inputs:  # asking where they are may end the run
            run = self.runs.get(length)
            if run is None or other not in run.buffers:
                self.float_view(other) if wanted else self.view(other)
        run = self.runs.get(length)
        operands: list[Any] = []
        for other, wanted in inputs:
            operand = None
            if run is None or other not in run.buffers:
                view = self.float_view(other) if wanted else self.view(other)
                operand = flat(view.spread(node.shape), node.shape)
                if operand is None:
                    return False
            operands.append(operand)
        run = self.run_of(length)
        operands = [
            run.operand(other, wanted) if operand is None else operand
            for operand, (other, wanted) in zip(operands, inputs, strict=True)
        ]
        run.add(node, function, operands)
        self.pending[node] = run
        return True

    def zero(self, view: View, count: int) -> None:
        """Zeros, so many, next to each other."""
        if count > 0:
            self.emit("loop", [view], function=OWN_LOOPS["zero"], dims=[count])

    def select(self, node: Node) -> None:
        self.loop(node, (OWN_LOOPS["select"], 0), [False, True, True])

    # The end.

    def finish(self) -> None:
        """Write what is still to be written."""
        for node, value in self.guards:
            if self.scalars.guard(node, value):
                continue
            view = self.packed(self.view(node))
            expected = self.constant(value, view.kind)
            self.emit("guard", [view, expected], dims=[math.prod(view.shape) * ITEM[view.kind]])
        for i, node in enumerate(self.outputs):
            self.output(i, node)
        for run in [*self.runs.values(), self.scalars]:
            if run is not self.scalars or run.is_open():
                self.close(run)
        self.sizes[self.registers] = 8 * self.scalars.registers

    def program(self) -> Program:
        """All that has been added, and where the arrays are."""
        self.finish()
        offsets, size = addresses(lifetimes(self.rows, self.fixed), self.sizes)
        slots = {"input": 1, "constant": 1 + len(self.inputs),
                 "output": 1 + len(self.inputs) + len(self.constants)}  # fmt: skip
        for row in self.rows:
            places = []
            for view in row["views"]:
                if view.block in self.fixed:
                    what, i = self.fixed[view.block]
                    places.append((slots[what] + i, view.offset))
                else:
                    places.append((0, offsets[view.block] + view.offset))
            row["slots"] = [s for s, _ in places]
            row["offsets"] = [o for _, o in places]
            row["views"] = [
                (*place, view.shape, view.strides, view.kind)
                for place, view in zip(places, row["views"], strict=True)
            ]
        return Program(
            self.rows, [node.shape for node in self.inputs], [node.shape for node in self.outputs],
            self.constants, size,
        )  # fmt: skip

    def output(self, i: int, node: Node) -> None:
        """Copy a value to where it is wanted, if it is not there."""
        if node in self.pending and node.dtype.kind == "f":  # will it be written there?
            if node not in self.views and self.unwritten.get(node) == i:
                return
            if node in self.views and self.fixed.get(self.views[node].block) == ("output", i):
                return
        if not self.scalars.has(node):
            view = self.float_view(node)
            if self.fixed.get(view.block) == ("output", i) and view.is_contiguous:
                return
        into = View(self.block(0, ("output", i)), 0, node.shape, contiguous(node.shape, 8), "f")
        if not self.scalars.has(node) or not self.scalars.store([node], [0], into):
            self.copied(view, into)

    # What is alive when, for `memory`.

    def arrays(self) -> list[Lifetime]:
        """Of the arrays of the arena, and the pieces of those that are computed block by block."""
        alive = lifetimes(self.rows, self.fixed)
        blocks = [
            Lifetime(first, last, self.sizes[block], self.owner.get(block))
            for block, (first, last) in alive.items()
            if block != self.registers and block not in self.cut
        ]
        return blocks + self.pieces

    def numbers(self) -> list[Lifetime]:
        """Of the numbers, counted by operations."""
        last: dict[Node, int] = {}
        for i, node in enumerate(self.nodes):
            for other in (*node.inputs, node):
                last[other] = i
        for node in self.wanted:
            last[node] = len(self.nodes)
        return [
            Lifetime(i, last[node], 8, node)
            for i, node in enumerate(self.nodes) if node in self.taken
        ]  # fmt: skip


def pieces(
    views: list[View], axes: list[tuple[int, list[int]]]
) -> Iterator[tuple[list[View], list[tuple[int, list[int]]]]]:
    """Views and axes to walk, the longest axis innermost and by pieces where the last is short."""
    longest = max(range(len(axes)), key=lambda axis: axes[axis][0])
    if axes[-1][0] >= SHORT or axes[longest][0] < 2 * axes[-1][0]:
        yield views, axes
        return
    length, steps = axes[longest]
    others = axes[:longest] + axes[longest + 1 :]
    whole = length // PIECE
    if whole:
        yield views, [(whole, [PIECE * step for step in steps]), *others, (PIECE, steps)]
    if rest := length % PIECE:
        done = length - rest
        moved = [v._replace(offset=v.offset + done * s) for v, s in zip(views, steps, strict=True)]
        yield moved, [*others, (rest, steps)]


LOWER = {**VIEWS, **ENTRIES, **SUMS, p.SELECT: Planner.select, p.MATMUL: matmul}


def make_program(
    graph: Graph,
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    guards: Sequence[tuple[Node, Any]],
) -> Program:
    """The program that computes outputs from inputs, as long as the guards hold."""
    return plan(graph, inputs, outputs, guards).program()


def plan(
    graph: Graph,
    inputs: Sequence[Node],
    outputs: Sequence[Node],
    guards: Sequence[tuple[Node, Any]],
) -> Planner:
    """The same, without the end."""
    known = set(inputs)
    nodes = [
        node for node in needed([*outputs, *(node for node, _ in guards)])
        if node.primitive is not None and node not in known
    ]  # fmt: skip
    planner = Planner(inputs, outputs, in_turn(nodes, graph.anchors), guards)
    for node in planner.nodes:
        if planner.scalars.take(node):
            planner.taken.add(node)
        else:
            planner.add(node)
    return planner


def in_turn(nodes: list[Node], anchors: dict[Node, Node]) -> list[Node]:
    """The nodes, every one after its inputs, and right after its anchor where it has one."""
    if not anchors:
        return nodes
    keys: dict[Node, tuple[int, ...]] = {}

    def key(node: Node) -> tuple[int, ...]:
        if node not in keys:
            keys[node] = (*(key(anchors[node]) if node in anchors else ()), node.index)
        return keys[node]

    found: list[Node] = []
    waiting = set(nodes)
    stack = sorted(nodes, key=key, reverse=True)
    while stack:
        node = stack[-1]
        before = [other for other in node.inputs if other in waiting] if node in waiting else []
        stack += before
        if not before:
            stack.pop()
            if node in waiting:
                waiting.remove(node)
                found.append(node)
    return found
