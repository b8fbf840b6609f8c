"""Gradient descent on the contours of a function of two variables, a path a line search."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastls.interval.bracket import bracket
from fastls.interval.brent import Brent
from fastls.interval.method import IntervalSearch
from fastls.plot.axes import legend_above, named, new_axes, styles
from fastls.step.backtracking import Backtracking
from fastls.step.zoom import Zoom
from fastls.tape import Tape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["contours", "descend"]

GRID = 121
LEVELS = 14


def descend(
    f: Any, grad: Any, x0: Any, search: Any, steps: int, gtol: float = 1e-6
) -> np.ndarray[Any, Any]:
    """The points of gradient descent, x0 the first.

    Parameters
    ----------
    f, grad : callable
        f may be a tape, and grad None then.
    x0 : array_like
    search : step search, search on an interval, or float
        A step search begins at step 1. A search on an interval minimises along the direction,
        from the bracket that `fastls.bracket` finds. A number is a constant step.
    steps : int
        The most.
    gtol : float, optional
        Ends where no entry of the gradient is larger.

    Returns
    -------
    ndarray
        A row a point.

    Examples
    --------
    >>> import fastls
    >>> from fastls.plot.contours import descend
    >>> descend(lambda x: x @ x, lambda x: 2 * x, [1.0, 0.0], 0.25, 2)
    array([[1.  , 0.  ],
           [0.5 , 0.  ],
           [0.25, 0.  ]])
    """
    if isinstance(f, Tape) and grad is None:
        grad = f.grad
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        d = -np.asarray(grad(x), dtype=float)
        if not np.max(np.abs(d)) > gtol:
            break
        if isinstance(search, IntervalSearch):
            phi = lambda alpha, x=x, d=d: float(f(x + alpha * d))  # noqa: E731
            around = bracket(phi, 0.0, 1e-3)
            if not around.success:
                break
            alpha = search.minimize(phi, (around.a, around.mid, around.b)).x
        elif hasattr(search, "step"):
            found = search.step(f, None if isinstance(f, Tape) else grad, x, d)
            if not found.success:
                break
            alpha = found.alpha
        else:
            alpha = float(search)
        x = x + alpha * d
        if not np.isfinite(x).all() or np.max(np.abs(x)) > 1e100:
            break  # a constant step may be too long for ever
        path.append(x)
    return np.array(path)


def contours(
    f: Callable[[Any], float] | Tape,
    grad: Callable[[Any], Any] | None,
    x0: Any,
    searches: Any = None,
    *,
    steps: int = 30,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw contours of f, and the path of gradient descent with each line search.

    Parameters
    ----------
    f : callable or Tape
        Of an array of two numbers.
    grad : callable or None
        Its gradient; None for a tape.
    x0 : array_like
        Where all begin.
    searches : search, float, sequence or dict of str to these, optional
        A step search, a search on an interval (exact minimisation along the direction), or a
        number (a constant step). By default exact, backtracking and strong Wolfe.
    steps : int, optional
        The most of each path.
    xlim, ylim : (float, float), optional
        What to show; by default all paths.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import fastls.plot
    >>> f, grad = lambda x: x[0]**2 + 10 * x[1]**2, lambda x: x * [2, 20]
    >>> ax = fastls.plot.contours(f, grad, [10, 1], {"constant": 0.08})
    """
    if np.shape(x0) != (2,):
        raise ValueError(f"x0 must have the shape (2,); got {np.shape(x0)}")
    if grad is None and not isinstance(f, Tape):
        raise TypeError(f"grad may be None where f is a tape only; got f={f!r}")
    if searches is None:
        searches = {"exact": Brent(), "backtracking": Backtracking(), "strong Wolfe": Zoom()}
    chosen = named(searches, "searches")
    paths = {name: descend(f, grad, x0, search, steps) for name, search in chosen.items()}
    every = np.concatenate(list(paths.values()))
    xlim = xlim or with_margin(every[:, 0])
    ylim = ylim or with_margin(every[:, 1])
    x, y = np.linspace(*xlim, GRID), np.linspace(*ylim, GRID)
    values = np.array([[float(f(np.array([u, v]))) for u in x] for v in y])

    ax = new_axes(ax)
    finite = values[np.isfinite(values)]
    # Closer together where the function is low, where the paths end.
    height = np.linspace(0.0, 1.0, LEVELS + 1)[1:] ** 3
    levels = np.unique(finite.min() + height * np.ptp(finite))
    if len(levels) > 1:
        ax.contour(x, y, values, levels=levels, colors="0.75", linewidths=0.8, zorder=0)
    for style, (name, path) in zip(styles(), paths.items(), strict=False):
        count = len(path) - 1
        ax.plot(
            path[:, 0], path[:, 1], color=style.colour, linestyle=style.dashes,
            marker=style.marker, markersize=4, linewidth=1.4,
            label=f"{name}, {count} step{'' if count == 1 else 's'}",
        )  # fmt: skip
    ax.set_xlim(*xlim)
    ax.set_ylim(*ylim)
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")
    legend_above(ax)
    return ax


def with_margin(values: Any) -> tuple[float, float]:
    margin = 0.15 * (np.ptp(values) or 1.0)
    return float(values.min() - margin), float(values.max() + margin)
