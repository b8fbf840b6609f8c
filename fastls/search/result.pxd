from fastls.search.driver cimport search_t
from fastls.status cimport status_t


cdef class Result:
    cdef double point, value  # x and fun
    cdef object other_x, other_fun     # what a caller has put in their place, as SciPy does
    cdef double a, b          # the interval
    cdef public Py_ssize_t nfev, nit
    cdef public object trace
    cdef status_t code


cdef Result make_result(const search_t *search, status_t status, Py_ssize_t nfev, object trace)
