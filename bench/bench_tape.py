"""Derivatives of NumPy code under pytest-benchmark: ``pytest bench``."""

import pytest

from fastls.tape import value_and_grad

from .tape_problems import np, tape_problems
from .tape_report import autograd_of, difference, recorded

NAMES = ("Rosenbrock 2", "Rosenbrock 10", "Helmholtz 10", "logistic 100x10", "tanh 4-8-1, 16")
CHOSEN = [problem for problem in tape_problems(quick=True) if problem.name in NAMES]
CALLS = {
    "tape": lambda problem: recorded(problem).value_and_grad,
    "fastls": lambda problem: value_and_grad(problem.write(np), problem.argnums),
    "autograd": autograd_of,
    "by hand": lambda problem: problem.by_hand,
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("problem", CHOSEN, ids=lambda problem: problem.name)
def test_value_and_gradient(benchmark, problem, name):
    benchmark.group = problem.name
    call = CALLS[name](problem)
    if call is None:
        pytest.skip("autograd is not installed")
    _, gradient = benchmark(call, *problem.arguments)
    assert difference(gradient, problem.by_hand(*problem.arguments)[1]) < 1e-12


@pytest.mark.parametrize("problem", CHOSEN, ids=lambda problem: problem.name)
def test_recording(benchmark, problem):
    benchmark.group = "recording"
    benchmark(lambda: recorded(problem).value_and_grad(*problem.arguments))
