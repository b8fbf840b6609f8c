"""The test problems of Moré, Garbow & Hillstrom: minimise f(x) = r₁(x)² + … + rₘ(x)².

J. J. Moré, B. S. Garbow and K. E. Hillstrom, Testing unconstrained optimization software,
ACM Transactions on Mathematical Software 7 (1981), pages 17-41. Each problem has here its own
function, with the paper's number in its docstring, and gives in the paper's order the residuals
(b), the standard starting point (c) and the published minima of f (d); the dimension (a) is the
length of the starting point. Subscripts count from one, as in the paper. The minima are as
printed there: cut off after six digits, not rounded.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Map = Callable[[FloatArray], FloatArray]


class LeastSquares(NamedTuple):
    """A sum of squares, its starting point, its least value if known, and its other minima."""

    name: str
    residuals: Map
    jacobian: Map
    start: FloatArray
    minimum: float | None = 0.0
    others: tuple[float, ...] = ()

    def value(self, x: FloatArray) -> float:
        """The sum of the squared residuals."""
        residuals = self.residuals(x)
        return float(residuals @ residuals)

    def gradient(self, x: FloatArray) -> FloatArray:
        """The gradient of the sum, from the Jacobian of the residuals."""
        return 2.0 * (self.residuals(x) @ self.jacobian(x))

    @property
    def dimension(self) -> int:
        """The number of variables."""
        return len(self.start)


def explicit(
    name: str,
    residuals: Callable[..., Any],
    derivatives: Callable[..., Any],
    start: list[float],
    minimum: float = 0.0,
    *others: float,
) -> LeastSquares:
    """A problem written in x1, x2, …: its residuals, and their derivatives by each of these."""
    return LeastSquares(
        name,
        lambda x: np.asarray(residuals(*x)),
        lambda x: np.array(derivatives(*x)).T,
        np.array(start),
        minimum,
        others,
    )


def count(n: int) -> FloatArray:
    """The numbers 1, 2, …, n."""
    return np.arange(1.0, n + 1.0)


def rosenbrock(name: str, n: int) -> LeastSquares:
    """1 and, for any even n, 21."""
    odd = np.arange(0, n, 2)

    def residuals(x: FloatArray) -> FloatArray:
        x1, x2 = x.reshape(-1, 2).T
        return np.stack((10 * (x2 - x1**2), 1 - x1), axis=1).ravel()

    def jacobian(x: FloatArray) -> FloatArray:
        result = np.zeros((n, n))
        result[odd, odd], result[odd, odd + 1] = -20 * x[odd], 10.0
        result[odd + 1, odd] = -1.0
        return result

    return LeastSquares(name, residuals, jacobian, np.tile([-1.2, 1.0], n // 2))


def freudenstein_roth() -> LeastSquares:
    """2. The second minimum is local, near (11.41, -0.8968): most methods end there."""
    return explicit(
        "Freudenstein & Roth",
        lambda x1, x2: [
            -13 + x1 + ((5 - x2) * x2 - 2) * x2,
            -29 + x1 + ((x2 + 1) * x2 - 14) * x2,
        ],
        lambda x1, x2: [[1, 1], [(10 - 3 * x2) * x2 - 2, (3 * x2 + 2) * x2 - 14]],
        [0.5, -2.0], 0.0, 48.9842,
    )  # fmt: skip


def powell_badly_scaled() -> LeastSquares:
    """3."""
    return explicit(
        "Powell badly scaled",
        lambda x1, x2: [1e4 * x1 * x2 - 1, np.exp(-x1) + np.exp(-x2) - 1.0001],
        lambda x1, x2: [[1e4 * x2, -np.exp(-x1)], [1e4 * x1, -np.exp(-x2)]],
        [0.0, 1.0],
    )  # fmt: skip


def brown_badly_scaled() -> LeastSquares:
    """4."""
    return explicit(
        "Brown badly scaled",
        lambda x1, x2: [x1 - 1e6, x2 - 2e-6, x1 * x2 - 2],
        lambda x1, x2: [[1, 0, x2], [0, 1, x1]],
        [1.0, 1.0],
    )  # fmt: skip


def beale() -> LeastSquares:
    """5."""
    i, y = count(3), np.array([1.5, 2.25, 2.625])
    return explicit(
        "Beale",
        lambda x1, x2: y - x1 * (1 - x2**i),
        lambda x1, x2: [x2**i - 1, x1 * i * x2 ** (i - 1)],
        [1.0, 1.0],
    )  # fmt: skip


def jennrich_sampson() -> LeastSquares:
    """6, with m = 10."""
    i = count(10)
    return explicit(
        "Jennrich & Sampson",
        lambda x1, x2: 2 + 2 * i - (np.exp(i * x1) + np.exp(i * x2)),
        lambda x1, x2: [-i * np.exp(i * x1), -i * np.exp(i * x2)],
        [0.3, 0.4], 124.362,
    )  # fmt: skip


def helical_valley() -> LeastSquares:
    """7. The angle counts in turns from the axis of x1; it jumps at the negative axis of x2."""
    return explicit(
        "Helical valley",
        lambda x1, x2, x3: [
            10 * (x3 - 10 * (0.25 + np.arctan2(-x1, x2) / (2 * np.pi))),
            10 * (np.hypot(x1, x2) - 1),
            x3,
        ],
        lambda x1, x2, x3: [
            [50 / np.pi * x2 / (x1**2 + x2**2), 10 * x1 / np.hypot(x1, x2), 0],
            [-50 / np.pi * x1 / (x1**2 + x2**2), 10 * x2 / np.hypot(x1, x2), 0],
            [10, 0, 1],
        ],
        [-1.0, 0.0, 0.0],
    )


BARD = np.array(
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
)


def bard() -> LeastSquares:
    """8. The second value is the limit as x2 and x3 go to minus infinity."""
    u = count(15)
    v = 16 - u
    w = np.minimum(u, v)
    return explicit(
        "Bard",
        lambda x1, x2, x3: BARD - (x1 + u / (v * x2 + w * x3)),
        lambda x1, x2, x3: np.vstack((-np.ones(15), [v, w] * u / (v * x2 + w * x3) ** 2)),
        [1.0, 1.0, 1.0], 8.21487e-3, 17.4286,
    )  # fmt: skip


GAUSSIAN = np.array([0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989])


def gaussian() -> LeastSquares:
    """9. The data are symmetric."""
    t, y = (8 - count(15)) / 2, np.append(GAUSSIAN, GAUSSIAN[-2::-1])
    return explicit(
        "Gaussian",
        lambda x1, x2, x3: x1 * np.exp(-x2 * (t - x3) ** 2 / 2) - y,
        lambda x1, x2, x3: (
            np.exp(-x2 * (t - x3) ** 2 / 2)
            * [np.ones(15), -x1 * (t - x3) ** 2 / 2, x1 * x2 * (t - x3)]
        ),
        [0.4, 1.0, 0.0], 1.12793e-8,
    )  # fmt: skip


MEYER = np.array([
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0,
    8261.0, 7030.0, 6005.0, 5147.0, 4427.0, 3820.0, 3307.0, 2872.0,
])  # fmt: skip


def meyer() -> LeastSquares:
    """10."""
    t = 45 + 5 * count(16)
    return explicit(
        "Meyer",
        lambda x1, x2, x3: x1 * np.exp(x2 / (t + x3)) - MEYER,
        lambda x1, x2, x3: (
            np.exp(x2 / (t + x3)) * [np.ones(16), x1 / (t + x3), -x1 * x2 / (t + x3) ** 2]
        ),
        [0.02, 4000.0, 250.0], 87.9458,
    )  # fmt: skip


def gulf() -> LeastSquares:
    """11, with m = 99. The paper's "y m i x2" is to be read as y - x2."""
    t = count(99) / 100
    y = 25 + (-50 * np.log(t)) ** (2 / 3)

    def derivatives(x1: float, x2: float, x3: float) -> list[FloatArray]:
        distance = np.abs(y - x2)
        power = distance**x3 / x1
        slope = power * np.exp(-power)
        return [slope / x1, slope * x3 / (y - x2), -slope * np.log(distance)]

    return explicit(
        "Gulf research and development",
        lambda x1, x2, x3: np.exp(-(np.abs(y - x2) ** x3) / x1) - t,
        derivatives,
        [5.0, 2.5, 0.15],
    )  # fmt: skip


def box() -> LeastSquares:
    """12, with m = 10."""
    t = count(10) / 10
    c = np.exp(-t) - np.exp(-10 * t)
    return explicit(
        "Box three-dimensional",
        lambda x1, x2, x3: np.exp(-t * x1) - np.exp(-t * x2) - x3 * c,
        lambda x1, x2, x3: [-t * np.exp(-t * x1), t * np.exp(-t * x2), -c],
        [0.0, 10.0, 20.0],
    )  # fmt: skip


def powell_singular(name: str, n: int) -> LeastSquares:
    """13 and, for any multiple n of four, 22."""
    first = np.arange(0, n, 4)

    def residuals(x: FloatArray) -> FloatArray:
        x1, x2, x3, x4 = x.reshape(-1, 4).T
        parts = (x1 + 10 * x2, 5**0.5 * (x3 - x4), (x2 - 2 * x3) ** 2, 10**0.5 * (x1 - x4) ** 2)
        return np.stack(parts, axis=1).ravel()

    def jacobian(x: FloatArray) -> FloatArray:
        x1, x2, x3, x4 = x.reshape(-1, 4).T
        result = np.zeros((n, n))
        result[first, first], result[first, first + 1] = 1.0, 10.0
        result[first + 1, first + 2], result[first + 1, first + 3] = 5**0.5, -(5**0.5)
        result[first + 2, first + 1] = 2 * (x2 - 2 * x3)
        result[first + 2, first + 2] = -4 * (x2 - 2 * x3)
        result[first + 3, first] = 2 * 10**0.5 * (x1 - x4)
        result[first + 3, first + 3] = -2 * 10**0.5 * (x1 - x4)
        return result

    return LeastSquares(name, residuals, jacobian, np.tile([3.0, -1.0, 0.0, 1.0], n // 4))


def wood() -> LeastSquares:
    """14."""
    a, b = 90**0.5, 10**0.5
    return explicit(
        "Wood",
        lambda x1, x2, x3, x4: [
            10 * (x2 - x1**2), 1 - x1, a * (x4 - x3**2), 1 - x3, b * (x2 + x4 - 2), (x2 - x4) / b
        ],
        lambda x1, x2, x3, x4: [
            [-20 * x1, -1, 0, 0, 0, 0],
            [10, 0, 0, 0, b, 1 / b],
            [0, 0, -2 * a * x3, -1, 0, 0],
            [0, 0, a, 0, b, -1 / b],
        ],
        [-3.0, -1.0, -3.0, -1.0],
    )  # fmt: skip


KOWALIK_U = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
KOWALIK_Y = np.array([
    0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246,
])  # fmt: skip


def kowalik_osborne() -> LeastSquares:
    """15. The second value is a limit at infinity, as x2 goes to -14.07."""
    u = KOWALIK_U

    def derivatives(x1: float, x2: float, x3: float, x4: float) -> list[FloatArray]:
        below = u**2 + u * x3 + x4
        ratio = (u**2 + u * x2) / below
        return [-ratio, -x1 * u / below, x1 * ratio * u / below, x1 * ratio / below]

    return explicit(
        "Kowalik & Osborne",
        lambda x1, x2, x3, x4: KOWALIK_Y - x1 * (u**2 + u * x2) / (u**2 + u * x3 + x4),
        derivatives,
        [0.25, 0.39, 0.415, 0.39], 3.07505e-4, 1.02734e-3,
    )  # fmt: skip


def brown_dennis() -> LeastSquares:
    """16, with m = 20."""
    t = count(20) / 5

    def derivatives(x1: float, x2: float, x3: float, x4: float) -> list[FloatArray]:
        a, b = 2 * (x1 + t * x2 - np.exp(t)), 2 * (x3 + x4 * np.sin(t) - np.cos(t))
        return [a, a * t, b, b * np.sin(t)]

    return explicit(
        "Brown & Dennis",
        lambda x1, x2, x3, x4: (
            (x1 + t * x2 - np.exp(t)) ** 2 + (x3 + x4 * np.sin(t) - np.cos(t)) ** 2
        ),
        derivatives,
        [25.0, 5.0, -5.0, -1.0], 85822.2,
    )  # fmt: skip


OSBORNE_1 = np.array([
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
    0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
    0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
])  # fmt: skip


def osborne_1() -> LeastSquares:
    """17."""
    t = 10 * (count(33) - 1)
    return explicit(
        "Osborne 1",
        lambda x1, x2, x3, x4, x5: OSBORNE_1 - (x1 + x2 * np.exp(-t * x4) + x3 * np.exp(-t * x5)),
        lambda x1, x2, x3, x4, x5: [
            -np.ones(33), -np.exp(-t * x4), -np.exp(-t * x5),
            x2 * t * np.exp(-t * x4), x3 * t * np.exp(-t * x5),
        ],
        [0.5, 1.5, -1.0, 0.01, 0.02], 5.46489e-5,
    )  # fmt: skip


def biggs() -> LeastSquares:
    """18, with m = 13. The second value is that of a local minimum."""
    t = count(13) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return explicit(
        "Biggs EXP6",
        lambda x1, x2, x3, x4, x5, x6: (
            x3 * np.exp(-t * x1) - x4 * np.exp(-t * x2) + x6 * np.exp(-t * x5) - y
        ),
        lambda x1, x2, x3, x4, x5, x6: [
            -t * x3 * np.exp(-t * x1), t * x4 * np.exp(-t * x2),
            np.exp(-t * x1), -np.exp(-t * x2), -t * x6 * np.exp(-t * x5), np.exp(-t * x5),
        ],
        [1.0, 2.0, 1.0, 1.0, 1.0, 1.0], 0.0, 5.65565e-3,
    )  # fmt: skip


OSBORNE_2 = np.array([
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
    0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
    0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
    0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
    0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
])  # fmt: skip


def osborne_2() -> LeastSquares:
    """19. A decay and three bells, of the heights x1 … x4, rates x5 … x8, centres x9 … x11."""
    t = (count(65) - 1) / 10

    def residuals(x: FloatArray) -> FloatArray:
        bells = np.exp(-x[5:8, None] * (t - x[8:, None]) ** 2)
        return np.asarray(OSBORNE_2 - x[0] * np.exp(-t * x[4]) - x[1:4] @ bells)

    def jacobian(x: FloatArray) -> FloatArray:
        decay, away = np.exp(-t * x[4]), t - x[8:, None]
        bells = np.exp(-x[5:8, None] * away**2)
        high = x[1:4, None] * bells
        by_rate, by_centre = high * away**2, -2 * x[5:8, None] * high * away
        return np.vstack((-decay, -bells, x[0] * t * decay, by_rate, by_centre)).T

    start = np.array([1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5])
    return LeastSquares("Osborne 2", residuals, jacobian, start, 4.01377e-2)


def watson(n: int = 6) -> LeastSquares:
    """20. Residual 31 is the formula of the first 29 at t = 0; residual 30, here last, is x1."""
    powers = np.vander(np.arange(30.0) / 29, n, increasing=True)
    slopes = np.hstack((np.zeros((30, 1)), powers[:, :-1] * count(n - 1)))
    return LeastSquares(
        "Watson",
        lambda x: np.append(slopes @ x - (powers @ x) ** 2 - 1, x[0]),
        lambda x: np.vstack((slopes - 2 * (powers @ x)[:, None] * powers, np.eye(n)[0])),
        np.zeros(n),
        {6: 2.28767e-3, 9: 1.39976e-6, 12: 4.72238e-10}.get(n),
    )


def penalty_1(n: int = 10) -> LeastSquares:
    """23."""
    return LeastSquares(
        "Penalty I",
        lambda x: np.append(1e-5**0.5 * (x - 1), x @ x - 0.25),
        lambda x: np.vstack((1e-5**0.5 * np.eye(n), 2 * x)),
        count(n),
        {4: 2.24997e-5, 10: 7.08765e-5}.get(n),
    )


def penalty_2(n: int = 10) -> LeastSquares:
    """24."""
    scale, weights = 1e-5**0.5, n + 1 - count(n)
    pairs = np.eye(n)[1:] + np.eye(n)[:-1]
    y = pairs @ np.exp(count(n) / 10)

    def residuals(x: FloatArray) -> FloatArray:
        e = np.exp(x / 10)
        middle = scale * np.append(pairs @ e - y, e[1:] - np.exp(-0.1))
        return np.concatenate(([x[0] - 0.2], middle, [weights @ x**2 - 1]))

    def jacobian(x: FloatArray) -> FloatArray:
        e = scale / 10 * np.exp(x / 10)
        return np.vstack((np.eye(n)[0], pairs * e, np.eye(n)[1:] * e, 2 * weights * x))

    minimum = {4: 9.37629e-6, 10: 2.93660e-4}.get(n)
    return LeastSquares("Penalty II", residuals, jacobian, np.full(n, 0.5), minimum)


def variably_dimensioned(n: int = 10) -> LeastSquares:
    """25."""
    j = count(n)
    return LeastSquares(
        "Variably dimensioned",
        lambda x: np.append(x - 1, [j @ (x - 1), (j @ (x - 1)) ** 2]),
        lambda x: np.vstack((np.eye(n), j, 2 * (j @ (x - 1)) * j)),
        1 - j / n,
    )


def trigonometric(n: int = 10) -> LeastSquares:
    """26. The second value, for n = 10, is that of a local minimum: most methods end there."""
    i = count(n)
    return LeastSquares(
        "Trigonometric",
        lambda x: n - np.cos(x).sum() + i * (1 - np.cos(x)) - np.sin(x),
        lambda x: np.sin(x) + np.diag(i * np.sin(x) - np.cos(x)),
        np.full(n, 1 / n),
        others=(2.79506e-5,) if n == 10 else (),
    )


def brown_almost_linear(n: int = 10) -> LeastSquares:
    """27. The second value is that at (0, …, 0, n + 1)."""

    def jacobian(x: FloatArray) -> FloatArray:
        without = np.prod(np.where(np.eye(n) == 1, 1.0, x), axis=1)  # the products of all but one
        return np.vstack((1 + np.eye(n)[:-1], without))

    return LeastSquares(
        "Brown almost-linear",
        lambda x: np.append(x[:-1] + x.sum() - (n + 1), x.prod() - 1),
        jacobian,
        np.full(n, 0.5),
        others=(1.0,),
    )


def discrete_boundary_value(n: int = 10) -> LeastSquares:
    """28."""
    h = 1 / (n + 1)
    t = h * count(n)
    differences = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    return LeastSquares(
        "Discrete boundary value",
        lambda x: differences @ x + h**2 / 2 * (x + t + 1) ** 3,
        lambda x: differences + np.diag(1.5 * h**2 * (x + t + 1) ** 2),
        t * (t - 1),
    )


def discrete_integral_equation(n: int = 10) -> LeastSquares:
    """29. The two sums of the paper are one, with a symmetric kernel."""
    h = 1 / (n + 1)
    t = h * count(n)
    kernel = h / 2 * np.minimum.outer(t, t) * (1 - np.maximum.outer(t, t))
    return LeastSquares(
        "Discrete integral equation",
        lambda x: x + kernel @ (x + t + 1) ** 3,
        lambda x: np.eye(n) + 3 * kernel * (x + t + 1) ** 2,
        t * (t - 1),
    )


def broyden_tridiagonal(n: int = 10) -> LeastSquares:
    """30."""
    neighbours = np.eye(n, k=-1) + 2 * np.eye(n, k=1)
    return LeastSquares(
        "Broyden tridiagonal",
        lambda x: (3 - 2 * x) * x - neighbours @ x + 1,
        lambda x: np.diag(3 - 4 * x) - neighbours,
        np.full(n, -1.0),
    )


def broyden_banded(n: int = 10) -> LeastSquares:
    """31. The band has five below the diagonal, and one above."""
    band = np.tri(n, k=1) - np.tri(n, k=-6) - np.eye(n)
    return LeastSquares(
        "Broyden banded",
        lambda x: x * (2 + 5 * x**2) + 1 - band @ (x * (1 + x)),
        lambda x: np.diag(2 + 15 * x**2) - band * (1 + 2 * x),
        np.full(n, -1.0),
    )


def linear(name: str, matrix: FloatArray, minimum: float) -> LeastSquares:
    """32, 33, 34."""
    start = np.ones(matrix.shape[1])
    return LeastSquares(name, lambda x: matrix @ x - 1, lambda x: matrix, start, minimum)


def linear_problems(n: int = 10, m: int = 20) -> list[LeastSquares]:
    """32, of full rank, then 33, of rank one, and 34, the same with zero columns and rows."""
    rows, columns = count(m), count(n)
    inner = np.outer(np.append(rows[:-1] - 1, 0), np.concatenate(([0], columns[1:-1], [0])))
    rank_1, zeros = m * (m - 1) / (2 * (2 * m + 1)), (m**2 + 3 * m - 6) / (2 * (2 * m - 3))
    return [
        linear("Linear, full rank", np.eye(m, n) - 2 / m, m - n),
        linear("Linear, rank 1", np.outer(rows, columns), rank_1),
        linear("Linear, rank 1 with zero columns and rows", inner, zeros),
    ]


def chebyquad(n: int = 8) -> LeastSquares:
    """35, with m = n: the means of the shifted Chebyshev polynomials less their integrals."""
    i = count(n)
    integrals = np.where(i % 2 == 0, -1 / (np.maximum(i, 2) ** 2 - 1), 0)
    derivatives = chebyshev.chebder(np.eye(n + 1))[:, 1:]  # of T1, T2, …, in T0, T1, …
    return LeastSquares(
        "Chebyquad",
        lambda x: chebyshev.chebvander(2 * x - 1, n)[:, 1:].mean(axis=0) - integrals,
        lambda x: 2 / n * (chebyshev.chebvander(2 * x - 1, n - 1) @ derivatives).T,
        i / (n + 1),
        {8: 3.51687e-3, 10: 6.50395e-3}.get(n, 0.0 if n < 10 else None),
    )


def problems() -> list[LeastSquares]:
    """All 35, in the paper's order."""
    return [
        rosenbrock("Rosenbrock", 2), freudenstein_roth(), powell_badly_scaled(),
        brown_badly_scaled(), beale(), jennrich_sampson(), helical_valley(), bard(), gaussian(),
        meyer(), gulf(), box(), powell_singular("Powell singular", 4), wood(), kowalik_osborne(),
        brown_dennis(), osborne_1(), biggs(), osborne_2(), watson(),
        rosenbrock("Extended Rosenbrock", 10), powell_singular("Extended Powell singular", 12),
        penalty_1(), penalty_2(), variably_dimensioned(), trigonometric(), brown_almost_linear(),
        discrete_boundary_value(), discrete_integral_equation(), broyden_tridiagonal(),
        broyden_banded(), *linear_problems(), chebyquad(),
    ]  # fmt: skip
