"""A function of many variables along a line: phi(alpha) = f(x + alpha d), phi' = <grad f, d>.

Every call of the user's functions is handed an array of its own, so that what they do to it, or
keep of it, has no effect. The gradients they return are copied, for they may be written over.
"""

cimport cython
cimport numpy as np
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport INFINITY, NAN
from libc.string cimport memcpy

from fastls.oracle.lowlevel cimport value_and_slope_function, value_function
from fastls.oracle.oracle cimport as_real, check_returned
from fastls.oracle.vector cimport dot
from fastls.status cimport STEP_TOO_SMALL, STOPPED

import numpy as np

from fastls.tape.tape import Tape

cdef extern from "Python.h":
    bint PyFloat_CheckExact(object o)
    double PyFloat_AS_DOUBLE(object o)

np.import_array()

# As in oracle.pyx: exceptions stay in the thread state until the search has stopped.
ctypedef int (*ask_value_function)(Line line, double alpha) noexcept
ctypedef int (*ask_slope_function)(Line line, double alpha, double *slope) noexcept


cdef double as_number(object value, str what, double alpha) except? -1.0:
    return PyFloat_AS_DOUBLE(value) if PyFloat_CheckExact(value) else as_real(value, what, alpha)


cdef bint is_vector(object array) noexcept:
    return (np.PyArray_CheckExact(array) and np.PyArray_TYPE(<np.ndarray> array) == np.NPY_DOUBLE
            and np.PyArray_IS_C_CONTIGUOUS(<np.ndarray> array)
            and np.PyArray_ISBEHAVED_RO(<np.ndarray> array))


cdef object as_vector(object values, str name):
    """A float64 array in C order, of any shape. Integers are converted, complex numbers refused."""
    array = np.asarray(values)
    if array.dtype.kind == "O":
        array = np.array([as_real(value, name) for value in array.ravel()]).reshape(array.shape)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be an array of real numbers; got {values!r}")
    return np.asarray(array, dtype=float, order="C")


@cython.final
cdef class Line:
    """What f and grad are along a line, as an oracle."""

    def __dealloc__(self):
        PyMem_Free(self.x)

    cdef object new_vector(self):
        """An array of the shape of x."""
        if np.PyArray_SIZE(<np.ndarray> self.shape) != self.size:
            raise ValueError(f"x was resized during the search, to {self.shape.shape}")
        return np.PyArray_SimpleNew(
            np.PyArray_NDIM(<np.ndarray> self.shape), np.PyArray_DIMS(<np.ndarray> self.shape),
            np.NPY_DOUBLE)

    cdef object point(self, double alpha):
        """x + alpha d in a new array; None where that is x again."""
        cdef object point = self.new_vector()
        cdef double *p = <double *> np.PyArray_DATA(<np.ndarray> point)
        cdef double *x = self.x
        cdef double *d = self.d
        cdef Py_ssize_t i
        if alpha == 0.0:
            memcpy(p, x, self.size * sizeof(double))
            return point
        for i in range(self.size):
            p[i] = x[i] + alpha * d[i]
        for i in range(self.size):
            if p[i] != x[i]:
                return point
        return None

    cdef object direction(self):
        """d in a new array."""
        cdef object direction = self.new_vector()
        memcpy(np.PyArray_DATA(<np.ndarray> direction), self.d, self.size * sizeof(double))
        return direction

    cdef object gradient(self, double alpha):
        """The gradient at alpha, if it is one of those kept; else None."""
        if self.ray is not None:
            return self.ray.gradient(alpha)
        if alpha == 0.0:
            return self.start_gradient
        if self.last_gradient is not None and self.last_alpha == alpha:
            return self.last_gradient
        return self.best_gradient if self.best_alpha == alpha else None

    cdef void forget(self):
        """Another direction at the same point: only the gradient there is still good."""
        self.last_gradient = self.best_gradient = None
        self.last_alpha = self.best_alpha = NAN
        self.best_value = INFINITY

    cdef double slope_of(self, object gradient, double alpha) except? -1.0:
        """<gradient, d>, of a gradient that is then kept."""
        cdef object array = copied_gradient(self, gradient)
        if alpha == 0.0:
            self.start_gradient = array
        else:
            self.last_gradient, self.last_alpha = array, alpha
            if self.value < self.best_value:
                self.best_gradient, self.best_alpha = array, alpha
                self.best_value = self.value
        return dot(<double *> np.PyArray_DATA(<np.ndarray> array), self.d, self.size)


cdef object copied_gradient(Line line, object gradient):
    """The gradient in an array of our own, of the shape of x."""
    cdef object array = gradient if is_vector(gradient) else as_vector(gradient, "the gradient")
    cdef object copy
    if not np.PyArray_SAMESHAPE(<np.ndarray> array, <np.ndarray> line.shape) and not (
            np.PyArray_SIZE(<np.ndarray> array) == 1 == line.size):
        raise ValueError(
            f"the gradient must have the shape of x, {line.shape.shape}; got {array.shape}")
    copy = line.new_vector()
    memcpy(np.PyArray_DATA(<np.ndarray> copy), np.PyArray_DATA(<np.ndarray> array),
           line.size * sizeof(double))
    return copy


cdef int ask_value(Line line, double alpha) except -1:
    """Call f, unless the point is x again: then there is nothing to search for."""
    cdef object point = line.point(alpha)
    if point is None:
        line.c.stopped = STEP_TOO_SMALL
        line.value = NAN
        return 0
    cdef object returned = line.f(point) if not line.args else line.f(point, *line.args)
    check_returned(returned, "f", alpha)
    line.value = as_number(returned, "f", alpha)
    return 0


cdef int ask_slope(Line line, double alpha, double *slope) except -1:
    """Call grad where f was called last."""
    cdef object point = line.point(alpha)
    cdef object gradient
    if line.grad is None and not line.is_pair:
        raise TypeError(
            "this search needs gradients: give grad, or an f that returns (value, gradient)")
    if line.grad is None:
        slope[0] = NAN                     # which came with the value
        return 0
    gradient = line.grad(point) if not line.args else line.grad(point, *line.args)
    check_returned(gradient, "the function of the gradient")
    slope[0] = line.slope_of(gradient, alpha)
    return 0


cdef int ask_value_and_slope(Line line, double alpha, double *slope) except -1:
    """Call an f that returns (value, gradient), or a value alone as long as no slope is wanted."""
    cdef object point = line.point(alpha)
    cdef object returned
    if point is None:
        line.c.stopped = STEP_TOO_SMALL
        line.value = NAN
        return 0
    returned = line.f(point) if not line.args else line.f(point, *line.args)
    line.is_pair = isinstance(returned, (tuple, list))
    if not line.is_pair:
        check_returned(returned, "f", alpha)
        line.value = as_number(returned, "f", alpha)
        return 0
    if len(returned) != 2:
        raise TypeError(f"f must return (value, gradient), or a value; got {returned!r}")
    line.value = as_number(returned[0], "f", alpha)
    cdef object gradient = returned[1]
    returned = None
    slope[0] = line.slope_of(gradient, alpha)
    return 0


cdef double line_value(double alpha, void *data) noexcept:
    cdef Line line = <Line> data
    if (<ask_value_function> <void *> ask_value)(line, alpha) != 0:
        line.c.raised = True
        return NAN
    return line.value


cdef double line_slope(double alpha, void *data) noexcept:
    cdef Line line = <Line> data
    cdef double slope = NAN
    line.c.raised = (<ask_slope_function> <void *> ask_slope)(line, alpha, &slope) != 0
    return slope


cdef int line_value_and_slope(double alpha, double *value, double *slope, void *data) noexcept:
    cdef Line line = <Line> data
    if (<ask_slope_function> <void *> ask_value_and_slope)(line, alpha, slope) != 0:
        line.c.raised = True
        return STOPPED
    value[0] = line.value
    return line.c.stopped


# A recorded function, called without the GIL.

cdef bint stays(Line line, double alpha) noexcept nogil:
    """Note where the point is x again: then there is nothing to search for."""
    if alpha == 0.0 or line.ray.moves(alpha):
        return False
    line.c.stopped = STEP_TOO_SMALL
    return True


cdef double recorded_value(double alpha, void *data) noexcept nogil:
    cdef double value = NAN
    if stays(<Line> data, alpha) or (<Line> data).ray.value_at(alpha, &value) != 0:
        return NAN
    return value


cdef double recorded_slope(double alpha, void *data) noexcept nogil:
    cdef double value, slope = NAN
    return NAN if (<Line> data).ray.evaluate(alpha, &value, &slope) != 0 else slope


cdef int recorded_value_and_slope(
    double alpha, double *value, double *slope, void *data,
) noexcept nogil:
    if stays(<Line> data, alpha):
        return STOPPED
    return (<Line> data).ray.evaluate(alpha, value, slope)


cdef int bind_tape(Line self) except -1:
    """Along the ray of a recorded f, whose slopes come with it."""
    if self.f.argnums != (0,):
        raise ValueError(
            "f must be differentiated with respect to x, its first argument, alone; it is with "
            f"respect to the arguments {self.f.argnums}")
    self.ray = self.f.along(self.point(0.0), *self.args, self.direction())
    self.c.is_python = False
    self.c.value = recorded_value
    self.c.slope = recorded_slope
    self.c.value_and_slope = recorded_value_and_slope
    return 0


cdef Line as_line(object f, object grad, object x, object d, object args):
    """The oracle of f, and of grad if it is not None, from x in the direction d."""
    cdef Line self = Line.__new__(Line)
    if not callable(f):
        raise TypeError(f"f must be callable; got {f!r}")
    if grad is not None and not callable(grad):
        raise TypeError(f"grad must be callable or None; got {grad!r}")
    self.f, self.grad = f, grad
    self.args = args if isinstance(args, tuple) else (args,)
    cdef object start = x if is_vector(x) else as_vector(x, "x")
    cdef object direction = d if is_vector(d) else as_vector(d, "d")
    if not np.PyArray_SAMESHAPE(<np.ndarray> start, <np.ndarray> direction):
        raise ValueError(
            f"x and d must have the same shape; got {start.shape} and {direction.shape}")
    self.shape = start
    self.size = np.PyArray_SIZE(<np.ndarray> start)
    self.x = <double *> PyMem_Malloc(2 * max(self.size, 1) * sizeof(double))
    if self.x is NULL:
        raise MemoryError
    self.d = self.x + self.size
    memcpy(self.x, np.PyArray_DATA(<np.ndarray> start), self.size * sizeof(double))
    memcpy(self.d, np.PyArray_DATA(<np.ndarray> direction), self.size * sizeof(double))
    self.forget()
    self.c.is_python = True
    self.c.data = self.c.slope_data = <void *> self
    self.c.slope = <value_function> <void *> line_slope
    if grad is None and isinstance(f, Tape):
        bind_tape(self)
    elif grad is None:
        self.c.value_and_slope = <value_and_slope_function> <void *> line_value_and_slope
    else:
        self.c.value = <value_function> <void *> line_value
    return self
