"""A function along a direction, and which steps the conditions accept."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.plot.axes import GREY, legend_above, new_axes, panel_below, styles
from fastls.step.conditions import (
    Armijo,
    Condition,
    Curvature,
    Goldstein,
    StrongWolfe,
    Wolfe,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["acceptable", "line"]

BISECTIONS = 50

Sloped = Callable[[float], tuple[float, float]]


def with_slope(phi: Any, dphi: Any) -> Sloped:
    """The function of alpha that returns value and slope."""
    if dphi is not None:
        return lambda alpha: (float(phi(alpha)), float(dphi(alpha)))

    def both(alpha: float) -> tuple[float, float]:
        try:
            value, slope = phi(alpha)
        except TypeError as error:
            if isinstance(found := phi(alpha), (tuple, list)):
                raise
            raise TypeError(
                f"phi must return (value, slope) where dphi is not given; got {found!r}"
            ) from error
        return float(value), float(slope)

    return both


def acceptable(
    condition: Condition, phi: Sloped, alphas: Sequence[float] | np.ndarray[Any, Any]
) -> list[tuple[float, float]]:
    """The intervals of steps that a condition accepts, as far as a grid tells them apart.

    Parameters
    ----------
    condition : Condition
    phi : callable
        ``phi(alpha) -> (value, slope)``.
    alphas : array_like
        Increasing, none below 0.

    Returns
    -------
    list of (float, float)
        An end that lies between two points of the grid is found by bisection.

    Examples
    --------
    >>> import fastls
    >>> from fastls.plot.line import acceptable
    >>> phi = lambda alpha: ((1 - alpha)**2, 2*(alpha - 1))
    >>> [(low, high)] = acceptable(fastls.Goldstein(0.25), phi, [0.0, 0.7, 1.2, 2.0])
    >>> round(low, 9), round(high, 9)
    (0.5, 1.5)
    """
    value0, slope0 = phi(0.0)

    def holds(alpha: float) -> bool:
        return condition.holds(alpha, *phi(alpha), value0, slope0)

    def edge(outside: float, inside: float) -> float:
        for _ in range(BISECTIONS):
            middle = 0.5 * (outside + inside)
            if holds(middle):
                inside = middle
            else:
                outside = middle
        return inside

    found: list[tuple[float, float]] = []
    start: float | None = None
    before = 0.0
    for i, alpha in enumerate(map(float, alphas)):
        if alpha > 0.0 and holds(alpha):  # 0 is no step
            if start is None:
                start = alpha if i == 0 else edge(before, alpha)
        elif start is not None:
            found.append((start, edge(alpha, before)))
            start = None
        before = alpha
    if start is not None:
        found.append((start, before))
    return found


def line(
    phi: Any,
    conditions: Condition | Sequence[Condition] | None = None,
    *,
    dphi: Callable[[float], float] | None = None,
    alpha_max: float = 1.0,
    points: int = 401,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw phi(alpha), the lines that conditions compare it with, and the steps they accept.

    Parameters
    ----------
    phi : callable or Ray
        ``phi(alpha) -> (value, slope)``, or the value alone where dphi is given.
    conditions : Condition or sequence of Condition, optional
        Each has a strip below the curve, filled where it holds; a single one is shaded over the
        whole height too. By default, Armijo, Goldstein, Wolfe and strong Wolfe.
    dphi : callable, optional
        ``dphi(alpha) -> slope``.
    alpha_max : float, optional
        The longest step drawn.
    points : int, optional
        Of the grid on which the curve is drawn, and on which acceptable intervals are looked for.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The strips are in ``ax.child_axes[0]``.

    Examples
    --------
    >>> import fastls.plot
    >>> phi = lambda alpha: ((1 - alpha)**2, 2*(alpha - 1))
    >>> ax = fastls.plot.line(phi, fastls.Goldstein(), alpha_max=2)
    """
    if conditions is None:
        conditions = [Armijo(), Goldstein(), Wolfe(), StrongWolfe()]
    chosen = [conditions] if isinstance(conditions, Condition) else list(conditions)
    if not chosen:
        raise ValueError("conditions must not be empty")
    if not 0.0 < alpha_max < np.inf:
        raise ValueError(f"alpha_max must be positive and finite; got {alpha_max!r}")
    if points < 2:
        raise ValueError(f"points must be at least 2; got {points!r}")
    both = with_slope(phi, dphi)
    alphas = np.linspace(0.0, alpha_max, points)
    found = np.array([both(alpha) for alpha in alphas])
    values, slopes = found[:, 0], found[:, 1]
    accepted = [acceptable(condition, both, alphas) for condition in chosen]

    ax = new_axes(ax)
    ax.plot(alphas, values, color="black", linewidth=2.0, label="φ(α)", zorder=3)
    finite = values[np.isfinite(values)]
    margin = 0.08 * (np.ptp(finite) or 1.0)
    ax.set_ylim(finite.min() - margin, finite.max() + margin)
    for style, condition in zip(styles(), chosen, strict=False):
        draw_lines(ax, condition, style, alphas, values, slopes)
    below = panel_below(ax, 0.25 * len(chosen))
    for row, (style, intervals) in enumerate(zip(styles(), accepted, strict=False)):
        bars = [(low, high - low) for low, high in intervals]
        below.broken_barh(
            bars, (row - 0.35, 0.7), facecolor=style.colour, edgecolor="white",
            hatch=style.hatch, linewidth=0.5,
        )  # fmt: skip
        if len(chosen) == 1:
            for low, high in intervals:
                ax.axvspan(low, high, color=style.colour, alpha=0.15, linewidth=0.0)
    below.set_yticks(range(len(chosen)), [text(condition) for condition in chosen])
    below.tick_params(axis="y", length=0)
    below.set_ylim(len(chosen) - 0.5, -0.5)
    below.set_xlabel("step α; filled: accepted")
    ax.set_xlim(0.0, alpha_max)
    legend_above(ax)
    return ax


def text(condition: Condition) -> str:
    """The condition by its constants, as they are called in books."""
    signs = {"c1": "c₁", "c2": "c₂", "epsilon": "ε"}
    inside = ", ".join(f"{signs.get(k, k)}={v:g}" for k, v in condition.constants().items())
    return f"{type(condition).__name__}({inside})"


def draw_lines(ax: "Axes", condition: Condition, style: Any, alphas: Any, values: Any, slopes: Any
               ) -> None:  # fmt: skip
    """What the condition compares phi with: lines through phi(0), and slopes."""
    value0, slope0 = values[0], slopes[0]
    drawn = set(ax.get_legend_handles_labels()[1])

    def through_start(fraction: float) -> Any:
        return value0 + fraction * slope0 * alphas

    constants = condition.constants()
    if isinstance(condition, Goldstein):
        steep, flat = through_start(1.0 - condition.c), through_start(condition.c)
        ax.fill_between(
            alphas, steep, flat, color=style.colour, alpha=0.2, linewidth=0.0,
            label=f"Goldstein cone, c = {condition.c:g}",
        )  # fmt: skip
        for edge in (steep, flat):
            ax.plot(alphas, edge, color=style.colour, linestyle=style.dashes, linewidth=1.0)
    elif "c1" in constants and "epsilon" not in constants:
        label = f"φ(0) + c₁ α φ′(0), c₁ = {constants['c1']:g}"
        if label not in drawn:
            ax.plot(alphas, through_start(constants["c1"]), color=style.colour,
                    linestyle=style.dashes, label=label)  # fmt: skip
    if isinstance(condition, (Curvature, Wolfe)):
        label = f"slope c₂ φ′(0), c₂ = {constants['c2']:g}"
        if label not in drawn:
            draw_slope(ax, alphas, values, slopes, constants["c2"] * slope0, label, (0, (1, 1)))
        label = f"slope −c₂ φ′(0), c₂ = {constants['c2']:g}"
        if isinstance(condition, StrongWolfe) and label not in drawn:
            draw_slope(ax, alphas, values, slopes, -constants["c2"] * slope0, label, (0, (4, 1)))


def draw_slope(
    ax: "Axes", alphas: Any, values: Any, slopes: Any, slope: float, label: str, dashes: Any
) -> None:
    """Short tangents where the curve has a slope."""
    length = 0.07 * alphas[-1]
    past = slopes > slope
    for i in np.flatnonzero(past[1:] != past[:-1]):
        share = (slope - slopes[i]) / (slopes[i + 1] - slopes[i])
        alpha = alphas[i] + share * (alphas[i + 1] - alphas[i])
        value = values[i] + share * (values[i + 1] - values[i])
        ax.plot(
            [alpha - length, alpha + length], [value - slope * length, value + slope * length],
            color=GREY, linestyle=dashes, linewidth=2.5, label=label, zorder=4,
        )  # fmt: skip
        ax.plot([alpha], [value], "o", color=GREY, markersize=4, zorder=4)
        label = "_"
