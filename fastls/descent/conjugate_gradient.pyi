from typing import SupportsFloat, SupportsIndex

from fastls.descent.method import Descent
from fastls.interval.method import IntervalSearch
from fastls.step.method import StepSearch

class ConjugateGradient(Descent):
    def __init__(
        self,
        beta: str = "polak-ribiere",
        restart: SupportsIndex | None = None,
        search: StepSearch | IntervalSearch | None = None,
        initial_step: str | SupportsFloat = "quadratic",
        *,
        gtol: SupportsFloat = 1e-5,
        norm: SupportsFloat = ...,
        ftol: SupportsFloat = 0.0,
        xtol: SupportsFloat = 0.0,
        maxiter: SupportsIndex | None = None,
        maxfun: SupportsIndex | None = None,
        disp: bool = False,
    ) -> None: ...
    @property
    def beta(self) -> str: ...
    @property
    def restart(self) -> int | None: ...
