from fastls.interval.method cimport IntervalSearch


cdef class GoldenSection(IntervalSearch):
    pass
