"""Oracles: one C struct for everything that can be minimised.

A search asks an oracle for the value at a point and never knows what stands behind it: a Python
callable, called with the GIL held, or a compiled function or the ray of a recorded one, called
without.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport PyObject
from libc.math cimport NAN

import numpy as np

from fastls.oracle.lowlevel cimport (
    NOT_LOW_LEVEL, PLAIN, VALUES, WITH_SLOPE, callback_t, read_callback,
    value_and_slope_function, value_function,
)
from fastls.status cimport STOPPED
from fastls.tape.ray cimport Ray

from fastls.tape.tape import Tape

cdef extern from "Python.h":
    const size_t PY_VECTORCALL_ARGUMENTS_OFFSET
    PyObject *PyObject_Vectorcall(
        PyObject *f, PyObject *const *args, size_t count, PyObject *names) noexcept
    vectorcall_function PyVectorcall_Function(object f) noexcept
    PyObject *PyFloat_FromDouble(double value)
    double PyFloat_AS_DOUBLE(PyObject *o)
    double PyFloat_AsDouble(object o) except? -1.0
    bint PyFloat_Check(PyObject *o)
    bint PyFunction_Check(object o)
    bint PyMethod_Check(object o)
    bint PyCFunction_Check(object o)
    void Py_DECREF(PyObject *o)
    void Py_XDECREF(PyObject *o)

cdef extern from *:
    """
    /* Without the GIL, a reference count of one does not mean that no one else looks. */
    #ifdef Py_GIL_DISABLED
      #define FASTLS_IS_MINE(o) 0
    #else
      #define FASTLS_IS_MINE(o) (Py_REFCNT(o) == 1)
    #endif
    #define FASTLS_SET_FLOAT(o, x) (((PyFloatObject *) (o))->ob_fval = (x))
    """
    bint is_mine "FASTLS_IS_MINE"(PyObject *o)
    void set_float "FASTLS_SET_FLOAT"(PyObject *o, double x)

# What the functions below call leaves its exception in the thread state, for the driver's caller
# to re-raise once the search has stopped. The casts keep Cython from reporting it on the spot.
ctypedef double (*returned_value_function)(PyObject *value, double x, const char *name) noexcept
ctypedef int (*returned_pair_function)(
    PyObject *result, double x, python_call_t *call, double *value, double *slope) noexcept
ctypedef void (*raise_function)() noexcept


cdef double as_real(object value, str what, double x = NAN) except? -1.0:
    """The float that value stands for; what (at x, if given) names it in the error."""
    cdef object number = value
    cause = None
    if isinstance(value, np.ndarray) and value.size == 1:
        if np.ma.is_masked(value):
            return NAN
        number = value.item()           # float() takes arrays of one number only before NumPy 2.4
    try:
        if not isinstance(number, np.complexfloating):   # of which float() would drop a part
            return PyFloat_AsDouble(number)
    except TypeError as error:
        if error.__traceback__.tb_next is not None:      # raised by the user's own __float__
            raise
        cause = error
    if x == x:
        what = f"{what}({x!r})"
    raise TypeError(
        f"{what} must be a real number; got {value!r} of type {type(value).__name__}") from cause


cdef int check_returned(object value, str what, double x = NAN) except -1:
    """Refuse the None of a function that forgets to return what it computes."""
    if value is None:
        if x == x:
            what = f"{what}({x!r})"
        raise TypeError(f"{what} returned None; is its return statement missing?")
    return 0


cdef double returned_value(PyObject *value, double x, const char *name) except? -1.0:
    check_returned(<object> value, name.decode(), x)
    return as_real(<object> value, name.decode(), x)


cdef int returned_pair(
    PyObject *result, double x, python_call_t *call, double *value, double *slope,
) except -1:
    """Read (value, slope), or a value alone as long as no slope is wanted."""
    cdef object returned = <object> result
    cdef object first, second
    call.is_pair = isinstance(returned, (tuple, list)) and len(returned) == 2
    if call.is_pair:
        first, second = returned
        value[0] = PyFloat_AS_DOUBLE(<PyObject *> first) if PyFloat_Check(
            <PyObject *> first) else as_real(first, "phi", x)
        slope[0] = PyFloat_AS_DOUBLE(<PyObject *> second) if PyFloat_Check(
            <PyObject *> second) else as_real(second, "the slope of phi", x)
    elif isinstance(returned, (tuple, list)):
        raise TypeError(
            f"phi({x!r}) must return (value, slope), or a value and dphi the slope; "
            f"got {returned!r}")
    else:
        check_returned(returned, "phi", x)
        value[0] = as_real(returned, "phi", x)
    return 0


cdef PyObject *call_python(python_call_t *call, double x) noexcept:
    """What the function returns for x; NULL where it raised."""
    cdef PyObject *result
    # As zip does with its tuple: a float that no one has kept is used again.
    if call.number is not NULL and is_mine(call.number):
        set_float(call.number, x)
    else:
        Py_XDECREF(call.number)
        call.number = call.arguments[1] = PyFloat_FromDouble(x)
        if call.number is NULL:
            call.oracle.raised = True
            return NULL
    result = call.vectorcall(
        call.function, call.arguments + 1, call.count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)
    if result is NULL:
        call.oracle.raised = True
    return result


# The GIL must be held by who calls the next three, which their types cannot say.

cdef double python_value(double x, void *data) noexcept:
    """Call a Python function that returns a number."""
    cdef python_call_t *call = <python_call_t *> data
    cdef PyObject *result = call_python(call, x)
    cdef double value
    if result is NULL:
        return NAN
    if PyFloat_Check(result):
        value = PyFloat_AS_DOUBLE(result)
    else:
        value = (<returned_value_function> <void *> returned_value)(result, x, call.name)
        call.oracle.raised = value == -1.0 and PyErr_Occurred() is not NULL
    Py_DECREF(result)
    return NAN if call.oracle.raised else value


cdef int python_value_and_slope(double x, double *value, double *slope, void *data) noexcept:
    """Call a Python function that returns (value, slope)."""
    cdef python_call_t *call = <python_call_t *> data
    cdef PyObject *result = call_python(call, x)
    if result is NULL:
        return STOPPED
    if (<returned_pair_function> <void *> returned_pair)(result, x, call, value, slope) != 0:
        call.oracle.raised = True
    Py_DECREF(result)
    return STOPPED if call.oracle.raised else 0


cdef void raise_missing_slope() except *:
    raise TypeError(
        "this search needs slopes: give dphi, or a phi that returns (value, slope)")


cdef double missing_slope(double x, void *data) noexcept nogil:
    """Where a slope is asked for that did not come with the value."""
    cdef oracle_t *oracle = <oracle_t *> data
    cdef python_call_t *call = <python_call_t *> oracle.data
    if oracle.is_python and call.is_pair or not oracle.is_python and oracle.value is NULL:
        return NAN                         # it came, and was NaN
    oracle.raised = True
    with gil:
        (<raise_function> <void *> raise_missing_slope)()
    return NAN


cdef double plain_value(double x, void *data) noexcept nogil:
    """Call a compiled function that takes no context."""
    return (<plain_function *> data)[0](x)


cdef bint has_raised(oracle_t *oracle) noexcept nogil:
    """Whether an exception waits. A compiled callback of Cython's that raised has returned -1."""
    if not oracle.raised and not oracle.without_python:
        with gil:
            oracle.raised = PyErr_Occurred() is not NULL
    return oracle.raised


@cython.final
@cython.no_gc                 # no one else ever holds one
@cython.freelist(8)
cdef class Oracle:
    """What is being minimised: a function pointer, its context, and a count of calls."""

    def __dealloc__(self):
        Py_XDECREF(self.call.number)
        if self.call.arguments is not self.few_arguments:
            PyMem_Free(self.call.arguments)


cdef int bind_python(Oracle self) except -1:
    cdef Py_ssize_t i, extra = len(self.args)
    if not callable(self.function):
        raise TypeError(
            f"{self.call.name.decode()} must be callable or a C callback; got {self.function!r}")
    self.c.is_python = True
    self.call.arguments = self.few_arguments
    if 2 + extra > <Py_ssize_t> (sizeof(self.few_arguments) // sizeof(PyObject *)):
        self.call.arguments = <PyObject **> PyMem_Malloc((2 + extra) * sizeof(PyObject *))
        if self.call.arguments is NULL:
            raise MemoryError
    for i in range(extra):
        self.call.arguments[2 + i] = <PyObject *> self.args[i]
    self.call.number = NULL
    self.call.function = <PyObject *> self.function
    self.call.vectorcall = PyVectorcall_Function(self.function)
    if self.call.vectorcall is NULL:
        self.call.vectorcall = PyObject_Vectorcall
    self.call.count = 1 + extra
    self.call.oracle = &self.c
    self.c.value = <value_function> <void *> python_value
    self.c.data = &self.call
    return 0


cdef int bind_compiled(Oracle self, callback_t callback) except -1:
    if self.args:
        raise TypeError(
            "args cannot be passed to a C callback; give it its context as the user_data of a "
            f"scipy.LowLevelCallable; got args={self.args!r}"
        )
    self.c.is_python = False
    self.c.data = callback.data
    if callback.signature == PLAIN:
        self.plain = <plain_function> callback.address
        self.c.value = plain_value
        self.c.data = &self.plain
    elif callback.signature == WITH_SLOPE:
        self.c.value_and_slope = <value_and_slope_function> callback.address
    else:
        self.c.value = <value_function> callback.address
    return 0


# Rays, of recorded functions. Their exceptions wait in the thread state as well.

cdef double ray_value(double alpha, void *data) noexcept nogil:
    cdef double value = NAN
    return NAN if (<Ray> data).value_at(alpha, &value) != 0 else value


cdef double ray_slope(double alpha, void *data) noexcept nogil:
    cdef double value, slope = NAN
    return NAN if (<Ray> data).evaluate(alpha, &value, &slope) != 0 else slope


cdef int ray_value_and_slope(double alpha, double *value, double *slope, void *data) noexcept nogil:
    return (<Ray> data).evaluate(alpha, value, slope)


cdef double ray_value_with_gil(double alpha, void *data) noexcept:
    """The GIL, which the driver holds for dphi, may be what another thread on the ray waits for."""
    cdef double value
    with nogil:
        value = ray_value(alpha, data)
    return value


cdef int bind_ray(Oracle self, bint slopes) except -1:
    if self.args:
        raise TypeError(f"args belong to Tape.along, not to a search along its ray; got {self.args!r}")
    self.c.is_python = False
    self.c.data = self.c.slope_data = <void *> self.function
    self.c.value = ray_value
    if slopes:
        self.c.value_and_slope = ray_value_and_slope
        self.c.slope = ray_slope
    return 0


cdef Oracle bind(object f, object args, const char *name, int accepted):
    """The oracle of a Python callable or of a compiled callback of one of the signatures accepted.

    Raises `TypeError` where f is neither, and `ValueError` where it has another signature.
    """
    cdef Oracle self = Oracle.__new__(Oracle)
    cdef callback_t callback
    self.function = f
    self.args = <tuple> args if type(args) is tuple else (
        tuple(args) if isinstance(args, tuple) else (args,))
    self.call.name = name
    if PyFunction_Check(f) or PyMethod_Check(f) or PyCFunction_Check(f):       # the commonest
        bind_python(self)
        return self
    if isinstance(f, Tape) and accepted & WITH_SLOPE and f.argnums == (0,):  # a ray from 0
        self.function = f = f.along(0.0, *self.args, 1.0)
        self.args = ()
    if isinstance(f, Ray):
        bind_ray(self, accepted & WITH_SLOPE)
        return self
    read_callback(f, &callback, accepted)
    if callback.signature == NOT_LOW_LEVEL:
        bind_python(self)
    else:
        bind_compiled(self, callback)
    return self


cdef Oracle as_oracle(object f, object args):
    """The oracle of a function whose values are wanted."""
    return bind(f, args, "f", VALUES)


cdef Oracle as_sloped_oracle(object phi, object dphi, object args):
    """The oracle of a function of which slopes are wanted too: with the value, or from dphi."""
    cdef Oracle self = bind(phi, args, "phi", VALUES if dphi is not None else VALUES | WITH_SLOPE)
    cdef Oracle derivative
    if dphi is None and self.c.slope is not NULL:      # a ray
        return self
    if dphi is None:
        if self.c.is_python:
            self.c.value = NULL
            self.c.value_and_slope = <value_and_slope_function> <void *> python_value_and_slope
        self.c.slope = missing_slope
        self.c.slope_data = &self.c
        return self
    derivative = bind(dphi, args, "dphi", VALUES)
    self.derivative = derivative
    self.c.slope = derivative.c.value
    self.c.slope_data = derivative.c.data
    derivative.call.oracle = &self.c
    if derivative.c.is_python:
        self.c.is_python = True
        if self.c.value == ray_value:
            self.c.value = <value_function> <void *> ray_value_with_gil
    return self
