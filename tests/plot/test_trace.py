"""The points of a search in order, and its bracket below."""

import math

import numpy as np
import pytest

import fastls
from fastls import plot


def f(x):
    return math.exp(x) - 2.0 * x


def phi(alpha):
    return (alpha - 1.0) ** 4, 4.0 * (alpha - 1.0) ** 3


def line(ax, label):
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


@pytest.mark.parametrize("search", [fastls.Dichotomy(1e-3), fastls.GoldenSection(1e-3)])
def test_points_and_brackets_are_those_of_the_trace(search, ax):
    found = search.minimize(f, (-1.0, 2.0), trace=True)
    plot.trace(found, f, ax=ax)
    points = line(ax, "evaluated, in this order")
    np.testing.assert_array_equal(points.get_xdata(), found.trace["x"])
    np.testing.assert_array_equal(points.get_ydata(), [f(x) for x in found.trace["x"]])
    assert line(ax, "returned").get_xydata().tolist() == [[found.x, f(found.x)]]
    curve = line(ax, "f(x)")
    np.testing.assert_array_equal(curve.get_ydata(), [f(x) for x in curve.get_xdata()])
    below = ax.child_axes[0]
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in below.patches]
    np.testing.assert_allclose(bars, np.stack([found.trace["a"], found.trace["b"]], axis=1))
    heights = [bar.get_y() + 0.5 * bar.get_height() for bar in below.patches]
    np.testing.assert_allclose(heights, np.arange(1, len(bars) + 1))
    assert below.yaxis_inverted()


@pytest.mark.parametrize(
    "search", [fastls.Backtracking(), fastls.Zoom(), fastls.MoreThuente(), fastls.HagerZhang()]
)
def test_a_step_search(search, ax):
    found = search.search(phi, alpha=4.0, trace=True)
    plot.trace(found, phi, ax=ax)
    points = line(ax, "evaluated, in this order")
    np.testing.assert_array_equal(points.get_xdata(), found.trace["alpha"])
    np.testing.assert_array_equal(points.get_ydata(), found.trace["value"])
    assert line(ax, "returned").get_xydata().tolist() == [[found.alpha, found.value]]
    assert ax.get_ylabel() == "φ(α)"


def test_numbers_stand_at_their_points_and_never_on_each_other(ax):
    found = fastls.GoldenSection(1e-6).minimize(f, (-1.0, 2.0), trace=True)
    plot.trace(found, f, ax=ax)
    assert len(ax.texts) < len(found.trace)
    for text in ax.texts:
        assert text.xy[0] == found.trace["x"][int(text.get_text()) - 1]
    figure = ax.get_figure()
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_values_that_are_not_finite_are_crosses(ax):
    found = fastls.Backtracking().search(
        lambda a: (phi(a)[0] if a < 2.0 else math.nan, phi(a)[1]), alpha=8.0, trace=True
    )
    plot.trace(found, ax=ax)
    crosses = line(ax, "not finite")
    expected = found.trace["alpha"][np.isnan(found.trace["value"])]
    assert len(expected) > 0
    np.testing.assert_array_equal(crosses.get_xdata(), expected)


@pytest.mark.parametrize("search", [fastls.Brent(), fastls.GoldenSection(), fastls.Parabolic()])
def test_the_function_is_called_401_times_within_the_interval(search, ax):
    found = search.minimize(f, (-1.0, 2.0), trace=True)
    asked = []
    plot.trace(found, lambda x: asked.append(x) or f(x), ax=ax)
    assert len(asked) == 401
    assert (min(asked), max(asked)) == (-1.0, 2.0)


def test_a_function_that_is_not_defined_outside_of_the_interval(ax):
    logarithm = lambda x: x - math.log(x)  # noqa: E731
    found = fastls.Brent().minimize(logarithm, (0.01, 3.0), trace=True)
    plot.trace(found, logarithm, ax=ax)
    curve = line(ax, "f(x)")
    assert curve.get_xdata()[[0, -1]].tolist() == [0.01, 3.0]
    assert np.isfinite(curve.get_ydata()).all()


def test_beyond_a_pole_nothing_is_drawn(ax):
    """The surface of a can of volume 1, by its radius; the pole is at 0."""
    surface = lambda r: 2.0 * math.pi * r**2 + 2.0 / r  # noqa: E731
    found = fastls.Brent().minimize(surface, (0.1, 3.0), trace=True)
    plot.trace(found, surface, ax=ax)
    low, high = ax.get_ylim()
    assert low > -5.0
    assert high < 70.0


@pytest.mark.parametrize("phi", [phi, lambda a: (math.log1p(a) - a, -a / (1.0 + a))])
def test_steps_that_no_search_for_a_step_would_try_are_not_drawn(phi, ax):
    found = fastls.Zoom().search(phi, alpha=0.5, trace=True)
    asked = []
    plot.trace(found, lambda alpha: asked.append(alpha) or phi(alpha), ax=ax)
    assert min(asked) == 0.0
    assert max(asked) == found.trace["alpha"].max()


@pytest.mark.parametrize(
    "undefined",
    [
        lambda x: math.sqrt(x - 1.0),  # raises
        lambda x: 1.0 / max(x - 1.0, 0.0),
        lambda x: math.nan if x < 1.0 else x,
        lambda x: math.inf if x < 1.0 else x,
    ],
)
def test_where_the_function_is_not_defined_the_curve_has_a_gap(undefined, ax):
    found = fastls.Brent().minimize(lambda x: (x - 2.0) ** 2, (0.0, 3.0), trace=True)
    plot.trace(found, undefined, ax=ax)
    curve = line(ax, "f(x)")
    np.testing.assert_array_equal(np.isfinite(curve.get_ydata()), curve.get_xdata() > 1.0)


def test_a_mistake_in_the_function_is_no_gap(ax):
    found = fastls.Brent().minimize(f, (-1.0, 2.0), trace=True)
    with pytest.raises(TypeError):
        plot.trace(found, lambda: 1.0, ax=ax)


def test_minimize_keeps_no_trace():
    found = fastls.minimize(lambda x: x @ x, [1.0, 2.0])
    with pytest.raises(TypeError, match=r"\(minimize keeps no trace\); got a Minimum"):
        plot.trace(found)


def test_a_trace_is_needed():
    with pytest.raises(ValueError, match="trace=True"):
        plot.trace(fastls.Brent().minimize(f, (-1.0, 2.0)), f)
    with pytest.raises(ValueError, match="trace=True"):
        plot.trace(fastls.Zoom().search(phi), phi)
