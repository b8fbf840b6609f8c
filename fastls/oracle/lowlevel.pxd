from fastls.oracle.oracle cimport value_function


cdef enum signature_t:
    NOT_LOW_LEVEL             # an ordinary Python object
    PLAIN                     # double (double)
    WITH_DATA                 # double (double, void *)


cdef struct callback_t:
    signature_t signature
    void *address
    void *data


cdef int read_callback(object f, callback_t *callback) except -1
