from typing import SupportsFloat, SupportsIndex

from fastls.descent.method import Descent
from fastls.interval.method import IntervalSearch
from fastls.step.method import StepSearch

class LBFGS(Descent):
    def __init__(
        self,
        memory: SupportsIndex = 10,
        search: StepSearch | IntervalSearch | None = None,
        initial_step: str | SupportsFloat = "constant",
        *,
        gtol: SupportsFloat = 1e-5,
        norm: SupportsFloat = ...,
        ftol: SupportsFloat = ...,
        xtol: SupportsFloat = 0.0,
        maxiter: SupportsIndex | None = None,
        maxfun: SupportsIndex | None = None,
        disp: bool = False,
    ) -> None: ...
    @property
    def memory(self) -> int: ...
