"""When a step is good enough: each condition in its textbook form, a line of algebra each.

    alpha, value, slope     the step, phi(alpha), phi'(alpha)
    value0, slope0          phi(0), phi'(0) < 0
    reference               what takes the place of phi(0) in a nonmonotone search, else phi(0)
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, fabs

from fastls.search.driver cimport origin_t


cdef extern from *:
    """
    /* Values nearer to each other than this, relative to their size, differ by rounding only. */
    #define FASTLS_ROUNDING (10.0 * 2.220446049250313e-16)
    """
    const double ROUNDING "FASTLS_ROUNDING"


cdef enum kind_t:
    ARMIJO, GOLDSTEIN, CURVATURE, WOLFE, STRONG_WOLFE, APPROXIMATE_WOLFE


cdef enum verdict_t:
    ACCEPTABLE
    TOO_LONG                  # a shorter step is acceptable
    TOO_SHORT                 # a longer one is
    UNDECIDED                 # the slope is needed


cdef struct condition_t:
    kind_t kind
    double c1                 # sufficient decrease
    double c2                 # curvature
    double epsilon            # by what share phi may rise, of the approximate condition


cdef class Condition:
    cdef condition_t formula


cdef Condition rounded_form(Condition condition)
cdef condition_t rounded_formula(const condition_t *c) noexcept nogil


cdef inline bint needs_slope(const condition_t *c) noexcept nogil:
    return c.kind != ARMIJO and c.kind != GOLDSTEIN


cdef inline bint sufficient_decrease(
    double c1, const origin_t *origin, double alpha, double value,
) noexcept nogil:
    return value <= origin.reference + c1 * alpha * origin.slope


cdef inline bint no_rise(
    double epsilon, const origin_t *origin, double alpha, double value,
) noexcept nogil:
    """But by the share epsilon. The last term, a rounding error, is a floor where phi(0) = 0."""
    return value <= origin.reference + (
        epsilon * fabs(origin.reference) + DBL_EPSILON * alpha * fabs(origin.slope))


cdef inline verdict_t judge_slope(
    double least, double most, double slope,
) noexcept nogil:
    if slope < least:
        return TOO_SHORT
    if slope > most:
        return TOO_LONG
    return ACCEPTABLE if slope == slope else UNDECIDED


cdef inline verdict_t judge(
    const condition_t *c, const origin_t *origin, double alpha, double value, double slope,
) noexcept nogil:
    """Whether a step is acceptable, or on which side of it one is. An unknown slope is NaN."""
    cdef double slope0 = origin.slope
    if c.kind == APPROXIMATE_WOLFE:
        if not no_rise(c.epsilon, origin, alpha, value):
            return TOO_LONG
        return judge_slope(c.c2 * slope0, (2.0 * c.c1 - 1.0) * slope0, slope)
    if c.kind == CURVATURE:
        # By itself it does not ask for lower ground; a search that was given it does.
        if not no_rise(ROUNDING, origin, alpha, value):
            return TOO_LONG
        return judge_slope(c.c2 * slope0, INFINITY, slope)
    if not sufficient_decrease(c.c1, origin, alpha, value):
        return TOO_LONG
    if c.kind == GOLDSTEIN:
        return ACCEPTABLE if value >= origin.value + (1.0 - c.c1) * alpha * slope0 else TOO_SHORT
    if c.kind == WOLFE:
        return judge_slope(c.c2 * slope0, INFINITY, slope)
    if c.kind == STRONG_WOLFE:
        return judge_slope(c.c2 * slope0, -c.c2 * slope0, slope)
    return ACCEPTABLE
