"""Special functions of NumPy, and how the table of scipy.special is reached.

The derivatives are compared with those that mpmath computes to 60 digits.
"""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fastls.tape import special as tape_special
from fastls.tape.graph import Graph
from fastls.tape.refusals import TracingError
from fastls.tape.trace import Tracer, as_node
from fastls.tape.transforms import pullback, pushforward

special = pytest.importorskip("scipy.special")
mpmath = pytest.importorskip("mpmath")


def slopes(f, x):
    """f'(x) of an elementwise f, in forward and in reverse mode."""
    graph = Graph()
    node = graph.input(np.shape(x), x)
    output = as_node(graph, f(Tracer(graph, node)))
    ones = graph.constant(np.ones(np.shape(x)))
    found = [transform(graph, [node], [output], [ones])[0] for transform in (pushforward, pullback)]
    return [np.zeros(np.shape(x)) if y is None else np.array(graph.value(y)) for y in found]


def slope(f):
    """f' as a function of traced values."""

    def derivative(x):
        ones = x.graph.constant(np.ones(x.shape))
        (found,) = pullback(x.graph, [x.node], [as_node(x.graph, f(x))], [ones])
        return Tracer(x.graph, found)

    return derivative


# NumPy's own.


class TestSinc:
    def test_value(self):
        graph = Graph()
        x = np.array([-1.5, 0.0, 0.3])
        y = np.sinc(Tracer(graph, graph.input((3,), x)))
        assert_allclose(graph.value(y.node), np.sinc(x))

    @pytest.mark.parametrize("order", [1, 2, 3, 6])
    @pytest.mark.parametrize("x", [1e-9, 1e-3, 0.3, 0.6, 1.0, -2.7, 50.3])
    def test_derivatives_of_every_order(self, x, order):
        with mpmath.workdps(60):
            expected = mpmath.diff(lambda t: mpmath.sincpi(t), mpmath.mpf(x), order)
        assert_allclose(tape_special.sinc(x, order), float(expected), atol=1e-13 * np.pi**order)

    def test_at_0(self):
        first, _ = slopes(np.sinc, np.array(0.0))
        second, _ = slopes(slope(np.sinc), np.array(0.0))
        assert_allclose([first, second], [0.0, -(np.pi**2) / 3])


class TestI0:
    X = np.array([-7.0, 0.0, 1e-3, 1.0, 30.0, 700.0])

    def test_its_slope_is_i1(self):
        forward, reverse = slopes(np.i0, self.X)
        assert_allclose([forward, reverse], [special.i1(self.X)] * 2, rtol=1e-13, atol=1e-15)

    def test_its_second_derivative(self):
        forward, _ = slopes(slope(np.i0), self.X)
        expected = 0.5 * (special.i0(self.X) + special.iv(2, self.X))
        assert_allclose(forward, expected, rtol=1e-13)


# How the table is reached.


def test_scipy_is_not_imported():
    code = "import sys, fastls.tape.special; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_table_is_read_when_a_ufunc_is_first_seen():
    code = (
        "import numpy as np, scipy.special\n"
        "from fastls.tape import tape\n"
        "from fastls.tape.trace import UFUNCS\n"
        "assert scipy.special.erf not in UFUNCS\n"
        "tape.record(scipy.special.erf, 1.0)\n"
        "assert scipy.special.erf in UFUNCS\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_ufunc_without_a_rule_is_named():
    graph = Graph()
    with pytest.raises(TracingError, match="struve"):
        special.struve(1.0, Tracer(graph, graph.input(())))


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "polygamma"])
def test_python_functions_of_scipy_that_convert_their_arguments_raise(name):
    f = getattr(special, name)
    graph = Graph()
    x = Tracer(graph, graph.input((3,), np.ones(3)))
    with pytest.raises(TracingError, match="array"):
        f(1, x) if name == "polygamma" else f(x)
