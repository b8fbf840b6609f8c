"""Derivatives of functions as functions: arguments, nesting, rules of one's own, checks."""

import itertools
import math
from typing import NamedTuple

import numpy as np
import pytest

from fastls import (
    GradientReport,
    TracingError,
    check_grad,
    define_rule,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    primitive,
    record,
    value_and_grad,
    vjp,
)

x0 = np.array([0.3, -0.7, 1.1])
v = np.array([1.0, 0.5, -2.0])
OPERATORS = [grad, value_and_grad, jacobian, hessian, jvp, vjp, hvp]


def named(item):
    return getattr(item, "__name__", None)


def cubes(x):
    return np.sum(x**3)


class Weights(NamedTuple):
    w: object
    b: object


# What each of them is.


def test_each_is_the_derivative_that_it_is_named_for():
    np.testing.assert_allclose(grad(cubes)(x0), 3 * x0**2)
    value, gradient = value_and_grad(cubes)(x0)
    assert value == pytest.approx(cubes(x0))
    np.testing.assert_allclose(gradient, 3 * x0**2)
    np.testing.assert_allclose(hessian(cubes)(x0), np.diag(6 * x0))
    np.testing.assert_allclose(hvp(cubes)(x0, v), 6 * x0 * v)
    np.testing.assert_allclose(jacobian(lambda x: x**3)(x0), np.diag(3 * x0**2))
    np.testing.assert_allclose(jvp(lambda x: x**3)(x0, v), (x0**3, 3 * x0**2 * v))
    np.testing.assert_allclose(vjp(lambda x: x**3)(x0, v), (x0**3, 3 * x0**2 * v))


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_the_mode_of_a_jacobian(mode):
    matrix = jacobian(lambda x: np.stack([x @ x, x[0]]), mode=mode)(x0)
    np.testing.assert_allclose(matrix, [2 * x0, [1, 0, 0]], atol=1e-15)
    with pytest.raises(ValueError, match="mode must be"):
        jacobian(np.sin, mode="backward")(x0)


@pytest.mark.parametrize("f", [np.sin, np.exp], ids=named)
@pytest.mark.parametrize("operator", [jacobian, hessian], ids=named)
def test_matrices_of_functions_of_a_number_are_numbers(operator, f):
    found = operator(f)(0.5)
    once = grad(f)
    assert found == pytest.approx(once(0.5) if operator is jacobian else grad(once)(0.5))


@pytest.mark.parametrize("operator", OPERATORS, ids=named)
def test_a_function_is_asked_for(operator):
    with pytest.raises(TypeError, match=r"f must be callable; got 3\.0"):
        operator(3.0)


@pytest.mark.parametrize("operator", OPERATORS, ids=named)
def test_they_say_what_they_are(operator):
    derivative = operator(cubes)
    assert "of cubes" in derivative.__name__
    assert "cubes" in derivative.__doc__


@pytest.mark.parametrize("operator", [grad, value_and_grad], ids=named)
def test_a_gradient_is_of_one_number(operator):
    with pytest.raises(TypeError, match="a gradient needs one number as output"):
        operator(lambda x: 2 * x)(x0)
    with pytest.raises(TypeError, match="a gradient needs one number as output"):
        grad(lambda x: np.sum(operator(lambda y: 2 * y)(x)[0]))(x0)


# Arguments.


def product(a, b):
    return a * b * b


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [(0, 9.0), (1, 12.0), (-1, 12.0), (-2, 9.0), ((0, 1), (9.0, 12.0)), ((1, 0), (12.0, 9.0)),
     ((1,), (12.0,)), ((-1, 0), (12.0, 9.0))],
)  # fmt: skip
def test_argnums(argnums, expected):
    assert grad(product, argnums)(2.0, 3.0) == expected
    assert value_and_grad(product, argnums)(2.0, 3.0) == (18.0, expected)
    inside = grad(lambda x: np.sum(np.stack(flat(grad(product, argnums)(x, 3.0 * x)))))
    assert inside(2.0) == pytest.approx(
        sum({9.0: 36.0, 12.0: 24.0}[part] for part in flat(expected))
    )


@pytest.mark.parametrize("operator", OPERATORS, ids=named)
@pytest.mark.parametrize("argnums", [x0, 1.0, [0], (0, 1.0), None], ids=repr)
def test_the_arguments_of_the_function_are_no_argnums(operator, argnums):
    """Of ``grad(f, x)``, which seems to be the gradient at x."""
    with pytest.raises(TypeError) as caught:
        operator(cubes, argnums)
    assert str(caught.value).startswith("argnums must be an integer or a tuple of integers; got ")
    assert str(caught.value).endswith(f"write fastls.{operator.__name__}(f)(x)")


def test_argnums_of_numpy():
    assert grad(product, np.int64(1))(2.0, 3.0) == 12.0


@pytest.mark.parametrize("operator", [hvp, jvp, vjp], ids=named)
def test_what_is_missing_in_a_call_is_named(operator):
    with pytest.raises(ValueError, match=r"give the argument, then [uv]; got 1 of 2"):
        operator(cubes)(x0)


def flat(found):
    return list(found) if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("operator", [grad, value_and_grad, hvp, jvp, vjp], ids=named)
@pytest.mark.parametrize("argnums", [2, -3, (0, 2)])
def test_argnums_beyond_the_arguments_are_refused(operator, argnums):
    vector = [] if operator in (grad, value_and_grad) else [(1.0, 1.0)]
    with pytest.raises((ValueError, IndexError)):
        operator(product, argnums)(2.0, 3.0, *vector)


def test_products_take_a_vector_for_each_argument():
    assert jvp(product, (0, 1))(2.0, 3.0, (1.0, 0.5)) == (18.0, 15.0)
    assert vjp(product, (0, 1))(2.0, 3.0, 2.0) == (18.0, (18.0, 24.0))
    assert hvp(product, (0, 1))(2.0, 3.0, (1.0, 0.5)) == (3.0, 8.0)


@pytest.mark.parametrize(
    "argument",
    [
        {"w": x0, "b": 2.0}, [x0, 2.0], (x0, 2.0), Weights(x0, 2.0),
        {"layers": [{"w": x0}, (1.0, [2.0])]},
    ],
    ids=["dict", "list", "tuple", "named tuple", "nested"],
)  # fmt: skip
def test_gradients_have_the_structure_of_the_argument(argument):
    def squares(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            return sum((squares(part) for part in value), 0.0)
        return np.sum(value**2)

    def check(gradient, like):
        assert type(gradient) is type(like) or np.ndim(like) == 0
        if isinstance(like, dict):
            assert list(gradient) == list(like)
            gradient, like = list(gradient.values()), list(like.values())
        if isinstance(like, (list, tuple)):
            for part, other in zip(gradient, like, strict=True):
                check(part, other)
        else:
            np.testing.assert_allclose(gradient, 2 * np.asarray(like))

    check(grad(squares)(argument), argument)
    check(value_and_grad(squares)(argument)[1], argument)
    check(vjp(squares)(argument, 1.0)[1], argument)
    check(hvp(squares)(argument, argument), argument)
    assert jvp(squares)(argument, argument)[1] == pytest.approx(2 * squares(argument))


def test_one_recording_for_each_structure():
    calls = itertools.count()

    def f(x, options=None):
        next(calls)
        return np.sum(x[0] ** 2) if isinstance(x, (list, tuple)) else np.sum(x**2)

    gradient = grad(f)
    arguments = [np.ones(2), np.ones(3), 1.0, [1.0], (1.0,), [np.ones(2)]]
    for _ in range(3):
        for argument in arguments:
            gradient(argument)
    assert next(calls) == len(arguments)


def test_kinds_of_numbers_are_one_structure():
    calls = itertools.count()

    def f(x):
        next(calls)
        return x**2

    gradient = grad(f)
    for number in (1.0, 2, np.float32(3.0), np.int64(4)):
        assert gradient(number) == 2 * number
    assert next(calls) == 1


def test_constants_select_a_path_of_the_same_tape():
    gradient = grad(lambda x, n, name: x**n if name == "power" else x * n)
    for _ in range(2):
        assert gradient(2.0, 3, "power") == 12.0
        assert gradient(2.0, 4, "power") == 32.0
        assert gradient(2.0, 4, "product") == 4.0


@pytest.mark.parametrize("operator", OPERATORS, ids=named)
def test_two_of_the_same_function_do_not_meddle(operator):
    vector = [v] if operator in (jvp, hvp) else [1.0] if operator is vjp else []
    one, two = operator(cubes), operator(lambda x: 2 * cubes(x))
    for _ in range(2):
        for a, b in zip(parts(one(x0, *vector)), parts(two(x0, *vector)), strict=True):
            np.testing.assert_allclose(2 * np.asarray(a), b)


def parts(found):
    return found if isinstance(found, tuple) else (found,)


# Nesting.


def test_derivatives_of_every_order():
    f, expected = np.sin, [np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)]
    for order in range(7):
        assert f(0.5) == pytest.approx(expected[order % 4](0.5), rel=1e-14)
        f = grad(f)


def test_perturbations_are_not_confused():
    """Siskind & Pearlmutter: d/dx [x d/dy (x + y)] = 1."""
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0
    assert grad(lambda x: x * jvp(lambda y: x + y)(x, 1.0)[1])(3.0) == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x + y)(x, 1.0)[1])(3.0, 1.0) == (3.0, 1.0)
    assert jvp(lambda x: x * grad(lambda y: x + y)(x))(3.0, 1.0) == (3.0, 1.0)
    assert jvp(lambda x: x * vjp(lambda y: x + y)(x, 1.0)[1])(3.0, 1.0) == (3.0, 1.0)


def test_what_is_outside_is_constant_inside_and_not_outside():
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * x * y * y)(2.0 * x))(3.0) == pytest.approx(108.0)
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z)(y))(x))(3.0) == 1.0
    assert grad(lambda x: sum(grad(product, argnums=(0, 1))(x, x)))(3.0) == 18.0


def test_a_higher_order_function_knows_its_variables():
    """The shift of Manzyuk et al. (2019): D of a function that returns one of another."""

    def shift(u):
        return lambda f: lambda x: f(x + u)

    def derivative_of_shift(f, x):
        return grad(lambda u: shift(u)(f)(x))(0.0)

    assert derivative_of_shift(np.sin, 0.5) == pytest.approx(np.cos(0.5))
    twice = grad(lambda u: grad(lambda w: shift(w)(np.sin)(0.5 + u))(u))
    assert twice(0.1) == pytest.approx(-2 * np.sin(0.7))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.sum(grad(cubes)(x)), 6 * x0),
        (lambda x: value_and_grad(cubes)(x)[0], 3 * x0**2),
        (lambda x: np.sum(value_and_grad(cubes)(x)[1]), 6 * x0),
        (lambda x: jvp(cubes)(x, v)[0], 3 * x0**2),
        (lambda x: jvp(cubes)(x, v)[1], 6 * x0 * v),
        (lambda x: jvp(cubes)(v, x)[1], 3 * v**2),
        (lambda x: np.sum(vjp(np.sin)(x, v)[1]), -np.sin(x0) * v),
        (lambda x: np.sum(vjp(np.sin)(v, x)[1]), np.cos(v)),
        (lambda x: np.sum(hvp(cubes)(x, v)), 6 * v),
        (lambda x: np.sum(hvp(cubes)(v, x)), 6 * v),
        (lambda x: np.sum(hvp(cubes)(x, x)), 12 * x0),
    ],
)
def test_inside_a_function_that_is_differentiated(f, expected):
    np.testing.assert_allclose(grad(f)(x0), expected, rtol=1e-13)
    np.testing.assert_allclose(record(f, np.ones(3)).jvp(x0, v)[1], expected @ v, rtol=1e-13)


def test_products_of_products():
    def fourth(x):
        return np.sum(x**4)

    twice = hvp(lambda x: x0 @ hvp(fourth)(x, np.ones(3)))
    np.testing.assert_allclose(twice(x0, v), 24 * x0 * v, rtol=1e-13)
    np.testing.assert_allclose(jacobian(grad(cubes))(x0), np.diag(6 * x0))
    np.testing.assert_allclose(hessian(lambda x: jvp(cubes)(x, v)[1])(x0), np.diag(6 * v))


def test_a_gradient_inside_a_recorded_function():
    def newton_decrement(x):
        g = grad(cubes)(x)
        return g @ g

    tape = record(newton_decrement, np.ones(3))
    assert tape(x0) == pytest.approx(np.sum(9 * x0**4))
    np.testing.assert_allclose(tape.grad(x0), 36 * x0**3)


def test_branches_inside():
    twice = grad(grad(lambda x: x**3 if x > 0 else -x))
    assert [twice(x) for x in (2.0, -1.0, 1.0)] == [12.0, 0.0, 6.0]


def test_structures_inside():
    def f(x):
        gradient = grad(lambda p: p["a"] ** 2 * p["b"][0])({"a": x, "b": [x]})
        return gradient["a"] * gradient["b"][0]  # 2 x^2 x^2

    assert grad(f)(3.0) == pytest.approx(216.0)
    assert grad(lambda x: grad(lambda y, n: y**n)(x, 3))(2.0) == 12.0


def test_the_shape_of_a_derivative_by_an_unused_argument_inside():
    np.testing.assert_array_equal(grad(lambda x: np.sum(grad(lambda y: 1.0)(x)))(x0), np.zeros(3))
    assert jvp(lambda x: jvp(lambda y: 1.0)(x, 1.0)[1])(2.0, 1.0) == (0.0, 0.0)


CLOSURES = {
    "grad": (lambda x: grad(lambda y: x * y * y)(2.0), 4.0),
    "Siskind & Pearlmutter": (lambda x: x * grad(lambda y: x + y)(1.0), 1.0),
    "value_and_grad": (lambda x: value_and_grad(lambda y: x * y * y)(2.0)[1], 4.0),
    "jvp": (lambda x: x * jvp(lambda y: x * y)(2.0, 1.0)[1], 6.0),
    "vjp": (lambda x: x * vjp(lambda y: x * y)(2.0, 1.0)[1], 6.0),
    "hvp": (lambda x: hvp(lambda y: x * y * y)(2.0, 1.0), 2.0),
}


@pytest.mark.parametrize("case", CLOSURES)
def test_a_traced_value_used_by_a_function_of_constants_is_right_or_refused(case):
    f, expected = CLOSURES[case]
    try:
        assert grad(f)(3.0) == expected
    except TracingError as error:
        assert "a value from another recording" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        pytest.param(f, expected, id=name)
        for name, f, expected in [
            ("square", lambda x: grad(lambda a, b: a * b**2, 1)(x, 3.0), 6.0),
            ("the same number inside", lambda x: grad(lambda a, b: 3.0 * a * b, 1)(x, 3.0), 3.0),
            ("in a dict", lambda x: grad(lambda p: p["a"] * p["b"] ** 2)({"a": x, "b": 3.0})["b"],
             6.0),
            ("value_and_grad", lambda x: value_and_grad(lambda a, b: a * b**2, 1)(x, 3.0)[1], 6.0),
            ("jvp", lambda x: jvp(lambda a, b: a * b**2, 1)(x, 3.0, 1.0)[1], 6.0),
            ("vjp", lambda x: vjp(lambda a, b: a * b**2, 1)(x, 3.0, 1.0)[1], 6.0),
            ("hvp", lambda x: hvp(lambda a, b: a * b**3, 1)(x, 3.0, 1.0), 18.0),
            ("hvp along a traced number", lambda u: hvp(lambda a: a**3)(2.0, u), 12.0),
            ("jvp along a traced number", lambda u: jvp(lambda a, b: a * b, 1)(2.0, 3.0, u)[1],
             2.0),
            ("jvp along a tuple", lambda u: jvp(product, (0, 1))(2.0, 3.0, (u, 0.5))[1], 9.0),
            ("jvp along a list", lambda u: jvp(lambda p: p[0] * p[1])([2.0, 3.0], [u, u])[1], 5.0),
        ]
    ],
)  # fmt: skip
def test_numbers_beside_traced_ones_are_variables_inside(f, expected):
    assert grad(f)(2.0) == pytest.approx(expected)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_jacobians_inside(mode):
    """of x ↦ (Σ x³, x₀ x₂): ∂/∂x of the sum of the entries of J"""

    def f(x):
        return np.stack([cubes(x), x[0] * x[2]])

    matrix = record(lambda x: jacobian(f, mode=mode)(x), np.ones(3))
    expected = np.array([3 * x0**2, [x0[2], 0, x0[0]]])
    np.testing.assert_allclose(matrix(x0), expected, atol=1e-15)
    gradient = grad(lambda x: np.sum(jacobian(f, mode=mode)(x)))(x0)
    np.testing.assert_allclose(gradient, 6 * x0 + [1, 0, 1])


def test_jacobians_of_jacobians():
    found = jacobian(jacobian(lambda x: x**3))(x0)
    expected = np.zeros((3, 3, 3))
    expected[range(3), range(3), range(3)] = 6 * x0
    np.testing.assert_allclose(found, expected, atol=1e-14)
    weights = np.arange(6.0).reshape(2, 3)
    second = jacobian(jacobian(lambda A: np.sum(A**2) * A[0]))(weights)
    assert second.shape == (3, 2, 3, 2, 3)
    np.testing.assert_allclose(second, np.moveaxis(second, (1, 2), (3, 4)))


def test_hessians_inside():
    np.testing.assert_allclose(grad(lambda x: np.trace(hessian(cubes)(x)))(x0), np.full(3, 6.0))
    determinant = grad(lambda x: np.linalg.det(hessian(cubes)(x)))(x0)
    np.testing.assert_allclose(determinant, 216 * np.prod(x0) / x0)
    assert grad(hessian(np.sin))(0.5) == pytest.approx(-math.cos(0.5))
    np.testing.assert_allclose(
        hessian(lambda x: np.sum(hessian(cubes)(x) ** 2))(x0), np.eye(3) * 72
    )


@pytest.mark.parametrize("operator", [jacobian, hessian], ids=named)
def test_matrices_inside_need_one_array(operator):
    with pytest.raises(TypeError, match="needs one array or number"):
        grad(lambda x: operator(lambda p: p[0] * p[1])([x, x]))(2.0)


def test_matrices_of_nothing_inside():
    assert record(lambda x: np.sum(jacobian(np.sin)(x)), np.ones(0))(np.ones(0)) == 0.0


def test_a_tape_inside():
    tape = record(cubes, np.ones(3))
    np.testing.assert_allclose(
        grad(lambda x: np.sum(tape.grad(x)) + tape(x))(x0), 6 * x0 + 3 * x0**2
    )
    np.testing.assert_allclose(grad(lambda x: np.sum(tape.hessian(x)))(x0), np.full(3, 6.0))


def test_a_vector_of_another_shape_is_refused_inside_too():
    with pytest.raises(ValueError, match=r"v must have the structure \(3,\); got \(2,\)"):
        grad(lambda x: np.sum(jvp(lambda y: 2 * y)(x, np.ones(2))[1]))(x0)
    with pytest.raises(ValueError, match=r"u must have the structure \(3,\); got \(2,\)"):
        grad(lambda x: np.sum(vjp(lambda y: 2 * y)(x, x[:2])[1]))(x0)


# Rules of one's own.


@pytest.fixture(scope="module")
def numba_cube():
    """A ufunc compiled by numba, with its rule."""
    numba = pytest.importorskip("numba")

    @numba.vectorize(["float64(float64)"])
    def cube(x):
        return x * x * x

    define_rule(cube.ufunc, lambda x, y: 3 * x**2, formula="cube({})")
    return cube.ufunc


@pytest.fixture(scope="module")
def numba_gaussian():
    numba = pytest.importorskip("numba")

    @numba.vectorize(["float64(float64, float64)"])
    def gaussian(x, scale):
        return math.exp(-x * x / scale)

    define_rule(gaussian.ufunc, lambda x, s, y: -2 * x / s * y, lambda x, s, y: x * x / (s * s) * y)
    return gaussian.ufunc


def test_a_ufunc_of_numba(numba_cube):
    tape = record(lambda x: np.sum(numba_cube(x)), np.ones(3))
    assert tape(x0) == pytest.approx(np.sum(x0**3), rel=1e-15)
    np.testing.assert_allclose(tape.grad(x0), 3 * x0**2, rtol=1e-14)
    np.testing.assert_allclose(tape.hessian(x0), np.diag(6 * x0), rtol=1e-14)
    np.testing.assert_allclose(tape.jvp(x0, v)[1], 3 * x0**2 @ v, rtol=1e-14)
    assert grad(numba_cube)(0.5) == 0.75
    assert grad(grad(grad(numba_cube)))(0.5) == 6.0
    assert record(numba_cube, 0.5).formula() == "cube(x1)"


def test_a_ufunc_of_numba_with_two_arguments_broadcasts(numba_gaussian):
    def f(x, scale):
        return np.sum(numba_gaussian(x, scale))

    def plain(x, scale):
        return np.sum(np.exp(-x * x / scale))

    for argnums in (0, 1, (0, 1)):
        for found, expected in zip(
            parts(grad(f, argnums)(x0, 2.0)), parts(grad(plain, argnums)(x0, 2.0)), strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_allclose(hessian(f)(x0, 2.0), hessian(plain)(x0, 2.0), atol=1e-13)
    np.testing.assert_allclose(
        grad(f, 1)(x0[:, None], np.full(4, 2.0)), grad(plain, 1)(x0[:, None], np.full(4, 2.0))
    )


def test_what_numba_vectorize_returns_will_do():
    numba = pytest.importorskip("numba")

    @numba.vectorize(["float64(float64)"])
    def cube(x):
        return x * x * x

    define_rule(cube, lambda x, y: 3 * x**2)
    np.testing.assert_allclose(grad(lambda x: np.sum(cube(x)))(x0), 3 * x0**2)
    np.testing.assert_allclose(grad(lambda x: np.sum(cube.ufunc(x)))(x0), 3 * x0**2)


def test_what_numba_vectorize_compiles_later_will_do():
    numba = pytest.importorskip("numba")

    @numba.vectorize
    def scaled(x, y):
        return x * y

    define_rule(scaled, lambda x, y, z: y, lambda x, y, z: x)
    np.testing.assert_allclose(grad(lambda x: np.sum(scaled(x, 2.0 * x)))(x0), 4 * x0)


def test_a_ufunc_of_python_objects():
    """It has no loop for float64, and is called from Python."""
    cube = np.frompyfunc(lambda x: x**3, 1, 1)
    define_rule(cube, lambda x, y: 3 * x**2)
    tape = record(lambda x: np.sum(cube(x)), np.ones(3))
    assert tape(x0) == pytest.approx(np.sum(x0**3), rel=1e-15)
    np.testing.assert_allclose(tape.grad(x0), 3 * x0**2, rtol=1e-14)
    np.testing.assert_allclose(tape.hessian(x0), np.diag(6 * x0), rtol=1e-14)
    assert grad(cube)(0.5) == 0.75


def test_a_partial_that_is_none_is_zero():
    scaled = np.frompyfunc(lambda x, n: x * n, 2, 1)
    define_rule(scaled, lambda x, n, y: n, None)
    gradient = grad(lambda x, n: np.sum(scaled(x, n)), argnums=(0, 1))(x0, 2.0)
    np.testing.assert_array_equal(gradient[0], np.full(3, 2.0))
    assert gradient[1] == 0.0


def test_a_ufunc_without_a_rule_is_refused_with_what_to_write():
    unknown = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(TracingError, match=r"define_rule or fastls\.primitive can teach it"):
        record(lambda x: np.sum(unknown(x)), x0)


@pytest.mark.parametrize(
    "ufunc", [math.sin, "sin", None, np.sum], ids=["math", "text", "None", "sum"]
)
def test_a_rule_is_for_a_ufunc(ufunc):
    with pytest.raises(TypeError, match="ufunc must be a NumPy ufunc; got"):
        define_rule(ufunc, lambda x, y: x)


@pytest.mark.parametrize("partials", [(), (None,), (None, None, None)])
def test_a_rule_has_a_partial_for_each_input(partials):
    ufunc = np.frompyfunc(lambda x, y: x, 2, 1)
    with pytest.raises(ValueError, match=f"has 2 inputs, .* got {len(partials)}"):
        define_rule(ufunc, *partials)


def test_a_partial_is_a_function():
    with pytest.raises(TypeError, match="partial"):
        define_rule(np.frompyfunc(lambda x: x, 1, 1), 3.0)


def test_a_ufunc_with_two_results_is_refused():
    with pytest.raises(ValueError, match="has 2 results"):
        define_rule(np.frompyfunc(lambda x: (x, x), 1, 2), None)


def test_a_generalised_ufunc_is_refused():
    with pytest.raises(ValueError, match="matmul is a generalised ufunc"):
        define_rule(np.matmul, None, None)


# Functions that cannot be traced.


def sine(**rules):
    return primitive(math.sin, **rules)


def pulled(g, y, x):
    return [g * np.cos(x)]


def pushed(tangents, y, x):
    return tangents[0] * np.cos(x)


def test_a_primitive_with_a_pullback():
    f = sine(vjp=pulled)
    assert f(0.5) == math.sin(0.5)
    assert record(f, 0.1)(0.5) == math.sin(0.5)
    assert grad(f)(0.5) == pytest.approx(math.cos(0.5))
    assert grad(lambda x: f(x) * x)(0.5) == pytest.approx(math.sin(0.5) + 0.5 * math.cos(0.5))
    assert grad(grad(f))(0.5) == pytest.approx(-math.sin(0.5))


def test_a_primitive_with_a_pushforward():
    f = sine(jvp=pushed)
    assert jvp(f)(0.5, 2.0) == pytest.approx((math.sin(0.5), 2 * math.cos(0.5)))
    assert jvp(lambda x: jvp(f)(x, 1.0)[1])(0.5, 1.0)[1] == pytest.approx(-math.sin(0.5))


@pytest.mark.parametrize(
    ("what", "rules"),
    [("sin", {}), ("the vjp of sin", {"vjp": lambda *_: None}),
     ("the jvp of sin", {"jvp": lambda *_: None})],
    ids=["function", "vjp", "jvp"],
)  # fmt: skip
def test_a_return_forgotten_in_a_primitive_is_noticed(what, rules):
    def forgetful(x):
        math.sin(x)

    forgetful.__name__ = "sin"
    f = primitive(math.sin, **rules) if rules else primitive(forgetful, vjp=pulled)
    with pytest.raises(TypeError, match=f"^{what} returned None; is its return statement missing"):
        jvp(lambda x: f(x))(0.5, 1.0) if "jvp" in rules else grad(lambda x: f(x))(0.5)


def test_a_return_forgotten_in_a_rule_is_noticed():
    forgotten = np.frompyfunc(lambda x: x, 1, 1)
    define_rule(forgotten, lambda x, y: None)
    with pytest.raises(TypeError, match=r"partial derivative of .* returned None; is its return"):
        grad(lambda x: forgotten(x))(0.5)


def test_a_primitive_with_both():
    f = sine(vjp=pulled, jvp=pushed)
    assert hvp(f)(0.5, 2.0) == pytest.approx(-2 * math.sin(0.5))
    assert grad(grad(grad(f)))(0.5) == pytest.approx(-math.cos(0.5))


@pytest.mark.parametrize(
    ("operator", "rules", "arguments"),
    [
        (grad, {}, (0.5,)),
        (value_and_grad, {}, (0.5,)),
        (vjp, {}, (0.5, 1.0)),
        (jvp, {}, (0.5, 1.0)),
        (hvp, {}, (0.5, 1.0)),
        (grad, {"jvp": pushed}, (0.5,)),
        (jvp, {"vjp": pulled}, (0.5, 1.0)),
    ],
)
def test_a_primitive_without_the_rule_has_values_and_no_derivative(operator, rules, arguments):
    f = sine(**rules)
    assert record(f, 0.1)(0.5) == math.sin(0.5)
    with pytest.raises(TypeError, match="sin has no derivative"):
        operator(f)(*arguments)


def test_one_without_a_rule_may_be_beside_what_is_differentiated():
    f = sine()
    assert grad(lambda x, y: x * f(y))(2.0, 0.5) == math.sin(0.5)


def test_a_primitive_of_arrays_of_any_shape():
    inner = primitive(lambda a, b: float(a @ b), vjp=lambda g, y, a, b: [g * b, g * a])
    for n in (1, 2, 3):
        a, other = np.arange(1.0, n + 1), np.full(n, 2.0)
        np.testing.assert_array_equal(grad(lambda x: inner(x, other))(a), other)  # noqa: B023
        np.testing.assert_array_equal(grad(lambda x: inner(other, x))(a), other)  # noqa: B023
        np.testing.assert_array_equal(grad(lambda x: inner(x, x))(a), 2 * a)


def test_a_primitive_is_called_with_the_values_of_the_replay():
    seen = []

    def note(x):
        seen.append(x)
        return x

    tape = record(primitive(note, vjp=lambda g, y, x: [g]), 1.0)
    del seen[:]
    assert [tape(2.0), tape(3.0)] == [2.0, 3.0]
    assert seen == [2.0, 3.0]


def test_an_exception_of_a_primitive_is_passed_on():
    def root(x):
        if x < 0:
            raise ArithmeticError("negative")
        return math.sqrt(x)

    tape = record(primitive(root, vjp=lambda g, y, x: [g / (2 * y)]), 4.0)
    with pytest.raises(ArithmeticError, match="negative"):
        tape(-1.0)
    assert tape.value_and_grad(9.0) == (3.0, 1 / 6)


def test_a_primitive_whose_shape_changes_is_noticed():
    ones = primitive(lambda x: np.ones(int(x[0])))
    with pytest.raises(ValueError, match=r"shape"):
        record(ones, np.array([2.0]))(np.array([3.0]))


@pytest.mark.parametrize("later", [lambda x: 1.0, lambda x: x[:1], lambda x: x[None]])
def test_a_primitive_whose_shape_would_broadcast_is_noticed_too(later):
    tape = record(primitive(lambda x: later(x) if x[0] > 5.0 else np.sin(x)), x0)
    with pytest.raises(ValueError, match=r"must return the shape \(3,\).*recorded; got"):
        tape(x0 + 10.0)


@pytest.mark.parametrize("result", [1j, "7", np.datetime64("2026-01-01")], ids=repr)
def test_a_primitive_returns_real_numbers(result):
    with pytest.raises(TypeError, match="must return real numbers; got dtype"):
        record(primitive(lambda x: result), 1.0)(1.0)


def test_a_cotangent_of_another_shape_is_refused():
    f = primitive(lambda x: np.sum(x), vjp=lambda g, y, x: [g])
    with pytest.raises(ValueError, match=r"cotangents of the shapes .* \(\) for \(3,\)"):
        grad(f)(x0)


@pytest.mark.parametrize("partial", [np.ones(3), np.ones((2, 2)), np.ones((1, 2))])
def test_a_partial_derivative_of_another_shape_is_refused(partial):
    ufunc = np.frompyfunc(lambda a: a, 1, 1)
    define_rule(ufunc, lambda a, y: partial)
    for x in (np.ones(2), 1.0):
        if np.shape(partial) == np.shape(x):
            continue
        with pytest.raises(ValueError, match="must have the shape of the result"):
            grad(lambda x: np.sum(ufunc(x) ** 2))(x)
        with pytest.raises(ValueError, match="must have the shape of the result"):
            jvp(ufunc)(x, np.ones_like(x))


def test_a_tangent_of_another_shape_is_refused():
    f = primitive(lambda x: np.sum(x), jvp=lambda tangents, y, x: tangents[0])
    with pytest.raises(ValueError, match=r"tangent of the shape .* \(3,\) for \(\)"):
        jvp(f)(x0, v)


@pytest.mark.parametrize("cotangents", [lambda g: g, lambda g: [], lambda g: [g, g]])
def test_cotangents_come_in_a_list_of_one_for_each_array(cotangents):
    f = primitive(math.sin, vjp=lambda g, y, x: cotangents(g))
    with pytest.raises(ValueError, match="a list of 1 cotangents"):
        grad(f)(0.5)


def test_a_rule_that_is_not_numpy_is_refused():
    f = primitive(math.sin, vjp=lambda g, y, x: [g * math.cos(x)])
    with pytest.raises(TracingError, match=r"math\.cos cannot be recorded; write np\.cos"):
        grad(f)(0.5)


@pytest.mark.parametrize("operator", [grad, hessian, value_and_grad], ids=named)
def test_a_rule_may_call_another_primitive(operator):
    """When the rule is recorded, the values that the function was recorded with are forgotten."""
    square = primitive(lambda x: x * x, vjp=lambda g, y, x: [2 * g * x],
                       jvp=lambda tangents, y, x: 2 * tangents[0] * x)  # fmt: skip
    cube = primitive(lambda x: x * x * x, vjp=lambda g, y, x: [3 * g * square(x)])
    expected = operator(lambda x: np.sum(x**3))(x0)
    for found, right in zip(operator(lambda x: np.sum(cube(x)))(x0), expected, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-14)


@pytest.mark.parametrize("ask", [lambda g, y, x: x[0], lambda g, y, x: y[0], lambda g, y, x: g[0]])
def test_a_rule_cannot_branch(ask):
    """Its branches would be those of the arguments recorded with, wherever the tape is replayed."""
    f = primitive(np.abs, vjp=lambda g, y, x: [g if ask(g, y, x) > 0 else -g])
    with pytest.raises(TracingError, match=r"a branch in the rule of a derivative .* np\.where"):
        vjp(f)(x0, v)


def test_a_primitive_is_a_function():
    with pytest.raises(TypeError, match=r"f must be callable; got 3\.0"):
        primitive(3.0)


# Checks.


def test_a_right_gradient_passes():
    report = check_grad(lambda x: np.sum(np.sin(x)), x0)
    assert isinstance(report, GradientReport)
    assert report.success
    assert report.worst < 1e-9
    assert report.gradient == pytest.approx(report.difference)


@pytest.mark.parametrize("wrong", [(0,), (2,)])
def test_a_wrong_rule_is_found_with_its_coordinate(wrong):
    factor = np.full(3, 2.0)
    factor[wrong] = 3.0
    f = primitive(lambda x: np.sum(x**2), vjp=lambda g, y, x: [g * factor * x])
    report = check_grad(f, x0)
    assert not report.success
    assert report.where == wrong
    assert report.gradient == pytest.approx(3 * x0[wrong])
    assert report.difference == pytest.approx(2 * x0[wrong])
    assert report.worst == pytest.approx(abs(x0[wrong]) / (2 * np.max(np.abs(x0))))


def test_a_wrong_rule_is_found_in_a_matrix():
    weights = np.array([[1.0, 1.0], [1.5, 1.0]])
    f = primitive(lambda x: np.sum(np.sin(x)), vjp=lambda g, y, x: [g * weights * np.cos(x)])
    report = check_grad(f, np.full((2, 2), 0.3))
    assert report.where == (1, 0)
    assert report.worst == pytest.approx(0.5)


def test_there_must_be_something_to_check():
    with pytest.raises(ValueError, match=r"x must have an entry at least; got the shape \(0,\)"):
        check_grad(np.sum, np.zeros(0))


def test_checks_of_a_number_a_list_and_a_tape():
    assert check_grad(np.sin, 0.5).where == ()
    assert check_grad(np.sin, 0.5).success
    assert check_grad(lambda x: x @ x, [1.0, 2.0]).success
    assert check_grad(record(lambda x: x @ x, np.ones(3)), x0).success


def test_a_gradient_of_zero_passes():
    assert check_grad(lambda x: np.sum(0 * x), x0).worst == 0.0


def test_what_is_not_a_number_does_not_pass():
    assert not check_grad(lambda x: np.sum(np.sqrt(x)), np.array([1.0, 0.0])).success


def test_what_is_not_a_number_is_the_worst():
    report = check_grad(lambda x: np.sum(np.sqrt(x)), np.array([1.0, 0.0]))
    assert report.where == (1,)
    assert math.isnan(report.difference)
    assert math.isnan(report.worst)
    assert not report.success


def test_one_that_is_not_a_number_does_not_hide_the_size_of_others():
    report = check_grad(lambda x: np.sum(np.sqrt(x)), np.array([1.0, 4.0]))
    assert report.success


def test_a_gradient_by_hand_is_checked():
    """Against values of f, which is called as it is, and need not be recordable."""

    def f(x):
        return math.fsum(float(entry) ** 3 for entry in x)

    assert check_grad(f, x0, grad=lambda x: 3.0 * x**2).success
    report = check_grad(f, x0, grad=lambda x: 3.0 * x**2 * [1.0, 1.0, 2.0])
    assert not report.success
    assert report.where == (2,)
    assert report.gradient == pytest.approx(6.0 * x0[2] ** 2)
    assert report.difference == pytest.approx(3.0 * x0[2] ** 2)


def test_a_gradient_by_hand_of_a_number_a_list_and_a_tape():
    assert check_grad(math.sin, 0.5, grad=math.cos).success
    assert check_grad(lambda x: x @ x, [1, 2], grad=lambda x: list(2.0 * x)).success
    tape = record(lambda x: x @ x, x0)
    assert check_grad(tape, x0, grad=lambda x: 2.0 * x).success
    assert not check_grad(tape, x0, grad=lambda x: -2.0 * x).success


def test_what_a_gradient_by_hand_does_to_x_is_not_seen():
    def by_hand(x):
        x *= 2.0
        return x

    assert check_grad(lambda x: x @ x, x0, grad=by_hand).success


def test_a_gradient_by_hand_is_a_function_with_the_shape_of_x():
    with pytest.raises(TypeError, match="grad must be callable or None; got array"):
        check_grad(cubes, x0, grad=3.0 * x0**2)
    with pytest.raises(ValueError, match=r"the shape of x, \(3,\); got the shape \(2,\)"):
        check_grad(cubes, x0, grad=lambda x: x[:2])


def test_a_report_says_first_whether_it_is_well():
    text = repr(check_grad(lambda x: x**2, 3.0, grad=lambda x: x))
    assert text.startswith("GradientReport(success=False, worst=0.5")
    assert ", where=(), gradient=3.0, difference=" in text


def test_a_function_that_works_in_place_does_not_make_a_gradient_wrong():
    def f(x):
        x *= 2.0
        return np.sum(x**2) / 4.0

    assert check_grad(f, np.ones(2), grad=lambda x: 2.0 * x).success


def test_a_function_of_several_values_has_no_gradient_to_check():
    with pytest.raises(TypeError, match=r"one number; got an array of the shape \(2,\)"):
        check_grad(lambda x: x, np.ones(2), grad=np.ones_like)
    assert check_grad(lambda x: x[:1] ** 2, np.ones(1), grad=lambda x: 2.0 * x).success


def test_a_primitive_in_a_rule_is_asked_for_its_shape_with_ones():
    inverse = primitive(np.linalg.inv, vjp=lambda g, y, a: [-(y.T @ g @ y.T)])
    log_det = primitive(lambda a: np.linalg.slogdet(a)[1], vjp=lambda g, y, a: [g * inverse(a).T])
    with pytest.raises(np.linalg.LinAlgError) as caught:
        grad(log_det)(np.diag([1.0, 2.0]))
    assert "called with ones" in caught.value.__notes__[0]
