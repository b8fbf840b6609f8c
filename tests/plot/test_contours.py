"""Gradient descent with several searches."""

import numpy as np
import pytest

import fastls
from fastls import plot
from fastls.plot.contours import GRID, descend

A = np.diag([1.0, 10.0])


def f(x):
    return 0.5 * x @ A @ x


def grad(x):
    return A @ x


def test_paths_are_those_of_descend(ax):
    searches = {"exact": fastls.Brent(), "constant": 0.1, "Wolfe": fastls.Zoom()}
    plot.contours(f, grad, [10.0, 1.0], searches, steps=7, ax=ax)
    for line, search in zip(ax.lines, searches.values(), strict=True):
        np.testing.assert_array_equal(
            line.get_xydata(), descend(f, grad, [10.0, 1.0], search, steps=7)
        )
    assert [line.get_label() for line in ax.lines][1] == "constant, 7 steps"


def test_exact_steps_from_the_worst_start_in_closed_form():
    # From (kappa, 1), exact descent shrinks x by (kappa - 1)/(kappa + 1), alternating in sign
    # (Nocedal and Wright 2006, section 3.3; Luenberger).
    path = descend(f, grad, [10.0, 1.0], fastls.Brent(xtol=1e-10), steps=6)
    ratio = 9.0 / 11.0
    powers = ratio ** np.arange(7)
    expected = np.stack([10.0 * powers, powers * (-1.0) ** np.arange(7)], axis=1)
    np.testing.assert_allclose(path, expected, atol=1e-5)


def test_a_constant_step_in_closed_form():
    path = descend(f, grad, [1.0, 1.0], 0.05, steps=5)
    k = np.arange(6)
    np.testing.assert_allclose(path, np.stack([0.95**k, 0.5**k], axis=1))


@pytest.mark.parametrize("search", [fastls.Backtracking(), fastls.Zoom(), fastls.MoreThuente()])
def test_every_step_of_a_search_goes_down(search):
    path = descend(f, grad, [10.0, 1.0], search, steps=10)
    assert np.all(np.diff([f(x) for x in path]) < 0)


def test_a_tape_needs_no_gradient():
    tape = fastls.record(f, np.ones(2))
    for search in (0.1, fastls.Zoom(), fastls.Brent()):
        np.testing.assert_allclose(
            descend(tape, None, [1.0, 1.0], search, 5), descend(f, grad, [1.0, 1.0], search, 5),
            atol=1e-6,
        )  # fmt: skip


def test_descent_ends_at_a_minimiser_and_when_it_diverges():
    assert len(descend(f, grad, [0.0, 0.0], 0.1, steps=5)) == 1
    assert np.isfinite(descend(f, grad, [1.0, 1.0], 1e9, steps=500)).all()


def test_contours_are_those_of_the_function(ax):
    plot.contours(f, grad, [10.0, 1.0], 0.1, xlim=(-1.0, 1.0), ylim=(-2.0, 2.0), ax=ax)
    assert ax.get_xlim() == (-1.0, 1.0)
    assert ax.get_ylim() == (-2.0, 2.0)
    (drawn,) = [each for each in ax.collections if hasattr(each, "levels")]
    cell = 4.0 / (GRID - 1)
    for level, path in zip(drawn.levels, drawn.get_paths(), strict=True):
        for point in path.vertices:
            assert f(point) == pytest.approx(level, abs=0.5 * 10.0 * cell**2)


def test_mistakes():
    with pytest.raises(ValueError, match=r"x0 must have the shape \(2,\); got \(3,\)"):
        plot.contours(f, grad, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="grad may be None where f is a tape only"):
        plot.contours(f, None, [1.0, 2.0])
