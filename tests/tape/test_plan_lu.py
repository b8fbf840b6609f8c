"""A matrix is factorised once for all that needs its factors; a triangle is not factorised."""

from concurrent.futures import ThreadPoolExecutor

import mpmath
import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fastls.tape import lapack, plan_lu, record

rng = np.random.default_rng(2)
A = rng.normal(size=(5, 5)) + 4.0 * np.eye(5)
P = A @ A.T
B = rng.normal(size=(5, 3))


@pytest.fixture(params=["lapack", "numpy"])
def backend(request, monkeypatch):
    """With LAPACK's own routines, and with NumPy's whole tasks."""
    if request.param == "numpy":
        monkeypatch.setattr(plan_lu, "loops", dict)
    elif not lapack.loops():
        pytest.skip("NumPy's LAPACK does not show itself")
    return request.param


@pytest.fixture
def used(monkeypatch):
    """The names of the loops that are planned."""
    if not lapack.loops():
        pytest.skip("NumPy's LAPACK does not show itself")
    names, emit = [], plan_lu.emit
    known = {address: name for name, address in lapack.loops().items()}

    def noted(planner, function, *rest):
        names.append(known[function[0]])
        emit(planner, function, *rest)

    monkeypatch.setattr(plan_lu, "emit", noted)
    return names


SHARED = {
    "log det and its gradient": lambda x: la.slogdet(x)[1],
    "det as it is written": lambda x: np.log(la.det(x)),
    "inverse and log det": lambda x: np.sum(la.inv(x)) + la.slogdet(x)[1],
    "solution and the adjoint one": lambda x: np.sum(la.solve(x, B) ** 2),
    "solutions of a matrix and its transpose": lambda x: np.sum(la.solve(x.T, la.solve(x, B))),
    "inverse of a transpose": lambda x: np.sum(B.T @ la.inv(x.T) @ B) + la.det(x.T),
}


@pytest.mark.parametrize("f", SHARED.values(), ids=SHARED)
def test_one_factorisation_for_value_and_gradient(used, f):
    record(f, P).value_and_grad(P)
    assert used.count("factorise") == 1


def test_one_factorisation_for_a_hessian_product(used):
    record(lambda x: la.slogdet(x)[1], P).hvp(P, A)
    assert used.count("factorise") == 1


def test_the_factors_of_cholesky_are_solved_with_as_they_are(used):
    def f(x):
        factor = la.cholesky(x)
        return np.sum(la.solve(factor, B) ** 2) + np.sum(np.log(np.diagonal(factor)))

    found = record(f, P).value_and_grad(P)
    assert set(used) == {"solve_triangular"}
    assert_allclose(found[0], np.sum(B * la.solve(P, B)) + 0.5 * la.slogdet(P)[1])
    solved = la.solve(P, B)
    assert_allclose(found[1], 0.5 * la.inv(P) - solved @ solved.T, atol=1e-13)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("shape", [(4, 4), (2, 4, 4), (1, 1)])
def test_triangles_of_either_kind_and_order(used, turned, shape):
    x = rng.normal(size=shape) + 3.0 * np.eye(shape[-1])
    b = rng.normal(size=(*shape[:-1], 2))

    def f(x):
        lower = la.cholesky(x @ np.swapaxes(x, -1, -2))
        upper = la.qr(x)[1]
        if turned:
            lower, upper = np.swapaxes(lower, -1, -2), np.swapaxes(upper, -1, -2)
        return la.solve(lower, b), la.solve(upper, b)

    for ours, theirs in zip(record(f, x)(x), f(x), strict=True):
        assert_allclose(ours, theirs, rtol=1e-11)
    assert used == ["solve_triangular"] * 2


CASES = {
    "inv": (la.inv, (3, 3)),
    "inv, stacked": (la.inv, (2, 3, 3)),
    "inv of a transpose": (lambda x: la.inv(x.T), (3, 3)),
    "inv, no entries": (la.inv, (0, 0)),
    "inv, no matrices": (la.inv, (0, 3, 3)),
    "det": (la.det, (3, 3)),
    "det, no entries": (la.det, (0, 0)),
    "slogdet": (la.slogdet, (2, 3, 3)),
    "slogdet, no entries": (la.slogdet, (2, 0, 0)),
    "log det": (lambda x: np.log(la.det(x @ x.T)), (3, 3)),
    "log det of both signs": (lambda x: np.log(np.abs(la.det(x))), (6, 3, 3)),
    "solve, vector": (lambda x: la.solve(x, B[:3, 0]), (3, 3)),
    "solve, vector for a stack": (lambda x: la.solve(x, B[:3, 0]), (2, 3, 3)),
    "solve, stack for a matrix": (lambda x: la.solve(x, np.stack([B[:3], B[2:]])), (3, 3)),
    "solve, stacks against each other": (
        lambda x: la.solve(x, np.stack([B[:3], B[2:]])[:, None]), (4, 3, 3),
    ),
    "solve of a transpose": (lambda x: la.solve(x.T, B[:3]), (3, 3)),
    "solve with a stepped right side": (lambda x: la.solve(x, x[::-1, ::2]), (3, 3)),
    "solve, no columns": (lambda x: la.solve(x, np.ones((3, 0))), (3, 3)),
    "solve, no entries": (lambda x: la.solve(x, np.ones((0, 2))), (0, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("f", "shape"), CASES.values(), ids=CASES)
def test_values_are_those_of_numpy(backend, f, shape):
    x = rng.normal(size=shape)
    found, expected = record(f, x)(x), f(x)
    pairs = (
        zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]
    )
    for ours, theirs in pairs:
        assert np.shape(ours) == np.shape(theirs)
        assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize(
    "f", [la.inv, lambda x: la.solve(x, np.ones(2))], ids=["inv", "solve"]
)  # fmt: skip
@pytest.mark.parametrize(
    "x", [np.zeros((2, 2)), np.ones((2, 2)), np.stack([np.eye(2), np.ones((2, 2))])],
    ids=["nought", "rank one", "one of two"],
)  # fmt: skip
def test_a_singular_matrix_raises_as_in_numpy(backend, f, x):
    tape = record(f, np.zeros_like(x) + 2.0 * np.eye(2))
    with pytest.raises(la.LinAlgError, match="Singular matrix"):
        f(x)
    for _ in range(2):
        with pytest.raises(la.LinAlgError, match="Singular matrix"):
            tape(x)
    assert_array_equal(tape(x + 3.0 * np.eye(2)), f(x + 3.0 * np.eye(2)))


def test_determinants_of_singular_matrices_do_not_raise(backend):
    tape = record(lambda x: (*la.slogdet(x), la.det(x)), np.eye(2))
    assert_array_equal(tape(np.zeros((2, 2))), [0.0, -np.inf, 0.0])


def test_the_gradient_of_log_det_of_a_singular_matrix_raises(backend):
    tape = record(lambda x: la.slogdet(x)[1], np.eye(2))
    with pytest.raises(la.LinAlgError, match="Singular matrix"):
        tape.value_and_grad(np.zeros((2, 2)))


def test_what_is_not_a_number_is_no_error(backend):
    tape = record(lambda x: la.slogdet(x)[1], np.eye(2))
    assert np.isnan(tape(np.full((2, 2), np.nan)))


def test_threads_have_factors_of_their_own(backend):
    matrices = [P + k * np.eye(5) for k in range(8)] * 20
    tape = record(lambda x: la.slogdet(x)[1], P)
    expected = [tape.value_and_grad(x) for x in matrices]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(tape.value_and_grad, matrices))
    for (value, gradient), (true, slope) in zip(found, expected, strict=True):
        assert value == true
        assert_array_equal(gradient, slope)


# Ill-conditioned matrices, in high precision: an error of no more than κ ε, by and large.


def hilbert(n):
    i = np.arange(n)
    return 1.0 / (i[:, None] + i + 1.0)


def exactly(x):
    return mpmath.matrix(x.tolist())


def as_array(x):
    return np.array(x.tolist(), float).reshape(x.rows, x.cols)


@pytest.mark.parametrize("n", [3, 5, 7])
class TestHilbertMatrices:
    @pytest.fixture(autouse=True)
    def precise(self, n):
        self.x = hilbert(n)
        self.tolerance = 10.0 * la.cond(self.x) * np.finfo(float).eps
        with mpmath.workdps(60):
            self.exact = exactly(self.x)
            self.inverse = as_array(self.exact**-1)
            yield

    def assert_near(self, found, expected):
        assert la.norm(found - expected) <= self.tolerance * la.norm(expected)

    def test_log_det_and_its_gradient(self, backend):
        value, gradient = record(lambda x: la.slogdet(x)[1], self.x).value_and_grad(self.x)
        assert abs(value - float(mpmath.log(mpmath.det(self.exact)))) <= self.tolerance
        self.assert_near(gradient, self.inverse.T)

    def test_the_gradient_of_det(self, backend):
        found = record(la.det, self.x).grad(self.x)
        self.assert_near(found, float(mpmath.det(self.exact)) * self.inverse.T)

    def test_a_quadratic_form_of_the_inverse(self, backend, n):
        b = np.ones(n)
        found = record(lambda x: b @ la.solve(x, b), self.x).grad(self.x)
        solved = np.array(mpmath.lu_solve(self.exact, mpmath.matrix(b.tolist())), float).ravel()
        self.assert_near(found, -np.outer(solved, solved))

    def test_half_of_log_det_by_cholesky(self, backend):
        """∑ log Lᵢᵢ has the gradient X⁻¹/2."""
        found = record(lambda x: np.sum(np.log(np.diagonal(la.cholesky(x)))), self.x).grad(self.x)
        self.assert_near(found, 0.5 * self.inverse)
