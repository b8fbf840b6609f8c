from fastls.step.method cimport StepSearch


cdef enum interpolation_t:
    NONE, QUADRATIC, CUBIC


cdef class Backtracking(StepSearch):
    cdef readonly double shrink
    cdef interpolation_t kind
