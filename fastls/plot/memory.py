"""Memory against time: what is kept and what is computed again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastls.plot.axes import GREY, legend_above, new_axes, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["memory"]


def memory(rows: Iterable[tuple[str, float, float]], *, ax: "Axes | None" = None) -> "Axes":
    """Draw time against memory, a point a way of computing the same.

    Parameters
    ----------
    rows : iterable of (str, float, float)
        Label, bytes, seconds; both positive.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The step line is the least time to be had with a memory: what lies above it is no use.

    Examples
    --------
    >>> import fastls.plot
    >>> rows = [("all kept", 8e6, 0.1), ("checkpoints", 1e6, 0.17)]
    >>> ax = fastls.plot.memory(rows)
    """
    rows = [(str(label), float(size), float(seconds)) for label, size, seconds in rows]
    if not rows:
        raise ValueError("rows must not be empty")
    for label, size, seconds in rows:
        if not (size > 0.0 and seconds > 0.0):
            raise ValueError(
                f"bytes and seconds must be positive; got {size:g} and {seconds:g} for {label!r}"
            )
    ax = new_axes(ax)
    from matplotlib.ticker import EngFormatter, NullFormatter

    frontier: list[tuple[float, float]] = []
    for _, size, seconds in sorted(rows, key=lambda row: row[1:]):
        if not frontier or seconds < frontier[-1][1]:
            frontier.append((size, seconds))
    ax.plot(*zip(*frontier, strict=True), color=GREY, linewidth=1.0, drawstyle="steps-post",
            zorder=1)  # fmt: skip
    for style, (label, size, seconds) in zip(styles(), rows, strict=False):
        ax.plot([size], [seconds], style.marker, color=style.colour, markersize=8,
                linestyle="none", label=label)  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis, unit, values in (
        (ax.xaxis, "B", [row[1] for row in rows]), (ax.yaxis, "s", [row[2] for row in rows])
    ):  # fmt: skip
        axis.set_major_formatter(EngFormatter(unit))
        narrow = max(values) < 10.0 * min(values)
        axis.set_minor_formatter(EngFormatter(unit) if narrow else NullFormatter())
    ax.margins(0.15)
    ax.set_xlabel("memory")
    ax.set_ylabel("time")
    legend_above(ax)
    return ax
