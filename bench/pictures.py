"""The times of the report as pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fastls.plot.axes import legend_above, require_matplotlib, styles
from fastls.plot.memory import memory
from fastls.plot.times import times

from . import memory_report
from .peers import NAMES
from .tape_report import TapeReport
from .tape_times import Row as TapeRow

if TYPE_CHECKING:
    from .__main__ import Row

Bar = tuple[str, str, float, str]


def prepare(folder: Path) -> None:
    """Raise what is wrong before all is measured, not after."""
    require_matplotlib()
    folder.mkdir(parents=True, exist_ok=True)


def draw(
    rows: Sequence["Row"], tapes: TapeReport, memories: Sequence[memory_report.Row], folder: Path
) -> None:  # fmt: skip
    """A picture a family of problems on an interval, those of derivatives, and one of memory."""
    for family in dict.fromkeys(row.family for row in rows):
        name = "".join(letter if letter.isalnum() else "_" for letter in family)
        save(sums([row for row in rows if row.family == family]), family, folder / f"{name}.png")
    draw_tapes(tapes, folder)
    draw_memories(memories, folder)


def draw_memories(memories: Sequence[memory_report.Row], folder: Path) -> None:
    from matplotlib.figure import Figure

    longest = [row for row in memories if row.layers == memories[-1].layers]
    figure = Figure(figsize=(7.0, 5.0), layout="constrained")
    points = [(f"{row.kind}, {row.way}", row.planned, row.seconds) for row in longest]
    memory(points, ax=figure.subplots())
    figure.savefig(folder / "memory.png", dpi=110)


def draw_tapes(tapes: TapeReport, folder: Path) -> None:
    """All problems; and of each series, the cost against the number of variables."""
    save(derivatives(tapes.rows), "value and gradient", folder / "derivatives.png")
    series = dict.fromkeys(row.series for row in tapes.rows if row.series)
    for number, title in enumerate(series, 1):
        rows = [row for row in tapes.rows if row.series == title]
        save_curves(rows, title, folder / f"against_n_{number}.png")


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


def derivatives(rows: Sequence[TapeRow]) -> list[Bar]:
    return [(row.problem, name, row.both[name], "")
            for row in rows for name in NAMES if name in row.both]  # fmt: skip


def save(bars: list[Bar], title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    groups = len({group for group, *_ in bars})
    figure = Figure(figsize=(7.0, 1.4 + 0.24 * (len(bars) + 0.6 * groups)), layout="constrained")
    times(bars, title=title, ax=figure.subplots())
    figure.savefig(path, dpi=110)


def save_curves(rows: Sequence[TapeRow], title: str, path: Path) -> None:
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    ax = figure.subplots()
    for name, style in zip(NAMES, styles(), strict=False):
        points = [(row.variables, row.both[name]) for row in rows if name in row.both]
        if points:
            ax.loglog(*zip(*points, strict=True), color=style.colour, linestyle=style.dashes,
                      marker=style.marker, label=name)  # fmt: skip
    ax.yaxis.set_major_formatter(EngFormatter("s"))
    ax.set_xlabel(f"variables: {title}")
    ax.set_ylabel("value and gradient")
    legend_above(ax)
    figure.savefig(path, dpi=110)
