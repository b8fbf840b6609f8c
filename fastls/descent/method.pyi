from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import numpy.typing as npt

from fastls.descent.minimum import Minimum
from fastls.interval.method import IntervalSearch
from fastls.step.method import StepSearch
from fastls.step.nonmonotone import Nonmonotone

_Method = TypeVar("_Method", bound=Descent)

class Descent:
    @property
    def search(self) -> StepSearch | IntervalSearch: ...
    @property
    def initial_step(self) -> str | float: ...
    @property
    def reference(self) -> Nonmonotone | None: ...
    @property
    def gtol(self) -> float: ...
    @property
    def norm(self) -> float: ...
    @property
    def ftol(self) -> float: ...
    @property
    def xtol(self) -> float: ...
    @property
    def maxiter(self) -> int | None: ...
    @property
    def maxfun(self) -> int | None: ...
    @property
    def disp(self) -> bool: ...
    def replaced(self, **parameters: Any) -> Self: ...
    def names(self) -> list[str]: ...
    def __call__(
        self,
        fun: Any,
        x0: npt.ArrayLike,
        args: Any = (),
        jac: Any = None,
        hess: Any = None,
        hessp: Any = None,
        bounds: Any = None,
        constraints: Any = None,
        callback: Callable[..., Any] | None = None,
        **options: Any,
    ) -> Minimum: ...

def restore(kind: Callable[..., _Method], parameters: Mapping[str, Any]) -> _Method: ...
