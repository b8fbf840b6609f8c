"""What all pictures share: whose axes are drawn on, and what happens without matplotlib."""

import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb

import fastls
from fastls import plot
from fastls.plot.axes import PALETTE, first_number, legend_above, named, new_axes, styles


def f(x):
    return (x - 1.0) ** 2


def phi(alpha):
    return (alpha - 1.0) ** 2, 2.0 * (alpha - 1.0)


DRAW = {
    "line": lambda **keys: plot.line(phi, alpha_max=2.0, **keys),
    "trace": lambda **keys: plot.trace(
        fastls.Brent().minimize(f, (0.0, 3.0), trace=True), f, **keys
    ),
    "convergence": lambda **keys: plot.convergence(f, (0.0, 3.0), **keys),
    "contours": lambda **keys: plot.contours(
        lambda x: x @ x, lambda x: 2 * x, [1.0, 2.0], {"constant": 0.1}, **keys
    ),
    "graph": lambda **keys: plot.graph(fastls.record(np.sin, 1.0), **keys),
    "jacobian_modes": lambda **keys: plot.jacobian_modes([(1, 2.0, 1.0)], **keys),
    "memory": lambda **keys: plot.memory([("a", 1.0, 1.0)], **keys),
    "times": lambda **keys: plot.times([("a", "b", 1.0, "")], **keys),
}


def test_every_picture_is_here():
    assert set(DRAW) == set(plot.__all__)


@pytest.mark.parametrize("name", DRAW)
def test_axes_given_are_drawn_on_and_returned(name, ax):
    assert DRAW[name](ax=ax) is ax
    assert ax.has_data()


@pytest.mark.parametrize("name", DRAW)
def test_without_axes_there_is_one_new_figure(name):
    before = pyplot.get_fignums()
    ax = DRAW[name]()
    (number,) = set(pyplot.get_fignums()) - set(before)
    assert pyplot.figure(number) is ax.get_figure()
    pyplot.close(number)


@pytest.mark.parametrize("name", DRAW)
def test_nothing_lies_outside_the_figure(name):
    ax = DRAW[name]()
    figure = ax.get_figure()
    figure.canvas.draw()
    box, whole = figure.get_tightbbox(), figure.bbox_inches
    pyplot.close(figure)
    assert box.x0 > whole.x0 - 0.02
    assert box.y0 > whole.y0 - 0.02
    assert box.x1 < whole.x1 + 0.02
    assert box.y1 < whole.y1 + 0.02


WITHOUT = """
import sys
sys.modules["matplotlib"] = None
import fastls.plot
try:
    fastls.plot.memory([("a", 1.0, 1.0)])
except ImportError as error:
    print(error)
"""


def test_without_matplotlib_the_error_says_what_to_install():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert "pip install fastls[plot]" in done.stdout


def test_importing_fastls_and_its_pictures_imports_no_matplotlib():
    code = "import sys, fastls, fastls.plot; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_axes_are_made_only_where_none_are_given(ax):
    assert new_axes(ax) is ax


def luminance(colour):
    """CIE lightness, 0 to 100, from sRGB (IEC 61966-2-1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
    return 116.0 * y ** (1 / 3) - 16.0 if y > 0.008856 else 903.3 * y


def test_neighbours_in_the_palette_differ_in_grey():
    lightness = [luminance(colour) for colour in PALETTE[:6]]
    assert min(abs(np.diff(lightness))) > 9


def test_styles_differ_without_colour():
    found = list(islice(styles(), len(PALETTE)))
    assert len({(style.marker, style.hatch) for style in found}) == len(PALETTE)
    assert next(islice(styles(), len(PALETTE), None)).colour == PALETTE[0]


def test_a_legend_needs_labels(ax):
    legend_above(ax)
    assert ax.get_legend() is None


@pytest.mark.parametrize("value", [1.5, (1.5, 2.0), [1.5, 2.0], np.float64(1.5)])
def test_the_value_with_or_without_its_slope(value):
    assert first_number(value) == 1.5


def test_names():
    one, two = fastls.Brent(), fastls.Brent(xtol=1e-3)
    assert named(one, "searches") == {"Brent": one}
    assert named([one, two], "searches") == {"Brent": one, "Brent 2": two}
    assert named({"mine": two}, "searches") == {"mine": two}
    with pytest.raises(ValueError, match="searches must not be empty"):
        named([], "searches")


def test_the_pictures_need_no_import_of_their_own():
    code = "import sys, fastls; print('fastls.plot' in sys.modules, fastls.plot.trace.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False trace\n"


def test_another_name_that_fastls_has_not_is_an_error():
    with pytest.raises(AttributeError, match="module 'fastls' has no attribute 'plots'"):
        fastls.plots  # noqa: B018
