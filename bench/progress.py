"""What is being measured, on the terminal of someone who waits; nothing where no one looks."""

import sys
from collections.abc import Iterable
from typing import TypeVar

WIDTH = 79
T = TypeVar("T")


def progress(text: str = "") -> None:
    """Show a line in place of the last one; none at the end."""
    if sys.stderr.isatty():
        print(f"\r{text[:WIDTH]:<{WIDTH}}" + ("" if text else "\r"), end="", file=sys.stderr)
        sys.stderr.flush()


def collect(rows: Iterable[T], what: str) -> list[T]:
    """All rows that are being measured, the number of those that there are on the terminal."""
    found: list[T] = []
    progress(what)
    for row in rows:
        found.append(row)
        progress(f"{what}: {len(found)}")
    progress()
    return found
