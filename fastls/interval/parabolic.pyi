from fastls.interval.method import IntervalSearch

class Parabolic(IntervalSearch):
    def __init__(self, xtol: float = 1e-8, maxiter: int = 100, *, rtol: float = ...) -> None: ...
