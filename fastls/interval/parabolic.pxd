from fastls.interval.method cimport IntervalSearch, start_t
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport status_t


cdef class Parabolic(IntervalSearch):
    pass


cdef status_t run_parabolic(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer,
) noexcept nogil
