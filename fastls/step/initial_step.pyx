"""The step a descent method lets its search try first: five rules.

    constant          the same each time; 1 suits the methods of Newton's kind
    previous          the last step, scaled so that alpha <g, d> stays the same
    quadratic         the minimiser of the parabola through phi'(0) and the last change of f
    hager-zhang       rules I0 to I2 of the authors
    barzilai-borwein  <s, s>/<s, y>: the curvature along the last step s is taken for that along d

Sources: Nocedal and Wright, Numerical Optimization, 2nd ed. (2006), section 3.5, equation 3.60;
Hager and Zhang, SIAM J. Optim. 16 (2005) 170-192, section 4, with their constants psi; Barzilai and
Borwein, Two-point step size gradient methods, IMA J. Numer. Anal. 8 (1988) 141-148, equation 5.

Where there is no last step, "hager-zhang" has a rule of its own, and the others begin with one of
length one, or with d where that is shorter.
"""

from libc.math cimport INFINITY, fabs, fmin, isfinite, sqrt

from fastls.oracle.oracle cimport as_real, oracle_t
from fastls.oracle.vector cimport dot, largest
from fastls.search.driver cimport VALUE, begin_at, evaluate, origin_t, sloped_search_t
from fastls.status cimport RAISED, RUNNING, status_t

RULES = {
    "constant": CONSTANT, "previous": PREVIOUS, "quadratic": QUADRATIC,
    "hager-zhang": HAGER_ZHANG, "barzilai-borwein": BARZILAI_BORWEIN,
}

cdef double PSI_0 = 0.01, PSI_1 = 0.1, PSI_2 = 2.0         # Hager and Zhang's
cdef double GREATEST = 1e10, LEAST = 1e-10                 # Raydan's, for Barzilai and Borwein's


cdef initial_step_t read_initial_step(object rule, double *constant) except *:
    """A rule by its name, or a number: that constant."""
    constant[0] = 1.0
    if not isinstance(rule, str):
        constant[0] = as_real(rule, "initial_step")
        if not 0.0 < constant[0] < INFINITY:
            raise ValueError(f"initial_step must be a finite number > 0; got {rule!r}")
        return CONSTANT
    if rule not in RULES:
        raise ValueError(f"initial_step must be a number or one of {list(RULES)}; got {rule!r}")
    return <initial_step_t> <int> RULES[rule]


cdef inline double of_length_one(const iterate_t *at) noexcept nogil:
    return fmin(1.0, 1.0 / sqrt(dot(at.d, at.d, at.size)))


cdef inline double previous(const iterate_t *at) noexcept nogil:
    return at.alpha * at.former_slope / at.slope


cdef inline double quadratic(const iterate_t *at) noexcept nogil:
    """Equation 3.60; where f did not fall, the rule before it."""
    cdef double alpha = 2.0 * (at.value - at.former_value) / at.slope
    return alpha if alpha > 0.0 else previous(at)


cdef inline double barzilai_borwein(const iterate_t *at) noexcept nogil:
    cdef double curvature = at.curvature / at.step_square * dot(at.d, at.d, at.size)
    cdef double alpha = -at.slope / curvature
    return alpha if LEAST < alpha < GREATEST else previous(at)


cdef inline double hager_zhang_first(const iterate_t *at) noexcept nogil:
    """I0."""
    cdef double size = largest(at.x, at.size)
    if size > 0.0:
        return PSI_0 * size / largest(at.g, at.size)
    if at.value != 0.0:
        return PSI_0 * fabs(at.value) / dot(at.g, at.g, at.size)
    return 1.0


cdef inline status_t hager_zhang(
    const iterate_t *at, oracle_t *oracle, double *alpha,
) noexcept nogil:
    """I1: the minimiser of the parabola through the value at a short step; else I2."""
    cdef sloped_search_t s
    cdef origin_t origin = origin_t(at.value, at.slope, at.value)
    cdef double short = PSI_1 * at.alpha, value, slope, curvature
    cdef status_t status
    begin_at(&s, &origin)
    s.search.ask = short
    s.wants = VALUE
    status = evaluate(&s, oracle, NULL, &value, &slope)
    alpha[0] = PSI_2 * at.alpha
    if status == RUNNING and value <= at.value:
        curvature = ((value - at.value) / short - at.slope) / short
        if curvature > 0.0:
            alpha[0] = -at.slope / (2.0 * curvature)
    return RAISED if status == RAISED else RUNNING


cdef status_t initial_step(
    initial_step_t rule, double constant, const iterate_t *at, oracle_t *oracle, double *alpha,
) noexcept nogil:
    """RUNNING, or RAISED where the function that rule I1 asks raised."""
    cdef status_t status = RUNNING
    if rule == CONSTANT:
        alpha[0] = constant
    elif not at.alpha > 0.0:
        alpha[0] = hager_zhang_first(at) if rule == HAGER_ZHANG else of_length_one(at)
    elif rule == PREVIOUS:
        alpha[0] = previous(at)
    elif rule == QUADRATIC:
        alpha[0] = quadratic(at)
    elif rule == BARZILAI_BORWEIN:
        alpha[0] = barzilai_borwein(at)
    else:
        status = hager_zhang(at, oracle, alpha)
    if not (alpha[0] > 0.0 and isfinite(alpha[0])):
        alpha[0] = of_length_one(at)
    if not (alpha[0] > 0.0 and isfinite(alpha[0])):
        alpha[0] = LEAST
    return status
