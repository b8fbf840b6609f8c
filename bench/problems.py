"""The functions that are minimised, with their intervals and minimisers."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

Function = Callable[[float], float]


class Problem(NamedTuple):
    """A function on an interval, its minimiser, and local minimisers where there are more."""

    family: str
    name: str
    f: Function
    a: float
    b: float
    minimiser: float
    others: tuple[float, ...] = ()

    def nearest(self, x: float) -> float:
        """The minimiser, global or local, that is nearest to x."""
        return min((self.minimiser, *self.others), key=lambda minimiser: abs(x - minimiser))


def parabola(x: float) -> float:
    return (x - 2.0) * (x - 2.0)


def poles(x: float) -> float:
    """Brent (1973), section 5.6: twenty poles, a minimum between any two of them."""
    return sum(((2 * i - 5) / (x - i * i)) ** 2 for i in range(1, 21))


# The minimisers as printed by Trilinos' ROL (ScalarMinimizationTest01), after Brent's table.
BRENT_MINIMISERS = [
    3.022915347273, 6.683753560808, 11.238701655002, 19.676000080623, 29.828227326505,
    41.906116195289, 55.953595800143, 71.985665586588, 90.008868539167, 110.026532748330,
    132.040551671841, 156.052114446618, 182.062060429367, 210.071101002434, 240.080048316579,
    272.090266917927, 306.105123343120, 342.136945443932, 380.268709696605,
]  # fmt: skip

# Burkardt's test suite of local_min, with the calls its output prints.
BURKARDT: list[tuple[str, Function, float, float, float, int]] = [
    ("(x-2)²+1", lambda x: (x - 2) ** 2 + 1, 0.0, math.pi, 2.0, 6),
    ("x²+exp(-x)", lambda x: x * x + math.exp(-x), 0.0, 1.0, 0.351733711249196, 9),
    ("x⁴+2x²+x+3", lambda x: x**4 + 2 * x * x + x + 3, -2.0, 2.0, -0.236732903864563, 12),
    ("exp(x)+1/(100x)", lambda x: math.exp(x) + 0.01 / x, 1e-4, 1.0, 0.0953446172002587, 14),
    (
        "exp(x)-2x+…",
        lambda x: math.exp(x) - 2 * x + 0.01 / x - 1e-6 / x**2,
        2e-4, 2.0, 0.703204840363136, 11,
    ),
    (
        "-x sin(10πx)-1",
        lambda x: -x * math.sin(10 * math.pi * x) - 1,
        1.8, 1.9, 1.85054746605892, 9,
    ),
    (
        "kink + parabola",
        lambda x: max(-2 * (x - 1), 8 * (x - 1)) + 25 * (x - 1) ** 2,
        -1.2, 2.7, 1.0, 38,
    ),
]  # fmt: skip


# Roots of the derivatives, in 30 digits (mpmath) from the data in double precision.
RIDGE_WEIGHTS = (-2.13150871388, (-1.34221577155,))
BOX_COX = -0.21107167199


def ridge_weight() -> Problem:
    """The weight of a ridge regression on scikit-learn's diabetes data: x is log10 lambda.

    The function is generalised cross-validation (Golub, Heath & Wahba, 1979), after one singular
    value decomposition: a real objective, of some 3 µs a value. It has two minima, of 3003.970
    and 3004.205; a search for one of them may end at either.
    """
    from sklearn.datasets import load_diabetes

    data, target = load_diabetes(return_X_y=True)
    data = data - data.mean(axis=0)
    target = target - target.mean()
    left, singular, _ = np.linalg.svd(data, full_matrices=False)
    squares, loads = singular**2, left.T @ target
    rest = float(target @ target - loads @ loads)
    count = len(target)

    def cross_validation(x: float) -> float:
        kept = squares / (squares + 10.0**x)
        residual = rest + float(((1.0 - kept) * loads) @ ((1.0 - kept) * loads))
        return count * residual / (count - 1.0 - float(kept.sum())) ** 2

    return Problem(
        "real data", "ridge weight (GCV, diabetes)", cross_validation, -6, 1, *RIDGE_WEIGHTS
    )


def box_cox() -> Problem:
    """The Box-Cox exponent of a column of scikit-learn's breast cancer data, by its likelihood."""
    from sklearn.datasets import load_breast_cancer

    column = load_breast_cancer().data[:, 3]  # mean area
    logs = np.log(column)
    total = float(logs.sum())
    count = len(column)

    def likelihood(x: float) -> float:
        powers = np.expm1(x * logs) / x if x != 0.0 else logs
        return 0.5 * count * math.log(float(powers.var())) - (x - 1.0) * total

    return Problem("real data", "Box-Cox exponent (mean area)", likelihood, -2, 2, BOX_COX)


def problems() -> Iterator[Problem]:
    """Every problem whose data are here."""
    yield Problem("simple", "(x-2)² on [0, 3]", parabola, 0.0, 3.0, 2.0)
    for row, minimiser in enumerate(BRENT_MINIMISERS, 1):
        ends = row**2 + 1e-9, (row + 1) ** 2 - 1e-9
        yield Problem("Brent 1973", f"poles {row}, {row + 1}", poles, *ends, minimiser)
    for name, f, a, b, minimiser, _ in BURKARDT:
        yield Problem("Burkardt", name, f, a, b, minimiser)
    try:
        yield ridge_weight()
        yield box_cox()
    except ImportError:
        return
