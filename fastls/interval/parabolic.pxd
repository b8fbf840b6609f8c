from fastls.interval.method cimport IntervalSearch


cdef class Parabolic(IntervalSearch):
    pass
