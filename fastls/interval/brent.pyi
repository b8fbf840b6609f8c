from fastls.interval.method import IntervalSearch

class Brent(IntervalSearch):
    def __init__(self, xtol: float = 1e-8, maxiter: int = 500, *, rtol: float = ...) -> None: ...
