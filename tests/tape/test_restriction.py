"""What is found to be a polynomial in alpha, and so computed once."""

import numpy as np
import pytest

import fastls
from fastls.tape.restriction import restriction_of

A = np.arange(12.0).reshape(4, 3)
B = np.arange(16.0).reshape(4, 4)


def restriction(f, x):
    tape = fastls.record(f, x)
    ((path,),) = tape.paths.values()
    return restriction_of(path, (0,))


def sources(f, n=3):
    """Where what a trial reads comes from, and how many numbers that is."""
    found = restriction(f, np.ones(n))
    sizes = [int(np.prod(found.shapes[kind][i])) for kind, i in found.sources]
    return [kind for kind, _ in found.sources], sum(sizes)


def test_what_is_not_affine_needs_the_point_and_the_direction():
    assert sources(lambda x: np.sum(np.exp(x))) == (["x", "d"], 6)


def test_a_product_with_a_matrix_is_kept():
    assert sources(lambda x: np.sum(np.exp(A @ x))) == (["u", "v"], 8)


def test_what_is_affine_beyond_the_product_is_settled():
    kinds, size = sources(lambda x: np.sum(np.exp(2.0 * (A @ x) + 1.0)))
    assert set(kinds) == {"c"}
    assert size == 8


def test_inner_products_of_affine_values_are_quadratics():
    _, size = sources(lambda x: np.log(x @ (A.T @ (A @ x)) - 2.0 * np.sum(x)))
    assert size == 5  # three coefficients of one, two of the other
    _, size = sources(lambda x: np.sum((A @ x - 1.0) ** 2))
    assert size == 3


@pytest.mark.parametrize(
    "f",
    [lambda x: x[::-1], lambda x: np.stack([x, x]), lambda x: x.reshape(3, 1) * A[:3, :2],
     lambda x: x / 3.0, lambda x: -x + A, lambda x: np.cumsum(x), lambda x: x[[2, 0, 2]],
     lambda x: np.outer(A[0], x), lambda x: np.linalg.solve(np.eye(3) + 1.0, x),
     lambda x: np.mean(x) * A, lambda x: x @ A.T @ B, lambda x: np.pad(x, 2)],
)  # fmt: skip
def test_linear_functions_are_affine(f):
    found = restriction(lambda x: np.sum(np.exp(f(x) / 10.0)), np.ones(3))
    assert all(len(found.coefficients[node]) <= 2 for node in found.coefficients)
    assert "slice" not in [kind for kind, _ in found.sources]
    assert max(found.degree.values()) == 1


def test_products_one_after_the_other_keep_only_the_last():
    found = restriction(lambda x: np.sum(np.exp(B @ (A @ x) / 100.0)), np.ones(3))
    assert found.shapes["u"] == [(4, 1)]


def test_slices_are_taken_of_the_point():
    kinds, _ = sources(lambda x: np.sum(np.exp(x[1:] * x[:-1] * x[1:])))
    assert "x" in kinds or "c" in kinds


def test_a_large_array_of_which_little_shows_is_not_read():
    assert sources(lambda x: np.sum(np.exp(x[:2])), 100)[1] == 4


def test_factors_that_are_not_constant_are_not_settled():
    _, size = sources(lambda x: np.sum(np.exp(np.tanh(x[0]) * x)))
    assert size == 8  # x and d, and their first entries


def test_other_arguments_are_fixed():
    tape = fastls.record(lambda x, data: np.sum(np.exp(data @ x)), np.ones(3), A)
    ((path,),) = tape.paths.values()
    found = restriction_of(path, (0,))
    assert [kind for kind, _ in found.sources] == ["u", "v"]
    assert found is restriction_of(path, (0,))
