"""What all pictures share: matplotlib, imported late; the palette; axes, panels and legends."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GREY", "PALETTE", "Style", "new_axes", "styles"]

# M. Okabe and K. Ito, "Color Universal Design" (2008); dark and light in turn, for print in grey.
PALETTE = ("#0072B2", "#E69F00", "#000000", "#D55E00", "#56B4E9", "#009E73", "#CC79A7")
GREY = "#6E6E6E"

DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++")


class Style(NamedTuple):
    """How one of several things is drawn: told apart by colour and without."""

    colour: str
    dashes: Any
    marker: str
    hatch: str


def styles() -> Iterator[Style]:
    """One style after the other; they begin anew when they are used up."""
    return map(Style, cycle(PALETTE), cycle(DASHES), cycle(MARKERS), cycle(HATCHES))


def require_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "pictures need matplotlib, which is not installed: pip install fastls[plot]"
        ) from error


def new_axes(ax: "Axes | None", size: tuple[float, float] = (6.4, 4.8)) -> "Axes":
    """The axes given, or those of a new figure of a size in inches."""
    require_matplotlib()
    if ax is not None:
        return ax
    from matplotlib import pyplot

    _, made = pyplot.subplots(figsize=size, layout="constrained")
    return made


def panel_below(ax: "Axes", height: float) -> "Axes":
    """A panel under the axes, of a height in inches; the x-axis is shared."""
    from matplotlib.transforms import Bbox

    below = ax.inset_axes((0.0, -0.5, 1.0, 0.4), sharex=ax)

    def place(_: Any, renderer: Any) -> Any:
        # A height relative to that of the axes would change while the layout is sought.
        figure = ax.figure
        inch = figure.dpi
        box = Bbox.from_bounds(
            ax.bbox.x0, ax.bbox.y0 - (height + 0.12) * inch, ax.bbox.width, height * inch
        )
        return box.transformed(figure.transSubfigure.inverted())

    below.set_axes_locator(place)
    ax.tick_params(labelbottom=False)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
        below.spines[side].set_visible(False)
    return below


def legend_above(ax: "Axes") -> None:
    """A legend over the axes, where it hides nothing, in as many columns as there is room for."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        letters = 0.068 * max(map(len, labels)) + 0.6  # a column's width in inches, about
        room = ax.get_position().width * ax.figure.bbox.width / ax.figure.dpi
        ax.legend(
            handles, labels, loc="lower left", bbox_to_anchor=(0.0, 1.0),
            ncols=max(1, min(4, int(room / letters))), frameon=False, borderaxespad=0.3,
            handlelength=3.0, fontsize="small",
        )  # fmt: skip


def first_number(value: Any) -> float:
    """phi(alpha), of a function that returns it alone or with its slope."""
    return float(value[0] if isinstance(value, (tuple, list)) else value)


def named(items: Any, what: str) -> dict[str, Any]:
    """A dict as it is; of one object or several, those by their texts."""
    if isinstance(items, dict):
        found = items
    else:
        several: Sequence[Any] = items if isinstance(items, (list, tuple)) else [items]
        found = {}
        for item in several:
            name = type(item).__name__
            found[name if name not in found else f"{name} {len(found) + 1}"] = item
    if not found:
        raise ValueError(f"{what} must not be empty")
    return {str(name): item for name, item in found.items()}
