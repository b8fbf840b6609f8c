from fastls.interval.method cimport IntervalSearch


cdef class Brent(IntervalSearch):
    pass
