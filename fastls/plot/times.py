"""Times of several implementations, side by side."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from fastls.plot.axes import legend_above, new_axes, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["times"]


def times(
    rows: Iterable[tuple[str, str, float, str]], *, title: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Draw times as bars on a logarithmic axis, grouped by what was computed.

    Parameters
    ----------
    rows : iterable of (str, str, float, str)
        What was computed; by whom; seconds, NaN where it failed; and a remark written beside the
        bar.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise, as high as there are rows.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import fastls.plot
    >>> rows = [("Brent", "fastls", 1e-6, "9 calls"), ("Brent", "SciPy", 5e-5, "9 calls")]
    >>> ax = fastls.plot.times(rows)
    """
    rows = list(rows)
    if not rows:
        raise ValueError("rows must not be empty")
    groups = list(dict.fromkeys(group for group, *_ in rows))
    known = dict(zip(dict.fromkeys(by for _, by, *_ in rows), styles(), strict=False))
    measured = [seconds for _, _, seconds, _ in rows if np.isfinite(seconds)]
    least = 0.5 * min(measured) if measured else 1.0

    ax = new_axes(ax, (6.4, 1.2 + 0.24 * (len(rows) + 0.6 * len(groups))))
    from matplotlib.ticker import EngFormatter

    ticks = []
    place = 0.0
    labelled: set[str] = set()
    for group in groups:
        here = [row for row in rows if row[0] == group]
        ticks.append(place + 0.5 * (len(here) - 1))
        for _, by, seconds, remark in here:
            style = known[by]
            finite = np.isfinite(seconds)
            ax.barh(
                [place], [seconds - least if finite else 0.0], left=least, height=0.85,
                color=style.colour, hatch=style.hatch, edgecolor="white", linewidth=0.5,
                label="_" if by in labelled else by,
            )  # fmt: skip
            labelled.add(by)
            note = remark if finite else f"failed {remark}".strip()
            ax.annotate(note, (seconds if finite else least, place), xytext=(4, 0),
                        textcoords="offset points", va="center", fontsize="small")  # fmt: skip
            place += 1.0
        place += 0.6
    ax.set_xscale("log")
    room = 8.0 if any(remark for *_, remark in rows) else 1.5
    ax.set_xlim(least, room * max(measured, default=1.0))
    ax.xaxis.set_major_formatter(EngFormatter("s"))
    ax.set_yticks(ticks, groups)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(place - 0.9, -0.6)
    ax.set_xlabel(f"time, logarithmic{': ' + title if title else ''}")
    legend_above(ax)
    return ax
