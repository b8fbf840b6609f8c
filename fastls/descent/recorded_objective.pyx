"""A recorded function, as a descent method sees it: the ray of its tape, without the GIL.

What is affine in x is computed in each new direction, and moves along with the point: of a generalised
linear model an iteration multiplies with the matrix once, and once with its transpose, however many
trial steps there are.
"""

cimport cython
cimport numpy as np
from libc.math cimport NAN
from libc.string cimport memcpy

from fastls.descent.objective cimport Objective
from fastls.oracle.lowlevel cimport value_and_slope_function, value_function
from fastls.oracle.vector cimport dot
from fastls.status cimport STEP_TOO_SMALL, STOPPED
from fastls.tape.ray cimport Ray, ray_of

import numpy as np

np.import_array()


cdef inline bint stays(RecordedObjective f, double alpha) noexcept nogil:
    """Note where the point is x again: then there is nothing to search for."""
    if alpha == 0.0 or f.ray.moves(alpha):
        return False
    f.c.stopped = STEP_TOO_SMALL
    return True


cdef double value_along(double alpha, void *data) noexcept nogil:
    cdef double value = NAN
    if stays(<RecordedObjective> data, alpha):
        return NAN
    return NAN if (<RecordedObjective> data).ray.value_at(alpha, &value) != 0 else value


cdef double slope_along(double alpha, void *data) noexcept nogil:
    cdef double value, slope = NAN
    if (<RecordedObjective> data).ray.evaluate(alpha, &value, &slope) != 0:
        return NAN
    return slope


cdef int value_and_slope_along(
    double alpha, double *value, double *slope, void *data,
) noexcept nogil:
    if stays(<RecordedObjective> data, alpha):
        return STOPPED
    if (<RecordedObjective> data).is_keen and (<RecordedObjective> data).is_first:
        return look_closely(<RecordedObjective> data, alpha, value, slope)
    return (<RecordedObjective> data).ray.evaluate(alpha, value, slope)


cdef int look_closely(
    RecordedObjective f, double alpha, double *value, double *slope,
) noexcept nogil:
    """The first trial of a method whose first trials are mostly accepted: the whole gradient."""
    f.is_first = False
    if f.ray.gradient_at(alpha, value, f.seen) != 0:
        return STOPPED
    f.gradients += 1
    f.alpha_seen = alpha
    slope[0] = dot(f.seen, f.d, f.size)
    return 0


@cython.final
cdef class RecordedObjective(Objective):
    """A tape.

    Parameters
    ----------
    tape : Tape
        Of a function whose value is one number.
    x : ndarray
        Of the shape recorded with.
    args : tuple
        Further arguments of the function.
    """

    def __init__(self, tape, x, args):
        self.ray = ray_of(tape, (x, *args))
        self.size = self.ray.size
        if tape.argnums != (0,) or self.size != x.size:
            raise ValueError(
                f"the tape must be differentiated with respect to x alone, of {x.size} entries; it "
                f"is with respect to {self.size}, of the arguments {tape.argnums}")
        self.room = np.zeros(2 * self.size)
        self.seen = <double *> np.PyArray_DATA(<np.ndarray> self.room)
        self.d = self.seen + self.size
        self.alpha_seen = NAN
        self.along = &self.c
        self.c.is_python = False
        self.c.data = self.c.slope_data = <void *> self
        self.c.value = value_along
        self.c.slope = slope_along
        self.c.value_and_slope = value_and_slope_along

    cdef Py_ssize_t njev(self) noexcept nogil:
        return self.gradients

    cdef int begin(self, const double *x, double *value, double *gradient) noexcept nogil:
        self.ray.begin(x)
        self.c.nfev += 1
        self.gradients += 1
        return self.ray.gradient_at(0.0, value, gradient)

    cdef int turn(self, const double *d) noexcept nogil:
        memcpy(self.d, d, self.size * sizeof(double))
        self.is_first = True
        self.alpha_seen = NAN
        return self.ray.turn_to(d)

    cdef int move(self, double alpha, double *gradient) noexcept nogil:
        cdef double value
        self.ray.move_by(alpha)
        if alpha == self.alpha_seen:
            memcpy(gradient, self.seen, self.size * sizeof(double))
            return 0
        self.gradients += 1
        return self.ray.gradient_at(0.0, &value, gradient)

    cdef int hessian_product(self, const double *v, double *product) noexcept nogil:
        self.nhev += 1
        return self.ray.hessian_product(v, product)
