"""The searches for a step under pytest-benchmark: ``pytest bench``."""

import pytest

from .first_steps import competitors, ray
from .line_searches import follow, quiet
from .more_garbow_hillstrom import problems

NAMES = ("Rosenbrock", "Powell badly scaled", "Gulf research and development", "Chebyquad")
CHOSEN = [problem for problem in problems() if problem.name in NAMES]
CASES = [
    (problem, search, f"{problem.name}-{by}-{name}")
    for problem in CHOSEN
    for (by, name), search in competitors().items()
]


@pytest.mark.parametrize(
    ("problem", "search"), [case[:2] for case in CASES], ids=[case[2] for case in CASES]
)
def test_first_step(benchmark, problem, search):
    benchmark.group = problem.name
    start = ray(problem)
    with quiet():
        benchmark(search, start)
        outcome = follow(search, start)
    benchmark.extra_info["nfev"] = outcome.nfev
    benchmark.extra_info["ngev"] = outcome.ngev
    assert outcome.success
