"""What a descent method hands back."""

from collections.abc import Iterable
from typing import Any

from fastls.search.result import table

__all__ = ["Minimum"]


class Minimum(dict[str, Any]):
    """The point a descent method found, and why it ended there.

    A dict whose keys are attributes too, with the names of `scipy.optimize.OptimizeResult`.

    Attributes
    ----------
    x : ndarray
        The point, of the shape of x0.
    fun : float
        The value there.
    jac : ndarray
        The gradient there.
    success : bool
        Whether a stopping rule of the method is met.
    status : Status
        Why the method ended.
    message : str
        The same in a sentence.
    nit : int
        Iterations.
    nfev, njev, nhev : int
        How often the value, the gradient, and a product with the Hessian (or the Hessian, where it
        is given whole) were computed. A function that returns value and gradient counts as both.
    alpha : float or None
        The last step; None where there was none.

    Examples
    --------
    >>> import fastls
    >>> found = fastls.minimize(lambda x: x @ x, [3.0, 4.0])
    >>> found.success, found["nit"]
    (True, 2)
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return table(self, max(map(len, self), default=0))
