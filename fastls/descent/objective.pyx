"""A function of many variables, as a descent method sees it: at a point, and along a direction.

A descent method only ever stands somewhere, turns, looks ahead, and moves there. What it has seen on
the way is not computed again.
"""

cimport cython
cimport numpy as np
from libc.float cimport DBL_EPSILON
from libc.math cimport NAN, sqrt
from libc.string cimport memcpy

from fastls.oracle.line cimport Line, as_line, as_vector, is_vector
from fastls.oracle.oracle cimport check_returned
from fastls.oracle.vector cimport add_scaled, difference, dot, largest, scale_to

import numpy as np

np.import_array()

# As in oracle.pyx: exceptions stay in the thread state until the method has stopped.
ctypedef int (*begin_function)(
    CallableObjective f, const double *x, double *value, double *gradient) noexcept
ctypedef int (*turn_function)(CallableObjective f, const double *d) noexcept
ctypedef int (*move_function)(CallableObjective f, double alpha, double *gradient) noexcept
ctypedef int (*product_function)(
    CallableObjective f, const double *v, double *product) noexcept


cdef class Objective:
    """What stands behind a function; see the classes that derive from it."""

    cdef Py_ssize_t njev(self) noexcept nogil:
        """How often the gradient was computed."""
        return self.along.ngev

    cdef int begin(self, const double *x, double *value, double *gradient) noexcept nogil:
        """Stand at x: value and gradient there."""
        return 0

    cdef int turn(self, const double *d) noexcept nogil:
        """Look in the direction d from where one stands."""
        return 0

    cdef int move(self, double alpha, double *gradient) noexcept nogil:
        """Stand at x + alpha d: the gradient there."""
        return 0

    cdef int hessian_product(self, const double *v, double *product) noexcept nogil:
        """The Hessian where one stands, times v; one must turn before one looks ahead again."""
        return 0


@cython.final
cdef class CallableObjective(Objective):
    """Python callables: the value and the gradient, apart or as a pair.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, the value; or, where grad is None, ``(value, gradient)``.
    grad : callable or None
        ``grad(x, *args)``, the gradient.
    x : ndarray
        Whose shape all points and gradients have.
    args : tuple
        Further arguments of all callables.
    hess, hessp : callable or None
        ``hess(x, *args)``, the Hessian, anything that a vector can be multiplied with by ``@``; or
        ``hessp(x, v, *args)``, its product with a vector. Where both are None, the product is the
        difference of two gradients.
    """

    def __init__(self, f, grad, x, args, hess, hessp):
        for name, function in (("jac", grad), ("hess", hess), ("hessp", hessp)):
            if function is not None and not callable(function):
                raise TypeError(f"{name} must be callable or None; got {function!r}")
        self.line = as_line(f, grad, x, x, args)
        self.along = &self.line.c
        self.size = self.line.size
        self.hess, self.hessp = hess, hessp

    cdef int begin(self, const double *x, double *value, double *gradient) noexcept nogil:
        with gil:
            return (<begin_function> <void *> begin_at)(self, x, value, gradient)

    cdef int turn(self, const double *d) noexcept nogil:
        with gil:
            memcpy(self.line.d, d, self.size * sizeof(double))
            self.line.forget()
        return 0

    cdef int move(self, double alpha, double *gradient) noexcept nogil:
        with gil:
            return (<move_function> <void *> move_to)(self, alpha, gradient)

    cdef int hessian_product(self, const double *v, double *product) noexcept nogil:
        with gil:
            if self.hess is None and self.hessp is None:
                return (<product_function> <void *> difference_of_gradients)(self, v, product)
            return (<product_function> <void *> product_by_callable)(self, v, product)


cdef int compute_gradient(Line line, double alpha) except -1:
    """The gradient at alpha, kept in the line."""
    cdef double value = NAN, slope = NAN
    line.c.ngev += 1
    if line.grad is not None:
        slope = line.c.slope(alpha, line.c.slope_data)
    else:
        line.c.nfev += 1
        line.c.value_and_slope(alpha, &value, &slope, line.c.data)
    if line.c.raised:
        return -1
    if line.gradient(alpha) is None:
        raise TypeError(
            f"fun must return (value, gradient) where jac=True; it returned a number, {line.value!r}")
    return 0


cdef int hand_over(Line line, object array, double *gradient) except -1:
    memcpy(gradient, np.PyArray_DATA(<np.ndarray> array), line.size * sizeof(double))
    return 0


cdef int begin_at(
    CallableObjective self, const double *x, double *value, double *gradient,
) except -1:
    cdef Line line = self.line
    memcpy(line.x, x, line.size * sizeof(double))
    line.start_gradient = self.matrix = None
    line.forget()
    if line.grad is not None:
        line.c.nfev += 1
        line.c.value(0.0, line.c.data)
        if line.c.raised:
            return -1
    compute_gradient(line, 0.0)
    value[0] = line.value
    return hand_over(line, line.start_gradient, gradient)


cdef int move_to(CallableObjective self, double alpha, double *gradient) except -1:
    cdef Line line = self.line
    if line.gradient(alpha) is None:
        compute_gradient(line, alpha)
    line.start_gradient = line.gradient(alpha)
    line.forget()
    self.matrix = None
    add_scaled(line.x, alpha, line.d, line.size)
    return hand_over(line, line.start_gradient, gradient)


cdef int product_by_callable(CallableObjective self, const double *v, double *product) except -1:
    cdef Line line = self.line
    cdef object vector = line.new_vector()
    memcpy(np.PyArray_DATA(<np.ndarray> vector), v, line.size * sizeof(double))
    self.nhev += 1
    if self.hessp is not None:
        found = self.hessp(line.point(0.0), vector, *line.args)
        check_returned(found, "hessp")
    else:
        if self.matrix is None:
            self.matrix = self.hess(line.point(0.0), *line.args)
            check_returned(self.matrix, "hess")
            if np.shape(self.matrix) != (line.size, line.size):
                raise ValueError(
                    f"hess must return a matrix of the shape {line.size, line.size}; "
                    f"got {np.shape(self.matrix)}")
        else:
            self.nhev -= 1
        found = self.matrix @ vector.ravel()
    found = found if is_vector(found) else as_vector(found, "the product with the Hessian")
    if found.size != line.size:
        raise ValueError(
            f"the product with the Hessian must have the shape of x, {line.shape.shape}; "
            f"got {found.shape}")
    return hand_over(line, found, product)


cdef int difference_of_gradients(
    CallableObjective self, const double *v, double *product,
) except -1:
    """(g(x + h v) - g(x))/h, with h where truncation and rounding errors balance."""
    cdef Line line = self.line
    cdef double length = sqrt(dot(v, v, line.size)), h
    if length == 0.0:
        scale_to(product, 0.0, v, line.size)
        return 0
    h = 2.0 * sqrt(DBL_EPSILON) * (1.0 + largest(line.x, line.size)) / length
    memcpy(line.d, v, line.size * sizeof(double))
    line.forget()
    compute_gradient(line, h)
    difference(
        product, <double *> np.PyArray_DATA(<np.ndarray> line.gradient(h)),
        <double *> np.PyArray_DATA(<np.ndarray> line.start_gradient), line.size)
    scale_to(product, 1.0 / h, product, line.size)
    return 0
