from collections.abc import Sequence
from typing import Any, final

import numpy as np
import numpy.typing as npt

from fastls.tape.kept import Kept
from fastls.tape.replay import Program

def flatten(value: Any, is_traced: bool, leaves: list[Any]) -> tuple[Any, ...]: ...
def kind_of(value: Any) -> Any: ...
def unflatten(structure: tuple[Any, ...], leaves: Sequence[Any]) -> Any: ...
def without_static(structure: tuple[Any, ...]) -> tuple[Any, ...]: ...
def describe(structure: tuple[Any, ...]) -> str: ...
def as_input(value: Any) -> npt.NDArray[np.float64]: ...

@final
class Call:
    def __init__(
        self,
        arguments: tuple[Any, ...],
        result: tuple[Any, ...],
        program: Program,
        captured: list[Kept],
    ) -> None: ...
    def replay(self, arguments: tuple[Any, ...]) -> Any: ...

class Answering:
    calls: dict[str, Call]
    def _answer(self, purpose: str, arguments: tuple[Any, ...]) -> Any: ...
