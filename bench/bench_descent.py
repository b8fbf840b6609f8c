"""Descent methods under pytest-benchmark: ``pytest bench``."""

import pytest

from fastls import minimize, record

from .minimisation_calls import PEERS
from .minimisation_times import logistic
from .numpy_objectives import np, rosenbrock, rosenbrock_by_hand

optimize = pytest.importorskip("scipy.optimize")

PROBLEMS = {
    "logistic 569x30": logistic(569, 30)[:3],
    "Rosenbrock 100": (rosenbrock(np), rosenbrock_by_hand, np.tile([-1.2, 1.0], 50)),
}


@pytest.mark.parametrize("by", ["tape", "callables", "SciPy"])
@pytest.mark.parametrize("method", PEERS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_minimise(benchmark, problem, method, by):
    benchmark.group = f"{problem}, {method}"
    f, by_hand, start = PROBLEMS[problem]
    if by == "SciPy":
        found = benchmark(optimize.minimize, by_hand, start, jac=True, method=PEERS[method])
    elif by == "tape":
        found = benchmark(minimize, record(f, start), start, method=method)
    else:
        found = benchmark(minimize, by_hand, start, jac=True, method=method)
    assert found.fun < f(start)
