ctypedef double (*value_function)(double x, void *data) noexcept nogil
ctypedef int (*value_and_slope_function)(
    double alpha, double *value, double *slope, void *data) noexcept nogil


cdef enum signature_t:
    NOT_LOW_LEVEL = 0         # an ordinary Python object
    PLAIN = 1                 # double (double)
    WITH_DATA = 2             # double (double, void *)
    WITH_SLOPE = 4            # int (double, double *, double *, void *)
    VALUES = 3                # either of the first two


cdef struct callback_t:
    signature_t signature
    void *address
    void *data


cdef int read_callback(object f, callback_t *callback, int accepted) except -1
