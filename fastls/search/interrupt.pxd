"""Ctrl-C inside a loop that is all C."""

cdef struct watch_t:
    Py_ssize_t next           # the evaluation after which to look at the clock again
    Py_ssize_t stride         # evaluations between two looks
    long long last            # when that was, in milliseconds; 0 before the first look


cdef bint interrupted(watch_t *watch) noexcept nogil
