"""The report of the benchmarks runs, and its parts agree with each other."""

import importlib.util
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

import fastls
from bench import certificate
from bench.line_problems import certificate_problems
from bench.tape_problems import tape_problems

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def report():
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--json", "-"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_method_stands_beside_its_twin(report):
    rows = {(row["problem"], row["method"], row["by"]): row for row in report["rows"]}
    for (problem, method, by), row in rows.items():
        if by == "fastls":
            assert row["ratio"] == 1
            twin = rows[problem, method, "pure Python"]
            if row["success"]:
                assert (row["x"], row["nfev"]) == (twin["x"], twin["nfev"])
        assert row["seconds"] > 0


def test_converged_means_near(report):
    for row in report["rows"]:
        if row["success"] and row["by"] == "fastls" and row["error"] is not None:
            assert row["error"] < 1e-5 * max(1, abs(row["x"]))


def test_the_figures_and_the_versions(report):
    assert {figure["row"] for figure in report["figures"]} >= {"2", "4a"}
    for figure in report["figures"]:
        if figure["row"] == "4a":  # counts, unlike times, are the same everywhere
            assert figure["reached"]
    assert {"Python", "fastls", "numpy", "compiler", "machine"} <= set(report["versions"])


def totals(rows, *fields):
    """The sums of these fields, by who searches and how."""
    found = {}
    for row in rows:
        key = row["by"], row["search"]
        old = found.get(key, [0] * len(fields))
        found[key] = [old[i] + row[field] for i, field in enumerate(fields)]
    return found


def test_the_tables_of_more_and_thuente(report):
    rows = report["steps"]["more_thuente"]
    for row in rows:
        if row["search"] in ("MoreThuente", "DCSRCH"):
            assert row["nfev"] == row["ngev"] == row["published"]
            assert row["success"]
            assert row["holds"]
            assert row["as_printed"]
        if row["by"] == "fastls":
            assert row["success"]
    sums = totals(rows, "nfev", "ngev", "holds")
    assert sums["fastls", "MoreThuente"] == [179, 179, 24]
    nfev, ngev, solved = sums["fastls", "Zoom"]
    assert solved == 24
    assert nfev == ngev <= 150
    nfev, ngev, solved = sums["fastls", "HagerZhang"]
    assert solved == 24
    assert nfev == ngev <= 268


def test_rounding_errors_make_no_search_fail(report):
    rows = report["steps"]["round_off"]
    assert {row["distance"] for row in rows} == {1e-7, 1e-8, 1e-9}
    for row in rows:
        assert row["starts"] == 400
        if row["by"] == "fastls":
            assert row["failed"] == 0, row


def test_the_certificate_has_no_violations(report):
    tallies = report["steps"]["certificate"]
    assert sum(tally["count"] for tally in tallies) > 10_000
    for tally in tallies:
        assert tally["violations"] == []
        assert tally["successes"] + sum(tally["failures"].values()) == tally["count"]
        assert tally["successes"] > 0.7 * tally["count"]


def test_the_certificate_in_full_is_large_enough():
    kinds = len(certificate.kinds(*certificate.CONSTANTS[0]))
    cases = len(certificate_problems()) * len(certificate.CONSTANTS) * len(certificate.STARTS)
    assert 2 * kinds * cases >= 20_000
    assert min(certificate.STARTS) == 1e-3
    assert max(certificate.STARTS) == 1e3


@pytest.mark.parametrize(
    ("condition", "slope", "good", "bad"),
    [
        (fastls.Armijo(0.1), 0.0, -0.1, -0.09),
        (fastls.Goldstein(0.1), 0.0, -0.9, -0.91),
        (fastls.Wolfe(0.1, 0.5), 2.0, -0.1, -0.09),
        (fastls.StrongWolfe(0.1, 0.5), 0.5, -0.1, -0.09),
        (fastls.StrongWolfe(0.1, 0.5), -0.5, -0.1, -0.09),
        (fastls.Curvature(0.5), -0.5, 0.0, 1e-9),
        (fastls.ApproximateWolfe(0.1, 0.5, 1e-6), 0.8, 1e-6, 2e-6),
    ],
)
def test_the_certificate_can_tell(condition, slope, good, bad):
    """At alpha = 1, from the value 0 and the slope -1."""
    assert certificate.satisfies(condition, 1.0, good, slope, 0.0, -1.0)
    assert not certificate.satisfies(condition, 1.0, bad, slope, 0.0, -1.0)


def test_a_violation_is_found(monkeypatch):
    monkeypatch.setattr(certificate, "satisfies", lambda *_: False)
    problem = certificate_problems()[0]
    tally = certificate.Tally("Zoom")
    found = certificate.one_search(tally, fastls.Zoom(), problem, 1.0, apart=True)
    assert list(found) == ["the condition is violated"]


def test_the_functions_of_the_certificate_start_downhill():
    problems = certificate_problems()
    assert len({problem.name for problem in problems}) == len(problems)
    for problem in problems:
        value, slope = problem.fused(0.0)
        assert math.isfinite(value)
        assert -math.inf < slope < 0


def test_first_steps_take_no_more_calls_than_scipys(report):
    rows = report["steps"]["first_steps"]
    sums = totals(rows, "nfev", "ngev", "solved")
    for _, _, solved in sums.values():
        assert solved >= 34
    if ("SciPy", "line_search") in sums:
        theirs = sum(sums["SciPy", "line_search"][:2])
        for name in ("Zoom", "line_search", "Backtracking, strong"):
            assert sum(sums["fastls", name][:2]) <= theirs
        assert sums["fastls", "MoreThuente"] == sums["SciPy", "line_search_wolfe1"]


def test_the_figures_of_the_searches_for_a_step(report):
    assert {figure["row"] for figure in report["figures"]} >= {"3", "4", "4b", "4d"}
    for figure in report["figures"]:
        if figure["row"] in ("4", "4b"):
            assert figure["reached"], figure


def test_the_gradients_of_tapes_agree(report):
    rows = {row["problem"]: row for row in report["tapes"]["rows"]}
    assert set(rows) == {problem.name for problem in tape_problems(quick=True)}
    for row in rows.values():
        assert {"tape", "fastls"} < set(row["differs"]) == set(row["both"]) == set(row["value"])
        assert max(row["differs"].values()) < 1e-12, row
        assert min(row["both"].values()) > 0.0
        if importlib.util.find_spec("autograd") is not None:
            assert "autograd" in row["both"]


def test_the_rows_of_tapes(report):
    rows = {figure["row"] for figure in report["figures"]}
    assert rows >= {"5", "6", "7", "8", "10", "12", "13", "14"}
    assert {"tape", "by hand"} <= set(report["tapes"]["threads"])
    for package, name, row in (("autograd", "autograd", "ag"), ("jax", "JAX", "9")):
        if importlib.util.find_spec(package) is None:
            assert any(text.startswith(f"{name}: left out") for text in report["left_out"])
        else:
            assert row in rows
            assert name in report["versions"]


def test_what_is_missed_has_its_reason(report):
    for figure in report["figures"]:
        if figure["reached"] is False and figure["row"] in ("5", "6", "7", "8", "9", "13", "JAX"):
            assert "instructions take" in figure["reason"]


def test_a_profile_of_what_is_not_known():
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--profile", "none"], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--profile must be one of 'Rosenbrock 2', " in done.stderr


def test_the_full_report_has_every_problem():
    names = [problem.name for problem in tape_problems(quick=False)]
    assert len(set(names)) == len(names)
    assert {"logistic 20000x100", "tanh 256-256-256-10, 256", "Rosenbrock 100000"} < set(names)
