"""Each factor, by what the differential of its decomposition satisfies (Giles 2008, 3.1, 3.2)."""

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose

from fastls.tape import record
from fastls.tape.linalg import PRIMITIVES
from fastls.tape.rules.decompositions import FACTORS, PACKED, VALUES, columns, divided

rng = np.random.default_rng(7)
stacked = pytest.mark.parametrize("stack", [(), (2,)], ids=["one", "stacked"])


def swap(x):
    return np.swapaxes(x, -1, -2)


def symmetric(shape):
    x = rng.normal(size=shape)
    return x + swap(x)


def is_skew(x):
    assert_allclose(x, -swap(x), atol=1e-12)


@stacked
class TestEigenvalues:
    """X V = V Λ, so dX V + X dV = dV Λ + V dΛ; and Vᵀ dV is skew."""

    @pytest.mark.parametrize("uplo", ["L", "U"])
    def test_differential(self, stack, uplo):
        x, dx = symmetric((*stack, 4, 4)), symmetric((*stack, 4, 4))
        (values, v), (d_values, dv) = record(lambda x: tuple(la.eigh(x, uplo)), x).jvp(x, dx)
        left = dx @ v + x @ dv
        assert_allclose(left, dv * columns(values) + v * columns(d_values), atol=1e-12)
        is_skew(swap(v) @ dv)

    def test_values_alone(self, stack):
        """dλᵢ = vᵢᵀ dX vᵢ, of which the gradient is vᵢ vᵢᵀ"""
        x, dx = symmetric((*stack, 4, 4)), symmetric((*stack, 4, 4))
        _, v = la.eigh(x)
        tape = record(la.eigvalsh, x)
        expected = np.sum(v * (dx @ v), axis=-2)
        assert_allclose(tape.jvp(x, dx)[1], expected, atol=1e-12)
        cotangent = np.zeros((*stack, 4))
        cotangent[..., 1] = 1.0
        v = v[..., 1]
        assert_allclose(tape.vjp(x, cotangent)[1], v[..., None] * v[..., None, :], atol=1e-13)


@stacked
@pytest.mark.parametrize(("m", "n"), [(4, 4), (5, 3), (3, 5)])
class TestSingularValues:
    """X = U Σ Vᵀ, so dX = dU Σ Vᵀ + U dΣ Vᵀ + U Σ dVᵀ; Uᵀ dU and Vᵀ dV are skew."""

    def test_differential(self, stack, m, n):
        x, dx = rng.normal(size=(2, *stack, m, n))
        tape = record(lambda x: tuple(la.svd(x, full_matrices=False)), x)
        (u, s, vt), (du, ds, dvt) = tape.jvp(x, dx)
        found = (du * columns(s)) @ vt + (u * columns(ds)) @ vt + (u * columns(s)) @ dvt
        assert_allclose(found, dx, atol=1e-12)
        is_skew(swap(u) @ du)
        is_skew(vt @ swap(dvt))

    def test_values_alone(self, stack, m, n):
        """The gradient of their sum is U Vᵀ."""
        x = rng.normal(size=(*stack, m, n))
        u, s, vt = la.svd(x, full_matrices=False)
        found = record(lambda x: la.svd(x, compute_uv=False), x).vjp(x, np.ones(s.shape))[1]
        assert_allclose(found, u @ vt, atol=1e-13)


@stacked
@pytest.mark.parametrize(("m", "n"), [(4, 4), (5, 3)])
def test_qr(stack, m, n):
    """X = Q R, so dX = dQ R + Q dR; Qᵀ dQ is skew, dR upper triangular."""
    x, dx = rng.normal(size=(2, *stack, m, n))
    (q, r), (dq, dr) = record(lambda x: tuple(la.qr(x)), x).jvp(x, dx)
    assert_allclose(dq @ r + q @ dr, dx, atol=1e-12)
    assert_allclose(dr, np.triu(dr), atol=1e-13)
    is_skew(swap(q) @ dq)


PARTS = {
    "eigh": (symmetric((4, 4)), {"lower": True}),
    "svd": (rng.normal(size=(5, 3)), {}),
    "qr": (rng.normal(size=(5, 3)), {}),
}
OF = {"eigen": "eigh", "left": "svd", "singular": "svd", "right": "svd", "q_": "qr", "r_": "qr"}


@pytest.mark.parametrize("row", FACTORS, ids=lambda row: row.name)
def test_a_factor_is_a_part_of_the_packed_array(row):
    x, parameters = PARTS[next(name for start, name in OF.items() if row.name.startswith(start))]
    packed = next(p for p in PACKED if PARTS.get(p.name, [None])[0] is x)
    all = packed.value(x, **parameters)
    assert all.shape == packed.shape(x.shape, **parameters)
    part = row.value(all, x, **parameters)
    assert part.shape == row.shape(all.shape, x.shape, **parameters)
    assert part.base is not None
    assert row.source


def test_every_row_is_a_primitive():
    assert {row.name for row in (*FACTORS, *PACKED, *VALUES)} < set(PRIMITIVES)


def test_nought_over_nought_is_nought():
    w, differences = np.array([[5.0, 0.0], [2.0, 5.0]]), np.array([[0.0, 0.0], [4.0, 0.0]])
    assert_allclose(divided(w, differences), [[0.0, 0.0], [0.5, 0.0]])


class TestRepeatedEigenvalues:
    X = np.diag([1.0, 1.0, 3.0])

    def test_their_sum_has_a_gradient(self):
        found = record(lambda x: np.sum(la.eigh(x)[0] ** 2), self.X).grad(self.X)
        assert_allclose(found, 2 * self.X)

    def test_the_vector_of_another_eigenvalue_has_a_derivative(self):
        w = np.array([1.0, 2.0, 3.0])
        found = record(lambda x: (w @ la.eigh(x)[1][:, 2]) ** 2, self.X).grad(self.X)
        # dv = (3 - X)⁺ dX v
        g = 2 * w[2] * la.pinv(3 * np.eye(3) - self.X) @ w
        expected = np.outer(g, [0, 0, 1])
        assert_allclose(found, (expected + expected.T) / 2)

    def test_vectors_within_the_eigenspace_have_none(self):
        found = record(lambda x: la.eigh(x)[1][1, 0] + x[0, 0], self.X).grad(self.X)
        assert not np.all(np.isfinite(found))
