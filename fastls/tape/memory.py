"""The memory of a program: where in its workspace each array is, and what it holds when.

Arrays that are not needed at the same time share a place. How much each part of a computation takes
follows from when its arrays are first written and last read.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fastls.tape.graph import Node
    from fastls.tape.path import Path

__all__ = ["Lifetime", "Memory", "addresses", "lifetimes", "memory_of"]

ALIGNMENT = 64  # bytes, of a cache line


class Memory(NamedTuple):
    """Bytes that a replay of value and gradient needs, besides its arguments and what it returns.

    Each of the three parts is the most at any one time. The parts need not add up to the peak: the
    times may differ, and scratch (as of a factorisation) belongs to none of them.
    """

    kept: int  #: values of the function that the reverse sweep reads, at its beginning
    recomputed: int  #: values of the function that the reverse sweep computes again
    adjoints: int  #: derivatives, until they are used or returned
    peak: int  #: the workspace: what is allocated
    unshared: int  #: the workspace if no two arrays shared a place

    def __str__(self) -> str:
        return (
            f"{self.peak} bytes at the peak: {self.kept} of values kept for the reverse sweep, "
            f"{self.recomputed} of values computed again, {self.adjoints} of adjoints. "
            f"Without sharing places it would be {self.unshared}."
        )


class Lifetime(NamedTuple):
    """An array, and the numbers of the first and the last instruction that need it."""

    first: int
    last: int
    size: int  #: in bytes
    node: "Node | None"  #: whose value it is


def lifetimes(rows: Sequence[dict[str, Any]], fixed: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The first and the last instruction of each block of the arena."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for i, row in enumerate(rows):
        end = i + row.get("span", 0)  # all are alive while blocks of them are
        for view in row["views"]:
            if view.block not in fixed:
                first.setdefault(view.block, i)
                last[view.block] = max(end, last.get(view.block, 0))
    return {block: (start, last[block]) for block, start in first.items()}


def addresses(
    alive: dict[int, tuple[int, int]], sizes: Sequence[int]
) -> tuple[dict[int, int], int]:
    """Where each block is, those alive at the same time apart; and where the last one ends.

    The smallest gap that is wide enough is taken, and gaps next to each other are one (best fit).
    """
    ending: dict[int, list[int]] = {}
    starting: dict[int, list[int]] = {}
    for block, (first, last) in alive.items():
        starting.setdefault(first, []).append(block)
        ending.setdefault(last, []).append(block)
    offsets: dict[int, int] = {}
    starts: list[int] = []  # of gaps, in order, the last one without an end
    ends: list[int] = []
    size = 0
    for i in sorted({*starting, *ending}):
        for block in starting.get(i, ()):
            length = -(-sizes[block] // ALIGNMENT) * ALIGNMENT
            width, gap = min(
                ((end - start, k) for k, (start, end) in enumerate(zip(starts, ends, strict=True))
                 if end - start >= length), default=(0, -1),
            )  # fmt: skip
            if gap >= 0:
                offsets[block] = starts[gap]
                starts[gap] += length
                if width == length:
                    del starts[gap], ends[gap]
            elif ends and ends[-1] == size:
                offsets[block] = starts.pop()
                ends.pop()
                size = offsets[block] + length
            else:
                offsets[block] = size
                size += length
        for block in ending.get(i, ()):
            start = offsets[block]
            end = start - (-sizes[block] // ALIGNMENT) * ALIGNMENT
            if start == end:
                continue
            k = bisect_left(starts, start)
            if k < len(starts) and starts[k] == end:
                end = ends[k]
                del starts[k], ends[k]
            if k and ends[k - 1] == start:
                k -= 1
                start = starts[k]
                del starts[k], ends[k]
            starts.insert(k, start)
            ends.insert(k, end)
    return offsets, size


def most(alive: Iterable[Lifetime]) -> int:
    """Bytes alive at one time, at most."""
    changes: dict[int, int] = {}
    for each in alive:
        changes[each.first] = changes.get(each.first, 0) + each.size
        changes[each.last + 1] = changes.get(each.last + 1, 0) - each.size
    total = found = 0
    for i in sorted(changes):
        total += changes[i]
        found = max(found, total)
    return found


def memory_of(path: "Path") -> Memory:
    """Of value and gradient."""
    from fastls.tape.plan import plan

    program = path.program_for("value and gradient")
    with path.lock:  # no one else adds to the graph meanwhile
        planner = plan(path.graph, *path.ends["value and gradient"], path.guards)
        planner.finish()
        arrays, numbers = planner.arrays(), planner.numbers()
    kept = recomputed = adjoints = 0
    for alive in (arrays, numbers):
        groups: dict[str, list[Lifetime]] = {"value": [], "again": [], "adjoint": []}
        for each in alive:
            if each.node is not None:
                groups[role(path, each.node)].append(each)
        turn = min((each.first for each in groups["adjoint"] + groups["again"]), default=0)
        kept += sum(each.size for each in groups["value"] if each.first < turn <= each.last)
        recomputed += most(groups["again"])
        adjoints += most(groups["adjoint"])
    unshared = sum(-(-each.size // ALIGNMENT) * ALIGNMENT for each in arrays)
    unshared += sum(each.size for each in numbers)
    return Memory(kept, recomputed, adjoints, program.memory, unshared)


def role(path: "Path", node: "Node") -> str:
    """What a node of value and gradient is."""
    if node.index < path.length:
        return "value"
    return "again" if node in path.graph.originals else "adjoint"
