"""How the error of searches on an interval falls with the calls of the function."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.interval.brent import Brent
from fastls.interval.dichotomy import Dichotomy
from fastls.interval.golden_section import GoldenSection
from fastls.interval.parabolic import Parabolic
from fastls.plot.axes import GREY, legend_above, named, new_axes, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["convergence", "rates"]

GOLDEN = (5**0.5 - 1.0) / 2.0
ORDER = 1.324717957244746  # the real root of t**3 = t + 1


def rates(calls: Any, length: float) -> dict[str, Any]:
    """The errors that theory promises after a number of calls, on an interval of a length.

    Parameters
    ----------
    calls : array_like
    length : float

    Returns
    -------
    dict of str to ndarray
        Dichotomy: 0.707^N length / 2; golden section: 0.618^(N-1) length. Parabolic interpolation
        has an order, 1.32, and no constant: drawn is length 2^-(1.32^(N-3)), from the three points
        that a parabola needs.

    Examples
    --------
    >>> from fastls.plot.convergence import rates
    >>> [round(float(error), 3) for error in rates(2, 1.0).values()]
    [0.25, 0.618, 0.593]
    """
    calls = np.asarray(calls, dtype=float)
    return {
        "0.707ᴺ": 0.5 ** (calls / 2.0) * length / 2.0,
        "0.618ᴺ": GOLDEN ** (calls - 1.0) * length,
        "order 1.32": length * 2.0 ** -(ORDER ** (calls - 3.0)),
    }


def convergence(
    f: Callable[[float], float],
    interval: Sequence[float],
    searches: Any = None,
    *,
    minimiser: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the error of the best point so far against the calls of the function.

    Parameters
    ----------
    f : callable
    interval : sequence of float
        (a, b) or (a, mid, b).
    searches : search, sequence of searches or dict of str to search, optional
        By default dichotomy, golden section, parabolic and Brent's.
    minimiser : float, optional
        Where f is least; by default the best point that any of the searches found. Errors of 0
        have no place on a logarithmic axis and are left out.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        With a line a search, and thin ones for the rates of theory, see `rates`.

    Examples
    --------
    >>> import fastls.plot
    >>> ax = fastls.plot.convergence(lambda x: (x - 1)**4 + x**2, (-2, 3))
    """
    if searches is None:
        searches = [Dichotomy(), GoldenSection(), Parabolic(), Brent()]
    chosen = named(searches, "searches")
    found = {name: search.minimize(f, interval, trace=True) for name, search in chosen.items()}
    if minimiser is None:
        minimiser = min(found.values(), key=lambda result: result.fun).x
    errors = {name: errors_of(result.trace, minimiser) for name, result in found.items()}

    ax = new_axes(ax)
    for style, (name, error) in zip(styles(), errors.items(), strict=False):
        ax.semilogy(
            np.arange(1, len(error) + 1), error, color=style.colour, linestyle=style.dashes,
            marker=style.marker, markersize=4, label=name,
        )  # fmt: skip
    shown = np.concatenate(list(errors.values()))
    shown = shown[shown > 0.0]
    least = max(shown.min(), 1e-16) if len(shown) else 1e-16
    length = float(interval[-1]) - float(interval[0])
    calls = np.linspace(1.0, max(map(len, errors.values())), 301)
    for dashes, (name, error) in zip(("-", "--", ":"), rates(calls, length).items(), strict=True):
        ax.plot(calls, error, color=GREY, linewidth=0.9, linestyle=dashes, label=name, zorder=1)
    ax.set_ylim(0.3 * least, 2.0 * length)
    ax.set_xlabel("calls N of the function")
    ax.set_ylabel("|x − x*|")
    legend_above(ax)
    return ax


def errors_of(rows: Any, minimiser: float) -> Any:
    """The error of the best point so far, a call; NaN where it is 0."""
    best, least = np.nan, np.inf
    found = []
    for x, value in zip(rows["x"], rows["value"], strict=True):
        if value < least:
            best, least = x, value
        elif np.isnan(best):
            best = x
        found.append(abs(best - minimiser) or np.nan)
    return np.array(found)
