"""One path through a function: its graph, and the programs made from it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fastls.tape.answering import Call, own_shelf
from fastls.tape.captured import Captured
from fastls.tape.checkpoint_choice import choose_regions
from fastls.tape.graph import Graph, Node
from fastls.tape.lists import taking_lists
from fastls.tape.lock import OwnLock
from fastls.tape.plan import make_program
from fastls.tape.recording import PURPOSES, Recording, differentiated, listed
from fastls.tape.refusals import TracingError
from fastls.tape.replay import Program
from fastls.tape.structure import as_input, unflatten, without_static
from fastls.tape.trace import argument

__all__ = ["Path"]


class Path(Recording):
    """A function recorded with some arguments, in a graph of its own.

    Parameters
    ----------
    function : callable
    arguments : tuple
        The structure of the arguments, a tuple, with their constants.
    leaves : list
        The numbers and arrays in them.
    wanted : list of int
        The places among the leaves of what is differentiated.
    argnums : int or tuple of int
        The arguments that it is.
    memory_limit : int, optional
        Bytes that value and gradient are to fit into.
    """

    def __init__(
        self, function: Callable[..., Any], arguments: Any, leaves: list[Any], wanted: list[int],
        argnums: Any, memory_limit: int | None = None,
    ) -> None:  # fmt: skip
        graph = Graph()
        arrays = [as_input(leaf) for leaf in leaves]
        inputs = [graph.input(array.shape, array.copy()) for array in arrays]
        values = unflatten(arguments, [argument(graph, node) for node in inputs])
        x = differentiated(arguments[1], argnums)
        try:
            with taking_lists():
                returned = function(*values)
        except ValueError as error:  # NumPy's, of an assignment into an array
            if isinstance(error.__cause__, TracingError):
                raise error.__cause__ from None
            raise
        except (TypeError, AttributeError) as error:
            hint = listed(arguments[1], error)
            if hint and not isinstance(error, TracingError):
                error.add_note(hint)
            raise
        super().__init__(graph, inputs, wanted, x, returned)
        graph.check_constants()
        graph.values.clear()
        self.arguments = arguments
        self.guards = list(graph.guards)
        graph.is_recorded = True
        self.length = len(graph.nodes)  #: of the function itself
        if memory_limit is not None:
            choose_regions(self, memory_limit)
        self.captured = Captured(function, arguments)
        self.calls: dict[tuple[str, int], Call] = {}  #: one for each shelf of threads
        self.programs: dict[Any, Program] = {}
        self.ends: dict[Any, tuple[list[Node], list[Node]]] = {}
        self.lock = OwnLock()

    def program(self, key: Any, build: Callable[["Path"], Any]) -> Program:
        """The program for inputs and outputs that build names, made when it is first asked for."""
        program = self.programs.get(key)
        if program is None:
            with self.lock:
                if key not in self.programs:
                    inputs, outputs = build(self)
                    self.ends[key] = inputs, outputs
                    self.programs[key] = make_program(self.graph, inputs, outputs, self.guards)
                    self.graph.values.clear()
                program = self.programs[key]
        return program

    def program_for(self, purpose: str) -> Program:
        """The program for a purpose: its inputs are those of the function, then the vectors."""

        def build(path: Path) -> tuple[list[Node], list[Node]]:
            spaces = {"x": [path.inputs[i] for i in path.wanted], "y": path.outputs}
            vectors = [path.vectors(spaces[s]) for s in PURPOSES[purpose].vectors.values()]
            nodes = PURPOSES[purpose].nodes(path, path.wanted, *vectors)
            return [*path.inputs, *(node for vector in vectors for node in vector)], nodes

        return self.program(purpose, build)

    def call(self, purpose: str) -> Call:
        """The program for a purpose, for arguments that are of the structure recorded."""
        key = purpose, own_shelf()
        call = self.calls.get(key)
        if call is None:
            x, y, row = self.differentiated, self.structure, PURPOSES[purpose]
            vectors = ({"x": without_static(x), "y": y}[space] for space in row.vectors.values())
            call = self.calls[key] = Call(
                ("tuple", (*self.arguments[1], *vectors)), row.result_in(x, y),
                self.program_for(purpose), self.captured.items,
            )  # fmt: skip
        return call

    def read_vectors(self, purpose: str, vectors: tuple[Any, ...]) -> list[Any]:
        """The leaves of the vectors, which must have the structures that the purpose asks for."""
        return [as_input(leaf) for each in self.seeds(PURPOSES[purpose], vectors) for leaf in each]

    def compute(self, purpose: str, arrays: list[Any]) -> tuple[Any, ...]:
        """The leaves of the result, for arguments that are known to lead along this path."""
        found = self.program_for(purpose)(arrays)
        if found is None:
            # Sums may round otherwise than in NumPy, and a guard be decided by the last bit; or
            # NumPy raises, as for a singular matrix.
            found = self.interpret(purpose, arrays)
        return found

    def interpret(self, key: Any, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """What the program computes, by NumPy's own functions: for the arguments recorded with."""
        inputs, outputs = self.ends[key]
        with self.lock:
            self.graph.values.clear()
            self.graph.values.update(zip(inputs, map(np.asarray, arrays), strict=True))
            found = [np.array(self.graph.value(node), dtype=float) for node in outputs]
            self.graph.values.clear()
        return tuple(float(array) if array.ndim == 0 else array for array in found)
