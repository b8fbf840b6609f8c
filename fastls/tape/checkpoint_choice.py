"""Which parts of a recorded function to compute again, so that its gradient fits into a memory.

The nodes of the function, in order, are cut into steps where little is passed on, and the steps are
nested as by Griewank & Walther (2000, Algorithm 799: revolve, ACM Transactions on Mathematical
Software 26): with s snapshots and l steps, t(l, s) steps are computed again,

    t(l, s) = r l - C(s + r, r - 1),    C(s + r - 1, s) < l <= C(s + r, s).

s = l - 1 is one snapshot a step. Every such choice is also tried with the results of matrix
products and decompositions kept, which are dear, and only the rest computed again. Of the choices
that may be best, as estimated, the cheapest whose plan fits is found by bisection.
"""

import math
import operator
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from fastls.tape import primitives as p
from fastls.tape.graph import Node, needed
from fastls.tape.memory import addresses, lifetimes
from fastls.tape.plan import plan
from fastls.tape.plan_linalg import LINALG
from fastls.tape.recording import PURPOSES

if TYPE_CHECKING:
    from fastls.tape.path import Path

__all__ = ["choose_regions", "nested", "split"]

Region = tuple[int, int, frozenset[Node]]
VIEWS = {p.IDENTITY, p.RESHAPE, p.TRANSPOSE, p.BROADCAST, p.SLICE}
MOST = 30  # how often the operations of a function may be repeated, on average


def split(steps: int, snapshots: int) -> int:
    """How many steps to take to the next snapshot; the fewest that are optimal."""
    if snapshots <= 1:
        return steps - 1
    r = 1
    while math.comb(snapshots + r, r) < steps:
        r += 1
    if r == 1:
        return 1
    return max(math.comb(snapshots + r - 2, r - 2), steps - math.comb(snapshots + r - 1, r), 1)


def nested(cuts: list[int], snapshots: int) -> list[tuple[int, int]]:
    """The parts that are computed again, given where each step begins and the last one ends."""
    found = []
    stack = [(0, len(cuts) - 1, snapshots)]
    while stack:
        first, last, free = stack.pop()
        if last - first > 1:
            middle = first + split(last - first, free)
            found.append((cuts[first], cuts[middle]))
            stack += [(first, middle, free), (middle, last, max(free - 1, 1))]
    return found


class Choice(NamedTuple):
    cost: float  # operations that are repeated
    estimate: float  # bytes
    regions: list[Region]


class Chooser:
    """What there is to choose from.

    `crossing` are the bytes passed on at each place between two nodes, `stored` those of each node.
    """

    def __init__(self, path: "Path") -> None:
        self.path, self.graph = path, path.graph
        nodes = path.graph.nodes[: path.length]
        alive = {node for node in needed(path.outputs) if node.primitive is not None}
        count = len(nodes)
        self.stored, self.cost = [0] * count, [0.0] * count
        last = list(range(count))
        source = list(range(count))
        for node in alive:
            self.stored[node.index] = 0 if node.primitive in VIEWS else size(node)
            self.cost[node.index] = cost(node)
        for node in sorted(alive, key=lambda node: node.index):
            if node.primitive in VIEWS:
                source[node.index] = source[node.inputs[0].index]
            for other in node.inputs:
                last[source[other.index]] = node.index
        change = [0] * (count + 2)
        for i in range(count):
            change[i + 1] += self.stored[i]
            change[last[i] + 1] -= self.stored[i]
        self.crossing: list[float] = list(accumulate(change[: count + 1]))
        for start, stop, _ in self.graph.regions:  # the user's stay whole
            self.crossing[start + 1 : stop] = [math.inf] * (stop - start - 1)
        self.dear = frozenset(
            node for node in alive if node.primitive is p.MATMUL or node.primitive in LINALG
        )
        self.given = list(self.graph.regions)

    def cuts(self, steps: int) -> list[int]:
        """Where to cut into about so many steps that store as much: the narrowest place near by."""
        total = list(accumulate(self.stored, initial=0))
        found = [0]
        for k in range(1, steps):
            low, high = (total[-1] * (k + shift) / steps for shift in (-0.25, 0.25))
            first, last = (min(bisect_left(total, x), len(total) - 2) for x in (low, high))
            place = min(range(first, last + 1), key=lambda i: (self.crossing[i], i))
            if place > found[-1] and self.crossing[place] < math.inf:
                found.append(place)
        return [*found, len(self.stored)]

    def choices(self, base: int) -> Iterator[Choice]:
        """All, with what they cost, given the peak without any."""
        scale = base / max(sum(self.stored), 1)
        for steps in ladder(2, max(sum(map(bool, self.stored)), 2)):
            cuts = self.cuts(steps)
            if len(cuts) < 3:
                continue
            width = max(self.crossing[cut] for cut in cuts[1:-1])
            total = list(accumulate(self.stored, initial=0))
            dear = [0] * len(self.stored)
            for node in self.dear:
                dear[node.index] = self.stored[node.index]
            inner = max(total[b] - total[a] for a, b in pairwise(cuts))
            for snapshots in ladder(1, len(cuts) - 2):
                parts = nested(cuts, snapshots)
                for kept in (frozenset(), self.dear):
                    regions = [(start, stop, kept) for start, stop in parts]
                    estimate = snapshots * width + scale * inner + (sum(dear) if kept else 0)
                    repeated = self.repeated(parts, kept)
                    if repeated <= MOST * sum(self.cost):
                        yield Choice(repeated, estimate, regions)
                    if not self.dear:
                        break

    def repeated(self, parts: list[tuple[int, int]], kept: frozenset[Node]) -> float:
        """Operations of the nodes that are computed again, as often as they are."""
        depth = [0] * (len(self.cost) + 1)
        for start, stop in parts:
            depth[start] += 1
            depth[stop] -= 1
        again = list(accumulate(depth))
        dear = sum(self.cost[node.index] * again[node.index] for node in kept)
        return float(sum(map(operator.mul, self.cost, again)) - dear)

    def peak(self, regions: list[Region]) -> int:
        """Of the plan of value and gradient."""
        path, graph = self.path, self.graph
        graph.regions[:] = [*self.given, *regions]
        nodes = PURPOSES["value and gradient"].nodes(path, path.wanted)
        planner = plan(graph, path.inputs, nodes, path.guards)
        planner.finish()
        _, size = addresses(lifetimes(planner.rows, planner.fixed), planner.sizes)
        graph.forget(path.length)
        return size


def choose_regions(path: "Path", limit: int) -> None:
    """Give a path the regions with which value and gradient fit into so many bytes.

    Raises
    ------
    ValueError
        If none is found, with the least that was.
    """
    chooser = Chooser(path)
    base = least = chooser.peak([])
    best: Choice | None = Choice(0.0, base, []) if base <= limit else None
    groups: dict[bool, list[Choice]] = {True: [], False: []}
    for choice in chooser.choices(base) if best is None else ():
        groups[any(kept for _, _, kept in choice.regions)].append(choice)
    for group in groups.values():
        cheaper = [choice for choice in frontier(group) if best is None or choice.cost < best.cost]
        low, high = 0, len(cheaper)
        while low < high:  # the peak falls as the cost grows
            middle = (low + high) // 2
            peak = chooser.peak(cheaper[middle].regions)
            least = min(least, peak)
            if peak <= limit:
                best, high = cheaper[middle], middle
            else:
                low = middle + 1
    if best is None:
        raise ValueError(
            f"memory_limit must be at least {least} bytes for value and gradient of this function, "
            f"if it is computed again {MOST} times at most; got {limit}"
        )
    chooser.graph.regions[:] = [*chooser.given, *best.regions]


def frontier(choices: list[Choice]) -> list[Choice]:
    """Those that need less memory than all that cost less."""
    found: list[Choice] = []
    for choice in sorted(choices, key=lambda choice: choice[:2]):
        if not found or choice.estimate < found[-1].estimate:
            found.append(choice)
    return found


def size(node: Node) -> int:
    return math.prod(node.shape) * int(node.dtype.itemsize)


def cost(node: Node) -> float:
    """Operations, about."""
    if node.primitive in VIEWS:
        return 0.0
    if node.primitive is p.MATMUL or node.primitive in LINALG:
        return float(math.prod(node.shape) * max(*node.inputs[0].shape[-1:], 1))
    return float(max(math.prod(node.shape), *(math.prod(i.shape) for i in node.inputs), 1))


def ladder(first: int, last: int) -> list[int]:
    """Integers that grow by a half or so, and the last."""
    found = []
    while first < last:
        found.append(first)
        first = max(first + 1, first * 3 // 2)
    return [*found, last] if last >= 1 else found
