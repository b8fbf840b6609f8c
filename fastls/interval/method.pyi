from collections.abc import Callable, Sequence
from typing import Any

from fastls.search.dialogue import Dialogue
from fastls.search.result import Result
from fastls.search.search import Search

class IntervalSearch(Search):
    def __init__(self, xtol: float, maxiter: int, rtol: float) -> None: ...
    @property
    def xtol(self) -> float: ...
    @property
    def rtol(self) -> float: ...
    @property
    def maxiter(self) -> int: ...
    # Any other object than a function is a C callback, of a type of SciPy's, numba's, ctypes'
    # or cffi's.
    def minimize(
        self,
        f: Callable[..., float] | Any,
        interval: Sequence[float],
        args: Any = (),
        *,
        trace: bool = False,
    ) -> Result: ...
    def begin(self, interval: Sequence[float]) -> Dialogue[Result]: ...
    def __call__(
        self,
        fun: Callable[..., float] | Any,
        args: Any = (),
        bracket: Sequence[float] | None = None,
        bounds: Sequence[float] | None = None,
        **options: Any,
    ) -> Result: ...

def restore(
    kind: type[IntervalSearch], xtol: float, maxiter: int, rtol: float
) -> IntervalSearch: ...
