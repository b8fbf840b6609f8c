"""A certificate: what every search must do, on functions × first steps × constants.

A success satisfies its condition, at a value and a slope computed again, by the formulas below,
which share nothing with the library. A failure returns the best finite point it has seen. No step
is None or NaN, no point is asked for twice, none lies outside the bracket the search itself tells
or beyond one where the function was not finite, and all calls are counted.
"""

import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

import fastls
from fastls.step.method import StepSearch

from .line_problems import LineProblem, certificate_problems
from .line_searches import Counted, quiet, searches

CONSTANTS = ((1e-4, 0.1), (1e-4, 0.9), (0.1, 0.9), (1e-3, 1e-3))
STARTS = (1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)
QUICK = (1e-3, 1e1)

#: A step told by slopes alone: values may exceed phi(0) by ten times the spacing of floats.
ROUNDING = 10 * 2.0**-52


LEGEND = (
    "success: the condition holds, computed again. by slopes: of these, under ApproximateWolfe, "
    "where values are equal but for rounding (HagerZhang's: anywhere). avoidable: failures where a "
    "step is known, from another search for the same condition or another first step (--all names "
    "the functions). violations: of what, bench/certificate.py says."
)


@dataclass
class Tally:
    """The searches of one kind: how they ended, and what they violated."""

    search: str
    count: int = 0
    successes: int = 0
    by_slopes: int = 0  # of these: values differed by rounding only, and slopes decided
    failures: Counter[str] = field(default_factory=Counter)  # by status
    violations: list[str] = field(default_factory=list)
    solved: Counter[str] = field(default_factory=Counter)  # by function and condition
    missed: Counter[str] = field(default_factory=Counter)
    # Failures where a step is known, from another start or search, by function.
    avoidable: Counter[str] = field(default_factory=Counter)


def kinds(c1: float, c2: float) -> dict[str, StepSearch]:
    """Every search, with every condition, for two constants."""
    backtracking = fastls.Backtracking
    return searches(c1, c2) | {
        "Zoom, Wolfe": fastls.Zoom(condition=fastls.Wolfe(c1, c2)),
        "Backtracking, Armijo": backtracking(fastls.Armijo(c1)),
        "Backtracking, Armijo, quadratic": backtracking(
            fastls.Armijo(c1), interpolation="quadratic"
        ),
        "Backtracking, Goldstein": backtracking(fastls.Goldstein(c2 / 2), interpolation="cubic"),
        "Backtracking, curvature": backtracking(fastls.Curvature(c2)),
        "Backtracking, approximate": backtracking(fastls.ApproximateWolfe(c1, c2)),
    }


def measure(starts: tuple[float, ...] = STARTS) -> list[Tally]:
    """All of them: with value and slope from one function, and from two."""
    tallies: dict[str, Tally] = {}
    with quiet():
        for problem in certificate_problems():
            for constants in CONSTANTS:
                for name, search in kinds(*constants).items():
                    tally = tallies.setdefault(name, Tally(name))
                    for start in starts:
                        for apart in (False, True):
                            case = f"{problem.name}, alpha={start:g}, {search!r}, apart={apart}"
                            found = one_search(tally, search, problem, start, apart)
                            tally.violations += [f"{what}: {case}" for what in found]
    known = sum((tally.solved for tally in tallies.values()), Counter[str]())
    for tally in tallies.values():
        for case, count in tally.missed.items():
            if case in known:
                tally.avoidable[case.partition(": ")[0]] += count
    return list(tallies.values())


def one_search(
    tally: Tally, search: StepSearch, problem: LineProblem, start: float, apart: bool
) -> Iterator[str]:
    """Run it, count it, and tell what it has violated."""
    phi, dphi = Counted(problem.phi), Counted(problem.dphi)
    phi0, slope0 = problem.fused(0.0)
    first, second = (phi, dphi) if apart else (problem._replace(phi=phi, dphi=dphi).fused, None)
    step = search.search(first, second, start, phi0=phi0, slope0=slope0, trace=True)
    tally.count += 1
    tally.successes += step.success
    tally.by_slopes += step.success and step.condition != search.condition
    outcomes = tally.solved if step.success else tally.missed
    outcomes[f"{problem.name}: {search.condition!r}"] += 1
    if not step.success:
        tally.failures[step.status.name] += 1
    yield from of_the_step(step, problem, search.condition)
    yield from of_the_trials(step, search.max_evaluations, phi.points, dphi.points if apart else [])


def of_the_step(step: fastls.Step, problem: LineProblem, asked: fastls.Condition) -> Iterator[str]:
    numbers = [step.alpha, step.value] + [step.slope] * (step.slope is not None)
    if not all(isinstance(number, float) and math.isfinite(number) for number in numbers):
        yield "a step that is no finite number"
        return
    value0, slope0 = problem.fused(0.0)
    value, slope = problem.fused(step.alpha)
    if step.value != value or step.slope not in (None, slope):
        yield "not the value or slope at the step"
    if not step.success:
        if value > min([value0, *finite_values(step, problem)]):
            yield "not the best point seen"
        return
    if step.condition is None or not step.alpha > 0.0:
        yield "a success without a step or a condition"
    elif not satisfies(step.condition, step.alpha, value, slope, value0, slope0):
        yield "the condition is violated"
    elif not step.condition.holds(step.alpha, value, step.slope, value0, slope0):
        yield "the condition says it does not hold"
    if step.condition != asked and not isinstance(step.condition, fastls.ApproximateWolfe):
        yield "another condition than was asked for"
    if isinstance(asked, fastls.StrongWolfe) and not abs(slope) <= -asked.c2 * slope0:
        yield "too steep for the strong Wolfe conditions"


def finite_values(step: fastls.Step, problem: LineProblem) -> list[float]:
    """At the trials where both value and slope are finite."""
    assert step.trace is not None
    trials = zip(step.trace["alpha"].tolist(), step.trace["value"].tolist(), strict=True)
    return [v for a, v in trials if math.isfinite(v) and math.isfinite(problem.dphi(a))]


def satisfies(
    condition: fastls.Condition, alpha: float, value: float, slope: float, value0: float,
    slope0: float,
) -> bool:  # fmt: skip
    """The formulas of the textbooks."""

    def below(share: float) -> bool:
        return value <= value0 + share * alpha * slope0

    def no_rise(epsilon: float) -> bool:
        return value <= value0 + epsilon * (abs(value0) + alpha * abs(slope0))

    match condition:
        case fastls.Armijo(c1=c1):
            return below(c1)
        case fastls.Goldstein(c=c):
            return below(c) and value >= value0 + (1 - c) * alpha * slope0
        case fastls.Curvature(c2=c2):
            return slope >= c2 * slope0 and no_rise(ROUNDING)
        case fastls.ApproximateWolfe(c1=c1, c2=c2, epsilon=epsilon):
            return no_rise(epsilon) and (2 * c1 - 1) * slope0 >= slope >= c2 * slope0
        case fastls.StrongWolfe(c1=c1, c2=c2):
            return below(c1) and abs(slope) <= -c2 * slope0
        case fastls.Wolfe(c1=c1, c2=c2):
            return below(c1) and slope >= c2 * slope0
    return False


def of_the_trials(
    step: fastls.Step, limit: int, values: list[float], slopes: list[float]
) -> Iterator[str]:
    """What was asked, as the functions saw it. Slopes: where they come from a function alone."""
    assert step.trace is not None
    if step.nfev != len(values) or (slopes and step.ngev != len(slopes)):
        yield "calls that are not counted"
    if values != step.trace["alpha"].tolist():
        yield "a trace of other points"
    if step.nfev > limit:
        yield "more evaluations than allowed"
    if len({0.0, *values}) <= len(values) or len({0.0, *slopes}) <= len(slopes):
        yield "a point asked for twice"
    if not set(slopes) <= set(values):
        yield "a slope where no value was asked for"
    if not np.all((step.trace["a"] <= values) & (values <= step.trace["b"])):
        yield "a trial outside the bracket"
    for i in np.flatnonzero(~np.isfinite(step.trace["value"])):
        later = np.array(values[i + 1 :])
        if not (np.all(later < values[i]) or np.all(later > values[i])):
            yield "a trial beyond a point where the function is not finite"


def print_table(tallies: list[Tally], every: bool) -> None:
    problems, total = len(certificate_problems()), sum(tally.count for tally in tallies)
    print(f"\nCertificate: {total} searches on {problems} functions")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<32}{'searches':>8}{'success':>8}{'by slopes':>10}{'avoidable':>11}{'violations':>11}"
    )
    for tally in tallies:
        print(
            f"{tally.search:<32}{tally.count:>8}{tally.successes:>8}{tally.by_slopes:>10}"
            f"{tally.avoidable.total():>11}{len(tally.violations):>11}"
        )
    causes = sum((tally.failures for tally in tallies), Counter[str]()).most_common()
    names = (f"{name.lower().replace('_', ' ')} {count}" for name, count in causes)
    print(textwrap.fill(f"Why the others failed: {', '.join(names)}.", 80, subsequent_indent="  "))
    for tally in tallies if every else []:
        names = (f"{name} ({count})" for name, count in tally.avoidable.most_common())
        text = f"Avoidable, {tally.search}: {', '.join(names)}."
        print(textwrap.fill(text, 80, subsequent_indent="  "))
    for violation in [violation for tally in tallies for violation in tally.violations][:10]:
        print(textwrap.fill(f"! {violation}", 80, subsequent_indent="  "))
