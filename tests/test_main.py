"""The main job, python -m fastls compare, as a user meets it."""

import json
import subprocess
import sys

import pytest

import fastls
from fastls.__main__ import main
from fastls.expression import CONSTANTS, FUNCTIONS

QUICK = ["--repeat", "1"]


def compare(capsys, *arguments):
    assert main(["compare", *arguments, *QUICK]) == 0
    return capsys.readouterr().out


def test_the_example_fits_a_terminal_of_80_columns():
    done = subprocess.run(
        [sys.executable, "-m", "fastls", "compare", *QUICK],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    for name in ("dichotomy", "golden section", "parabolic", "Brent", "pure Python"):
        assert name in done.stdout
    assert "failed" not in done.stdout
    assert done.stderr == ""


def test_json(capsys):
    pytest.importorskip("scipy")
    report = json.loads(compare(capsys, "x**2 + 1", "-1", "2", "--json"))
    assert report["function"] == "x**2 + 1"
    assert report["interval"] == [-1, 2]
    assert "SciPy" in report["versions"]
    rows = {(row["method"], row["implementation"]): row for row in report["rows"]}
    assert len(rows) == 10
    for (method, _), row in rows.items():
        assert abs(row["x"]) < 1e-7
        assert row["fun"] == pytest.approx(1)
        assert row["seconds"] > 0
        assert row["ratio"] == row["seconds"] / rows[method, "fastls"]["seconds"]
        if (method, "pure Python") in rows:
            assert rows[method, "pure Python"]["nfev"] == rows[method, "fastls"]["nfev"]


def test_a_function_of_a_module(capsys):
    report = json.loads(compare(capsys, "math:cosh", "-1", "2", "--json"))
    assert all(abs(row["x"]) < 1e-7 for row in report["rows"] if row["nfev"])


@pytest.mark.parametrize("a", ["-1", "-1.5", "-1e-3", "-.5", "-0"])
def test_ends_may_be_negative(capsys, a):
    assert f"on [{float(a):g}, 2]" in compare(capsys, "abs(x)", a, "2")


@pytest.mark.parametrize("text", ["-x**2 + x**4", "-sin(x)", "-(x - 1)*exp(-x)"])
def test_an_expression_may_begin_with_a_minus(capsys, text):
    assert f"{text} on [0, 2]" in compare(capsys, text, "0", "2")


def test_ends_may_be_expressions(capsys):
    assert "on [-3.14159, 6.28319]" in compare(capsys, "cos(x)", "-pi", "2*pi")


def test_a_method_that_fails_says_why(capsys):
    assert "have no parabola" in compare(capsys, "x", "0", "1")


def test_where_the_function_is_not_a_number_is_told(capsys):
    report = json.loads(compare(capsys, "log(x)", "-1", "1", "--json"))
    without = [row for row in report["rows"] if row["fun"] is None and row["nfev"]]
    assert without
    for row in without:
        assert row["note"] == f"The function is not a number at {row['x']:.9g}."
        assert row["x"] <= 0.0


def test_more_than_one_minimum_is_pointed_out(capsys):
    assert "Not all found the same point" in compare(capsys, "cos(9*x) + x/9", "-3", "2")
    assert "Not all found the same point" not in compare(capsys, "x**2", "-3", "2")


def test_values_that_are_not_finite_are_json_all_the_same(capsys):
    report = json.loads(compare(capsys, "1/(x - x)", "0", "1", "--json"))
    assert report["rows"][0]["fun"] == "inf"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x**2"], "the interval is missing"),
        (["x**2", "0"], "the interval is missing"),
        (["x**2", "0", "one"], "argument b: invalid number value: 'one'"),
        (["x**2", "0", "x"], "interval must have finite ends"),
        (["x**2", "1", "0"], "interval must have finite ends a <= b"),
        (["x^2", "0", "1"], "write '**'"),
        (["nowhere:f", "0", "1"], "No module named 'nowhere'"),
        (["nowhere.py:f", "0", "1"], "No module named 'nowhere'"),
        (["math:nothing", "0", "1"], "has no attribute 'nothing'"),
        (["mymodule.f", "0", "3"], "a function of a module is written mymodule:f"),
        (["package.module.f", "0", "3"], "is written package.module:f"),
        (["math.cosh", "0", "3"], "write 'cosh', without 'math.'"),
        (["lambda x: x**2", "0", "3"], "write only what follows the colon: 'x ** 2'"),
        (["sum(x)", "0", "3"], "unknown function 'sum'; known are x, pi, e, tau, inf, sin, cos"),
        (["math:pi", "0", "1"], "math:pi must be a function"),
        (["x", "0", "1", "--xtol", "-1"], "xtol must be"),
        (["x", "0", "1", "--repeat", "0"], "--repeat must be at least 1"),
    ],
)
def test_mistakes_are_told_in_a_line(capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(["compare", *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_what_the_users_function_raises_comes_through():
    with pytest.raises(ValueError, match=r"math domain error|nonnegative input"):
        main(["compare", "math:sqrt", "-2", "-1"])


def test_a_picture(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    path = tmp_path / "times.svg"
    compare(capsys, "x**2", "-1", "2", "--plot", str(path))
    assert "<svg" in path.read_text()


def test_where_the_picture_is_is_told_and_not_amid_json(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "x**2", "-1", "2", "--plot", "times.svg", "--json", *QUICK]) == 0
    told = capsys.readouterr()
    assert told.err == f"The times are drawn in {tmp_path / 'times.svg'}\n"
    json.loads(told.out)


def test_a_picture_of_an_unknown_kind_is_refused_before_all_is_measured(capsys):
    pytest.importorskip("matplotlib")
    with pytest.raises(SystemExit):
        main(["compare", "x**2", "-1", "2", "--plot", "times.txt"])
    assert "--plot must end in one of" in capsys.readouterr().err


def test_a_picture_without_matplotlib(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit):
        main(["compare", "x**2", "-1", "2", "--plot", "times.png"])
    assert "pip install fastls[plot]" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "fastls", "compare", *QUICK],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_progress_is_shown_on_a_terminal_only(monkeypatch, capsys):
    compare(capsys)
    assert main(["compare", *QUICK]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["compare", *QUICK]) == 0
    shown = capsys.readouterr().err
    assert "1 timed: dichotomy, fastls" in shown
    assert shown.endswith(f"\r{'':<60}\r")


def test_without_scipy(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "scipy", None)
    out = compare(capsys)
    assert "pure Python" in out
    assert "SciPy golden" not in out
    assert "SciPy's rows are missing: it is not installed (pip install scipy)." in out


def test_nothing_is_missing_with_scipy(capsys):
    pytest.importorskip("scipy")
    assert "missing" not in compare(capsys)


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: python -m fastls [-h] [--version]")
    assert "compare every search on a function" in out


def test_the_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"fastls {fastls.__version__}\n"


def test_the_help_of_compare_names_what_an_expression_is_made_of(capsys):
    with pytest.raises(SystemExit):
        main(["compare", "--help"])
    words = capsys.readouterr().out.replace(",", " ").replace(".", " ").split()
    assert {"x", *CONSTANTS, *FUNCTIONS} <= set(words)
