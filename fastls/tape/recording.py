"""A function inside a graph, and its derivatives there.

What can be asked of a function (its value, a gradient, a product with the Jacobian) is a row of
`PURPOSES`: the vectors it needs, and the nodes to compute. A tape makes a program of these nodes;
where a function is called with traced values, they become part of the recording around it.
"""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import primitives
from fastls.tape.graph import Graph, Node
from fastls.tape.jacobian import MODES, hessian_node, jacobian_node
from fastls.tape.structure import describe, flatten, kind_of, unflatten, without_static
from fastls.tape.trace import Tracer, argument, as_node
from fastls.tape.transforms import pullback, pushforward

__all__ = ["PURPOSES", "Inside", "Purpose", "Recording", "traced"]


class Recording:
    """Inputs and outputs in a graph; `result` is what the function returned.

    `wanted` are the places of the inputs that are differentiated, `differentiated` the structure
    in which they stand; `structure` is that of the outputs.
    """

    def __init__(
        self, graph: Graph, inputs: list[Node], wanted: Sequence[int], differentiated: Any,
        result: Any,
    ) -> None:  # fmt: skip
        self.graph = graph
        self.inputs = inputs
        self.wanted = wanted
        self.differentiated = differentiated
        self.outputs: list[Node] = []
        if result is None:
            raise TypeError("the function returned None; is its return statement missing?")
        self.structure = self._outputs_of(result)

    def _outputs_of(self, value: Any) -> Any:
        if isinstance(value, dict):
            return ("dict", tuple((k, self._outputs_of(v)) for k, v in value.items()))
        if isinstance(value, (list, tuple)):
            return (kind_of(value), tuple(map(self._outputs_of, value)))
        node = as_node(self.graph, value)
        self.outputs.append(node)
        return ("leaf", node.shape)

    def filled(self, nodes: Sequence[Node | None], like: Sequence[Node]) -> list[Node]:
        """Zeros where a derivative is zero throughout."""
        return [
            self.graph.constant(np.zeros(other.shape)) if node is None else node
            for node, other in zip(nodes, like, strict=True)
        ]

    def pull(
        self, wanted: Sequence[int], outputs: Sequence[Node], cotangents: Sequence[Node]
    ) -> list[Node]:
        """The cotangents of the inputs wanted."""
        inputs = [self.inputs[i] for i in wanted]
        return self.filled(pullback(self.graph, inputs, outputs, cotangents), inputs)

    def push(
        self, wanted: Sequence[int], outputs: Sequence[Node], tangents: Sequence[Node]
    ) -> list[Node]:
        """The tangents of outputs."""
        inputs = [self.inputs[i] for i in wanted]
        return self.filled(pushforward(self.graph, inputs, outputs, tangents), outputs)

    def gradient(self, wanted: Sequence[int]) -> list[Node]:
        return self.pull(wanted, self.scalar_output(), [self.graph.constant(1.0)])

    def jacobian(self, mode: str) -> list[Node]:
        return [jacobian_node(self.graph, self.single_input(), self.single_output(), mode)]

    def hessian(self, wanted: Sequence[int]) -> list[Node]:
        x = self.single_input()
        return [hessian_node(self.graph, x, self.gradient(wanted)[0])]

    def scalar_output(self) -> list[Node]:
        if len(self.outputs) != 1 or self.outputs[0].shape not in ((), (1,)):
            shapes = [node.shape for node in self.outputs]
            instead = ""
            if shapes == [self.inputs[i].shape for i in self.wanted]:
                instead = (
                    ", as the argument has; jacobian is for arrays, and a function of one variable "
                    "is minimised by fastls.minimize_scalar(f, bounds=(a, b))"
                )
            raise TypeError(f"a gradient needs one number as output; got shapes {shapes}{instead}")
        if self.outputs[0].shape == (1,):
            return [self.graph.apply(primitives.RESHAPE, self.outputs, shape=())]
        return self.outputs

    def single_output(self) -> Node:
        if len(self.outputs) != 1:
            raise TypeError(f"jacobian needs one output; got {len(self.outputs)}")
        return self.outputs[0]

    def single_input(self) -> Node:
        """The one input that is differentiated."""
        if self.differentiated[0] != "leaf":
            raise TypeError("a matrix of derivatives needs one array or number to differentiate")
        return self.inputs[self.wanted[0]]

    def vectors(self, nodes: Sequence[Node]) -> list[Node]:
        """New inputs of the shapes of nodes."""
        return [self.graph.input(node.shape) for node in nodes]

    def seeds(self, purpose: "Purpose", vectors: Sequence[Any]) -> list[list[Any]]:
        """The leaves of vectors, which must have the structures that the purpose asks for."""
        spaces = {"x": self.differentiated, "y": self.structure}
        return [
            read_vector(name, vector, spaces[space])
            for (name, space), vector in zip(purpose.vectors.items(), vectors, strict=True)
        ]


class Purpose(NamedTuple):
    """What a function is asked for.

    Its vectors and its result are in a space each: "x", of what is differentiated; "y", of what the
    function returns; "1", of numbers; "J" and "H", of Jacobians and Hessians.
    """

    vectors: dict[str, str]  #: the space of each, by the name that its user knows
    result: str  #: the space, or those of a tuple
    nodes: Callable[..., list[Node]]  #: of the recording, the inputs wanted, and each vector

    def result_in(self, x: Any, y: Any) -> Any:
        """The structure of the result."""
        spaces = {"x": x, "y": y, "1": ("leaf", ())}
        if x[0] == y[0] == "leaf":
            spaces |= {"J": ("leaf", (*y[1], *x[1])), "H": ("leaf", (*x[1], *x[1]))}
        parts = tuple(spaces[space] for space in self.result)
        return parts[0] if len(parts) == 1 else ("tuple", parts)


PURPOSES = {
    "value": Purpose({}, "y", lambda f, wanted: f.outputs),
    "gradient": Purpose({}, "x", lambda f, wanted: f.gradient(wanted)),
    "value and gradient": Purpose(
        {}, "1x", lambda f, wanted: [*f.scalar_output(), *f.gradient(wanted)]
    ),
    "differential": Purpose({"dx": "x"}, "y", lambda f, wanted, v: f.push(wanted, f.outputs, v)),
    "cotangent": Purpose({"u": "y"}, "x", lambda f, wanted, u: f.pull(wanted, f.outputs, u)),
    "jvp": Purpose(
        {"v": "x"}, "yy", lambda f, wanted, v: [*f.outputs, *f.push(wanted, f.outputs, v)]
    ),
    "vjp": Purpose(
        {"u": "y"}, "yx", lambda f, wanted, u: [*f.outputs, *f.pull(wanted, f.outputs, u)]
    ),
    "hvp": Purpose({"v": "x"}, "x", lambda f, wanted, v: f.push(wanted, f.gradient(wanted), v)),
    "second differential": Purpose(
        {"dx1": "x", "dx2": "x"}, "y",
        lambda f, wanted, v, w: f.push(wanted, f.push(wanted, f.outputs, v), w),
    ),
    **{
        f"jacobian, {mode}": Purpose({}, "J", lambda f, wanted, mode=mode: f.jacobian(mode))
        for mode in MODES
    },
    "hessian": Purpose({}, "H", lambda f, wanted: f.hessian(wanted)),
}  # fmt: skip


def jacobian_purpose(mode: str) -> str:
    """The purpose that a mode of `Tape.jacobian` is."""
    if mode not in MODES:
        raise ValueError(f"mode must be 'auto', 'forward' or 'reverse'; got {mode!r}")
    return f"jacobian, {mode}"


def read_vector(name: str, vector: Any, expected: Any) -> list[Any]:
    """The leaves of a vector, which must have the structure expected."""
    leaves: list[Any] = []
    structure = flatten(vector, True, leaves)
    if without_static(structure) != without_static(expected):
        raise ValueError(
            f"{name} must have the structure {describe(expected)}; got {describe(structure)}"
            f"{as_array(structure, expected)}"
        )
    return leaves


def as_array(structure: Any, expected: Any) -> str:
    """What to write where a list stands for an array; else nothing."""
    if structure[0] not in ("list", "tuple") or expected[0] != "leaf" or not expected[1]:
        return ""
    return f"; in place of the {structure[0]} pass np.array(...), of the shape {expected[1]}"


def listed(arguments: Sequence[Any], error: Exception) -> str:
    """What to write where a function takes a list of the arguments for an array; else nothing."""
    for i, structure in enumerate(arguments):
        kind, items = structure[0], structure[1:] and structure[1]
        is_array = kind in ("list", "tuple") and len(set(items)) == 1 and items[0][0] == "leaf"
        if is_array and re.search(f"{kind}|sequence", str(error)):
            shape = (len(items), *items[0][1])
            return f"argument {i} is a {kind}{as_array(structure, ('leaf', shape))}"
    return ""


def too_few(purpose: str, vectors: Sequence[str], count: int, given: int) -> str:
    """The error of a call without some of the arguments, or of the vectors that follow them."""
    arguments = "the argument" if count == 1 else f"{count} arguments"
    then = f", then {', '.join(vectors)}" if vectors else ""
    purpose = purpose.partition(",")[0]  # of a Jacobian in whichever mode
    return f"{purpose}: give {arguments}{then}; got {given} of {count + len(vectors)}"


def places(argnums: Any, count: int) -> tuple[int, ...]:
    """Which of the arguments are differentiated, counted from the first."""
    found = argnums if isinstance(argnums, tuple) else (argnums,)
    for i in found:
        if not hasattr(i, "__index__"):
            raise TypeError(f"argnums must be an integer or a tuple of integers; got {argnums!r}")
        if not -count <= i < count:
            raise ValueError(
                f"argnums must be the places of arguments, of which there are {count}; got {i}"
            )
    chosen = tuple(operator.index(i) % count for i in found)
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"argnums must name each argument once; got {argnums!r}")
    return chosen


def split(arguments: tuple[Any, ...], purpose: Purpose) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The arguments of the function, and the vectors that follow them."""
    number = len(arguments) - len(purpose.vectors)
    if number < 0:
        raise TypeError(f"{', '.join(purpose.vectors)} must follow the arguments")
    return arguments[:number], arguments[number:]


def differentiated(structures: Sequence[Any], argnums: Any) -> Any:
    """The structure of what is differentiated, given those of all arguments."""
    parts = tuple(structures[i] for i in places(argnums, len(structures)))
    for part in parts:
        if part[0] == "static":
            raise TypeError(
                "what is differentiated must be of real numbers and arrays; "
                f"got {type(part[1]).__name__} {part[1]!r}"
            )
    return ("tuple", parts) if isinstance(argnums, tuple) else parts[0]


def traced(values: Any) -> list[Tracer]:
    """The tracers in nested arguments."""
    if isinstance(values, Tracer):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        return [tracer for value in values for tracer in traced(value)]
    return []


class Inside(Recording):
    """A function called with traced values, while another is recorded: part of that graph."""

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], argnums: Any, graph: Graph
    ) -> None:
        inputs: list[Node] = []
        renamed = list(arguments)
        structures: list[Any] = [None] * len(arguments)
        for i in places(argnums, len(arguments)):
            leaves: list[Any] = []
            structures[i] = flatten(arguments[i], True, leaves)
            # Under a new name, so that the same value used elsewhere is not differentiated.
            nodes = [
                graph.apply(primitives.IDENTITY, [as_node(graph, leaf)], tag=object())
                for leaf in leaves
            ]
            renamed[i] = unflatten(structures[i], [argument(graph, node) for node in nodes])
            inputs += nodes
        x = differentiated(structures, argnums)
        super().__init__(graph, inputs, range(len(inputs)), x, function(*renamed))

    @classmethod
    def answer(
        cls, function: Callable[..., Any], argnums: Any, purpose: Purpose, given: tuple[Any, ...]
    ) -> Any:
        """What is asked of a function, some of whose arguments or vectors are traced."""
        graph = traced(given)[0].graph
        arguments, vectors = split(given, purpose)
        inside = cls(function, arguments, argnums, graph)
        seeds = [[as_node(graph, leaf) for leaf in each] for each in inside.seeds(purpose, vectors)]
        nodes = purpose.nodes(inside, inside.wanted, *seeds)
        result = purpose.result_in(inside.differentiated, inside.structure)
        return unflatten(result, [Tracer(graph, node) for node in nodes])
