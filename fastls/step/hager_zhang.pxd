from fastls.step.method cimport StepSearch


cdef class HagerZhang(StepSearch):
    cdef readonly double theta, gamma, rho
