"""Brent's method against his own problems, Burkardt's counts, and SciPy's implementation."""

import itertools
import math

import pytest

from fastls import Brent, Status

# f(x) = sum of ((2i - 5)/(x - i**2))**2 for i = 1 to 20, between its poles: Brent (1973), section
# 5.6; minimisers and minima as printed by Trilinos' ROL (ScalarMinimizationTest01).
BRENT_1973 = [
    (3.022915347273, 3.676699016902),
    (6.683753560808, 1.111850009953),
    (11.238701655002, 1.218221763710),
    (19.676000080623, 2.162110310859),
    (29.828227326505, 3.032290519285),
    (41.906116195289, 3.758385647665),
    (55.953595800143, 4.355410383600),
    (71.985665586588, 4.848295956302),
    (90.008868539167, 5.258758539974),
    (110.026532748330, 5.603652429540),
    (132.040551671841, 5.895603797597),
    (156.052114446618, 6.143886154210),
    (182.062060429367, 6.355076459340),
    (210.071101002434, 6.533366200285),
    (240.080048316579, 6.680363984933),
    (272.090266917927, 6.793853836546),
    (306.105123343120, 6.863498105345),
    (342.136945443932, 6.853902463098),
    (380.268709695605, 6.600847048074),
]


def poles(x):
    return sum(((2 * i - 5) / (x - i * i)) ** 2 for i in range(1, 21))


@pytest.mark.parametrize("row", range(1, 20))
def test_brents_table(row):
    interval = (row**2 + 1e-9, (row + 1) ** 2 - 1e-9)
    found = Brent().minimize(poles, interval)
    x, fun = BRENT_1973[row - 1]
    assert found.status == Status.CONVERGED
    assert found.x == pytest.approx(x, rel=3e-8)
    assert found.fun == pytest.approx(fun, rel=1e-12)


def test_calls_on_brents_table():
    """As many as procedure localmin takes with epsilon = sqrt(eps) and t = 0: 183."""
    calls = [
        Brent().minimize(poles, (row**2 + 1e-9, (row + 1) ** 2 - 1e-9)).nfev for row in range(1, 20)
    ]
    assert calls == [11, 11, 12, 10, 10, 10, 10, 10] + 11 * [9]
    assert sum(calls) == 183


# The test suite of Burkardt's local_min, with the calls its output prints.
BURKARDT = [
    (lambda x: (x - 2) ** 2 + 1, (0, math.pi), 2, 6),
    (lambda x: x * x + math.exp(-x), (0, 1), 0.351733718597, 9),
    (lambda x: x**4 + 2 * x * x + x + 3, (-2, 2), -0.236732904668, 12),
    (lambda x: math.exp(x) + 1 / (100 * x), (1e-4, 1), 0.095344621771, 14),
    (
        lambda x: math.exp(x) - 2 * x + 1 / (100 * x) - 1e-6 / x**2,
        (2e-4, 2),
        0.703204840347,
        11,
    ),
    (lambda x: -x * math.sin(10 * math.pi * x) - 1, (1.8, 1.9), 1.850547466103, 9),
    (lambda x: max(-2 * (x - 1), 8 * (x - 1)) + 25 * (x - 1) ** 2, (-1.2, 2.7), 1, 38),
]


@pytest.mark.parametrize(("f", "interval", "minimiser", "calls"), BURKARDT)
def test_burkardts_suite(f, interval, minimiser, calls):
    """His tolerance is eps |x| + sqrt(eps)."""
    found = Brent(xtol=3 * 2.0**-26, rtol=2.0**-52).minimize(f, interval)
    assert found.nfev == calls
    assert found.x == pytest.approx(minimiser, abs=1e-7)


@pytest.mark.parametrize("row", range(1, 20))
def test_no_more_calls_than_scipy(row):
    optimize = pytest.importorskip("scipy.optimize")
    bounds = (row**2 + 1e-9, (row + 1) ** 2 - 1e-9)
    theirs = optimize.minimize_scalar(poles, bounds=bounds, options={"xatol": 1e-8})
    assert Brent().minimize(poles, bounds).nfev <= theirs.nfev


@pytest.mark.parametrize(
    ("f", "interval", "minimiser", "minimum"),
    [  # DAMath's t_damttm
        (lambda x: math.cosh(x) * math.cos(x) + 1, (8, 11), 10.21017612281303, -9607.99919672067),
        (lambda x: math.cosh(x) * math.cos(x) + 1, (0, 7), 3.92660231204792, -16.9512244081415),
        (lambda x: math.cosh(x) * math.cos(x) + 1, (14, 19), 16.4933614313464, None),
        (lambda x: math.cosh(x) * math.cos(x) + 1, (20, 24), 22.776546738526, None),
        (math.gamma, (1, 2), 1.46163214496836, None),
    ],
)
def test_damaths_table(f, interval, minimiser, minimum):
    found = Brent().minimize(f, interval)
    assert found.x == pytest.approx(minimiser, rel=3e-8)
    if minimum is not None:
        assert found.fun == pytest.approx(minimum, rel=1e-13)


def test_argmins_example():
    """Closed form -2 (5 - log 2); argmin takes 13 evaluations, to 4e-6."""
    found = Brent().minimize(lambda x: math.exp(-x) - math.exp(5 - x / 2), (-10, 10))
    assert found.x == pytest.approx(-2 * (5 - math.log(2)), rel=3e-8)
    assert found.nfev == 14


def test_with_a_middle_the_search_begins_there():
    found = Brent().minimize(math.cosh, (-1, 0.25, 2), trace=True)
    assert found.trace["x"][0] == 0.25


def test_no_two_points_are_nearer_than_the_tolerance():
    found = Brent(xtol=3e-3, rtol=0).minimize(lambda x: abs(x - 1 / 3), (0, 1), trace=True)
    points = sorted(found.trace["x"])
    assert min(later - sooner for sooner, later in itertools.pairwise(points)) >= 1e-3 * (1 - 1e-9)


def test_a_minimum_at_an_end_is_approached_to_within_the_tolerance():
    found = Brent().minimize(lambda x: x, (0, 1))
    assert found.success
    assert 0 < found.x < 1e-8
