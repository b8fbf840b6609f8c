from fastls.search.driver cimport search_t, tell_function
from fastls.search.trace cimport trace_t
from fastls.status cimport status_t


cdef class Dialogue:
    cdef search_t *search
    cdef tell_function hears
    cdef Py_ssize_t maxiter
    cdef trace_t trace
    cdef status_t status
    cdef Py_ssize_t nfev
    cdef bint asked

    cdef int check_asked(self) except -1


cdef Dialogue make_dialogue(size_t size, tell_function tell, Py_ssize_t maxiter)
