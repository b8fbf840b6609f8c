"""The curve, the lines of the conditions, and the steps they accept."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls import plot
from fastls.plot.line import acceptable

CONDITIONS = [
    fastls.Armijo(0.1), fastls.Goldstein(0.2), fastls.Curvature(0.5), fastls.Wolfe(0.1, 0.5),
    fastls.StrongWolfe(0.1, 0.5), fastls.ApproximateWolfe(0.1, 0.5),
]  # fmt: skip
GRID = np.linspace(0.0, 3.6, 401)


def phi(alpha):
    """Both the Armijo and the strong Wolfe set have gaps."""
    value = 1.0 - 0.9 * alpha + 0.25 * alpha**2 - 0.16 * math.sin(4.0 * alpha)
    return value, -0.9 + 0.5 * alpha - 0.64 * math.cos(4.0 * alpha)


def quadratic(alpha):
    return (1.0 - alpha) ** 2, 2.0 * (alpha - 1.0)


def drawn(below, row):
    """The intervals of a strip."""
    boxes = [path.get_extents() for path in below.collections[row].get_paths()]
    return [(box.x0, box.x1) for box in boxes]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: type(c).__name__)
def test_what_is_filled_is_where_the_condition_holds(condition, ax):
    plot.line(phi, condition, alpha_max=3.6, ax=ax)
    filled = drawn(ax.child_axes[0], 0)
    value0, slope0 = phi(0.0)
    for alpha in np.linspace(0.0, 3.6, 1237)[1:]:
        if any(abs(alpha - end) < 1e-9 for interval in filled for end in interval):
            continue
        assert any(low <= alpha <= high for low, high in filled) == condition.holds(
            alpha, *phi(alpha), value0, slope0
        )


@given(c=st.floats(0.01, 0.49))
def test_goldstein_on_a_parabola_in_closed_form(c):
    # 1 - 2 (1 - c) a <= (1 - a)^2 <= 1 - 2 c a  is  2 c <= a <= 2 (1 - c).
    (found,) = acceptable(fastls.Goldstein(c), quadratic, GRID)
    assert found == pytest.approx((2 * c, 2 * (1 - c)), abs=1e-9)


@given(c1=st.floats(0.01, 0.4), c2=st.floats(0.4, 0.99))
def test_wolfe_on_a_parabola_in_closed_form(c1, c2):
    (found,) = acceptable(fastls.Wolfe(c1, c2), quadratic, GRID)
    assert found == pytest.approx((1 - c2, 2 * (1 - c1)), abs=1e-9)
    (found,) = acceptable(fastls.StrongWolfe(c1, c2), quadratic, GRID)
    assert found == pytest.approx((1 - c2, min(1 + c2, 2 * (1 - c1))), abs=1e-9)


def test_nothing_may_be_acceptable(ax):
    plot.line(lambda a: (-a, -1.0), fastls.Curvature(0.5), ax=ax)
    assert drawn(ax.child_axes[0], 0) == []


def test_the_curve_and_the_lines(ax):
    plot.line(phi, [fastls.Armijo(0.1), fastls.Goldstein(0.2)], alpha_max=3.6, ax=ax)
    curve, armijo, steep, flat = ax.lines
    value0, slope0 = phi(0.0)
    for line, expected in (
        (curve, [phi(alpha)[0] for alpha in GRID]),
        (armijo, value0 + 0.1 * slope0 * GRID),
        (steep, value0 + 0.8 * slope0 * GRID),
        (flat, value0 + 0.2 * slope0 * GRID),
    ):
        np.testing.assert_allclose(line.get_xdata(), GRID, rtol=1e-15)
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-13)


def test_the_curvature_is_a_tangent_where_the_slope_is_reached(ax):
    plot.line(quadratic, fastls.Curvature(0.5), alpha_max=2.0, ax=ax)
    _, tangent, point = ax.lines
    (x0, x1), (y0, y1) = tangent.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(0.5 * -2.0)
    np.testing.assert_allclose(point.get_data(), [[0.5], [0.25]], atol=1e-4)


def test_one_condition_is_shaded_over_the_whole_height_and_several_have_strips(ax):
    plot.line(quadratic, fastls.Goldstein(0.25), alpha_max=2.0, ax=ax)
    (span,) = ax.patches  # besides the curve: one interval
    assert (span.get_x(), span.get_x() + span.get_width()) == pytest.approx((0.5, 1.5))


def test_strips_are_named(ax):
    plot.line(phi, CONDITIONS[:2], ax=ax)
    labels = [label.get_text() for label in ax.child_axes[0].get_yticklabels()]
    assert labels == ["Armijo(c₁=0.1)", "Goldstein(c=0.2)"]
    assert not ax.patches


def test_a_slope_by_itself_and_a_ray_are_as_good(ax):
    from matplotlib.figure import Figure

    tape = fastls.record(lambda x: np.sum((x - 1.0) ** 2), np.zeros(1))
    ray = tape.along(np.zeros(1), np.ones(1))
    plot.line(ray, fastls.Wolfe(), alpha_max=2.0, ax=ax)
    other = Figure().subplots()
    plot.line(
        lambda a: quadratic(a)[0], fastls.Wolfe(), dphi=lambda a: quadratic(a)[1], alpha_max=2.0,
        ax=other,
    )  # fmt: skip
    for one, two in zip(ax.lines, other.lines, strict=True):
        np.testing.assert_allclose(one.get_ydata(), two.get_ydata(), atol=1e-12)


@pytest.mark.parametrize(
    ("keys", "error", "message"),
    [
        ({"alpha_max": 0.0}, ValueError, "alpha_max must be positive"),
        ({"alpha_max": math.inf}, ValueError, "alpha_max must be positive"),
        ({"points": 1}, ValueError, "points must be at least 2"),
        ({"conditions": []}, ValueError, "conditions must not be empty"),
    ],
)
def test_what_is_wrong_is_said_before_a_figure_is_made(keys, error, message):
    with pytest.raises(error, match=message):
        plot.line(quadratic, **keys)


def test_a_value_without_a_slope_is_not_enough():
    with pytest.raises(TypeError, match="phi must return"):
        plot.line(lambda alpha: alpha)


def test_what_phi_raises_comes_through():
    with pytest.raises(ZeroDivisionError):
        plot.line(lambda alpha: 1 / 0)
