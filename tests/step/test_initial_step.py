"""The first step of each search, seen in what gradient descent asks for."""

import numpy as np
import pytest

import fastls
from fastls.step.initial_step import RULES


def asked(rule, f, gradient, start, iterations=3):
    """The steps tried, an iteration a row, and the accepted ones, by gradient descent."""
    points, rows = [np.asarray(start, float)], [[]]

    def value(x):
        g = gradient(points[-1])
        if not np.array_equal(x, points[-1]):
            rows[-1].append((points[-1] - x) @ g / (g @ g))
        return f(x)

    def callback(x):
        points.append(x)
        rows.append([])

    fastls.minimize(
        value, start, jac=gradient, callback=callback,
        method=fastls.descent.GradientDescent(fastls.MoreThuente(c2=0.5), rule),
        options={"maxiter": iterations, "gtol": 0.0},
    )  # fmt: skip
    return rows[:-1], points


SCALES = np.array([1.0, 7.0])


def f(x):
    return 0.5 * np.sum(SCALES * x**2) + 0.1 * np.sum(x**4)


def gradient(x):
    return SCALES * x + 0.4 * x**3


START = [1.0, -2.0]


@pytest.mark.parametrize("constant", [0.125, 2.0])
def test_constant(constant):
    rows, _ = asked(constant, f, gradient, START)
    np.testing.assert_allclose([row[0] for row in rows], constant)


def test_previous_keeps_the_first_order_change():
    """Nocedal and Wright, section 3.5."""
    rows, points = asked("previous", f, gradient, START)
    for k in range(1, len(rows)):
        former, now = gradient(points[k - 1]), gradient(points[k])
        assert rows[k][0] == pytest.approx(rows[k - 1][-1] * (former @ former) / (now @ now))


def test_quadratic():
    """Equation 3.60."""
    rows, points = asked("quadratic", f, gradient, START)
    for k in range(1, len(rows)):
        g = gradient(points[k])
        expected = 2.0 * (f(points[k]) - f(points[k - 1])) / -(g @ g)
        assert rows[k][0] == pytest.approx(expected)


def test_barzilai_borwein():
    """<s, s>/<s, y>."""
    rows, points = asked("barzilai-borwein", f, gradient, START)
    for k in range(1, len(rows)):
        s, y = points[k] - points[k - 1], gradient(points[k]) - gradient(points[k - 1])
        assert rows[k][0] == pytest.approx((s @ s) / (s @ y))


def test_hager_zhang():
    """I0: psi0 |x|/|g|; I1: the parabola through the value at psi1 alpha."""
    rows, points = asked("hager-zhang", f, gradient, START)
    first = 0.01 * 2.0 / np.max(np.abs(gradient(points[0])))
    assert rows[0][0] == pytest.approx(first)
    for k in range(1, len(rows)):
        g = gradient(points[k])
        short = 0.1 * rows[k - 1][-1]
        assert rows[k][0] == pytest.approx(short)
        change = f(points[k] - short * g) - f(points[k])
        curvature = (change / short + g @ g) / short
        assert rows[k][1] == pytest.approx((g @ g) / (2.0 * curvature))


def test_hager_zhang_from_zero():
    """I0 where x is zero: psi0 |f|/|g|^2; where f is too, 1."""
    for offset, expected in ((3.0, 0.01 * 3.0 / 2.0), (0.0, 1.0)):
        rows, _ = asked(
            "hager-zhang",
            lambda x, offset=offset: np.sum(x**2 - x) + offset,
            lambda x: 2 * x - 1, [0.0, 0.0], 1,
        )  # fmt: skip
        assert rows[0][0] == pytest.approx(expected)


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"constant", "hager-zhang"}))
def test_the_first_is_of_length_one_at_most(rule):
    rows, points = asked(rule, f, gradient, START, 1)
    assert rows[0][0] == pytest.approx(1.0 / np.linalg.norm(gradient(points[0])))
    rows, _ = asked(rule, lambda x: 0.01 * f(x), lambda x: 0.01 * gradient(x), START, 1)
    assert rows[0][0] == pytest.approx(1.0)
