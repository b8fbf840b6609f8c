"""The step a descent method lets its search try first."""

from fastls.oracle.oracle cimport oracle_t
from fastls.status cimport status_t


cdef struct iterate_t:
    Py_ssize_t size
    double *x                 # the point
    double *g                 # the gradient there
    double *d                 # the direction in which to search
    double value, slope       # f(x), <g, d>
    double former_value, former_slope            # the same where the last step began
    double *former_g
    double alpha              # the step that led here; NaN at the start
    double step_square        # of the last step s = alpha d: <s, s>
    double curvature          # and <s, y>, where y is the change of the gradient


cdef enum initial_step_t:
    CONSTANT, PREVIOUS, QUADRATIC, HAGER_ZHANG, BARZILAI_BORWEIN


cdef status_t initial_step(
    initial_step_t rule, double constant, const iterate_t *at, oracle_t *oracle, double *alpha,
) noexcept nogil
cdef initial_step_t read_initial_step(object rule, double *constant) except *
