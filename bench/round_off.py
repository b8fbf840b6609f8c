"""Steps to where rounding errors are as large as the function: f(x) = 1 - 2x + x² near 1.

The function of Hager and Zhang (2005). Its values carry errors of some 1e-16, and are themselves
(x - 1)²; the gradient, here 2 (x - 1), is exact.
"""

import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import fastls

from .line_searches import Ray, RaySearch, drop_in, follow, quiet, stepping

DISTANCES = (1e-7, 1e-8, 1e-9)
STARTS = 400

C1, C2 = 1e-4, 0.9

#: Searches for the same condition.
TWINS = {
    "MoreThuente": "line_search_wolfe1",
    "line_search": "line_search_wolfe2",
    "Backtracking, Armijo": "line_search_armijo",
}


class Row(NamedTuple):
    """One search from all starts at one distance."""

    distance: float
    search: str
    by: str
    failed: int
    starts: int
    nfev: int
    ngev: int

    @property
    def percent(self) -> float:
        return 100 * self.failed / self.starts


def f(x: Any) -> float:
    return float(1 - 2 * x[0] + x[0] * x[0])


def grad(x: Any) -> Any:
    return 2 * (x - 1)


def rays(distance: float) -> Iterator[Ray]:
    """Along the gradient, from one side of 1 or the other, half to twice the distance away."""
    random = np.random.default_rng(1994)
    sides = random.choice([-1.0, 1.0], STARTS)
    for offset in sides * random.uniform(0.5, 2.0, STARTS) * distance:
        x = np.array([1 + offset])
        yield Ray(f, grad, x, -grad(x), 1.0, f(x), grad(x))


def competitors() -> dict[tuple[str, str], RaySearch]:
    ours = {
        "MoreThuente": fastls.MoreThuente(C1, C2),
        "Zoom": fastls.Zoom(C1, C2),
        "HagerZhang": fastls.HagerZhang(),
        "Backtracking, Armijo": fastls.Backtracking(fastls.Armijo(C1)),
        "Backtracking, Wolfe": fastls.Backtracking(fastls.Wolfe(C1, C2)),
        "Backtracking, approximate": fastls.Backtracking(fastls.ApproximateWolfe()),
    }
    return (
        {("fastls", name): stepping(search) for name, search in ours.items()}
        | {("fastls", name): search for name, search in drop_in(c1=C1, c2=C2).items()}
        | {("SciPy", name): search for name, search in scipys().items()}
    )


def scipys() -> dict[str, RaySearch]:
    """SciPy's three, where it is installed."""
    try:
        from scipy.optimize import _linesearch
    except ImportError:
        return {}
    return {
        "line_search_wolfe1": lambda ray: _linesearch.line_search_wolfe1(
            ray.f, ray.grad, ray.x, ray.d, ray.grad0, ray.f0, c1=C1, c2=C2
        ),
        "line_search_wolfe2": lambda ray: _linesearch.line_search_wolfe2(
            ray.f, ray.grad, ray.x, ray.d, ray.grad0, ray.f0, c1=C1, c2=C2
        ),
        "line_search_armijo": lambda ray: _linesearch.line_search_armijo(
            ray.f, ray.x, ray.d, ray.grad0, ray.f0, c1=C1
        ),
    }


def measure() -> Iterator[Row]:
    with quiet():
        for distance in DISTANCES:
            for (by, name), search in competitors().items():
                yield row(distance, by, name, search)


def row(distance: float, by: str, name: str, search: RaySearch) -> Row:
    found = [follow(search, ray) for ray in rays(distance)]
    return Row(
        distance, name, by, sum(not one.success for one in found), len(found),
        sum(one.nfev for one in found), sum(one.ngev for one in found),
    )  # fmt: skip


def print_table(rows: list[Row]) -> None:
    print(f"\nRounding: f = 1 - 2x + x² from |x - 1| about 1e-7, 1e-8, 1e-9; {STARTS} starts each")
    print(f"{'failed, %; calls of f and grad':<35}" + "".join(f"{d:>15g}" for d in DISTANCES))
    for by, name in dict.fromkeys((row.by, row.search) for row in rows):
        cells = [
            f"{row.percent:>7.4g}{row.nfev + row.ngev:>8}"
            for row in rows
            if (row.by, row.search) == (by, name)
        ]
        print(f"{by:<7}{name:<28}" + "".join(cells))
    for text in remarks(rows):
        print(textwrap.fill("- " + text, 80, subsequent_indent="  "))


def remarks(rows: list[Row]) -> Iterator[str]:
    """Where more is called than by SciPy's search of the same kind, though that does not fail."""
    calls = {(row.distance, row.search): row.nfev + row.ngev for row in rows}
    for name, twin in TWINS.items():
        for row in rows:
            ours, theirs = calls[row.distance, name], row.nfev + row.ngev
            if row.search == twin and not row.failed and ours > theirs:
                yield (
                    f"{name} at {row.distance:g}: {ours} calls, {twin} {theirs}. Where values "
                    "differ by rounding only, the slope is computed, which decides."
                )
