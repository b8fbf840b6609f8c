from fastls.oracle.oracle cimport Oracle, oracle_t
from fastls.search.driver cimport search_t
from fastls.search.search cimport Search
from fastls.search.trace cimport trace_t
from fastls.status cimport RAISED, status_t


cdef struct start_t:
    double a, mid, b          # the interval; mid is NaN where the method may choose
    double fa, fmid, fb       # values already known, else NaN


cdef class IntervalSearch(Search):
    cdef readonly double xtol, rtol
    cdef readonly Py_ssize_t maxiter

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil
    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil
    cdef status_t solve(
        self, const start_t *start, Oracle oracle, trace_t *trace, search_t *answer,
    ) except RAISED
    cdef int check_method(self) except -1
    cdef double length_to_shrink(self, object width) except -1.0


cdef int read_interval(object interval, start_t *start) except -1
