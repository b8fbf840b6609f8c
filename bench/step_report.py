"""The part of the report on searches for a step."""

import math
from typing import Any, NamedTuple

from . import certificate, first_steps, more_thuente, round_off
from .progress import collect


class StepReport(NamedTuple):
    """All that is measured but the figures."""

    more_thuente: list[more_thuente.Row]
    round_off: list[round_off.Row]
    certificate: list[certificate.Tally]
    first_steps: list[first_steps.Row]


def measure(quick: bool) -> StepReport:
    return StepReport(
        list(more_thuente.measure()),
        list(round_off.measure()),
        certificate.measure(certificate.QUICK if quick else certificate.STARTS),
        collect(first_steps.measure(1 if quick else 15), "first steps"),
    )


def print_tables(report: StepReport, every: bool) -> None:
    print("\nSearches for a step, Python functions. Evaluations leave out those at 0.")
    more_thuente.print_table(report.more_thuente)
    round_off.print_table(report.round_off)
    certificate.print_table(report.certificate, every)
    first_steps.print_table(report.first_steps, every)


def as_json(report: StepReport) -> dict[str, Any]:
    """NaN and infinities become None, which JSON has."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    found: dict[str, Any] = {
        name: [{key: plain(value) for key, value in row._asdict().items()} for row in rows]
        for name, rows in report._asdict().items()
        if name != "certificate"
    }
    found["certificate"] = [
        {key: value for key, value in vars(tally).items() if key not in ("solved", "missed")}
        for tally in report.certificate
    ]
    return found
