"""Large matrices used twice are read once, and products of few numbers go without the BLAS."""

import numpy as np
import pytest

from fastls.tape import plan, record
from fastls.tape.blocks import LARGE, BlockRun
from fastls.tape.plan_products import FEW, FEW_TERMS
from fastls.tape.replay import OWN_LOOPS

ROWS, COLUMNS = 1001, 40
assert 8 * ROWS * COLUMNS > LARGE

rng = np.random.default_rng(0)
C = rng.normal(size=(ROWS, COLUMNS))
F = np.asfortranarray(C)
T = np.ascontiguousarray(C.T)
STRIDED = rng.normal(size=(2 * ROWS, COLUMNS))[::2]
EVERY_SECOND = rng.normal(size=(ROWS, 2 * COLUMNS))[:, ::2]
Y = rng.normal(size=ROWS)

#: What stands for A w, and A itself.
PRODUCTS = {
    "rows": (lambda w: C @ w, C),
    "columns": (lambda w: F @ w, C),
    "transposed": (lambda w: T.T @ w, C),
    "from the left": (lambda w: w @ T, C),
    "from the left, transposed": (lambda w: w @ C.T, C),
    "by dot": (lambda w: np.dot(C, w), C),
    "of a matrix with one column": (lambda w: (C @ w[:, None])[:, 0], C),
    "every second row": (lambda w: STRIDED @ w, STRIDED),
    "every second column": (lambda w: EVERY_SECOND @ w, EVERY_SECOND),
}


@pytest.fixture
def taken_in(monkeypatch):
    """The products, by kind, that runs of blocks have taken in."""
    found = []
    for name in ("add_product", "add_transposed_product"):
        method = getattr(BlockRun, name)

        def noting(*arguments, method=method, name=name):
            found.append(name)
            return method(*arguments)

        monkeypatch.setattr(BlockRun, name, noting)
    return found


def logistic(product):
    def f(w):
        z = product(w)
        return np.sum(np.logaddexp(0.0, z) - Y * z) + 0.5 * (w @ w)

    return f


@pytest.mark.parametrize("name", PRODUCTS)
def test_value_gradient_and_curvature_are_those_of_the_closed_form(name, taken_in):
    product, A = PRODUCTS[name]
    w, v = rng.normal(size=(2, COLUMNS))
    tape = record(logistic(product), np.zeros(COLUMNS))
    z = A @ w
    p = 1.0 / (1.0 + np.exp(-z))
    value, gradient = tape.value_and_grad(w)
    assert value == pytest.approx(logistic(product)(w), rel=1e-13)
    np.testing.assert_allclose(gradient, A.T @ (p - Y) + w, rtol=1e-11, atol=1e-11)
    both = ["add_product", "add_transposed_product"]
    assert taken_in == ([] if name == "every second column" else both)
    curvature = A.T @ (p * (1.0 - p) * (A @ v)) + v
    np.testing.assert_allclose(tape.hvp(w, v), curvature, rtol=1e-11, atol=1e-11)
    assert tape(w) == pytest.approx(value, rel=1e-14)


def test_a_small_matrix_is_in_the_cache_anyway(taken_in):
    A = C[: LARGE // (8 * COLUMNS) - 1]
    tape = record(lambda w: np.sum(np.exp(A @ w)), np.zeros(COLUMNS))
    np.testing.assert_allclose(tape.grad(np.zeros(COLUMNS)), A.sum(axis=0), rtol=1e-12, atol=1e-12)
    assert taken_in == []


def test_what_is_needed_whole_is_there_whole(taken_in):
    def f(w):
        z = C @ w
        return np.sum(np.exp(z)), z, np.sort(z)[:3], z.reshape(7, 143), z[:, None]

    w = 0.1 * rng.normal(size=COLUMNS)
    for found, true in zip(record(f, np.zeros(COLUMNS))(w), f(w), strict=True):
        np.testing.assert_allclose(found, true, rtol=1e-12)

    def g(w):
        z = C @ w
        return np.sum(z**2) / np.sum(np.exp(z)) + np.max(z)

    tape = record(g, w)
    value, gradient = tape.value_and_grad(w)
    z = C @ w
    e, total = np.exp(z), np.sum(np.exp(z))
    assert value == pytest.approx(g(w), rel=1e-13)
    peak = np.where(z == z.max(), 1.0, 0.0)
    slopes = 2.0 * z / total - np.sum(z**2) * e / total**2 + peak
    np.testing.assert_allclose(gradient, C.T @ slopes, rtol=1e-11, atol=1e-11)


def test_two_matrices_with_the_same_rows_go_together(taken_in):
    D = rng.normal(size=(ROWS, 37))

    def f(a, b):
        return np.sum(np.tanh(C @ a + D @ b))

    a, b = rng.normal(size=COLUMNS), rng.normal(size=37)
    value, (by_a, by_b) = record(f, a, b, argnums=(0, 1)).value_and_grad(a, b)
    slopes = 1.0 - np.tanh(C @ a + D @ b) ** 2
    assert value == pytest.approx(f(a, b), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(by_a, C.T @ slopes, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(by_b, D.T @ slopes, rtol=1e-11, atol=1e-11)
    assert len(taken_in) == 4


def test_the_matrix_may_be_an_argument_and_have_a_gradient_itself():
    def f(A, w):
        return np.sum(np.sin(A @ w))

    w = rng.normal(size=COLUMNS)
    value, (by_matrix, by_vector) = record(f, C, w, argnums=(0, 1)).value_and_grad(C, w)
    slopes = np.cos(C @ w)
    assert value == pytest.approx(f(C, w), rel=1e-12)
    np.testing.assert_allclose(by_matrix, np.outer(slopes, w), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(by_vector, C.T @ slopes, rtol=1e-11, atol=1e-11)


def test_a_matrix_that_changes_afterwards_is_read_as_it_is():
    A = C.copy()
    tape = record(lambda w: np.sum(np.exp(A @ w)), np.zeros(COLUMNS))
    A[:] = 2.0 * C
    np.testing.assert_allclose(
        tape.grad(np.zeros(COLUMNS)), 2.0 * C.sum(axis=0), rtol=1e-11, atol=1e-11
    )


def test_layers_wait_for_each_other(taken_in):
    """What comes back to a layer has been through all that follow it."""
    A = rng.normal(size=(200, 200)) / 15.0
    assert 8 * A.size > LARGE

    def f(x):
        for _ in range(3):
            x = np.tanh(A @ x)
        return np.sum(x**2)

    x = rng.normal(size=200)
    gradient = record(f, x).grad(x)
    states = [x]
    for _ in range(3):
        states.append(np.tanh(A @ states[-1]))
    cotangent = 2.0 * states[-1]
    for state in reversed(states[1:]):
        cotangent = A.T @ (cotangent * (1.0 - state**2))
    np.testing.assert_allclose(gradient, cotangent, rtol=1e-11, atol=1e-13)
    # The last layer alone meets nothing but its own product on the way back.
    assert taken_in == ["add_product", "add_transposed_product"]


@pytest.mark.parametrize("terms", [0, 1, 3, 31, 32])
@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 3), (1, 16), (9, 1), (3, 4), (2, 5), (4, 4)]
)
@pytest.mark.parametrize("order_of_a", "CF")
@pytest.mark.parametrize("order_of_b", "CF")
def test_few_numbers_are_multiplied_and_added_in_order(
    rows, columns, terms, order_of_a, order_of_b
):
    a = np.array(rng.normal(size=(rows, terms)), order=order_of_a)
    b = np.array(rng.normal(size=(terms, columns)), order=order_of_b)
    exact = np.zeros((rows, columns))
    for i in range(terms):
        exact += np.outer(a[:, i], b[i])

    def product(t):
        return (t * a) @ b

    np.testing.assert_array_equal(record(product, 1.0)(1.0), exact)
    np.testing.assert_array_equal(record(lambda t: a[::-1] @ (b[:, ::-1] * t), 1.0)(1.0),
                                  exact[::-1, ::-1])  # fmt: skip


@pytest.mark.parametrize(("shape", "is_short"), [
    ((4, FEW, 4), True), ((1, FEW, 1), True), ((1, FEW + 1, 1), False),
    ((FEW_TERMS // 16, 16, 1), True), ((FEW_TERMS // 16 + 1, 16, 1), False),
])  # fmt: skip
def test_which_products_are_those_of_few_numbers(monkeypatch, shape, is_short):
    found = []
    program = plan.Program
    monkeypatch.setattr(
        plan, "Program", lambda rows, *rest: found.extend(rows) or program(rows, *rest)
    )
    rows, terms, columns = shape
    record(np.matmul, np.ones((rows, terms)), np.ones((terms, columns)), argnums=(0, 1))(
        np.ones((rows, terms)), np.ones((terms, columns))
    )
    assert (found[0]["function"] == OWN_LOOPS["short_product"]) is is_short


def test_stacks_of_small_matrices():
    a, b = rng.normal(size=(7, 1, 3, 4)), rng.normal(size=(5, 4, 2))
    np.testing.assert_allclose(record(lambda a: a @ b, a)(a), a @ b, rtol=1e-14, atol=1e-15)
