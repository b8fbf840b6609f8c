"""The times of the report as pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fastls.plot.axes import require_matplotlib
from fastls.plot.memory import memory
from fastls.plot.times import times

from . import memory_report, tape_report

if TYPE_CHECKING:
    from .__main__ import Row

Bar = tuple[str, str, float, str]


def prepare(folder: Path) -> None:
    """Raise what is wrong before all is measured, not after."""
    require_matplotlib()
    folder.mkdir(parents=True, exist_ok=True)


def draw(
    rows: Sequence["Row"], tapes: Sequence[tape_report.Row],
    memories: Sequence[memory_report.Row], folder: Path,
) -> None:  # fmt: skip
    """A picture a family of problems on an interval, one of derivatives, and one of memory."""
    from matplotlib.figure import Figure

    for family in dict.fromkeys(row.family for row in rows):
        name = "".join(letter if letter.isalnum() else "_" for letter in family)
        save(sums([row for row in rows if row.family == family]), family, folder / f"{name}.png")
    save(derivatives(tapes), "value and gradient", folder / "derivatives.png")
    longest = [row for row in memories if row.layers == memories[-1].layers]
    figure = Figure(figsize=(7.0, 5.0), layout="constrained")
    points = [(f"{row.kind}, {row.way}", row.planned, row.seconds) for row in longest]
    memory(points, ax=figure.subplots())
    figure.savefig(folder / "memory.png", dpi=110)


def sums(rows: Sequence["Row"]) -> list[Bar]:
    """The time of every implementation of a method, on all problems together."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for method in dict.fromkeys(row.method for row in rows):
        for row in rows:
            if row.method == method:
                groups.setdefault((method, row.by), []).append(row)
    return [
        (method, by, sum(row.seconds for row in group), f"{sum(row.nfev for row in group)} calls")
        for (method, by), group in groups.items()
    ]


def derivatives(rows: Sequence[tape_report.Row]) -> list[Bar]:
    names = {"tape": "tape", "fastls": "value_and_grad", "autograd": "autograd",
             "by_hand": "NumPy by hand"}  # fmt: skip
    found = [(row.problem, name, getattr(row, field), "")
             for row in rows for field, name in names.items()]  # fmt: skip
    return [bar for bar in found if bar[2] == bar[2]]  # NaN where there is no such peer


def save(bars: list[Bar], title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    groups = len({group for group, *_ in bars})
    figure = Figure(figsize=(7.0, 1.4 + 0.24 * (len(bars) + 0.6 * groups)), layout="constrained")
    times(bars, title=title, ax=figure.subplots())
    figure.savefig(path, dpi=110)
