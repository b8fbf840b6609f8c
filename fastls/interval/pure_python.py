"""The methods of this folder in a few lines of Python each: to compare with, and to learn from.

They ask for the same points as the compiled ones, bit for bit, as long as the function is finite
and the interval long enough for floating point. They check nothing.

Each takes the function, the ends a < b, the tolerances of the class of the same name and its
greatest number of iterations, and returns the minimiser, its value, and the number of calls.
"""

import math
from collections.abc import Callable

__all__ = ["TWINS", "brent", "dichotomy", "golden_section", "parabolic"]

Function = Callable[[float], float]

SECTION = 0.38196601125010515  # the smaller part of a golden section, (3 - sqrt(5))/2
SQRT_EPSILON = 2.0**-26


def dichotomy(
    f: Function, a: float, b: float, xtol: float = 1e-8, maxiter: int = 1000
) -> tuple[float, float, int]:
    """Halve the interval around its middle c; see `fastls.Dichotomy`."""
    c = 0.5 * (a + b)
    fc, calls = f(c), 1
    for _ in range(maxiter):
        if b - a <= xtol:
            break
        d, e = 0.5 * (a + c), 0.5 * (c + b)
        calls += 1
        if (fd := f(d)) < fc:
            b, c, fc = c, d, fd
            continue
        calls += 1
        if (fe := f(e)) < fc:
            a, c, fc = c, e, fe
        else:
            a, b = d, e
    return c, fc, calls


def golden_section(
    f: Function, a: float, b: float, xtol: float = 1e-8, maxiter: int = 1000
) -> tuple[float, float, int]:
    """Shrink the interval to 0.618 of its length with one value; see `fastls.GoldenSection`."""
    c = a + SECTION * (b - a)
    fc, calls = f(c), 1
    if b - a <= xtol:
        return c, fc, calls
    d = c + SECTION * (b - c)
    fd, calls = f(d), 2
    for _ in range(maxiter):
        if fc < fd:
            b, d, fd = d, c, fc
            if b - a <= xtol:
                return d, fd, calls
            c = a + SECTION * (b - a)
            fc = f(c)
        else:
            a, c, fc = c, d, fd
            if b - a <= xtol:
                return c, fc, calls
            d = b - SECTION * (b - a)
            fd = f(d)
        calls += 1
    return (c, fc, calls) if fc < fd else (d, fd, calls)


def parabolic(
    f: Function,
    a: float,
    b: float,
    xtol: float = 1e-8,
    rtol: float = SQRT_EPSILON,
    maxiter: int = 100,
) -> tuple[float, float, int]:
    """Go to the vertex of the parabola through three points; see `fastls.Parabolic`."""
    middle = 0.5 * (a + b)
    fmiddle, fa, fb, calls = f(middle), f(a), f(b), 3
    points = sorted([(fmiddle, 0, middle), (fa, 1, a), (fb, 2, b)])
    (fx, _, x), (fw, _, w), (fv, _, v) = points
    if x == a:
        b, fb = middle, fmiddle
    elif x == b:
        a, fa = middle, fmiddle
    confirming = False
    for _ in range(maxiter):
        tol = rtol * abs(x) + xtol / 3.0
        if x - a <= 2.0 * tol and b - x <= 2.0 * tol:
            break
        u = x
        if not confirming:
            u = vertex(x, fx, w, fw, v, fv)
            if not a < u < b and a < x < b:
                u = vertex(x, fx, a, fa, b, fb)
        if math.isnan(u):
            break
        u = min(max(u, a), b)
        confirming = abs(u - x) < tol
        if confirming:
            u = x + (tol if b - x > x - a else -tol)
        if not a < u < b:
            break
        fu = f(u)
        calls += 1
        if fu < fx:
            a, fa, b, fb = (a, fa, x, fx) if u < x else (x, fx, b, fb)
            x, fx, w, fw, v, fv = u, fu, x, fx, w, fw
            confirming = False
        else:
            a, fa, b, fb = (u, fu, b, fb) if u < x else (a, fa, u, fu)
            if fu <= fw:
                w, fw, v, fv = u, fu, w, fw
            else:
                v, fv = u, fu
    return x, fx, calls


def vertex(x: float, fx: float, w: float, fw: float, v: float, fv: float) -> float:
    """The minimiser of the parabola through three points, or NaN."""
    slope_w, slope_v = (fw - fx) / (w - x), (fv - fx) / (v - x)
    curvature = (slope_v - slope_w) / (v - w)
    return 0.5 * (x + w) - 0.5 * slope_w / curvature if curvature > 0.0 else math.nan


def brent(
    f: Function,
    a: float,
    b: float,
    xtol: float = 1e-8,
    rtol: float = SQRT_EPSILON,
    maxiter: int = 500,
) -> tuple[float, float, int]:
    """Take parabolas where they do well, else golden sections; see `fastls.Brent`."""
    x = w = v = a + SECTION * (b - a)
    fx = fw = fv = f(x)
    calls = 1
    d = e = 0.0
    for _ in range(maxiter):
        m = 0.5 * (a + b)
        tol = rtol * abs(x) + xtol / 3.0
        if x - a <= 2.0 * tol and b - x <= 2.0 * tol:
            break
        p = q = 0.0
        if abs(e) > tol:
            r = (x - w) * (fx - fv)
            q = (x - v) * (fx - fw)
            p = (x - v) * q - (x - w) * r
            q = 2.0 * (q - r)
            p, q = (-p, q) if q > 0.0 else (p, -q)
        if abs(p) < abs(0.5 * q * e) and q * (a - x) < p < q * (b - x):
            e, d = d, p / q
            if x + d - a < 2.0 * tol or b - (x + d) < 2.0 * tol:
                d = math.copysign(tol, m - x)
        else:
            e = (a if x >= m else b) - x
            d = x + SECTION * e - x
        u = x + (d if abs(d) >= tol else math.copysign(tol, d))
        fu = f(u)
        calls += 1
        if fu <= fx:
            a, b = (a, x) if u < x else (x, b)
            x, fx, w, fw, v, fv = u, fu, x, fx, w, fw
        else:
            a, b = (u, b) if u < x else (a, u)
            if fu <= fw or w == x:
                w, fw, v, fv = u, fu, w, fw
            elif fu <= fv or v in (x, w):
                v, fv = u, fu
    return x, fx, calls


#: The pure-Python function for the name of each compiled class.
TWINS: dict[str, Callable[..., tuple[float, float, int]]] = {
    "Dichotomy": dichotomy,
    "GoldenSection": golden_section,
    "Parabolic": parabolic,
    "Brent": brent,
}
