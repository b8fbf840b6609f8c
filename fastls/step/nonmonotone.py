"""References for nonmonotone line searches, which let a function rise now and then.

Sources: Grippo, L., Lampariello, F. and Lucidi, S. (1986), A nonmonotone line search technique for
Newton's method, SIAM J. Numer. Anal. 23, 707-716 (the maximum of the last values); Zhang, H. and
Hager, W. W. (2004), A nonmonotone line search technique and its application to unconstrained
optimization, SIAM J. Optim. 14, 1043-1056 (their average).
"""

import math
import operator
from collections import deque

__all__ = ["Nonmonotone"]

KINDS = ("max", "average")


class Nonmonotone:
    """A reference for the decrease test, kept from one search to the next.

    Give it as ``reference`` to a search in every iteration: it notes the value the search starts
    from, and tells what takes its place where a value must not be higher.

    Parameters
    ----------
    memory : int, optional
        How many values the maximum is taken over, >= 1; 1 makes the search monotone.
    kind : {"max", "average"}, optional
        The maximum of the last values, or their average, weighted by eta**age; never less than the
        last value.
    eta : float, optional
        How much of the average is kept, 0 <= eta <= 1; 0 makes the search monotone.

    Examples
    --------
    >>> import fastls
    >>> reference = fastls.Nonmonotone(memory=2)
    >>> reference(5.0), reference(3.0), reference(4.0)
    (5.0, 5.0, 4.0)
    >>> search = fastls.Backtracking()
    >>> step = search.step(lambda x: x @ x, lambda x: 2*x, [1.0], [-2.0], reference=reference)
    >>> step.alpha                      # back to x = -1, no lower than before, but than 4
    1.0
    """

    def __init__(self, memory: int = 10, kind: str = "max", *, eta: float = 0.85) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be 'max' or 'average'; got {kind!r}")
        if operator.index(memory) < 1:
            raise ValueError(f"memory must be an integer >= 1; got {memory!r}")
        if not 0.0 <= eta <= 1.0:
            raise ValueError(f"eta must satisfy 0 <= eta <= 1; got {eta!r}")
        self.memory = operator.index(memory)
        self.kind = kind
        self.eta = float(eta)
        self.reset()

    def reset(self) -> None:
        """Forget all values."""
        self.values: deque[float] = deque(maxlen=self.memory)
        self.average = math.nan  # C of Zhang and Hager
        self.weight = 0.0  # their Q

    def __call__(self, value: float) -> float:
        """Note the value at the point a search starts from.

        Parameters
        ----------
        value : float
            The value, finite.

        Returns
        -------
        float
            The reference for this search.
        """
        if not math.isfinite(value):
            raise ValueError(f"value must be finite; got {value!r}")
        if self.kind == "max":
            self.values.append(value)
            return max(self.values)
        kept = self.eta * self.weight
        self.weight = kept + 1.0
        # So written, eta = 0 gives the value itself, to the last bit.
        self.average = (kept * self.average + value) / self.weight if kept > 0.0 else value
        return max(self.average, value)

    def __repr__(self) -> str:
        return f"Nonmonotone(memory={self.memory}, kind={self.kind!r}, eta={self.eta})"
