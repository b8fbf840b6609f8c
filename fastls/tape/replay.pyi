from collections.abc import Sequence
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt

OWN_LOOPS: Final[dict[str, int]]
CODES: Final[dict[str, int]]
LISTS: Final[tuple[str, ...]]

def numbers_in(row: dict[str, Any]) -> int: ...

@final
class Workspace: ...

@final
class Program:
    def __init__(
        self,
        instructions: Sequence[dict[str, Any]],
        input_shapes: Sequence[tuple[int, ...]],
        output_shapes: Sequence[tuple[int, ...]],
        constants: Sequence[npt.NDArray[Any]],
        size: int,
    ) -> None: ...
    @property
    def input_shapes(self) -> list[tuple[int, ...]]: ...
    @property
    def output_shapes(self) -> list[tuple[int, ...]]: ...
    @property
    def memory(self) -> int: ...
    def __call__(self, arrays: list[npt.NDArray[np.float64] | float]) -> tuple[Any, ...] | None: ...
    def execute_python(self, work: Workspace) -> int: ...
