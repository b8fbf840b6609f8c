from fastls.search.driver cimport search_t, sloped_search_t
from fastls.status cimport status_t


cdef class Record:
    cdef status_t code
    cdef public Py_ssize_t nfev
    cdef public object trace

    cdef tuple fields(self)


cdef class Result(Record):
    cdef double point, value  # x and fun
    cdef object other_x, other_fun     # what a caller has put in their place, as SciPy does
    cdef double a, b          # the interval
    cdef public Py_ssize_t nit


cdef class Step(Record):
    cdef public double alpha, value
    cdef public double value0, slope0
    cdef public Py_ssize_t ngev
    cdef public object slope, condition, x, grad


cdef Result make_result(const search_t *search, status_t status, Py_ssize_t nfev, object trace)
cdef Step make_step(
    const sloped_search_t *s, status_t status, Py_ssize_t nfev, Py_ssize_t ngev, object trace)
