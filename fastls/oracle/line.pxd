from fastls.oracle.oracle cimport oracle_t
from fastls.tape.ray cimport Ray


cdef class Line:
    cdef oracle_t c
    cdef object f, grad       # grad is None where f returns (value, gradient)
    cdef tuple args
    cdef Ray ray              # of a recorded f; else None
    cdef object shape         # an array of the shape of x
    cdef double *x            # x and d, copied: f may use the caller's own arrays to work in
    cdef double *d
    cdef Py_ssize_t size
    cdef double value         # the last one computed
    cdef bint is_pair         # it came with a gradient
    cdef object start_gradient, last_gradient    # at x, and the one computed last
    cdef object best_gradient # that of the lowest value
    cdef double last_alpha, best_alpha           # where they were computed
    cdef double best_value

    cdef object new_vector(self)
    cdef object point(self, double alpha)
    cdef object direction(self)
    cdef object gradient(self, double alpha)
    cdef void forget(self)
    cdef double slope_of(self, object gradient, double alpha) except? -1.0


cdef Line as_line(object f, object grad, object x, object d, object args)
cdef bint is_vector(object array) noexcept
cdef object as_vector(object values, str name)
