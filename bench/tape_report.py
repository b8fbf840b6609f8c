"""The part of the report on derivatives of NumPy code, measured beside all who do the same."""

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from . import tape_figures
from .figures import Figure
from .instructions import Profile
from .peers import NAMES, left_out
from .progress import progress
from .recording import Recording, record_a_loop
from .tape_problems import tape_problems
from .tape_times import Row, geometric_mean, measure_one, two_threads

__all__ = ["Row", "TapeReport", "as_json", "figures", "left_out", "markdown", "measure",
           "print_tables"]  # fmt: skip

LEGEND = (
    "Value and gradient of plain NumPy code: replayed from a tape; by the function that "
    "fastls.value_and_grad returns; by hand in NumPy; by autograd and JAX from the same code with "
    "their own np (JAX compiled, with 64 bits and one thread, waited for); by CasADi from its own "
    "notation, called as everyone does and (buffered) with memory given beforehand. All agree "
    "before they are timed, then take turns. Times are of the processor, waiting for it left out, "
    "and minima. Empty: not installed, or of no use there (JAX and loops of hundreds of "
    "operations, which take it minutes to compile)."
)
COST = (
    "Time of value and gradient over that of the value alone; of the tape, over the faster of its "
    "value and NumPy's; of fastls and by hand, over NumPy's. Small problems are mostly what a call "
    "takes."
)
PREPARING = (
    "Until the first gradient is there, in ms: recorded, the gradient written, compiled, run once; "
    "the least of a few where it is short. autograd prepares nothing and traces at each call."
)


class TapeReport(NamedTuple):
    rows: list[Row]
    threads: dict[str, float]  # how many times as much two do in the same time, by peer
    profiles: dict[str, Profile]  # of problems whose figure was missed
    recording: Recording  # of a long loop


def measure(quick: bool) -> TapeReport:
    rows = [measure_one(problem, quick) for problem in tape_problems(quick)]
    progress("two threads")
    threads = two_threads(quick)
    profiles = tape_figures.profiles_of_missed(rows, quick)
    progress("recording a long loop")
    recording = record_a_loop(quick)
    progress()
    return TapeReport(rows, threads, profiles, recording)


def figures(report: TapeReport) -> Iterator[Figure]:
    return tape_figures.figures(report.rows, report.threads, report.profiles, report.recording)


# Tables.


def print_tables(report: TapeReport) -> None:
    print("\nDerivatives of NumPy code")
    print(textwrap.fill(LEGEND, 80))
    print_table("µs", report.rows, lambda row, name: row.both.get(name, math.nan) * 1e6)
    worst = {name: max(row.differs.get(name, 0.0) for row in report.rows) for name in NAMES[1:]}
    text = ", ".join(f"{name} {value:.0e}" for name, value in worst.items())
    print(f"Largest relative difference from the tape: {text}")
    print("\n" + textwrap.fill(COST, 80))
    print_table("gradient ÷ value", report.rows, Row.cost)
    for title, mean in (("geometric mean", geometric_mean), ("worst", max)):
        columns = [[row.cost(name) for row in report.rows if name in row.both] for name in NAMES]
        print_line(title, [mean(each) if each else math.nan for each in columns])
    print("\n" + textwrap.fill(PREPARING, 80))
    prepared = [name for name in NAMES if any(name in row.preparing for row in report.rows)]
    print_table(
        "ms", report.rows, lambda row, name: row.preparing.get(name, math.nan) * 1e3,
        [name for name in prepared if name != "buffered"],
    )  # fmt: skip
    for series in dict.fromkeys(row.series for row in report.rows if row.series):
        print(f"\n{series}: value and gradient, ns a variable")
        print_table(
            "variables", [row for row in report.rows if row.series == series],
            lambda row, name: row.both.get(name, math.nan) / row.variables * 1e9,
            label=lambda row: str(row.variables),
        )  # fmt: skip
    print("\nTwo threads to one, value and gradient: " + ", ".join(
        f"{name} {ratio:.3g} x" for name, ratio in report.threads.items()
    ))  # fmt: skip


def print_table(
    title: str, rows: list[Row], number: Callable[[Row, str], float], names: Sequence[str] = NAMES,
    label: Callable[[Row], str] = lambda row: row.problem,
) -> None:  # fmt: skip
    print(f"{title:<24}" + "".join(f"{name:>9}" for name in names))
    for row in rows:
        print_line(label(row), [number(row, name) for name in names])


def print_line(title: str, numbers: Sequence[float]) -> None:
    print(f"{title:<24}{''.join(f'{short(number):>9}' for number in numbers)}".rstrip())


def short(value: float) -> str:
    """Three digits, no exponent; nothing for NaN."""
    if math.isnan(value):
        return ""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:.{min(digits, 2)}f}"


def markdown(report: TapeReport) -> str:
    """The rows of the design and ADBench: the tape's time, and how many times as long others."""
    names = [name for name in NAMES if name not in ("tape", "fastls")]
    present = [name for name in names if any(name in row.both for row in report.rows)]
    titles = ["value and gradient", "fastls", *map(tape_figures.name_in_full, present)]
    lines = [titles, ["---", *["--:"] * (len(titles) - 1)]]
    for row in report.rows:
        if row.row:
            ratios = [short(row.ratio(name)) for name in present]
            lines.append([row.problem, f"{short(row.both['tape'] * 1e6)} µs",
                          *(f"{ratio} ×" if ratio else "" for ratio in ratios)])  # fmt: skip
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_json(report: TapeReport) -> dict[str, Any]:
    """NaN becomes None, which JSON has."""
    return {
        "rows": [row._asdict() | {"cost": {name: row.cost(name) for name in row.both}}
                 for row in report.rows],
        "threads": report.threads,
        "recording": report.recording._asdict(),
        "profiles": [
            found._asdict() | {"lines": [line._asdict() for line in found.lines]}
            for found in report.profiles.values()
        ],
    }  # fmt: skip
