"""The table of the ufuncs of scipy.special, row by row.

The derivatives are compared with those that mpmath computes to 40 digits.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fastls.tape.graph import Graph
from fastls.tape.rules.special import UNKNOWN, rows
from fastls.tape.trace import Tracer, as_node
from fastls.tape.transforms import NotDifferentiableError, pullback, pushforward

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


# What the functions are, to mpmath. The names are those of scipy.special.

m = mpmath


def inverse_of_gammainc(a, p):
    start = special.gammaincinv(float(a), float(p))
    return m.findroot(lambda x: m.gammainc(a, 0, x, regularized=True) - p, start)


DEFINITIONS = {
    "gamma": m.gamma,
    "rgamma": m.rgamma,
    "gammaln": m.loggamma,
    "loggamma": m.loggamma,
    "psi": lambda x: m.psi(0, x),
    "_zeta": m.zeta,
    "poch": m.rf,
    "beta": m.beta,
    "betaln": lambda a, b: m.log(m.beta(a, b)),
    "gammainc": lambda a, x: m.gammainc(a, 0, x, regularized=True),
    "gammaincc": lambda a, x: m.gammainc(a, x, regularized=True),
    "gammaincinv": inverse_of_gammainc,
    "betainc": lambda a, b, x: m.betainc(a, b, 0, x, regularized=True),
    "erf": m.erf,
    "erfc": m.erfc,
    "erfcx": lambda x: m.exp(x * x) * m.erfc(x),
    "erfi": m.erfi,
    "dawsn": lambda x: m.sqrt(m.pi) / 2 * m.exp(-x * x) * m.erfi(x),
    "erfinv": m.erfinv,
    "erfcinv": lambda x: m.erfinv(1 - x),
    "stdtr": lambda n, x: (
        0.5
        + x
        * m.gamma((n + 1) / 2)
        / (m.sqrt(n * m.pi) * m.gamma(n / 2))
        * m.hyp2f1(0.5, (n + 1) / 2, 1.5, -x * x / n)
    ),
    "ndtr": m.ncdf,
    "ndtri": lambda p: m.sqrt(2) * m.erfinv(2 * p - 1),
    "log_ndtr": lambda x: m.log(m.ncdf(x)),
    "expit": lambda x: 1 / (1 + m.exp(-x)),
    "logit": lambda x: m.log(x / (1 - x)),
    "log_expit": lambda x: -m.log(1 + m.exp(-x)),
    "xlogy": lambda a, b: a * m.log(b),
    "xlog1py": lambda a, b: a * m.log(1 + b),
    "entr": lambda x: -x * m.log(x),
    "rel_entr": lambda a, b: a * m.log(a / b),
    "kl_div": lambda a, b: a * m.log(a / b) - a + b,
    "boxcox": lambda x, a: (x**a - 1) / a,
    "huber": lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2),
    "pseudo_huber": lambda d, r: d * d * (m.sqrt(1 + (r / d) ** 2) - 1),
    "exprel": lambda x: m.expm1(x) / x,
    "hyp1f1": m.hyp1f1,
    "expm1": m.expm1,
    "exp2": lambda x: m.mpf(2) ** x,
    "exp10": lambda x: m.mpf(10) ** x,
    "log1p": m.log1p,
    "cosm1": lambda x: m.cos(x) - 1,
    "cbrt": m.cbrt,
    "sindg": lambda x: m.sin(m.radians(x)),
    "cosdg": lambda x: m.cos(m.radians(x)),
    "expi": m.ei,
    "exp1": m.e1,
    "spence": lambda x: m.polylog(2, 1 - x),
    "j0": lambda x: m.besselj(0, x),
    "j1": lambda x: m.besselj(1, x),
    "jv": m.besselj,
    "y0": lambda x: m.bessely(0, x),
    "y1": lambda x: m.bessely(1, x),
    "yv": m.bessely,
    "yn": m.bessely,
    "i0": lambda x: m.besseli(0, x),
    "i1": lambda x: m.besseli(1, x),
    "iv": m.besseli,
    "i0e": lambda x: m.exp(-abs(x)) * m.besseli(0, x),
    "i1e": lambda x: m.exp(-abs(x)) * m.besseli(1, x),
    "ive": lambda n, x: m.exp(-abs(x)) * m.besseli(n, x),
    "k0": lambda x: m.besselk(0, x),
    "k1": lambda x: m.besselk(1, x),
    "kv": m.besselk,
    "kn": m.besselk,
    "k0e": lambda x: m.exp(x) * m.besselk(0, x),
    "k1e": lambda x: m.exp(x) * m.besselk(1, x),
    "kve": lambda n, x: m.exp(x) * m.besselk(n, x),
}

TABLE = rows(special)
PARTIALS = [
    pytest.param(ufunc, place, domains, id=f"{ufunc.__name__}, argument {place}")
    for ufunc, partials, _, domains in TABLE
    for place, partial in enumerate(partials)
    if partial is not UNKNOWN
]
MISSING = [
    pytest.param(ufunc, place, domains, id=f"{ufunc.__name__}, argument {place}")
    for ufunc, partials, _, domains in TABLE
    for place, partial in enumerate(partials)
    if partial is UNKNOWN
]


def sample(domains, count=4):
    generator = np.random.default_rng(len(domains))
    return [generator.uniform(*domain, size=count) for domain in domains]


def of_argument(ufunc, arguments, place):
    """ufunc as a function of one argument, the others fixed."""
    return lambda x: ufunc(*arguments[:place], x, *arguments[place + 1 :])


def exact(ufunc, arguments, place, order):
    definition = DEFINITIONS[ufunc.__name__]
    found = []
    with mpmath.workdps(40):
        for point in zip(*arguments, strict=True):
            point = [mpmath.mpf(float(p)) for p in point]
            g = of_argument(definition, point, place)
            found.append(float(mpmath.re(mpmath.diff(g, point[place], order))))
    return np.array(found)


@pytest.mark.parametrize(("ufunc", "place", "domains"), PARTIALS)
class TestEachPartialDerivative:
    def test_is_that_of_mpmath(self, ufunc, place, domains):
        arguments = sample(domains)
        forward, reverse = slopes(of_argument(ufunc, arguments, place), arguments[place])
        assert_allclose(reverse, forward, rtol=1e-14)
        expected = exact(ufunc, arguments, place, 1)
        assert_allclose(forward, expected, rtol=1e-11, atol=1e-13)

    def test_has_a_derivative_itself(self, ufunc, place, domains):
        arguments = sample(domains)
        f = of_argument(ufunc, arguments, place)
        forward, reverse = slopes(slope(f), arguments[place])
        assert_allclose(reverse, forward, rtol=1e-12, atol=1e-13)
        expected = exact(ufunc, arguments, place, 2)
        assert_allclose(forward, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("ufunc", "place", "domains"), MISSING)
def test_a_derivative_that_is_not_known_raises_when_asked_for(ufunc, place, domains):
    arguments = sample(domains)
    with pytest.raises(NotDifferentiableError, match=f"{ufunc.__name__}.*argument {place}"):
        slopes(of_argument(ufunc, arguments, place), arguments[place])


def test_autograd_agrees():
    autograd = pytest.importorskip("autograd")
    theirs = pytest.importorskip("autograd.scipy.special")
    for name in ("gamma", "gammaln", "psi", "erf", "erfc", "erfinv", "logit", "expit", "i0", "i1",
                 "j0", "j1", "y0", "y1"):  # fmt: skip
        x = np.array([0.3, 0.7])
        ours, _ = slopes(getattr(special, name), x)
        expected = autograd.elementwise_grad(getattr(theirs, name))(x)
        assert_allclose(ours, expected, rtol=1e-10, err_msg=name)


# Far out, and at the corners.


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        pytest.param("expit", 800.0, 0.0, id="expit, overflow"),
        pytest.param("log_expit", -800.0, 1.0, id="log_expit, overflow"),
        pytest.param("log_ndtr", -1e4, 1e4, id="log_ndtr, far left"),
        pytest.param("log_ndtr", 50.0, 0.0, id="log_ndtr, far right"),
        pytest.param("erfcx", 1e8, -1 / (np.sqrt(np.pi) * 1e16), id="erfcx, far right"),
        pytest.param("dawsn", -1e8, -0.5e-16, id="dawsn, far left"),
        pytest.param("exprel", 0.0, 0.5, id="exprel at 0"),
        pytest.param("i1", 0.0, 0.5, id="i1 at 0"),
        pytest.param("j1", 0.0, 0.5, id="j1 at 0"),
    ],
)
def test_slopes_neither_cancel_nor_overflow(name, x, expected):
    forward, reverse = slopes(getattr(special, name), np.array(x))
    assert_allclose([forward, reverse], expected, rtol=1e-7, atol=1e-300)


@pytest.mark.parametrize("name", ["xlogy", "rel_entr"])
def test_nought_log_nought_has_no_slope_in_the_logarithm(name):
    forward, _ = slopes(lambda y: getattr(special, name)(0.0, y), np.array([0.0, 2.0]))
    assert_allclose(forward, 0.0)


# Arguments that are not differentiated.


def test_constant_arguments_may_be_python_numbers():
    forward, _ = slopes(lambda x: special.jv(0, x), np.array([0.5]))
    assert_allclose(forward, -special.j1(0.5))


def test_an_order_that_is_an_argument_too_costs_nothing_unless_differentiated():
    graph = Graph()
    a, x = (graph.input((), np.array(value)) for value in (2.0, 1.0))
    y = as_node(graph, special.gammainc(Tracer(graph, a), Tracer(graph, x)))
    (found,) = pullback(graph, [x], [y], [graph.constant(1.0)])
    assert_allclose(graph.value(found), np.exp(-1.0))
