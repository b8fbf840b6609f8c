"""A function of many variables, as a descent method sees it."""

from fastls.oracle.line cimport Line
from fastls.oracle.oracle cimport oracle_t


cdef class Objective:
    cdef oracle_t *along      # the function from the point in the direction, for a search
    cdef readonly Py_ssize_t size
    cdef bint is_keen         # the first trial in a direction is mostly accepted
    cdef readonly Py_ssize_t nhev      # how often a product with the Hessian was computed

    cdef Py_ssize_t njev(self) noexcept nogil

    # All that follow return 0, or -1 where an exception waits in the thread state; none needs the GIL.
    cdef int begin(self, const double *x, double *value, double *gradient) noexcept nogil
    cdef int turn(self, const double *d) noexcept nogil
    cdef int move(self, double alpha, double *gradient) noexcept nogil
    cdef int hessian_product(self, const double *v, double *product) noexcept nogil


cdef class CallableObjective(Objective):
    cdef Line line
    cdef object hess, hessp
    cdef object matrix        # the Hessian at the point, once it was asked for
