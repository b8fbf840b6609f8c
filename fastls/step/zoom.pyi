from typing import SupportsFloat, SupportsIndex

from fastls.step.conditions import Wolfe
from fastls.step.method import StepSearch

class Zoom(StepSearch):
    def __init__(
        self,
        c1: SupportsFloat = 1e-4,
        c2: SupportsFloat = 0.9,
        alpha_max: SupportsFloat = 1e10,
        max_evaluations: SupportsIndex = 60,
        *,
        condition: Wolfe | None = None,
        growth: SupportsFloat = 10.0,
    ) -> None: ...
    @property
    def growth(self) -> float: ...
