"""Memory against time."""

import numpy as np
import pytest

from fastls import plot

ROWS = [("all", 8e6, 1.0), ("some", 1e6, 1.5), ("worse", 2e6, 2.0), ("few", 1e5, 3.0)]


def test_a_point_a_row_and_the_least_time_for_a_memory(ax):
    plot.memory(ROWS, ax=ax)
    frontier, *points = ax.lines
    for point, (label, size, seconds) in zip(points, ROWS, strict=True):
        assert point.get_label() == label
        np.testing.assert_array_equal(point.get_xydata(), [[size, seconds]])
    np.testing.assert_array_equal(frontier.get_xydata(), [(1e5, 3.0), (1e6, 1.5), (8e6, 1.0)])
    assert len({point.get_marker() for point in points}) == len(ROWS)


@pytest.mark.parametrize("row", [("a", 0.0, 1.0), ("a", 1.0, -1.0), ("a", float("nan"), 1.0)])
def test_what_has_no_logarithm(row):
    with pytest.raises(ValueError, match="bytes and seconds must be positive"):
        plot.memory([row])


def test_no_rows():
    with pytest.raises(ValueError, match="rows must not be empty"):
        plot.memory([])
