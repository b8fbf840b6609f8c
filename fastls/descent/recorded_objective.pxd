from fastls.descent.objective cimport Objective
from fastls.oracle.oracle cimport oracle_t
from fastls.tape.ray cimport Ray


cdef class RecordedObjective(Objective):
    cdef oracle_t c
    cdef Ray ray
    cdef object room          # holds the next two
    cdef double *seen         # the gradient at x + alpha_seen d
    cdef double *d
    cdef double alpha_seen    # NaN where there is none
    cdef bint is_first        # no trial was made in this direction
    cdef Py_ssize_t gradients # computed; slopes are not counted
