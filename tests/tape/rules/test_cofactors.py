"""Cofactors and their derivative are those of the minors, of singular matrices too."""

import mpmath
import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose

from fastls.tape import record
from fastls.tape.rules.cofactors import cofactors, cofactors_tangent
from fastls.tape.rules.linalg import cofactors as traced_cofactors

rng = np.random.default_rng(6)


def cofactors_by_minors(x):
    n = len(x)
    return np.array(
        [
            [(-1) ** (i + j) * la.det(np.delete(np.delete(x, i, 0), j, 1)) for j in range(n)]
            for i in range(n)
        ]
    )


MATRICES = {
    "regular": rng.normal(size=(3, 3)),
    "of rank n - 1": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),
    "of rank n - 2": np.outer([1.0, 2.0, -1.0], [3.0, 1.0, 2.0]),
    "nought": np.zeros((3, 3)),
    "nearly of rank n - 1": np.diag([1.0, 2.0, 1e-14]) + np.outer([1.0, 2, 3], [1.0, 1, 0]),
    "a number": np.zeros((1, 1)),
}


@pytest.mark.parametrize("x", MATRICES.values(), ids=MATRICES)
class TestEachMatrix:
    def test_cofactors(self, x):
        assert_allclose(cofactors(x), cofactors_by_minors(x), atol=1e-13)

    def test_their_derivative(self, x):
        dx, h = rng.normal(size=x.shape), 1e-4
        # Minors of 3 × 3 matrices are quadratic: differences of them have no error of their own.
        after, before = cofactors_by_minors(x + h * dx), cofactors_by_minors(x - h * dx)
        assert_allclose(cofactors_tangent(x, dx), (after - before) / (2 * h), atol=1e-10)

    def test_stacked_with_a_regular_matrix(self, x):
        regular = x + 5 * np.eye(len(x))
        expected = [cofactors_by_minors(x), cofactors_by_minors(regular)]
        assert_allclose(cofactors(np.stack([x, regular])), expected, atol=1e-12)

    def test_they_are_the_gradient_of_det(self, x):
        tape, dx, h = record(la.det, np.eye(len(x))), rng.normal(size=x.shape), 1e-4
        assert_allclose(tape.grad(x), cofactors_by_minors(x), atol=1e-13)
        after, before = cofactors_by_minors(x + h * dx), cofactors_by_minors(x - h * dx)
        assert_allclose(tape.hvp(x, dx), (after - before) / (2 * h), atol=1e-10)


@pytest.mark.parametrize("smallest", [1e-4, 1e-8, 1e-12, 1e-16, 0.0])
def test_in_high_precision(smallest):
    """det X X⁻ᵀ of 5 × 5 matrices that are less and less regular."""
    u, v = (la.qr(rng.normal(size=(5, 5)))[0] for _ in range(2))
    x = u @ np.diag([1.0, 0.5, 0.3, 0.1, smallest]) @ v
    with mpmath.workdps(80):
        exact = mpmath.matrix(x.tolist())
        expected = (mpmath.det(exact) * (exact**-1).T).tolist()
    expected = np.array(expected, float).reshape(5, 5)
    assert la.norm(cofactors(x) - expected) <= 1e-13 * la.norm(expected)


def test_the_third_derivative_of_a_determinant():
    """D³ det[E, E, E] = 6 det E for 3 × 3 matrices: of the second it is a difference."""
    x, e = rng.normal(size=(2, 3, 3))
    tape = record(la.det, x)
    second = [tape.second_differential(x + step * e, e, e) for step in (0.5, -0.5)]
    assert_allclose(second[0] - second[1], 6 * la.det(e))
    slope = record(lambda x: np.sum(traced_cofactors(x) * e), x)
    assert_allclose(slope.second_differential(x, e, e), 6 * la.det(e))
