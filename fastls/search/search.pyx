"""What all searches have in common, as a dialogue sees them."""

from fastls.search.driver cimport search_t
from fastls.status cimport status_t


cdef class Search:
    """A method; see the classes that derive from it."""

    cdef object result(
        self, const search_t *search, status_t status, Py_ssize_t nfev, Py_ssize_t ngev,
        object trace):
        """What the search hands back."""
        return None
