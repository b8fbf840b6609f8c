"""Elementwise operations on arrays of one length, carried out block by block.

What follows each other is collected for as long as nothing else needs the results. A block of each
array is then taken through all operations before the next block, so that what is between them stays
in the cache; whole arrays are written for what is used elsewhere alone. With the operations go sums
over all entries, a partial sum a block, and parts of a longer vector that are added into it.

So do products of a large matrix A with a vector and, of what is made of that entry by entry, the
product of its transpose: a block of rows at a time, A is read once for both. The value and the
gradient of a generalised linear model take one pass over the data.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fastls.tape.graph import Node
from fastls.tape.places import ITEM, View, contiguous, found
from fastls.tape.replay import OWN_LOOPS

__all__ = ["BlockRun", "flat"]

BLOCK = 1024  # entries, if the cache has room for those of all arrays in between
CACHE = 64 * 1024  # bytes, of theirs
ROWS = 256 * 1024  # bytes of the rows of a matrix that are in a block
LARGE = 256 * 1024  # bytes of a matrix, from which it is worth while: it is not in the cache anyway


ADD, COPY = found(np.add, "dd->d"), found(np.positive, "d->d")
MATMUL, _ = found(np.matmul, "dd->d")


class Stream(NamedTuple):
    """An array outside, by its place and the bytes from one entry to the next."""

    view: View
    step: int
    advance: int | None = None  # bytes from one block to the next, where it is not so many steps


class Buffer:
    """A block of a result: somewhere in the cache, or in the array that it is part of."""

    def __init__(self, kind: str, is_total: bool = False) -> None:
        self.kind = kind
        self.is_total = is_total  # one number a block
        self.into: Stream | None = None
        self.number = -1  # which piece of the cache


class Operation(NamedTuple):
    function: tuple[int, int]
    operands: list[Stream | Buffer]
    out: Stream | Buffer
    core: tuple[int, ...] = ()  # what the loop is told besides


def flat(view: View, shape: tuple[int, ...]) -> Stream | None:
    """A view, already of the shape, as a vector; None where it takes more than one step."""
    if not any(s for n, s in zip(shape, view.strides, strict=True) if n != 1):
        return Stream(view, 0)
    expected = length = 1
    step = 0
    for n, stride in zip(reversed(shape), reversed(view.strides), strict=True):
        if n == 1:
            continue
        if length == 1:
            step = stride
        elif stride != expected:
            return None
        length *= n
        expected = step * length
    return Stream(view, step)


class BlockRun:
    """Operations that are carried out together, on arrays with so many entries."""

    def __init__(self, planner: Any, length: int) -> None:
        self.planner, self.length = planner, length
        self.operations: list[Operation] = []
        self.buffers: dict[Node, Buffer] = {}
        self.floats: dict[Node, Buffer] = {}  # of truth values
        self.used: dict[Node, int] = {}  # how often, by what is in the run
        self.sums: list[tuple[View, Buffer]] = []
        self.matrices: list[Node] = []  # that are multiplied with a vector,
        self.columns = 0  # the longest row of theirs,
        self.products: list[Operation] = []  # and of their transposes, added into a vector
        self.assembled: list[tuple[Node, list[tuple[int, Buffer]]]] = []

    def add(self, node: Node, function: tuple[int, int], inputs: Sequence[Any]) -> None:
        """An operation of buffers and streams."""
        out = Buffer(node.dtype.kind)
        self.operations.append(Operation(function, list(inputs), out))
        self.buffers[node] = out

    def operand(self, node: Node, as_float: bool) -> Buffer:
        """The block of a result."""
        self.used[node] = self.used.get(node, 0) + 1
        buffer = self.buffers[node]
        if not as_float or buffer.kind == "f":
            return buffer
        if node not in self.floats:
            one, zero = (Stream(self.planner.constant(x, "f"), 0) for x in (1.0, 0.0))
            self.floats[node] = Buffer("f")
            self.operations.append(
                Operation((OWN_LOOPS["select"], 0), [buffer, one, zero], self.floats[node])
            )
        return self.floats[node]

    def rename(self, node: Node) -> None:
        """The same entries under another shape."""
        (other,) = node.inputs
        self.used[other] = self.used.get(other, 0) + 1
        self.buffers[node] = self.buffers[other]

    def add_sum(self, node: Node) -> None:
        total = Buffer("f", is_total=True)
        term = self.operand(node.inputs[0], True)
        self.operations.append(Operation(ADD, [total, term], total))
        self.planner.views[node] = self.planner.new(node.shape, "f", node)
        self.sums.append((self.planner.views[node], total))

    def add_product(self, node: Node, root: Node, matrix: View, vector: View) -> None:
        """A v, a block of rows at a time."""
        columns = matrix.shape[1]
        out = Buffer("f")
        given: list[Stream | Buffer] = [Stream(matrix, matrix.strides[0]), Stream(vector, 0)]
        core = (matrix.strides[1], vector.strides[0], columns)
        self.operations.append(
            Operation((OWN_LOOPS["times_vector"], MATMUL), given, out, core))  # fmt: skip
        self.buffers[node] = out
        self.matrices.append(root)
        self.columns = max(self.columns, columns)

    def add_transposed_product(self, node: Node, matrix: View, vector: Node) -> None:
        """The transpose of A times what is made of A v, with the same rows."""
        planner, columns = self.planner, matrix.shape[1]
        out = planner.views[node] = planner.new(node.shape, "f", node)
        given: list[Stream | Buffer] = [
            Stream(matrix, matrix.strides[0]), self.operand(vector, True),
            Stream(planner.new((columns,)), 0),
        ]  # fmt: skip
        function = OWN_LOOPS["plus_transpose_times_vector"], MATMUL
        self.products.append(
            Operation(function, given, Stream(out, 0), (matrix.strides[1], columns)))  # fmt: skip

    def add_assembled(self, node: Node) -> bool:
        """Parts added into a vector, if all are results; the one that is written is the last.

        A block of it has then been written before anything is added to the entries.
        """
        parts = []
        for other, index in zip(node.inputs, node.parameters["indices"], strict=True):
            if other not in self.buffers or len(index) != 1:
                return False
            (piece,) = index
            if not isinstance(piece, slice) or piece.step != 1:
                return False
            parts.append((piece.start, other))
        parts.sort(key=lambda part: -part[0])
        self.assembled.append((node, [(start, self.operand(part, True)) for start, part in parts]))
        return True

    # The end.

    def close(self) -> None:
        """Write the instructions."""
        planner, tail = self.planner, list(self.products)
        for node, buffer in self.buffers.items():
            if planner.scalars.uses_of(node) > self.used.get(node, 0):
                tail += self.write(node, buffer)
        for operation in self.products:
            assert isinstance(operation.out, Stream)
            planner.zero(operation.out.view, operation.core[1])
        for node, parts in self.assembled:
            tail += self.assemble(node, parts)
        length = self.block_length(tail)
        count = -(-self.length // length)
        ends = []
        for total, buffer in self.sums:
            partial = total if count == 1 else planner.new((count,))
            planner.zero(partial, count)
            if count > 1:
                ends.append((partial, total))
            buffer.into = Stream(partial, 0, 8)
        operations = [*self.operations, *tail]
        place = planner.block(self.assign(operations) * length * 8)
        rows = [self.row(operation, place, length) for operation in operations]
        if count > 1:
            views = [view for row in rows for view in row["views"]]
            planner.emit("blocks", views, dims=[self.length, length], span=len(rows))
        for row in rows:
            planner.emit("loop", dims=[self.length], **row)
        for partial, total in ends:
            planner.zero(total, 1)
            total = total._replace(shape=(count,), strides=(0,))
            planner.call(ADD, [total, partial, total])

    def write(self, node: Node, buffer: Buffer) -> list[Operation]:
        """Say where a whole result is to be, under one name and another."""
        planner, item = self.planner, ITEM[buffer.kind]
        is_output = buffer.kind == "f" and node in planner.unwritten
        if buffer.into is not None and not is_output:
            planner.views[node] = buffer.into.view._replace(
                shape=node.shape, strides=contiguous(node.shape, item)
            )
            return []
        out = planner.views[node] = planner.new(node.shape, buffer.kind, node)
        if buffer.into is not None:
            return [Operation(COPY, [buffer], Stream(out, item))]
        buffer.into = Stream(out, item)
        return []

    def assemble(self, node: Node, parts: list[tuple[int, Buffer]]) -> list[Operation]:
        planner = self.planner
        out = planner.new(node.shape, "f", node)
        planner.views[node] = out
        (last, written), *others = parts
        end = last + self.length
        planner.zero(out, last)
        planner.zero(out._replace(offset=out.offset + 8 * end), node.shape[0] - end)
        into = [Stream(out._replace(offset=out.offset + 8 * start), 8) for start, _ in parts]
        additions = []
        if written.into is None and not any(written is part for _, part in others):
            written.into = into[0]
        else:
            additions.append(Operation(COPY, [written], into[0]))
        for target, (_, part) in zip(into[1:], others, strict=True):
            additions.append(Operation(ADD, [target, part], target))
        return additions

    def block_length(self, tail: list[Operation]) -> int:
        """Of a block: all that is alive at a time is to fit into the cache."""
        pieces = max(self.assign([*self.operations, *tail]), 1)
        length = min(BLOCK, max(128, CACHE // (8 * pieces) // 64 * 64))
        if self.matrices:
            length = min(length, max(16, ROWS // (8 * self.columns) // 16 * 16))
        return self.length if self.length <= 2 * length else length

    def assign(self, operations: list[Operation]) -> int:
        """Give each buffer a piece of the cache until its last use; how many pieces there are."""
        last: dict[Buffer, int] = {}
        for i, operation in enumerate(operations):
            for operand in (*operation.operands, operation.out):
                if isinstance(operand, Buffer) and operand.into is None and not operand.is_total:
                    last[operand] = i
        free: list[int] = []
        pieces = 0
        for i, (_, operands, out, _) in enumerate(operations):
            ending = [
                b for b in dict.fromkeys(operands)
                if isinstance(b, Buffer) and last.get(b) == i and b is not out
            ]  # fmt: skip
            # A result may take the place of an operand if its entries are as long.
            kind = out.kind if isinstance(out, Buffer) else "f"
            free += [b.number for b in ending if b.kind == kind]
            if isinstance(out, Buffer) and out in last and out not in operands:
                if not free:
                    free.append(pieces)
                    pieces += 1
                out.number = free.pop()
                if last[out] == i:
                    ending.append(out)
            free += [b.number for b in ending if b.kind != kind or b is out]
        return pieces

    def row(self, operation: Operation, place: int, length: int) -> dict[str, Any]:
        """An instruction."""
        views, steps, advance = [], [], []
        for operand in (*operation.operands, operation.out):
            stream = operand.into if isinstance(operand, Buffer) else operand
            if stream is None:
                assert isinstance(operand, Buffer)
                item = ITEM[operand.kind]
                view = View(
                    place, 8 * length * operand.number, (length,), contiguous((length,), item),
                    operand.kind,
                )  # fmt: skip
                stream = Stream(view, item, 0)
            views.append(stream.view)
            steps.append(stream.step)
            advance.append(stream.step * length if stream.advance is None else stream.advance)
        function, data = operation.function
        return {"views": views, "steps": [*steps, *operation.core], "advance": advance,
                "function": function, "data": data}  # fmt: skip
