"""What is being minimised, as C sees it."""

from cpython.ref cimport PyObject

from fastls.oracle.lowlevel cimport value_and_slope_function, value_function
from fastls.status cimport RAISED, status_t

cdef extern from "Python.h":
    PyObject *PyErr_Occurred()

ctypedef double (*plain_function)(double x) noexcept nogil
ctypedef PyObject *(*vectorcall_function)(
    PyObject *f, PyObject *const *args, size_t count, PyObject *names) noexcept


cdef struct oracle_t:
    value_function value      # the function; NULL where the slope always comes with it
    value_and_slope_function value_and_slope     # both at once; one of the two may be NULL
    value_function slope      # the slope alone; of a search on an interval, NULL
    void *data                # the context of the first two, handed back to them at each call
    void *slope_data          # that of the third
    Py_ssize_t nfev, ngev     # how often the value and the slope were computed
    int stopped               # not 0: the status with which the function stops the search
    bint raised               # a Python exception waits to be re-raised
    bint is_python            # calls need the GIL
    bint without_python       # who calls knows no Python: look for no exceptions, heed no signals


cdef struct python_call_t:
    PyObject *function
    vectorcall_function vectorcall     # how it is called
    PyObject *number          # x as a Python float
    PyObject **arguments      # [room for a bound method's self, x, *args]
    size_t count              # of arguments, x included
    oracle_t *oracle          # told when the function raises
    const char *name          # of the function, in errors
    bint is_pair              # the last value came with a slope


cdef class Oracle:
    cdef oracle_t c
    cdef plain_function plain
    cdef python_call_t call
    cdef PyObject *few_arguments[6]
    cdef object function      # keeps what c.value and c.data point to alive
    cdef tuple args
    cdef Oracle derivative    # the same for c.slope and c.slope_data


cdef Oracle as_oracle(object f, object args)
cdef Oracle as_sloped_oracle(object phi, object dphi, object args)
cdef double as_real(object value, str what, double x = *) except? -1.0
cdef int check_returned(object value, str what, double x = *) except -1
cdef bint has_raised(oracle_t *oracle) noexcept nogil


cdef inline status_t check_raised(status_t status) except RAISED:
    """Let an exception that a callback left in the thread state go on its way."""
    return RAISED if PyErr_Occurred() is not NULL else status
