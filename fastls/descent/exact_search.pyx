"""An exact line search: bracket the minimum along the direction, and shrink the interval.

    short     a step whose value is lower than phi(0); until there is one, steps contract
    a, b      the ends of the bracket around it

Then the method on an interval begins from three points of which the middle one is the lowest, and
can only end lower. phi(0) is known and not computed again.
"""

from libc.math cimport NAN, isfinite

from fastls.interval.bracket cimport run_bracket
from fastls.interval.method cimport IntervalSearch, start_t
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport (
    VALUE, begin_at, cause_of_failure, evaluate, note_quotient, search_t, sloped_search_t,
)
from fastls.search.trace cimport trace_t
from fastls.status cimport (
    CONVERGED, MAX_ITERATIONS, RAISED, RESOLUTION, RUNNING, STEP_TOO_SMALL, UNBOUNDED, status_t,
)
from fastls.step.method cimport StepSearch, problem_t, step_t

cdef double CONTRACTION = 0.1, GROW_LIMIT = 110.0
cdef Py_ssize_t MOST = 200


cdef struct values_t:
    oracle_t *along
    Py_ssize_t nfev           # its count before
    sloped_search_t point     # by which the oracle is asked
    status_t status


cdef double value_at(double alpha, void *data) noexcept nogil:
    cdef values_t *values = <values_t *> data
    cdef double value, slope
    cdef status_t status
    if alpha == 0.0:
        return values.point.origin.value
    values.point.search.ask = alpha
    status = evaluate(&values.point, values.along, NULL, &value, &slope)
    if status == STEP_TOO_SMALL:
        return values.point.origin.value
    if status != RUNNING:
        values.status = status
        return NAN
    if isfinite(value):
        values.point.finite += 1
        note_quotient(&values.point, value)
    return value


cdef status_t failure(const values_t *values) noexcept nogil:
    """Why no step is lower: where all were too short to move x, none was evaluated."""
    if values.along.nfev == values.nfev:
        return RESOLUTION
    return cause_of_failure(&values.point, RESOLUTION)


cdef class ExactSearch(StepSearch):
    """Searches for a step by a method on an interval.

    Parameters
    ----------
    method : IntervalSearch
        `Brent`, `GoldenSection`, `Parabolic` or `Dichotomy`.
    """

    def __init__(self, IntervalSearch method not None):
        self.method = method
        self.set_limits(0.0, 1e10, MOST)

    cdef int check_method(self) except -1:
        self.method.check_method()
        return 0

    cdef dict parameters(self):
        return {"method": self.method}

    def begin(self, *args, **kwargs):
        """There is no dialogue: begin one with the method on the interval itself."""
        raise TypeError("an exact search has no dialogue; begin one of the method on an interval")

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        cdef values_t values
        cdef oracle_t of_value
        cdef start_t start
        cdef search_t found
        cdef double alpha = problem.alpha, longer = NAN, longer_value = NAN, value
        cdef Py_ssize_t i
        cdef status_t status = begin_at(&answer.line, &problem.origin)
        answer.is_rounded = False
        if status != RUNNING:
            return status
        values.along = oracle
        values.nfev = oracle.nfev
        values.status = RUNNING
        begin_at(&values.point, &problem.origin)
        values.point.wants = VALUE
        of_value = oracle[0]
        of_value.value = value_at
        of_value.data = &values
        of_value.value_and_slope = NULL
        of_value.nfev = 0
        of_value.raised = False
        for i in range(MOST):
            value = value_at(alpha, &values)
            if values.status != RUNNING:
                return values.status
            if value < problem.origin.value:
                break
            longer, longer_value = alpha, value
            alpha *= CONTRACTION
            if alpha == 0.0:
                return failure(&values)
        else:
            return failure(&values)
        if longer == longer:
            start = start_t(0.0, alpha, longer, problem.origin.value, value, longer_value)
            status = CONVERGED
        else:
            status = run_bracket(0.0, alpha, GROW_LIMIT, MOST, &of_value, &found, &start)
        if status == CONVERGED:
            status = self.method.run(&start, &of_value, NULL, &found)
            start.mid, start.fmid = found.x, found.fun
        if values.status != RUNNING:
            return values.status
        if start.fmid < problem.origin.value and isfinite(start.fmid):
            answer.line.search.x, answer.line.search.fun = start.mid, start.fmid
            answer.line.slope = NAN
            return status if status == UNBOUNDED else CONVERGED
        return status
