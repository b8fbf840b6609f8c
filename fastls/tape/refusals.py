"""What cannot be recorded: the error that says so, and names the user's line."""

import sys
import threading
import traceback
from typing import Any

__all__ = ["REFUSALS", "TracingError", "refuse"]


class TracingError(TypeError):
    """Something that cannot be recorded, with the line where it was asked for."""


class Refusals(threading.local):
    """What could not be recorded since a recording began, in this thread."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.latest: TracingError | None = None
        self.has_objects = False  #: whether numbers were put into an array of NumPy's


REFUSALS = Refusals()


#: What the user's line calls, and is not it.
LIBRARIES = ("fastls", "numpy", "scipy")


def refuse(what: str, instead: str) -> TracingError:
    """The error for what cannot be recorded, naming the user's line."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES:
        frame = frame.f_back
    if frame is not None:
        (line,) = traceback.extract_stack(frame, 1)
        instead = f"{instead}\n  at {line.filename}:{line.lineno}: {line.line}"
    REFUSALS.latest = TracingError(f"{what} cannot be recorded; {instead}")
    return REFUSALS.latest
