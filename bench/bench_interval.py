"""The searches on an interval under pytest-benchmark: ``pytest bench``."""

import pytest

from .implementations import implementations
from .problems import problems

CHOSEN = [
    problem
    for problem in problems()
    if problem.family in ("simple", "real data")
    or problem.name in ("poles 2, 3", "kink + parabola")
]
CASES = [(problem, item) for problem in CHOSEN for item in implementations(problem)]


@pytest.mark.parametrize(
    ("problem", "item"), CASES, ids=[f"{p.name}-{i.method}-{i.by}" for p, i in CASES]
)
def test_interval(benchmark, problem, item):
    benchmark.group = problem.name
    outcome = benchmark(item.minimise)
    benchmark.extra_info["nfev"] = outcome.nfev
    benchmark.extra_info["error"] = abs(outcome.x - problem.nearest(outcome.x))
