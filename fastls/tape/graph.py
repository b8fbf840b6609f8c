"""The graph of a computation: what a recorded function does, as a list of array operations.

A node is an input, a constant, or a primitive applied to nodes before it (static single
assignment). Nodes are made by `Graph.apply` alone, which simplifies as it goes: the same operation
on the same nodes is one node, operations on constant numbers are constants, and a primitive's own
simplification (x + 0, the transpose of a transpose) is asked first. A transform adds nodes to the
graph it reads, and so composes with every other.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

__all__ = ["Graph", "Node", "Primitive"]

Shape = tuple[int, ...]


class Primitive:
    """An operation on arrays, and all that is known of it: a row of the tables in ``rules``.

    Parameters
    ----------
    name : str
        What it is called in formulas and pictures.
    value : callable
        ``value(*arrays, **parameters)``: the operation itself, in NumPy.
    shape : callable
        ``shape(*shapes, **parameters)``: the shape of the result.
    pullback : callable, optional
        ``pullback(cotangent, result, *inputs, **parameters)``: a cotangent for each input, or None
        where it is zero.
    pushforward : callable, optional
        ``pushforward(tangents, result, *inputs, **parameters)``: the tangent of the result; those
        of constant inputs are None.
    dtype : dtype or None, optional
        Of the result; None is that of the first input.
    formula : str, optional
        A template with a place for each input.
    simplify : callable, optional
        ``simplify(graph, inputs, parameters)``: a node to use instead, or None.
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        shape: Callable[..., Shape],
        pullback: Callable[..., Any] | None = None,
        pushforward: Callable[..., Any] | None = None,
        dtype: Any = float,
        formula: str = "",
        simplify: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.value = value
        self.shape = shape
        self.pullback = pullback
        self.pushforward = pushforward
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.formula = formula
        self.simplify = simplify
        self.is_singular = False  # its slope may be infinite
        self.is_variable = False  # never a constant, whatever it is applied to

    def __repr__(self) -> str:
        return self.name


class Node:
    """A value of the computation; see the module."""

    __slots__ = ("constant", "dtype", "index", "inputs", "parameters", "primitive", "shape")

    def __init__(
        self,
        index: int,
        primitive: Primitive | None,
        inputs: tuple["Node", ...],
        parameters: dict[str, Any],
        shape: Shape,
        dtype: Any,
        constant: Any = None,
    ) -> None:
        self.index = index
        self.primitive = primitive  # None for inputs and constants
        self.inputs = inputs
        self.parameters = parameters
        self.shape = shape
        self.dtype = dtype
        self.constant = constant  # the array, of a constant

    @property
    def is_constant(self) -> bool:
        return self.constant is not None

    def __repr__(self) -> str:
        if self.is_constant:
            return f"n{self.index} = {self.constant!r}"
        if self.primitive is None:
            return f"n{self.index}: input {self.shape}"
        inside = ", ".join(f"n{node.index}" for node in self.inputs)
        return f"n{self.index} = {self.primitive}({inside}, {self.parameters}): {self.shape}"


class Graph:
    """Nodes in the order in which they were made, every node after its inputs."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.guards: list[tuple[Node, Any]] = []  # what must come out as it did when recorded
        self.known: dict[Any, Node] = {}
        self.written: list[Any] = []  # constants, and what was in them when they were used
        self.values: dict[Node, Any] = {}  # of the arguments recorded with, as far as asked for

    def input(self, shape: Shape, value: Any = None) -> Node:
        """A new input; its value is needed where the computation branches."""
        node = self._append(None, (), {}, shape, np.dtype(float))
        self.values[node] = np.zeros(shape) if value is None else value
        return node

    def constant(self, value: Any) -> Node:
        """A constant: numbers by value, arrays by identity, as they may be large."""
        if isinstance(value, (np.ma.MaskedArray, np.matrix)):
            raise TypeError(
                f"a {type(value).__name__} cannot be recorded: it has a meaning of its own; "
                "use an ordinary array"
            )
        array = np.asarray(value)
        if array.dtype.kind == "c":
            raise TypeError(f"complex numbers cannot be recorded; got {value!r}")
        if array.dtype.kind not in "fbiu":
            raise TypeError(f"a constant must be an array of real numbers; got {value!r}")
        if array.dtype.kind in "fiu" and array.dtype != float:
            array = array.astype(float)
        key: Any = ("array", id(array))
        if array.ndim == 0:
            key = ("number", array.dtype.kind, array.tobytes())
        if key not in self.known:
            self.known[key] = self._append(None, (), {}, array.shape, array.dtype, array)
            if array.ndim and array.flags.writeable and array.nbytes <= 2**20:
                self.written.append((array, array.tobytes()))
        return self.known[key]

    def apply(self, primitive: Primitive, inputs: Sequence[Node], **parameters: Any) -> Node:
        """The node of a primitive applied to nodes; an old one where there is one."""
        inputs = tuple(inputs)
        if primitive.simplify is not None:
            simpler = primitive.simplify(self, inputs, parameters)
            if simpler is not None:
                return simpler  # type: ignore[no-any-return]
        key = (primitive, tuple(node.index for node in inputs), freeze(parameters))
        if (old := self.known.get(key)) is not None:
            return old
        # Arrays are left where they are, and read when replayed: who holds them may change them.
        shape = primitive.shape(*[node.shape for node in inputs], **parameters)
        numbers = inputs and all(node.is_constant and not node.shape for node in inputs)
        if shape == () and numbers and not primitive.is_variable:
            with np.errstate(all="ignore"):
                node = self.constant(
                    primitive.value(*[node.constant for node in inputs], **parameters)
                )
        else:
            dtype = inputs[0].dtype if primitive.dtype is None else primitive.dtype
            node = self._append(primitive, inputs, parameters, shape, dtype)
        self.known[key] = node
        return node

    def value(self, wanted: Node) -> Any:
        """The value of a node at the arguments the function was recorded with."""
        stack = [wanted]
        while stack:
            node = stack[-1]
            if node in self.values or node.is_constant:
                stack.pop()
                continue
            missing = [
                other for other in node.inputs if other not in self.values and not other.is_constant
            ]
            if missing:
                stack.extend(missing)
                continue
            assert node.primitive is not None
            with np.errstate(all="ignore"):
                self.values[node] = node.primitive.value(
                    *[self.values[i] if i.constant is None else i.constant for i in node.inputs],
                    **node.parameters,
                )
            stack.pop()
        return wanted.constant if wanted.is_constant else self.values[wanted]

    def check_constants(self) -> None:
        """Whether all constants still are what they were when the function used them."""
        for array, entries in self.written:
            if array.tobytes() != entries:
                raise TypeError(
                    "an array was changed after it had met a traced value, which cannot be "
                    "recorded; make a new array instead"
                )
        self.written.clear()

    def guard(self, node: Node) -> Any:
        """The value of a node on which the path through the function depends."""
        value = self.value(node)
        if not node.is_constant and all(known is not node for known, _ in self.guards):
            self.guards.append((node, np.array(value)))
        return value

    def _append(
        self,
        primitive: Primitive | None,
        inputs: tuple[Node, ...],
        parameters: dict[str, Any],
        shape: Shape,
        dtype: Any,
        constant: Any = None,
    ) -> Node:
        node = Node(len(self.nodes), primitive, inputs, parameters, shape, dtype, constant)
        self.nodes.append(node)
        return node


def needed(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that outputs depend on, in order: what is not among them is dead."""
    found: set[Node] = set()
    stack = list(outputs)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(node.inputs)
    return sorted(found, key=lambda node: node.index)


def depends_on(outputs: Iterable[Node], inputs: Iterable[Node]) -> set[Node]:
    """The nodes on the way from inputs to outputs, both included."""
    reached = set(inputs)
    for node in needed(outputs):
        if any(other in reached for other in node.inputs):
            reached.add(node)
    return reached


def freeze(value: Any) -> Any:
    """Something hashable that is equal for equal parameters."""
    if isinstance(value, dict):
        return tuple((key, freeze(item)) for key, item in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(map(freeze, value))
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    return value
