"""What a function uses besides its arguments, and whether it is still what it was.

All that the function's code can reach is walked once, when it has been recorded, and kept as a
list of items to compare before every replay; where one differs, the recording has gone stale.

Noticed are changes of

- variables: globals, those of enclosing functions, and attributes of modules, of the names that
  stand in the code; names and their values, by identity;
- arrays: their shape and all their entries, read-only views too. Not compared, since a replay
  reads it where it is, is an array of more than 64 kB in double precision of which nothing but
  ``A @ x``, ``x @ A``, ``dot`` or a sum, difference, product or quotient with an argument x is
  formed;
- lists, dicts, sets, deques and buffers, however nested;
- objects of the user's: what is in ``__dict__`` and in ``__slots__``, and what is in their
  classes up to those of libraries: methods, properties, class attributes;
- in turn, whatever the functions reached so use: helpers, closures, methods, defaults, partials;
- objects passed as constant arguments.

Not noticed are changes inside objects of NumPy (other than arrays), SciPy, fastls and of types
written in C, as of the mask of a masked array; of modules of NumPy, SciPy, fastls and the standard
library, and which of them a name means; a name that was not there when the function was recorded,
or comes to hide a builtin; what is found by a name put together at run time in a module or in
globals; ``__code__`` or ``__defaults__`` of a function replaced; and the outside world: files,
time, random numbers. Of what is too large to walk (`MOST` objects), or changes while it is walked,
every call is taken for a change.
"""

import array
import collections
import dis
import functools
import sys
import types
import weakref
from collections.abc import Callable, Iterator, Set
from typing import Any

import numpy as np

from fastls.tape import kept
from fastls.tape.kept import MISSING, in_cell, in_class, in_slot, place_of

__all__ = ["Captured"]

LARGE = 65536
MOST = 100_000
LIBRARIES = {"numpy", "scipy", "fastls", "builtins"}
STANDARD = LIBRARIES | sys.stdlib_module_names
OPAQUE = LIBRARIES | {"logging", "threading", "numba"}
PLAIN = (int, float, complex, str, bytes, type(None), np.generic, np.ufunc)


class Captured:
    """What a function reads, as it was at one time.

    Parameters
    ----------
    function : callable
    arguments : tuple, optional
        The structure of its arguments, as of `fastls.tape.tape.flatten`.
    """

    def __init__(self, function: Callable[..., Any], arguments: Any = ()) -> None:
        self.items: list[kept.Kept] = []
        self.variables: dict[str, Any] = {}
        self.names: set[str] = set()
        self.modules: list[types.ModuleType] = []
        self.namespaces: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.seen: dict[int, Any] = {}  # kept, lest an identity be used again
        self.function, self.live = function, operands(function, arguments)
        self._walk([arguments, function])
        # Names lead to modules, and these to functions with more names.
        count = -1
        while count != len(self.seen):
            count = len(self.seen)
            for module in tuple(self.modules):
                self._walk(self._variables(vars(module), self.names))
        for namespace, values in self.namespaces.values():
            self.items.append(kept.Variables(namespace, values))
        if len(self.seen) > MOST:
            self.items.insert(0, kept.Kept())
        del self.seen, self.namespaces, self.modules, self.names, self.function

    def named(self) -> Iterator[tuple[str, Any]]:
        """The names and values of variables."""
        yield from self.variables.items()

    def is_unchanged(self) -> bool:
        return kept.are_same(self.items)

    def _walk(self, pending: list[Any]) -> None:
        while pending and len(self.seen) <= MOST:
            value = pending.pop()
            if type(value) in weakref.ProxyTypes:  # of what someone else keeps
                continue
            if id(value) not in self.seen and not isinstance(value, PLAIN):
                self.seen[id(value)] = value
                try:
                    pending += self._inside(value)
                except RuntimeError:  # another thread has changed it meanwhile
                    self.items.append(kept.Kept())

    def _inside(self, value: Any) -> list[Any]:
        """Keep what a value holds itself, and give what it leads to."""
        kind = type(value)
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, types.ModuleType):
            if library(value.__name__) not in STANDARD:
                self.modules.append(value)
            return []
        if isinstance(value, type):
            return self._of_class(value)
        if isinstance(value, types.MethodType):
            return [value.__self__, value.__func__]
        if isinstance(value, (staticmethod, classmethod)):
            return [value.__func__]
        if isinstance(value, property):
            return [value.fget]
        found: list[Any] = []
        if isinstance(value, functools.partial):
            found += [value.func, value.args, value.keywords]
        elif isinstance(value, np.ndarray):
            self.items.append(kept.Array(value))
            if value.dtype.hasobject:
                found += value.ravel().tolist()
        elif isinstance(value, (bytearray, memoryview, array.array)):
            self.items.append(kept.Sight(value, bytes))
        elif isinstance(value, dict):
            self.items.append(kept.Mapping(value))
            found += [*value, *value.values()]
        elif isinstance(value, types.MappingProxyType):
            self.items.append(kept.Mapping(value))
            found += value.values()
        elif isinstance(value, (tuple, frozenset)):
            found += value
        elif isinstance(value, (list, set, collections.deque)):
            self.items.append(kept.Parts(value))
            found += value
        if library(kind.__module__) not in OPAQUE:
            found += self._of_object(value)
        return found

    def _of_object(self, value: Any) -> list[Any]:
        kind = type(value)
        found: list[Any] = [kind]
        try:
            owner = object.__getattribute__(value, "__dict__")
        except AttributeError:
            owner = None
        if isinstance(owner, dict):
            found.append(owner)
        slots = [
            slot for cls in kind.__mro__ if library(cls.__module__) not in STANDARD
            for slot in vars(cls).values() if isinstance(slot, types.MemberDescriptorType)
        ]  # fmt: skip
        if slots:
            self.items.append(kept.Slots(value, slots))
            found += [in_slot(slot, value) for slot in slots]
        return found

    def _of_class(self, cls: type) -> list[Any]:
        found: list[Any] = []
        for base in cls.__mro__:
            if library(base.__module__) not in STANDARD:
                self.items.append(kept.Class(base))
                found += in_class(base).values()
        return found

    def _of_function(self, function: types.FunctionType) -> list[Any]:
        cells = function.__closure__ or ()
        if library(function.__module__) in STANDARD:  # it may call a function of the user's
            kinds = (types.FunctionType, types.MethodType, functools.partial)
            inside = [*map(in_cell, cells), getattr(function, "__wrapped__", None)]
            return [value for value in inside if isinstance(value, kinds)]
        code = function.__code__
        live = self.live if function is self.function else set()
        used, texts = names(code)
        self.names |= used | texts
        found = self._variables(function.__globals__, used, live)
        imported = {name for name in used if library(name) not in STANDARD}
        found += [sys.modules[name] for name in imported if name in sys.modules]
        for cell, name in zip(cells, code.co_freevars, strict=True):
            value = in_cell(cell)
            if id(cell) not in self.seen:
                self.seen[id(cell)] = cell
                self.items.append(kept.Cell(cell))
            if value is not MISSING:
                found += self._variable(name, value, live)
        found += [*(function.__defaults__ or ()), function.__kwdefaults__ or ()]
        return [*found, function.__dict__ or ()]

    def _variables(
        self, namespace: dict[str, Any], wanted: set[str], live: Set[str] = frozenset()
    ) -> list[Any]:
        """The values of variables, kept with their names."""
        _, values = self.namespaces.setdefault(id(namespace), (namespace, {}))
        found: list[Any] = []
        for name in wanted:
            value = namespace.get(name, MISSING)
            if value is not MISSING and not is_library(value):
                values[name] = value
                found += self._variable(name, value, live)
        if not values:
            del self.namespaces[id(namespace)]
        return found

    def _variable(self, name: str, value: Any, live: Set[str]) -> list[Any]:
        self.variables.setdefault(name, value)
        is_live = (
            name in live and type(value) is np.ndarray and value.dtype == float
            and value.flags.aligned and value.nbytes > LARGE
        )  # fmt: skip
        if is_live:
            self.items.append(kept.Sight(value, place_of))
        return [] if is_live else [value]


def library(module: Any) -> str:
    return module.split(".")[0] if isinstance(module, str) else ""


def is_library(value: Any) -> bool:
    return isinstance(value, types.ModuleType) and library(value.__name__) in STANDARD


def names(code: types.CodeType) -> tuple[set[str], set[str]]:
    """The names in a function and in those defined inside it; and its texts, for `getattr`."""
    used, texts = set(code.co_names), set()
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            used_inside, texts_inside = names(constant)
            used |= used_inside
            texts |= texts_inside
        elif isinstance(constant, str):
            texts.add(constant)
    return used, texts


def operands(function: Any, arguments: Any) -> set[str]:
    """The variables that are nothing but operands, beside a traced argument, of + - * / @, dot."""
    if not isinstance(function, types.FunctionType) or not arguments:
        return set()
    code = function.__code__
    traced = {
        name
        for name, part in zip(code.co_varnames[: code.co_argcount], arguments[1], strict=False)
        if part[0] == "leaf"
    }
    steps = [step for step in dis.get_instructions(code) if step.opname not in WITHOUT_EFFECT]
    traced -= {step.argval for step in steps if step.opname in ("STORE_FAST", "DELETE_FAST")}
    if any(isinstance(constant, types.CodeType) for constant in code.co_consts):
        return set()  # a function defined inside may use it otherwise

    def words(first: int, last: int) -> str:
        """What the steps between two places do; nothing where another branch may come in."""
        if any(step.is_jump_target for step in steps[first + 1 : last]):
            return ""
        return " ".join(word(step, traced, function.__globals__) for step in steps[first:last])

    found: set[str] = set()
    otherwise: set[str] = set()
    for i, step in enumerate(steps):
        if step.opname in ("LOAD_GLOBAL", "LOAD_DEREF"):
            is_operand = any(words(i - k, i - k + len(use.split())) == use for k, use in USES)
            (found if is_operand else otherwise).add(step.argval)
    return found - otherwise


WITHOUT_EFFECT = ("NOP", "CACHE", "PRECALL", "PUSH_NULL")
#: How an operand A is used with something traced, x, and which of the words it is.
USES = [
    (0, "A x operator"), (1, "x A operator"),
    (2, "numpy dot A x call2"), (3, "numpy dot x A call2"),
]  # fmt: skip


def word(step: dis.Instruction, traced: set[str], namespace: dict[str, Any]) -> str:
    """One of the words of `USES`, or another."""
    name, value = step.opname, step.argval
    if name in ("LOAD_GLOBAL", "LOAD_DEREF"):
        return "numpy" if name == "LOAD_GLOBAL" and namespace.get(value) is np else "A"
    if name in ("LOAD_FAST", "LOAD_FAST_BORROW") and value in traced:
        return "x"
    if name == "BINARY_OP" and step.argrepr in ("+", "-", "*", "/", "@"):
        return "operator"
    if name in ("LOAD_ATTR", "LOAD_METHOD") and value in ("dot", "matmul"):
        return "dot"
    return f"call{step.arg}" if name == "CALL" else "other"
