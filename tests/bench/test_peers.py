"""Every peer that is installed computes the same value and gradient, in the same shapes."""

import importlib.util

import numpy as np
import pytest

from bench import peers
from bench.tape_problems import tape_problems
from bench.tape_times import difference, measure_one

PROBLEMS = {problem.name: problem for problem in tape_problems(quick=False)}
#: Vectors, matrices, nested lists, several arguments, constants among them.
CHOSEN = ("<S,X> - ln det X, 4", "tanh 4-8-1, 16", "BA p200, uᵀJ")
MODERATE = [
    name for name, problem in PROBLEMS.items()
    if problem.by_hand is not None and problem.variables <= 10_000 and problem.argnums == 0
]  # fmt: skip


@pytest.mark.parametrize("name", CHOSEN)
def test_all_agree(name):
    members = {peer.name: peer for peer in peers.peers(PROBLEMS[name], quick=True)}
    expected = members.pop("tape").answer()
    assert isinstance(expected[0].item(), float)
    for other, peer in members.items():
        assert difference(peer.answer(), expected) < 1e-12, other
        if other != "buffered":  # which returns nothing
            value = float(np.asarray(peer.value(*peer.arguments)).item())
            assert value == pytest.approx(float(expected[0]), rel=1e-12)


@pytest.mark.parametrize("name", MODERATE)
def test_by_hand_is_right(name):
    """Along a direction, by central differences."""
    problem = PROBLEMS[name]
    rng = np.random.default_rng(0)
    given = list(peers.leaves(problem.arguments))
    direction = [rng.standard_normal(leaf.shape) for leaf in given]

    def moved(h):
        leaves = iter([x + h * v for x, v in zip(given, direction, strict=True)])
        (argument,) = problem.arguments
        if isinstance(argument, list):
            argument = [tuple(next(leaves) for _ in layer) for layer in argument]
        else:
            argument = next(leaves)
        return problem.by_hand(argument)[0]

    h = 1e-5
    value, *gradient = peers.read(problem.by_hand(*problem.arguments))
    along = sum(np.sum(g * v) for g, v in zip(gradient, direction, strict=True))
    size = max(abs(along), np.linalg.norm(np.concatenate([np.ravel(g) for g in gradient])))
    assert (moved(h) - moved(-h)) / (2 * h) == pytest.approx(along, abs=1e-5 * size)
    assert value == pytest.approx(problem.write(np)(*problem.arguments), rel=1e-12)


def test_differences_are_seen():
    one = [np.array(1.0), np.array([1.0, -4.0])]
    assert difference(one, one) == 0.0
    assert difference([np.array(1.0), np.array([1.0, -4.5])], one) == 0.125
    assert difference([np.array(1.5), np.array([1.0, -4.0])], one) == 0.5
    assert difference([np.array(1.0), np.array([[1.0, -4.0]])], one) == np.inf


def test_who_is_not_installed_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec",
        lambda name, *package: None if name in peers.PACKAGES else find(name, *package),
    )  # fmt: skip
    assert [text.split(":")[0] for text in peers.left_out()] == ["autograd", "JAX", "CasADi"]
    assert peers.versions() == {}
    row = measure_one(PROBLEMS["Rosenbrock 2"], quick=True)
    assert set(row.both) == set(row.value) == {"tape", "fastls", "by hand"}
    assert row.differs["by hand"] < 1e-14
