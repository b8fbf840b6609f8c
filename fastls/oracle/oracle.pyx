"""Oracles: one C struct for everything that can be minimised.

A search asks an oracle for the value at a point and never knows what stands behind it: a Python
callable, called with the GIL held, or a compiled function, called without.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport PyObject
from libc.math cimport NAN

import numpy as np

from fastls.oracle.lowlevel cimport NOT_LOW_LEVEL, PLAIN, callback_t, read_callback

cdef extern from "Python.h":
    const size_t PY_VECTORCALL_ARGUMENTS_OFFSET
    PyObject *PyObject_Vectorcall(PyObject *f, PyObject **args, size_t count, PyObject *names)
    PyObject *PyFloat_FromDouble(double value)
    double PyFloat_AS_DOUBLE(PyObject *o)
    double PyFloat_AsDouble(object o) except? -1.0
    bint PyFloat_Check(PyObject *o)
    bint PyFunction_Check(object o)
    int PyErr_CheckSignals()
    void Py_DECREF(PyObject *o)

# What python_value calls leaves its exception in the thread state, for the driver's caller to
# re-raise once the search has stopped. The cast keeps Cython from reporting it on the spot.
ctypedef double (*returned_value_function)(PyObject *value, double x) noexcept


cdef double as_real(object value, str what, double x = NAN) except? -1.0:
    """The float that value stands for; what (at x, if given) names it in the error."""
    cdef object number = value
    cause = None
    if isinstance(value, np.ndarray) and value.size == 1:
        number = value.item()           # float() takes arrays of one number only before NumPy 2.4
    try:
        if not isinstance(number, np.complexfloating):   # of which float() would drop a part
            return PyFloat_AsDouble(number)
    except TypeError as error:
        cause = error
    if x == x:
        what = f"{what}({x!r})"
    raise TypeError(
        f"{what} must be a real number; got {value!r} of type {type(value).__name__}") from cause


cdef double returned_value(PyObject *value, double x) except? -1.0:
    return as_real(<object> value, "f", x)


cdef double python_value(double x, void *data) noexcept:
    """Call a Python function. The GIL must be held, which the type `value_function` cannot say."""
    cdef python_call_t *call = <python_call_t *> data
    cdef PyObject *result = NULL
    cdef PyObject *number = PyFloat_FromDouble(x)
    cdef double value = NAN
    if number is not NULL:
        call.arguments[1] = number
        result = PyObject_Vectorcall(
            call.function, call.arguments + 1, call.count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)
        Py_DECREF(number)
    if result is NULL:
        call.oracle.raised = True
        return NAN
    if PyFloat_Check(result):
        value = PyFloat_AS_DOUBLE(result)
    else:
        value = (<returned_value_function> <void *> returned_value)(result, x)
        call.oracle.raised = value == -1.0 and PyErr_Occurred() is not NULL
    Py_DECREF(result)
    # A callable written in C never looks for signals itself.
    if call.oracle.raised or PyErr_CheckSignals() != 0:
        call.oracle.raised = True
        return NAN
    return value


cdef double plain_value(double x, void *data) noexcept nogil:
    """Call a compiled function that takes no context."""
    return (<plain_function *> data)[0](x)


@cython.final
@cython.no_gc                 # no one else ever holds one
@cython.freelist(8)
cdef class Oracle:
    """What is being minimised: a function pointer, its context, and a count of calls."""

    def __dealloc__(self):
        if self.call.arguments is not self.few_arguments:
            PyMem_Free(self.call.arguments)


cdef int bind_python(Oracle self) except -1:
    cdef Py_ssize_t i, extra = len(self.args)
    if not callable(self.function):
        raise TypeError(f"f must be callable or a C callback; got {self.function!r}")
    self.is_python = True
    self.call.arguments = self.few_arguments
    if 2 + extra > <Py_ssize_t> (sizeof(self.few_arguments) // sizeof(PyObject *)):
        self.call.arguments = <PyObject **> PyMem_Malloc((2 + extra) * sizeof(PyObject *))
        if self.call.arguments is NULL:
            raise MemoryError
    for i in range(extra):
        self.call.arguments[2 + i] = <PyObject *> self.args[i]
    self.call.function = <PyObject *> self.function
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
    self.is_python = False
    if callback.signature == PLAIN:
        self.plain = <plain_function> callback.address
        self.c.value = plain_value
        self.c.data = &self.plain
    else:
        self.c.value = <value_function> callback.address
        self.c.data = callback.data
    return 0


cdef Oracle as_oracle(object f, object args):
    """The oracle of a Python callable or of a compiled callback.

    Raises `TypeError` where f is neither, and `ValueError` where its signature is not one of
    those in ``lowlevel.pyx``.
    """
    cdef Oracle self = Oracle.__new__(Oracle)
    cdef callback_t callback
    self.function = f
    self.args = args if isinstance(args, tuple) else (args,)
    if PyFunction_Check(f):               # by far the commonest
        bind_python(self)
        return self
    read_callback(f, &callback)
    if callback.signature == NOT_LOW_LEVEL:
        bind_python(self)
    else:
        bind_compiled(self, callback)
    return self
