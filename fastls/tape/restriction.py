"""A function along a ray x + alpha d: what is computed at each alpha, and what only once.

Along a ray, whatever is affine in x is u + alpha v, with u its value at x and v its product with d;
and a product of two such things is a polynomial of degree 2. So every value of the graph that is a
polynomial in alpha is known by its coefficients, which do not depend on alpha. At a trial step only
the rest is computed, and the slope with it by forward mode.

    moving     the affine values behind a product with a matrix, kept as pairs (u, v): at the
               point x + alpha d they are u + alpha v, and no product is computed again
    settled    the polynomials whose values a trial step needs, given by their coefficients

For a generalised linear model, sum(loss(A w)), A w is moving: no trial touches A, a new direction
costs one product with A, and the gradient at a new point one with its transpose.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from fastls.tape import linalg
from fastls.tape import primitives as p
from fastls.tape.graph import Graph, Node, Primitive, depends_on, needed
from fastls.tape.plan import make_program
from fastls.tape.replay import Program
from fastls.tape.transforms import pullback, pushforward

__all__ = ["Restriction", "restriction_of"]

Coefficients = list[Node]  # of 1, alpha, alpha^2
Guards = Sequence[tuple[Node, Any]]


ADD, MULTIPLY = p.ELEMENTWISE[np.add], p.ELEMENTWISE[np.multiply]
MOST = 2  # the highest degree that is settled


def zero(graph: Graph, shape: tuple[int, ...]) -> Node:
    return graph.apply(p.BROADCAST, [graph.constant(0.0)], shape=shape)


def linear(graph: Graph, node: Node, parts: Sequence[Coefficients]) -> Coefficients:
    """Of a linear function: that of each coefficient."""
    assert node.primitive is not None
    return [
        graph.apply(
            node.primitive,
            [
                part[k] if k < len(part) else zero(graph, other.shape)
                for part, other in zip(parts, node.inputs, strict=True)
            ],
            **node.parameters,
        )
        for k in range(max(map(len, parts)))
    ]


def bilinear(graph: Graph, node: Node, parts: Sequence[Coefficients]) -> Coefficients:
    """Of a product: Cauchy's."""
    assert node.primitive is not None
    a, b = parts
    found: list[Node | None] = [None] * (len(a) + len(b) - 1)
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            term = graph.apply(node.primitive, [one, other], **node.parameters)
            total = found[i + j]
            found[i + j] = term if total is None else graph.apply(ADD, [total, term])
    return [node for node in found if node is not None]


def square(graph: Graph, node: Node, parts: Sequence[Coefficients]) -> Coefficients:
    product = graph.apply(MULTIPLY, [node.inputs[0]] * 2)
    return bilinear(graph, product, [parts[0]] * 2)


def quotient(graph: Graph, node: Node, parts: Sequence[Coefficients]) -> Coefficients:
    """Of a quotient by what is fixed."""
    assert node.primitive is not None
    return [graph.apply(node.primitive, [one, parts[1][0]]) for one in parts[0]]


def of_second(graph: Graph, node: Node, parts: Sequence[Coefficients]) -> Coefficients:
    """Of a function that is linear in its second argument, the first being fixed."""
    assert node.primitive is not None
    return [graph.apply(node.primitive, [parts[0][0], one], **node.parameters) for one in parts[1]]


def highest(*degrees: int) -> int:
    return max(degrees)


def first_fixed(first: int, second: int) -> int | None:
    return None if first else second


#: The degree of a polynomial function of polynomials, None where it is none, and its coefficients.
POLYNOMIAL: dict[Primitive, tuple[Callable[..., int | None], Callable[..., Coefficients]]] = {
    p.IDENTITY: (highest, linear),
    p.RESHAPE: (highest, linear),
    p.TRANSPOSE: (highest, linear),
    p.BROADCAST: (highest, linear),
    p.SLICE: (highest, linear),
    p.PLACE: (highest, linear),
    p.ASSEMBLE: (highest, linear),
    p.GATHER: (highest, linear),
    p.SCATTER: (highest, linear),
    p.SUM: (highest, linear),
    p.CUMSUM: (highest, linear),
    p.CONCATENATE: (highest, linear),
    p.ELEMENTWISE[np.positive]: (highest, linear),
    p.ELEMENTWISE[np.negative]: (highest, linear),
    p.ELEMENTWISE[np.add]: (highest, linear),
    p.ELEMENTWISE[np.subtract]: (highest, linear),
    p.ELEMENTWISE[np.square]: (lambda a: 2 * a, square),
    p.ELEMENTWISE[np.multiply]: (lambda a, b: a + b, bilinear),
    p.ELEMENTWISE[np.divide]: (lambda a, b: None if b else a, quotient),
    p.MATMUL: (lambda a, b: a + b, bilinear),
    linalg.SOLVE: (first_fixed, of_second),
}
VIEWS = (p.IDENTITY, p.RESHAPE, p.TRANSPOSE, p.BROADCAST, p.SLICE)
#: What costs so much that it is worth keeping from one point to the next.
PRODUCTS = (p.MATMUL, linalg.SOLVE, p.CUMSUM)
REDUCTIONS = (p.SUM, p.MATMUL)


def in_order(wanted: Iterable[Node], before: Callable[[Node], Sequence[Node]]) -> list[Node]:
    """Nodes and what comes before them, as far as that goes, every one after what it needs."""
    found: set[Node] = set()
    stack = list(wanted)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(before(node))
    return sorted(found, key=lambda node: node.index)


def rewritten(graph: Graph, wanted: Sequence[Node], known: dict[Node, Node]) -> list[Node]:
    """The same nodes with others in the place of some: known is completed on the way."""
    for node in in_order(wanted, lambda node: () if node in known else node.inputs):
        if node in known:
            continue
        inputs = [known[other] for other in node.inputs]
        same = tuple(inputs) == node.inputs
        if same or node.primitive is None:
            known[node] = node
        elif node in graph.originals:
            known[node] = graph.again(node, inputs)
        else:
            known[node] = graph.apply(node.primitive, inputs, **node.parameters)
    return [known[node] for node in wanted]


class Restriction:
    """One path of a function restricted to rays: its programs, by name.

    start
        (x, fixed) -> u
    turn
        (x, d, u, fixed) -> (v, other coefficients)
    trial, value
        (alpha, coefficients of what is settled, fixed) -> (value, slope); or the value alone
    gradient
        (x, u, fixed) -> (value, gradient)
    begin
        (x, fixed) -> (u, value, gradient): start and gradient in one
    look
        (alpha, x, d, u, fixed) -> (v, other coefficients, value, gradient at x + alpha d): turn and
        gradient in one
    curvature
        (x, u, direction, fixed) -> the product of the Hessian with the direction

    Parameters
    ----------
    graph : Graph
    inputs, fixed : sequence of Node
        What moves along the ray, and the other inputs.
    output : Node
        A number.
    guards : sequence of (Node, value)
    lock
        Of whoever adds to the graph.

    Attributes
    ----------
    sources : list of (str, int)
        Of each coefficient that a trial reads, where it stands: "x", "d", "u", "v" or "c".
    shapes : dict of str to list of tuple
        Of the arrays of each kind.
    """

    def __init__(
        self, graph: Graph, inputs: Sequence[Node], fixed: Sequence[Node], output: Node,
        guards: Sequence[tuple[Node, Any]], lock: Any,
    ) -> None:  # fmt: skip
        self.graph, self.lock = graph, lock
        self.inputs, self.fixed, self.output, self.guards = inputs, fixed, output, guards
        self.directions = [graph.input(node.shape) for node in inputs]
        self.way = depends_on([output, *(node for node, _ in guards)], inputs)
        self.degree = self.degrees()
        self.coefficients: dict[Node, Coefficients] = {
            node: [node, direction] for node, direction in zip(inputs, self.directions, strict=True)
        }
        self.u: dict[Node, Node] = {}  # an input of the programs for each moving node
        #: Of each program, its inputs, outputs and guards.
        self.ends: dict[str, tuple[Sequence[Node], Sequence[Node], Guards]] = {}
        self.programs: dict[tuple[str, bool], Program] = {}
        self.restrict()

    def program(self, name: str, guarded: bool = True) -> Program:
        """The program of that name, made when it is first asked for."""
        with self.lock:
            if (name, guarded) not in self.programs:
                if name not in self.ends:
                    {"curvature": self.differentiate_again, "look": self.look}[name]()
                inputs, outputs, guards = self.ends[name]
                self.programs[name, guarded] = make_program(
                    self.graph, inputs, outputs, guards if guarded else ()
                )
            return self.programs[name, guarded]

    def degrees(self) -> dict[Node, int]:
        """The degree in alpha of every node that is a polynomial, as far as that is worth while.

        Arithmetic on single numbers is as quick as a polynomial.
        """
        degree: dict[Node, int] = dict.fromkeys(self.inputs, 1)
        for node in in_order(
            [self.output, *(node for node, _ in self.guards)], lambda node: node.inputs
        ):
            if node in degree:
                continue
            if node not in self.way:
                degree[node] = 0
            elif node.primitive in POLYNOMIAL and all(i in degree for i in node.inputs):
                worth = node.shape or node.primitive in (*VIEWS, *REDUCTIONS)
                found = POLYNOMIAL[node.primitive][0](*[degree[i] for i in node.inputs])
                if found is not None and found <= MOST and worth:
                    degree[node] = found
        return degree

    def is_moving(self, node: Node) -> bool:
        return node.primitive in PRODUCTS and self.degree.get(node) == 1

    def expand(self, wanted: Sequence[Node]) -> None:
        """Find the coefficients of polynomials."""
        graph, known = self.graph, self.coefficients

        def before(node: Node) -> Sequence[Node]:
            return () if node in known or not self.degree[node] else node.inputs

        for node in in_order(wanted, before):
            if node in known:
                continue
            if not self.degree[node]:
                known[node] = [node]
                continue
            assert node.primitive is not None
            parts = [known[other] for other in node.inputs]
            found = POLYNOMIAL[node.primitive][1](graph, node, parts)
            if self.is_moving(node):
                self.u[node] = graph.input(node.shape)
                found = [self.u[node], found[1]]
            known[node] = found

    def below(self, node: Node) -> Sequence[Node]:
        """What the value of a node at a trial is computed from; nothing where it is settled."""
        if node not in self.way:
            return ()
        if node not in self.degree:
            return node.inputs
        if node.primitive in VIEWS and self.is_quicker_below(node):
            return node.inputs
        return ()

    def is_quicker_below(self, node: Node) -> bool:
        """Whether a view is better taken of its settled source: not where it shows little of it."""
        (source,) = node.inputs
        return node.primitive is not p.SLICE or self.shown.get(source, 0) * 2 >= size(source)

    def restrict(self) -> None:
        """Find what the programs compute."""
        graph, inputs, fixed, directions = self.graph, self.inputs, self.fixed, self.directions
        outputs = [self.output, *(node for node, _ in self.guards)]
        self.shown: dict[Node, int] = {}  # how many entries of each node its slices show
        for node in self.way:
            if node.primitive is p.SLICE:
                (source,) = node.inputs
                self.shown[source] = self.shown.get(source, 0) + size(node)
        settled = [
            node for node in in_order(outputs, self.below)
            if not self.below(node) and not node.is_constant and node not in fixed
        ]  # fmt: skip
        self.expand(settled)
        slopes = self.filled(pullback(graph, inputs, [self.output], [graph.constant(1.0)]), inputs)
        # Polynomials are not computed again: they are known.
        known = {n: old for n, old in graph.originals.items() if self.degree.get(old)}
        self.slopes = rewritten(graph, slopes, known)
        outermost = [
            node
            for node in in_order(
                [*outputs, *self.slopes], lambda node: () if self.is_moving(node) else node.inputs
            )
            if self.is_moving(node)
        ]
        self.expand(outermost)
        of_settled = [c for node in settled for c in self.coefficients[node]]
        used = set(needed([*of_settled, *(self.u[node] for node in outermost)]))
        self.u = {node: u for node, u in self.u.items() if u in used}
        moving, u = list(self.u), list(self.u.values())
        v = [self.coefficients[node][1] for node in moving]

        # At the point the products are known.
        self.at_point = dict(self.u)
        value, *slopes = rewritten(graph, [self.output, *self.slopes], self.at_point)
        guards = self.rewritten_guards(self.at_point)
        self.ends["start"] = [*inputs, *fixed], moving, ()
        self.ends["gradient"] = [*inputs, *u, *fixed], [value, *slopes], guards
        self.ends["begin"] = (
            [*inputs, *fixed], [*moving, self.output, *self.slopes], self.guards
        )  # fmt: skip

        places = {
            **{node: ("x", i) for i, node in enumerate(inputs)},
            **{node: ("d", i) for i, node in enumerate(directions)},
            **{node: ("u", i) for i, node in enumerate(u)},
            **{node: ("v", i) for i, node in enumerate(v)},
        }
        others: list[Node] = []
        for coefficient in of_settled:
            if coefficient not in places and not coefficient.is_constant:
                places[coefficient] = ("c", len(others))
                others.append(coefficient)
        self.ends["turn"] = [*inputs, *directions, *u, *fixed], [*v, *others], ()
        arrays = {"x": inputs, "d": inputs, "u": u, "v": v, "c": others}
        self.shapes = {kind: [node.shape for node in nodes] for kind, nodes in arrays.items()}

        # At a trial the coefficients are known.
        alpha = graph.input(())
        given = {c: graph.input(c.shape) for c in of_settled if not c.is_constant}
        known = {node: node for node in fixed}
        for node in settled:
            *lower, value = [given.get(c, c) for c in self.coefficients[node]]
            for coefficient in reversed(lower):  # Horner's rule
                value = graph.apply(MULTIPLY, [value, alpha])
                value = graph.apply(ADD, [value, coefficient])
            known[node] = value
        (value,) = rewritten(graph, [self.output], known)
        (slope,) = self.filled(pushforward(graph, [alpha], [value], [graph.constant(1.0)]), [alpha])
        guards = self.rewritten_guards(known)
        self.sources = [places[coefficient] for coefficient in given]
        read = [alpha, *given.values(), *fixed]
        self.ends["trial"] = read, [value, slope], guards
        self.ends["value"] = read, [value], guards

    def look(self) -> None:
        """At x + alpha d, with a direction whose products are not yet known."""
        graph, alpha = self.graph, self.graph.input(())

        def ahead(point: Node, direction: Node) -> Node:
            way = graph.apply(MULTIPLY, [alpha, direction])
            return graph.apply(ADD, [point, way])

        known = {node: ahead(node, d) for node, d in zip(self.inputs, self.directions, strict=True)}
        for node, u in self.u.items():
            known[node] = ahead(u, self.coefficients[node][1])
        (_, found, _) = self.ends["turn"]
        at = rewritten(graph, [self.output, *self.slopes], known)
        inputs = [alpha, *self.inputs, *self.directions, *self.u.values(), *self.fixed]
        self.ends["look"] = inputs, [*found, *at], self.rewritten_guards(known)

    def differentiate_again(self) -> None:
        """Forward over reverse, with the products that are known."""
        pushed = pushforward(self.graph, self.inputs, self.slopes, self.directions)
        product = rewritten(self.graph, self.filled(pushed, self.inputs), self.at_point)
        inputs = [*self.inputs, *self.u.values(), *self.directions, *self.fixed]
        self.ends["curvature"] = inputs, product, self.rewritten_guards(self.at_point)

    def filled(self, found: Sequence[Node | None], like: Sequence[Node]) -> list[Node]:
        """Zeros where a derivative is zero throughout."""
        return [
            zero(self.graph, other.shape) if node is None else node
            for node, other in zip(found, like, strict=True)
        ]

    def rewritten_guards(self, known: dict[Node, Node]) -> Guards:
        nodes = rewritten(self.graph, [node for node, _ in self.guards], known)
        return [
            (node, value)
            for node, (_, value) in zip(nodes, self.guards, strict=True)
            if not node.is_constant
        ]


def size(node: Node) -> int:
    return math.prod(node.shape)


def restriction_of(path: Any, wanted: tuple[int, ...]) -> Restriction:
    """The restriction of a path with respect to some of its inputs, made when first asked for."""
    key = "ray", wanted
    if key not in path.programs:
        with path.lock:
            if key not in path.programs:
                inputs = [path.inputs[i] for i in wanted]
                fixed = [node for node in path.inputs if node not in inputs]
                (output,) = path.scalar_output()
                path.programs[key] = Restriction(
                    path.graph, inputs, fixed, output, path.guards, path.lock
                )
                path.graph.values.clear()
    return path.programs[key]  # type: ignore[no-any-return]
