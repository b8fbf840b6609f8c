"""Decompositions and sums are replayed in C, each made once."""

import numpy as np
import numpy.linalg as la
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from fastls.tape import plan, plan_linalg, record

rng = np.random.default_rng(4)


@pytest.fixture
def codes(monkeypatch):
    """The codes of the instructions of every program made."""
    found = []

    def program(rows, *rest):
        found.extend(row["code"] for row in rows)
        return original(rows, *rest)

    original = plan.Program
    monkeypatch.setattr(plan, "Program", program)
    return found


def symmetric(x):
    return x + np.swapaxes(x, -1, -2)


CASES = {
    "eigh": (lambda x: la.eigh(symmetric(x)), (3, 3)),
    "eigh, upper": (lambda x: la.eigh(x, UPLO="U"), (3, 3)),
    "eigvalsh": (lambda x: la.eigvalsh(symmetric(x)), (3, 3)),
    "svd": (la.svd, (3, 3)),
    "svd, tall": (lambda x: la.svd(x, full_matrices=False), (5, 3)),
    "svd, wide": (lambda x: la.svd(x, full_matrices=False), (3, 5)),
    "svdvals": (la.svdvals, (3, 5)),
    "qr": (la.qr, (3, 3)),
    "qr, tall": (la.qr, (5, 3)),
    "qr, wide": (la.qr, (3, 5)),
    "cholesky": (lambda x: la.cholesky(x @ np.swapaxes(x, -1, -2)), (3, 3)),
    "norm": (la.norm, (5,)),
    "norm of matrices": (lambda x: la.norm(x, axis=(-2, -1)), (3, 5)),
    "nuclear norm": (lambda x: la.norm(x, "nuc", axis=(-2, -1)), (3, 5)),
    "cumsum": (lambda x: np.cumsum(x, axis=-2), (3, 5)),
}
every_case = pytest.mark.parametrize(
    ("f", "shape"),
    [pytest.param(f, shape, id=f"{name}, one") for name, (f, shape) in CASES.items()]
    + [pytest.param(f, (2, 4, *s), id=f"{name}, stacked") for name, (f, s) in CASES.items()],
)


@every_case
def test_values_are_those_of_numpy(f, shape):
    x = rng.normal(size=shape)
    found, expected = record(f, x)(x), f(x)
    pairs = (
        zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]
    )
    for ours, theirs in pairs:
        assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13)


@every_case
def test_nothing_of_value_and_gradient_is_python(codes, f, shape):
    def total(x):
        found = f(x)
        return sum(np.sum(np.sin(y)) for y in (found if isinstance(found, tuple) else [found]))

    x = rng.normal(size=shape)
    record(total, x).value_and_grad(x)
    assert codes
    assert "python" not in codes


@pytest.mark.parametrize("values", [la.eigvalsh, la.svdvals])
def test_values_and_their_gradient_share_the_decomposition(monkeypatch, values):
    names = []

    def noted(planner, function, *rest):
        names.append(function)
        call(planner, function, *rest)

    call = plan_linalg.call
    monkeypatch.setattr(plan_linalg, "call", noted)
    tape, x = (
        record(lambda x: np.sum(values(x) ** 2), np.eye(3)),
        symmetric(rng.normal(size=(3, 3))),
    )
    value, gradient = tape.value_and_grad(x)
    assert_allclose(value, np.sum(x * x))
    assert_allclose(gradient, 2.0 * x, atol=1e-13)
    assert len(names) == 1


@pytest.mark.parametrize("bad", [-np.eye(2), np.zeros((2, 2)), np.stack([np.eye(2), -np.eye(2)])],
                         ids=["negative", "nought", "one of two"])  # fmt: skip
def test_cholesky_raises_as_in_numpy(bad):
    tape = record(la.cholesky, np.zeros_like(bad) + np.eye(2))
    for _ in range(2):
        with pytest.raises(la.LinAlgError, match="positive definite"):
            tape(bad)
    assert_array_equal(tape(bad * 0 + 4.0 * np.eye(2)), bad * 0 + 2.0 * np.eye(2))


def test_a_decomposition_that_does_not_converge_raises_as_in_numpy():
    tape = record(lambda x: la.svd(x), np.eye(2))
    with pytest.raises(la.LinAlgError, match="did not converge"):
        tape(np.full((2, 2), np.nan))


EMPTY = {
    "eigh": (la.eigh, (0, 0)),
    "eigh, no matrices": (la.eigh, (0, 2, 2)),
    "svd": (la.svd, (0, 2, 2)),
    "qr": (la.qr, (0, 2, 2)),
    "cholesky": (la.cholesky, (0, 0)),
    "norm": (lambda x: (la.norm(x),), (0,)),
    "norms": (lambda x: (la.norm(x, axis=0),), (0, 3)),
    "no norms": (lambda x: (la.norm(x, axis=1),), (0, 3)),
    "cumsum": (lambda x: (np.cumsum(x, axis=1),), (3, 0)),
}


@pytest.mark.parametrize(("f", "shape"), EMPTY.values(), ids=EMPTY)
def test_of_nothing(f, shape):
    x = np.zeros(shape)
    found, expected = record(f, x)(x), f(x)
    found, expected = ([y] if isinstance(y, np.ndarray) else y for y in (found, expected))
    for ours, theirs in zip(found, expected, strict=True):
        assert_array_equal(ours, theirs)


numbers = st.floats(-1e3, 1e3, width=32)


@given(st.data(), arrays(float, array_shapes(max_dims=4, max_side=4), elements=numbers))
def test_cumsum_along_every_axis(data, x):
    axis = data.draw(st.integers(0, x.ndim - 1))
    assert_array_equal(record(lambda x: np.cumsum(x, axis=axis), x)(x), np.cumsum(x, axis=axis))


@given(st.data(), arrays(float, array_shapes(max_dims=4, max_side=4), elements=numbers))
def test_norms_along_any_one_or_two_axes(data, x):
    axes = tuple(data.draw(st.permutations(range(x.ndim)))[: data.draw(st.integers(1, 2))])
    axes = axes if len(axes) == 2 else axes[0]
    expected = la.norm(x, axis=axes)
    assert_allclose(record(lambda x: la.norm(x, axis=axes), x)(x), expected, rtol=1e-13)
