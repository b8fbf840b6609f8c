"""Errors against calls, and the rates of theory."""

import math

import numpy as np
import pytest

import fastls
from fastls import plot
from fastls.plot.convergence import errors_of, rates

INTERVAL = (-1.0, 3.0)


def f(x):
    return math.exp(x) - 2.0 * x


def by_label(ax):
    return {line.get_label(): line for line in ax.lines}


def test_errors_are_those_of_the_best_point_so_far(ax):
    searches = {"half": fastls.Dichotomy(), "golden": fastls.GoldenSection()}
    plot.convergence(f, INTERVAL, searches, minimiser=math.log(2.0), ax=ax)
    for name, search in searches.items():
        asked = []
        search.minimize(lambda x, asked=asked: asked.append(x) or f(x), INTERVAL)
        best = [min(asked[: n + 1], key=f) for n in range(len(asked))]
        drawn = by_label(ax)[name]
        np.testing.assert_array_equal(drawn.get_xdata(), np.arange(1, len(asked) + 1))
        np.testing.assert_allclose(drawn.get_ydata(), np.abs(np.array(best) - math.log(2.0)))


def test_the_lines_of_theory_are_above_what_they_promise(ax):
    plot.convergence(f, INTERVAL, minimiser=math.log(2.0), ax=ax)
    lines = by_label(ax)
    for name, rate, slope in (
        ("Dichotomy", "0.707ᴺ", math.log(0.5) / 2.0),
        ("GoldenSection", "0.618ᴺ", math.log(2.0 / (1.0 + math.sqrt(5.0)))),
    ):
        x, y = lines[rate].get_data()
        np.testing.assert_allclose(np.diff(np.log(y)) / np.diff(x), slope, rtol=1e-9)
        calls, errors = lines[name].get_data()
        promised = np.exp(np.interp(calls, x, np.log(y)))
        known = errors > 1e-7  # below, values no longer tell points apart
        late = calls >= 4
        assert np.all(errors[known & late] <= promised[known & late])


def test_order_132_multiplies_the_digits():
    calls = np.arange(5, 15)
    digits = -np.log(rates(calls, 1.0)["order 1.32"])
    root = np.roots([1, 0, -1, -1]).real.max()
    np.testing.assert_allclose(digits[1:] / digits[:-1], root)


def test_what_theory_promises_at_a_call():
    found = rates([2, 3], 4.0)
    np.testing.assert_allclose(found["0.707ᴺ"], [1.0, 2.0**-0.5])
    np.testing.assert_allclose(found["0.618ᴺ"], 4.0 * np.array([0.6180339887, 0.3819660113]))


def test_the_default_minimiser_is_the_best_found(ax):
    plot.convergence(lambda x: (x - 1.0) ** 2, (0.0, 3.0), ax=ax)
    assert np.isnan(by_label(ax)["Brent"].get_ydata()).any()  # found exactly: no place on the axis


def test_values_that_are_not_finite_are_never_the_best():
    rows = np.array([(0.0, np.nan), (1.0, 5.0), (2.0, np.nan), (3.0, 4.0)],
                    dtype=[("x", float), ("value", float)])  # fmt: skip
    np.testing.assert_array_equal(errors_of(rows, 4.0), [4.0, 3.0, 3.0, 1.0])


def test_no_searches():
    with pytest.raises(ValueError, match="searches must not be empty"):
        plot.convergence(f, INTERVAL, [])
