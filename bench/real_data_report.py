"""Functions fitted to real data, minimised by every method with every search, and by SciPy's."""

import functools
import importlib
import importlib.util
import math
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import fastls

from .figures import Figure, at_least
from .minimisation_calls import PEERS
from .progress import collect
from .real_data import Fit, fits, is_installed
from .timing import least_times

SEARCHES = ("MoreThuente", "Zoom", "HagerZhang", "Backtracking")
GTOL = 1e-6  # the norm of the gradient to reach, as a share of that at the start
LIMIT = 3.0  # seconds, after which a way is not repeated

LEGEND = (
    f"Until no entry of the gradient exceeds {GTOL:g} times the greatest at the start. fastls: a "
    "recorded function; by hand: value, gradient and product with the Hessian in NumPy; JAX: "
    "compiled, one thread. * marks the default search. Times in ms, the least, without those of "
    "recording and compiling. Calls: of values (fastls asks for slopes with them), of gradients, "
    "of products. Above: by how much the value exceeds the least found, in parts of that."
)
SUMMARY = (
    "SciPy's over fastls's, methods of the same kind, fastls on its recording with the default "
    "search; fastest: of all methods. Where the two end at different minima: nan."
)
# Why a figure is missed, if it is.
REASON = (
    "the table of ratios tells at which problem and method; the counts of calls beside them. Of "
    "softmax regression with L-BFGS both need the same calls, each half products of BLAS's."
)


class Row(NamedTuple):
    """One way to minimise one function."""

    fit: str
    size: int  # variables
    by: str
    method: str
    search: str
    is_default: bool
    seconds: float
    iterations: int
    values: int
    gradients: int
    products: int
    fun: float
    norm: float  # of the gradient, over that at the start
    success: bool


class Preparation(NamedTuple):
    """Seconds before the first iteration: to record; for JAX to compile."""

    fit: str
    by: str
    seconds: float


class Comparison(NamedTuple):
    """SciPy's times and calls over fastls's, one kind of method; NaN at another minimum."""

    fit: str
    method: str
    by_hand: float
    jax: float
    calls: float
    gradients: float  # the same counts, without what fastls asks along its ray


class RealDataReport(NamedTuple):
    rows: list[Row]
    preparations: list[Preparation]


class Way(NamedTuple):
    """A minimisation to be timed."""

    by: str
    method: str
    search: str
    is_default: bool
    run: Callable[[], Any]


def left_out() -> list[str]:
    """What is not compared, a line each."""
    missing = []
    for package, title in (("sklearn", "scikit-learn"), ("scipy", "SciPy"), ("jax", "JAX")):
        if importlib.util.find_spec(package) is None:
            missing.append(f"minimisation on real data: {title} is not installed")
    return missing


def measure(quick: bool) -> RealDataReport:
    found = RealDataReport([], [])
    if not is_installed():
        return found
    for fit in fits():
        if fit.is_quick or not quick:
            ways = collect(prepare(fit, quick, found.preparations), f"{fit.name}: preparing")
            found.rows.extend(collect(minimise(fit, ways, 1 if quick else 25), fit.name))
    return found


def minimise(fit: Fit, ways: list[Way], repeats: int) -> Iterator[Row]:
    """Every way once for the counts, then in turn for the least times."""
    size = np.max(np.abs(fit.by_hand(fit.start)[1]))
    answers = [way.run() for way in ways]
    least = least_times([way.run for way in ways], repeats, LIMIT)
    for way, answer, seconds in zip(ways, answers, least, strict=True):
        value, gradient = fit.by_hand(answer.x)
        norm = float(np.max(np.abs(gradient)) / size)
        yield Row(
            fit.name, fit.start.size, way.by, way.method, way.search, way.is_default, seconds,
            answer.nit, answer.nfev, answer.njev, answer.get("nhev", 0), float(value), norm,
            norm <= 1.001 * GTOL,
        )  # fmt: skip


def prepare(fit: Fit, quick: bool, preparations: list[Preparation]) -> Iterator[Way]:
    """All ways but, in the quick report, those with JAX, which takes seconds to compile."""
    gtol = GTOL * float(np.max(np.abs(fit.by_hand(fit.start)[1])))
    options = {"gtol": gtol, "maxiter": 20000}
    begun = time.perf_counter()
    tape = fastls.record(fit.write(np), fit.start)
    preparations.append(Preparation(fit.name, "fastls", time.perf_counter() - begun))
    for method in ("lbfgs", "cg", "newton-cg", "gd"):
        settings = options | ({"ftol": 0.0} if method == "lbfgs" else {})
        for name in SEARCHES:
            is_default = name == ("Backtracking" if method == "gd" else "MoreThuente")
            search = None if is_default else search_for(method, name)
            yield Way("fastls", method, name, is_default, functools.partial(
                fastls.minimize, tape, fit.start, method=method, search=search, options=settings,
            ))  # fmt: skip
        if method in PEERS:
            yield Way("fastls by hand", method, "MoreThuente", True, functools.partial(
                fastls.minimize, fit.by_hand, fit.start, method=method, jac=True,
                hessp=fit.product, options=settings,
            ))  # fmt: skip
    yield from scipys("SciPy by hand", fit.by_hand, fit.product, fit.start, gtol)
    if importlib.util.find_spec("jax") is not None and not quick:
        importlib.import_module("jax.numpy")
        begun = time.perf_counter()
        value_and_gradient, product = with_jax(fit)
        preparations.append(Preparation(fit.name, "JAX", time.perf_counter() - begun))
        yield from scipys("SciPy JAX", value_and_gradient, product, fit.start, gtol)


def search_for(method: str, name: str) -> Any:
    """With the constants that suit the method: conjugate gradients need nearly exact steps."""
    if name == "Backtracking":
        return fastls.Backtracking(interpolation="cubic")
    return getattr(fastls, name)(c2=0.1 if method == "cg" else 0.9)


def with_jax(fit: Fit) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Value and gradient, and the product with the Hessian; compiled, and called once."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    f = fit.write(importlib.import_module("jax.numpy"))
    both = jax.jit(jax.value_and_grad(f))
    times = jax.jit(lambda w, v: jax.jvp(jax.grad(f), (w,), (v,))[1])

    def value_and_gradient(w: Any) -> tuple[float, Any]:
        value, gradient = both(w)
        return float(value), np.asarray(gradient)

    def product(w: Any, v: Any) -> Any:
        return np.asarray(times(w, v))

    value_and_gradient(fit.start)
    product(fit.start, fit.start)
    return value_and_gradient, product


def scipys(by: str, f: Any, product: Any, start: Any, gtol: float) -> Iterator[Way]:
    if importlib.util.find_spec("scipy") is None:
        return
    from scipy import optimize

    for method, name in PEERS.items():
        settings: dict[str, Any] = {"maxiter": 20000, "gtol": gtol}
        arguments: dict[str, Any] = {"jac": True, "method": name, "options": settings}
        run = functools.partial(optimize.minimize, f, start, **arguments)
        if method == "lbfgs":
            settings["ftol"] = 0.0
        if method == "newton-cg":
            run = functools.partial(newton_cg, f, product, start, gtol)
        yield Way(by, method, name, True, run)


def newton_cg(f: Any, product: Any, start: Any, gtol: float) -> Any:
    """SciPy's, which has no test of the gradient, with one after each iteration."""
    from scipy import optimize

    last = [start]

    def noted(w: Any) -> Any:
        value, last[0] = f(w)
        return value, last[0]

    def stop(_: Any) -> None:
        if np.max(np.abs(last[0])) <= gtol:  # the last call was at the point accepted
            raise StopIteration

    return optimize.minimize(
        noted, start, jac=True, hessp=product, method="Newton-CG", callback=stop,
        options={"maxiter": 20000, "xtol": 1e-14},
    )  # fmt: skip


def comparisons(report: RealDataReport) -> Iterator[Comparison]:
    """Methods of the same kind, then the fastest of all; fastls with its default searches."""
    for fit in {row.fit: None for row in report.rows}:
        rows = [row for row in report.rows if row.fit == fit and row.is_default]
        for method in (*PEERS, "fastest"):
            chosen = [row for row in rows if method in ("fastest", row.method)]
            ours = fastest(chosen, "fastls")
            peers = [fastest(chosen, by) for by in ("SciPy by hand", "SciPy JAX")]
            if ours is None or peers[0] is None:
                continue
            calls = ratio(ours, peers[0], lambda row: row.values + row.gradients)
            gradients = ratio(ours, peers[0], lambda row: row.gradients)
            by_hand, jax = (ratio(ours, peer, lambda row: row.seconds) for peer in peers)
            yield Comparison(fit, method, by_hand, jax, calls, gradients)


def fastest(rows: list[Row], by: str) -> Row | None:
    return min((row for row in rows if row.by == by), key=lambda row: row.seconds, default=None)


def ratio(ours: Row, theirs: Row | None, of: Callable[[Row], float]) -> float:
    """Theirs to ours, where both reached the tolerance, at the same value."""
    if theirs is None or not (ours.success and theirs.success):
        return math.nan
    return of(theirs) / of(ours) if math.isclose(ours.fun, theirs.fun, rel_tol=1e-6) else math.nan


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def print_tables(report: RealDataReport) -> None:
    if not report.rows:
        return
    print("\nReal data")
    print(textwrap.fill(LEGEND, 80))
    for fit in {row.fit: None for row in report.rows}:
        rows = [row for row in report.rows if row.fit == fit]
        least = min(row.fun for row in rows)
        print(f"\n{fit}: {rows[0].size} variables, f = {least:.9g}")
        print(
            f"{'':<15}{'':<10}{'':<14}{'ms':>8}{'iter.':>7}{'values':>7}{'grad.':>6}{'prod.':>6}"
            f"{'above':>9}"
        )
        for row in rows:
            above = (row.fun - least) / abs(least)
            print(
                f"{row.by:<15}{row.method:<10}{row.search + '*' * row.is_default:<14}"
                f"{row.seconds * 1e3:>8.3g}{row.iterations:>7}{row.values:>7}{row.gradients:>6}"
                f"{row.products or '':>6}{above:>9.0e}{'' if row.success else ' not reached'}"
            )
        text = [f"{each.by} {each.seconds * 1e3:.3g} ms" for each in report.preparations
                if each.fit == fit]  # fmt: skip
        print(f"Recording, compiling: {', '.join(text)}")
    print_comparisons(list(comparisons(report)))


def print_comparisons(rows: list[Comparison]) -> None:
    if not rows:
        return
    print("\n" + textwrap.fill(SUMMARY, 80))
    columns = ("by_hand", "jax", "calls", "gradients")
    print(f"{'':<36}{'':<10}{'NumPy':>8}{'JAX':>8}{'calls':>8}{'grad.':>8}")
    for row in rows:
        numbers = "".join(f"{getattr(row, column):>8.3g}" for column in columns)
        print(f"{row.fit:<36}{row.method:<10}{numbers}")
    for title, of in (("geometric mean", geometric_mean), ("worst", min)):
        numbers = ""
        for column in columns:
            values = [getattr(row, column) for row in rows if row.method != "fastest"]
            values = [value for value in values if not math.isnan(value)]
            numbers += f"{of(values) if values else math.nan:>8.3g}"
        print(f"{title:<46}{numbers}")


def figures(report: RealDataReport) -> Iterator[Figure]:
    """The least ratio of each column of times."""
    rows = list(comparisons(report))
    for column, name in (("by_hand", "NumPy by hand"), ("jax", "jitted JAX")):
        found = [
            (getattr(row, column), f"{row.fit}, {row.method}")
            for row in rows
            if not math.isnan(getattr(row, column))
        ]
        if found:
            value, where = min(found)
            work = f"real data, SciPy on {name}, to fastls: the worst of {len(found)}, {where}"
            yield at_least("15", work, 1, value, REASON)
