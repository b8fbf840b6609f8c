"""What to write in place of functions that turn their arguments into arrays and so end a recording.

SciPy's ufuncs are recorded; its functions in Python mostly call ``np.asarray`` first. Each row is
the full name of such a function and an expression in the names of its arguments. Distributions
stand under ``scipy.stats``, with their location and scale left out where they are 0 and 1.
"""

import ast
import dis
import functools
from typing import Any

import numpy as np

from fastls.tape.refusals import expression_of

__all__ = ["PRINTING", "REWRITES", "instead_of", "instead_of_caller", "refused_in"]

SPECIAL = {
    "logsumexp": "np.max(a) + np.log(np.sum(np.exp(a - np.max(a))))",
    "softmax": "np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))",
    "log_softmax": "x - np.max(x) - np.log(np.sum(np.exp(x - np.max(x))))",
    "multigammaln": "d * (d - 1) / 4 * np.log(np.pi) "
    "+ np.sum(special.gammaln(a - np.arange(d) / 2))",
    "polygamma": "(-1.0) ** (n + 1) * special.gamma(n + 1) * special.zeta(n + 1, x)",
    "factorial": "special.gamma(n + 1)",
}
STATS = {
    "norm.pdf": "np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)",
    "norm.logpdf": "-0.5 * x**2 - 0.5 * np.log(2 * np.pi)",
    "norm.cdf": "special.ndtr(x)",
    "norm.logcdf": "special.log_ndtr(x)",
    "norm.sf": "special.ndtr(-x)",
    "norm.logsf": "special.log_ndtr(-x)",
    "norm.ppf": "special.ndtri(q)",
    "gamma.pdf": "np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))",
    "gamma.logpdf": "special.xlogy(a - 1, x) - x - special.gammaln(a)",
    "gamma.cdf": "special.gammainc(a, x)",
    "gamma.sf": "special.gammaincc(a, x)",
    "beta.pdf": "np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - special.betaln(a, b))",
    "beta.logpdf": "(a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - special.betaln(a, b)",
    "beta.cdf": "special.betainc(a, b, x)",
    "chi2.pdf": "np.exp((df / 2 - 1) * np.log(x / 2) - x / 2 - special.gammaln(df / 2)) / 2",
    "chi2.logpdf": "(df / 2 - 1) * np.log(x / 2) - x / 2 - special.gammaln(df / 2) - np.log(2)",
    "chi2.cdf": "special.gammainc(df / 2, x / 2)",
    "t.pdf": "np.exp(-special.betaln(0.5, df / 2) - 0.5 * np.log(df) "
             "- (df + 1) / 2 * np.log1p(x**2 / df))",
    "t.logpdf": "-special.betaln(0.5, df / 2) - 0.5 * np.log(df) "
                "- (df + 1) / 2 * np.log1p(x**2 / df)",
    "t.cdf": "special.stdtr(df, x)",
    "t.logcdf": "np.log(special.stdtr(df, x))",
    "poisson.pmf": "np.exp(special.xlogy(k, mu) - mu - special.gammaln(k + 1))",
    "poisson.logpmf": "special.xlogy(k, mu) - mu - special.gammaln(k + 1)",
    "poisson.cdf": "special.gammaincc(k + 1, mu)",
    "multivariate_normal.pdf":
        "np.exp(-0.5 * (x - mean) @ np.linalg.solve(cov, x - mean)) "
        "/ np.sqrt(np.linalg.det(2 * np.pi * cov))",
    "multivariate_normal.logpdf":
        "-0.5 * ((x - mean) @ np.linalg.solve(cov, x - mean) "
        "+ np.linalg.slogdet(2 * np.pi * cov)[1])",
    "multivariate_normal.entropy": "0.5 * np.linalg.slogdet(2 * np.pi * np.e * cov)[1]",
    "dirichlet.pdf":
        "np.exp(special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha)) "
        "+ np.sum(special.xlogy(alpha - 1, x)))",
    "dirichlet.logpdf":
        "special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha)) "
        "+ np.sum(special.xlogy(alpha - 1, x))",
}  # fmt: skip
LINALG = {
    "solve_triangular": "np.linalg.solve(np.triu(a), b)",
    "solve_sylvester":
        "np.linalg.solve(np.kron(a, np.eye(len(b))) + np.kron(np.eye(len(a)), b.T), "
        "np.ravel(q)).reshape(q.shape)",
    "inv": "np.linalg.inv(a)",
    "det": "np.linalg.det(a)",
    "solve": "np.linalg.solve(a, b)",
    "cholesky": "np.linalg.cholesky(a).T",
    "eigh": "np.linalg.eigh(a)",
    "eigvalsh": "np.linalg.eigvalsh(a)",
    "pinv": "np.linalg.pinv(a)",
    "norm": "np.linalg.norm(a)",
}  # fmt: skip
TRANSFORM = (
    "its result is complex: its real and imaginary part are np.cos(w) @ x and -np.sin(w) @ x, with "
    "w = 2 * np.pi / n * np.outer(np.arange(n), np.arange(n))"
)

REWRITES: dict[str, str] = {
    **{f"scipy.special.{name}": text for name, text in SPECIAL.items()},
    **{f"scipy.stats.{name}": text for name, text in STATS.items()},
    **{f"scipy.linalg.{name}": text for name, text in LINALG.items()},
    "scipy.signal.convolve": "np.convolve(in1, in2)",
    "scipy.integrate.trapezoid": "np.trapezoid(y)",
}
REMARKS: dict[str, str] = {
    "scipy.linalg.sqrtm": "of a symmetric matrix: (v * np.sqrt(w)) @ v.T, w, v = np.linalg.eigh(A)",
    "scipy.linalg.solve_banded": "np.linalg.solve takes the whole matrix",
    "scipy.integrate.odeint": "fastls.primitive can teach it, with the adjoint equation",
    "scipy.integrate.quad": "fastls.primitive can teach it, with the integral of the derivative",
    "numpy.linalg.eig": "np.linalg.eigh is for symmetric matrices; other eigenvalues are complex",
    "numpy.linalg.eigvals": "np.linalg.eigvalsh is for symmetric matrices; others' are complex",
    "numpy.roots": "roots are complex; polish a real one by Newton's method with np.polyval",
    "numpy.sort_complex": "only real numbers can be: np.sort(a)",
}


def instead_of(name: str) -> str:
    """What to write in place of a function, by its full name; empty where nothing is known."""
    if name in REWRITES:
        return f"in place of {name} write {REWRITES[name]}"
    if name in REMARKS:
        return REMARKS[name]
    return TRANSFORM if name.startswith(("numpy.fft.", "scipy.fft.")) else ""


#: What to write in place of objects of NumPy's, by their class.
OBJECTS: dict[Any, str] = {
    np.vectorize: "in place of np.vectorize(f)(x) write np.array([f(t) for t in x]), or an f for "
    "whole arrays, with np.where in place of if",
    type(np.r_): "in place of r_[a, b] write np.concatenate([a, b]), of r_[a:b:5j] "
    "np.linspace(a, b, 5)",
    type(np.c_): "in place of c_[a, b] write np.column_stack([a, b])",
}  # fmt: skip


def instead_of_object(frame: Any) -> str:
    """What to write in place of an object of NumPy's that the user's code has called."""
    while frame is not None and frame.f_globals.get("__name__", "").startswith("numpy."):
        instead = OBJECTS.get(type(frame.f_locals.get("self")))
        if instead:
            return instead
        frame = frame.f_back
    return ""


def instead_of_caller(frame: Any) -> str:
    """The same of the function of SciPy's that the user's code has called, of a frame inside it."""
    instead = instead_of_object(frame)
    if instead:
        return instead
    name = ""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("scipy."):
            wrapped = next(
                (frame.f_locals[key] for key in ("func", "f", "fun")
                 if callable(frame.f_locals.get(key))), None
            )  # fmt: skip
            module = getattr(wrapped, "__module__", None) or module
            function = getattr(wrapped, "__name__", frame.f_code.co_name)
            package = ".".join(module.split(".")[:2])
            owner = frame.f_locals.get("self")
            distribution = getattr(owner, "name", None) or type(owner).__name__.removesuffix("_gen")
            prefix = f"{distribution}." if package == "scipy.stats" and owner is not None else ""
            known = f"{package}.{prefix}{function}"
            name = known if instead_of(known) else name
        frame = frame.f_back
    return instead_of(name)


#: Of Python's math, where NumPy has no function of the same name and meaning.
MATH = {
    "dist": "np.linalg.norm(p - q)",
    "erf": "scipy.special.erf",
    "erfc": "scipy.special.erfc",
    "fsum": "np.sum",
    "gamma": "scipy.special.gamma",
    "lgamma": "scipy.special.gammaln",
    "remainder": "x - y * np.rint(x / y)",
}

# What is refused, and what to write instead.
PRINTING = "formatting a traced number", "print outside the function, where numbers have digits"
ASSIGNMENT = (
    "assignment into an array",
    "collect the entries in a list, for np.stack or np.array; for y[mask] = t write np.where",
)


def refused_in(frame: Any) -> tuple[str, str] | None:
    """What in a frame asks for the numbers of something traced, and what to write instead.

    None where it cannot be told for certain.
    """
    if dis.opname[frame.f_code.co_code[frame.f_lasti]] in ("STORE_SUBSCR", "STORE_SLICE"):
        return ASSIGNMENT
    expression = expression_of(frame)
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mod):
        return PRINTING
    function = called_in(frame, expression)
    if function is float or function is np.float64:
        return f"{function.__name__}()", "leave it out: a number is recorded as it is"
    package = ".".join(str(getattr(function, "__module__", "")).split(".")[:2])
    name = getattr(function, "__name__", "")
    if package == "math" and (name in MATH or hasattr(np, name)):
        return f"math.{name}", f"write {MATH.get(name, f'np.{name}')}"
    if package.startswith("scipy."):
        name = f"{package}.{name}"
        return name, instead_of(name) or "fastls.primitive can teach it"
    return None


def called_in(frame: Any, expression: ast.expr | None) -> Any:
    """The function that an expression calls, if it goes by a name; else None."""
    if not isinstance(expression, ast.Call):
        return None
    first, *others = ast.unparse(expression.func).split(".")
    known = {**frame.f_builtins, **frame.f_globals, **frame.f_locals}
    try:
        return functools.reduce(getattr, others, known[first])
    except Exception:  # not a name, or one whose meaning is the user's
        return None
