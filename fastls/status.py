"""Why a search ended: one enumeration for the whole library."""

from enum import IntEnum

__all__ = ["Status"]


class Status(IntEnum):
    """Why a search ended, or `RUNNING` while it has not.

    `CONVERGED` is 0, as in SciPy. The numbers are mirrored by ``status.pxd``, name for name.

    Examples
    --------
    >>> import fastls
    >>> fastls.Status.CONVERGED.message
    'The tolerance asked for is met.'
    """

    message: str

    def __new__(cls, value: int, message: str) -> "Status":
        member = int.__new__(cls, value)
        member._value_ = value
        member.message = message
        return member

    RUNNING = -1, "The search has not ended."
    CONVERGED = 0, "The tolerance asked for is met."
    RESOLUTION = 1, "Floating point can resolve no more around x."
    AT_ALPHA_MAX = 2, "The step is the largest allowed."
    AT_ALPHA_MIN = 3, "The step is the smallest allowed."
    STEP_TOO_SMALL = 4, "The step is too small to change the point."
    MAX_EVALUATIONS = 5, "Maximum number of evaluations reached."
    MAX_ITERATIONS = 6, "Maximum number of iterations reached."
    STATIONARY = 7, "The slope at the start is zero."
    NOT_DESCENT = 8, "The direction does not lead downhill."
    NONFINITE_START = 9, "The value or slope at the start is not finite."
    NONFINITE = 10, "The function was not finite at any point tried."
    UNBOUNDED = 11, "The function is unbounded below, or decreases as far as floating point goes."
    INCONSISTENT_SLOPE = 12, "Slopes and values contradict each other: the derivative is wrong."
    BRACKET_FAILED = 13, "The algorithm terminated without finding a valid bracket."
    NOT_UNIMODAL = 14, "The values rule out a single minimum between the ends of the interval."
    DEGENERATE_PARABOLA = 15, "The last three points define no parabola that leads to a new point."
