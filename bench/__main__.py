"""``python -m bench``: the report."""

import os

# One thread for BLAS and JAX, set before NumPy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import argparse
import importlib.metadata
import importlib.util
import json
import math
import platform
import textwrap
import time
import timeit
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from . import (
    descent_report,
    instructions,
    memory_report,
    peers,
    pictures,
    step_figures,
    step_report,
    tape_report,
)
from .compiled import NotBuiltError, compiled, compiler
from .figures import Figure, figures
from .implementations import TOLERANCES, XTOL, implementations
from .problems import Problem, problems
from .progress import collect
from .step_report import StepReport
from .tape_problems import tape_problems

NAMES = {"GoldenSection": "golden section", "Dichotomy": "dichotomy", "Parabolic": "parabolic"}


LEGEND = (
    "ratio: time over that of fastls with the same method; find_minimum (Chandrupatla's method) "
    "over that of Brent. worst error: of the minimisers, where the method converged; pure Python "
    "does not tell where it did not."
)


class Row(NamedTuple):
    """One implementation on one problem."""

    family: str
    problem: str
    method: str
    by: str
    x: float
    minimiser: float  # local or global, nearest to x
    error: float
    nfev: int
    seconds: float
    ratio: float
    success: bool
    is_global: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON (- to print it)")
    parser.add_argument("--all", action="store_true", help="print a table a problem, not a family")
    parser.add_argument("--quick", action="store_true", help="few repeats: to see that it runs")
    parser.add_argument("--descents", action="store_true", help="descent methods alone")
    parser.add_argument("--plot", metavar="DIR", type=Path, help="draw the times, as PNG")
    parser.add_argument("--tapes", action="store_true", help="derivatives of NumPy code alone")
    parser.add_argument("--markdown", action="store_true", help="those of --tapes as one table")
    parser.add_argument(
        "--profile", metavar="PROBLEM", help="the instructions of one of the problems of --tapes"
    )
    options = parser.parse_args()
    if options.profile:
        print_profile(parser, options.profile, options.quick)
        return
    if options.plot:
        pictures.prepare(options.plot)
    if options.tapes or options.markdown:
        print_tapes(options)
        return
    if options.descents:
        descents = descent_report.measure(options.quick)
        descent_report.print_tables(descents)
        print_figures([*descent_report.figures(descents)])
        print_end(descent_report.left_out())
        return
    repeats = 3 if options.quick else 15
    rows = collect(
        (row for problem in problems() for row in measure(problem, repeats)),
        "searches on an interval",
    )
    steps = step_report.measure(options.quick)
    tapes = tape_report.measure(options.quick)
    descents = descent_report.measure(options.quick)
    memories = memory_report.measure(100 if options.quick else 1000)
    missing = [*left_out(), *tape_report.left_out(), *descent_report.left_out()]
    loop = built("straight_loop", "row 1", missing)
    step_loop = built("step_loop", "row 4d, in C", missing)
    repeats = 2 if options.quick else 15
    found = [
        *figures(loop, repeats),
        *step_figures.figures(steps.more_thuente, steps.round_off, step_loop, repeats),
        *tape_report.figures(tapes),
        *descent_report.figures(descents),
    ]
    if options.json != "-":
        print_report(rows, steps, tapes, descents, found, missing, options.all)
        memory_report.print_table(memories)
    if options.plot:
        pictures.draw(rows, tapes, memories, options.plot)
    if options.json:
        report = as_json(rows, steps, tapes, descents, found, missing)
        report["memory"] = memory_report.as_json(memories)
        text = json.dumps(report, indent=2) + "\n"
        if options.json == "-":
            print(text, end="")
        else:
            Path(options.json).write_text(text)


def print_profile(parser: argparse.ArgumentParser, name: str, quick: bool) -> None:
    known = {problem.name: problem for problem in tape_problems(quick=False)}
    if name not in known:
        parser.error(f"--profile must be one of {', '.join(map(repr, known))}; got {name!r}")
    instructions.print_profile(instructions.profile(known[name], 20 if quick else 500))


def print_tapes(options: argparse.Namespace) -> None:
    """Derivatives alone."""
    tapes = tape_report.measure(options.quick)
    if options.plot:
        pictures.draw_tapes(tapes, options.plot)
    if options.markdown:
        print(tape_report.markdown(tapes))
    else:
        tape_report.print_tables(tapes)
        print_figures(list(tape_report.figures(tapes)))
    print_end(tape_report.left_out())


def built(name: str, row: str, missing: list[str]) -> ModuleType | None:
    """The compiled module, if there is a compiler; else a line about the row it leaves out."""
    try:
        return compiled(name)
    except NotBuiltError as error:
        missing.append(f"{row}: left out, no compiled loop: {error}")
        return None


def measure(problem: Problem, repeats: int) -> Iterator[Row]:
    """Every implementation on one problem; times in turn, the least of which counts."""
    chosen = list(implementations(problem))
    outcomes = [item.minimise() for item in chosen]
    least = [math.inf] * len(chosen)
    for _ in range(repeats):
        for i, item in enumerate(chosen):
            start = time.perf_counter()
            item.minimise()
            number = max(1, int(1e-3 / (time.perf_counter() - start)))
            least[i] = min(least[i], timeit.timeit(item.minimise, number=number) / number)
    base = {item.method: t for item, t in zip(chosen, least, strict=True) if item.by == "fastls"}
    for item, outcome, seconds in zip(chosen, outcomes, least, strict=True):
        x = float(outcome.x)
        minimiser = problem.nearest(x)
        yield Row(
            problem.family, problem.name, item.method, item.by, x, minimiser, abs(x - minimiser),
            int(outcome.nfev), seconds, seconds / base[item.method], outcome.success,
            minimiser == problem.minimiser,
        )  # fmt: skip


def left_out() -> list[str]:
    """What is not compared because a package is missing, a line each."""
    missing = []
    if importlib.util.find_spec("scipy") is None:
        missing.append("SciPy's methods: left out, SciPy is not installed")
    elif importlib.util.find_spec("scipy.optimize.elementwise") is None:
        missing.append("SciPy's find_minimum: left out, SciPy is older than 1.15")
    if importlib.util.find_spec("sklearn") is None:
        missing.append("real data: left out, scikit-learn is not installed")
    return missing


def versions() -> dict[str, str]:
    found = {"Python": platform.python_version()}
    for name in ("fastls", "numpy", "scipy", "numba", "scikit-learn", "cython"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found | peers.versions() | {"compiler": compiler(), "machine": machine()}


def machine() -> str:
    """The processor, as the system names it."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        names = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    except OSError:
        names = []
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"


def print_report(
    rows: list[Row], steps: StepReport, tapes: tape_report.TapeReport,
    descents: descent_report.DescentReport, found: list[Figure], missing: list[str], every: bool,
) -> None:  # fmt: skip
    print(f"Searches on an interval to {XTOL:g}, Python functions. Times are minima.")
    for text in TOLERANCES:
        print(textwrap.fill(text, 80, initial_indent="- ", subsequent_indent="  "))
    print(textwrap.fill(LEGEND, 80))
    groups: dict[str, list[Row]] = {}
    for row in rows:
        # Real problems are shown one by one.
        alone = every or row.family == "real data"
        groups.setdefault(f"{row.family}: {row.problem}" if alone else row.family, []).append(row)
    for title, group in groups.items():
        print_group(title, group)
    local = sorted({f"{row.problem}: {row.by}" for row in rows if not row.is_global})
    if local:
        text = "* to a minimiser that is local only, at " + "; ".join(local)
        print("\n" + textwrap.fill(text, 80, subsequent_indent="  "))
    step_report.print_tables(steps, every)
    tape_report.print_tables(tapes)
    descent_report.print_tables(descents)
    print_figures(found)
    print_end(missing)


def print_end(missing: list[str]) -> None:
    for text in missing:
        print(textwrap.fill(text, 80, subsequent_indent="    "))
    print()
    text = ", ".join(f"{name} {version}" for name, version in versions().items())
    print(textwrap.fill(text, 80))


def print_group(title: str, rows: list[Row]) -> None:
    print(f"\n{title} ({len({row.problem for row in rows})} problems)".replace("(1 problems)", ""))
    print(
        f"{'method':<15}{'':<19}{'calls':>6}{'time µs':>10}{'ratio':>8}{'worst error':>13}"
        f"{'failed':>8}"
    )
    members: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        members.setdefault((row.method, row.by), []).append(row)
    base = {
        method: sum(row.seconds for row in group)
        for (method, by), group in members.items()
        if by == "fastls"
    }
    for method in base:
        for (name, by), group in members.items():
            if name != method:
                continue
            seconds = sum(row.seconds for row in group)
            converged = [row.error for row in group if row.success]
            mark = " " if all(row.is_global for row in group) else "*"
            line = (
                f"{NAMES.get(method, method) if by == 'fastls' else '':<15}{by:<19}"
                f"{sum(row.nfev for row in group):>6}{seconds * 1e6:>10.4g}"
                f"{seconds / base[method]:>8.3g}{max(converged, default=math.nan):>12.1e}{mark}"
                f"{sum(not row.success for row in group) or '':>8}"
            )
            print(line.rstrip())


def print_figures(found: list[Figure]) -> None:
    print("\nFigures to reach")
    reasons: list[str] = []
    for figure in found:
        verdict = {True: "reached", False: "NOT reached", None: ""}[figure.reached]
        print(textwrap.fill(f"{figure.row:<3} {figure.work}", 80, subsequent_indent="    "))
        print(f"    {figure.target:<24} measured {figure.measured:<24} {verdict}".rstrip())
        if figure.reached is False and figure.reason not in reasons:
            reasons.append(figure.reason)
    for reason in reasons:
        print(textwrap.fill(f"Why not: {reason}", 80, subsequent_indent="    "))


def as_json(
    rows: list[Row], steps: StepReport, tapes: tape_report.TapeReport,
    descents: descent_report.DescentReport, found: list[Figure], missing: list[str],
) -> dict[str, Any]:  # fmt: skip
    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return {
        "versions": versions(),
        "xtol": XTOL,
        "tolerances": TOLERANCES,
        "left_out": missing,
        "rows": [{key: plain(value) for key, value in row._asdict().items()} for row in rows],
        "steps": step_report.as_json(steps),
        "tapes": tape_report.as_json(tapes),
        "descents": descent_report.as_json(descents),
        "figures": [figure._asdict() for figure in found],
    }


if __name__ == "__main__":
    main()
