"""Bars of times, grouped."""

import math

import pytest

from fastls import plot

ROWS = [
    ("golden", "C", 1e-6, "40 calls"), ("golden", "Python", 2e-5, ""),
    ("Brent", "C", 5e-7, ""), ("Brent", "Python", math.nan, ""),
]  # fmt: skip


def test_bars_end_at_their_times(ax):
    plot.times(ROWS, ax=ax)
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends[:3] == pytest.approx([1e-6, 2e-5, 5e-7])
    assert ax.patches[3].get_width() == 0
    assert [text.get_text() for text in ax.texts] == ["40 calls", "", "", "failed"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["golden", "Brent"]


def test_who_it_was_is_told_once_and_by_the_same_pattern(ax):
    plot.times(ROWS, ax=ax)
    assert ax.get_legend_handles_labels()[1] == ["C", "Python"]
    patterns = [(bar.get_facecolor(), bar.get_hatch()) for bar in ax.patches]
    assert patterns[:2] == patterns[2:]
    assert patterns[0] != patterns[1]


def test_all_may_have_failed(ax):
    plot.times(ROWS[3:], ax=ax)
    assert ax.texts[0].get_text() == "failed"


def test_no_rows():
    with pytest.raises(ValueError, match="rows must not be empty"):
        plot.times([])
