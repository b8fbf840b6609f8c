from typing import Final

from fastls.interval.method import IntervalSearch

class GoldenSection(IntervalSearch):
    def __init__(self, xtol: float = 1e-8, maxiter: int = 1000, *, rtol: float = 0.0) -> None: ...
    def evaluations(self, width: float) -> int: ...

GOLDEN_RATIO: Final[float]
