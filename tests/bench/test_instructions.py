"""A profile has an entry an instruction, under the name of what it calls."""

import numpy as np
import pytest

from bench import instructions
from bench.tape_problems import TapeProblem, tape_problems

PROBLEMS = {problem.name: problem for problem in tape_problems(quick=True)}


def names_of(problem):
    return [line.name for line in instructions.profile(problem, 1).lines]


def test_a_product_and_its_rate():
    a = np.ones((30, 20))
    problem = TapeProblem("Ax", "", 20, lambda np: lambda x: np.sum(a @ x), (np.ones(20),))
    found = instructions.profile(problem, 3)
    products = [line for line in found.lines if line.name == "matmul"]
    assert [line.flops for line in products] == [2 * 30 * 20] * len(products)
    assert len(products) == 2  # one forward, one with the transpose
    assert found.number == len(found.lines)
    assert min(found.call, found.arrays) > 0.0
    assert found.summary().startswith("Ax: of ")


def test_numbers_are_one_instruction():
    (line,) = instructions.profile(PROBLEMS["Rosenbrock 10, loop"], 1).lines
    assert line.name == "numbers"
    assert line.elements > PROBLEMS["Rosenbrock 10, loop"].operations


@pytest.mark.parametrize("name", ["logistic 2000x50", "<S,X> - ln det X, 4", "GMM d2 K5 N1000"])
def test_every_loop_has_its_name(name):
    """Runs of blocks, LAPACK, places and numbers are among them."""
    found = names_of(PROBLEMS[name])
    assert len(found) > 3
    assert "?" not in found


def test_a_profile_leaves_the_tape_as_it_was():
    """Its parts are put together again, with operations on numbers that were bound before."""
    problem = PROBLEMS["Helmholtz 10"]
    rows, others, tape = instructions.program_parts(problem)
    expected = tape.value_and_grad(*problem.arguments)
    for _ in range(2):
        again = instructions.Program(rows * 3, *others)(list(problem.arguments))
        assert again[0] == expected[0]
        np.testing.assert_array_equal(again[1], expected[1])
    instructions.profile(problem, 1)
    np.testing.assert_array_equal(tape.value_and_grad(*problem.arguments)[1], expected[1])
