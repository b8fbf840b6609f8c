"""What a search asked, in order, and how its bracket shrank."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.plot.axes import GREY, PALETTE, first_number, legend_above, new_axes, panel_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["trace"]

NEAR = 0.05  # of the axes' width and height: numbers closer than that would touch
POINTS = 401


def trace(
    found: Any, f: Callable[[float], Any] | None = None, *, ax: "Axes | None" = None
) -> "Axes":
    """Draw the points a search tried, numbered, over the function, and the bracket below.

    Parameters
    ----------
    found : Result or Step
        Of a search with ``trace=True``.
    f : callable, optional
        The function that was searched: f(x), or phi(alpha), whose slope is ignored if it returns
        one too. Without it the points stand alone. It is called 401 times, and not outside of the
        interval; of a search for a step, of the steps tried and the first bracket. Where it raises
        an `ArithmeticError` or a `ValueError`, or is not finite, the curve has a gap.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The bracket is in ``ax.child_axes[0]``: a bar an evaluation, the first on top. Numbers that
        would cover each other are left out above; below, every point has its row.

    Raises
    ------
    ValueError, TypeError
        If there is no trace.

    Examples
    --------
    >>> import fastls.plot
    >>> f = lambda x: (x - 2)**2
    >>> found = fastls.GoldenSection(xtol=0.1).minimize(f, (0, 5), trace=True)
    >>> ax = fastls.plot.trace(found, f)
    """
    if not hasattr(found, "trace"):
        raise TypeError(
            "found must be the result of a search on an interval or for a step (minimize keeps no "
            f"trace); got a {type(found).__name__}"
        )
    rows = found.trace
    if rows is None or len(rows) == 0:
        raise ValueError("found.trace must have rows: search with trace=True")
    name = rows.dtype.names[0]
    x, values = rows[name], rows["value"]
    low, high = reach(x, rows["a"], rows["b"])

    ax = new_axes(ax)
    if f is not None:
        xs = np.linspace(low, high, POINTS)
        curve = [value_or_gap(f, float(each)) for each in xs]
        ax.plot(xs, curve, color=GREY, label="φ(α)" if name == "alpha" else "f(x)")
    finite = np.isfinite(values)
    ax.plot(x[finite], values[finite], "o", color=PALETTE[0], markersize=5, linestyle="none",
            label="evaluated, in this order", zorder=3)  # fmt: skip
    best = (found.alpha, found.value) if name == "alpha" else (found.x, found.fun)
    ax.plot(*best, "D", markersize=10, markerfacecolor="none", markeredgecolor=PALETTE[3],
            markeredgewidth=1.8, label="returned", linestyle="none", zorder=4)  # fmt: skip
    if not finite.all():
        ax.plot(x[~finite], np.full((~finite).sum(), 0.03), "x", color=PALETTE[3],
                transform=ax.get_xaxis_transform(), label="not finite")  # fmt: skip
    margin = 0.06 * ((high - low) or 1.0)
    ax.set_xlim(low - margin, high + margin)
    ax.margins(y=0.12)
    number_points(ax, x, values)
    ax.set_ylabel("φ(α)" if name == "alpha" else "f(x)")
    draw_brackets(ax, x, rows["a"], rows["b"])
    ax.child_axes[-1].set_xlabel("α" if name == "alpha" else "x")
    legend_above(ax)
    return ax


def reach(x: Any, a: Any, b: Any) -> tuple[float, float]:
    """The part of the line to show: all points and the first finite bracket."""
    ends = np.concatenate([a[np.isfinite(a)][:1], b[np.isfinite(b)][:1]])
    span = np.ptp(x) if len(x) > 1 else abs(x[0])
    # A first bracket that ends at alpha_max, far beyond, would hide all else.
    ends = ends[np.abs(ends - x[0]) <= 3.0 * (span or 1.0)]
    every = np.concatenate([x, ends])
    return float(every.min()), float(every.max())


def value_or_gap(f: Callable[[float], Any], x: float) -> float:
    """The value; NaN where the function is not defined."""
    try:
        value = first_number(f(x))
    except (ArithmeticError, ValueError):
        return np.nan
    return value if np.isfinite(value) else np.nan


def number_points(ax: "Axes", x: Any, values: Any) -> None:
    """Numbers beside the points, those left out that would cover another."""
    (low, high), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    placed: list[tuple[float, float]] = []
    for i, (each, value) in enumerate(zip(x, values, strict=True), 1):
        here = (each - low) / (high - low), (value - bottom) / (top - bottom)
        if not np.isfinite(value) or any(
            abs(here[0] - u) < NEAR and abs(here[1] - v) < 1.4 * NEAR for u, v in placed
        ):
            continue
        placed.append(here)
        ax.annotate(str(i), (each, value), xytext=(0, 7), textcoords="offset points",
                    ha="center", fontsize="small", zorder=5)  # fmt: skip


def draw_brackets(ax: "Axes", x: Any, a: Any, b: Any) -> None:
    count = len(x)
    rows = np.arange(1, count + 1)
    below = panel_below(ax, float(np.clip(0.11 * count, 0.5, 1.6)))
    low, high = ax.get_xlim()
    left, right = np.clip(a, low, high), np.clip(b, low, high)
    left, right = np.minimum(left, right), np.maximum(left, right)
    known = ~(np.isnan(a) | np.isnan(b))
    below.barh(
        rows[known], (right - left)[known], left=left[known], height=0.55, color=PALETTE[4],
        edgecolor="none",
    )  # fmt: skip
    below.plot(x, rows, "o", color=PALETTE[0], markersize=3.5)
    below.set_ylim(count + 0.7, 0.3)
    every = max(1, -(-count // 12))
    below.set_yticks([i for i in rows if (i - 1) % every == 0])
    below.tick_params(axis="y", labelsize="small")
    below.set_ylabel("bracket")
