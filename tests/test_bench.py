"""The report of the benchmarks runs, and its parts agree with each other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
