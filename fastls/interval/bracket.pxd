from fastls.interval.method cimport start_t
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport search_t
from fastls.status cimport status_t

cdef status_t run_bracket(
    double a, double b, double grow_limit, Py_ssize_t maxiter, oracle_t *oracle,
    search_t *answer, start_t *found,
) noexcept nogil
