"""The tables of Moré and Thuente (1994): six functions, four first steps each."""

import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import fastls
from fastls.step.method import StepSearch

from .line_problems import STARTS, LineProblem, Table, more_thuente
from .line_searches import Outcome, quiet, scipy_dcsrch, scipy_line_search, searches

#: What is printed elsewhere: by Moré and Thuente, and for the method of Hager and Zhang with the
#: approximate Wolfe conditions by the R package mize (tests/testthat/test_hager_zhang.R).
PUBLISHED = {"MoreThuente": 179, "HagerZhang": 268}

# SciPy's line_search asks for c1 < c2, where the tables have c1 = c2.
NUDGE = 1 + 1e-9

LEGEND = (
    "Evaluations: of phi and phi' together; value/slope where they are apart. ! : failed, or what "
    "it returned does not satisfy its condition. published: by Moré and Thuente. SciPy's "
    "line_search (iter100: with maxiter=100): the direction made as long as the first step, and "
    "c2 (1 + 1e-9) where c1 = c2. Conditions: strong Wolfe; HZ: Wolfe or approximate Wolfe; "
    "B-Wolfe: Wolfe (weak). B-: Backtracking, cubic."
)


class Row(NamedTuple):
    """One search on one row of the tables."""

    function: str
    start: float
    published: int
    search: str
    by: str
    alpha: float | None
    nfev: int
    ngev: int
    success: bool
    holds: bool  # the condition, on value and slope computed again
    as_printed: bool  # the step, to the digits printed
    status: str

    @property
    def solved(self) -> bool:
        return self.success and self.holds

    @property
    def calls(self) -> str:
        counts = str(self.nfev) if self.nfev == self.ngev else f"{self.nfev}/{self.ngev}"
        return counts if self.solved else counts + "!"


Search = Callable[[LineProblem, float], Outcome]

#: Rows solved, values and slopes computed, of each search.
Totals = dict[tuple[str, str], tuple[int, int, int]]


def fused(search: StepSearch, problem: LineProblem, start: float) -> Outcome:
    phi0, slope0 = problem.fused(0.0)
    step = search.search(problem.fused, alpha=start, phi0=phi0, slope0=slope0)
    return Outcome(step.alpha, step.nfev, step.ngev, step.success, step.status.name)


def apart(search: StepSearch, problem: LineProblem, start: float) -> Outcome:
    phi0, slope0 = problem.fused(0.0)
    step = search.search(problem.phi, problem.dphi, alpha=start, phi0=phi0, slope0=slope0)
    return Outcome(step.alpha, step.nfev, step.ngev, step.success, step.status.name)


def conditions(c1: float, c2: float) -> dict[str, list[fastls.Condition]]:
    """What the step of each search satisfies, where it is not strong Wolfe alone."""
    weak = fastls.Wolfe(c1, c2)
    return {
        "HagerZhang": [weak, fastls.ApproximateWolfe(c1, c2)],
        "Backtracking, Wolfe": [weak],
    }


def measure() -> Iterator[Row]:
    """Every search on every row."""
    with quiet():
        for table in more_thuente():
            for i, start in enumerate(STARTS):
                for (by, name), search in competitors(table).items():
                    outcome = search(table.problem, start)
                    yield row(table, i, by, name, outcome)


def competitors(table: Table) -> dict[tuple[str, str], Search]:
    c1, c2 = table.c1, table.c2
    ours: dict[tuple[str, str], Search] = {
        ("fastls", name): partial(fused, search) for name, search in searches(c1, c2).items()
    }
    ours["fastls", "Zoom, apart"] = partial(apart, fastls.Zoom(c1, c2))
    return ours | scipys(c1, c2)


def scipys(c1: float, c2: float) -> dict[tuple[str, str], Search]:
    """SciPy's, where it is installed."""
    try:
        from scipy.optimize import _dcsrch  # noqa: F401
    except ImportError:
        return {}
    greater = c2 if c1 < c2 else c2 * NUDGE
    return {
        ("SciPy", "DCSRCH"): partial(scipy_dcsrch, c1=c1, c2=c2),
        ("SciPy", "line_search"): partial(scipy_line_search, c1=c1, c2=greater, maxiter=10),
        ("SciPy", "maxiter=100"): partial(scipy_line_search, c1=c1, c2=greater, maxiter=100),
    }


def row(table: Table, i: int, by: str, name: str, outcome: Outcome) -> Row:
    strong = fastls.StrongWolfe(table.c1, table.c2 if by == "fastls" else table.c2 * NUDGE)
    asked = conditions(table.c1, table.c2).get(name, [strong])
    holds = as_printed = False
    if outcome.alpha is not None:
        value, slope = table.problem.fused(outcome.alpha)
        value0, slope0 = table.problem.fused(0.0)
        holds = any(c.holds(outcome.alpha, value, slope, value0, slope0) for c in asked)
        as_printed = agrees(outcome.alpha, table.steps[i])
    return Row(
        table.problem.name, STARTS[i], table.published[i], name, by, outcome.alpha, outcome.nfev,
        outcome.ngev, outcome.success, holds, as_printed, outcome.status,
    )  # fmt: skip


def agrees(number: float, printed: str) -> bool:
    """To the last digit printed: some are rounded, some cut off."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return abs(number - float(printed)) < 10.0**exponent


def totals(rows: list[Row]) -> Totals:
    found: Totals = {}
    for item in rows:
        solved, nfev, ngev = found.get((item.by, item.search), (0, 0, 0))
        found[item.by, item.search] = solved + item.solved, nfev + item.nfev, ngev + item.ngev
    return found


def matches(rows: list[Row]) -> int:
    """Rows that MoreThuente solves in the evaluations and to the step published."""
    return sum(
        row.solved and row.as_printed and row.nfev == row.ngev == row.published
        for row in rows
        if row.search == "MoreThuente"
    )


#: The columns, and how wide they are.
COLUMNS = {
    ("fastls", "MoreThuente"): ("MT", 4),
    ("fastls", "Zoom"): ("Zoom", 5),
    ("fastls", "Zoom, apart"): ("apart", 8),
    ("fastls", "HagerZhang"): ("HZ", 4),
    ("fastls", "Backtracking, strong"): ("B-str", 6),
    ("fastls", "Backtracking, Wolfe"): ("B-Wolfe", 8),
    ("SciPy", "DCSRCH"): ("DCSRCH", 7),
    ("SciPy", "line_search"): ("line_s.", 8),
    ("SciPy", "maxiter=100"): ("iter100", 8),
}


def print_table(rows: list[Row]) -> None:
    print("\nMoré and Thuente's tables, a row for each function and first step")
    print(textwrap.fill(LEGEND, 80))
    sums = totals(rows)
    print(line("function", "", "publ.", {key: name for key, (name, _) in COLUMNS.items()}))
    for i in range(0, len(rows), len(sums)):
        group = rows[i : i + len(sums)]
        first, calls = group[0], {(row.by, row.search): row.calls for row in group}
        print(line(first.function, f"{first.start:g}", str(first.published), calls))
    published = sum(row.published for row in rows[:: len(sums)])
    counts = {key: str(f) if f == g else f"{f}/{g}" for key, (_, f, g) in sums.items()}
    print(line("sum", "", str(published), counts))
    print(line("solved", "", "24", {key: str(solved) for key, (solved, _, _) in sums.items()}))
    for text in remarks(rows, sums):
        print(textwrap.fill("- " + text, 80, subsequent_indent="  "))


def line(name: str, start: str, published: str, cells: dict[tuple[str, str], str]) -> str:
    shown = (f"{cells[key]:>{width}}" for key, (_, width) in COLUMNS.items() if key in cells)
    return f"{name:<11}{start:>5}{published:>6}" + "".join(shown)


def remarks(rows: list[Row], sums: Totals) -> Iterator[str]:
    """Where more is called than published, or by SciPy, for the same condition, and why."""
    yield (
        f"HZ: {sums['fastls', 'HagerZhang'][1]} in all; elsewhere (mize, in R), with the same "
        f"conditions: {PUBLISHED['HagerZhang']}."
    )
    strong = sums["fastls", "Backtracking, strong"][1]
    if strong > PUBLISHED["MoreThuente"]:
        short = [row for row in rows if row.search == "Backtracking, strong" and row.start < 0.01]
        ours, published = sum(row.nfev for row in short), sum(row.published for row in short)
        yield (
            f"B-str: {strong} in all, more than published. Steps that are too short it only "
            f"doubles: from 0.001, {ours} to {published}; from the others, {strong - ours} to "
            f"{PUBLISHED['MoreThuente'] - published}."
        )
    if more := [
        f"{row.function} {row.start:g}: {row.calls} to {other.calls}"
        for row, other in zip(
            (row for row in rows if row.search == "Zoom, apart"),
            (row for row in rows if row.search == "maxiter=100"),
            strict=False,
        )
        if other.solved and row.nfev + row.ngev > other.nfev + other.ngev
    ]:
        yield f"apart: more than SciPy's line_search, where that succeeds, at {'; '.join(more)}."
    if sums["fastls", "Backtracking, Wolfe"][0] < 24:
        yield (
            "B-Wolfe accepts 1 on the last row, where phi(1) = phi(0) to the last bit: equal "
            "values it takes for rounding, and slopes decide (step.condition is ApproximateWolfe)."
        )
