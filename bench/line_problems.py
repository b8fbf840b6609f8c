"""Functions of one variable to search for a step on: a value and a slope, from 0 on.

Where Python's mathematics raises, a function here is not finite, as it would be in NumPy: +inf for
an overflow, NaN outside its domain.
"""

import math
from collections.abc import Callable
from math import cos, exp, inf, log, nan, pi, sin, sqrt, tanh
from typing import NamedTuple

Function = Callable[[float], float]

#: The steps tried first in the tables of Moré and Thuente.
STARTS = (1e-3, 1e-1, 1e1, 1e3)


class LineProblem(NamedTuple):
    """A function and its derivative."""

    name: str
    phi: Function
    dphi: Function

    def fused(self, alpha: float) -> tuple[float, float]:
        return self.phi(alpha), self.dphi(alpha)


class Table(NamedTuple):
    """A table of Moré and Thuente: evaluations and steps as printed, one for each of STARTS."""

    problem: LineProblem
    c1: float
    c2: float
    published: tuple[int, ...]
    steps: tuple[str, ...]


def problem(name: str, phi: Function, dphi: Function) -> LineProblem:
    return LineProblem(name, guarded(phi), guarded(dphi))


def guarded(f: Function) -> Function:
    """The function, with numbers that are not finite in place of exceptions."""

    def value(alpha: float) -> float:
        try:
            return f(alpha)
        except OverflowError:
            return inf
        except (ValueError, ZeroDivisionError):
            return nan

    return value


# Moré and Thuente (1994), section 5: functions, constants, evaluations and steps printed.

B2, B3, WAVES = 0.004, 0.01, 39 * pi / 2


def rounded_corner(a: float) -> float:
    if abs(a - 1) >= B3:
        return abs(a - 1)
    return (a - 1) ** 2 / (2 * B3) + B3 / 2


def yanai(b1: float, b2: float) -> tuple[Function, Function]:
    """Two hyperbolas, around 0 and 1 (Yanai, Ozawa and Kaneko 1981)."""
    left, right = sqrt(1 + b2 * b2) - b2, sqrt(1 + b1 * b1) - b1
    return (
        lambda a: right * sqrt((1 - a) ** 2 + b2 * b2) + left * sqrt(a * a + b1 * b1),
        lambda a: right * (a - 1) / sqrt((1 - a) ** 2 + b2 * b2) + left * a / sqrt(a * a + b1 * b1),
    )


def more_thuente() -> list[Table]:
    """The six tables."""
    rational = problem(
        "1 rational", lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2
    )
    quintic = problem(
        "2 quintic",
        lambda a: (a + B2) ** 5 - 2 * (a + B2) ** 4,
        lambda a: (a + B2) ** 3 * (5 * (a + B2) - 8),
    )
    waves = problem(
        "3 waves",
        lambda a: rounded_corner(a) + (1 - B3) / WAVES * sin(WAVES * a),
        lambda a: max(-1.0, min((a - 1) / B3, 1.0)) + (1 - B3) * cos(WAVES * a),
    )
    return [
        Table(rational, 0.001, 0.1, (6, 3, 1, 4), ("1.4", "1.4", "10", "37")),
        Table(quintic, 0.1, 0.1, (12, 8, 8, 11), ("1.6", "1.6", "1.6", "1.6")),
        Table(waves, 0.1, 0.1, (12, 12, 10, 13), ("1.0", "1.0", "1.0", "1.0")),
        *(
            Table(problem(name, *yanai(b1, b2)), 0.001, 0.001, counts, steps)
            for name, b1, b2, counts, steps in [
                ("4 Yanai", 0.001, 0.001, (4, 1, 3, 4), ("0.08", "0.10", "0.35", "0.83")),
                ("5 Yanai", 0.01, 0.001, (6, 3, 7, 8), ("0.075", "0.078", "0.073", "0.076")),
                ("6 Yanai", 0.001, 0.01, (13, 11, 8, 11), ("0.93", "0.93", "0.92", "0.92")),
            ]
        ),
    ]


# Functions on which searches have gone wrong, or might.


def parabola(name: str, scale: float, minimiser: float, floor: float = 0.0) -> LineProblem:
    return problem(
        name,
        lambda a: scale * (a - minimiser) ** 2 + floor,
        lambda a: 2 * scale * (a - minimiser),
    )


def sinc(a: float) -> float:
    x = a - 3
    return -sin(x) / x if x else -1.0


def sinc_slope(a: float) -> float:
    x = a - 3
    return (sin(x) - x * cos(x)) / x**2 if x else 0.0


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(exp(-abs(x)))


def sigmoid(x: float) -> float:
    return 0.5 * (1 + tanh(0.5 * x))


def near_one(distance: float) -> LineProblem:
    """f(x) = 1 - 2x + x² from 1 + distance along -f': rounding errors as large as f."""
    start = 1 + distance
    slope = 2 * (start - 1)

    def x(a: float) -> float:
        return start - a * slope

    return problem(
        f"1-2x+x², {distance:g}",
        lambda a: 1 - 2 * x(a) + x(a) * x(a),
        lambda a: -slope * 2 * (x(a) - 1),
    )


def smooth() -> list[LineProblem]:
    return [
        problem("SciPy 1", lambda a: -a - a**3 + a**4, lambda a: -1 - 3 * a**2 + 4 * a**3),
        problem("SciPy 2", lambda a: exp(-4 * a) + a * a, lambda a: -4 * exp(-4 * a) + 2 * a),
        problem("SciPy 3", lambda a: -sin(10 * a), lambda a: -10 * cos(10 * a)),
        parabola("(a-1)²", 1.0, 1.0),
        parabola("(a-5)²", 1.0, 5.0),
        parabola("1e6 (a-½)²", 1e6, 0.5),
        problem("quartic", lambda a: (a - 2) ** 4, lambda a: 4 * (a - 2) ** 3),
        problem("two wells", lambda a: (a * a - 2 * a) ** 2 - a,
                lambda a: 4 * (a * a - 2 * a) * (a - 1) - 1),
        problem("cubic", lambda a: a**3 - 3 * a + 2, lambda a: 3 * a * a - 3),
        # Himmelblau's function along the gradient at (2, 2), as in LineSearches.jl.
        problem("Himmelblau",
                lambda a: ((2 + 42 * a) ** 2 + 18 * a - 9) ** 2
                + (42 * a - 5 + (2 + 18 * a) ** 2) ** 2,
                lambda a: 2 * ((2 + 42 * a) ** 2 + 18 * a - 9) * (84 * (2 + 42 * a) + 18)
                + 2 * (42 * a - 5 + (2 + 18 * a) ** 2) * (42 + 36 * (2 + 18 * a))),
        problem("sinc", sinc, sinc_slope),                  # LineSearches.jl 172
        problem("exp(a)-3a", lambda a: exp(a) - 3 * a, lambda a: exp(a) - 3),
        problem("exp(10a)-100a", lambda a: exp(10 * a) - 100 * a, lambda a: 10 * exp(10 * a) - 100),
        problem("logistic", lambda a: softplus(-5 * a) + softplus(a) + 1e-3 * a * a,
                lambda a: -5 * sigmoid(-5 * a) + sigmoid(a) + 2e-3 * a),
        problem("pseudo-Huber", lambda a: sqrt(1 + (a - 10) ** 2),
                lambda a: (a - 10) / sqrt(1 + (a - 10) ** 2)),
        problem("log(1+(a-3)²)", lambda a: math.log1p((a - 3) ** 2),
                lambda a: 2 * (a - 3) / (1 + (a - 3) ** 2)),
        problem("cosh", lambda a: math.cosh(a - 2), lambda a: math.sinh(a - 2)),
    ]  # fmt: skip


def oscillating() -> list[LineProblem]:
    return [
        problem("gh-13695", lambda a: (1.001 + cos(pi * (a + 0.01))) ** 3,
                lambda a: -3 * pi * sin(pi * (a + 0.01)) * (1.001 + cos(pi * (a + 0.01))) ** 2),
        problem("gh-12157", lambda a: cos(1.5 * pi * a - pi) if a > 1 else -1.5 * pi * (a - 1),
                lambda a: -1.5 * pi * (sin(1.5 * pi * a - pi) if a > 1 else 1)),
        problem("bowl, ripples", lambda a: 0.05 * a * a - a + 0.3 * sin(3 * a),
                lambda a: 0.1 * a - 1 + 0.9 * cos(3 * a)),
        problem("bowl, fine ripples", lambda a: 0.05 * a * a - a - 0.01 * sin(300 * a),
                lambda a: 0.1 * a - 1 - 3 * cos(300 * a)),
        problem("chirp", lambda a: 0.01 * a * a - sin(a * a + a),
                lambda a: 0.02 * a - (2 * a + 1) * cos(a * a + a)),
        problem("Griewank", lambda a: (a - 20) ** 2 / 4000 - cos(a - 20),
                lambda a: (a - 20) / 2000 + sin(a - 20)),
        problem("damped", lambda a: -exp(-a / 10) * sin(a),
                lambda a: exp(-a / 10) * (sin(a) / 10 - cos(a))),
    ]  # fmt: skip


def walls() -> list[LineProblem]:
    """Not finite from somewhere on."""
    return [
        problem("-log(1-a)-5a", lambda a: -log(1 - a) - 5 * a, lambda a: 1 / (1 - a) - 5),
        problem("1/(1-a)-5a", lambda a: 1 / (1 - a) - 5 * a if a < 1 else inf,
                lambda a: 1 / (1 - a) ** 2 - 5 if a < 1 else inf),
        problem("-√(2-a)-3a", lambda a: -sqrt(2 - a) - 3 * a, lambda a: 0.5 / sqrt(2 - a) - 3),
        problem("near barrier", lambda a: -1e-3 * log(1e-2 - a) - a,
                lambda a: 1e-3 / (1e-2 - a) - 1),
        problem("NaN from 0.7", lambda a: -a + 0.1 * a * a if a < 0.7 else nan,
                lambda a: -1 + 0.2 * a if a < 0.7 else nan),
        problem("inf from 0.7", lambda a: -a + 2 * a * a if a < 0.7 else inf,
                lambda a: -1 + 4 * a if a < 0.7 else inf),
        problem("no slope from 0.7", lambda a: (a - 1) ** 2,
                lambda a: 2 * (a - 1) if a < 0.7 else nan),
        problem("NaN in the middle", lambda a: (a - 3) ** 2 if not 0.5 < a < 0.6 else nan,
                lambda a: 2 * (a - 3)),
        problem("NaN beside 0", lambda a: -a if a < 1e-6 else nan, lambda a: -1.0),
        problem("NaN but at 0", lambda a: 0.0 if a == 0 else nan, lambda a: -1.0),
    ]  # fmt: skip


def corners() -> list[LineProblem]:
    """Kinks and jumps, and slopes that are wrong."""
    return [
        problem("|a-1|", lambda a: abs(a - 1), lambda a: math.copysign(1, a - 1)),
        problem("steep kink", lambda a: max(-(a - 1), 1e3 * (a - 1)),
                lambda a: -1.0 if a < 1 else 1e3),
        problem("kink + parabola", lambda a: max(-2 * (a - 1), 8 * (a - 1)) + 25 * (a - 1) ** 2,
                lambda a: (-2 if a < 1 else 8) + 50 * (a - 1)),
        problem("|a-1|^1.5", lambda a: abs(a - 1) ** 1.5,
                lambda a: math.copysign(1.5, a - 1) * sqrt(abs(a - 1))),
        problem("many kinks", lambda a: sum(abs(a - k) / k for k in range(1, 9)),
                lambda a: sum(math.copysign(1, a - k) / k for k in range(1, 9))),
        problem("step up at 0.3", lambda a: -a + (a > 0.3), lambda a: -1.0),
        problem("step up at 0", lambda a: 1 + a if a > 0 else 0.0,
                lambda a: 1.0 if a > 0 else -1.0),
        problem("wrong sign", lambda a: a + a * a, lambda a: -1 - 2 * a),
        problem("slope ten times", lambda a: (a - 1) ** 2, lambda a: 20 * (a - 1)),
    ]  # fmt: skip


def scales() -> list[LineProblem]:
    """Near flat, huge, tiny, and where rounding is all there is."""
    return [
        parabola("1e30 (a-1)²", 1e30, 1.0),
        parabola("1e-30 (a-1)²", 1e-30, 1.0),
        parabola("1e-300 (a-1)²", 1e-300, 1.0),
        parabola("(a-1e8)²", 1.0, 1e8),
        parabola("(a-1e-8)²", 1.0, 1e-8),
        parabola("1e10 + (a-1)²", 1.0, 1.0, 1e10),
        parabola("1 + 1e-15 (a-1)²", 1e-15, 1.0, 1.0),
        near_one(1e-7), near_one(-1e-8), near_one(1e-9),
        problem("1e8 a² - a", lambda a: 1e8 * a * a - a, lambda a: 2e8 * a - 1),
        problem("a⁴ - 1e-8 a", lambda a: a**4 - 1e-8 * a, lambda a: 4 * a**3 - 1e-8),
        problem("flat, then steep", lambda a: a**20 - 1e-6 * a, lambda a: 20 * a**19 - 1e-6),
        problem("sigmoid²", lambda a: sigmoid(5 - a) ** 2,
                lambda a: -2 * sigmoid(5 - a) ** 2 * sigmoid(a - 5)),
        problem("noise", lambda a: (a - 1) ** 2 + 1e-10 * sin(1e8 * a), lambda a: 2 * (a - 1)),
    ]  # fmt: skip


def falling() -> list[LineProblem]:
    """Without a minimiser."""
    return [
        problem("-a", lambda a: -a, lambda a: -1.0),
        problem("-a-a³", lambda a: -a - a**3, lambda a: -1 - 3 * a * a),
        problem("-log(1+a)", lambda a: -log(1 + a), lambda a: -1 / (1 + a)),
        problem("exp(-a)", lambda a: exp(-a), lambda a: -exp(-a)),
        problem("-exp(a)", lambda a: -exp(a) if a < 700 else -inf,
                lambda a: -exp(a) if a < 700 else -inf),
        problem("gh-5899", lambda a: -5 * a**5 + 4 * a**4 - 12 * a**3 + 11 * a * a - 2 * a + 1,
                lambda a: -25 * a**4 + 16 * a**3 - 36 * a * a + 22 * a - 2),
    ]  # fmt: skip


def certificate_problems() -> list[LineProblem]:
    """Every function here."""
    tables = [table.problem for table in more_thuente()]
    return [*tables, *smooth(), *oscillating(), *walls(), *corners(), *scales(), *falling()]
