"""What the searches for a step have in common; the inline part."""

from libc.math cimport INFINITY, fabs, fmax, fmin

from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport (
    SLOPE, VALUE, begin_at, contradicts_origin, origin_t, sloped_search_t, wanted_t,
)
from fastls.search.result cimport Step
from fastls.search.search cimport Search
from fastls.search.trace cimport trace_t
from fastls.status cimport AT_ALPHA_MAX, RUNNING, UNBOUNDED, status_t
from fastls.step.conditions cimport (
    ACCEPTABLE, APPROXIMATE_WOLFE, ROUNDING, STRONG_WOLFE, TOO_LONG, TOO_SHORT, Condition,
    condition_t, judge, needs_slope, verdict_t,
)
from fastls.step.interpolation cimport point_t

cdef extern from *:
    """
    /* The longest step where none is given: a function that falls all the way counts as unbounded. */
    #define FASTLS_BOUNDLESS 1e10
    """
    const double BOUNDLESS "FASTLS_BOUNDLESS"


ctypedef bint (*also_function)(double alpha, double value, double slope, void *data) noexcept nogil


cdef enum interpolation_t:
    NONE, QUADRATIC, CUBIC


cdef struct also_t:
    also_function accepts     # what else is asked of an acceptable step; NULL for nothing
    void *data


cdef struct problem_t:
    origin_t origin
    int known                 # of it: VALUE, SLOPE, both or none; the rest is to be evaluated
    double alpha              # the step to try first
    double alpha_max          # the longest of this search, if shorter than the object's
    bint has_slopes           # slopes can be had without the condition's needing them
    also_t also


cdef struct step_parameters_t:
    # Of every method.
    condition_t condition     # what is asked of the step
    condition_t rounded       # the same told by slopes, for values that differ by rounding only
    double alpha_min, alpha_max
    Py_ssize_t max_evaluations
    # Of some; their docstrings tell what they mean.
    double xtol               # MoreThuente
    double growth             # Zoom
    double shrink             # Backtracking
    interpolation_t interpolation
    double theta, gamma, rho  # HagerZhang


cdef struct step_t:
    sloped_search_t line      # what the driver sees
    condition_t condition     # what is asked of the step
    condition_t rounded       # the same told by slopes, for values that differ by rounding only
    bint is_rounded           # it was the latter that is met
    Py_ssize_t tie            # the trial that first had the value phi(0); 0 before
    double alpha_min, alpha_max
    also_t also


cdef class StepSearch(Search):
    cdef readonly Condition condition
    cdef Condition rounded    # None where the condition knows no slopes
    cdef step_parameters_t c

    cdef int set_limits(self, alpha_min, alpha_max, max_evaluations) except -1
    cdef int set_condition(self, object condition, tuple allowed) except -1
    cdef int check_method(self) except -1
    cdef dict parameters(self)
    cdef Step solve(
        self, oracle_t *oracle, problem_t *problem, object reference, bint trace)

    # To be filled in by each method.
    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil
    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil


cdef int read_problem(
    problem_t *problem, object alpha, object value0, object slope0, object alpha_max,
    str value0_name) except -1


cdef status_t evaluate_origin(
    oracle_t *oracle, problem_t *problem, trace_t *trace) noexcept nogil


cdef inline status_t step_begin(
    step_t *s, const step_parameters_t *c, const problem_t *problem,
) noexcept nogil:
    """The common part of a state: everything but where the first trial is."""
    s.condition = c.condition
    s.rounded = c.rounded
    s.is_rounded = False
    s.tie = 0
    s.alpha_min = c.alpha_min
    s.alpha_max = fmin(c.alpha_max, problem.alpha_max)
    s.also = problem.also
    cdef status_t status = begin_at(&s.line, &problem.origin)
    s.line.least = s.alpha_min
    s.line.may_ask = problem.has_slopes or needs_slope(&s.condition)
    return status


cdef inline status_t ask(step_t *s, wanted_t wanted, double alpha) noexcept nogil:
    s.line.wants = wanted
    s.line.search.ask = alpha
    return RUNNING


cdef inline status_t ask_slope(step_t *s) noexcept nogil:
    """Of the point whose value was told last, which will be told again with it."""
    s.line.wants = SLOPE
    return RUNNING


cdef inline double clipped(const step_t *s, double alpha) noexcept nogil:
    return fmin(fmax(alpha, s.alpha_min), s.alpha_max)


cdef inline void bracket(step_t *s, double one, double other) noexcept nogil:
    """Note between which two points the search goes on."""
    s.line.search.a = fmin(one, other)
    s.line.search.b = fmax(one, other)


cdef inline bint is_rounding(const step_t *s, double value, double slope) noexcept nogil:
    """Whether rounding hides if phi decreases enough: then the slope must tell.

    The change of phi and the decrease asked for are both within rounding of phi(0). Or phi may be the
    small difference of terms of size 1: the values are equal, and so small a decrease is promised
    that none of those terms would show it.
    """
    cdef double reference = s.line.origin.reference, rounding = ROUNDING * fabs(reference)
    cdef double promised = s.line.search.ask * fabs(s.line.origin.slope)
    return ((fabs(value - reference) <= rounding and s.condition.c1 * promised <= rounding
             or value == reference and promised <= ROUNDING)
            and s.rounded.kind == APPROXIMATE_WOLFE and (s.line.may_ask or slope == slope))


cdef inline verdict_t verdict(step_t *s, double value, double slope) noexcept nogil:
    """Whether the point told is acceptable, or which way to go from there."""
    cdef double alpha = s.line.search.ask
    cdef verdict_t found = judge(&s.condition, &s.line.origin, alpha, value, slope)
    s.is_rounded = found == TOO_LONG and is_rounding(s, value, slope)
    if s.is_rounded:
        found = judge(&s.rounded, &s.line.origin, alpha, value, slope)
        # One equal value may be chance, a second is not.
        if value == s.line.origin.reference and s.tie == 0:
            s.tie = s.line.search.nit
        if found == ACCEPTABLE and s.tie == s.line.search.nit:
            found = TOO_LONG if slope >= 0.0 else TOO_SHORT
        if s.condition.kind == STRONG_WOLFE and slope > -s.condition.c2 * s.line.origin.slope:
            found = TOO_LONG
    # So short a step may be acceptable by rounding alone, where the slope at 0 is wrong.
    if (found == ACCEPTABLE and (s.is_rounded or value >= s.line.origin.value)
            and contradicts_origin(&s.line)):
        found = TOO_LONG
    if found == ACCEPTABLE and s.also.accepts is not NULL and not s.also.accepts(
            alpha, value, slope, s.also.data):
        found = TOO_SHORT if slope < 0.0 and needs_slope(&s.condition) else TOO_LONG
    return found


cdef inline status_t at_alpha_max(const step_t *s) noexcept nogil:
    """The status of a search whose longest step is still too short."""
    return UNBOUNDED if s.alpha_max == BOUNDLESS or s.alpha_max == INFINITY else AT_ALPHA_MAX


cdef inline point_t point(double alpha, double value, double slope) noexcept nogil:
    cdef point_t p = point_t(alpha, value, slope)
    return p
