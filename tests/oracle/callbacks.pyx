# cython: language_level=3, freethreading_compatible=True
"""Compiled callbacks for test_lowlevel.py, as a user's Cython module would have them."""

from cpython.ref cimport PyObject
from libc.math cimport fabs


cdef api double plain(double x) noexcept nogil:
    return (x - 2.0) * (x - 2.0)


cdef api double with_data(double x, void *data) noexcept nogil:
    cdef double centre = (<double *> data)[0] if data is not NULL else 2.0
    return (x - centre) * (x - centre)


cdef extern from "Python.h":
    int PyGILState_Check() nogil


cdef api double holds_the_gil(double x) noexcept nogil:
    return PyGILState_Check()


cdef api double of_floats(float x) noexcept nogil:
    return x


cdef extern from *:
    """
    #ifdef _WIN32
      #include <windows.h>
      static void fastls_sleep(double seconds) { Sleep((DWORD) (seconds * 1e3)); }
    #else
      #include <time.h>
      static void fastls_sleep(double seconds) {
          struct timespec duration = {
              (time_t) seconds, (long) ((seconds - (time_t) seconds) * 1e9)};
          nanosleep(&duration, NULL);
      }
    #endif
    """
    void c_sleep "fastls_sleep"(double seconds) noexcept nogil


cdef api double slow(double x, void *data) noexcept nogil:
    """Takes as many seconds as data says, and has no minimum to be found soon."""
    c_sleep((<double *> data)[0])
    return fabs(x)


cdef api double slow_later(double x, void *data) noexcept nogil:
    """As slow, but only once the first of its calls, as many as data says next, are over."""
    cdef double *seconds_and_quick_calls = <double *> data
    seconds_and_quick_calls[1] -= 1.0
    if seconds_and_quick_calls[1] < 0.0:
        c_sleep(seconds_and_quick_calls[0])
    return fabs(x)


cdef api double raises_with_the_gil(double x) noexcept nogil:
    with gil:
        PyErr_SetString(ValueError, b"from C")
    return x


cdef extern from "Python.h":
    void PyErr_SetString(object kind, const char *message)


cdef api double raises_as_cython_does(double x) except? -1 nogil:
    if x < 0.5:
        with gil:
            raise ZeroDivisionError("from Cython")
    return -1.0


cdef api int value_and_slope(double alpha, double *value, double *slope, void *data) noexcept nogil:
    cdef double centre = (<double *> data)[0] if data is not NULL else 2.0
    value[0] = (alpha - centre) * (alpha - centre)
    slope[0] = 2.0 * (alpha - centre)
    return 0


cdef api int value_and_slope_or_stop(
    double alpha, double *value, double *slope, void *data,
) noexcept nogil:
    """Stops the search where alpha > 1."""
    value_and_slope(alpha, value, slope, data)
    return alpha > 1.0


cdef api int value_and_slope_or_error(
    double alpha, double *value, double *slope, void *data,
) except -1 nogil:
    """Raises where alpha > 0.5."""
    value_and_slope(alpha, value, slope, data)
    if alpha > 0.5:
        with gil:
            raise ZeroDivisionError("from Cython")
    return 0


cdef api double minus_one(double x) noexcept nogil:
    return -1.0
