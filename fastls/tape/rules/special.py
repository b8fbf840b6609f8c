"""Derivatives of the ufuncs of scipy.special: a row each.

Columns as in `elementwise`: the ufunc; its partial derivatives as functions of the inputs and,
last, of the result y; a template for formulas; and intervals from which tests draw each input. A
partial of UNKNOWN has no closed form here: it raises when it is asked for.

The rows are made from the module `scipy.special` by whoever has imported it; this file does not.
Formulas are those of the NIST Digital Library of Mathematical Functions (numbers in brackets),
chosen so that they do not cancel or overflow where the function itself does not.
"""

from typing import Any

import numpy as np

__all__ = ["UNKNOWN", "rows"]

UNKNOWN = "unknown"
ANY, POSITIVE, UNIT = (-3.0, 3.0), (0.2, 3.0), (-0.9, 0.9)
PROBABILITY, ORDER, INTEGER = (0.05, 0.95), (0.5, 2.5), (2.0, 2.0)
SQRT_PI, SQRT_2PI, LOG10 = np.sqrt(np.pi), np.sqrt(2.0 * np.pi), np.log(10.0)
DEGREE = np.pi / 180.0


class Asked:
    """Tells which ufunc a Python function of scipy.special hands its arguments to."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return ufunc


def ratio(a: Any, b: Any) -> Any:
    """a/b, and 0/0 = 0."""
    return a / np.where(np.logical_and(a == 0.0, b == 0.0), 1.0, b)


def far(x: Any, direct: Any, sign: float) -> Any:
    """The slope of erfcx (sign -1) or dawsn (+1), by its asymptotic series where direct cancels."""
    is_far = x > 100.0 if sign < 0.0 else np.abs(x) > 100.0
    t = 0.5 / np.where(is_far, x, 100.0) ** 2
    series = -t * (1.0 + sign * 3.0 * t * (1.0 + sign * 5.0 * t * (1.0 + sign * 7.0 * t)))
    return np.where(is_far, series if sign > 0.0 else 2.0 / SQRT_PI * series, direct)


def rows(s: Any) -> list[tuple[Any, tuple[Any, ...], str, tuple[tuple[float, float], ...]]]:
    """The table, with s the module scipy.special."""
    hurwitz = s.zeta(2.0, Asked())
    table = [
        # Gamma and beta functions (5.2, 5.12, 8.2, 8.17)
        ("gamma", (lambda x, y: y * s.digamma(x),), "Γ({})", (POSITIVE,)),
        ("rgamma", (lambda x, y: -y * s.digamma(x),), "1/Γ({})", (POSITIVE,)),
        ("gammaln", (lambda x, y: s.digamma(x),), "log |Γ({})|", (POSITIVE,)),
        ("loggamma", (lambda x, y: s.digamma(x),), "log Γ({})", (POSITIVE,)),
        ("digamma", (lambda x, y: s.zeta(2.0, x),), "ψ({})", (POSITIVE,)),
        (hurwitz, (UNKNOWN, lambda a, x, y: -a * s.zeta(a + 1.0, x)), "ζ({}, {})",
         ((1.5, 4.0), POSITIVE)),
        ("poch", (lambda a, m, y: y * (s.digamma(a + m) - s.digamma(a)),
                  lambda a, m, y: y * s.digamma(a + m)), "({})_{}", (POSITIVE, POSITIVE)),
        ("beta", (lambda a, b, y: y * (s.digamma(a) - s.digamma(a + b)),
                  lambda a, b, y: y * (s.digamma(b) - s.digamma(a + b))), "B({}, {})",
         (POSITIVE, POSITIVE)),
        ("betaln", (lambda a, b, y: s.digamma(a) - s.digamma(a + b),
                    lambda a, b, y: s.digamma(b) - s.digamma(a + b)), "log B({}, {})",
         (POSITIVE, POSITIVE)),
        ("gammainc", (UNKNOWN, lambda a, x, y: np.exp(s.xlogy(a - 1.0, x) - x - s.gammaln(a))),
         "P({}, {})", (ORDER, POSITIVE)),
        ("gammaincc", (UNKNOWN, lambda a, x, y: -np.exp(s.xlogy(a - 1.0, x) - x - s.gammaln(a))),
         "Q({}, {})", (ORDER, POSITIVE)),
        ("gammaincinv", (UNKNOWN,
                         lambda a, p, y: np.exp(s.gammaln(a) + y - s.xlogy(a - 1.0, y))),
         "P⁻¹({}, {})", (ORDER, PROBABILITY)),
        ("betainc", (UNKNOWN, UNKNOWN, lambda a, b, x, y: np.exp(
            s.xlogy(a - 1.0, x) + s.xlog1py(b - 1.0, -x) - s.betaln(a, b))),
         "I({}, {}, {})", (ORDER, ORDER, PROBABILITY)),
        # Error functions (7.2, 7.17)
        ("erf", (lambda x, y: 2.0 / SQRT_PI * np.exp(-x * x),), "erf({})", (ANY,)),
        ("erfc", (lambda x, y: -2.0 / SQRT_PI * np.exp(-x * x),), "erfc({})", (ANY,)),
        ("erfcx", (lambda x, y: far(x, 2.0 * x * y - 2.0 / SQRT_PI, -1.0),), "erfcx({})", (ANY,)),
        ("erfi", (lambda x, y: 2.0 / SQRT_PI * np.exp(x * x),), "erfi({})", (ANY,)),
        ("dawsn", (lambda x, y: far(x, 1.0 - 2.0 * x * y, 1.0),), "D({})", (ANY,)),
        ("erfinv", (lambda x, y: 0.5 * SQRT_PI * np.exp(y * y),), "erf⁻¹({})", (UNIT,)),
        ("erfcinv", (lambda x, y: -0.5 * SQRT_PI * np.exp(y * y),), "erfc⁻¹({})", ((0.1, 1.9),)),
        # The normal distribution
        ("ndtr", (lambda x, y: np.exp(-0.5 * x * x) / SQRT_2PI,), "Φ({})", (ANY,)),
        ("ndtri", (lambda x, y: SQRT_2PI * np.exp(0.5 * y * y),), "Φ⁻¹({})", (PROBABILITY,)),
        ("log_ndtr", (lambda x, y: np.sqrt(2.0 / np.pi) / s.erfcx(-x / np.sqrt(2.0)),),
         "log Φ({})", (ANY,)),
        # Student's distribution
        ("stdtr", (UNKNOWN, lambda n, x, y: np.exp(
            -s.betaln(0.5, 0.5 * n) - 0.5 * np.log(n) - 0.5 * (n + 1.0) * np.log1p(x * x / n))),
         "F({}, {})", (POSITIVE, ANY)),
        # Logistic function
        ("expit", (lambda x, y: y * s.expit(-x),), "σ({})", (ANY,)),
        ("logit", (lambda x, y: 1.0 / (x * (1.0 - x)),), "logit({})", (PROBABILITY,)),
        ("log_expit", (lambda x, y: s.expit(-x),), "log σ({})", (ANY,)),
        # Logarithms and entropies, with 0 log 0 = 0
        ("xlogy", (lambda a, b, y: np.log(b), lambda a, b, y: ratio(a, b)), "{} log({})",
         (ANY, POSITIVE)),
        ("xlog1py", (lambda a, b, y: np.log1p(b), lambda a, b, y: ratio(a, 1.0 + b)),
         "{} log1p({})", (ANY, POSITIVE)),
        ("entr", (lambda x, y: -np.log(x) - 1.0,), "entr({})", (POSITIVE,)),
        ("rel_entr", (lambda a, b, y: np.log(a / b) + 1.0, lambda a, b, y: -ratio(a, b)),
         "{0} log({0}/{1})", (POSITIVE, POSITIVE)),
        ("kl_div", (lambda a, b, y: np.log(a / b), lambda a, b, y: 1.0 - ratio(a, b)), "kl({}, {})",
         (POSITIVE, POSITIVE)),
        ("boxcox", (lambda x, a, y: x ** (a - 1.0), UNKNOWN), "boxcox({}, {})", (POSITIVE, ORDER)),
        # Robust losses
        ("huber", (lambda d, r, y: np.where(np.abs(r) <= d, 0.0, np.abs(r) - d),
                   lambda d, r, y: np.minimum(np.maximum(r, -d), d)), "huber({}, {})",
         (POSITIVE, ANY)),
        ("pseudo_huber", (
            lambda d, r, y: 2.0 * y / d - r * r / (d * np.hypot(1.0, r / d)),
            lambda d, r, y: r / np.hypot(1.0, r / d),
        ), "pseudohuber({}, {})", (POSITIVE, ANY)),
        # Exponentials, integrals (6.2), and twins of NumPy's functions
        ("exprel", (lambda x, y: 0.5 * s.hyp1f1(2.0, 3.0, x),), "exprel({})", (ANY,)),
        ("hyp1f1", (UNKNOWN, UNKNOWN,
                    lambda a, b, x, y: a / b * s.hyp1f1(a + 1.0, b + 1.0, x)),
         "₁F₁({}, {}, {})", (ORDER, ORDER, ANY)),
        ("expm1", (lambda x, y: np.exp(x),), "expm1({})", (ANY,)),
        ("exp2", (lambda x, y: np.log(2.0) * y,), "2^{}", (ANY,)),
        ("exp10", (lambda x, y: LOG10 * y,), "10^{}", (ANY,)),
        ("log1p", (lambda x, y: 1.0 / (1.0 + x),), "log1p({})", (POSITIVE,)),
        ("cosm1", (lambda x, y: -np.sin(x),), "cosm1({})", (ANY,)),
        ("cbrt", (lambda x, y: 1.0 / (3.0 * y * y),), "∛{}", (POSITIVE,)),
        ("sindg", (lambda x, y: DEGREE * s.cosdg(x),), "sin({}°)", ((-80.0, 80.0),)),
        ("cosdg", (lambda x, y: -DEGREE * s.sindg(x),), "cos({}°)", ((-80.0, 80.0),)),
        ("expi", (lambda x, y: np.exp(x) / x,), "Ei({})", (POSITIVE,)),
        ("exp1", (lambda x, y: -np.exp(-x) / x,), "E₁({})", (POSITIVE,)),
        ("spence", (lambda x, y: np.log(x) / (1.0 - x),), "Li₂(1 − {})", ((0.1, 0.9),)),
        # Bessel functions (10.6, 10.29); scaled ones carry exp(-|x|) or exp(x)
        ("j0", (lambda x, y: -s.j1(x),), "J₀({})", (ANY,)),
        ("j1", (lambda x, y: 0.5 * (s.j0(x) - s.jv(2.0, x)),), "J₁({})", (ANY,)),
        ("jv", (UNKNOWN, lambda n, x, y: 0.5 * (s.jv(n - 1.0, x) - s.jv(n + 1.0, x))), "J({}, {})",
         (ORDER, POSITIVE)),
        ("y0", (lambda x, y: -s.y1(x),), "Y₀({})", (POSITIVE,)),
        ("y1", (lambda x, y: s.y0(x) - y / x,), "Y₁({})", (POSITIVE,)),
        ("yv", (UNKNOWN, lambda n, x, y: 0.5 * (s.yv(n - 1.0, x) - s.yv(n + 1.0, x))), "Y({}, {})",
         (ORDER, POSITIVE)),
        ("yn", (UNKNOWN, lambda n, x, y: 0.5 * (s.yv(n - 1.0, x) - s.yv(n + 1.0, x))), "Y({}, {})",
         (INTEGER, POSITIVE)),
        ("i0", (lambda x, y: s.i1(x),), "I₀({})", (ANY,)),
        ("i1", (lambda x, y: 0.5 * (s.i0(x) + s.iv(2.0, x)),), "I₁({})", (ANY,)),
        ("iv", (UNKNOWN, lambda n, x, y: 0.5 * (s.iv(n - 1.0, x) + s.iv(n + 1.0, x))), "I({}, {})",
         (ORDER, POSITIVE)),
        ("i0e", (lambda x, y: s.i1e(x) - np.sign(x) * y,), "I₀ₑ({})", (ANY,)),
        ("i1e", (lambda x, y: 0.5 * (s.i0e(x) + s.ive(2.0, x)) - np.sign(x) * y,), "I₁ₑ({})",
         (ANY,)),
        ("ive", (UNKNOWN, lambda n, x, y: (
            0.5 * (s.ive(n - 1.0, x) + s.ive(n + 1.0, x)) - np.sign(x) * y)), "Iₑ({}, {})",
         (ORDER, POSITIVE)),
        ("k0", (lambda x, y: -s.k1(x),), "K₀({})", (POSITIVE,)),
        ("k1", (lambda x, y: -s.k0(x) - y / x,), "K₁({})", (POSITIVE,)),
        ("kv", (UNKNOWN, lambda n, x, y: -0.5 * (s.kv(n - 1.0, x) + s.kv(n + 1.0, x))), "K({}, {})",
         (ORDER, POSITIVE)),
        ("kn", (UNKNOWN, lambda n, x, y: -0.5 * (s.kv(n - 1.0, x) + s.kv(n + 1.0, x))), "K({}, {})",
         (INTEGER, POSITIVE)),
        ("k0e", (lambda x, y: y - s.k1e(x),), "K₀ₑ({})", (POSITIVE,)),
        ("k1e", (lambda x, y: y - s.k0e(x) - y / x,), "K₁ₑ({})", (POSITIVE,)),
        ("kve", (UNKNOWN, lambda n, x, y: y - 0.5 * (s.kve(n - 1.0, x) + s.kve(n + 1.0, x))),
         "Kₑ({}, {})", (ORDER, POSITIVE)),
    ]  # fmt: skip
    return [
        (getattr(s, name) if isinstance(name, str) else name, partials, formula, domains)
        for name, partials, formula, domains in table
        if not isinstance(name, str) or hasattr(s, name)
    ]
