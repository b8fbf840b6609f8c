"""Tapes: a function recorded once, replayed as often as wanted, with all its derivatives.

A tape is one path through a function. Where the function asked for the value of something traced
(a branch, an index, the order of a sort) the answer is recorded as a guard; a replay that answers
otherwise ends, and the function is recorded again on the new path. Paths are kept.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from fastls.tape import (  # noqa: F401  # they fill the tables
    functions,
    linalg,
    norms,
    primitives,
    special,
)
from fastls.tape.answering import Answering
from fastls.tape.formula import write_formula
from fastls.tape.lock import new_lock
from fastls.tape.lowlevel import LowLevel, lowlevel
from fastls.tape.memory import Memory, memory_of
from fastls.tape.path import Path
from fastls.tape.picture import write_dot
from fastls.tape.ray import Ray, along
from fastls.tape.recording import (
    PURPOSES,
    Inside,
    as_array,
    differentiated,
    jacobian_purpose,
    places,
    read_vector,
    split,
    too_few,
    traced,
)  # fmt: skip
from fastls.tape.structure import (
    as_input,
    describe,
    fits,
    flatten,
    unflatten,
)  # fmt: skip

__all__ = ["Path", "Tape", "record"]

MOST_PATHS = 64


class Tape(Answering):
    """A recorded function: value and derivatives, replayed in C.

    Made by `fastls.record`. A tape is immutable as far as its users can tell, and serves many
    threads at a time; it pickles if the function and the arguments do.

    Parameters
    ----------
    function : callable
        Plain NumPy code.
    arguments : tuple
        What to record it with: arrays, numbers, or nested lists, tuples and dicts of them.
    argnums : int or tuple of int, optional
        With respect to which arguments to differentiate.
    memory_limit : int, optional
        As for `fastls.record`.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> tape = fastls.record(lambda x: np.sum(x**2) + np.sin(x[0]), np.array([0.0, 1.0]))
    >>> tape(np.array([0.0, 3.0]))
    9.0
    >>> tape.grad(np.array([0.0, 3.0]))
    array([1., 6.])
    >>> tape.hessian(np.array([0.0, 3.0]))
    array([[2., 0.],
           [0., 2.]])
    """

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], argnums: Any = 0,
        memory_limit: int | None = None,
    ) -> None:  # fmt: skip
        if not callable(function):
            raise TypeError(f"the function must be callable; got {function!r}")
        self.function = function
        self.__wrapped__ = function  # whose signature is that of the tape
        if memory_limit is not None and operator.index(memory_limit) <= 0:
            raise ValueError(f"memory_limit must be a number of bytes > 0; got {memory_limit}")
        self.recorded = arguments, argnums
        self.memory_limit = memory_limit
        self.argnums = places(argnums, len(arguments))
        leaves: list[Any] = []
        self.structure: Any = ("tuple", ())
        self.structure, wanted = self._read(arguments, leaves)
        self.paths: dict[Any, list[Path]] = {}
        self.lock = new_lock(reentrant=True)
        self._new_path(self.structure, leaves, wanted)

    def __reduce__(self) -> Any:
        arguments, argnums = self.recorded
        return Tape, (self.function, arguments, argnums, self.memory_limit)

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", repr(self.function))
        path = self._first_path()
        return f"Tape of {name}, {len(path.graph.nodes)} nodes, {len(path.guards)} guards"

    # Finding the path.

    def _read(self, arguments: tuple[Any, ...], leaves: list[Any]) -> tuple[Any, list[int]]:
        """The structure of arguments, and the places among the leaves of what is differentiated.

        An integer may stand where a float was recorded.
        """
        structures: list[Any] = []
        ranges: list[range] = []
        like = dict(enumerate(self.structure[1]))
        for i, argument in enumerate(arguments):
            start = len(leaves)
            structures.append(flatten(argument, i in self.argnums, leaves, like.get(i, ("none",))))
            ranges.append(range(start, len(leaves)))
        wanted = [leaf for i in self.argnums for leaf in ranges[i]]
        return ("tuple", tuple(structures)), wanted

    def _first_path(self) -> Path:
        """What is shown of the tape; where all is stale that is known, what was recorded last."""
        known = list(self.paths.values())  # at once: another thread may record
        return next((path for paths in known for path in paths), self.latest)

    def _new_path(self, structure: Any, leaves: list[Any], wanted: list[int]) -> Path:
        with self.lock:
            path = Path(
                self.function, structure, leaves, wanted, self.recorded[1], self.memory_limit
            )
            paths = self.paths.setdefault(structure, [])
            paths.insert(0, path)
            del paths[MOST_PATHS:]
            if len(self.paths) > MOST_PATHS:  # as of integers that are others at each call
                del self.paths[next(iter(self.paths))]
            self._forget()
            self.latest = path
            return path

    def _forget_stale(self) -> None:
        """Drop recordings of what a captured variable no longer refers to."""
        with self.lock:
            for structure, paths in self.paths.items():
                self.paths[structure] = [path for path in paths if path.captured.is_unchanged()]
            self._forget()

    def _find(
        self, purpose: str, arguments: tuple[Any, ...]
    ) -> tuple[Path, list[np.ndarray[Any, Any]], tuple[Any, ...]]:
        """The path on which the guards hold, recorded now if there is none; inputs and outputs."""
        self._count(purpose, PURPOSES[purpose].vectors, arguments)
        arguments, vectors = split(arguments, PURPOSES[purpose])
        structure, leaves, wanted = self._checked(arguments)
        arrays = [as_input(leaf) for leaf in leaves]
        for path in self._unchanged(structure):
            inputs = arrays + path.read_vectors(purpose, vectors)
            found = path.program_for(purpose)(inputs)
            if found is not None:
                self._know(purpose, path.call(purpose))
                return path, arrays, found
        path = self._new_path(structure, leaves, wanted)
        inputs = arrays + path.read_vectors(purpose, vectors)
        return path, arrays, path.compute(purpose, inputs)

    def _count(self, purpose: str, vectors: Iterable[str], given: tuple[Any, ...]) -> None:
        """Refuse a call without all that is differentiated and the vectors that follow."""
        vectors = list(vectors)
        if len(given) - len(vectors) <= max(self.argnums, default=-1):
            count = len(self.structure[1])
            raise TypeError(too_few(purpose, vectors, count, len(given)))

    def _checked(self, arguments: tuple[Any, ...]) -> tuple[Any, list[Any], list[int]]:
        """The structure of arguments, as far as it must be as recorded; what `_read` finds."""
        leaves: list[Any] = []
        structure, wanted = self._read(arguments, leaves)
        if structure != self.structure and not fits(structure, self.structure):
            raise ValueError(
                f"the arguments have the structure {describe(structure)}; "
                f"recorded was {describe(self.structure)}"
                + "".join(
                    as_array(given, recorded)
                    for given, recorded in zip(structure[1], self.structure[1], strict=False)
                )
            )
        return structure, leaves, wanted

    def _unchanged(self, structure: Any) -> tuple[Path, ...]:
        """The paths known for a structure, as far as what they captured is what it was."""
        if not all(path.captured.is_unchanged() for path in self.paths.get(structure, ())):
            self._forget_stale()
        return tuple(self.paths.get(structure, ()))

    def _search(self, purpose: str, arguments: tuple[Any, ...]) -> Any:
        """What a row of `PURPOSES` asks for, where the path is yet to be found."""
        if traced(arguments):
            return Inside.answer(self.function, self.recorded[1], PURPOSES[purpose], arguments)
        path, _, leaves = self._find(purpose, arguments)
        return unflatten(PURPOSES[purpose].result_in(path.differentiated, path.structure), leaves)

    # For rays.

    def _located(self, arguments: tuple[Any, ...]) -> tuple[Path, list[Any]]:
        """A path to begin with at arguments, whose guards are yet to be asked; their arrays."""
        structure, leaves, wanted = self._checked(arguments)
        for path in self._unchanged(structure):
            return path, [as_input(leaf) for leaf in leaves]
        return self._new_path(structure, leaves, wanted), [as_input(leaf) for leaf in leaves]

    def _path_of(self, structure: Any, leaves: list[Any]) -> Path:
        """The path at arguments given by their structure and their arrays."""
        return self._find("value", unflatten(structure, leaves))[0]

    def _leaves_at(self, structure: Any, leaves: list[Any], purpose: str) -> tuple[Any, ...]:
        """The leaves of a result at arguments given by their structure and their arrays."""
        return self._find(purpose, unflatten(structure, leaves))[2]

    def _directions(self, vector: Any, name: str) -> list[Any]:
        """The leaves of a vector in the structure of what is differentiated."""
        return read_vector(name, vector, differentiated(self.structure[1], self.recorded[1]))

    def _in_structure(self, arrays: Sequence[Any]) -> Any:
        """Arrays in the structure of what is differentiated."""
        return unflatten(differentiated(self.structure[1], self.recorded[1]), arrays)

    # Derivatives.

    def jacobian(self, *arguments: Any, mode: str = "auto") -> Any:
        """The Jacobian, of the shape of the output followed by that of the input.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.
        mode : {"auto", "forward", "reverse"}, optional
            A lane J v for each of n inputs, or a lane u J for each of m outputs, all in one sweep.
            "auto" is reverse where n >= 4 m, forward where m >= 4 n, and between these the mode
            that takes fewer operations; they are counted when it is first asked for.

        Returns
        -------
        ndarray
            m outputs, n inputs: (m, n).
        """
        return self._answer(jacobian_purpose(mode), arguments)

    def along(self, *arguments_and_direction: Any) -> Ray:
        """The function along the ray x + alpha d, for searches that run in C.

        Parameters
        ----------
        *arguments_and_direction
            The arguments, and last the direction d, in the structure of what is differentiated.

        Returns
        -------
        Ray

        Examples
        --------
        >>> import numpy as np
        >>> import fastls
        >>> tape = fastls.record(lambda x: np.sum((x - 1.0) ** 2), np.zeros(2))
        >>> ray = tape.along(np.zeros(2), np.array([1.0, 0.0]))
        >>> ray(0.5)
        (1.25, -1.0)
        """
        self._count("along", "d", arguments_and_direction)
        *arguments, d = arguments_and_direction
        return along(self, tuple(arguments), d)

    def lowlevel(self, *arguments: Any) -> LowLevel:
        """The function for compiled code: the address of a C function, called without the GIL.

        Parameters
        ----------
        *arguments
            Those recorded with, if none are given. What is differentiated are the variables, of
            which only the shapes matter; the others are read where they are.

        Returns
        -------
        LowLevel
            With an ``address`` and ``data`` for
            ``double (unsigned n, const double *x, double *gradient, void *data)``; of one variable
            also a ``callable`` for SciPy.

        Examples
        --------
        >>> import numpy as np
        >>> import fastls
        >>> from scipy.integrate import quad
        >>> round(quad(fastls.record(np.cos, 0.0).lowlevel().callable, 0.0, np.pi / 2.0)[0], 12)
        1.0
        """
        return lowlevel(self, arguments or self.recorded[0])

    def formula(self, what: str = "value", style: str = "text") -> str:
        """The function, its gradient or its differential, written out.

        Parameters
        ----------
        what : {"value", "gradient", "differential"}, optional
        style : {"text", "latex"}, optional

        Returns
        -------
        str
        """
        return write_formula(self, what, style)

    def to_dot(self) -> str:
        """The graph of the value in the language of Graphviz.

        Returns
        -------
        str
        """
        path = self._first_path()
        with path.lock:  # whoever adds to a graph may move its records
            return write_dot(path.graph, path.inputs, path.outputs)

    @property
    def memory(self) -> Memory:
        """Bytes that value and gradient need: what is kept for the reverse sweep, adjoints, peak.

        Returns
        -------
        Memory
            Of the path recorded last. Arguments and results are not counted.

        Examples
        --------
        >>> import numpy as np
        >>> import fastls
        >>> def chain(x, matrix):
        ...     for _ in range(10):
        ...         x = np.tanh(matrix @ x)
        ...     return np.sum(x)
        >>> memory = fastls.record(chain, np.ones(1000), np.eye(1000)).memory
        >>> memory.kept, memory.adjoints  # ten vectors; three in between
        (80000, 24000)
        """
        return memory_of(self._first_path())


def record(
    function: Callable[..., Any], *arguments: Any, argnums: Any = 0,
    memory_limit: int | None = None,
) -> Tape:  # fmt: skip
    """Record a function of NumPy arrays, for values and derivatives in C.

    Parameters
    ----------
    function : callable
        Plain NumPy code, without side effects.
    *arguments
        What to record it with: arrays, floats, or nested lists, tuples and dicts of them. Integers
        are variables where they are differentiated (`argnums`), as in ``record(f, 3)``. Elsewhere
        they are constants, as all other objects are: with others the function is recorded anew.
    argnums : int or tuple of int, optional
        With respect to which arguments to differentiate.
    memory_limit : int, optional
        Bytes that `Tape.value_and_grad` may take for its work, besides arguments and results: what
        does not fit is computed again, the cheapest first, as if under `fastls.checkpoint`. Plans
        are made and measured for that, which takes time. It holds on every path.

    Returns
    -------
    Tape

    Raises
    ------
    TracingError
        A `TypeError`, if the function does what cannot be recorded; it names the line.
    TypeError
        If there are no arguments.
    ValueError
        If value and gradient do not fit into `memory_limit`; it names the least found to do.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> tape = fastls.record(lambda x: np.log(x @ x), np.ones(2))
    >>> tape.value_and_grad(np.array([1.0, 0.0]))
    (0.0, array([2., 0.]))
    """
    if not arguments:
        raise TypeError("record needs the arguments to record with, as in record(f, np.zeros(3))")
    return Tape(function, arguments, argnums, memory_limit)
