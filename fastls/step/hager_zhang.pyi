from typing import SupportsFloat, SupportsIndex

from fastls.step.method import StepSearch

class HagerZhang(StepSearch):
    def __init__(
        self,
        c1: SupportsFloat = 0.1,
        c2: SupportsFloat = 0.9,
        epsilon: SupportsFloat = 1e-6,
        theta: SupportsFloat = 0.5,
        gamma: SupportsFloat = 0.66,
        rho: SupportsFloat = 5.0,
        max_evaluations: SupportsIndex = 60,
        *,
        alpha_max: SupportsFloat = 1e10,
    ) -> None: ...
    @property
    def theta(self) -> float: ...
    @property
    def gamma(self) -> float: ...
    @property
    def rho(self) -> float: ...
