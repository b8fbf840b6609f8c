from collections.abc import Callable
from typing import Any, NamedTuple

from fastls.status import Status

class Points(NamedTuple):
    a: float
    mid: float
    b: float
    fa: float
    fmid: float
    fb: float
    nfev: int

class Bracket(Points):
    status: Status
    @property
    def success(self) -> bool: ...
    @property
    def message(self) -> str: ...

def bracket(
    f: Callable[..., float] | Any,
    a: float = 0.0,
    b: float = 1.0,
    *,
    args: Any = (),
    grow_limit: float = 110.0,
    maxiter: int = 1000,
) -> Bracket: ...
