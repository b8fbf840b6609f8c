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

# What python_value calls leaves its exception in the thread state, for the driver's caller to
# re-raise once the search has stopped. The cast keeps Cython from reporting it on the spot.
ctypedef double (*returned_value_function)(PyObject *value, double x) noexcept


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


cdef double returned_value(PyObject *value, double x) except? -1.0:
    return as_real(<object> value, "f", x)


cdef double python_value(double x, void *data) noexcept:
    """Call a Python function. The GIL must be held, which the type `value_function` cannot say."""
    cdef python_call_t *call = <python_call_t *> data
    cdef PyObject *result
    cdef double value
    # As zip does with its tuple: a float that no one has kept is used again.
    if call.number is not NULL and is_mine(call.number):
        set_float(call.number, x)
    else:
        Py_XDECREF(call.number)
        call.number = call.arguments[1] = PyFloat_FromDouble(x)
        if call.number is NULL:
            call.oracle.raised = True
            return NAN
    result = call.vectorcall(
        call.function, call.arguments + 1, call.count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)
    if result is NULL:
        call.oracle.raised = True
        return NAN
    if PyFloat_Check(result):
        value = PyFloat_AS_DOUBLE(result)
    else:
        value = (<returned_value_function> <void *> returned_value)(result, x)
        call.oracle.raised = value == -1.0 and PyErr_Occurred() is not NULL
    Py_DECREF(result)
    return NAN if call.oracle.raised else value


cdef double plain_value(double x, void *data) noexcept nogil:
    """Call a compiled function that takes no context."""
    return (<plain_function *> data)[0](x)


cdef bint has_raised(oracle_t *oracle) noexcept nogil:
    """Whether an exception waits. A compiled callback of Cython's that raised has returned -1."""
    if not oracle.is_python and not oracle.raised:
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
        raise TypeError(f"f must be callable or a C callback; got {self.function!r}")
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
    self.args = tuple(args) if isinstance(args, tuple) else (args,)
    if PyFunction_Check(f) or PyMethod_Check(f) or PyCFunction_Check(f):       # the commonest
        bind_python(self)
        return self
    read_callback(f, &callback)
    if callback.signature == NOT_LOW_LEVEL:
        bind_python(self)
    else:
        bind_compiled(self, callback)
    return self
