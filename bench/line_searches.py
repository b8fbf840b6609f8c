"""Who searches for a step: fastls and SciPy, on a function of one variable or of many."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

import fastls
from fastls.step.method import StepSearch

from .line_problems import LineProblem

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Calls = Callable[[], Any]


class Outcome(NamedTuple):
    """What a search returned, and what it called. No step: None."""

    alpha: float | None
    nfev: int
    ngev: int
    success: bool
    status: str


class Counted:
    """A function that keeps the points at which it was called."""

    def __init__(self, f: Callable[[Any], Any]) -> None:
        self.f = f
        self.points: list[Any] = []

    def __call__(self, x: Any) -> Any:
        self.points.append(x)
        return self.f(x)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings by which SciPy and NumPy tell that something failed."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def searches(c1: float, c2: float) -> dict[str, StepSearch]:
    """The searches of fastls that use slopes, for these constants."""
    strong, weak = fastls.StrongWolfe(c1, c2), fastls.Wolfe(c1, c2)
    return {
        "MoreThuente": fastls.MoreThuente(c1, c2),
        "Zoom": fastls.Zoom(c1, c2),
        "HagerZhang": fastls.HagerZhang(c1, c2),
        "Backtracking, strong": fastls.Backtracking(strong, interpolation="cubic"),
        "Backtracking, Wolfe": fastls.Backtracking(weak, interpolation="cubic"),
    }


class Ray(NamedTuple):
    """A function of many variables, a point and a direction there, and the step to try first.

    Before, f was `before`: SciPy's rule for the first step, min(1, 2.02 (f0 - before)/slope0),
    makes alpha of it; no number, and alpha is 1.
    """

    f: Callable[[FloatArray], float]
    grad: Callable[[FloatArray], FloatArray]
    x: FloatArray
    d: FloatArray
    alpha: float
    f0: float
    grad0: FloatArray
    before: float | None = None

    def counted(self) -> "tuple[Ray, Counted, Counted]":
        f, grad = Counted(self.f), Counted(self.grad)
        return self._replace(f=f, grad=grad), f, grad


#: A search along a ray. It returns a Step, or as SciPy does, a tuple beginning with alpha or None.
RaySearch = Callable[[Ray], Any]


def stepping(search: StepSearch) -> RaySearch:
    """A search of fastls, along a ray."""

    def run(ray: Ray) -> Any:
        return search.step(
            ray.f, ray.grad, ray.x, ray.d, ray.alpha, f0=ray.f0, grad0=ray.grad0
        )  # fmt: skip

    return run


def like_scipys(line_search: Callable[..., Any], **constants: float) -> RaySearch:
    """A function with the signature of SciPy's line_search, along a ray."""

    def run(ray: Ray) -> Any:
        return line_search(
            ray.f, ray.grad, ray.x, ray.d, ray.grad0, ray.f0, ray.before, **constants
        )  # fmt: skip

    return run


def drop_in(**constants: float) -> dict[str, RaySearch]:
    """The line_search of fastls."""
    return {"line_search": like_scipys(fastls.line_search, **constants)}


def scipys(c1: float, c2: float) -> dict[str, RaySearch]:
    """SciPy's searches, where it is installed; bounds as its BFGS sets them."""
    try:
        from scipy.optimize import line_search
        from scipy.optimize._linesearch import line_search_wolfe1
    except ImportError:
        return {}
    bounds = {"amin": 1e-100, "amax": 1e100}
    return {
        "line_search": like_scipys(line_search, c1=c1, c2=c2),
        "line_search_wolfe1": like_scipys(line_search_wolfe1, c1=c1, c2=c2, **bounds),
    }


def follow(search: RaySearch, ray: Ray) -> Outcome:
    """The outcome of a search along a ray, its calls counted."""
    ray, f, grad = ray.counted()
    found = search(ray)
    if isinstance(found, fastls.Step):
        success, status = found.success, found.status.name
        return Outcome(found.alpha, len(f.points), len(grad.points), success, status)
    alpha = None if found[0] is None else float(found[0])
    success = alpha is not None and found[-1] is not None
    return Outcome(alpha, len(f.points), len(grad.points), success, "" if success else "None")


def scipy_line_search(
    problem: LineProblem, start: float, c1: float, c2: float, maxiter: int
) -> Outcome:
    """SciPy's line_search on a function of one variable, from a first step of its own.

    It always begins with 1, so the direction is as long as the step. c1 < c2 it asks for.
    """
    from scipy.optimize import line_search

    zero, slope = np.zeros(1), np.array([problem.dphi(0.0)])
    ray = Ray(
        lambda x: problem.phi(float(x[0])), lambda x: np.array([problem.dphi(float(x[0]))]),
        zero, np.array([start]), 1.0, problem.phi(0.0), slope,
    )  # fmt: skip
    found = follow(like_scipys(line_search, c1=c1, c2=c2, maxiter=maxiter), ray)
    return found if found.alpha is None else found._replace(alpha=start * found.alpha)


def scipy_dcsrch(problem: LineProblem, start: float, c1: float, c2: float) -> Outcome:
    """SciPy's Moré-Thuente search itself, with the bounds of the published tables."""
    from scipy.optimize._dcsrch import DCSRCH

    phi, dphi = Counted(problem.phi), Counted(problem.dphi)
    search = DCSRCH(phi, dphi, c1, c2, 1e-10, 0.0, 4 * max(1.0, start))
    alpha, _, _, task = search(start, problem.phi(0.0), problem.dphi(0.0))
    found = None if alpha is None else float(alpha)
    return Outcome(found, len(phi.points), len(dphi.points), found is not None, task.decode())
