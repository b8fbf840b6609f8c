"""Each row of the table of elementwise functions, against other ways to its derivative."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from fastls.tape import record
from fastls.tape.primitives import ELEMENTWISE
from fastls.tape.rules.elementwise import BINARY, LOGICAL, PIECEWISE_CONSTANT, UNARY

#: Analytic: NumPy's function takes complex numbers, and Im f(x + ih)/h is the derivative.
COMPLEX = {
    np.positive, np.negative, np.reciprocal, np.square, np.sqrt, np.exp, np.exp2, np.expm1, np.log,
    np.log2, np.log10, np.log1p, np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh,
    np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.add, np.subtract, np.multiply,
    np.divide, np.power, np.float_power,
}  # fmt: skip
#: Real numbers alone: differences in extended precision.
EXTENDED = {
    np.absolute, np.fabs, np.cbrt, np.deg2rad, np.radians, np.rad2deg, np.degrees, np.arctan2,
    np.hypot, np.logaddexp, np.logaddexp2, np.maximum, np.minimum, np.fmax, np.fmin, np.remainder,
    np.fmod, np.copysign, np.heaviside,
}  # fmt: skip

ROWS = [(ufunc, (domain,)) for ufunc, _, _, domain in UNARY]
ROWS += [(ufunc, domains) for ufunc, _, _, domains in BINARY]
every_row = pytest.mark.parametrize(
    ("ufunc", "domains"), ROWS, ids=[ufunc.__name__ for ufunc, _ in ROWS]
)
every_binary = pytest.mark.parametrize(
    ("ufunc", "domains"), ROWS[len(UNARY) :], ids=[row[0].__name__ for row in BINARY]
)


def drawn(domains, *shape, seed=0):
    """Random entries from the domain of each input: shape (inputs, *shape)."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(*domain, shape) for domain in domains])


def true_partials(ufunc, x):
    """The derivative with respect to each input, entry by entry."""
    partials = []
    for i in range(len(x)):
        if ufunc in COMPLEX:
            moved = [a + 1e-30j * (i == k) for k, a in enumerate(x)]
            partials.append(ufunc(*moved).imag / 1e-30)
        else:
            h = np.longdouble(1e-6)
            ahead = [a.astype(np.longdouble) + h * (i == k) for k, a in enumerate(x)]
            behind = [a.astype(np.longdouble) - h * (i == k) for k, a in enumerate(x)]
            partials.append(((ufunc(*ahead) - ufunc(*behind)) / (2 * h)).astype(float))
    return np.stack(partials)


def test_every_row_has_a_truth_to_compare_with():
    rows = [ufunc for ufunc, _ in ROWS]
    assert set(rows) == COMPLEX | EXTENDED
    assert len(rows) == len(set(rows))


def test_every_row_is_a_primitive():
    assert set(ELEMENTWISE) >= COMPLEX | EXTENDED | {*PIECEWISE_CONSTANT, *LOGICAL}


@every_row
def test_value_is_that_of_numpy(ufunc, domains):
    x = drawn(domains, 4, 3)
    found = record(lambda x: ufunc(*x), x)(x)
    np.testing.assert_allclose(found, ufunc(*x), rtol=4e-16, atol=2e-16)


@every_row
def test_value_of_numbers_is_that_of_arrays(ufunc, domains):
    x = drawn(domains)
    assert record(lambda x: ufunc(*x), x)(x) == pytest.approx(ufunc(*x), rel=1e-15)


@every_row
def test_gradient_is_the_true_one(ufunc, domains):
    x = drawn(domains, 40)
    gradient = record(lambda x: np.sum(ufunc(*x)), x).grad(x)
    tolerance = 1e-13 if ufunc in COMPLEX else 1e-9
    np.testing.assert_allclose(
        gradient, true_partials(ufunc, x), rtol=tolerance, atol=1e-2 * tolerance
    )


@every_row
def test_tangent_is_the_true_one(ufunc, domains):
    x, v = drawn(domains, 40), np.random.default_rng(1).normal(size=(len(domains), 40))
    value, tangent = record(lambda x: ufunc(*x), x).jvp(x, v)
    np.testing.assert_allclose(value, ufunc(*x), rtol=4e-16, atol=2e-16)
    np.testing.assert_allclose(
        tangent, np.sum(true_partials(ufunc, x) * v, axis=0), rtol=1e-8, atol=1e-9
    )


@every_row
def test_gradient_is_that_of_autograd(ufunc, domains):
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    x, other = drawn(domains, 20), getattr(anp, ufunc.__name__, None)
    try:
        peer = autograd.grad(lambda x: anp.sum(other(*[x[i] for i in range(len(domains))])))(x)
    except (NotImplementedError, TypeError, AttributeError):
        pytest.skip("autograd has no rule for it")
    np.testing.assert_allclose(
        record(lambda x: np.sum(ufunc(*x)), x).grad(x), peer, rtol=1e-12, atol=1e-14
    )


@every_row
def test_transpose_is_that_of_the_tangent(ufunc, domains):
    """<u, J v> = <Jᵀu, v>"""
    rng = np.random.default_rng(2)
    x, v, u = drawn(domains, 5, 2), rng.normal(size=(len(domains), 5, 2)), rng.normal(size=(5, 2))
    tape = record(lambda x: ufunc(*x), x)
    forward = np.vdot(u, tape.jvp(x, v)[1])
    assert np.vdot(tape.vjp(x, u)[1], v) == pytest.approx(forward, rel=1e-12, abs=1e-13)


@every_row
def test_second_derivative_is_the_difference_of_gradients(ufunc, domains):
    rng = np.random.default_rng(3)
    x, v = drawn(domains, 12), rng.normal(size=(len(domains), 12))
    tape, h = record(lambda x: np.sum(ufunc(*x)), x), 1e-6
    difference = (tape.grad(x + h * v) - tape.grad(x - h * v)) / (2 * h)
    np.testing.assert_allclose(tape.hvp(x, v), difference, rtol=1e-5, atol=1e-6)


@every_row
def test_hessian_is_symmetric_and_gives_the_products(ufunc, domains):
    x = drawn(domains, 3)
    weights = np.arange(1.0, 4.0)
    tape = record(lambda z: np.sum(ufunc(*np.reshape(z, x.shape)) * weights), x.ravel())
    hessian = tape.hessian(x.ravel())
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-12, atol=1e-13)
    v = np.random.default_rng(4).normal(size=x.size)
    np.testing.assert_allclose(hessian @ v, tape.hvp(x.ravel(), v), rtol=1e-12, atol=1e-12)


@every_binary
@given(
    shapes=mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=4, max_dims=3),
    seed=st.integers(0, 99),
)
def test_broadcast_inputs_get_the_sum_of_what_they_were_repeated_to(ufunc, domains, shapes, seed):
    (left, right), full = shapes.input_shapes, shapes.result_shape
    a, b = (drawn([d], *s, seed=seed)[0] for d, s in zip(domains, (left, right), strict=True))
    tape = record(lambda a, b: np.sum(ufunc(a, b)), a, b, argnums=(0, 1))
    whole = [np.broadcast_to(x, full).copy() for x in (a, b)]
    partials = record(lambda a, b: np.sum(ufunc(a, b)), *whole, argnums=(0, 1)).grad(*whole)
    for found, partial, shape in zip(tape.grad(a, b), partials, (left, right), strict=True):
        padded = (1,) * (len(full) - len(shape)) + shape
        axes = tuple(i for i, n in enumerate(padded) if n == 1)
        expected = np.sum(partial, axis=axes, keepdims=True).reshape(shape)
        assert np.shape(found) == shape
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((), ()),
        ((), (3,)),
        ((1,), ()),
        ((3, 1), (1, 4)),
        ((0,), (1,)),
        ((2, 0), (2, 1)),
        ((0,), ()),
    ],
    ids=str,
)
@every_binary
def test_broadcast_values_are_those_of_numpy(ufunc, domains, left, right):
    a, b = (drawn([d], *s)[0] for d, s in zip(domains, (left, right), strict=True))
    np.testing.assert_allclose(record(ufunc, a, b)(a, b), ufunc(a, b), rtol=1e-15)


@pytest.mark.parametrize("ufunc", PIECEWISE_CONSTANT, ids=lambda ufunc: ufunc.__name__)
def test_steps_have_the_derivative_zero(ufunc):
    x = drawn([(0.3, 2.8)] * ufunc.nin, 9)
    tape = record(lambda x: np.sum(ufunc(*x)), x)
    assert tape(x) == np.sum(ufunc(*x))
    np.testing.assert_array_equal(tape.grad(x), np.zeros(x.shape))
    np.testing.assert_array_equal(tape.hvp(x, np.ones(x.shape)), np.zeros(x.shape))


@pytest.mark.parametrize("ufunc", LOGICAL, ids=lambda ufunc: ufunc.__name__)
def test_truths_choose_and_have_no_derivative(ufunc):
    x = np.array([[0.0, 1.0, -1.0, np.inf, np.nan], [0.0, 2.0, -3.0, 0.0, 0.0]])[: ufunc.nin]
    mask = ufunc(*x)
    tape = record(lambda x, y: np.sum(np.where(ufunc(*x), 2.0 * y, 3.0 * y)), x, np.ones(5),
                  argnums=1)  # fmt: skip
    np.testing.assert_array_equal(tape.grad(x, np.ones(5)), np.where(mask, 2.0, 3.0))


@pytest.mark.parametrize("names", [("logical_and", "&"), ("logical_or", "|"), ("logical_xor", "^")])
def test_masks_are_joined_by_operators_as_by_functions(names):
    name, sign = names
    f = eval(f"lambda x: np.where((x > 0) {sign} (x > 1), x, 0.0)")  # one operator a case
    x = np.array([-1.0, 0.5, 2.0])
    np.testing.assert_array_equal(
        record(f, x)(x), np.where(getattr(np, name)(x > 0, x > 1), x, 0.0)
    )


CONVENTIONS = [
    ("the slope of |x| at 0 is 0", lambda x: np.abs(x[0]), [0.0, 1.0], [0.0, 0.0]),
    ("max of equals shares", lambda x: np.maximum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    ("min of equals shares", lambda x: np.minimum(x[0], x[1]), [2.0, 2.0], [0.5, 0.5]),
    ("max of an array of equals shares", np.max, [2.0, 2.0], [0.5, 0.5]),
    ("x³ of a negative number", lambda x: x[0] ** 3, [-2.0, 1.0], [12.0, 0.0]),
    ("x⁰ has slope 0, at 0 also", lambda x: x[0] ** 0.0, [0.0, 1.0], [0.0, 0.0]),
    ("x¹ has slope 1 at 0", lambda x: x[0] ** np.array(1.0), [0.0, 1.0], [1.0, 0.0]),
    ("x³ is flat at 0", lambda x: x[0] ** 3, [0.0, 1.0], [0.0, 0.0]),
    ("0^b is flat in b", lambda x: x[0] ** x[1], [0.0, 2.0], [0.0, 0.0]),
    ("x² by either way", lambda x: x[0] ** 2 + np.square(x[1]), [-3.0, 3.0], [-6.0, 6.0]),
    ("division by a negative number", lambda x: x[0] / x[1], [1.0, -2.0], [-0.5, -0.25]),
    ("remainder of a negative number", lambda x: x[0] % x[1], [-1.0, 0.7], [1.0, 2.0]),
    ("fmod of a negative number", lambda x: np.fmod(x[0], x[1]), [-1.0, 0.7], [1.0, 1.0]),
    ("copysign turns round", lambda x: np.copysign(x[0], x[1]), [2.0, -1.0], [-1.0, 0.0]),
    ("arctan2 in the third quadrant", lambda x: np.arctan2(x[0], x[1]), [-1.0, -2.0], [-0.4, 0.2]),
    ("the cube root of a negative number", lambda x: np.cbrt(x[0]), [-8.0, 0.0], [1 / 12, 0.0]),
]


@pytest.mark.parametrize(
    ("f", "x", "gradient"), [row[1:] for row in CONVENTIONS], ids=[row[0] for row in CONVENTIONS]
)
def test_conventions(f, x, gradient):
    np.testing.assert_allclose(record(f, np.array(x)).grad(np.array(x)), gradient, atol=1e-15)


@pytest.mark.parametrize("a", [-800.0, 0.0, 800.0])
@pytest.mark.parametrize("b", [-800.0, 0.0, 800.0])
def test_logaddexp_does_not_overflow(a, b):
    gradient = record(lambda x: np.logaddexp(x[0], x[1]), np.zeros(2)).grad(np.array([a, b]))
    assert np.sum(gradient) == pytest.approx(1.0)


def test_tanh_is_flat_far_out():
    x = np.array([-1e3, 1e3])
    np.testing.assert_array_equal(record(lambda x: np.sum(np.tanh(x)), x).grad(x), [0.0, 0.0])


@pytest.mark.parametrize("ufunc", [np.fmax, np.fmin], ids=lambda ufunc: ufunc.__name__)
def test_what_is_not_a_number_loses(ufunc):
    x, y = np.array([1.0, np.nan, 2.0]), np.array([np.nan, 1.0, 2.0])
    gradient = record(lambda x, y: np.sum(ufunc(x, y)), x, y, argnums=(0, 1)).grad(x, y)
    np.testing.assert_array_equal(gradient, [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])


def test_a_step_has_the_value_given_where_it_jumps():
    gradient = record(lambda v: np.sum(np.heaviside(np.array([-1.0, 0.0, 1.0]), v)), np.ones(3))
    np.testing.assert_array_equal(gradient.grad(np.ones(3)), [0.0, 1.0, 0.0])
