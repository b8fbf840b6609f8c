"""Why a search ended: one enumeration for the whole library."""

from enum import IntEnum

__all__ = ["Status"]


class Status(IntEnum):
    """Why a search ended, or `RUNNING` while it has not.

    `CONVERGED` is 0, as in SciPy. The numbers are mirrored by ``status.pxd``, name for name.

    It prints its name, and is an integer everywhere else.

    Examples
    --------
    >>> import fastls
    >>> status = fastls.Status.CONVERGED
    >>> print(status, int(status), status == 0)
    CONVERGED 0 True
    >>> status.message
    'The tolerance or the conditions asked for are met.'
    """

    RUNNING = -1
    CONVERGED = 0
    RESOLUTION = 1
    AT_ALPHA_MAX = 2
    AT_ALPHA_MIN = 3
    STEP_TOO_SMALL = 4
    MAX_EVALUATIONS = 5
    MAX_ITERATIONS = 6
    STATIONARY = 7
    NOT_DESCENT = 8
    NONFINITE_START = 9
    NONFINITE = 10
    UNBOUNDED = 11
    INCONSISTENT_SLOPE = 12
    BRACKET_FAILED = 13
    NOT_UNIMODAL = 14
    DEGENERATE_PARABOLA = 15
    STOPPED = 16
    STOPPED_BY_CALLBACK = 99

    def __str__(self) -> str:
        return self.name

    @property
    def message(self) -> str:
        """The reason in a sentence."""
        return MESSAGES[self]


MESSAGES = {
    Status.RUNNING: "The search has not ended.",
    Status.CONVERGED: "The tolerance or the conditions asked for are met.",
    Status.RESOLUTION: "Floating point can resolve no more around x.",
    Status.AT_ALPHA_MAX: "The step is the largest allowed.",
    Status.AT_ALPHA_MIN: "The step is the smallest allowed.",
    Status.STEP_TOO_SMALL: "The step is too small to change the point.",
    Status.MAX_EVALUATIONS: "Maximum number of evaluations reached.",
    Status.MAX_ITERATIONS: "Maximum number of iterations reached.",
    Status.STATIONARY: "The slope at the start is zero.",
    Status.NOT_DESCENT: "The direction does not lead downhill, as d = -gradient does.",
    Status.NONFINITE_START: "The value or slope at the start is not finite.",
    Status.NONFINITE: "The function was not finite at any point tried; begin where it is.",
    Status.UNBOUNDED: "The function falls as far as it was followed: it seems unbounded below.",
    Status.INCONSISTENT_SLOPE: "Slopes and values disagree: the derivative seems to be wrong.",
    Status.BRACKET_FAILED: "The algorithm terminated without finding a valid bracket.",
    Status.NOT_UNIMODAL: "The values rule out a single minimum between the ends of the interval.",
    Status.DEGENERATE_PARABOLA: "The last three points have no parabola that leads to a new point.",
    Status.STOPPED: "The function asked for the search to stop.",
    Status.STOPPED_BY_CALLBACK: "The callback raised StopIteration.",
}
