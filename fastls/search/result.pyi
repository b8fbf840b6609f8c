from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fastls.status import Status

FIELDS: Final[tuple[str, ...]]

class Result:
    x: float
    fun: float
    nfev: int
    nit: int
    trace: npt.NDArray[np.void] | None
    @property
    def interval(self) -> tuple[float, float]: ...
    @property
    def status(self) -> Status: ...
    @property
    def success(self) -> bool: ...
    @property
    def message(self) -> str: ...
    def keys(self) -> list[str]: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: str, /) -> Any: ...
    def __setstate__(self, state: tuple[Any, Any]) -> None: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...

def assemble(
    x: float,
    fun: float,
    interval: tuple[float, float],
    nfev: int,
    nit: int,
    trace: npt.NDArray[np.void] | None,
    code: int,
) -> Result: ...
