"""Where the time of a tape goes, one instruction after the other: ``python -m bench --profile``.

The program is cut short after each instruction; what an instruction takes is the difference of two
cuts. Each is replayed many times within one call from Python, so that the call by itself shows too.
"""

import functools
import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

from fastls.tape import lapack, plan, record
from fastls.tape.elementary import OF_FEW, loop
from fastls.tape.numpy_loops import linalg_ufunc
from fastls.tape.replay import OWN_LOOPS, Program

from .figures import least
from .peers import CLOCK
from .tape_problems import TapeProblem

MANY = 400  # instructions, from which they are timed together only
BY_ROWS = ("times_vector", "plus_transpose_times_vector")  # products of rows of a matrix
BRIEF = 2e-5  # seconds that the replays of one timed call are to take at least

LEGEND = (
    "elements: computed, of operations on numbers their count. GB/s: of operands and results, "
    "whether in a cache or not. Gflop/s: of products. +: within a run, carried out block by block."
)


class Line(NamedTuple):
    """One instruction; seconds in one replay."""

    name: str
    elements: int
    seconds: float
    bytes: int
    flops: int
    is_blocked: bool


class Profile(NamedTuple):
    """Of value and gradient; seconds."""

    problem: str
    lines: list[Line]
    number: int  # of instructions
    call: float  # from Python, all in all
    arrays: float  # of that, for a workspace and the arrays of the answer
    replay: float  # and in the instructions

    def summary(self) -> str:
        """In one sentence."""
        reading = self.call - self.arrays - self.replay
        text = (
            f"{self.problem}: of {self.call * 1e6:.3g} µs, {self.number} instructions take "
            f"{self.replay * 1e6:.3g}, the workspace and the arrays of the answer "
            f"{self.arrays * 1e6:.2g}, arguments and answer {reading * 1e6:.2g}"
        )
        longest = sorted(self.lines, key=lambda line: -line.seconds)[:3]
        if len(self.lines) > 1:
            text += "; the longest, in µs: " + ", ".join(
                f"{line.name} of {line.elements} {line.seconds * 1e6:.2g}"
                + (f" ({line.flops / line.seconds * 1e-9:.3g} Gflop/s)" if line.flops else "")
                for line in longest
            )
        elif self.lines:
            (line,) = self.lines
            text += f", {line.seconds / line.elements * 1e9:.2g} ns an operation on numbers"
        return text + "."


@functools.cache
def names() -> dict[tuple[int, int], str]:
    """Of the loops, by their address and that of their data."""
    found = {(address, 0): name for name, address in OWN_LOOPS.items()}
    found |= {(address, 0): name for name, address in lapack.loops().items()}
    from numpy.linalg import _umath_linalg

    private = [(name, linalg_ufunc(name)) for name in vars(_umath_linalg)]
    for name, ufunc in [*vars(np).items(), *private]:
        if isinstance(ufunc, np.ufunc):
            for types in ufunc.types:
                address = loop(ufunc, types)
                if address is not None:
                    found.setdefault(address, name)
    rows = {(over, 0): f"{ufunc.__name__}, rows" for (ufunc, _), (_, over) in OF_FEW.items()}
    return found | rows


def program_parts(problem: TapeProblem) -> tuple[list[dict[str, Any]], tuple[Any, ...], Any]:
    """The instructions of value and gradient, what else makes a program, and the tape."""
    made: list[Any] = []

    def make(*parts: Any) -> Program:
        made.append(parts)
        return Program(*parts)

    with mock.patch.object(plan, "Program", make):
        tape = record(problem.write(np), *problem.arguments, argnums=problem.argnums)
        tape.value_and_grad(*problem.arguments)
    instructions, *others = made[-1]
    return [bound(row) for row in instructions], tuple(others), tape


def bound(row: dict[str, Any]) -> dict[str, Any]:
    """An instruction that can be put into another program.

    Operations on numbers add the places of arrays to their own when a program is made: once is
    enough.
    """
    if row["code"] != "scalars":
        return row
    registers, *arrays = row["offsets"]
    return row | {"offsets": [registers, *[0] * len(arrays)]}


def cuts(instructions: Sequence[dict[str, Any]]) -> Iterator[tuple[list[dict[str, Any]], Any]]:
    """What is left of a program, and the instruction with which it then ends."""
    i = 0
    while i < len(instructions):
        row = instructions[i]
        span = row.get("span", 0)
        for j in range(1, span + 1):  # within a run
            short = row | {"span": j}
            yield [*instructions[:i], short, *instructions[i + 1 : i + 1 + j]], instructions[i + j]
        if not span:
            yield list(instructions[: i + 1]), row
        i += 1 + span


def profile(problem: TapeProblem, repeats: int, budget: float = 1.0) -> Profile:
    """Measure; the minima of repeats, a budget of seconds an instruction."""
    instructions, others, tape = program_parts(problem)
    arrays = [np.asarray(leaf) for leaf in flat(problem.arguments)]
    count = sum(not row.get("span", 0) for row in instructions)
    found = list(cuts(instructions)) if count <= MANY else [(list(instructions), None)]
    names_of = {"call": tape.value_and_grad, "arguments": problem.arguments, "arrays": arrays}
    names_of["whole"] = Program(instructions, *others)
    (once,) = least(["whole(arrays)"], names_of, 3, 1e-3, clock=CLOCK)
    times = max(1, min(200, math.ceil(BRIEF / once)))
    names_of |= {"p0": Program([], *others)}
    names_of |= {f"p{i + 1}": Program(rows * times, *others) for i, (rows, _) in enumerate(found)}
    statements = [f"p{i}(arrays)" for i in range(len(found) + 1)]
    seconds = least(["call(*arguments)", *statements], names_of, repeats, 5e-4, budget, CLOCK)
    call, empty, *cut = seconds
    cut = [(each - empty) / times for each in cut]
    lines = [
        described(row, after - before)
        for (_, row), before, after in zip(found, [0.0, *cut], cut, strict=False)
        if row is not None
    ]
    return Profile(problem.name, lines, count, call, empty, cut[-1])


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from flat(item)
    else:
        yield value


def described(row: dict[str, Any], seconds: float) -> Line:
    """What an instruction does."""
    if row["code"] == "scalars":
        return Line("numbers", max(len(row["run"]), 1), seconds, 0, 0, False)
    if row["code"] != "loop":
        return Line(row["code"], 1, seconds, 0, 0, False)
    dims, steps = row["dims"], row.get("steps", ())
    by_address = names()
    name = by_address.get((row["function"], row.get("data", 0))) or by_address.get(
        (row["function"], 0), "?"
    )
    calls = math.prod(row.get("count", ()))
    size = calls * math.prod(dims)
    if len(dims) == 4:  # matmul
        _, m, k, n = dims
        return Line(name, calls * m * n, seconds, 8 * calls * (m * k + k * n + m * n),
                    2 * size, False)  # fmt: skip
    if name in BY_ROWS:
        entries = size * steps[-1]
        return Line(name, size, seconds, 8 * entries, 2 * entries, "advance" in row)
    moved = size * sum(min(abs(step), 8) for step in steps[: len(steps) // len(dims)])
    return Line(name, size, seconds, moved, 0, "advance" in row)


def print_profile(found: Profile) -> None:
    print(textwrap.fill(found.summary(), 80))
    print(textwrap.fill(LEGEND, 80))
    print(f"{'':<24}{'elements':>12}{'µs':>9}{'ns each':>9}{'GB/s':>8}{'Gflop/s':>9}")
    for line in found.lines:
        each = line.seconds / line.elements * 1e9 if line.elements else 0.0
        rates = [
            f"{number / line.seconds * 1e-9:.3g}" if number and line.seconds > 0 else ""
            for number in (line.bytes, line.flops)
        ]
        mark = "+" if line.is_blocked else ""
        print(f"{line.name + mark:<24}{line.elements:>12}{line.seconds * 1e6:>9.3f}{each:>9.3f}"
              f"{rates[0]:>8}{rates[1]:>9}")  # fmt: skip
