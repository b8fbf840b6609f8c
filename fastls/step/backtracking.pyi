from typing import Final, Literal, SupportsFloat, SupportsIndex

from fastls.step.conditions import Condition
from fastls.step.method import StepSearch

KINDS: Final[dict[str | None, int]]

class Backtracking(StepSearch):
    def __init__(
        self,
        condition: Condition | None = None,
        shrink: SupportsFloat = 0.5,
        interpolation: Literal["quadratic", "cubic"] | None = None,
        max_evaluations: SupportsIndex = 60,
        *,
        alpha_max: SupportsFloat = 1e10,
    ) -> None: ...
    @property
    def shrink(self) -> float: ...
    @property
    def interpolation(self) -> Literal["quadratic", "cubic"] | None: ...
