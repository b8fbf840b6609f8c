"""What a search asked and was answered, as a structured array with a row an evaluation."""

from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

import numpy as np

DTYPE = np.dtype([("x", float), ("value", float), ("a", float), ("b", float)])


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


cdef object trace_array(const trace_t *trace):
    cdef size_t address
    if trace.out_of_memory:
        raise MemoryError("the trace does not fit into memory")
    array = np.empty(trace.count, DTYPE)
    if trace.count > 0:
        address = array.ctypes.data
        memcpy(<void *> address, trace.records, trace.count * sizeof(record_t))
    return array


cdef void trace_free(trace_t *trace) noexcept nogil:
    free(trace.records)
    trace.records = NULL
    trace.count = trace.capacity = 0
