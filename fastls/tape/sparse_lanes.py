"""Lanes that are sparse: of each value numbers with their coordinates, a lane and an entry.

At first, of the seed, there is one number an entry. Where entries are moved or added up only the
coordinates change, which costs nothing when replayed; a product with something that has no lanes is
one with the numbers. Structural zeros stay zero, whatever they are multiplied with.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import primitives as p
from fastls.tape.graph import Graph, Node
from fastls.tape.trace import Tracer

__all__ = ["SparseLanes"]

TERMS = 24  # of a value, at most


def places_of(shape: tuple[int, ...]) -> Any:
    return np.arange(math.prod(shape)).reshape(shape)


class Term(NamedTuple):
    """Numbers, and of each the coordinates: which lane, and which entry of the flattened value."""

    numbers: Any
    lane: Any
    entry: Any


class SparseLanes:
    """The values whose lanes are sparse: `terms` has the numbers of each, to be added."""

    def __init__(self, graph: Graph, seed: Node, way: set[Node]) -> None:
        self.graph, self.way = graph, way
        self.lanes = math.prod(seed.shape)
        places = places_of(seed.shape)
        ones = np.broadcast_to(Tracer(graph, graph.constant(1.0)), seed.shape)
        self.terms: dict[Node, list[Term]] = {seed: [Term(ones, places, places)]}

    def add(self, node: Node) -> None:
        """Find the lanes of a node, if those of all its inputs are sparse and they will stay so."""
        moving = [other for other in node.inputs if other in self.way]
        if not all(other in self.terms for other in moving):
            return
        assert node.primitive is not None
        rule = SPARSE.get(node.primitive)
        terms = None if rule is None else rule(self, node)
        if terms is not None and len(terms) <= TERMS:
            count = sum(term.lane.size for term in terms)
            if count <= max(self.lanes * math.prod(node.shape) // 2, 1):
                self.terms[node] = terms

    def array(
        self, node: Node, lanes: range, shape: tuple[int, ...], lanes_last: bool = False
    ) -> Any:
        """Some lanes as an array of a shape."""
        size, terms = math.prod(node.shape), self.terms[node]
        if not terms:
            return Tracer(self.graph, self.graph.constant(np.zeros(shape)))
        lane = np.concatenate([term.lane.ravel() for term in terms]) - lanes.start
        entry = np.concatenate([term.entry.ravel() for term in terms])
        joined = [np.reshape(term.numbers, (term.lane.size,)) for term in terms]
        numbers = joined[0] if len(joined) == 1 else np.concatenate(joined)
        (chosen,) = np.nonzero((lane >= 0) & (lane < len(lanes)))
        if not chosen.size:
            return Tracer(self.graph, self.graph.constant(np.zeros(shape)))
        if chosen.size < lane.size:
            numbers, lane, entry = taken(numbers, chosen), lane[chosen], entry[chosen]
        places = entry * len(lanes) + lane if lanes_last else lane * size + entry
        if np.array_equal(places, np.arange(math.prod(shape))):
            return np.reshape(numbers, shape)
        return p.apply(p.SCATTER, numbers, shape=shape, places=places)

    def is_diagonal(self, node: Node) -> bool:
        """Whether lane i is zero but for entry i."""
        terms = self.terms.get(node, [])
        return len(terms) == 1 and terms[0].lane.size == self.lanes and all(
            np.array_equal(where.ravel(), np.arange(self.lanes)) for where in terms[0][1:]
        )  # fmt: skip


def taken(x: Any, places: Any) -> Any:
    """Entries of a vector, as a slice where they are one."""
    if places.ndim == 0:
        return x[int(places)]
    if np.array_equal(places, np.arange(x.size)):
        return x
    if (
        places.ndim == 1
        and places.size
        and np.array_equal(places, places[0] + np.arange(places.size))
    ):
        return x[int(places[0]) : int(places[-1]) + 1]
    return x[places]


def is_whole(term: Term, shape: tuple[int, ...]) -> bool:
    """Whether there is a number for each entry, in their order."""
    return term.entry.shape == shape and np.array_equal(term.entry, places_of(shape))


# Sparse lanes of each primitive: None where they would not be.

Terms = list[Term] | None


def pulled(lanes: SparseLanes, node: Node) -> Terms:
    """Each entry of the result is one of the input."""
    primitive, parameters = node.primitive, node.parameters
    assert primitive is not None

    def move(x: Any) -> Any:
        if isinstance(x, Tracer):
            return p.apply(primitive, x, **parameters)
        return primitive.value(x, **parameters)

    return moved(lanes, node.inputs[0], node.shape, move)


def spread(lanes: SparseLanes, x: Node, shape: tuple[int, ...]) -> Terms:
    """Broadcast to a shape."""
    if x.shape == shape:
        return lanes.terms[x]
    return moved(lanes, x, shape, lambda values: np.broadcast_to(values, shape))


def moved(
    lanes: SparseLanes, x: Node, shape: tuple[int, ...], move: Callable[[Any], Any]
) -> Terms:  # fmt: skip
    source = np.ravel(move(places_of(x.shape)))
    found = []
    for term in lanes.terms[x]:
        if is_whole(term, x.shape):
            found.append(Term(move(term.numbers), move(term.lane), places_of(shape)))
            continue
        if len(np.unique(source)) < source.size:
            return None
        target = np.full(math.prod(x.shape), -1)
        target[source] = np.arange(source.size)
        entry = target[term.entry]
        if np.all(entry >= 0):
            found.append(term._replace(entry=entry))
        elif np.any(entry >= 0):
            (chosen,) = np.nonzero(entry.ravel() >= 0)
            numbers = taken(np.ravel(term.numbers), chosen)
            found.append(Term(numbers, term.lane.ravel()[chosen], entry.ravel()[chosen]))
    return found


def pushed(target: Callable[[Node], list[Any]]) -> Callable[[SparseLanes, Node], Terms]:
    """Each entry of an input is added to one of the result: target says which, for each input."""

    def rule(lanes: SparseLanes, node: Node) -> Terms:
        targets = target(node)
        return merged([
            term._replace(entry=to.ravel()[term.entry])
            for x, to in zip(node.inputs, targets, strict=True) for term in lanes.terms.get(x, ())
        ])  # fmt: skip

    return rule


def target_of_sum(node: Node) -> list[Any]:
    (x,), axes = node.inputs, node.parameters["axes"]
    kept = tuple(1 if axis in axes else length for axis, length in enumerate(x.shape))
    return [np.broadcast_to(places_of(kept), x.shape)]


def target_of_parts(node: Node) -> list[Any]:
    axis = node.parameters["axis"]
    ends = np.cumsum([x.shape[axis] for x in node.inputs])[:-1]
    return np.split(places_of(node.shape), ends, axis=axis)


def merged(terms: list[Term]) -> list[Term]:
    """Numbers at the same coordinates, added."""
    if len(terms) == 1:
        return terms
    found: dict[Any, Term] = {}
    for term in terms:
        key = (term.lane.shape, term.lane.tobytes(), term.entry.tobytes())
        if key in found:
            term = term._replace(numbers=found[key].numbers + term.numbers)
        found[key] = term
    return list(found.values())


def added(lanes: SparseLanes, node: Node) -> Terms:
    assert node.primitive is not None
    found: list[Term] = []
    for place, x in enumerate(node.inputs):
        if x not in lanes.terms:
            return None
        terms = spread(lanes, x, node.shape)
        if terms is None:
            return None
        if place and node.primitive.value is np.subtract:
            terms = [term._replace(numbers=-term.numbers) for term in terms]
        found += terms
    return merged(found)


def scaled(lanes: SparseLanes, node: Node) -> Terms:
    """A function that is linear in the one input that has lanes, entry by entry."""
    primitive, inputs = node.primitive, node.inputs
    assert primitive is not None
    moving = [place for place, x in enumerate(inputs) if x in lanes.way]
    if len(moving) != 1 or (primitive is p.ELEMENTWISE[np.divide] and moving != [0]):
        return None
    (place,) = moving
    if primitive is p.SELECT and not (place and p.is_number(inputs[3 - place], 0.0)):
        return None
    terms = spread(lanes, inputs[place], node.shape)
    if terms is None:
        return None
    others = [Tracer(lanes.graph, x) for x in inputs]
    return [
        term._replace(numbers=p.apply(primitive, *[
            term.numbers if i == place else at(x, term, node.shape) for i, x in enumerate(others)
        ]))
        for term in terms
    ]  # fmt: skip


def at(x: Tracer, term: Term, shape: tuple[int, ...]) -> Any:
    """Entries of an array that is broadcast to a shape."""
    if not x.shape or is_whole(term, shape):
        return x
    return taken(np.ravel(np.broadcast_to(x, shape)), term.entry)


E = p.ELEMENTWISE
SPARSE: dict[Any, Callable[[SparseLanes, Node], Terms]] = {
    p.IDENTITY: lambda lanes, node: lanes.terms[node.inputs[0]],
    **dict.fromkeys((p.RESHAPE, p.TRANSPOSE, p.BROADCAST, p.SLICE, p.GATHER), pulled),
    p.SUM: pushed(target_of_sum),
    p.PLACE: pushed(lambda node: [np.asarray(places_of(node.shape)[node.parameters["index"]])]),
    p.SCATTER: pushed(lambda node: [node.parameters["places"]]),
    p.ASSEMBLE: pushed(
        lambda node: [
            np.asarray(places_of(node.shape)[index]) for index in node.parameters["indices"]
        ]
    ),
    p.CONCATENATE: pushed(target_of_parts),
    **dict.fromkeys((E[np.add], E[np.subtract]), added),
    **dict.fromkeys((E[np.negative], E[np.multiply], E[np.divide], p.SELECT), scaled),
}
