from fastls.interval.method cimport IntervalSearch
from fastls.step.method cimport StepSearch


cdef class ExactSearch(StepSearch):
    cdef readonly IntervalSearch method
