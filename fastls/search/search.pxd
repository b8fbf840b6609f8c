"""What the driver's users have in common: something that is begun, told, and has a result."""

from fastls.search.driver cimport search_t, tell_function
from fastls.status cimport status_t


cdef class Search:
    # Set by each method: how large its state is, what hears an answer, whether it wants slopes.
    cdef size_t size
    cdef tell_function hears
    cdef bint slopes

    cdef object result(
        self, const search_t *search, status_t status, Py_ssize_t nfev, Py_ssize_t ngev,
        object trace)
