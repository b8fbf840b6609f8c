"""Calls on the set of Moré, Garbow and Hillstrom: row 4c of the design."""

import math
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from fastls import minimize

from .figures import Figure, at_most
from .more_garbow_hillstrom import LeastSquares, problems

#: fastls's methods, and SciPy's of the same kind.
PEERS = {"lbfgs": "L-BFGS-B", "cg": "CG", "newton-cg": "Newton-CG"}
GTOL = 1e-5
SCALES = (1.0, 10.0, 100.0)  # of the starting point, as the authors propose

LEGEND = (
    "The 35 problems of Moré, Garbow and Hillstrom from 1, 10 and 100 times their starting points, "
    "values and gradients apart: calls of both. Solved: no entry of the gradient over "
    f"{GTOL:g}. Same minimum: the values differ by no more than 1e-8 max(1, |f|)."
)
# Why a figure is missed, if it is.
PATH = (
    "one problem in 32 makes it, Powell's badly scaled one. There SciPy drops its matrix, and the "
    "step straight down that follows ends at the bottom of the valley, where the gradient is "
    "small, at the value 2e-7; fastls follows the valley to the minimum, which takes twice the "
    "calls. See the figures with the same minimum, and with all starting points."
)


class Calls(NamedTuple):
    """Calls over the problems that both solve."""

    method: str
    scale: float
    solved: int
    scipy_solved: int
    both: int
    ours: int
    scipy: int
    same: int  # those where both end at the same minimum, and the calls there
    ours_same: int
    scipy_same: int

    @property
    def ratio(self) -> float:
        return self.ours / self.scipy

    @property
    def ratio_same(self) -> float:
        return self.ours_same / self.scipy_same


def measure(scales: tuple[float, ...]) -> Iterator[Calls]:
    for method in PEERS:
        for scale in scales:
            yield count(method, scale)


def count(method: str, scale: float) -> Calls:
    from scipy import optimize

    # Newton-CG of SciPy stops by the change of x alone.
    scipy_options: dict[str, Any] = {"maxiter": 20000} | (
        {"xtol": 1e-8} if method == "newton-cg" else {"gtol": GTOL}
    )
    if method == "lbfgs":
        scipy_options |= {"ftol": 0.0, "maxfun": 50000}
    options = {"maxiter": 20000, "gtol": GTOL} | ({"ftol": 0.0} if method == "lbfgs" else {})
    solved = scipy_solved = 0
    pairs = []
    for problem in problems():
        start = scale * problem.start
        arguments: dict[str, Any] = {"jac": problem.gradient}
        with np.errstate(all="ignore"):
            ours = minimize(problem.value, start, method=method, options=options, **arguments)
            theirs = optimize.minimize(
                problem.value, start, method=PEERS[method], options=scipy_options, **arguments
            )
        each = is_solved(problem, ours.x), is_solved(problem, theirs.x)
        solved += each[0]
        scipy_solved += each[1]
        if all(each):
            same = math.isclose(ours.fun, theirs.fun, rel_tol=1e-8, abs_tol=1e-8)
            pairs.append((ours.nfev + ours.njev, theirs.nfev + theirs.njev, same))
    alike = [pair for pair in pairs if pair[2]]
    return Calls(
        method, scale, solved, scipy_solved,
        len(pairs), sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs),
        len(alike), sum(pair[0] for pair in alike), sum(pair[1] for pair in alike),
    )  # fmt: skip


def is_solved(problem: LeastSquares, x: Any) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.max(np.abs(problem.gradient(x))) <= GTOL)


def print_table(rows: list[Calls]) -> None:
    print("\nCalls")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<16}{'solved':>8}{'SciPy':>7}{'by both':>9}{'calls':>8}{'SciPy':>8}{'ratio':>7}"
        f"{'same min.':>11}{'ratio':>7}"
    )
    for row in rows:
        print(
            f"{row.method:<10}{f'{row.scale:g} x0':>6}{row.solved:>8}{row.scipy_solved:>7}"
            f"{row.both:>9}{row.ours:>8}{row.scipy:>8}{row.ratio:>7.3g}"
            f"{row.same:>11}{row.ratio_same:>7.3g}"
        )


def figures(rows: list[Calls]) -> Iterator[Figure]:
    for method, peer in PEERS.items():
        mine = [row for row in rows if row.method == method]
        for row in mine[:1]:
            work = f"Moré-Garbow-Hillstrom, {method}: calls, to SciPy {peer}"
            yield at_most("4c", work, 1, row.ratio, reason=PATH)
            yield at_most("4c", f"{work}; the same minimum", 1, row.ratio_same)
        if len(mine) > 1:
            ratio = sum(row.ours for row in mine) / sum(row.scipy for row in mine)
            yield at_most("4c", f"the same, from all {len(mine)} starting points", 1, ratio)
