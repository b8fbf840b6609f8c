from fastls.step.method cimport StepSearch


cdef class Zoom(StepSearch):
    pass
