"""What is being minimised, as C sees it."""

from cpython.ref cimport PyObject

from fastls.status cimport RAISED, status_t

cdef extern from "Python.h":
    PyObject *PyErr_Occurred()

ctypedef double (*value_function)(double x, void *data) noexcept nogil
ctypedef double (*plain_function)(double x) noexcept nogil
ctypedef PyObject *(*vectorcall_function)(
    PyObject *f, PyObject *const *args, size_t count, PyObject *names) noexcept


cdef struct oracle_t:
    value_function value      # the function
    void *data                # its context, handed back to it at each call
    Py_ssize_t nfev           # how often it was called
    bint raised               # a Python exception waits to be re-raised
    bint is_python            # calls need the GIL


cdef struct python_call_t:
    PyObject *function
    vectorcall_function vectorcall     # how it is called
    PyObject *number          # x as a Python float
    PyObject **arguments      # [room for a bound method's self, x, *args]
    size_t count              # of arguments, x included
    oracle_t *oracle          # told when the function raises


cdef class Oracle:
    cdef oracle_t c
    cdef plain_function plain
    cdef python_call_t call
    cdef PyObject *few_arguments[6]
    cdef object function      # keeps what c.value and c.data point to alive
    cdef tuple args


cdef Oracle as_oracle(object f, object args)
cdef double as_real(object value, str what, double x = *) except? -1.0


cdef bint has_raised(oracle_t *oracle) noexcept nogil


cdef inline status_t check_raised(status_t status) except RAISED:
    """Let an exception that a callback left in the thread state go on its way."""
    return RAISED if PyErr_Occurred() is not NULL else status
