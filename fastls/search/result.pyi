from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fastls.status import Status

FIELDS: Final[tuple[str, ...]]
STEP_FIELDS: Final[tuple[str, ...]]

class Record:
    nfev: int
    trace: npt.NDArray[np.void] | None
    @property
    def status(self) -> Status: ...
    @property
    def message(self) -> str: ...
    def keys(self) -> list[str]: ...
    def values(self) -> list[Any]: ...
    def items(self) -> list[tuple[str, Any]]: ...
    def get(self, key: str, default: Any = None) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: str, /) -> Any: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...

class Result(Record):
    x: float
    fun: float
    nit: int
    @property
    def interval(self) -> tuple[float, float]: ...
    @property
    def success(self) -> bool: ...
    def __setstate__(self, state: tuple[Any, Any]) -> None: ...

class Step(Record):
    alpha: float
    value: float
    slope: float | None
    value0: float
    slope0: float
    ngev: int
    condition: Any
    x: npt.NDArray[np.float64] | None
    grad: npt.NDArray[np.float64] | None
    @property
    def success(self) -> bool: ...
    def __setstate__(self, state: dict[str, Any]) -> None: ...

def table(fields: Mapping[str, Any], width: int) -> str: ...
def assemble(
    x: float,
    fun: float,
    interval: tuple[float, float],
    nfev: int,
    nit: int,
    trace: npt.NDArray[np.void] | None,
    code: int,
) -> Result: ...
def assemble_step(code: int) -> Step: ...
