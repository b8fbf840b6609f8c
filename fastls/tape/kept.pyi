from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingOf
from types import MemberDescriptorType
from typing import Any, final

import numpy as np

MISSING: object
OF_PYTHON: set[str]

class Kept: ...

@final
class Variables(Kept):
    def __init__(self, namespace: dict[str, Any], values: dict[str, Any]) -> None: ...

@final
class Cell(Kept):
    def __init__(self, cell: Any) -> None: ...

@final
class Array(Kept):
    def __init__(self, array: np.ndarray[Any, Any]) -> None: ...

@final
class Sight(Kept):
    def __init__(self, thing: Any, look: Callable[[Any], Any]) -> None: ...

@final
class Mapping(Kept):
    def __init__(self, mapping: MappingOf[Any, Any]) -> None: ...

@final
class Parts(Kept):
    def __init__(self, whole: Any) -> None: ...

@final
class Slots(Kept):
    def __init__(self, owner: Any, slots: Iterable[MemberDescriptorType]) -> None: ...

@final
class Class(Kept):
    def __init__(self, cls: type) -> None: ...

def place_of(array: np.ndarray[Any, Any]) -> tuple[Any, ...]: ...
def are_same(items: list[Kept]) -> bool: ...
def in_cell(cell: Any) -> Any: ...
def in_slot(slot: Any, owner: Any) -> Any: ...
def in_class(cls: type) -> dict[str, Any]: ...
