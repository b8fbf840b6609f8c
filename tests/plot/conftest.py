"""Axes to draw on, of a figure that pyplot does not know; and none that pyplot keeps."""

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture
def ax():
    from matplotlib.figure import Figure

    return Figure(layout="constrained").subplots()


@pytest.fixture(autouse=True)
def no_figure_is_left_and_no_setting_changed():
    from matplotlib import pyplot

    settings = dict(matplotlib.rcParams)
    before = pyplot.get_fignums()
    yield
    assert pyplot.get_fignums() == before
    assert dict(matplotlib.rcParams) == settings
