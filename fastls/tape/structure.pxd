cdef object filled(tuple structure, tuple leaves, Py_ssize_t *at)
cdef bint reads(tuple structure, object value, list leaves) except -1
