"""Each row of the table: its tangent is that of differences, and its pullback the transpose.

Then the closed forms of the textbooks.
"""

import numpy as np
import numpy.linalg as la
import pytest
from numpy.testing import assert_allclose

from fastls.tape import record
from fastls.tape.linalg import PRIMITIVES
from fastls.tape.primitives import apply
from fastls.tape.rules.linalg import RULES, mask, or_one, square

rng = np.random.default_rng(5)


def positive(n):
    x = rng.normal(size=(2, n, n))
    return x @ np.swapaxes(x, -1, -2) + np.eye(n)


def normal(*shapes):
    return [rng.normal(size=shape) for shape in shapes]


#: Inputs of each row, and its parameters.
EXAMPLES = {
    "inv": (normal((2, 3, 3)), {}),
    "det": (normal((2, 3, 3)), {}),
    "cofactors": (normal((2, 3, 3)), {}),
    "cofactors_tangent": (normal((2, 3, 3), (2, 3, 3)), {}),
    "logabsdet": (normal((2, 3, 3)), {}),
    "logdet": ([positive(3)], {}),
    "sign_of_det": (normal((2, 3, 3)), {}),
    "solve": (normal((3, 3), (2, 3, 4)), {}),
    "cholesky": ([positive(3)], {}),
    "pinv": (normal((2, 4, 3)), {}),
    "lstsq": (normal((5, 3), (5, 2)), {"rcond": 1e-15}),
    "matrix_rank": (normal((2, 4, 3)), {}),
    "norm": (normal((2, 4, 3)), {"axes": (0, 2)}),
    "or_one": (normal((2, 3)), {}),
}


def test_every_row_has_an_example():
    assert set(EXAMPLES) == {rule.name for rule in RULES}


def inner(us, vs):
    return sum(np.sum(u * v) for u, v in zip(us, vs, strict=True))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
class TestEachRow:
    @pytest.fixture(autouse=True)
    def example(self, rule):
        self.inputs, self.parameters = EXAMPLES[rule.name]
        self.directions = normal(*(x.shape for x in self.inputs))
        if rule.name == "cholesky":  # of a tangent, the symmetric part counts
            self.directions = [d + np.swapaxes(d, -1, -2) for d in self.directions]
        self.tape = record(
            lambda *xs: apply(PRIMITIVES[rule.name], *xs, **self.parameters), *self.inputs,
            argnums=tuple(range(len(self.inputs))),
        )  # fmt: skip

    def value(self, rule, step=0.0):
        at = [x + step * d for x, d in zip(self.inputs, self.directions, strict=True)]
        return rule.value(*at, **self.parameters)

    def test_its_shape_is_that_of_its_value(self, rule):
        shapes = [x.shape for x in self.inputs]
        assert rule.shape(*shapes, **self.parameters) == np.shape(self.value(rule))

    def test_its_tangent_is_that_of_differences(self, rule):
        value, tangent = self.tape.jvp(*self.inputs, tuple(self.directions))
        h = 1e-6
        difference = (self.value(rule, h) - self.value(rule, -h)) / (2.0 * h)
        assert_allclose(value, self.value(rule), rtol=1e-11)
        assert_allclose(tangent, difference, rtol=1e-6, atol=1e-6)

    def test_its_pullback_is_the_transpose(self, rule):
        (cotangent,) = normal(np.shape(self.value(rule)))
        tangent = self.tape.jvp(*self.inputs, tuple(self.directions))[1]
        cotangents = self.tape.vjp(*self.inputs, cotangent)[1]
        assert_allclose(
            inner([cotangent], [tangent]), inner(cotangents, self.directions), rtol=1e-9, atol=1e-12
        )

    def test_it_says_where_it_is_from(self, rule):
        assert rule.source
        assert rule.formula.count("{}") in (0, len(self.inputs))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)], ids=["one", "stacked"])
class TestClosedForms:
    def test_of_log_det(self, shape):
        """d log|det X| = tr(X⁻¹ dX)"""
        x = rng.normal(size=shape)
        found = record(lambda x: np.sum(la.slogdet(x)[1]), x).grad(x)
        assert_allclose(found, np.swapaxes(la.inv(x), -1, -2))

    def test_of_det(self, shape):
        """d det X = det X tr(X⁻¹ dX)"""
        x = rng.normal(size=shape)
        expected = np.asarray(la.det(x))[..., None, None] * np.swapaxes(la.inv(x), -1, -2)
        assert_allclose(record(lambda x: np.sum(la.det(x)), x).grad(x), expected)

    def test_of_the_inverse(self, shape):
        """dX⁻¹ = -X⁻¹ dX X⁻¹"""
        x, dx = rng.normal(size=(2, *shape))
        assert_allclose(record(la.inv, x).jvp(x, dx)[1], -la.inv(x) @ dx @ la.inv(x))

    def test_of_a_solution(self, shape):
        """A dX = dB - dA X"""
        a, b, da, db = rng.normal(size=(4, *shape))
        tape = record(la.solve, a, b, argnums=(0, 1))
        expected = la.solve(a, db - da @ la.solve(a, b))
        assert_allclose(tape.jvp(a, b, (da, db))[1], expected)

    def test_of_cholesky(self, shape):
        """dL Lᵀ + L dLᵀ = dA"""
        a, da = positive(3), rng.normal(size=(2, 3, 3))
        a, da = (a, da) if len(shape) == 3 else (a[0], da[0])
        da = da + np.swapaxes(da, -1, -2)
        factor, tangent = record(la.cholesky, a).jvp(a, da)
        product = tangent @ np.swapaxes(factor, -1, -2)
        assert_allclose(product + np.swapaxes(product, -1, -2), da, atol=1e-12)
        assert_allclose(tangent, np.tril(tangent))

    def test_the_sign_of_a_determinant_has_no_slope(self, shape):
        x = rng.normal(size=shape)
        found = record(lambda x: np.sum(la.slogdet(x).sign * x[..., 0, 0]), x).grad(x)
        expected = np.zeros(shape)
        expected[..., 0, 0] = la.slogdet(x)[0]
        assert_allclose(found, expected)


def test_constants_are_made_once():
    """So that equal nodes are found to be equal."""
    assert mask("lower", 3, 3) is mask("lower", 3, 3)
    assert_allclose(mask("lower, half the diagonal", 2, 2), [[0.5, 0.0], [1.0, 0.5]])


def test_the_divisor_of_a_direction():
    assert_allclose(or_one(np.array([0.0, 2.0, -0.0])), [1.0, 2.0, 1.0])


def test_what_is_not_square_is_refused():
    assert square((5, 2, 2)) == (5, 2, 2)
    for shape in [(2, 3), (2,), ()]:
        with pytest.raises(la.LinAlgError, match="square"):
            square(shape)
