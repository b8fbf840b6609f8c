"""Values and gradients of NumPy code, timed side by side; and by two threads at once."""

import functools
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .figures import least
from .peers import CLOCK, Peer, peers
from .progress import progress
from .tape_problems import TapeProblem, tape_problems

DURATION = 5e-4  # seconds, short enough to fall between what else the machine does
BUDGET = {True: 0.05, False: 0.3}  # seconds for one call of one peer, in the quick report or not
THREADED = {True: "tanh 64-64-64-10, 64", False: "tanh 256-256-256-10, 256"}


class Row(NamedTuple):
    """One problem; times in seconds, by the name of the peer."""

    problem: str
    row: str  # of the design
    variables: int
    operations: int
    series: str
    both: dict[str, float]  # value and gradient
    value: dict[str, float]
    preparing: dict[str, float]
    differs: dict[str, float]  # from the tape's value and gradient

    def cost(self, name: str) -> float:
        """Value and gradient over value; NaN where there is no such peer."""
        if name not in self.both:
            return math.nan
        value = self.value[name]
        if name == "tape":
            value = min(value, self.value["fastls"])  # which is NumPy's
        return self.both[name] / value

    def ratio(self, name: str, to: str = "tape") -> float:
        """How many times as long as the other a peer takes."""
        return self.both.get(name, math.nan) / self.both[to]


def measure_one(problem: TapeProblem, quick: bool) -> Row:
    progress(f"{problem.name}: preparing")
    members = list(peers(problem, quick))
    answers = {peer.name: peer.answer() for peer in members}
    for peer in members:
        peer.value(*peer.arguments)  # some compile it now
    differs = {name: difference(answer, answers["tape"]) for name, answer in answers.items()}
    progress(f"{problem.name}: {', '.join(answers)}")
    repeats = 30 if quick else 100
    return Row(
        problem.name, problem.row, problem.variables, problem.operations, problem.series,
        timed(members, "value_and_grad", repeats, BUDGET[quick]),
        timed(members, "value", repeats, BUDGET[quick]),
        {peer.name: peer.preparing for peer in members if peer.preparing}, differs,
    )  # fmt: skip


def timed(members: Sequence[Peer], what: str, repeats: int, budget: float) -> dict[str, float]:
    """The least time of a call, by peer, which take turns."""
    known: dict[str, Any] = {}
    for i, peer in enumerate(members):
        known |= {f"call{i}": getattr(peer, what), f"arguments{i}": peer.arguments}
    statements = [f"call{i}(*arguments{i})" for i in range(len(members))]
    found = least(statements, known, repeats, DURATION, budget, CLOCK)
    return {peer.name: seconds for peer, seconds in zip(members, found, strict=True)}


def difference(found: Sequence[Any], expected: Sequence[Any]) -> float:
    """The largest difference of two values and gradients, over the largest entry of each."""
    parts = []
    for ours, theirs in ((found[:1], expected[:1]), (found[1:], expected[1:])):
        if [np.shape(x) for x in ours] != [np.shape(x) for x in theirs]:
            return math.inf
        x, y = (np.concatenate([np.ravel(leaf) for leaf in each]) for each in (ours, theirs))
        parts.append(np.max(np.abs(x - y)) / max(np.max(np.abs(y)), 1e-300))
    return float(max(parts))


def geometric_mean(numbers: Sequence[float]) -> float:
    return math.exp(math.fsum(map(math.log, numbers)) / len(numbers))


# Threads.


def two_threads(quick: bool) -> dict[str, float]:
    """By how much two threads that replay one tape do more than one; and peers that could."""
    (problem,) = (each for each in tape_problems(quick) if each.name == THREADED[quick])
    found = {}
    for peer in peers(problem, quick):
        if peer.name in ("tape", "by hand", "JAX"):
            call = functools.partial(peer.value_and_grad, *peer.arguments)
            (once,) = least(["call()"], {"call": call}, 3, DURATION)
            number = max(2, int(0.01 / once))
            times = [(at_once(call, number, 1), at_once(call, number, 2))
                     for _ in range(10 if quick else 100)]  # fmt: skip
            alone, together = (min(column) for column in zip(*times, strict=True))
            found[peer.name] = 2.0 * alone / together
    return found


def at_once(call: Callable[[], Any], number: int, count: int) -> float:
    """Seconds until each of so many threads has made so many calls."""
    barrier = threading.Barrier(count + 1)

    def work() -> None:
        barrier.wait()
        for _ in range(number):
            call()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    barrier.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start
