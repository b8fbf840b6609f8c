# The numbers of fastls.Status, as C sees them; tests/test_status.py holds the two together.
cdef enum status_t:
    RAISED = -2               # the callable raised: its exception waits in the thread state
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
