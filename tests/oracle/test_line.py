"""A function of many variables along a line: its points, its slopes, and whose arrays they are."""

import decimal
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import fastls
from fastls import Status

SEARCHES = [fastls.Backtracking(), fastls.Zoom(), fastls.MoreThuente(), fastls.HagerZhang()]
every_search = pytest.mark.parametrize("search", SEARCHES, ids=lambda search: type(search).__name__)

numbers = st.floats(-1e3, 1e3)


def arrays_of(shape):
    return arrays(float, shape, elements=numbers)


lines = array_shapes(max_dims=3, max_side=4).flatmap(
    lambda shape: st.tuples(arrays_of(shape), arrays_of(shape))
)


def bowl(x):
    """Some function with a gradient that is not along x."""
    scale = np.arange(1.0, x.size + 1).reshape(x.shape)
    return float(0.5 * np.sum(scale * x * x) + np.sum(np.cos(x)))


def slope_of_bowl(x):
    scale = np.arange(1.0, x.size + 1).reshape(x.shape)
    return scale * x - np.sin(x)


def both(x):
    return bowl(x), slope_of_bowl(x)


@every_search
@given(line=lines)
def test_the_points_are_numpys(search, line):
    x, d = line
    asked = []

    def f(point):
        asked.append(point)
        return bowl(point)

    found = search.step(f, slope_of_bowl, x, d, alpha=0.7, trace=True)
    alphas = found.trace["alpha"]
    assert len(asked) == len(alphas)
    for point, alpha in zip(asked, alphas, strict=True):
        assert point.shape == x.shape
        assert point.dtype == float
        assert point.flags.c_contiguous
        np.testing.assert_array_equal(point, x + alpha * d)
    np.testing.assert_array_equal(found.x, x + found.alpha * d)
    if found.status not in (Status.STEP_TOO_SMALL, Status.NONFINITE_START):
        assert found.value == bowl(found.x)


@given(line=lines)
def test_slopes_are_as_accurate_as_a_sum_can_be(line):
    """Within the bound of a sum in four parts: a quarter of the size, in roundings of the terms."""
    x, d = line
    g = slope_of_bowl(x)
    found = fastls.Zoom().step(bowl, slope_of_bowl, x, d)
    products = [gi * di for gi, di in zip(g.ravel().tolist(), d.ravel().tolist(), strict=True)]
    exact = sum(
        (Fraction(gi) * Fraction(di) for gi, di in zip(g.flat, d.flat, strict=True)), Fraction()
    )
    bound = (g.size / 4 + 4) * 2.0**-53 * math.fsum(map(abs, products)) + 1e-300
    assert abs(Fraction(found.slope0) - exact) <= bound


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1000])
def test_slopes_of_every_length(size):
    random = np.random.default_rng(size)
    x, d, g = random.standard_normal((3, size))
    found = fastls.Zoom().step(lambda x: 1.0, lambda x: g, x, d)
    assert found.slope0 == pytest.approx(math.fsum(g * d), rel=1e-13, abs=1e-14 * size)


@every_search
@pytest.mark.parametrize("fused", [False, True])
def test_the_gradient_at_the_accepted_point_is_returned(search, fused):
    x, d = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[-1.0, 2.0], [-9.0, -2.0]])
    found = search.step(*((both, None) if fused else (bowl, slope_of_bowl)), x, d)
    assert found.success
    if found.slope is None:
        assert found.grad is None
    else:
        assert found.grad.shape == x.shape
        np.testing.assert_array_equal(found.grad, slope_of_bowl(found.x))
        assert found.slope == pytest.approx(np.sum(found.grad * d), rel=1e-13)


@every_search
@pytest.mark.parametrize("limit", range(1, 8))
@pytest.mark.parametrize("fused", [False, True])
def test_the_gradient_belongs_to_the_best_point_where_the_last_is_not_it(search, limit, fused):
    kind, parameters = search.__reduce__()[1]
    limited = kind(**{**parameters, "max_evaluations": limit})
    f = lambda x: float(np.sum(np.abs(x - 0.3)))  # noqa: E731
    grad = lambda x: np.sign(x - 0.3)  # noqa: E731
    pair = lambda x: (f(x), grad(x))  # noqa: E731
    for start in (0.1, 1.0, 50.0):
        found = limited.step(*((pair, None) if fused else (f, grad)), [0.0, 0.1], [1.0, 1.0], start)
        assert found.value == f(found.x)
        if found.grad is not None:
            np.testing.assert_array_equal(found.grad, grad(found.x))
        if found.slope is not None and found.alpha > 0:
            assert found.grad is not None


@every_search
@pytest.mark.parametrize("fused", [False, True])
def test_a_gradient_in_a_buffer_that_is_used_again_is_copied(search, fused):
    buffer = np.empty(2)

    def grad(x):
        buffer[:] = slope_of_bowl(x)
        return buffer

    def pair(x):
        return bowl(x), grad(x)

    x, d = np.array([1.0, 1.0]), np.array([-30.0, -40.0])
    found = search.step(*((pair, None) if fused else (bowl, grad)), x, d)
    assert found.grad is not buffer
    kept = None if found.grad is None else found.grad.copy()
    buffer[:] = math.nan
    if kept is not None:
        np.testing.assert_array_equal(found.grad, kept)
        np.testing.assert_array_equal(found.grad, slope_of_bowl(found.x))


@every_search
def test_a_view_of_a_buffer_is_copied_too(search):
    buffer = np.empty((3, 2))

    def grad(x):
        buffer[1] = slope_of_bowl(x)
        return buffer[1]

    found = search.step(bowl, grad, [1.0, 1.0], [-30.0, -40.0])
    buffer[:] = math.nan
    assert found.grad is None or np.isfinite(found.grad).all()


@every_search
def test_a_gradient_that_is_kept_by_an_object_is_copied(search):
    class Model:
        def value(self, x):
            return bowl(x)

        def gradient(self, x):
            if not hasattr(self, "last"):
                self.last = np.empty(2)
            self.last[:] = slope_of_bowl(x)
            return self.last

    model = Model()
    found = search.step(model.value, model.gradient, [1.0, 1.0], [-30.0, -40.0])
    model.last[:] = math.nan
    assert found.grad is None or np.isfinite(found.grad).all()


@every_search
def test_what_is_given_at_the_start_is_not_evaluated_nor_changed(search):
    x, d = np.array([1.0, 1.0]), np.array([-1.0, -1.5])
    f0, grad0 = both(x)
    asked = []

    def f(point):
        asked.append(point.tolist())
        return bowl(point)

    whole = search.step(bowl, slope_of_bowl, x, d)
    found = search.step(f, slope_of_bowl, x, d, f0=f0, grad0=grad0)
    assert x.tolist() not in asked
    assert (found.alpha, found.value, found.slope0) == (whole.alpha, whole.value, whole.slope0)
    assert found.nfev == whole.nfev - 1 == len(asked)
    assert found.ngev == whole.ngev - 1
    assert grad0.tolist() == both(x)[1].tolist()
    assert (x.tolist(), d.tolist()) == ([1.0, 1.0], [-1.0, -1.5])


@every_search
def test_a_search_that_does_not_move_returns_the_start(search):
    x = np.array([1.0, 2.0])
    grad0 = np.array([1.0, 1.0])
    found = search.step(bowl, slope_of_bowl, x, [1.0, 1.0], f0=1.0, grad0=grad0)
    assert found.status == Status.NOT_DESCENT
    assert found.x.tolist() == x.tolist()
    assert found.x is not x
    np.testing.assert_array_equal(found.grad, grad0)


@every_search
@pytest.mark.parametrize(
    ("x", "d"),
    [
        ([1, 2], [-1, -2]),
        ((1.0, 2.0), (-1.0, -2.0)),
        (np.array([1, 2]), np.array([-1, -2], dtype=np.int8)),
        (np.array([1, 2], dtype=np.float32), [-1, -2]),
        (np.array([1, 0, 2, 0.0])[::2], np.array([-2.0, -1.0])[::-1]),
        (np.array([1.0, 2.0]).astype(">f8"), np.array([-1.0, -2.0])),
        ([Fraction(1), Fraction(2)], [decimal.Decimal(-1), -2]),
        (np.array([True, True]) * np.array([1, 2]), [-1, -2]),
    ],
    ids=range(8),
)
def test_whatever_is_an_array_of_real_numbers(search, x, d):
    found = search.step(bowl, slope_of_bowl, x, d)
    plain = search.step(bowl, slope_of_bowl, np.array([1.0, 2.0]), np.array([-1.0, -2.0]))
    assert found.x.dtype == float
    assert (found.alpha, found.value) == (plain.alpha, plain.value)
    assert found.x.tolist() == plain.x.tolist()


@every_search
def test_scalars_are_points_too(search):
    found = search.step(lambda x: float((x - 2.0) ** 2), lambda x: 2.0 * (x - 2.0), 0.0, 1.0)
    assert found.success
    assert found.x.shape == ()
    assert found.x == found.alpha


@every_search
def test_an_array_in_fortrans_order(search):
    x = np.asfortranarray(np.arange(1.0, 7.0).reshape(2, 3))
    d = np.asfortranarray(-np.ones((2, 3)))
    shapes = []

    def f(point):
        shapes.append(point.shape)
        return bowl(point)

    found = search.step(f, lambda x: np.asfortranarray(slope_of_bowl(x)), x, d)
    plain = search.step(bowl, slope_of_bowl, x.copy("C"), d.copy("C"))
    assert set(shapes) == {(2, 3)}
    assert (found.alpha, found.slope0) == (plain.alpha, plain.slope0)


@every_search
@pytest.mark.parametrize("which", ["x", "d", "grad0", "gradient", "value"])
def test_complex_numbers_are_refused(search, which):
    point = {"x": [1.0, 2.0], "d": [-1.0, -2.0]}
    options = {}
    f, grad = bowl, slope_of_bowl
    if which in point:
        point[which] = np.array(point[which]) + 0j
    elif which == "grad0":
        options["grad0"] = [1.0 + 0j, 2.0]
    elif which == "gradient":
        grad = lambda x: slope_of_bowl(x) + 0j  # noqa: E731
    else:
        f = lambda x: bowl(x) + 0j  # noqa: E731
    with pytest.raises(TypeError, match=r"must be an array of real numbers|must be a real number"):
        search.step(f, grad, **point, **options)


@every_search
@pytest.mark.parametrize("wrong", ["ab", None, [1.0, "b"], [[1.0], [1.0, 2.0]]], ids=repr)
def test_what_is_no_array_of_numbers(search, wrong):
    with pytest.raises((TypeError, ValueError)):
        search.step(bowl, slope_of_bowl, wrong, [1.0, 1.0])
    with pytest.raises((TypeError, ValueError)):
        search.step(bowl, lambda x: wrong, [1.0, 1.0], [-1.0, -1.0])


class Length(float):
    """A float of the user's."""


@every_search
@pytest.mark.parametrize(
    "convert",
    [Length, np.float64, np.array, lambda v: np.array([v]), lambda v: np.array([[v]]), Fraction],
)
def test_values_of_any_real_type(search, convert):
    found = search.step(lambda x: convert(bowl(x)), slope_of_bowl, [1.0, 2.0], [-1.0, -2.0])
    plain = search.step(bowl, slope_of_bowl, [1.0, 2.0], [-1.0, -2.0])
    assert (found.alpha, found.value) == (plain.alpha, plain.value)
    assert type(found.value) is float


@every_search
def test_a_value_that_is_an_array_of_many_is_refused(search):
    with pytest.raises(TypeError, match=r"f\(0\.0\) must be a real number; got array"):
        search.step(lambda x: x, slope_of_bowl, [1.0, 2.0], [-1.0, -2.0])


@every_search
@pytest.mark.parametrize("kind", [list, tuple, np.float32, np.ma.array])
def test_gradients_of_any_kind(search, kind):
    grad = lambda x: kind(np.rint(4.0 * x))  # noqa: E731
    f = lambda x: float(2.0 * x @ x)  # noqa: E731
    found = search.step(f, grad, [8.0, 2.0], [-4.0, -2.0])
    assert found.slope0 == -144.0
    assert found.grad is None or type(found.grad) is np.ndarray


@every_search
@pytest.mark.parametrize("pair", [tuple, list])
def test_f_may_return_value_and_gradient(search, pair):
    apart = search.step(bowl, slope_of_bowl, [1.0, 2.0], [-1.0, -2.0])
    together = search.step(lambda x: pair(both(x)), None, [1.0, 2.0], [-1.0, -2.0])
    assert (together.alpha, together.value) == (apart.alpha, apart.value)
    assert together.ngev == together.nfev
    np.testing.assert_array_equal(together.grad, slope_of_bowl(together.x))


@every_search
def test_further_arguments_go_to_both(search):
    def f(x, centre, *, _=None):
        return bowl(x - centre)

    def grad(x, centre):
        return slope_of_bowl(x - centre)

    found = search.step(f, grad, [1.0, 2.0], [-1.0, -2.0], args=(0.5,))
    plain = search.step(
        lambda x: f(x, 0.5), lambda x: grad(x, 0.5), [1.0, 2.0], [-1.0, -2.0])  # fmt: skip
    assert (found.alpha, found.value) == (plain.alpha, plain.value)
    assert search.step(f, grad, [1.0, 2.0], [-1.0, -2.0], args=0.5).alpha == plain.alpha
    fused = search.step(
        lambda x, c: (f(x, c), grad(x, c)), None, [1.0, 2.0], [-1.0, -2.0], args=0.5
    )
    assert fused.value == pytest.approx(plain.value)


@every_search
def test_an_empty_point_is_stationary(search):
    found = search.step(lambda x: 1.0, lambda x: np.empty(0), [], [])
    assert (found.status, found.success) == (Status.STATIONARY, True)
    assert found.x.shape == (0,)


@every_search
def test_overflow_on_the_way_is_not_finite_and_no_error(search):
    found = search.step(lambda x: float(x[0]), lambda x: [1.0], [1e308], [-1e308], alpha=1e9)
    assert not math.isnan(found.alpha)
    assert np.isfinite(found.value)


def test_gradients_are_copied_wherever_they_come_from():
    """Also where it is handed out as a view, given beforehand, or seen by an extra condition."""
    buffer = np.empty(2)
    x = np.array([1.0, 2.0])

    def f(z):
        return float(z @ z)

    def grad(z):
        return np.multiply(z, 2, out=buffer)

    def view(z):
        return memoryview(grad(z))

    def spoil(alpha, x, value, gradient):
        gradient[:] = 99.0
        return True

    for g in (grad, view):
        for options in ({}, {"grad0": 2 * x, "f0": 5.0}, {"extra_condition": spoil}):
            step = fastls.MoreThuente(c2=0.1).step(f, g, x, -0.9 * x, **options)
            expected = 2 * step.x
            grad(np.array([9.0, 9.0]))
            assert step.grad is not buffer
            assert step.grad.tolist() == expected.tolist()


def test_the_gradient_at_the_start_is_known_after_a_failure():
    x, d = np.array([1.0, 2.0]), np.array([-6.0, -12.0])
    search = fastls.MoreThuente(max_evaluations=1)
    for options in ({}, {"grad0": 2 * x}):
        step = search.step(lambda z: z @ z, lambda z: 2 * z, x, d, 3.0, **options)
        assert step.alpha == 0.0
        assert step.x.tolist() == x.tolist()
        assert step.grad.tolist() == [2.0, 4.0]


def test_no_step_is_no_change_of_x():
    step = fastls.Zoom().step(lambda z: z @ z, lambda z: 2 * z, [1.0, 1.0], [-np.inf, -1.0])
    assert step.status == fastls.Status.NONFINITE_START
    assert step.x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("f", "grad", "what"),
    [
        (lambda x: None, lambda x: 2 * x, r"f\(0\.0\)"),
        (lambda x: None, None, r"f\(0\.0\)"),
        (lambda x: x @ x, lambda x: None, "the function of the gradient"),
    ],
    ids=["value", "pair", "gradient"],
)
def test_a_forgotten_return_is_noticed(f, grad, what):
    with pytest.raises(TypeError, match=f"^{what} returned None; is its return statement missing"):
        fastls.Zoom().step(f, grad, np.ones(2), -np.ones(2))


def test_the_gradient_has_the_shape_of_x():
    step = fastls.Zoom().step(lambda z: z[0] ** 2, lambda z: 2 * z[0], [1.0], [-1.0])
    assert step.grad.shape == (1,)
