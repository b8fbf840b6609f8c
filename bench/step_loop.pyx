# cython: language_level=3, cdivision=True, freethreading_compatible=True
"""Searches for a step on a compiled callback, repeated inside C: what they cost beside its calls."""

from cpython.pycapsule cimport PyCapsule_New

from fastls.oracle.lowlevel cimport value_and_slope_function
from fastls.oracle.oracle cimport Oracle, as_sloped_oracle
from fastls.step.method cimport StepSearch, problem_t, read_problem, step_t


cdef int quintic(double alpha, double *value, double *slope, void *data) noexcept nogil:
    """The second function of Moré and Thuente."""
    cdef double x = alpha + 0.004
    cdef double cube = x * x * x
    value[0] = cube * x * (x - 2.0)
    slope[0] = cube * (5.0 * x - 8.0)
    return 0


def callback():
    """The function, as a PyCapsule named by its signature."""
    cdef value_and_slope_function f = quintic
    return PyCapsule_New(<void *> f, b"int (double, double *, double *, void *)", NULL)


def driven(StepSearch search, phi, double alpha, Py_ssize_t repeats):
    """Repeat a search of fastls, as its method ``search`` runs it; return the last step."""
    cdef Oracle oracle = as_sloped_oracle(phi, None, ())
    cdef problem_t problem
    cdef step_t answer
    cdef Py_ssize_t i
    cdef double value, slope
    oracle.c.value_and_slope(0.0, &value, &slope, oracle.c.data)
    read_problem(&problem, alpha, value, slope, None, "phi0")
    problem.origin.reference = value
    with nogil:
        for i in range(repeats):
            oracle.c.nfev = oracle.c.ngev = 0
            search.run(&problem, &oracle.c, NULL, &answer)
    return answer.line.search.x


def called(phi, list points, Py_ssize_t repeats):
    """Repeat the calls alone, at these points; return the last value."""
    cdef Oracle oracle = as_sloped_oracle(phi, None, ())
    cdef double alphas[100]
    cdef double value = 0.0, slope
    cdef Py_ssize_t i, j, count = min(len(points), 100)
    for j in range(count):
        alphas[j] = points[j]
    with nogil:
        for i in range(repeats):
            for j in range(count):
                oracle.c.value_and_slope(alphas[j], &value, &slope, oracle.c.data)
    return value
