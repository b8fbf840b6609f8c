"""A picture of all problems, and one a series, of which every point is drawn."""

import pytest

from bench import pictures
from bench.recording import Recording
from bench.tape_report import TapeReport
from bench.tape_times import Row

pytest.importorskip("matplotlib")


def row(n, **seconds):
    return Row(f"n = {n}", "", n, 0, "a series", seconds, seconds, {}, {})


def test_pictures_of_derivatives(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    drawn = []
    loglog = Axes.loglog

    def seen(self, x, y, **style):
        drawn.append((style["label"], x, y))
        return loglog(self, x, y, **style)

    monkeypatch.setattr(Axes, "loglog", seen)
    rows = [row(10, tape=1e-6, autograd=1e-4), row(100, tape=2e-6)]
    pictures.prepare(tmp_path / "new")
    recording = Recording(10_000, 0.01, 23.0, 30.0)
    pictures.draw_tapes(TapeReport(rows, {}, {}, recording), tmp_path / "new")
    assert drawn == [("tape", (10, 100), (1e-6, 2e-6)), ("autograd", (10,), (1e-4,))]
    made = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert made == ["against_n_1.png", "derivatives.png"]
