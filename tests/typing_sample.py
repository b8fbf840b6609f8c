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
assert_type(dialogue, fastls.Dialogue)
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
