"""A user's program, checked by mypy --strict against the stubs; it is also run as a test."""

import math
from typing import assert_type

import numpy as np
import numpy.typing as npt

import fastls


def f(x: float, centre: float = 2.0) -> float:
    return math.cosh(x - centre)


search = fastls.Brent(xtol=1e-6, maxiter=50, rtol=1e-7)
found = search.minimize(f, (0, 5), args=(1.0,), trace=True)
assert_type(found, fastls.Result)
assert_type(found.x, float)
assert_type(found.interval, tuple[float, float])
assert_type(found.status, fastls.Status)
assert_type(found.status.message, str)
assert_type(found.success, bool)
assert_type(found.trace, npt.NDArray[np.void] | None)

dialogue = fastls.GoldenSection().begin([0.0, 1.0, 5.0])
assert_type(dialogue, fastls.Dialogue[fastls.Result])
while (x := dialogue.ask()) is not None:
    assert_type(x, float)
    dialogue.tell(f(x))
assert_type(dialogue.result.nfev, int)
assert_type(fastls.Dichotomy(1e-3).evaluations(3.0), int)

bracket = fastls.bracket(f, 0, 1, grow_limit=50)
assert_type(bracket, fastls.Bracket)
assert_type(bracket.mid, float)
fastls.Parabolic().minimize(f, bracket)
fastls.minimize_scalar(f, method=search)


def rosenbrock(x: npt.NDArray[np.float64]) -> float:
    return float(100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2)


def gradient(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.array(
        [-400.0 * x[0] * (x[1] - x[0] ** 2) - 2.0 * (1.0 - x[0]), 200.0 * (x[1] - x[0] ** 2)]
    )


start = np.array([-1.2, 1.0])
reference = fastls.Nonmonotone(memory=5)
for step_search in (
    fastls.Zoom(c2=0.1),
    fastls.MoreThuente(),
    fastls.HagerZhang(),
    fastls.Backtracking(fastls.Goldstein(0.25), interpolation="cubic"),
):
    step = step_search.step(
        rosenbrock, gradient, start, -gradient(start), 1e-3, reference=reference
    )
    assert_type(step, fastls.Step)
    assert_type(step.alpha, float)
    assert_type(step.slope, float | None)
    assert_type(step.x, npt.NDArray[np.float64] | None)
    assert step.condition.holds(step.alpha, step.value, step.slope or 0.0, step.value0, step.slope0)
told = fastls.Zoom().begin(1.0, -2.0, alpha=0.5)
assert_type(told, fastls.Dialogue[fastls.Step])
assert_type(told.needs_slope, bool)
found_step = fastls.line_search(rosenbrock, gradient, start, -gradient(start), c1=1e-3)
assert_type(found_step[0], float | None)
