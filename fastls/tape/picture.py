"""The graph of a computation as a picture, in the language of Graphviz."""

from collections.abc import Sequence

import numpy as np

from fastls.tape.graph import Graph, Node, needed

__all__ = ["write_dot"]


def label(node: Node, names: dict[Node, str]) -> str:
    if node in names:
        return names[node]
    if node.is_constant:
        if node.shape == ():
            return f"{float(node.constant):.4g}"
        return "[" + " × ".join(map(str, node.shape)) + "]"
    index = node.parameters.get("index")
    if isinstance(index, tuple):
        return f"{node.primitive} {', '.join(map(written, index))}"
    return str(node.primitive)


def written(index: object) -> str:
    """An entry of an index, as it is written in brackets."""
    if not isinstance(index, slice):
        return str(index)
    step = "" if index.step in (None, 1) else f":{index.step}"
    return f"{index.start}:{index.stop}{step}".replace("None", "")


def write_dot(graph: Graph, inputs: Sequence[Node], outputs: Sequence[Node]) -> str:
    """Nodes with their operations and shapes, arrows from what they are computed from."""
    names = {node: "x" if len(inputs) == 1 else f"x{i}" for i, node in enumerate(inputs)}
    lines = ["digraph computation {", "  rankdir=LR;", "  node [fontname=Helvetica];"]
    for node in needed(outputs):
        form = "box" if node in names else "plaintext" if node.is_constant else "ellipse"
        width = 2 if node in outputs else 1
        lines.append(
            f'  n{node.index} [label="{label(node, names)}", shape={form}, penwidth={width}];'
        )
        for place, other in enumerate(node.inputs):
            text = "" if np.prod(other.shape) == 1 else f' [label="{other.shape}"]'
            lines.append(f"  n{other.index} -> n{node.index}{text};  // input {place}")
    return "\n".join([*lines, "}"]) + "\n"
