"""How many digits are right: against mpmath, exact sums and known minimisers.

Errors of functions are in units of the last place of the exact result, those of sums in roundings
(2^-53) of the sum of the sizes of their terms. The bounds are what was found, rounded up;
docs/reliability.md has the table.
"""

import math

import mpmath
import numpy as np
import pytest

import fastls
from fastls import StrongWolfe

ROUNDING = 2.0**-53


def ulps(found, exact):
    """The worst error in units of the last place."""
    errors = []
    for ours, theirs in zip(np.ravel(found).tolist(), exact, strict=True):
        place = math.ulp(float(theirs))
        errors.append(float(abs(mpmath.mpf(ours) - theirs) / place))
    return max(errors)


def spread(least, most, count=100):
    """Numbers of every size, and of both signs."""
    sizes = np.geomspace(least, most, count)
    return np.concatenate([-sizes[::-1], sizes])


def logistic(x, exp=np.exp):
    return 1.0 / (1.0 + exp(-x))


def softplus(x):
    return np.logaddexp(0.0, x)


# In NumPy, in mpmath, its derivative there, where, and the worst errors of both in units of the
# last place. Where a derivative is made of the value (1 - y², y + 1), it is accurate absolutely:
# the range ends where that shows.
FUNCTIONS = {
    "exp": (np.exp, mpmath.exp, mpmath.exp, spread(1e-12, 700.0), 1.0, 1.0),
    "tanh": (np.tanh, mpmath.tanh, lambda x: mpmath.sech(x) ** 2, spread(1e-9, 1.0), 1.5, 4.0),
    "log1p": (np.log1p, mpmath.log1p, lambda x: 1 / (1 + x), spread(1e-12, 0.99), 1.5, 50.0),
    "expm1": (np.expm1, mpmath.expm1, mpmath.exp, spread(1e-12, 1.0), 1.0, 3.0),
    "log": (np.log, mpmath.log, lambda x: 1 / x, np.geomspace(1e-300, 1e300, 200), 1.0, 1.0),
    "sin": (np.sin, mpmath.sin, mpmath.cos, spread(1e-9, 1e4), 1.0, 1.0),
    "cos": (np.cos, mpmath.cos, lambda x: -mpmath.sin(x), spread(1e-9, 1e4), 1.0, 1.0),
    "sinh": (np.sinh, mpmath.sinh, mpmath.cosh, spread(1e-9, 700.0), 1.5, 1.5),
    "arctan": (np.arctan, mpmath.atan, lambda x: 1 / (1 + x * x), spread(1e-9, 1e9), 1.0, 2.5),
    "sqrt": (
        np.sqrt, mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x)), np.geomspace(1e-300, 1e300, 200),
        0.5, 1.5,
    ),
    "logaddexp": (
        softplus, lambda x: mpmath.log1p(mpmath.exp(x)), lambda x: 1 / (1 + mpmath.exp(-x)),
        spread(1e-9, 700.0), 1.5, 40.0,
    ),
    "logistic": (
        logistic, lambda x: logistic(x, mpmath.exp),
        lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2, spread(1e-9, 300.0), 2.0, 5.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_functions_and_derivatives(row):
    """As arrays, in blocks of which vectorised loops take one after the other; and as numbers."""
    f, exact, derivative, x, value_ulps, derivative_ulps = row
    with mpmath.workdps(60):
        points = [mpmath.mpf(each) for each in x.tolist()]
        values, slopes = [exact(each) for each in points], [derivative(each) for each in points]
        tape, number = fastls.record(f, x), fastls.record(f, 0.5)
        assert ulps(tape(x), values) <= value_ulps
        assert ulps([number(each) for each in x.tolist()], values) <= value_ulps
        assert ulps(tape.vjp(x, np.ones_like(x))[1], slopes) <= derivative_ulps
        assert ulps([number.grad(each) for each in x.tolist()], slopes) <= derivative_ulps


# The function, its terms, and its worst error. Sums are NumPy's, by pairs; in an inner product,
# BLAS adds in a few parts.
TERMS = {
    "sum": (np.sum, lambda x: x, 4.0),
    "sum of squares": (lambda x: np.sum(x**2), lambda x: x * x, 4.0),
    "inner product": (lambda x: x @ x, lambda x: x * x, 40.0),
    "sum in blocks": (lambda x: np.sum(np.exp(x) * x + x), lambda x: np.exp(x) * x + x, 4.0),
}


@pytest.mark.parametrize("terms", TERMS.values(), ids=TERMS.keys())
@pytest.mark.parametrize("size", [9, 1000, 10**5, 10**6])
@pytest.mark.parametrize("cancelling", [False, True])
def test_long_sums_are_as_accurate_as_numpys(terms, size, cancelling):
    """Pairwise, with an error that grows with log n at most, not with n."""
    f, of, roundings = terms
    rng = np.random.default_rng(size)
    x = rng.normal(size=size) * 10 ** rng.uniform(-3, 0, size) if cancelling else rng.random(size)
    d = rng.normal(size=size)
    tape = fastls.record(f, x)
    exact, whole = math.fsum(of(x)), math.fsum(abs(of(x)))
    ray = tape.along(x, d)
    for found in (tape(x), tape.value_and_grad(x)[0], ray(0.0)[0], ray.value(0.0)):
        assert abs(found - exact) <= roundings * ROUNDING * whole
    products = tape.grad(x) * d
    for slope in (ray(0.0)[1], tape.jvp(x, d)[1]):
        assert abs(slope - math.fsum(products)) <= 16.0 * ROUNDING * math.fsum(abs(products))


@pytest.mark.parametrize(
    "search",
    [fastls.Dichotomy(xtol=0), fastls.GoldenSection(xtol=0), fastls.Parabolic(), fastls.Brent()],
    ids=lambda search: type(search).__name__,
)
def test_values_alone_find_a_minimiser_to_the_root_of_the_rounding(search):
    """A difference of h changes cosh by h²/2, which is seen where it exceeds the rounding."""
    for centre in np.linspace(0.3, 2.7, 25):
        found = search.minimize(lambda x, c: math.cosh(x - c), (0.0, 3.0), args=(centre,))
        assert found.success
        assert abs(found.x - centre) <= 2.0 * math.sqrt(2.0 * ROUNDING) + 1.5e-8 * centre


@pytest.mark.parametrize(
    "search",
    [
        fastls.Zoom(c1=1e-14, c2=1e-13),
        fastls.MoreThuente(c1=1e-14, c2=1e-13),
        fastls.Backtracking(StrongWolfe(1e-14, 1e-13), interpolation="cubic"),
    ],
    ids=lambda search: type(search).__name__,
)
def test_slopes_find_a_minimiser_to_the_rounding(search):
    for centre in np.linspace(0.3, 2.7, 25):
        found = search.search(lambda a, c: (math.cosh(a - c), math.sinh(a - c)), args=(centre,))
        assert found.success
        assert abs(found.alpha - centre) <= 1e-13 * math.sinh(centre) + 4.0 * ROUNDING * centre


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("method", ["lbfgs", "cg", "newton-cg"])
def test_gradients_find_a_minimiser_to_the_rounding(method, recorded):
    centre = np.linspace(0.3, 2.7, 20)

    def f(x):
        return np.sum(np.cosh(x - centre))

    jac = None if recorded else lambda x: np.sinh(x - centre)
    options = {"gtol": 1e-12} | ({"ftol": 0.0} if method == "lbfgs" else {})
    found = fastls.minimize(f, np.zeros(20), jac=jac, method=method, options=options)
    np.testing.assert_allclose(found.x, centre, atol=2e-12)
