"""Derivatives of NumPy code under pytest-benchmark: ``pytest bench``."""

import pytest

from .peers import NAMES, peers, tape
from .tape_problems import tape_problems
from .tape_times import difference

CHOSEN = {"Rosenbrock 2", "Rosenbrock 10", "Helmholtz 10", "logistic 100x10", "tanh 4-8-1, 16"}
PROBLEMS = [problem for problem in tape_problems(quick=True) if problem.name in CHOSEN]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_value_and_gradient(benchmark, problem, name):
    benchmark.group = problem.name
    members = {peer.name: peer for peer in peers(problem, quick=True)}
    if name not in members:
        pytest.skip(f"{name} is not installed")
    peer = members[name]
    answer = peer.read(benchmark(peer.value_and_grad, *peer.arguments))
    assert difference(answer, members["tape"].answer()) < 1e-12


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_recording(benchmark, problem):
    benchmark.group = "recording"
    benchmark(tape, problem)
