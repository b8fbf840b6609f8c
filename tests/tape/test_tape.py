"""Tapes: every derivative of the contract, of every structure, of compositions at random."""

import inspect
import pydoc
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastls
from fastls.tape import Tape, record

S = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, -1.0], [1.0, 0.0, 1.0]])


def scalar(x):
    return np.sum(np.sin(S @ x)) + x[0] * x[1] * x[2]


def vector(x):
    return np.stack([x @ x, x[0] * x[2]])


@pytest.fixture
def x():
    return np.array([0.3, -0.7, 1.1])


def scalar_gradient(x):
    return S.T @ np.cos(S @ x) + np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]])


def scalar_hessian(x):
    others = np.array([[0.0, x[2], x[1]], [x[2], 0.0, x[0]], [x[1], x[0], 0.0]])
    return -S.T @ np.diag(np.sin(S @ x)) @ S + others


def test_value_and_gradient(x):
    tape = record(scalar, np.ones(3))
    assert isinstance(tape, Tape)
    value, gradient = tape.value_and_grad(x)
    assert value == tape(x) == pytest.approx(scalar(x), rel=1e-15)
    np.testing.assert_allclose(gradient, scalar_gradient(x), rtol=1e-13)
    np.testing.assert_array_equal(tape.grad(x), gradient)


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_jacobian_has_a_row_for_each_output(x, mode):
    jacobian = record(vector, np.ones(3)).jacobian(x, mode=mode)
    np.testing.assert_allclose(jacobian, [2.0 * x, [x[2], 0.0, x[0]]], rtol=1e-14)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("n", [1, 2, 20])
def test_jacobians_of_any_height(mode, n):
    A = np.random.default_rng(0).normal(size=(n, 3))
    jacobian = record(lambda x: A @ np.exp(x), np.ones(3)).jacobian(np.zeros(3), mode=mode)
    np.testing.assert_allclose(jacobian, A, rtol=1e-14)


def test_an_unknown_mode_is_refused(x):
    with pytest.raises(ValueError, match="sideways"):
        record(vector, x).jacobian(x, mode="sideways")


def test_hessian_and_its_products(x):
    tape, v = record(scalar, np.ones(3)), np.array([1.0, 2.0, -1.0])
    hessian = scalar_hessian(x)
    np.testing.assert_allclose(tape.hessian(x), hessian, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(tape.hvp(x, v), hessian @ v, rtol=1e-12, atol=1e-13)


def test_pushforward_and_pullback(x):
    tape, v, u = record(vector, np.ones(3)), np.array([1.0, 2.0, -1.0]), np.array([3.0, -2.0])
    jacobian = np.array([2.0 * x, [x[2], 0.0, x[0]]])
    value, tangent = tape.jvp(x, v)
    np.testing.assert_allclose(value, vector(x), rtol=1e-15)
    np.testing.assert_allclose(tangent, jacobian @ v, rtol=1e-14)
    value, cotangent = tape.vjp(x, u)
    np.testing.assert_allclose(value, vector(x), rtol=1e-15)
    np.testing.assert_allclose(cotangent, jacobian.T @ u, rtol=1e-14)


def test_differentials(x):
    """df = <∇f, dx>; d²f = <∇²f dx₁, dx₂>"""
    tape, a, b = record(scalar, np.ones(3)), np.array([1.0, 2.0, -1.0]), np.array([0.5, 0.0, 3.0])
    assert tape.differential(x, a) == pytest.approx(scalar_gradient(x) @ a)
    assert tape.second_differential(x, a, b) == pytest.approx(a @ scalar_hessian(x) @ b)


@pytest.mark.parametrize("method", ["grad", "value_and_grad", "hessian"])
def test_the_gradient_is_of_one_number(x, method):
    with pytest.raises(TypeError, match=r"one number.*\(2,\)"):
        getattr(record(vector, x), method)(x)


def test_a_function_of_one_variable_has_no_gradient_at_an_interval():
    with pytest.raises(TypeError, match=r"minimize_scalar\(f, bounds=\(a, b\)\)"):
        fastls.minimize(lambda x: (x - 1.0) ** 2, (0, 3))


def test_a_number_in_an_array_of_one_is_a_number(x):
    np.testing.assert_allclose(record(lambda x: x[:1] ** 2, x).grad(x), [2.0 * x[0], 0.0, 0.0])


def test_a_constant_has_the_gradient_zero(x):
    value, gradient = record(lambda x: 3.0, x).value_and_grad(x)
    assert value == 3.0
    np.testing.assert_array_equal(gradient, np.zeros(3))


def test_a_tangent_of_another_shape_is_refused(x):
    tape = record(vector, x)
    for call in (lambda: tape.jvp(x, np.ones(4)), lambda: tape.vjp(x, np.ones(3))):
        with pytest.raises(ValueError, match=r"\((3|4),\)"):
            call()
    with pytest.raises(ValueError, match=r"\(4,\)"):
        record(scalar, x).hvp(x, np.ones(4))


# Structures.


class Layer(NamedTuple):
    weights: object
    bias: object


def test_gradients_have_the_structure_of_the_argument():
    parameters = {
        "layers": [Layer(np.ones((2, 3)), np.zeros(2)), Layer(np.full((1, 2), 0.5), 1.5)],
        "scale": (2.0, np.array([1.0])),
    }

    def f(p, x):
        first, second = p["layers"]
        hidden = np.tanh(first.weights @ x + first.bias)
        return np.sum(second.weights @ hidden + second.bias) * p["scale"][0] + p["scale"][1][0]

    x = np.array([0.1, 0.2, 0.3])
    value, gradient = record(f, parameters, x).value_and_grad(parameters, x)
    assert value == pytest.approx(f(parameters, x))
    assert isinstance(gradient["layers"], list)
    assert isinstance(gradient["layers"][0], Layer)
    assert isinstance(gradient["scale"], tuple)
    hidden = np.tanh(np.full(2, 0.6))
    slope = 2.0 * 0.5 * (1.0 - hidden**2)
    np.testing.assert_allclose(gradient["layers"][0].weights, np.outer(slope, x))
    np.testing.assert_allclose(gradient["layers"][0].bias, slope)
    np.testing.assert_allclose(gradient["layers"][1].weights, [2.0 * hidden])
    assert gradient["layers"][1].bias == pytest.approx(2.0)
    assert gradient["scale"][0] == pytest.approx(hidden[0] + 1.5)
    np.testing.assert_array_equal(gradient["scale"][1], [1.0])


def three(a, b, c):
    return np.sum(a * a) + 10.0 * np.sum(b) + np.sum(a * b * c)


@pytest.mark.parametrize(
    "argnums", [0, 1, 2, -1, (0,), (0, 1), (1, 0), (2, 0), (2, 1, 0), (-1, 0)], ids=str
)
def test_gradients_come_in_the_order_of_argnums(argnums):
    a, b, c = (np.arange(3.0) + k for k in (1, 5, 9))
    partials = [2.0 * a + b * c, 10.0 + a * c, a * b]
    found = record(three, a, b, c, argnums=argnums).grad(a, b, c)
    if isinstance(argnums, int):
        np.testing.assert_array_equal(found, partials[argnums])
    else:
        assert isinstance(found, tuple)
        for part, i in zip(found, argnums, strict=True):
            np.testing.assert_array_equal(part, partials[i])


@pytest.mark.parametrize("argnums", [3, -4, (0, 3)], ids=str)
def test_argnums_beyond_the_arguments_are_refused(argnums):
    with pytest.raises(ValueError, match="argnums"):
        record(three, 1.0, 2.0, 3.0, argnums=argnums)


def test_integers_that_are_not_differentiated_are_static():
    tape = record(lambda x, n: sum(x**k for k in range(n)), 2.0, 3)
    assert tape(2.0, 3) == 7.0
    assert tape(2.0, 4) == 15.0
    assert tape.grad(2.0, 4) == 17.0
    assert tape(2.0, 3) == 7.0


def test_names_and_none_are_static():
    def f(x, how, extra):
        return (np.sum(x) if how == "sum" else np.max(x)) * (1.0 if extra is None else extra)

    x = np.array([1.0, 2.0])
    tape = record(f, x, "sum", None)
    assert tape(x, "sum", None) == 3.0
    assert tape(x, "max", None) == 2.0


def test_integer_arrays_that_are_not_differentiated_are_indices():
    tape = record(lambda x, i: np.sum(x[i]), np.arange(4.0), np.array([0, 1]))
    assert tape(np.arange(4.0), np.array([2, 3])) == 5.0
    np.testing.assert_array_equal(tape.grad(np.arange(4.0), np.array([2, 2])), [0, 0, 2, 0])


def test_a_number_recorded_as_float_may_be_an_integer_later(x):
    tape = record(lambda x, a: np.sum(x) * a, x, 2.0)
    assert tape(x, 3) == tape(x, 3.0)


def weighted(x, w):
    return np.sum(w["of"][0] * x**2) + w["a"]


@pytest.mark.parametrize("argnums", [0, 1], ids=["before", "behind"])
def test_a_constant_recorded_as_integers_may_be_of_floats_later(x, argnums):
    """On a path of its own, to which what is differentiated comes before or behind the constant."""

    def f(*arguments):
        return weighted(*(arguments if argnums == 0 else arguments[::-1]))

    def given(w, a):
        return (x, {"of": [w], "a": a})[:: 1 if argnums == 0 else -1]

    whole, broken = np.array([1, 2, 3]), np.array([1.5, -2.0, 0.25])
    tape = record(f, *given(whole, 2), argnums=argnums)
    for w, a in ((broken, 0.5), (whole, 0.5), (broken, 2), (whole, 2), (whole + 0.0, 2.0)):
        assert tape(*given(w, a)) == pytest.approx(weighted(x, {"of": [w], "a": a}))
        np.testing.assert_allclose(tape.grad(*given(w, a)), 2 * w * x)
        assert tape.along(*given(w, a), x)(1.0)[1] == pytest.approx(4 * np.sum(w * x**2))
        assert tape.lowlevel(*given(w, a)).address
    assert "x" in tape.formula("gradient")
    assert record(f, *given(broken, 0.5), argnums=argnums)(*given(whole, 2)) == tape(
        *given(whole, 2)
    )


def test_a_number_may_become_an_integer_beside_indices(x):
    tape = record(lambda x, i, a: x[i] * a, x, 1, 0.5)
    assert tape(x, 2, 3) == 3 * x[2]
    assert tape(x, 0, 3) == 3 * x[0]


@pytest.mark.parametrize(
    ("recorded", "given", "message"),
    [
        (np.array([1, 2]), np.ones(3), r"\(3,\)\); recorded was \(\(3,\), int64 \(2,\)\)$"),
        (2, np.ones(3), r"\(3,\)\); recorded was \(\(3,\), integer\)$"),
        (True, 2.0, r"\(\)\); recorded was \(\(3,\), constant\)$"),
        ("sum", 2.0, r"\(\)\); recorded was \(\(3,\), constant\)$"),
        (np.array([True]), np.ones(1), r"\(1,\)\); recorded was \(\(3,\), bool \(1,\)\)$"),
    ],
    ids=["of another shape", "an array for a number", "a truth", "a name", "truths"],
)
def test_what_is_no_number_of_that_shape_does_not_take_the_place_of_a_constant(
    x, recorded, given, message
):
    with pytest.raises(ValueError, match=message):
        record(lambda x, c: np.sum(x), x, recorded)(x, given)


def test_integers_are_numbers_where_they_are_differentiated():
    assert record(lambda x: x * x, 3).grad(4) == 8.0
    np.testing.assert_array_equal(record(np.sum, np.arange(3)).grad(np.arange(3)), np.ones(3))


def test_arguments_are_needed():
    with pytest.raises(TypeError, match="needs the arguments to record with"):
        record(scalar)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda tape, x: tape.grad(), "gradient: give the argument; got 0 of 1"),
        (lambda tape, x: tape(), "value: give the argument; got 0 of 1"),
        (lambda tape, x: tape.hessian(), "hessian: give the argument; got 0 of 1"),
        (lambda tape, x: tape.hvp(x), "hvp: give the argument, then v; got 1 of 2"),
        (lambda tape, x: tape.hvp(), "hvp: give the argument, then v; got 0 of 2"),
        (lambda tape, x: tape.along(x), "along: give the argument, then d; got 1 of 2"),
        (lambda tape, x: tape.along(), "along: give the argument, then d; got 0 of 2"),
        (lambda tape, x: tape.second_differential(x, x),
         "second differential: give the argument, then dx1, dx2; got 2 of 3"),
    ],
)  # fmt: skip
def test_what_is_missing_in_a_call_is_named(x, call, message):
    with pytest.raises(TypeError, match=f"^{message}$"):
        call(record(scalar, x), x)


def test_a_list_in_place_of_an_array_is_told_what_to_be(x):
    tape, instead = (
        record(scalar, x),
        r"; in place of the list pass np\.array\(\.\.\.\), of the shape",
    )
    for call in (tape, tape.grad, lambda a: tape.hvp(a, x), lambda a: tape.along(a, x),
                 lambda v: tape.hvp(x, v), lambda d: tape.along(x, d)):  # fmt: skip
        with pytest.raises(ValueError, match=instead + r" \(3,\)$"):
            call([1.0, 2.0, 3.0])
        assert call(np.ones(3)) is not None
    with pytest.raises(ValueError, match=r"recorded was \(\(\)\)$"):
        record(np.sin, 1.0)([1.0])


def test_other_structures_are_refused():
    tape = record(lambda p: p[0] * p[1], (1.0, 2.0))
    for wrong in ([1.0, 2.0], (1.0,), (1.0, np.ones(2)), 1.0):
        with pytest.raises(ValueError, match="structure"):
            tape(wrong)


POINT = np.array([[0.3, -0.7, 1.1], [0.5, 2.0, -0.25]])
READ_ONLY = POINT.copy()
READ_ONLY.flags.writeable = False


class Named(np.ndarray):
    """A subclass without a meaning of its own."""


@pytest.mark.parametrize("tangent", [POINT, np.asfortranarray(POINT)], ids=["C", "Fortran"])
@pytest.mark.parametrize(
    "x",
    [POINT, READ_ONLY, np.asfortranarray(POINT), np.repeat(POINT, 2, axis=1)[:, ::2],
     POINT[::-1, ::-1].copy()[::-1, ::-1], POINT.astype(">f8"), POINT.view(Named)],
    ids=["as recorded", "read-only", "Fortran", "strided", "reversed", "swapped", "subclass"],
)  # fmt: skip
def test_arrays_come_as_they_are(x, tangent):
    tape = record(lambda x: np.sum(x**3), np.ones((2, 3)))
    for _ in range(2):  # first and later calls
        assert tape(x) == pytest.approx(np.sum(POINT**3))
        np.testing.assert_allclose(tape.grad(x), 3 * POINT**2)
        np.testing.assert_allclose(tape.hvp(x, tangent), 6 * POINT**2)
        np.testing.assert_allclose(tape.vjp(x, 2)[1], 6 * POINT**2)
        assert type(tape.grad(x)) is np.ndarray


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "i8", "u2", "?", "longdouble"])
def test_arrays_of_other_numbers_are_converted(dtype):
    x = np.array([1, 0, 1]).astype(dtype)
    tape = record(lambda x: np.sum(x**2 + 3 * x), np.ones(3))
    for _ in range(2):
        np.testing.assert_array_equal(tape.grad(x), [5.0, 3.0, 5.0])
        np.testing.assert_array_equal(tape.hvp(x, x), [2.0, 0.0, 2.0])


@pytest.mark.parametrize("recorded", [1.0, 1, np.array(1.0), np.float32(1)], ids=repr)
def test_every_kind_of_number_is_the_same(recorded):
    tape = record(lambda x: x**3, recorded)
    for x in (2.0, 2, np.float64(2), np.float32(2), np.int8(2), np.array(2.0), np.array(2)):
        assert tape.value_and_grad(x) == (8.0, 12.0)
        assert tape.jvp(x, x) == (8.0, 24.0)
        assert type(tape.grad(x)) is float


def test_arrays_without_entries():
    tape, nothing = record(lambda x: np.sum(np.exp(x)) + 1.0, np.ones((0, 3))), np.ones((0, 3))
    for _ in range(2):
        value, gradient = tape.value_and_grad(nothing)
        assert value == 1.0
        assert gradient.shape == (0, 3)
        assert tape.hessian(nothing).shape == (0, 3, 0, 3)
        assert tape.jacobian(nothing).shape == (0, 3)
        assert tape.jvp(nothing, nothing) == (1.0, 0.0)


@pytest.mark.parametrize("kind", [np.ma.MaskedArray, np.matrix])
def test_arrays_with_a_meaning_of_their_own_are_refused(kind):
    tape = record(lambda x: np.sum(x**2), np.ones((1, 2)))
    tape.hvp(np.ones((1, 2)), np.ones((1, 2)))
    with pytest.raises(TypeError, match="a meaning of its own"):
        tape(np.ones((1, 2)).view(kind))
    with pytest.raises(TypeError, match="a meaning of its own"):
        tape.hvp(np.ones((1, 2)), np.ones((1, 2)).view(kind))


def test_a_vector_beside_constants():
    """None in an argument is no number, and has no derivative."""
    tape = record(lambda p: np.sum(p["w"] ** 3), {"w": np.ones(2), "b": None})
    x, v = {"w": np.array([1.0, 2.0]), "b": None}, {"w": np.array([1.0, 0.5]), "b": None}
    for _ in range(2):
        product = tape.hvp(x, v)
        np.testing.assert_array_equal(product["w"], [6.0, 6.0])
        assert product["b"] is None
        assert tape.jvp(x, v) == (9.0, 9.0)


def test_many_numbers():
    numbers = [float(i) for i in range(40)]
    tape = record(lambda *x: sum(i * t**2 for i, t in enumerate(x)), *numbers, argnums=(0, 39))
    for _ in range(2):
        assert tape(*numbers) == sum(i**3 for i in range(40))
        assert tape.grad(*numbers) == (0.0, 2 * 39.0**2)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_jacobians_by_either_side_are_one(x, m):
    A = np.random.default_rng(0).normal(size=(m, 3))
    tape = record(lambda x, k: np.sin(A @ x) * k, np.ones(3), 2.0)
    forward, reverse = (tape.jacobian(x, 0.5, mode=mode) for mode in ("forward", "reverse"))
    np.testing.assert_allclose(forward, reverse, rtol=1e-13)
    np.testing.assert_allclose(forward, 0.5 * np.cos(A @ x)[:, None] * A, rtol=1e-13)
    np.testing.assert_allclose(tape.jacobian(x, 0.5), forward, rtol=1e-13)
    with pytest.raises(
        ValueError, match=r"structure \(\(4,\), \(\)\); recorded was \(\(3,\), \(\)\)"
    ):
        tape.jacobian(np.ones(4), 0.5)


def test_several_outputs_keep_their_structure():
    out = record(lambda x: {"a": [x, x[0]], "b": (2.0 * x,), "c": 1.0}, np.ones(2))(np.ones(2))
    assert isinstance(out["a"], list)
    assert isinstance(out["b"], tuple)
    assert (out["a"][1], out["c"]) == (1.0, 1.0)
    np.testing.assert_array_equal(out["b"][0], [2.0, 2.0])


def test_its_signature_is_that_of_the_function(x):
    tape = record(lambda x, *, scale=2.0: scale * np.sum(x), x)
    assert str(inspect.signature(tape)) == "(x, *, scale=2.0)"
    assert list(inspect.signature(Tape).parameters)[:2] == ["function", "arguments"]
    assert "A recorded function" in pydoc.render_doc(Tape)


def test_an_error_of_the_function_is_passed_on():
    with pytest.raises(ZeroDivisionError):
        record(lambda x: x / (1 // 0), 1.0)


# Compositions at random. Each step makes an array from two before it.


def fitting(np, a, b):
    """b, or a number made of it where the shapes do not fit."""
    try:
        shape = np.broadcast_shapes(np.shape(a), np.shape(b))
    except ValueError:
        shape = None
    return np.sum(b) if shape is None else b


def matrix(np, a):
    return np.reshape(a, (1, -1)) if np.ndim(a) != 2 else a


STEPS = {
    "add": lambda np, a, b, k: a + fitting(np, a, b),
    "subtract": lambda np, a, b, k: fitting(np, a, b) - a,
    "multiply": lambda np, a, b, k: np.tanh(a) * fitting(np, a, b),
    "divide": lambda np, a, b, k: a / (1.0 + fitting(np, a, b) ** 2),
    "sin": lambda np, a, b, k: np.sin(a),
    "exp": lambda np, a, b, k: np.exp(-a * a),
    "tanh": lambda np, a, b, k: np.tanh(a - 0.3),
    "sum": lambda np, a, b, k: np.sum(a, axis=k % np.ndim(a) if np.ndim(a) else None),
    "mean": lambda np, a, b, k: np.sum(a) if 0 in np.shape(a) else np.mean(a, keepdims=True),
    "matmul": lambda np, a, b, k: np.tanh(np.matmul(matrix(np, a), np.transpose(matrix(np, a)))),
    "reshape": lambda np, a, b, k: np.reshape(a, (-1,)),
    "column": lambda np, a, b, k: np.reshape(a, (*np.shape(a), 1)) if np.ndim(a) < 3 else a,
    "transpose": lambda np, a, b, k: np.transpose(a),
    "reverse": lambda np, a, b, k: a[..., ::-1] if np.ndim(a) else a,
    "slice": lambda np, a, b, k: a[: 1 + k] if np.ndim(a) else a,
    # Broadcast beforehand: autograd's rule for where does not sum over what was repeated.
    "where": lambda np, a, b, k: np.where(
        a > 0.1 * k, a + 0.0 * fitting(np, a, b), fitting(np, a, b) + 0.0 * a
    ),
    "maximum": lambda np, a, b, k: np.maximum(a, fitting(np, a, b)),
    "concatenate": lambda np, a, b, k: np.concatenate([np.ravel(a), np.ravel(b)]),
}

programs = st.lists(
    st.tuples(
        st.sampled_from(sorted(STEPS)), st.integers(0, 9), st.integers(0, 9), st.integers(0, 2)
    ),
    min_size=1, max_size=9,
)  # fmt: skip
shapes = st.sampled_from([(), (1,), (3,), (2, 3), (1, 4), (3, 1), (0,), (2, 0), (2, 1, 3)])


def evaluated(np, program, x):
    values = [x, 0.5 * x + 0.25]
    for step, i, j, k in program:
        a, b = values[-1 - i % len(values)], values[-1 - j % len(values)]
        values.append(STEPS[step](np, a, b, k))
    return sum(np.sum(np.sin(value)) for value in values[-3:])


@settings(max_examples=200)
@given(programs, shapes, st.integers(0, 3))
def test_compositions_have_the_value_and_gradient_of_plain_numpy(program, shape, seed):
    rng = np.random.default_rng(seed)
    recorded_at, x, v = (rng.uniform(-1.5, 1.5, shape) for _ in range(3))
    tape = record(lambda x: evaluated(np, program, x), recorded_at)
    value, gradient = tape.value_and_grad(x)
    assert value == pytest.approx(evaluated(np, program, x), rel=1e-12, abs=1e-12)
    assert np.shape(gradient) == shape
    slope = np.sum(gradient * v)
    assert tape.jvp(x, v)[1] == pytest.approx(slope, rel=1e-10, abs=1e-11)
    h = 1e-6
    ahead, behind = (evaluated(np, program, x + step * v) for step in (h, -h))
    middle = evaluated(np, program, x)
    if abs(ahead - 2.0 * middle + behind) < 1e-7:  # no kink in between
        assert slope == pytest.approx((ahead - behind) / (2 * h), rel=1e-5, abs=1e-5)


@settings(max_examples=60)
@given(programs, shapes)
def test_compositions_have_the_gradient_of_autograd(program, shape):
    autograd = pytest.importorskip("autograd")
    import autograd.numpy as anp

    x = np.random.default_rng(5).uniform(-1.5, 1.5, shape)
    peer = autograd.grad(lambda x: evaluated(anp, program, x))(x if shape else float(x))
    found = record(lambda x: evaluated(np, program, x), x).grad(x)
    np.testing.assert_allclose(found, peer, rtol=1e-9, atol=1e-10)


@settings(max_examples=60)
@given(programs, shapes)
def test_compositions_have_symmetric_hessians(program, shape):
    rng = np.random.default_rng(6)
    x, v, w = (rng.uniform(-1.5, 1.5, shape) for _ in range(3))
    tape = record(lambda x: evaluated(np, program, x), x)
    left, right = np.sum(tape.hvp(x, v) * w), np.sum(tape.hvp(x, w) * v)
    assert left == pytest.approx(right, rel=1e-9, abs=1e-9)
    assert tape.second_differential(x, v, w) == pytest.approx(left, rel=1e-9, abs=1e-9)
    h = 1e-6
    change = tape.grad(x + h * v) - tape.grad(x - h * v)
    if np.all(np.abs(change) < 1e-3):  # no kink in between
        np.testing.assert_allclose(tape.hvp(x, v), change / (2 * h), rtol=1e-4, atol=1e-4)


def test_the_paths_that_are_kept_are_bounded():
    """Counts and labels are constants: others at each call make a path each."""
    x = np.arange(3.0)
    tape = record(lambda x, counts: np.sum(counts * x), x, np.arange(3))
    for k in range(100):
        assert tape(x, np.arange(3) + k) == np.sum((np.arange(3) + k) * x)
    assert sum(map(len, tape.paths.values())) <= 64
    assert tape(x, np.arange(3)) == 5.0

    branches = record(lambda x: x * int(x), 0.5)
    for k in range(100):
        assert branches(k + 0.5) == (k + 0.5) * k
    assert sum(map(len, branches.paths.values())) <= 64


def test_a_tape_that_can_no_longer_be_recorded_shows_what_it_was():
    factor = np.ones(2)

    def f(x):
        if factor[0] > 1.0:
            raise ArithmeticError("too large")
        return np.sum(x * factor)

    tape = record(f, np.ones(2))
    shown = [tape.memory, tape.formula(), tape.to_dot(), repr(tape)]
    factor[:] = 2.0
    with pytest.raises(ArithmeticError):
        tape(np.ones(2))
    assert [tape.memory, tape.formula(), tape.to_dot(), repr(tape)] == shown
    factor[:] = 1.0
    assert tape(np.ones(2)) == 2.0
