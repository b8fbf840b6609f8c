"""Every public way to minimise, by the same two functions: a value and a slope.

An entry minimises a function of one variable as it would anything: on an interval, from a point
along a direction, by a descent method, from a recorded tape, or as one of SciPy's.
"""

import ctypes
import functools
import importlib.util
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import fastls
from fastls import ApproximateWolfe, Armijo, Goldstein, Status, StrongWolfe, Wolfe, dropin

INTERVAL = (0.0, 5.0)
X, D = np.array([0.0, 3.0]), np.array([1.0, 0.0])  # the variable, and one that does not count


def valley(a):
    return (a - 1.0) ** 2


def slope_of_valley(a):
    return 2.0 * (a - 1.0)


class Outcome(NamedTuple):
    status: Status | None  # None from what is SciPy's, which tells success alone
    success: bool
    at: float | None
    value: float | None


class Entry(NamedTuple):
    kind: str  # "interval", "bracket", "step" or "descent"
    run: Callable[..., Outcome]  # of value and slope, and of the first step to try
    is_guarded: bool = True  # finds a way around what is not finite


ENTRIES: dict[str, Entry] = {}


def outcome(found: Any, at: str, value: str) -> Outcome:
    return Outcome(found.status, found.success, found[at], found[value])


# On an interval.


def converse(dialogue: Any, answer: Callable[..., Any]) -> Any:
    while (x := dialogue.ask()) is not None:
        dialogue.tell(*answer(x))
    return dialogue.result


def add_interval(search: Any) -> None:
    name, guarded = type(search).__name__, not isinstance(search, fastls.Parabolic)

    def by_minimize(value, slope, first, **options):
        return outcome(search.minimize(value, INTERVAL, **options), "x", "fun")

    def by_dialogue(value, slope, first):
        return outcome(converse(search.begin(INTERVAL), lambda x: (value(x),)), "x", "fun")

    def by_scipys_name(value, slope, first):
        return outcome(fastls.minimize_scalar(value, bounds=INTERVAL, method=search), "x", "fun")

    def from_a_bracket(value, slope, first):
        return outcome(fastls.minimize_scalar(value, (0.0, 0.5), method=search), "x", "fun")

    ENTRIES[f"{name}.minimize"] = Entry("interval", by_minimize, guarded)
    ENTRIES[f"{name}.minimize, traced"] = Entry(
        "interval", functools.partial(by_minimize, trace=True), guarded
    )
    ENTRIES[f"{name}.begin"] = Entry("interval", by_dialogue, guarded)
    ENTRIES[f"minimize_scalar, {name}"] = Entry("interval", by_scipys_name, guarded)
    ENTRIES[f"minimize_scalar from a bracket, {name}"] = Entry("bracket", from_a_bracket, guarded)


INTERVAL_SEARCHES = [
    fastls.Dichotomy(), fastls.GoldenSection(), fastls.Parabolic(), fastls.Brent(),
]  # fmt: skip
for method in INTERVAL_SEARCHES:
    add_interval(method)


def by_name(method: str, value, slope, first):
    return outcome(fastls.minimize_scalar(value, bounds=INTERVAL, method=method), "x", "fun")


for each in ("bounded", "dichotomy", "parabolic"):
    ENTRIES[f"minimize_scalar, {each!r}"] = Entry(
        "interval", functools.partial(by_name, each), each != "parabolic"
    )


def by_bracket(value, slope, first):
    return outcome_of_bracket(fastls.bracket(value, 0.0, 0.5))


def outcome_of_bracket(found: Any) -> Outcome:
    return Outcome(found.status, found.success, found.mid, found.fmid)


def by_scipys_bracket(value, slope, first):
    try:
        _, at, _, _, value_there, _, _ = dropin.bracket(value, 0.0, 0.5)
    except dropin.BracketError as error:
        return Outcome(None, False, error.data[1], error.data[4])
    return Outcome(None, True, at, value_there)


def by_fminbound(value, slope, first):
    x, fun, failed, _ = dropin.fminbound(value, *INTERVAL, full_output=True, disp=0)
    return Outcome(None, not failed, x, fun)


def by_brent(search: Any, value, slope, first):
    try:
        x, fun, *_ = search(value, brack=(0.0, 0.5), full_output=True)
    except dropin.BracketError:
        return Outcome(None, False, None, None)
    return Outcome(None, True, x, fun)


ENTRIES |= {
    "bracket": Entry("bracket", by_bracket),
    "dropin.bracket": Entry("bracket", by_scipys_bracket),
    "dropin.fminbound": Entry("interval", by_fminbound),
    "dropin.brent": Entry("bracket", functools.partial(by_brent, dropin.brent)),
    "dropin.golden": Entry("bracket", functools.partial(by_brent, dropin.golden)),
}


# A step along a direction.


def of_vector(value, slope):
    """The function of two variables, of which the second does not count; and its gradient."""
    return lambda x: value(x[0]), lambda x: np.array([slope(x[0]), 0.0])


def name_of(search: Any) -> str:
    kind = type(search).__name__
    is_plain = kind != "Backtracking" or isinstance(search.condition, Armijo)
    return kind if is_plain else f"{kind}({type(search.condition).__name__})"


def add_step(search: Any) -> None:
    name = name_of(search)

    def by_search(value, slope, first):
        found = search.search(lambda a: (value(a), slope(a)), None, first)
        return outcome(found, "alpha", "value")

    def by_search_apart(value, slope, first):
        return outcome(search.search(value, slope, first, trace=True), "alpha", "value")

    def by_step(value, slope, first):
        found = search.step(*of_vector(value, slope), X, D, first)
        return outcome(found, "alpha", "value")

    def by_step_of_pairs(value, slope, first):
        f, grad = of_vector(value, slope)
        found = search.step(lambda x: (f(x), grad(x)), None, X, D, first)
        return outcome(found, "alpha", "value")

    def by_dialogue(value, slope, first):
        dialogue = search.begin(value(0.0), slope(0.0), first)
        return outcome(converse(dialogue, lambda a: (value(a), slope(a))), "alpha", "value")

    for how, run in {
        ".search of pairs": by_search, ".search": by_search_apart, ".step": by_step,
        ".step of pairs": by_step_of_pairs, ".begin": by_dialogue,
    }.items():  # fmt: skip
        ENTRIES[name + how] = Entry("step", run)


STEP_SEARCHES = [
    fastls.Backtracking(),
    fastls.Backtracking(Wolfe(), interpolation="quadratic"),
    fastls.Backtracking(Goldstein(), interpolation="cubic"),
    fastls.Backtracking(StrongWolfe()),
    fastls.Backtracking(ApproximateWolfe()),
    fastls.Zoom(),
    fastls.MoreThuente(),
    fastls.HagerZhang(),
]
for method in STEP_SEARCHES:
    add_step(method)


def of_scipy(alpha: float | None, value: float | None) -> Outcome:
    return Outcome(None, alpha is not None, alpha, value)


def by_line_search(search: Any, value, slope, first):
    """The first step is 1."""
    f, grad = of_vector(value, slope)
    found = search(f, grad, X, first * D)
    if found[5] is None:  # a step may be handed out all the same, unchecked and with a warning
        return Outcome(None, False, None, found[3])
    return of_scipy(found[0] and first * found[0], found[3])


def by_line_search_armijo(value, slope, first):
    f, grad = of_vector(value, slope)
    alpha, _, there = dropin.line_search_armijo(f, X, D, grad(X), f(X), alpha0=first)
    return of_scipy(alpha, there)


def by_scalar_search(search: Any, value, slope, first):
    found = search(lambda a: value(first * a), lambda a: first * slope(first * a))
    if found[-1] is None:
        return Outcome(None, False, None, found[1])
    return of_scipy(found[0] and first * found[0], found[1])


def by_scalar_search_armijo(value, slope, first):
    return of_scipy(*dropin.scalar_search_armijo(value, value(0.0), slope(0.0), alpha0=first))


for wolfe in ("wolfe1", "wolfe2"):
    ENTRIES[f"dropin.line_search_{wolfe}"] = Entry(
        "step", functools.partial(by_line_search, getattr(dropin, f"line_search_{wolfe}"))
    )
    ENTRIES[f"dropin.scalar_search_{wolfe}"] = Entry(
        "step", functools.partial(by_scalar_search, getattr(dropin, f"scalar_search_{wolfe}"))
    )
ENTRIES["dropin.line_search_armijo"] = Entry("step", by_line_search_armijo)
ENTRIES["dropin.scalar_search_armijo"] = Entry("step", by_scalar_search_armijo)


# Descent.


def by_minimize(method: str, search: Any, value, slope, first):
    f, grad = of_vector(value, slope)
    found = fastls.minimize(f, X, jac=grad, method=method, search=search)
    return Outcome(found.status, found.success, found.x[0], found.fun)


def by_minimize_of_pairs(method: str, value, slope, first):
    f, grad = of_vector(value, slope)
    found = fastls.minimize(lambda x: (f(x), grad(x)), X, jac=True, method=method)
    return Outcome(found.status, found.success, found.x[0], found.fun)


METHODS = ("lbfgs", "cg", "gd", "newton-cg")
for each in METHODS:
    ENTRIES[f"minimize, {each}"] = Entry("descent", functools.partial(by_minimize, each, None))
    ENTRIES[f"minimize of pairs, {each}"] = Entry(
        "descent", functools.partial(by_minimize_of_pairs, each)
    )
for each in ("gd", "cg", "lbfgs"):
    ENTRIES[f"minimize, {each}, exact"] = Entry(
        "descent", functools.partial(by_minimize, each, fastls.Brent())
    )


def by_method(method: Any, value, slope, first):
    found = method(of_vector(value, slope)[0], X, jac=of_vector(value, slope)[1])
    return Outcome(found.status, found.success, found.x[0], found.fun)


for rule in ("constant", "previous", "quadratic", "hager-zhang", "barzilai-borwein"):
    ENTRIES[f"GradientDescent, {rule}"] = Entry(
        "descent",
        functools.partial(by_method, fastls.descent.GradientDescent(initial_step=rule)),
    )
ENTRIES["GradientDescent, not monotone"] = Entry(
    "descent",
    functools.partial(
        by_method,
        fastls.descent.GradientDescent(
            search=fastls.Backtracking(), reference=fastls.Nonmonotone()
        ),
    ),
)


# Of a recorded function: the same searches, without Python between two evaluations.


def opaque(value, slope):
    """The function of a vector as NumPy code, of which one operation is a user's own."""
    operation = fastls.primitive(
        value, vjp=lambda g, y, a: [g * slope(a)], jvp=lambda t, y, a: t[0] * slope(a)
    )
    return lambda x: operation(x[0])


def traceable(value, slope):
    return lambda x: value(x[0])


def by_tape(search: Any, prepare: Any, value, slope, first):
    tape = fastls.record(prepare(value, slope), X)
    return outcome(search.step(tape, None, X, D, first), "alpha", "value")


def by_ray(search: Any, prepare: Any, value, slope, first):
    tape = fastls.record(prepare(value, slope), X)
    return outcome(search.search(tape.along(X, D), None, first), "alpha", "value")


def on_ray(search: Any, prepare: Any, value, slope, first):
    tape = fastls.record(prepare(value, slope), X)
    return outcome(search.minimize(tape.along(X, D), INTERVAL), "x", "fun")


def by_recorded_minimize(method: str, prepare: Any, value, slope, first):
    found = fastls.minimize(prepare(value, slope), X, method=method)
    return Outcome(found.status, found.success, found.x[0], found.fun)


def recorded_entries(prepare: Any) -> dict[str, Entry]:
    rows = {}
    for search in STEP_SEARCHES:
        name = name_of(search)
        rows[f"{name}.step of a tape"] = Entry("step", functools.partial(by_tape, search, prepare))
        rows[f"{name}.search on a ray"] = Entry("step", functools.partial(by_ray, search, prepare))
    rows["Brent.minimize on a ray"] = Entry(
        "interval", functools.partial(on_ray, fastls.Brent(), prepare)
    )
    for method in METHODS:
        rows[f"minimize of a tape, {method}"] = Entry(
            "descent", functools.partial(by_recorded_minimize, method, prepare)
        )
    return rows


RECORDED = recorded_entries(traceable)
OPAQUE = {f"{name}, opaque": entry for name, entry in recorded_entries(opaque).items()}


# Functions in C: of ctypes, each of which takes the GIL again, and of cffi for the searches in C.


DOUBLES = ctypes.POINTER(ctypes.c_double)
OF_NUMBER = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)
OF_PAIR = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, DOUBLES, DOUBLES, ctypes.c_void_p)


def number_in_c(f):
    return OF_NUMBER(lambda a: float(f(a)))


def pair_in_c(value, slope):
    def pair(a, value_there, slope_there, data):
        value_there[0], slope_there[0] = float(value(a)), float(slope(a))
        return 0

    return OF_PAIR(pair)


def on_interval_in_c(search: Any, value, slope, first):
    return outcome(search.minimize(number_in_c(value), INTERVAL), "x", "fun")


def from_a_bracket_in_c(search: Any, value, slope, first):
    found = fastls.minimize_scalar(number_in_c(value), (0.0, 0.5), method=search)
    return outcome(found, "x", "fun")


def by_pairs_in_c(search: Any, value, slope, first):
    return outcome(search.search(pair_in_c(value, slope), None, first), "alpha", "value")


def by_values_in_c(search: Any, value, slope, first):
    found = search.search(number_in_c(value), number_in_c(slope), first)
    return outcome(found, "alpha", "value")


COMPILED = {
    "bracket of C": Entry(
        "bracket", lambda f, slope, first: by_bracket(number_in_c(f), slope, first)
    )
}
for method in INTERVAL_SEARCHES:
    name, guarded = type(method).__name__, not isinstance(method, fastls.Parabolic)
    COMPILED[f"{name}.minimize of C"] = Entry(
        "interval", functools.partial(on_interval_in_c, method), guarded
    )
    COMPILED[f"minimize_scalar from a bracket of C, {name}"] = Entry(
        "bracket", functools.partial(from_a_bracket_in_c, method), guarded
    )
for method in STEP_SEARCHES:
    name = name_of(method)
    COMPILED[f"{name}.search of pairs of C"] = Entry(
        "step", functools.partial(by_pairs_in_c, method)
    )
    COMPILED[f"{name}.search of C"] = Entry("step", functools.partial(by_values_in_c, method))


if importlib.util.find_spec("cffi"):
    from tests import c_searches

    def by_name_of_c(name: str, value, slope, first):
        """The search that `fastls.h` has under this name."""
        kind = c_searches.kind_of(name)
        if kind == "step":
            found = c_searches.run(name, lambda a: (float(value(a)), float(slope(a))), first)
            at, there = found.alpha, found.value
        elif kind == "bracket":
            found = c_searches.run(name, lambda a: float(value(a)), 0.0, 0.5)
            at, there = found.mid, found.fmid
        else:
            found = c_searches.run(name, lambda a: float(value(a)), *INTERVAL)
            at, there = found.x, found.fun
        status = Status(found.status)
        return Outcome(status, status in (Status.CONVERGED, Status.STATIONARY), at, there)

    for each in c_searches.SEARCHES:
        COMPILED[f"fastls_{each}"] = Entry(
            c_searches.kind_of(each), functools.partial(by_name_of_c, each), each != "parabolic"
        )


# What a tape is asked for.

PURPOSES = {
    "value": lambda tape, x: tape(x),
    "value_and_grad": lambda tape, x: tape.value_and_grad(x),
    "grad": lambda tape, x: tape.grad(x),
    "jacobian": lambda tape, x: tape.jacobian(x),
    "hessian": lambda tape, x: tape.hessian(x),
    "jvp": lambda tape, x: tape.jvp(x, x),
    "vjp": lambda tape, x: tape.vjp(x, 1.0),
    "hvp": lambda tape, x: tape.hvp(x, x),
    "differential": lambda tape, x: tape.differential(x, x),
    "second_differential": lambda tape, x: tape.second_differential(x, x, x),
    "along": lambda tape, x: tape.along(x, -x)(0.25),
    "step": lambda tape, x: fastls.Zoom().step(tape, None, x, -x).alpha,
}


ALL = ("interval", "bracket", "step", "descent")


def every(*kinds: str, entries: dict[str, Entry] | None = None):
    """A test of each entry of these kinds."""
    chosen = ENTRIES if entries is None else entries
    chosen = {name: entry for name, entry in chosen.items() if entry.kind in kinds}
    return pytest.mark.parametrize("entry", chosen.values(), ids=chosen.keys())
