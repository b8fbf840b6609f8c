"""How functions are defined in terms of the primitives, and the words that definitions share.

The arguments of a definition are NumPy's, by name: what it does not name must be left at its
default. Where the result depends on the order of values the answer is that of the recorded values,
and a comparison is guarded: as long as it holds, the answer is right.
"""

import functools
import inspect
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from fastls.tape.graph import Graph
from fastls.tape.lists import as_traced
from fastls.tape.primitives import axes_of
from fastls.tape.refusals import refuse
from fastls.tape.trace import FUNCTIONS, UFUNCS, Tracer

Definition = TypeVar("Definition", bound=Callable[..., Any])

#: Arguments that make no difference to a traced value.
WITHOUT_EFFECT = ("casting", "copy", "device", "kind", "like", "optimize", "overwrite_input",
                  "stable", "subok")  # fmt: skip


def graph_in(values: Sequence[Any]) -> Graph | None:
    return next((value.graph for value in values if isinstance(value, Tracer)), None)


def as_constant(graph: Graph | None, value: Any) -> Any:
    """An array as a constant of the graph: what is made of it is made when replayed."""
    if graph is not None and isinstance(value, np.ndarray) and value.dtype == float and value.ndim:
        return Tracer(graph, graph.constant(value))
    return value


def says_nothing(name: str, value: Any, default: Any) -> bool:
    """Whether an argument is what is meant without it."""
    if name in WITHOUT_EFFECT or value is None or value is default:
        return True
    if name == "dtype":
        return not isinstance(value, Tracer) and np.dtype(value) == float
    if name == "order":
        return isinstance(value, str) and value in "CKA"
    return isinstance(value, (bool, int, float, str)) and bool(value == default)


def taken(place: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """An argument by its place or its name, or several."""
    if isinstance(place, tuple):
        return tuple(args[each] for each in place)
    if isinstance(place, dict):
        return {name: kwargs[name] for name in place}
    return kwargs[place] if isinstance(place, str) else args[place]


def with_arguments_of(function: Any, definition: Callable[..., Any]) -> Callable[..., Any]:
    """A definition that takes the arguments of a function of NumPy's, and refuses some."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # NumPy before 2.4 does not tell those of its functions in C
        signature = None
    named = inspect.signature(definition).parameters
    takes_any = any(one.kind is one.VAR_KEYWORD for one in named.values())
    if signature is None:

        @functools.wraps(definition)
        def unchecked(*args: Any, **kwargs: Any) -> Any:
            """What the definition does not name must make no difference."""
            others = set() if takes_any else kwargs.keys() - named.keys()
            for name in others:
                if not says_nothing(name, kwargs.pop(name), None):
                    raise refuse(f"{name}= of numpy.{function.__name__}", "leave it out")
            return definition(*args, **kwargs)

        return unchecked
    parameters = signature.parameters
    main = next(iter(parameters))
    many = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters.values())

    layouts: dict[Any, Any] = {}  # which argument has which name, by how they are given

    @functools.wraps(definition)
    def checked(*args: Any, **kwargs: Any) -> Any:
        key = (len(args), *kwargs)
        if key not in layouts:
            places = signature.bind(*range(len(args)), **{name: name for name in kwargs})
            layouts[key] = places.arguments
        given = {name: taken(place, args, kwargs) for name, place in layouts[key].items()}
        first: list[Any] = []
        options: dict[str, Any] = {}
        for name, value in given.items():
            parameter = parameters[name]
            if parameter.kind is parameter.VAR_KEYWORD:
                rest = value
            elif parameter.kind is parameter.VAR_POSITIONAL:
                first += value
                continue
            elif name == main or parameter.kind is parameter.POSITIONAL_ONLY or (
                many and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            ):  # fmt: skip
                first.append(value)
                continue
            else:
                rest = {name: value}
            for key, item in rest.items():
                if key != "out" and (key in named or takes_any):
                    options[key] = item
                elif not says_nothing(key, item, parameter.default):
                    raise refuse(f"{key}= of numpy.{function.__name__}", "leave it out")
        options = {k: v for k, v in options.items() if v is not np._NoValue}
        graph = graph_in([*first, *options.values()])
        first = [as_constant(graph, value) for value in first]
        options = {key: as_constant(graph, value) for key, value in options.items()}
        return definition(*first, **options)

    return checked


def defines(*names: str) -> Callable[[Definition], Definition]:
    """Enter a definition in the table for these names of NumPy's, where it has them."""

    def enter(definition: Definition) -> Definition:
        for name in names:
            function = getattr(np, name, None)
            if isinstance(function, np.ufunc):
                UFUNCS[function] = definition
            elif function is not None:
                FUNCTIONS[function] = with_arguments_of(function, definition)
        return definition

    return enter


# Words that definitions share.


def is_truth(x: Any) -> bool:
    return isinstance(x, Tracer) and x.dtype.kind == "b"


def as_numbers(x: Any) -> Any:
    """Truth values as zeros and ones."""
    return np.where(x, 1.0, 0.0) if is_truth(x) else as_traced(x)


def recorded(x: Any) -> Any:
    """The values recorded with, without a guard."""
    return np.asarray(x.graph.value(x.node)) if isinstance(x, Tracer) else np.asarray(x)


def answer(x: Any) -> Any:
    """The values recorded with, on which the path now depends."""
    return np.asarray(x.graph.guard(x.node)) if isinstance(x, Tracer) else x


def guard(condition: Any) -> None:
    """Record again where a condition comes out otherwise."""
    answer(condition)


def guard_nan(x: Any, values: Any) -> bool:
    """Whether there is a NaN; comparisons, false with it, do not tell when it goes."""
    found = bool(np.isnan(values).any())
    if found:
        guard(np.isnan(x))
    return found


def numbered(x: Any) -> Any:
    """The places of entries in the flattened array, where the entries are."""
    return np.arange(np.size(x)).reshape(np.shape(x))


def numbered_in_turn(parts: Sequence[Any]) -> list[Any]:
    """The places of the entries of each array in all of them, flattened and joined."""
    starts = np.cumsum([0, *map(np.size, parts)])
    return [numbered(part) + start for part, start in zip(parts, starts, strict=False)]


def picked(x: Any, places: Any) -> Any:
    """The entries in these places."""
    return np.ravel(x)[np.asarray(places)]


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """An index of one axis."""
    return (*(slice(None),) * axis, part)


def on_axis(values: Any, axis: int, ndim: int) -> Any:
    """A vector along one of the axes."""
    return np.reshape(values, (*(1,) * axis, -1, *(1,) * (ndim - axis - 1)))


def axis_of(axis: Any, ndim: int) -> int:
    return axes_of((operator.index(axis),), ndim)[0]


def with_ones(shape: Sequence[int], axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if axis in axes else n for axis, n in enumerate(shape))


def of_numbers(axis: Any, x: Any) -> Any:
    """The axes of a reduction; a number has none, but NumPy reduces it over its first or last."""
    if isinstance(axis, list):
        raise TypeError("'list' object cannot be interpreted as an integer")
    is_one = axis is not None and not isinstance(axis, tuple)
    return None if is_one and np.ndim(x) == 0 and operator.index(axis) in (0, -1) else axis


def lined_up(x: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """The axes made one, the last; the shape of a reduction without them and with."""
    axes = axes_of(axis, np.ndim(x))
    others = [a for a in range(np.ndim(x)) if a not in axes]
    shape = tuple(np.shape(x)[a] for a in others)
    length = math.prod(np.shape(x)[a] for a in axes)
    y = np.reshape(np.transpose(x, (*others, *axes)), (*shape, length))
    return y, shape, with_ones(np.shape(x), axes)
