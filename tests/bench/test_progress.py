"""Whoever waits at a terminal sees what is measured; a pipe gets nothing."""

import io
import sys

import pytest

from bench.progress import WIDTH, collect, progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("text", ["short", "long " * 50])
def test_a_line_takes_the_place_of_the_last(monkeypatch, text):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress(text)
    assert terminal.getvalue() == "\r" + text[:WIDTH].ljust(WIDTH)
    progress()
    assert terminal.getvalue().endswith("\r" + " " * WIDTH + "\r")


def test_a_pipe_gets_nothing(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    progress("short")
    progress()
    assert pipe.getvalue() == ""


def test_rows_are_counted_while_they_are_measured(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert collect(iter("ab"), "rows") == ["a", "b"]
    lines = [line.strip() for line in terminal.getvalue().split("\r")]
    assert [line for line in lines if line] == ["rows", "rows: 1", "rows: 2"]
