"""Derivatives of a graph, as more nodes of the same graph.

    pushforward    forward mode: tangents of the inputs to tangents of the outputs
    pullback       reverse mode: cotangents of the outputs to cotangents of the inputs

Both apply the rules of the primitives, which are written in terms of other primitives: the result
is a graph like any other, and its derivative is nothing new (Griewank & Walther 2008, chapter 3).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fastls.tape.graph import Graph, Node, depends_on
from fastls.tape.primitives import SELECT
from fastls.tape.trace import Tracer, as_node

__all__ = ["pullback", "pushforward"]


class NotDifferentiableError(TypeError):
    """A primitive has no rule for its derivative."""


def pushforward(
    graph: Graph, inputs: Sequence[Node], outputs: Sequence[Node], tangents: Sequence[Node | None]
) -> list[Node | None]:
    """The tangents of outputs; None where an output does not depend on the inputs."""
    way = depends_on(outputs, inputs)
    tangent: dict[Node, Node | None] = dict(zip(inputs, tangents, strict=True))
    for node in sorted(way, key=lambda node: node.index):
        if node in tangent or node.primitive is None:
            continue
        of_inputs = [tangent.get(other) for other in node.inputs]
        if node.dtype.kind != "f" or all(t is None for t in of_inputs):
            tangent[node] = None
            continue
        rule = node.primitive.pushforward
        if rule is None:
            raise NotDifferentiableError(f"{node.primitive} has no derivative")
        found = rule(
            [None if t is None else Tracer(graph, t) for t in of_inputs],
            Tracer(graph, node),
            *[Tracer(graph, other) for other in node.inputs],
            **node.parameters,
        )
        tangent[node] = None if found is None else as_node(graph, found)
    return [tangent.get(node) for node in outputs]


def pullback(
    graph: Graph, inputs: Sequence[Node], outputs: Sequence[Node], cotangents: Sequence[Node | None]
) -> list[Node | None]:
    """The cotangents of inputs; None where no output depends on an input."""
    way = depends_on(outputs, inputs)
    stop = set(inputs)
    sums: dict[Node, Any] = {}
    masked: set[Node] = set()  # nodes whose cotangent is zero where np.where took the other value

    def add(node: Node, term: Any) -> None:
        sums[node] = term if node not in sums else sums[node] + term

    for node, cotangent in zip(outputs, cotangents, strict=True):
        if cotangent is not None and node in way:
            add(node, Tracer(graph, cotangent))
    for node in sorted(way, key=lambda node: -node.index):
        if node in stop or node not in sums or node.primitive is None:
            continue
        if node.dtype.kind != "f":
            continue
        rule = node.primitive.pullback
        if rule is None:
            raise NotDifferentiableError(f"{node.primitive} has no derivative")
        cotangent_here = sums.pop(node)
        terms = rule(
            cotangent_here,
            Tracer(graph, node),
            *[Tracer(graph, other) for other in node.inputs],
            **node.parameters,
        )
        is_masked = node.primitive is SELECT or node in masked
        for other, term in zip(node.inputs, terms, strict=True):
            if term is None or other not in way or other.dtype.kind != "f":
                continue
            if is_masked:
                masked.add(other)
                # 0 times the infinite slope of what was not taken is not a number, but nothing.
                if node in masked and node.primitive.is_singular and other.shape == node.shape:
                    nothing = np.logical_and(cotangent_here == 0.0, ~np.isfinite(term))
                    term = np.where(nothing, 0.0, term)
            add(other, term)
    return [as_node(graph, sums[node]) if node in sums else None for node in inputs]
