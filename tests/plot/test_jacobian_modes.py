"""Times of Jacobians in both modes."""

import numpy as np
import pytest

from fastls import plot
from fastls.plot.jacobian_modes import time_jacobians


def test_rows_are_drawn_as_they_are(ax):
    rows = [(1, 2e-3, 1e-5), (10, 2e-3, 1e-4), (100, 3e-3, 2e-3)]
    plot.jacobian_modes(rows, n=50, ax=ax)
    forward, reverse, mark = ax.lines
    np.testing.assert_array_equal(forward.get_xydata(), [(m, t) for m, t, _ in rows])
    np.testing.assert_array_equal(reverse.get_xydata(), [(m, t) for m, _, t in rows])
    assert list(mark.get_xdata()) == [50, 50]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_what_is_measured_is_positive():
    rows = time_jacobians(n=4, outputs=[1, 8], repeats=1)
    assert [m for m, _, _ in rows] == [1, 8]
    assert all(forward > 0 and reverse > 0 for _, forward, reverse in rows)


def test_no_rows():
    with pytest.raises(ValueError, match="rows must not be empty"):
        plot.jacobian_modes([])
