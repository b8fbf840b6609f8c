"""The primitives that move, add and multiply entries: value, tangent, transpose, second order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices, integer_array_indices

from fastls.tape import record

A23, A34 = np.arange(6.0).reshape(2, 3) + 1.0, np.arange(12.0).reshape(3, 4) - 5.0
MASK = np.array([[True, False, True], [False, False, True]])

CASES = {
    "reshape": lambda x: np.reshape(x, (3, 2)),
    "reshape with an unknown length": lambda x: x.reshape(-1, 2),
    "transpose": lambda x: x.T,
    "transpose to other axes": lambda x: np.transpose(x[None], (2, 0, 1)),
    "broadcast": lambda x: np.broadcast_to(x, (4, 2, 3)),
    "broadcast of a column": lambda x: np.broadcast_to(x[:, :1], (2, 5)),
    "sum": np.sum,
    "sum over rows": lambda x: np.sum(x, axis=0),
    "sum over columns, kept": lambda x: x.sum(axis=-1, keepdims=True),
    "sum over both": lambda x: np.sum(x, axis=(1, 0)),
    "sum with initial": lambda x: np.sum(x, initial=3.0),
    "sum where": lambda x: np.sum(x, axis=1, where=MASK),
    "add.reduce": np.add.reduce,
    "row": lambda x: x[1],
    "negative place": lambda x: x[-1, -2],
    "slice with a step": lambda x: x[:, ::2],
    "backwards": lambda x: x[::-1, ::-2],
    "ellipsis": lambda x: x[..., 1],
    "new axis": lambda x: x[:, None, 1:],
    "integers": lambda x: x[[0, 1, 0], [2, 2, 2]],
    "rows again and again": lambda x: x[[1, 1, 0, 1]],
    "mask": lambda x: x[MASK],
    "mask and slice": lambda x: x[np.array([False, True]), 1:],
    "nothing": lambda x: x[:, 3:],
    "cumulative sum": lambda x: np.cumsum(x),
    "cumulative sum of rows": lambda x: np.cumsum(x, axis=1),
    "concatenate": lambda x: np.concatenate([x, 2.0 * x, A23]),
    "concatenate columns": lambda x: np.concatenate([A23, x[:, :1], x], axis=1),
    "concatenate all": lambda x: np.concatenate([x, x], axis=None),
    "where": lambda x: np.where(MASK, x * x, -x),
    "where of a traced mask": lambda x: np.where(x > 0.2, x * x, 3.0),
    "where, broadcast": lambda x: np.where(MASK, x[0], x[:, :1]),
    "max": lambda x: np.max(x),
    "max of columns": lambda x: np.max(x, axis=0),
    "min of rows, kept": lambda x: x.min(axis=1, keepdims=True),
    "product from the right": lambda x: x @ A34,
    "product from the left": lambda x: A34.T[:, :2] @ x,
    "product with itself": lambda x: x @ x.T,
    "product with a vector": lambda x: x @ np.arange(3.0),
    "vector with product": lambda x: x[:, 0] @ x,
    "product of vectors": lambda x: x[0] @ x[1],
    "stacked product": lambda x: np.broadcast_to(x, (4, 2, 3)) @ x.T,
    "outer product of slices": lambda x: x[:, :1] @ x[:1, :],
}
every_case = pytest.mark.parametrize("f", CASES.values(), ids=CASES)


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(2, 3))


@every_case
def test_value_is_that_of_numpy(f, x):
    found = record(f, np.ones((2, 3)) * 0.5)(x)
    assert np.shape(found) == np.shape(f(x))
    np.testing.assert_allclose(found, f(x), rtol=1e-14)


@every_case
def test_tangent_is_the_difference_of_values(f, x):
    v, h = np.random.default_rng(1).normal(size=x.shape), 1e-6
    value, tangent = record(f, x).jvp(x, v)
    np.testing.assert_allclose(value, f(x), rtol=1e-14)
    np.testing.assert_allclose(tangent, (f(x + h * v) - f(x - h * v)) / (2 * h), atol=1e-7)


@every_case
def test_transpose_is_that_of_the_tangent(f, x):
    """<u, J v> = <Jᵀu, v>"""
    rng, tape = np.random.default_rng(2), record(f, x)
    u, v = rng.normal(size=np.shape(f(x))), rng.normal(size=x.shape)
    left = np.sum(u * tape.jvp(x, v)[1])
    assert np.sum(tape.vjp(x, u)[1] * v) == pytest.approx(left, rel=1e-12, abs=1e-13)


@every_case
def test_second_derivative_is_the_difference_of_gradients(f, x):
    tape = record(lambda x: np.sum(np.sin(f(x)) * np.cos(np.sum(x))), x)
    v, h = np.random.default_rng(3).normal(size=x.shape), 1e-6
    difference = (tape.grad(x + h * v) - tape.grad(x - h * v)) / (2 * h)
    np.testing.assert_allclose(tape.hvp(x, v), difference, rtol=1e-6, atol=1e-6)


def entries_taken(x, key):
    """The gradient of a sum of entries: how often each was taken."""
    counts = np.zeros(x.shape)
    np.add.at(counts, key, 1.0)
    return counts


@given(st.data(), array_shapes(min_dims=1, max_dims=4, max_side=4))
def test_basic_indexing_is_that_of_numpy(data, shape):
    key = data.draw(basic_indices(shape, allow_newaxis=True))
    x = np.arange(float(np.prod(shape))).reshape(shape)
    tape = record(lambda x: np.sum(x[key] * x[key]), x)
    assert tape(x) == np.sum(x[key] * x[key])
    np.testing.assert_array_equal(tape.grad(x), 2.0 * x * entries_taken(x, key))
    np.testing.assert_array_equal(record(lambda x: x[key], x)(x), x[key])


@given(st.data(), array_shapes(min_dims=1, max_dims=3, max_side=4))
def test_fancy_indexing_is_that_of_numpy(data, shape):
    key = data.draw(integer_array_indices(shape))
    x = np.arange(float(np.prod(shape))).reshape(shape)
    np.testing.assert_array_equal(record(lambda x: x[key], x)(x), x[key])
    gradient = record(lambda x: np.sum(x[key]), x).grad(x)
    np.testing.assert_array_equal(gradient, entries_taken(x, key))


@given(shape=array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4), data=st.data())
def test_sums_over_any_axes_of_any_layout(shape, data):
    axes = data.draw(st.sets(st.sampled_from(range(len(shape))))) if shape else set()
    order = data.draw(st.permutations(range(len(shape))))
    x = np.random.default_rng(0).normal(size=shape)
    keepdims = data.draw(st.booleans())

    def f(x):
        return np.sum(np.transpose(x, order), axis=tuple(axes), keepdims=keepdims)

    np.testing.assert_allclose(record(f, x)(x), f(x), rtol=1e-13, atol=1e-14)
    expected = np.ones(shape)
    np.testing.assert_array_equal(record(lambda x: np.sum(f(x)), x).grad(x), expected)


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)),
     ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((2, 0), (0, 3)), ((0, 3), (3, 2)),
     ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((1, 1), (1, 1))],
    ids=str,
)  # fmt: skip
def test_products_of_every_shape(left, right):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=left), rng.normal(size=right)
    np.testing.assert_allclose(record(np.matmul, a, b)(a, b), a @ b, rtol=1e-13)
    tape = record(lambda a, b: np.sum((a @ b) ** 2), a, b, argnums=(0, 1))
    da, db = rng.normal(size=left), rng.normal(size=right)
    slope = 2.0 * np.sum((a @ b) * (da @ b + a @ db))
    ga, gb = tape.grad(a, b)
    assert np.sum(ga * da) + np.sum(gb * db) == pytest.approx(slope, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "f",
    [lambda x: x @ np.ones(4), lambda x: x + np.ones(4), lambda x: np.reshape(x, (4,)),
     lambda x: np.concatenate([x, np.ones((1, 4))]), lambda x: np.stack([x, np.ones((1, 3))]),
     lambda x: np.broadcast_to(x, (2, 4)), lambda x: np.transpose(x, (0, 0)),
     lambda x: np.sum(x, axis=2), lambda x: np.sum(x, axis=(0, 0)), lambda x: x[2],
     lambda x: x[:, [3]], lambda x: x[0, 0, 0], lambda x: np.max(x[:, 3:])],
    ids=["matmul", "add", "reshape", "concatenate", "stack", "broadcast_to", "transpose", "axis",
         "axis twice", "index", "fancy index", "too many indices", "max of nothing"],
)  # fmt: skip
def test_what_does_not_fit_is_refused_as_numpy_does(f):
    x = np.ones((2, 3))
    with pytest.raises((ValueError, IndexError)):
        f(x)
    with pytest.raises((ValueError, IndexError)):
        record(f, x)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.sum(x > 1), 2.0),
        (lambda x: np.sum((x > 1)[1:]), 2.0),
        (lambda x: np.sum((x > 1)[[0, 2]]), 1.0),
        (lambda x: np.sum((x > 1).reshape(3, 1), axis=0)[0], 2.0),
        (lambda x: np.max(x > 1) * 1.0, 1.0),
        (lambda x: np.mean((x > 1)[:2]), 0.5),
        (lambda x: np.sum(np.where((x > 1)[::-1], x, 0.0)), 3.0),
        (lambda x: x[(x > 1)[::-1]][0], 1.0),
    ],
    ids=["sum", "of a slice", "of places", "of a reshaped", "max", "mean", "reversed", "as index"],
)
def test_masks_are_counted_whatever_part_of_them(f, expected):
    x = np.array([1.0, 2.0, 3.0])
    assert record(f, x)(x) == f(x) == expected


@pytest.mark.parametrize("kind", [bool, int, float, list], ids=lambda kind: kind.__name__)
def test_a_condition_may_be_of_any_kind(kind):
    condition = [0, 1, 0] if kind is list else np.array([0, 1, 0], dtype=kind)
    x = np.array([1.0, 2.0, 3.0])
    tape = record(lambda x: np.sum(np.where(condition, x * x, -x)), x)
    assert tape(x) == 0.0
    np.testing.assert_array_equal(tape.grad(x), [-1.0, 4.0, -1.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.concatenate([x, x], axis=2),
        lambda x: np.reshape(x[:0], (0, -1)),
        lambda x: np.where(x > 0, x),
        lambda x: ~x,
        lambda x: +(x > 0),
        lambda x: np.matmul(x > 0, (x > 0).T),
        lambda x: np.matmul(x, x.T, axes=[(0, 1), (0, 1), (0, 1)]),
    ],
)
def test_what_numpy_refuses_or_means_otherwise_is_refused(f, x):
    with pytest.raises((TypeError, ValueError)):
        record(f, x)


def test_the_absolute_value_of_a_condition_has_derivative_zero(x):
    np.testing.assert_array_equal(record(lambda x: np.sum(abs(x > 0) * x), x).grad(x), x > 0)
