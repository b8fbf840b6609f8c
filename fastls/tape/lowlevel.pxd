"""A recorded function as C calls it."""

from fastls.tape.replay cimport Program

cdef enum:
    SEATS = 32                # calls at a time; more wait


cdef struct seat_t:
    char taken
    char **base               # of a workspace; NULL before it is first used


cdef class Seats:
    cdef Program program
    cdef bint is_python       # it needs the GIL
    cdef seat_t seat[SEATS]
    cdef list works           # keeps the workspaces alive


cdef class LowLevel:
    cdef readonly object tape, error
    cdef object structure     # of the arguments,
    cdef list leaves          # their arrays,
    cdef tuple wanted         # which of them are variables,
    cdef Py_ssize_t[::1] slots       # as C reads it,
    cdef Py_ssize_t[::1] places      # and where each of these begins in x, in bytes
    cdef readonly Py_ssize_t size
    cdef Seats value, value_and_gradient       # on the path recorded first

    cdef int call(self, const double *x, double *value, double *gradient) noexcept nogil
