"""What is being measured, on the terminal of someone who waits; nothing where no one looks."""

import sys

WIDTH = 79


def progress(text: str = "") -> None:
    """Show a line in place of the last one; none at the end."""
    if sys.stderr.isatty():
        print(f"\r{text[:WIDTH]:<{WIDTH}}" + ("" if text else "\r"), end="", file=sys.stderr)
        sys.stderr.flush()
