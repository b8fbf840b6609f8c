"""The part of the report on descent methods."""

import importlib.util
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from . import gradient_descent, minimisation_calls, minimisation_times, real_data_report
from .figures import Figure
from .progress import collect


class DescentReport(NamedTuple):
    """All that is measured but the figures; without SciPy, what can be."""

    steps: list[gradient_descent.Row]
    times: list[minimisation_times.Row]
    trial: minimisation_times.Trial | None
    overhead: dict[str, float]  # an iteration, with Python callables of no cost, in seconds
    calls: list[minimisation_calls.Calls]
    real_data: real_data_report.RealDataReport


def left_out() -> list[str]:
    """What is not compared, a line each."""
    return real_data_report.left_out() + ([] if has_scipy() else ["rows 4c, 11, 15, 16: no SciPy"])


def has_scipy() -> bool:
    return importlib.util.find_spec("scipy") is not None


def measure(quick: bool) -> DescentReport:
    steps = collect(gradient_descent.measure(1 if quick else 5), "gradient descent")
    real_data = real_data_report.measure(quick)
    if not has_scipy():
        return DescentReport(steps, [], None, {}, [], real_data)
    return DescentReport(
        steps,
        collect(minimisation_times.measure(2 if quick else 9), "times of minimisation"),
        minimisation_times.measure_trial(5 if quick else 100),
        minimisation_times.measure_overhead(5 if quick else 30),
        collect(
            minimisation_calls.measure(minimisation_calls.SCALES[: 1 if quick else None]),
            "calls of minimisation",
        ),
        real_data,
    )


def print_tables(report: DescentReport) -> None:
    print("\nDescent methods")
    gradient_descent.print_table(report.steps)
    real_data_report.print_tables(report.real_data)
    if report.trial is not None:
        minimisation_times.print_table(report.times, report.trial, report.overhead)
        minimisation_calls.print_table(report.calls)


def figures(report: DescentReport) -> Iterator[Figure]:
    yield from real_data_report.figures(report.real_data)
    if report.trial is not None:
        yield from minimisation_calls.figures(report.calls)
        yield from minimisation_times.figures(report.times, report.trial)


def as_json(report: DescentReport) -> dict[str, Any]:
    """NaN becomes None, which JSON has."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return plain(value._asdict())
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    found: dict[str, Any] = plain(report)
    return found
