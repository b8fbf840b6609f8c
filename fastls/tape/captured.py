"""What a function uses besides its arguments, and whether it is still what it was.

A recording reads arrays that the function has captured where they are, so that changes in place
are seen. Numbers and the names of things are recorded: where a global variable, a variable of an
enclosing function or an attribute now refers to something else, the recording has gone stale.
"""

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["Captured"]

LARGE = 65536
LIBRARIES = ("numpy", "scipy", "fastls", "builtins")


def look_up(place: Any, name: str | None) -> Any:
    if name is None:
        return place.cell_contents
    return place.get(name, Captured)


def fingerprint(value: Any) -> Any:
    """What shows that a value was changed in place: its entries, or the identity of what it holds.

    Of an array of more than 64 kB it is a sample of the entries; where it is used as it is, with
    nothing computed from it before it meets a traced value, it is read anew in any case.
    """
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or not value.flags.writeable:
            return None
        if value.nbytes <= LARGE:
            return value.tobytes()
        return value.flat[:: value.size // 1021].tobytes()
    if isinstance(value, dict):
        return tuple((key, id(item)) for key, item in value.items())
    if isinstance(value, (list, tuple, set)):
        return tuple(map(id, value))
    return None


class Captured:
    """The variables that a function reads, as they were at one time."""

    def __init__(self, function: Callable[..., Any]) -> None:
        code = getattr(function, "__code__", None)
        self.cells = {
            id(cell): name
            for cell, name in zip(
                getattr(function, "__closure__", None) or (),
                code.co_freevars if code else (),
                strict=True,
            )
        }
        self.items: list[tuple[Any, str | None, Any, Any]] = []
        seen: set[int] = set()
        for place, name in variables(function, seen):
            value = look_up(place, name)
            self.items.append((place, name, value, fingerprint(value)))

    def named(self) -> Iterator[tuple[str, Any]]:
        """The names and values of variables."""
        for place, name, value, _ in self.items:
            if name is not None:
                yield name, value
            elif id(place) in self.cells:
                yield self.cells[id(place)], value

    def is_unchanged(self) -> bool:
        for place, name, value, print_ in self.items:
            if look_up(place, name) is not value:
                return False
            if print_ is not None and fingerprint(value) != print_:
                return False
        return True


def variables(function: Any, seen: set[int]) -> Iterator[tuple[Any, str | None]]:
    """Where a Python function, and those of the user's that it calls, look for what they use."""
    if isinstance(function, functools.partial):
        yield from ((holder, None) for holder in map(Holder, function.args))
        yield from ((function.keywords, name) for name in function.keywords)
        yield from variables(function.func, seen)
        return
    if isinstance(function, types.MethodType):
        yield from attributes(function.__self__, seen)
        function = function.__func__
    elif not isinstance(function, types.FunctionType):
        yield from attributes(function, seen)
        function = type(function).__dict__.get("__call__")
    if not isinstance(function, types.FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    if (function.__module__ or "").split(".")[0] in LIBRARIES:
        return
    places: list[tuple[Any, str | None]] = [
        (function.__globals__, name) for name in names(function.__code__)
        if name in function.__globals__
    ]  # fmt: skip
    places += [(cell, None) for cell in function.__closure__ or ()]
    places += [(holder, None) for holder in map(Holder, function.__defaults__ or ())]
    places += [(function.__kwdefaults__, name) for name in function.__kwdefaults__ or ()]
    for place, name in places:
        try:
            value = look_up(place, name)
        except ValueError:  # an empty cell
            continue
        if isinstance(value, (types.ModuleType, type, np.ufunc)):
            continue
        if isinstance(value, (types.FunctionType, types.MethodType, functools.partial)):
            yield from variables(value, seen)
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, (types.FunctionType, types.MethodType, functools.partial)):
                    yield from variables(item, seen)
        else:
            yield from attributes(value, seen)
        yield place, name


class Holder:
    """Something that no variable holds, as a default value."""

    def __init__(self, value: Any) -> None:
        self.cell_contents = value


def attributes(value: Any, seen: set[int]) -> Iterator[tuple[Any, str | None]]:
    """The attributes of an object of the user's."""
    owner = getattr(value, "__dict__", None)
    library = (type(value).__module__ or "").split(".")[0]
    if isinstance(owner, dict) and id(value) not in seen and library not in LIBRARIES:
        seen.add(id(value))
        yield from ((owner, name) for name in tuple(owner))


def names(code: types.CodeType) -> set[str]:
    """The global names in a function and in those defined inside it."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names(constant)
    return found
