"""What a search asked and was answered, as a structured array with a row an evaluation."""

from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

import numpy as np

# Two views of record_t: a search on an interval has no slopes.
DTYPE = np.dtype({
    "names": ["x", "value", "a", "b"], "formats": 4 * [float], "offsets": [0, 8, 24, 32],
})
SLOPED_DTYPE = np.dtype([(name, float) for name in ("alpha", "value", "slope", "a", "b")])


cdef void trace_record(trace_t *trace, record_t record) noexcept nogil:
    cdef Py_ssize_t capacity
    cdef record_t *records
    if trace.count == trace.capacity:
        capacity = 2 * trace.capacity if trace.capacity > 0 else 64
        records = <record_t *> realloc(trace.records, capacity * sizeof(record_t))
        if records is NULL:
            trace.out_of_memory = True
            return
        trace.records = records
        trace.capacity = capacity
    trace.records[trace.count] = record
    trace.count += 1


cdef void trace_slope(trace_t *trace, double x, double slope) noexcept nogil:
    """Add to the row of x, mostly the last, a slope that was asked for after the value."""
    cdef Py_ssize_t i
    for i in range(trace.count - 1, -1, -1):
        if trace.records[i].x == x:
            trace.records[i].slope = slope
            return


cdef object trace_array(const trace_t *trace, bint slopes):
    cdef size_t address
    cdef Py_ssize_t count = trace.count  # of a dialogue, others may tell more meanwhile
    if trace.out_of_memory:
        raise MemoryError("the trace does not fit into memory")
    array = np.empty(count, SLOPED_DTYPE if slopes else DTYPE)
    if count > 0:
        address = array.ctypes.data
        memcpy(<void *> address, trace.records, count * sizeof(record_t))
    return array


cdef void trace_free(trace_t *trace) noexcept nogil:
    free(trace.records)
    trace.records = NULL
    trace.count = trace.capacity = 0
