# cython: language_level=3, cdivision=True, freethreading_compatible=True
"""Golden section as one would write it by hand in C, to hold the driver against.

The textbook's loop, both interior points kept, nothing else: no limits, no check for NaN, no
interrupts, no count. Both it and fastls' search are repeated inside C, so that what is compared
is the loops alone.
"""

from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport exp

from fastls.interval.method cimport IntervalSearch, read_interval, start_t
from fastls.oracle.oracle cimport Oracle, as_oracle, value_function
from fastls.search.driver cimport search_t

cdef extern from *:
    """
    typedef double (*function_t)(double x, void *data);

    static double straight_golden_section(
        function_t f, void *data, double a, double b, double xtol)
    {
        const double small = 0.38196601125010515, large = 0.6180339887498949;
        double c = a + small * (b - a), d = a + large * (b - a);
        double fc = f(c, data), fd = f(d, data);
        for (;;) {
            if (fc < fd) {
                b = d;
                if (b - a <= xtol) return c;
                d = c; fd = fc;
                c = a + small * (b - a); fc = f(c, data);
            } else {
                a = c;
                if (b - a <= xtol) return d;
                c = d; fc = fd;
                d = a + large * (b - a); fd = f(d, data);
            }
        }
    }
    """
    ctypedef double (*function_t)(double x, void *data) noexcept nogil
    double straight_golden_section(
        function_t f, void *data, double a, double b, double xtol) noexcept nogil


cdef double parabola(double x, void *data) noexcept nogil:
    return (x - 2.0) * (x - 2.0)


cdef double exponential(double x, void *data) noexcept nogil:
    return exp(x) - 3.0 * x


def callback(name):
    """One of the two functions minimised, as a PyCapsule named by its signature."""
    cdef value_function f = parabola if name == "parabola" else exponential
    return PyCapsule_New(<void *> f, b"double (double, void *)", NULL)


def straight(f, double a, double b, double xtol, Py_ssize_t repeats):
    """Repeat the straight loop; return the last minimiser."""
    cdef Oracle oracle = as_oracle(f, ())
    cdef double x = 0.0
    cdef Py_ssize_t i
    with nogil:
        for i in range(repeats):
            x = straight_golden_section(oracle.c.value, oracle.c.data, a, b, xtol)
    return x


def driven(IntervalSearch search, f, double a, double b, Py_ssize_t repeats):
    """Repeat a search of fastls, as its method ``minimize`` runs it; return the last minimiser."""
    cdef Oracle oracle = as_oracle(f, ())
    cdef start_t start
    cdef search_t answer
    cdef Py_ssize_t i
    read_interval((a, b), &start)
    with nogil:
        for i in range(repeats):
            oracle.c.nfev = 0
            search.run(&start, &oracle.c, NULL, &answer)
    return answer.x
