"""What cannot be recorded: the error that says so, and names the user's line."""

import ast
import contextlib
import linecache
import sys
import threading
import traceback
from collections.abc import Iterator
from itertools import islice
from typing import Any

__all__ = ["REFUSALS", "TracingError", "expression_of", "refuse", "user_frame"]


class TracingError(TypeError):
    """Something that cannot be recorded, with the line where it was asked for."""


class Refusals(threading.local):
    """What could not be recorded since a recording began, in this thread."""

    def __init__(self) -> None:
        self.latest: TracingError | None = None
        self.recordings = 0  #: that go on, one inside the other

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """A recording, of which others know nothing; what the function has caught is raised."""
        outer, self.latest = self.latest, None
        self.recordings += 1
        try:
            yield
            if self.latest is not None:  # it went where NumPy would not have
                raise self.latest
        finally:
            self.latest = outer
            self.recordings -= 1


REFUSALS = Refusals()


#: What the user's line calls, and is not it.
LIBRARIES = ("fastls", "numpy", "scipy")
#: What calls the function to be recorded.
RECORDERS = ("fastls.tape.path", "fastls.tape.recording")


def user_frame(inside: bool = False) -> Any:
    """The frame of the user's line; with `inside` only one of the function that is recorded.

    None where there is none, as for a function of SciPy's that is recorded itself.
    """
    frame: Any = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.split(".")[0] not in LIBRARIES:
            return frame
        if inside and module in RECORDERS:
            return None
        frame = frame.f_back
    return None


def expression_of(frame: Any) -> ast.expr | None:
    """The expression that a frame is evaluating, as far as its source can be read."""
    position = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    try:
        first, last, start, end = position
        lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)[first - 1 : last]
        parts = [line.encode() for line in lines]  # columns are counted in bytes
        parts[-1] = parts[-1][:end]
        parts[0] = parts[0][start:]
        return ast.parse(b"(" + b"".join(parts) + b")", mode="eval").body
    except (TypeError, IndexError, ValueError, SyntaxError):  # no places, no source, half of one
        return None


def refuse(what: str, instead: str) -> TracingError:
    """The error for what cannot be recorded, naming the user's line."""
    frame = user_frame()
    if frame is not None:
        (line,) = traceback.extract_stack(frame, 1)
        instead = f"{instead}\n  at {line.filename}:{line.lineno}: {line.line}"
    REFUSALS.latest = TracingError(f"{what} cannot be recorded; {instead}")
    return REFUSALS.latest
