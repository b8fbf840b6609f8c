"""Forward or reverse mode: what a Jacobian costs, by the number of outputs."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fastls.plot.axes import GREY, legend_above, new_axes, styles
from fastls.tape import record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["jacobian_modes", "time_jacobians"]

OUTPUTS = (1, 2, 5, 10, 20, 50, 100, 200, 500)

Row = tuple[int, float, float]


def time_jacobians(n: int = 100, outputs: Iterable[int] = OUTPUTS, repeats: int = 5) -> list[Row]:
    """Time the Jacobian of f(x) = A x by products with unit vectors, one after the other.

    `Tape.jacobian` takes all of them in one sweep, and here finds A itself in either mode.

    Parameters
    ----------
    n : int, optional
        The number of inputs.
    outputs : iterable of int, optional
        The numbers of outputs to try.
    repeats : int, optional
        Of which the least counts.

    Returns
    -------
    list of (int, float, float)
        Outputs, seconds for a column J v of each input (forward mode), seconds for a row u J of
        each output (reverse mode).

    Examples
    --------
    >>> from fastls.plot.jacobian_modes import time_jacobians
    >>> [(m, forward, reverse)] = time_jacobians(n=3, outputs=[2], repeats=1)
    >>> m, forward > 0, reverse > 0
    (2, True, True)
    """
    rows = []
    for m in outputs:
        matrix = np.linspace(-1.0, 1.0, m * n).reshape(m, n)
        x = np.ones(n)
        tape = record(lambda x, matrix=matrix: matrix @ x, x)
        least = []
        for product, units in ((tape.jvp, np.eye(n)), (tape.vjp, np.eye(m))):
            product(x, units[0])  # writes the program
            seconds = []
            for _ in range(repeats):
                start = time.perf_counter()
                for unit in units:
                    product(x, unit)
                seconds.append(time.perf_counter() - start)
            least.append(min(seconds))
        rows.append((m, least[0], least[1]))
    return rows


def jacobian_modes(
    rows: Sequence[Row] | None = None, *, n: int = 100, ax: "Axes | None" = None
) -> "Axes":
    """Draw the time of a Jacobian against the number of outputs, in both modes.

    Parameters
    ----------
    rows : sequence of (int, float, float), optional
        Outputs, seconds in forward mode, seconds in reverse mode; measured now if not given,
        with `time_jacobians`.
    n : int, optional
        The number of inputs: forward mode takes n products, reverse mode one an output.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import fastls.plot
    >>> rows = [(1, 1e-4, 1e-6), (100, 1e-4, 1e-4)]
    >>> ax = fastls.plot.jacobian_modes(rows, n=100)
    """
    rows = time_jacobians(n) if rows is None else list(rows)
    if not rows:
        raise ValueError("rows must not be empty")
    outputs = [m for m, _, _ in rows]
    ax = new_axes(ax)
    for style, name, place in zip(styles(), ("forward", "reverse"), (1, 2), strict=False):
        ax.loglog(
            outputs, [row[place] for row in rows], color=style.colour, linestyle=style.dashes,
            marker=style.marker, label=f"{name} mode",
        )  # fmt: skip
    ax.axvline(n, color=GREY, linewidth=1.0, linestyle=":", label=f"{n} inputs")
    ax.set_xlabel("outputs")
    ax.set_ylabel("seconds for the Jacobian")
    legend_above(ax)
    return ax
