"""Norms of every order are NumPy's, and their gradients those of the textbooks."""

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose

from fastls.tape import norms, record

rng = np.random.default_rng(8)
X = rng.normal(size=(4, 3))
x = rng.normal(size=5)

VECTORS = [None, 2, 1, 0, 3, 2.5, 0.5, -1, -2.5, np.inf, -np.inf]
MATRICES = [None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("ord", VECTORS)
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_of_vectors(ord, axis, keepdims):
    at = x if axis is None else X

    def f(x):
        return la.norm(x, ord, axis=axis, keepdims=keepdims)

    found = record(f, at)(at)
    assert np.shape(found) == np.shape(f(at))
    assert_allclose(found, f(at), rtol=1e-14)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("ord", MATRICES)
@pytest.mark.parametrize("axis", [None, (0, 1), (1, 0), (-2, 2), (2, 0)])
def test_of_matrices(ord, axis, keepdims):
    at = X if axis in (None, (0, 1), (1, 0)) else rng.normal(size=(2, 4, 3))

    def f(x):
        return la.norm(x, ord, axis=axis, keepdims=keepdims)

    found = record(f, at)(at)
    assert np.shape(found) == np.shape(f(at))
    assert_allclose(found, f(at), rtol=1e-13)


GRADIENTS = {
    "of length": (la.norm, x, x / la.norm(x)),
    "sum": (lambda x: la.norm(x, 1), x, np.sign(x)),
    "largest": (
        lambda x: la.norm(x, np.inf), x,
        np.where(np.abs(x) == np.max(np.abs(x)), np.sign(x), 0.0),
    ),
    "cubic": (lambda x: la.norm(x, 3), x, x * np.abs(x) / la.norm(x, 3) ** 2),
    "Frobenius": (lambda x: la.norm(x, "fro"), X, X / la.norm(X)),
    "nuclear": (lambda x: la.norm(x, "nuc"), X, la.svd(X, False)[0] @ la.svd(X, False)[2]),
    "spectral": (
        lambda x: la.norm(x, 2), X,
        np.outer(la.svd(X, False)[0][:, 0], la.svd(X, False)[2][0]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("f", "at", "expected"), GRADIENTS.values(), ids=GRADIENTS)
def test_gradients(f, at, expected):
    assert_allclose(record(f, at).grad(at), expected, atol=1e-13)


@pytest.mark.parametrize("ord", [None, 2, 3, 1, "fro"])
def test_the_slope_is_0_where_the_norm_is_0(ord):
    zero = np.zeros((2, 3)) if ord == "fro" else np.zeros(3)
    for start in (zero, zero + 1.0):
        assert_allclose(record(lambda x: la.norm(x, ord), start).grad(zero), 0.0)


def test_large_and_small_entries_as_in_numpy():
    for scale in (1e-160, 1e150):
        assert_allclose(record(la.norm, x)(scale * x), la.norm(scale * x), rtol=1e-14)


@pytest.mark.parametrize("p", [None, 2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc"])
def test_condition_numbers(p):
    square = rng.normal(size=(2, 3, 3))
    assert_allclose(record(lambda x: la.cond(x, p), square)(square), la.cond(square, p))


@pytest.mark.parametrize("f", [norms.vector_norm, norms.matrix_norm], ids=lambda f: f.__name__)
def test_names_of_the_array_api(f):
    name = f.__name__
    if not hasattr(la, name):
        pytest.skip(f"this NumPy has no {name}")
    theirs = getattr(la, name)
    assert_allclose(record(theirs, X)(X), theirs(X))


@pytest.mark.parametrize(
    ("f", "match"),
    [
        (lambda: record(lambda x: la.norm(x, 3), X), "norm order"),
        (lambda: record(lambda x: la.norm(x, "fro"), x), "norm order"),
        (lambda: record(lambda x: la.norm(x, 2), np.ones((2, 2, 2))), "dimensions"),
        (lambda: record(lambda x: la.norm(x, axis=(0, 0)), X), r"[Dd]uplicate"),
    ],
    ids=["3 of a matrix", "fro of a vector", "2 of three axes", "an axis twice"],
)
def test_refusals(f, match):
    with pytest.raises(ValueError, match=match):
        f()
