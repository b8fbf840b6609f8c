from typing import SupportsFloat, SupportsIndex

from fastls.step.conditions import Wolfe
from fastls.step.method import StepSearch

class MoreThuente(StepSearch):
    def __init__(
        self,
        c1: SupportsFloat = 1e-4,
        c2: SupportsFloat = 0.9,
        xtol: SupportsFloat = 1e-14,
        alpha_min: SupportsFloat = 0.0,
        alpha_max: SupportsFloat = 1e10,
        max_evaluations: SupportsIndex = 60,
        *,
        condition: Wolfe | None = None,
    ) -> None: ...
    @property
    def xtol(self) -> float: ...
