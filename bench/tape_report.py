"""The part of the report on derivatives of NumPy code, and the figures set for them."""

import importlib
import importlib.util
import math
import textwrap
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from fastls.tape import Tape, record, value_and_grad

from .figures import Figure, at_least, at_most, least
from .tape_problems import TapeProblem, tape_problems

SMALL = 100  # variables
LONG = 0.5  # seconds to record, from which a problem is timed once, not several times
DURATION = 5e-4  # seconds, short enough to fall between what else the machine does

LEGEND = (
    "Value and gradient of plain NumPy code, in µs: replayed from a tape; by the function that "
    "fastls.value_and_grad returns; by that of autograd, from the same code with autograd.numpy, "
    "and ×, its time over that of fastls; by hand in NumPy. cost: value and gradient from a tape "
    "over the value alone, the faster of NumPy's and the tape's, on small problems mostly what "
    "their calls take. record: to record, write the program of the gradient and run it once, in "
    "ms. error: the difference from the gradients of autograd and by hand, the larger, over the "
    "largest entry."
)

# Why a figure is missed, if it is.
CALL = (
    "Rosenbrock 2 shows what a call by itself takes at most; the rest are the instructions of the "
    "tape, each dispatched by itself."
)
READING = "before the tape is found, the arguments are read once more."
ARITHMETIC = (
    "on thousands of rows most of the time goes into the same BLAS and NumPy loops as autograd's; "
    "such a problem is small in its variables only."
)
LAPACK = "most of the time goes into the same LAPACK calls."
PASSES = "the target is that of NumPy's loops called from C, all on one block before the next."
LOOPS = "most of the time goes into the same NumPy loops and BLAS calls."
RECORDING = "every operation, and every one of the gradient, is written by Python code."
SCALAR = "every operation on a number is an instruction dispatched by itself."
UNKNOWN = "not looked into where the gradient costs more than that."
COST = (
    "the value takes a factorisation, 2n³/3 operations; the inverse in the gradient is 2n³ in all."
)


class Row(NamedTuple):
    """One problem; times in seconds, NaN where there is no such peer."""

    problem: str
    row: str  # of the design
    variables: int
    operations: int
    tape: float
    fastls: float
    tape_value: float
    numpy_value: float
    autograd: float
    by_hand: float
    recording: float
    differs_from_autograd: float
    differs_from_by_hand: float

    @property
    def cost(self) -> float:
        return self.tape / min(self.tape_value, self.numpy_value)

    @property
    def differs(self) -> float:
        found = (self.differs_from_autograd, self.differs_from_by_hand)
        return max((each for each in found if not math.isnan(each)), default=math.nan)


def left_out() -> list[str]:
    """What is not compared, a line each."""
    missing = ["row 9, networks: left out, JAX is no part of this report; by hand stands beside"]
    if importlib.util.find_spec("autograd") is None:
        missing.append("autograd: left out, it is not installed")
    return missing


def measure(quick: bool) -> list[Row]:
    repeats = 40 if quick else 200
    return [measure_one(problem, repeats) for problem in tape_problems(quick)]


def autograd_of(problem: TapeProblem) -> Any:
    """The value and gradient by autograd; None where it is not asked."""
    if problem.is_too_long or importlib.util.find_spec("autograd") is None:
        return None
    autograd = importlib.import_module("autograd")
    objective = problem.write(importlib.import_module("autograd.numpy"))
    return autograd.value_and_grad(objective, problem.argnums)


def recorded(problem: TapeProblem) -> Tape:
    return record(problem.write(np), *problem.arguments, argnums=problem.argnums)


def measure_one(problem: TapeProblem, repeats: int) -> Row:
    tape, recording = record_timed(problem, repeats)
    calls: dict[str, Any] = {
        "tape": tape.value_and_grad,
        "fastls": value_and_grad(problem.write(np), problem.argnums),
        "tape_value": tape,
        "numpy_value": problem.write(np),
        "autograd": autograd_of(problem),
        "by_hand": problem.by_hand,
    }
    calls = {name: call for name, call in calls.items() if call is not None}
    # The first calls record and write programs: they are not to be timed.
    outcomes = {name: call(*problem.arguments) for name, call in calls.items()}
    differences = {
        name: difference(outcomes["tape"][1], outcomes[name][1]) if name in calls else math.nan
        for name in ("autograd", "by_hand")
    }
    names = calls | {"arguments": problem.arguments}
    repeats = repeats if recording < LONG else 1
    times = least([f"{name}(*arguments)" for name in calls], names, repeats, DURATION)
    found = dict.fromkeys(("autograd", "by_hand"), math.nan) | dict(zip(calls, times, strict=True))
    return Row(
        problem.name, problem.row, problem.variables, problem.operations, **found,
        recording=recording, differs_from_autograd=differences["autograd"],
        differs_from_by_hand=differences["by_hand"],
    )  # fmt: skip


def record_timed(problem: TapeProblem, repeats: int) -> tuple[Tape, float]:
    """A tape, and the least time to make one with the program of the gradient."""
    seconds = math.inf
    for _ in range(max(1, repeats // 10)):
        start = time.perf_counter()
        tape = recorded(problem)
        tape.value_and_grad(*problem.arguments)
        seconds = min(seconds, time.perf_counter() - start)
        if seconds > LONG:
            break
    return tape, seconds


def difference(found: Any, expected: Any) -> float:
    """The largest difference of two gradients, over the largest entry."""
    ours, theirs = (np.concatenate(list(flat(each))) for each in (found, expected))
    if ours.shape != theirs.shape:
        return math.inf
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from flat(item)
    else:
        yield np.ravel(value)


def print_table(rows: list[Row]) -> None:
    print("\nDerivatives of NumPy code")
    print(textwrap.fill(LEGEND, 80))
    print(
        f"{'':<24}{'tape':>7}{'fastls':>7}{'autograd':>9}{'×':>6}{'by hand':>8}{'cost':>5}"
        f"{'record':>7}{'error':>7}"
    )
    for row in rows:
        print(
            f"{row.problem:<24}{short(row.tape * 1e6):>7}{short(row.fastls * 1e6):>7}"
            f"{short(row.autograd * 1e6):>9}{short(row.autograd / row.fastls):>6}"
            f"{short(row.by_hand * 1e6):>8}{short(row.cost):>5}{short(row.recording * 1e3):>7}"
            f"{row.differs:>7.0e}"
        )


def short(value: float) -> str:
    """Three digits, no exponent; nothing for NaN."""
    if math.isnan(value):
        return ""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:.{min(digits, 2)}f}"


def figures(rows: list[Row]) -> Iterator[Figure]:
    """Rows 5 to 8, 10, 12 and 13 of the design, and that small problems are faster by ten."""
    for row in rows:
        if row.row == "5":
            yield at_most(
                "5", f"{row.problem}: value and gradient from Python",
                1.0, row.tape * 1e6, "µs", CALL,
            )  # fmt: skip
    for row in rows:
        if row.variables <= SMALL and not math.isnan(row.autograd):
            work = f"{row.problem}: autograd ({row.autograd * 1e6:.4g} µs), to fastls"
            reason = ARITHMETIC if row.row == "7" else READING
            yield at_least("ag", work, 10, row.autograd / row.fastls, reason)
    limits = {"Rosenbrock 1000": 3.0, "Rosenbrock 100000": 250.0}
    for row in rows:
        if row.problem in limits:
            limit = limits[row.problem]
            yield at_most("6", f"{row.problem}", limit, row.tape * 1e6, "µs", PASSES)
    for row in rows:
        if row.row in ("7", "8", "9"):
            yield beside_by_hand(row)
    for row in rows:
        if row.row not in ("", "13"):
            yield at_most(
                "10",
                f"{row.problem}: gradient to value",
                3,
                row.cost,
                reason=COST if row.row == "8" else "",
            )
    for row in rows:
        if row.row not in ("", "13"):
            yield at_most(
                "12", f"{row.problem}: recording", 5, row.recording * 1e3, "ms", RECORDING
            )
    for row in rows:
        if row.row == "13":
            each = row.tape_value / row.operations * 1e9
            yield at_most("13", f"{row.problem}: value, an operation", 1.5, each, "ns", SCALAR)


def beside_by_hand(row: Row) -> Figure:
    """Rows 7 and 8; for row 9, whose peer is JAX, no target."""
    work = f"{row.problem}: to NumPy by hand ({row.by_hand * 1e6:.4g} µs)"
    ratio = row.tape / row.by_hand
    if row.row == "9":
        return Figure("9", work, "none", f"{ratio:.4g} x", ratio, None)
    return at_most(row.row, work, 1, ratio, reason=LOOPS if row.row == "7" else LAPACK)


def as_json(rows: list[Row]) -> list[dict[str, Any]]:
    """NaN becomes None, which JSON has."""
    return [
        {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in (row._asdict() | {"cost": row.cost, "differs": row.differs}).items()
        }
        for row in rows
    ]
