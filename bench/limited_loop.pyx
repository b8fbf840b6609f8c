# cython: language_level=3, cdivision=True, freethreading_compatible=True
"""A golden section that is compiled twice: for CPython's whole API, and for the limited one.

As in fastls, one loop calls a function pointer, of a function in C or of what calls Python's, and asks
after each evaluation whether Ctrl-C waits: by CPython's own flag, or, where that is no part of
the API, by taking the GIL.
"""

from cpython.object cimport PyObject
from libc.math cimport NAN

from fastls.interrupt cimport signal_pending, signals_t, signals_word

ctypedef double (*value_function)(double x, void *data) noexcept nogil

cdef extern from *:
    """
    #ifdef Py_LIMITED_API
      #define LIMITED 1
    #else
      #define LIMITED 0
    #endif
    """
    const bint LIMITED

cdef extern from "Python.h":
    int PyErr_CheckSignals()
    PyObject *PyErr_Occurred()


cdef bint interrupted() noexcept nogil:
    with gil:
        return PyErr_CheckSignals() != 0


cdef bint has_raised() noexcept nogil:
    with gil:
        return PyErr_Occurred() is not NULL


cdef int reraise() except? -1:
    return -1


cdef double python_value(double x, void *data) except? -1.0:
    return (<object> data)(x)


cdef double c_value(double x, void *data) noexcept nogil:
    return (<double (**)(double) noexcept nogil> data)[0](x)


cdef double minimiser(
    value_function f, void *data, double a, double b, double xtol,
) noexcept nogil:
    """NaN where an exception waits."""
    cdef double small = 0.38196601125010515, large = 0.6180339887498949
    cdef double c = a + small * (b - a), d = a + large * (b - a)
    cdef double fc = f(c, data), fd = f(d, data), last = fd
    cdef signals_t signals = signals_word()
    while b - a > xtol:
        if (fc == -1.0 or last == -1.0) and has_raised():
            return NAN
        if (LIMITED or signal_pending(signals)) and interrupted():
            return NAN
        if fc < fd:
            b, d, fd = d, c, fc
            c = a + small * (b - a)
            last = fc = f(c, data)
        else:
            a, c, fc = c, d, fd
            d = a + large * (b - a)
            last = fd = f(d, data)
    return NAN if last == -1.0 and has_raised() else c if fc < fd else d


def of_python(f, double a, double b, double xtol):
    """The minimiser of a function of Python's."""
    cdef double x = minimiser(<value_function> <void *> python_value, <void *> f, a, b, xtol)
    if x != x and has_raised():
        reraise()
    return x


def of_c(size_t address, double a, double b, double xtol):
    """The minimiser of a function ``double (double)`` in C."""
    cdef void *function = <void *> address
    cdef double x
    with nogil:
        x = minimiser(c_value, &function, a, b, xtol)
    if x != x and has_raised():
        reraise()
    return x
