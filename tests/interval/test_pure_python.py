"""The compiled searches and their twins in Python ask for the same points, bit for bit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls.interval.pure_python import TWINS


@st.composite
def problems(draw):
    centre = draw(st.floats(-3, 3))
    power = draw(st.sampled_from([1, 1.5, 2, 3, 4]))
    slope = draw(st.floats(-2, 2))
    height = draw(st.floats(-10, 10))
    a = draw(st.floats(-5, 3))
    width = draw(st.floats(1e-3, 10))
    return lambda x: abs(x - centre) ** power + math.exp(slope * x) + height, a, a + width


@pytest.mark.parametrize("name", TWINS)
@given(problem=problems())
def test_twins(name, problem):
    f, a, b = problem
    asked = []

    def recorded(x):
        asked.append(x)
        return f(x)

    twin = TWINS[name](recorded, a, b)
    found = getattr(fastls, name)().minimize(f, (a, b), trace=True)
    assert found.trace["x"].tolist() == asked
    assert (found.x, found.fun, found.nfev) == twin


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_ends_where_no_tolerance_is_reached(name):
    """At a minimiser of 0 floating point goes on for longer than anyone waits."""
    x, fun, _ = TWINS[name](lambda x: x**2, 0.0, 1e-3, xtol=0.0)
    assert 0.0 <= x < 1e-100
    assert fun == x**2
