from fastls.step.method cimport StepSearch


cdef class Zoom(StepSearch):
    cdef readonly double growth
