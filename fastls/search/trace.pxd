"""What a search asked and was answered."""

cdef struct record_t:
    double x, value           # asked, answered (as the function returned it)
    double slope              # NaN where it was not asked for
    double a, b               # the interval at the time


cdef struct trace_t:
    record_t *records
    Py_ssize_t count, capacity
    bint out_of_memory


cdef void trace_record(trace_t *trace, record_t record) noexcept nogil
cdef void trace_slope(trace_t *trace, double x, double slope) noexcept nogil
cdef object trace_array(const trace_t *trace, bint slopes)
cdef void trace_free(trace_t *trace) noexcept nogil
