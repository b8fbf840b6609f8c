"""What the descent methods have in common; the inline part."""

from fastls.descent.objective cimport Objective
from fastls.oracle.vector cimport dot, scale_to
from fastls.status cimport RUNNING, status_t
from fastls.step.initial_step cimport initial_step_t, iterate_t
from fastls.step.method cimport StepSearch


cdef struct descent_t:
    iterate_t at              # where the method stands, and how it came there
    double *vectors           # the memory of x, g, d and the former g
    void *memory              # what the method itself remembers
    double norm               # of the gradient
    Py_ssize_t nit
    bint restart              # the search failed: steepest descent is to be next
    bint is_steepest          # the present one is


cdef class Descent:
    cdef readonly object search, initial_step, reference
    cdef readonly double gtol, norm, ftol, xtol
    cdef readonly object maxiter, maxfun
    cdef readonly bint disp
    cdef StepSearch searcher  # the search, or what makes one of a method on an interval
    cdef initial_step_t rule
    cdef double constant
    cdef bint is_keen         # the first trial in a direction is mostly accepted

    cdef int set_stopping(self, gtol, norm, ftol, xtol, maxiter, maxfun, disp) except -1
    cdef int set_search(self, search, initial_step, reference) except -1
    cdef dict parameters(self)

    # To be filled in by each method.
    cdef size_t room(self, Py_ssize_t size) noexcept nogil
    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil
    cdef void learn(self, descent_t *s) noexcept nogil


cdef inline void steepest(descent_t *s, double factor) noexcept nogil:
    """-factor g."""
    scale_to(s.at.d, -factor, s.at.g, s.at.size)
    s.at.slope = -factor * dot(s.at.g, s.at.g, s.at.size)
    s.is_steepest = True
