from fastls.interval.method cimport IntervalSearch


cdef class Dichotomy(IntervalSearch):
    pass
