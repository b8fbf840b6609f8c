"""The first step down the gradient from the standard starts of Moré, Garbow and Hillstrom."""

import math
import textwrap
import time
import timeit
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

import fastls

from .line_searches import Ray, RaySearch, drop_in, follow, quiet, scipys, searches, stepping
from .more_garbow_hillstrom import LeastSquares, problems

C1, C2 = 1e-4, 0.9

#: SciPy's search for the same condition, which each is held against.
PEERS = {
    "MoreThuente": "line_search_wolfe1",
    "line_search_wolfe1": "line_search_wolfe1",
}

#: Why a search may call more often than its peer.
REASONS = {
    "HagerZhang": "it takes f and g at every trial, and interpolates slopes, not values",
    "Zoom": "its steps grow up to tenfold, those of line_search double",
}

LEGEND = (
    f"The 35 problems of Moré, Garbow and Hillstrom: one step along -g from the standard start; "
    f"c1={C1:g}, c2={C2:g}; first min(1, 1.01/|g|), as SciPy's BFGS has it. f and g at the start "
    "are given. solved: strong Wolfe holds, computed again (Wolfe for B-Wolfe, which is "
    "Backtracking; for HagerZhang, its own). ×: geometric means over the problems both solve, "
    "calls of f and g and time to those of SciPy's line_search; of MoreThuente, to those of "
    "line_search_wolfe1."
)


class Row(NamedTuple):
    """One search on one problem."""

    problem: str
    dimension: int
    search: str
    by: str
    alpha: float | None
    nfev: int
    ngev: int
    seconds: float
    solved: bool
    status: str

    @property
    def calls(self) -> int:
        return self.nfev + self.ngev


def ray(problem: LeastSquares) -> Ray:
    x, f0, grad0 = problem.start, problem.value(problem.start), problem.gradient(problem.start)
    norm = float(np.linalg.norm(grad0))
    before = f0 + norm / 2
    alpha = min(1.0, 1.01 * 2 * (before - f0) / norm**2)
    return Ray(problem.value, problem.gradient, x, -grad0, alpha, f0, grad0, before)


def competitors() -> dict[tuple[str, str], RaySearch]:
    ours = {("fastls", name): stepping(search) for name, search in searches(C1, C2).items()}
    ours |= {("fastls", name): search for name, search in drop_in(c1=C1, c2=C2).items()}
    return ours | {("SciPy", name): search for name, search in scipys(C1, C2).items()}


def measure(repeats: int) -> Iterator[Row]:
    """Times in turn, the least of which counts."""
    chosen = competitors()
    with quiet():
        for problem in problems():
            start = ray(problem)
            least = dict.fromkeys(chosen, math.inf)
            for _ in range(repeats):
                for key, search in chosen.items():
                    least[key] = min(least[key], seconds(search, start))
            for (by, name), search in chosen.items():
                found = follow(search, start)
                yield Row(
                    problem.name, problem.dimension, name, by, found.alpha, found.nfev, found.ngev,
                    least[by, name], found.success and holds(name, start, found.alpha),
                    found.status,
                )  # fmt: skip


def seconds(search: RaySearch, start: Ray) -> float:
    begin = time.perf_counter()
    search(start)
    number = max(1, int(5e-4 / (time.perf_counter() - begin)))
    return timeit.timeit(lambda: search(start), number=number) / number


def holds(name: str, start: Ray, alpha: float | None) -> bool:
    """Whether the step satisfies what the search is for."""
    if alpha is None:
        return False
    x = start.x + alpha * start.d
    slope, slope0 = float(start.grad(x) @ start.d), float(start.grad0 @ start.d)
    asked: list[fastls.Condition] = [fastls.StrongWolfe(C1, C2)]
    if name in ("HagerZhang", "Backtracking, Wolfe"):
        asked.append(fastls.Wolfe(C1, C2))
    if name == "HagerZhang":
        asked.append(fastls.ApproximateWolfe(C1, C2))
    return any(c.holds(alpha, start.f(x), slope, start.f0, slope0) for c in asked)


def peer(name: str) -> str:
    return PEERS.get(name, "line_search")


def mean_ratio(rows: list[Row], others: list[Row], what: str) -> float:
    """The geometric mean over the problems both solve; NaN where there is no other."""
    logarithms = [
        math.log(getattr(row, what) / getattr(other, what))
        for row, other in zip(rows, others, strict=False)
        if row.solved and other.solved
    ]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else math.nan


def by_search(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.by, row.search), []).append(row)
    return groups


def print_table(rows: list[Row], every: bool) -> None:
    print("\nFirst steps")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<27}{'solved':>7}{'f':>5}{'g':>5}{'f + g':>7}{'time µs':>9}{'calls ×':>10}"
        f"{'time ×':>10}"
    )
    groups = by_search(rows)
    for (by, name), group in groups.items():
        others = groups.get(("SciPy", peer(name)), [])
        print(
            f"{by:<7}{name:<20}{sum(row.solved for row in group):>7}"
            f"{sum(row.nfev for row in group):>5}{sum(row.ngev for row in group):>5}"
            f"{sum(row.calls for row in group):>7}{sum(row.seconds for row in group) * 1e6:>9.0f}"
            f"{mean_ratio(group, others, 'calls'):>10.3f}"
            f"{mean_ratio(group, others, 'seconds'):>10.3f}"
        )
    for text in remarks(groups):
        print(textwrap.fill("- " + text, 80, subsequent_indent="  "))
    if every:
        print_problems(groups)


def remarks(groups: dict[tuple[str, str], list[Row]]) -> Iterator[str]:
    """Where a search calls more than SciPy's for the same condition."""
    for (by, name), group in groups.items():
        others = groups.get(("SciPy", peer(name)), [])
        more = [
            f"{row.problem} {row.nfev}/{row.ngev} to {other.nfev}/{other.ngev}"
            for row, other in zip(group, others, strict=False)
            if row.solved and other.solved and row.calls > other.calls
        ]
        if by == "fastls" and more:
            why = f" ({REASONS[name]})" if name in REASONS else ""
            yield f"{name}: more calls than {peer(name)} on {len(more)}{why}: {', '.join(more)}."
        failed = [f"{row.problem} ({row.status or 'None'})" for row in group if not row.solved]
        if failed:
            yield f"{by} {name}: not solved: {', '.join(failed)}."


def print_problems(groups: dict[tuple[str, str], list[Row]]) -> None:
    """f/g of every search on every problem."""
    for rows in zip(*groups.values(), strict=True):
        counts = " ".join(f"{row.nfev}/{row.ngev}" + "!" * (not row.solved) for row in rows)
        print(f"{rows[0].problem[:28]:<29}{counts}")
