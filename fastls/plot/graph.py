"""A computational graph with values and derivatives at its nodes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from fastls.plot.axes import GREY, PALETTE, new_axes
from fastls.plot.layout import layered
from fastls.tape import Tape, record
from fastls.tape.graph import Node, needed
from fastls.tape.picture import label
from fastls.tape.transforms import pullback, pushforward

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Labelled", "annotate", "graph"]

MOST_NODES = 100

SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "negative": "−x", "sqrt": "√",
    "square": "x²", "power": "xʸ", "reciprocal": "1/x", "absolute": "|x|",
}  # fmt: skip

# In points, as the letters are.
LETTERS = 10.0
LEADING = 14.0
PADDING = 6.0
GAP = (34.0, 14.0)


class Labelled(NamedTuple):
    """A node of the picture: what it is, its value, and its derivative if it has one."""

    node: Node
    name: str
    value: Any
    derivative: Any


def annotate(
    tape: Tape,
    x: Any = None,
    mode: Literal["value", "forward", "reverse"] = "value",
    direction: Any = None,
    names: Sequence[str] | None = None,
) -> list[Labelled]:
    """The nodes of a tape's graph in order, with what the picture writes at them.

    Parameters
    ----------
    tape, x, mode, direction, names
        As for `graph`.

    Returns
    -------
    list of Labelled

    Examples
    --------
    >>> import fastls
    >>> from fastls.plot.graph import annotate
    >>> tape = fastls.record(lambda x: (x + 1.0) ** 2, 2.0)
    >>> [(each.name, float(each.value)) for each in annotate(tape)]
    [('x', 2.0), ('1', 1.0), ('+', 3.0), ('x²', 9.0)]
    >>> [float(each.derivative or 0.0) for each in annotate(tape, mode="reverse")]
    [6.0, 0.0, 6.0, 1.0]
    """
    if not isinstance(tape, Tape):
        raise TypeError(f"tape must be a Tape; got {tape!r}; write fastls.record(f, x)")
    if mode not in ("value", "forward", "reverse"):
        raise ValueError(f"mode must be 'value', 'forward' or 'reverse'; got {mode!r}")
    if direction is not None and mode != "forward":
        raise ValueError(f"direction must be None where mode is {mode!r}; got {direction!r}")
    if x is None:
        arguments = tape.recorded[0]
    else:
        arguments = x if isinstance(x, tuple) else (x,)
        tape(*arguments)  # says what is wrong with them
    # A recording of its own: derivatives add nodes to it.
    again = record(tape.function, *arguments, argnums=tape.recorded[1])
    path, arrays = again._located(again.recorded[0])
    nodes = needed(path.outputs)
    if len(nodes) > MOST_NODES:
        raise ValueError(f"a picture has at most {MOST_NODES} nodes; the graph has {len(nodes)}")
    inputs = [path.inputs[i] for i in path.wanted]
    derivatives: list[Node | None] = [None] * len(nodes)
    if mode == "forward":
        if direction is None:
            tangents = [np.ones(node.shape) for node in inputs]
        else:
            tangents = [
                np.asarray(d, dtype=float) for d in again._directions(direction, "direction")
            ]
        seeds = [path.graph.constant(np.asarray(tangent, dtype=float)) for tangent in tangents]
        derivatives = pushforward(path.graph, inputs, nodes, seeds)
    elif mode == "reverse":
        (output,) = path.outputs if len(path.outputs) == 1 else path.scalar_output()
        path.scalar_output()
        seed = path.graph.constant(np.ones(output.shape))
        derivatives = [
            None if node.is_constant or node.dtype.kind != "f"
            else seed if node == output
            else pullback(path.graph, [node], [output], [seed])[0]
            for node in nodes
        ]  # fmt: skip
    path.graph.values.clear()
    path.graph.values.update(zip(path.inputs, arrays, strict=True))
    known = default_names(path.inputs, names)
    return [
        Labelled(
            node, SYMBOLS.get(label(node, known), label(node, known)), path.graph.value(node),
            None if derivative is None else path.graph.value(derivative),
        )
        for node, derivative in zip(nodes, derivatives, strict=True)
    ]  # fmt: skip


def default_names(inputs: Sequence[Node], names: Sequence[str] | None) -> dict[Node, str]:
    if names is None:
        names = ["x"] if len(inputs) == 1 else [f"x{i}" for i in range(len(inputs))]
    if len(names) != len(inputs):
        raise ValueError(f"names must be {len(inputs)}, one an input; got {list(names)!r}")
    return dict(zip(inputs, names, strict=True))


def written(value: Any) -> str:
    """A number; a few of them; or the shape of many."""
    array = np.asarray(value)
    if array.dtype.kind == "b":
        array = array.astype(int)
    if array.ndim == 0:
        return f"{float(array):.4g}".replace("-", "−")
    if array.ndim == 1 and array.size <= 3:
        return "(" + ", ".join(written(entry) for entry in array) + ")"
    return "[" + " × ".join(map(str, array.shape)) + "]"


def graph(
    tape: Tape,
    x: Any = None,
    *,
    mode: Literal["value", "forward", "reverse"] = "value",
    direction: Any = None,
    names: Sequence[str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the computational graph of a tape, with values and derivatives at its nodes.

    Parameters
    ----------
    tape : Tape
    x : array_like or tuple, optional
        The argument, or a tuple of several; by default what was recorded with.
    mode : {"value", "forward", "reverse"}, optional
        Values alone; with tangents, the derivatives of each node along the direction; or with
        adjoints, the derivatives of the output, a number, with respect to each node.
    direction : array_like or tuple, optional
        For forward mode, in the structure of what is differentiated; ones by default.
    names : sequence of str, optional
        Of the inputs; x, or x0, x1, … by default.
    ax : matplotlib.axes.Axes, optional
        To draw on; that of a new figure otherwise, as large as the graph needs.

    Returns
    -------
    matplotlib.axes.Axes
        The letters are shapes in the units of the data: they grow and shrink with the boxes. The
        text of a box is the label of its patch.

    Raises
    ------
    ValueError
        If the graph has more than 100 nodes.
    TypeError
        If tape is none, or mode is "reverse" and the output is not one number.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls.plot
    >>> f = lambda w1, w2: w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))
    >>> tape = fastls.record(f, 2.0, 3.0, argnums=(0, 1))
    >>> ax = fastls.plot.graph(tape, mode="reverse", names=("w₁", "w₂"))
    """
    found = annotate(tape, x, mode, direction, names)
    ax_is_new = ax is None
    if ax is not None:
        new_axes(ax)
    lines = [lines_of(each, mode) for each in found]
    boxes = [box_of(each) for each in lines]
    place = {each.node: i for i, each in enumerate(found)}
    edges = [(place[other], i) for i, each in enumerate(found) for other in each.node.inputs]
    sources = [
        i
        for i, each in enumerate(found)
        if each.node.primitive is None and not each.node.is_constant
    ]
    layout = layered([w for w, _ in boxes], [h for _, h in boxes], edges, sources, GAP)
    corners = np.array(
        [
            (x + sx * 0.5 * w, y + sy * 0.5 * h)
            for (x, y), (w, h) in zip(layout.centres, boxes, strict=True)
            for sx, sy in ((-1, -1), (1, 1))
        ]
        + [point for route in layout.routes for point in route]
    )
    (left, bottom), (right, top) = corners.min(axis=0) - 8.0, corners.max(axis=0) + 8.0
    legend = {"value": "", "forward": "tangent", "reverse": "adjoint"}[mode]
    ax = new_axes(ax, ((right - left) / 72.0 + 0.1, (top - bottom) / 72.0 + 0.4))
    if ax_is_new:
        ax.get_figure().set_layout_engine("constrained")  # type: ignore[union-attr]
    for route in layout.routes:
        draw_arrow(ax, route)
    outputs = set(range(len(found))) - {start for start, _ in edges}
    for i, (each, line, centre, size) in enumerate(
        zip(found, lines, layout.centres, boxes, strict=True)
    ):
        draw_box(ax, each, line, centre, size, i in outputs)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_aspect("equal")
    ax.set_axis_off()
    if legend:
        ax.set_title(f"value, and in bold italics {legend}", fontsize="medium")
    return ax


def is_input(node: Node) -> bool:
    return node.primitive is None and not node.is_constant


def lines_of(each: Labelled, mode: str) -> list[str]:
    """What is written in a box: name, value, derivative."""
    if each.node.is_constant:
        return [each.name]
    lines = [each.name, written(each.value)]
    if mode != "value" and each.node.dtype.kind == "f":
        lines.append("0" if each.derivative is None else written(each.derivative))
    return lines


def letters(text: str, row: int) -> Any:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    # Not the user's choice of fonts, which may lack the signs of mathematics.
    font = FontProperties(
        family="DejaVu Sans",
        weight="bold" if row == 2 else "normal",
        style="italic" if row == 2 else "normal",
    )
    return TextPath((0.0, 0.0), text, size=LETTERS, prop=font)


def box_of(lines: list[str]) -> tuple[float, float]:
    width = max(letters(text, row).get_extents().width for row, text in enumerate(lines))
    return max(width, LETTERS) + 2.0 * PADDING, LEADING * len(lines) + PADDING


def draw_arrow(ax: "Axes", route: list[tuple[float, float]]) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    ax.add_patch(
        FancyArrowPatch(
            path=Path(route), arrowstyle="-|>", mutation_scale=8.0, color=GREY, linewidth=1.0,
            shrinkA=0.0, shrinkB=0.0, joinstyle="round", zorder=1,
        )
    )  # fmt: skip


def draw_box(
    ax: "Axes", each: Labelled, lines: list[str], centre: tuple[float, float],
    size: tuple[float, float], is_output: bool,
) -> None:  # fmt: skip
    from matplotlib.patches import FancyBboxPatch, PathPatch
    from matplotlib.transforms import Affine2D

    (x, y), (width, height) = centre, size
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.5 * width, y - 0.5 * height), width, height,
            boxstyle="square,pad=0" if is_input(each.node) else "round,pad=0,rounding_size=6",
            facecolor="#DCEBF5" if is_input(each.node) else "white",
            edgecolor="none" if each.node.is_constant else "black",
            linewidth=2.2 if is_output else 1.0, label="\n".join(lines), zorder=2,
        )
    )  # fmt: skip
    for row, text in enumerate(lines):
        shape = letters(text, row)
        extents = shape.get_extents()
        line = y + 0.5 * (len(lines) - 1) * LEADING - row * LEADING
        moved = Affine2D().translate(x - 0.5 * (extents.x0 + extents.x1), line - 0.36 * LETTERS)
        ax.add_patch(
            PathPatch(
                moved.transform_path(shape), linewidth=0.0, zorder=3,
                facecolor=("black", "black", PALETTE[3])[row],
            )
        )  # fmt: skip
