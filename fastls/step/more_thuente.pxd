from fastls.step.method cimport StepSearch


cdef class MoreThuente(StepSearch):
    cdef readonly double xtol
