"""What is computed again for a memory limit: it fits, is cheap, and changes no bit."""

import functools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastls
from fastls.tape.checkpoint_choice import nested, split
from fastls.tape.graph import needed

RNG = np.random.default_rng(0)
MATRIX = RNG.normal(size=(30, 30)) / 6.0
X = RNG.normal(size=30)


def chain(x, steps=24):
    for _ in range(steps):
        x = np.tanh(MATRIX @ x)
    return np.sum(x)


def residual(x, steps=15):
    for _ in range(steps):
        x = x + np.sin(np.tanh(MATRIX @ x) ** 2) * x
    return np.sum(x)


PLAIN = {f: fastls.record(f, X) for f in (chain, residual)}


def count(tape, name):
    path = tape._first_path()
    path.program_for("value and gradient")
    return sum(str(node.primitive) == name for node in needed(path.ends["value and gradient"][1]))


@functools.cache
def optimum(steps, snapshots):
    """The steps to repeat at least (Griewank & Walther 2000), by trying all splits."""
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    return min(
        m + optimum(m, snapshots) + optimum(steps - m, snapshots - 1) for m in range(1, steps)
    )


@pytest.mark.parametrize("snapshots", [1, 2, 3, 5, 8])
def test_the_split_is_optimal(snapshots):
    for steps in range(2, 60):
        m = split(steps, snapshots)
        rest = optimum(steps - m, max(snapshots - 1, 1))
        assert m + optimum(m, snapshots) + rest == optimum(steps, snapshots)


@pytest.mark.parametrize(("snapshots", "sweeps"), [(1, 4), (3, 2), (4, 3), (6, 1)])
def test_so_many_steps_are_computed_at_most_so_often_again(snapshots, sweeps):
    """beta(s, r) = C(s + r, s), the longest chain for which r repetitions of a step suffice."""
    steps = math.comb(snapshots + sweeps, snapshots)
    for length, often in ((steps, sweeps), (steps + 1, sweeps + 1)):
        parts = nested(list(range(length + 1)), snapshots)
        assert max(sum(a <= i < b for a, b in parts) for i in range(length)) == often
        assert sum(b - a for a, b in parts) == optimum(length, snapshots)


@pytest.mark.parametrize("share", [1.0, 0.7, 0.4, 0.2])
@pytest.mark.parametrize("f", PLAIN, ids=lambda f: f.__name__)
def test_value_and_gradient_fit_and_are_the_same(f, share):
    plain = PLAIN[f]
    limit = int(share * plain.memory.peak)
    tape = fastls.record(f, X, memory_limit=limit)
    assert tape.memory.peak <= limit
    value, gradient = tape.value_and_grad(X)
    true_value, true_gradient = plain.value_and_grad(X)
    assert value == true_value
    np.testing.assert_array_equal(gradient, true_gradient)
    np.testing.assert_array_equal(tape.hvp(X, X), plain.hvp(X, X))


def test_nothing_is_computed_again_where_all_fits():
    tape = fastls.record(chain, X, memory_limit=PLAIN[chain].memory.peak)
    assert count(tape, "tanh") == 24


def test_half_the_memory_costs_less_than_one_more_value():
    tape = fastls.record(chain, X, memory_limit=PLAIN[chain].memory.peak // 2)
    assert 24 < count(tape, "tanh") < 48


def test_products_are_spared_where_the_rest_suffices():
    plain = PLAIN[residual]
    tape = fastls.record(residual, X, memory_limit=int(0.7 * plain.memory.peak))
    assert count(tape, "tanh") > count(plain, "tanh")
    assert count(tape, "matmul") == count(plain, "matmul")


def test_a_limit_that_cannot_be_met_names_the_least():
    said = r"memory_limit must be at least \d+ bytes .*; got 100$"
    with pytest.raises(ValueError, match=said) as refused:
        fastls.record(chain, X, memory_limit=100)
    least = int(str(refused.value).split()[5])
    assert least < PLAIN[chain].memory.peak / 3
    assert fastls.record(chain, X, memory_limit=least).memory.peak == least


@pytest.mark.parametrize("limit", [0, -1])
def test_limits_are_positive(limit):
    with pytest.raises(
        ValueError, match=f"memory_limit must be a number of bytes > 0; got {limit}"
    ):
        fastls.record(chain, X, memory_limit=limit)


def test_a_limit_is_an_integer():
    with pytest.raises(TypeError):
        fastls.record(chain, X, memory_limit=1.5)


def test_it_holds_on_every_path_and_pickles():
    limit = PLAIN[chain].memory.peak // 2
    tape = fastls.record(branching, X, memory_limit=limit)
    again = pickle.loads(pickle.dumps(tape))
    for each in (tape, again):
        each.value_and_grad(X)
        each.value_and_grad(X - 1.0)
        paths = [path for paths in each.paths.values() for path in paths]
        assert len(paths) == 2
        for path in paths:
            assert path.program_for("value and gradient").memory <= limit


def branching(x):
    return chain(x) if np.sum(x) > np.sum(X) - 1.0 else chain(x * x)


def test_what_is_under_a_checkpoint_stays_whole():
    part = fastls.checkpoint(lambda x: np.tanh(MATRIX @ np.tanh(MATRIX @ x)))

    def f(x):
        for _ in range(20):
            x = part(x)
        return np.sum(x)

    plain = fastls.record(f, X)
    tape = fastls.record(f, X, memory_limit=plain.memory.peak // 2)
    assert tape.memory.peak <= plain.memory.peak // 2
    np.testing.assert_array_equal(tape.grad(X), plain.grad(X))


@settings(max_examples=3)
@given(
    layers=st.lists(st.sampled_from(["dense", "skip", "scale"]), min_size=8, max_size=20),
    share=st.floats(0.4, 0.9),
)
def test_random_chains(layers, share):
    def f(x):
        for layer in layers:
            y = np.tanh(MATRIX @ x)
            x = {"dense": y, "skip": x + y * y, "scale": y / np.sqrt(1.0 + np.sum(y * y))}[layer]
        return np.sum(x * x)

    plain = fastls.record(f, X)
    limit = int(share * plain.memory.peak)
    try:
        tape = fastls.record(f, X, memory_limit=limit)
    except ValueError:
        return
    assert tape.memory.peak <= limit
    np.testing.assert_array_equal(tape.grad(X), plain.grad(X))
