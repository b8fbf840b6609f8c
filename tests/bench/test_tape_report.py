"""How the part of the report on derivatives is printed."""

import math

import numpy as np
import pytest

from bench import tape_figures, tape_report
from bench.instructions import Line, Profile
from bench.recording import Recording, loop
from bench.tape_times import Row, geometric_mean


def row(problem, variables, **seconds):
    value = dict.fromkeys(seconds, 1e-6)
    return Row(problem, "5", variables, 0, "a series", seconds, value, {"tape": 2e-3}, {})


ROWS = [
    row("slow", 2, tape=4e-6, fastls=4e-6, autograd=8e-6, JAX=2e-6),
    row("fast", 20, tape=1e-6, fastls=1e-6, autograd=8e-5),
    row("large", 1000, tape=1e-6, fastls=1e-6, autograd=1e-6),
]
PROFILES = {
    "slow": Profile("slow", [Line("exp", 10, 1e-6, 160, 0, False)] * 2, 2, 4e-6, 1e-6, 2e-6),
}
RECORDING = Recording(10_000, 0.01, 23.0, 30.0)
REPORT = tape_report.TapeReport(ROWS, {"tape": 1.9, "JAX": 1.7}, PROFILES, RECORDING)


def test_the_cost_and_who_is_faster():
    assert ROWS[0].cost("tape") == pytest.approx(4.0)
    assert ROWS[0].ratio("autograd") == pytest.approx(2.0)
    assert ROWS[0].ratio("JAX", to="fastls") == pytest.approx(0.5)
    assert math.isnan(ROWS[1].ratio("JAX"))
    assert math.isnan(ROWS[1].cost("JAX"))
    assert geometric_mean([1.0, 4.0, 16.0]) == pytest.approx(4.0)


def test_the_figures_tell_the_worst():
    found = {
        (figure.row, figure.work.split(":")[0]): figure
        for figure in tape_report.figures(REPORT)
        if figure.reached is not None
    }
    assert {key for key, figure in found.items() if not figure.reached} == {
        ("5", "slow"), ("10", "slow"), ("ag", "slow"), ("JAX", "slow"),
    }  # fmt: skip
    assert {key for key, figure in found.items() if figure.reached} >= {
        ("5", "fast"), ("12", "slow"), ("12", "recording 10000 operations on numbers"),
        ("14", "two threads on one tape, to one; JAX 1.7 x"),
    }  # fmt: skip
    assert found["5", "slow"].reason == PROFILES["slow"].summary()
    assert "2 instructions take 2," in PROFILES["slow"].summary()
    assert "exp of 10 1" in PROFILES["slow"].summary()


def test_no_peer_no_figure():
    alone = [row("alone", 2, tape=1e-6, fastls=1e-6)]
    rows = {figure.row for figure in tape_figures.figures(alone, {"tape": 1.9}, {}, RECORDING)}
    assert rows == {"5", "10", "12", "14"}


def test_the_tables(capsys):
    tape_report.print_tables(REPORT)
    lines = capsys.readouterr().out.splitlines()
    fields = [line.split() for line in lines]
    assert ["slow", "4.00", "4.00", "8.00", "2.00"] in fields  # µs
    assert ["slow", "2.00"] in fields  # ms to record
    assert ["1000", "1.00", "1.00", "1.00"] in fields  # ns a variable
    assert "Two threads to one, value and gradient: tape 1.9 x, JAX 1.7 x" in lines


def test_the_table_in_markdown():
    assert tape_report.markdown(REPORT).splitlines() == [
        "| value and gradient | fastls | autograd | JAX |",
        "| --- | --: | --: | --: |",
        "| slow | 4.00 µs | 2.00 × | 0.50 × |",
        "| fast | 1.00 µs | 80.0 × |  |",
        "| large | 1.00 µs | 1.00 × |  |",
    ]


def test_three_digits():
    assert [tape_report.short(x) for x in (0.01234, 1.234, 12.34, 123.4, 1e6, 0.0)] == [
        "0.01", "1.23", "12.3", "123", "1000000", "0",
    ]  # fmt: skip
    assert tape_report.short(math.nan) == ""


def test_the_long_loop_is_of_as_many_operations_as_it_says():
    x = np.random.default_rng(0).random(1000)
    assert loop(4)(x) == (x[0] * x[0] + x[3]) * x[1] + x[10]
