"""Derivatives of a graph, as more nodes of the same graph.

    pushforward    forward mode: tangents of the inputs to tangents of the outputs
    pullback       reverse mode: cotangents of the outputs to cotangents of the inputs

Both apply the rules of the primitives, which are written in terms of other primitives: the result
is a graph like any other, and its derivative is nothing new (Griewank & Walther 2008, chapter 3).
"""

import numpy as np

from fastls.tape.graph cimport Graph, Node, Operation, Primitive
from fastls.tape.operators cimport Traced, traced

from fastls.tape.graph import depends_on, position
from fastls.tape import primitives as p
from fastls.tape.trace import Tracer, as_node


cdef Primitive ADD = p.ELEMENTWISE[np.add], SUBTRACT = p.ELEMENTWISE[np.subtract]
cdef Primitive MULTIPLY = p.ELEMENTWISE[np.multiply], SLICE = p.SLICE, SELECT = p.SELECT
cdef object FLOAT = np.dtype(float), TRACER = Tracer


class NotDifferentiableError(TypeError):
    """A primitive has no rule for its derivative."""


def pushforward(Graph graph, inputs, outputs, tangents):
    """The tangents of outputs; None where an output does not depend on the inputs."""
    cdef Node node
    cdef Primitive primitive
    way = depends_on(outputs, inputs)
    tangent = dict(zip(inputs, tangents))
    for node in sorted(way, key=position):
        primitive = node.operation.primitive
        if node in tangent or primitive is None:
            continue
        of_inputs = [tangent.get(other) for other in node.inputs]
        if node.operation.dtype.kind != "f" or all(t is None for t in of_inputs):
            tangent[node] = None
            continue
        before = len(graph.nodes)
        y = traced(TRACER, graph, node)
        inputs_here = [traced(TRACER, graph, other) for other in node.inputs]
        of_inputs = [None if t is None else traced(TRACER, graph, t) for t in of_inputs]
        if primitive.partials is not None and not node.operation.shape:
            found = number_tangent(of_inputs, y, primitive, inputs_here)
        elif primitive.pushforward is None:
            raise NotDifferentiableError(f"{primitive} has no derivative")
        else:
            found = primitive.pushforward(of_inputs, y, *inputs_here, **node.parameters)
        tangent[node] = None if found is None else as_node(graph, found)
        if graph.regions:  # lest the value be kept for its tangent
            graph.anchors.update(dict.fromkeys(graph.nodes[before:], node))
    return [tangent.get(node) for node in outputs]


def pullback(Graph graph, inputs, outputs, cotangents):
    """The cotangents of inputs; None where no output depends on an input.

    What is computed again adds to the cotangent of the original: both are one variable.
    """
    cdef Node node, other
    cdef Operation operation
    cdef Primitive primitive
    cdef Cotangents sums = Cotangents(graph)
    cdef set way = way_with_originals(graph, outputs, inputs)
    cdef dict same = {node: old for node, old in graph.originals.items() if old in way}
    cdef Recomputation known = Recomputation(graph)
    cdef bint is_plain = not graph.regions and not graph.originals
    cdef set masked = set()  # nodes whose cotangent is zero where np.where took the other value
    stop = set(inputs)
    for node, cotangent in zip(outputs, cotangents):
        if cotangent is not None and node in way:
            sums.add(same.get(node, node), Tracer(graph, cotangent))
    for node in sorted(way, key=position, reverse=True):
        operation, primitive = node.operation, node.operation.primitive
        if primitive is None or operation.dtype is not FLOAT or node not in sums or node in stop:
            continue
        known.reach(node)
        g = sums.take(node)
        if primitive is SLICE:
            whole = node.input(0)
            whole = same.get(whole, whole)
            if node in masked:
                masked.add(whole)
            sums.add_part(whole, node.parameters["index"], as_node(graph, g))
            continue
        is_masked = primitive is SELECT or node in masked
        is_of_number = not operation.shape and not is_masked
        if is_plain and is_of_number and arithmetic_terms(sums, g, node, way):
            continue
        y = traced(TRACER, graph, known.now(node))
        inputs_here = [traced(TRACER, graph, known.now(other)) for other in node.inputs]
        if primitive.partials is not None and is_of_number:
            terms = number_terms(g, y, node, inputs_here, way)
        elif primitive.pullback is None:
            raise NotDifferentiableError(f"{primitive} has no derivative")
        else:
            terms = primitive.pullback(g, y, *inputs_here, **node.parameters)
        for other, term in zip(node.inputs, terms):
            if term is None or other not in way or other.operation.dtype.kind != "f":
                continue
            other = same.get(other, other)
            if is_masked:
                masked.add(other)
                # 0 times the infinite slope of what was not taken is not a number, but nothing.
                if node in masked and primitive.is_singular and other.shape == node.shape:
                    nothing = np.logical_and(g == 0.0, ~np.isfinite(term))
                    term = np.where(nothing, 0.0, term)
            sums.add(other, term)
    known.leave(0)
    return [as_node(graph, sums.take(node)) if node in sums else None for node in inputs]


cdef class Cotangents:
    """What has come in for each node so far: whole terms, added, and parts, assembled at the end."""
    cdef Graph graph
    cdef dict totals, parts

    def __init__(self, Graph graph):
        self.graph = graph
        self.totals = {}
        self.parts = {}

    def __contains__(self, node):
        return node in self.totals or node in self.parts

    cdef add(self, Node node, term):
        known = self.totals.get(node)
        self.totals[node] = term if known is None else known + term

    cdef add_part(self, Node node, index, Node part):
        self.parts.setdefault(node, []).append((index, part))

    cdef take(self, Node node):
        """The sum; it is not kept."""
        parts = self.parts.pop(node, None)
        if parts is not None:
            indices, nodes = zip(*parts)
            if len(parts) == 1:
                whole = self.graph.apply(p.PLACE, nodes, shape=node.shape, index=indices[0])
            else:
                whole = self.graph.apply(p.ASSEMBLE, nodes, shape=node.shape, indices=indices)
            self.add(node, Tracer(self.graph, whole))
        return self.totals.pop(node)


cdef bint arithmetic_terms(Cotangents sums, g, Node node, set way) except -1:
    """Add the terms of a sum or a product of numbers; whether it is one. Most of a loop are."""
    cdef Graph graph = sums.graph
    cdef Node a, b, of_node, term
    cdef Primitive primitive = node.operation.primitive
    if type(g) is not TRACER or (<Traced> g).node.operation.shape:
        return False
    of_node = (<Traced> g).node
    if primitive is ADD or primitive is SUBTRACT:
        a, b = node.input(0), node.input(1)
        if a in way:
            sums.add(a, g)
        if b in way:
            sums.add(b, g if primitive is ADD else -g)
    elif primitive is MULTIPLY:
        a, b = node.input(0), node.input(1)
        if a in way:
            term = graph.applied(MULTIPLY, (of_node, b), node.operation.parameters)
            sums.add(a, traced(TRACER, graph, term))
        if b in way:
            term = graph.applied(MULTIPLY, (of_node, a), node.operation.parameters)
            sums.add(b, traced(TRACER, graph, term))
    else:
        return False
    return True


cdef set way_with_originals(Graph graph, outputs, inputs):
    """The nodes on the way from inputs to outputs, with those that are on it only once more."""
    cdef set more, way = depends_on(outputs, inputs)
    cdef set ends = set(outputs)
    while graph.originals:
        more = {graph.originals[node] for node in way if node in graph.originals} - way - ends
        if not more:
            break
        ends |= more
        way |= depends_on(more, inputs)
    return way


cdef class Recomputation:
    """The values that the reverse sweep reads: those of a region of `checkpoint` computed again.

    A region is computed again when the sweep comes to its last node, from the values outside it:
    until then nothing in it is kept. Of a region in it the same holds in turn. What the sweep makes
    of a region is again one, so that the next sweep does not keep it either.
    """
    cdef Graph graph
    cdef list ahead  # regions that the sweep has not reached, the next one last
    cdef list inside  # those that it is in: the first node, and the first that was made for them
    cdef dict current  # what stands for nodes in them

    def __init__(self, Graph graph):
        self.graph = graph
        self.ahead = sorted(graph.regions, key=by_end)
        self.inside = []
        self.current = {}

    cdef Node now(self, Node node):
        """What has the value of a node at this place of the sweep."""
        return <Node> self.current.get(node, node) if self.current else node

    cdef reach(self, Node node):
        """Come to a node: leave the regions after it, and enter those it is in, outermost first."""
        cdef Node each
        self.leave(node.index + 1)
        while self.ahead and self.ahead[len(self.ahead) - 1][1] > node.index:
            start, stop, kept = self.ahead.pop()
            if start > node.index:
                continue  # nothing in it is differentiated
            self.inside.append((start, len(self.graph.nodes)))
            for each in self.graph.nodes[start:stop]:
                if each.primitive is not None and each not in kept:
                    self.current[each] = self.graph.again(
                        each, [self.current.get(other, other) for other in each.inputs])

    cdef leave(self, Py_ssize_t index):
        """Leave the regions that begin at an index or after it."""
        while self.inside and self.inside[len(self.inside) - 1][0] >= index:
            _, first = self.inside.pop()
            self.graph.regions.append((first, len(self.graph.nodes), frozenset()))


def by_end(region):
    """For sorting: by the end, and of those that end together the inner ones first."""
    start, stop, _ = region
    return stop, -start


cdef list number_terms(g, y, Node node, list inputs, set way):
    """The cotangent times each partial derivative that is wanted, of a function of numbers."""
    cdef tuple partials = node.operation.primitive.partials
    return [
        None if partial is None or other not in way else times_slope(g, partial, inputs, y)
        for partial, other in zip(partials, node.inputs)
    ]


cdef number_tangent(list tangents, y, Primitive primitive, list inputs):
    """The sum of tangents times partial derivatives, of a function of numbers."""
    total = None
    for tangent, partial in zip(tangents, primitive.partials):
        if tangent is not None and partial is not None:
            term = times_slope(tangent, partial, inputs, y)
            total = term if total is None else total + term
    return total


cdef times_slope(vector, partial, list inputs, y):
    """A tangent or cotangent times a partial derivative, which often is 1 or -1."""
    slope = partial(*inputs, y)
    if type(slope) is float and abs(<double> slope) == 1.0:
        return vector if slope > 0.0 else -vector
    return vector * slope
