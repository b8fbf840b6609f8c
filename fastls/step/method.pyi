from collections.abc import Callable, Mapping
from typing import Any, SupportsFloat, TypeVar

import numpy.typing as npt

from fastls.search.dialogue import Dialogue
from fastls.search.result import Step
from fastls.search.search import Search
from fastls.step.conditions import Condition

_Reference = SupportsFloat | Callable[[float], float]
_Search = TypeVar("_Search", bound=StepSearch)

class StepSearch(Search):
    @property
    def condition(self) -> Condition: ...
    @property
    def alpha_min(self) -> float: ...
    @property
    def alpha_max(self) -> float: ...
    @property
    def max_evaluations(self) -> int: ...
    def search(
        self,
        phi: Any,
        dphi: Any = None,
        alpha: SupportsFloat = 1.0,
        *,
        args: Any = (),
        phi0: SupportsFloat | None = None,
        slope0: SupportsFloat | None = None,
        reference: _Reference | None = None,
        alpha_max: SupportsFloat | None = None,
        extra_condition: Callable[[float, float, float | None], Any] | None = None,
        trace: bool = False,
    ) -> Step: ...
    def step(
        self,
        f: Callable[..., Any],
        grad: Callable[..., Any] | None,
        x: npt.ArrayLike,
        d: npt.ArrayLike | None = None,
        alpha: SupportsFloat = 1.0,
        *,
        args: Any = (),
        f0: SupportsFloat | None = None,
        grad0: npt.ArrayLike | None = None,
        reference: _Reference | None = None,
        alpha_max: SupportsFloat | None = None,
        extra_condition: Callable[[float, Any, float, Any], Any] | None = None,
        trace: bool = False,
    ) -> Step: ...
    def begin(
        self,
        phi0: SupportsFloat,
        slope0: SupportsFloat,
        alpha: SupportsFloat = 1.0,
        *,
        reference: _Reference | None = None,
        alpha_max: SupportsFloat | None = None,
    ) -> Dialogue[Step]: ...

def restore(kind: Callable[..., _Search], parameters: Mapping[str, Any]) -> _Search: ...
