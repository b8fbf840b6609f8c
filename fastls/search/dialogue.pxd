from fastls.search.driver cimport search_t, wanted_t
from fastls.search.search cimport Search
from fastls.search.trace cimport trace_t
from fastls.status cimport status_t


cdef class Dialogue:
    cdef Search method
    cdef search_t *search
    cdef Py_ssize_t limit     # of iterations, or of trials
    cdef trace_t trace
    cdef status_t status
    cdef Py_ssize_t nfev, ngev
    cdef bint asked

    cdef int check_asked(self) except -1
    cdef wanted_t wants(self)


cdef Dialogue make_dialogue(Search method, Py_ssize_t limit)
