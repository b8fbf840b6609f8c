"""Jacobians and Hessians as nodes of a graph: one sweep in vector mode, and which sweep it is."""

import math

import numpy as np

from fastls.tape import linalg
from fastls.tape import primitives as p
from fastls.tape.graph import Graph, Node, needed
from fastls.tape.transforms import pullback, pushforward
from fastls.tape.vector_mode import unit_products

__all__ = ["MODES", "hessian_node", "jacobian_node", "operations"]

MODES = ("auto", "forward", "reverse")
#: So many times as many inputs as outputs, or the other way round, leave no doubt of the mode: a
#: tangent and a cotangent cost between 1 and 4 values each (Griewank & Walther 2008, chapter 4).
CLEAR = 4
DISPATCH = 20  # what an instruction costs, in entries that it could compute
FLOPS = 16  # of a matrix product, in the time of an entry
VIEWS = (p.IDENTITY, p.RESHAPE, p.TRANSPOSE, p.BROADCAST, p.SLICE)


def jacobian_node(graph: Graph, x: Node, y: Node, mode: str) -> Node:
    """The Jacobian of y by x, of the shape of y followed by that of x.

    Parameters
    ----------
    graph : Graph
    x, y : Node
    mode : {"auto", "forward", "reverse"}
        "auto" is forward where the outputs are 4 times as many as the inputs, reverse where it is
        the other way round; between, both are written, and the one of fewer `operations` is taken.

    Returns
    -------
    Node
    """
    inputs, outputs = math.prod(x.shape), math.prod(y.shape)
    if mode == "auto" and CLEAR * min(inputs, outputs) <= max(inputs, outputs):
        mode = "forward" if inputs < outputs else "reverse"
    found = []
    if mode != "reverse":
        seed = graph.input(x.shape)
        tangent = or_zero(graph, pushforward(graph, [x], [y], [seed]), y)
        found.append(unit_products(graph, tangent, seed, lanes_last=True))
    if mode != "forward":
        seed = graph.input(y.shape)
        cotangent = or_zero(graph, pullback(graph, [x], [y], [seed]), x)
        found.append(unit_products(graph, cotangent, seed))
    return min(found, key=operations)


def hessian_node(graph: Graph, x: Node, gradient: Node) -> Node:
    """The Hessian, of the shape of x twice: forward mode over the gradient.

    Parameters
    ----------
    graph : Graph
    x, gradient : Node

    Returns
    -------
    Node
    """
    seed = graph.input(x.shape)
    tangent = or_zero(graph, pushforward(graph, [x], [gradient], [seed]), x)
    return unit_products(graph, tangent, seed)


def or_zero(graph: Graph, found: list[Node | None], like: Node) -> Node:
    (node,) = found
    return graph.constant(np.zeros(like.shape)) if node is None else node


def operations(result: Node) -> float:
    """About what it takes to compute a node, in entries of an array.

    Parameters
    ----------
    result : Node

    Returns
    -------
    float
    """
    turned = result.primitive is p.TRANSPOSE or any(
        x.primitive is p.TRANSPOSE for x in result.inputs
    )
    return sum(map(work, needed([result]))) + turned * float(math.prod(result.shape))


def work(node: Node) -> float:
    if node.primitive is None or node.primitive in VIEWS:
        return 0.0
    size = math.prod(node.shape)
    if node.primitive is p.MATMUL:
        return DISPATCH + 2.0 * size * node.inputs[0].shape[-1] / FLOPS
    read = max(math.prod(x.shape) for x in node.inputs)
    if linalg.PRIMITIVES.get(node.primitive.name) is node.primitive:
        return DISPATCH + math.pow(read, 1.5) / FLOPS
    return float(DISPATCH + max(size, read))
