"""The loop of direction, step and stopping rules, which all descent methods share.

Each method says which way to go. The rest is told here, once: where the search for a step begins,
what is done when it fails, when to stop, what a callback is shown.

Where the search fails, the direction of steepest descent is tried before giving up; where it failed
but found a lower point, that is taken. So no method ends above where it began.
"""

from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree
from cpython.ref cimport PyObject
from libc.math cimport INFINITY, NAN, fabs, fmax, isfinite
from libc.string cimport memcpy

cimport numpy as np

from fastls.descent.method cimport Descent, descent_t
from fastls.descent.objective cimport Objective
from fastls.interrupt cimport interrupted, signal_pending, signals_t, signals_word
from fastls.oracle.oracle cimport as_real, check_raised
from fastls.oracle.vector cimport add_scaled, dot, largest, norm_of_order
from fastls.search.driver cimport VALUE_AND_SLOPE
from fastls.status cimport (
    CONVERGED, MAX_EVALUATIONS, MAX_ITERATIONS, NONFINITE, NONFINITE_START, NOT_DESCENT, RAISED,
    RESOLUTION, RUNNING, STEP_TOO_SMALL, STOPPED_BY_CALLBACK, UNBOUNDED, status_t,
)
from fastls.step.initial_step cimport initial_step, iterate_t
from fastls.step.method cimport problem_t, step_t

import copy
import inspect
import operator

import numpy as np

from fastls.descent.minimum import Minimum
from fastls.status import Status

cdef extern from "Python.h":
    PyObject *PyErr_Occurred()
    const Py_ssize_t PY_SSIZE_T_MAX

np.import_array()


cdef class Run:
    """One minimisation: what the loop, which has no GIL, hands to Python and back."""

    cdef Descent method
    cdef Objective f
    cdef descent_t s
    cdef object callback, reference, shape
    cdef bint is_shown_all    # the callback takes an intermediate result, not x alone
    cdef Py_ssize_t maxiter, maxfun

    def __dealloc__(self):
        PyMem_RawFree(self.s.vectors)
        PyMem_RawFree(self.s.memory)

    cdef object array(self, const double *values):
        """A copy, of the shape of x0."""
        cdef object found = np.empty(self.shape)
        memcpy(np.PyArray_DATA(<np.ndarray> found), values, self.s.at.size * sizeof(double))
        return found

    cdef object minimum(self, status_t status):
        """How things stand."""
        cdef iterate_t *at = &self.s.at
        return Minimum(
            message=Status(status).message, success=status == CONVERGED, status=Status(status),
            fun=at.value, x=self.array(at.x), nit=self.s.nit, jac=self.array(at.g),
            nfev=self.f.along.nfev, njev=self.f.njev(), nhev=self.f.nhev,
            alpha=at.alpha if at.alpha == at.alpha else None)


cdef int allocate(Run run, Py_ssize_t size) except -1:
    cdef size_t room = run.method.room(size)
    cdef iterate_t *at = &run.s.at
    run.s.vectors = <double *> PyMem_RawCalloc(4 * max(size, 1), sizeof(double))
    run.s.memory = PyMem_RawCalloc(room + 1, 1)
    if run.s.vectors is NULL or run.s.memory is NULL:
        raise MemoryError
    at.size = size
    at.x = run.s.vectors
    at.g = at.x + size
    at.d = at.g + size
    at.former_g = at.d + size
    at.alpha = NAN
    return 0


cdef status_t show(Run run) except RAISED:
    """Show the callback how things stand, and ask whether to go on."""
    cdef object state = run.minimum(RUNNING)
    try:
        if run.is_shown_all:
            run.callback(intermediate_result=state)
        else:
            run.callback(state.x)
    except StopIteration:
        return STOPPED_BY_CALLBACK
    return RUNNING


cdef double reference_of(Run run) except? -1.0:
    return as_real(run.reference(run.s.at.value), "reference")


# As in oracle.pyx: exceptions stay in the thread state until the loop has ended.
ctypedef status_t (*show_function)(Run run) noexcept
ctypedef double (*reference_function)(Run run) noexcept


cdef inline double norm_of(Descent method, const double *g, Py_ssize_t size) noexcept nogil:
    if method.norm == INFINITY:
        return largest(g, size)
    return norm_of_order(g, method.norm, size)


cdef status_t find_step(Run run, double *alpha, double *value) noexcept nogil:
    """Search in the direction d: RUNNING where a point to move to was found, else why not."""
    cdef descent_t *s = &run.s
    cdef problem_t problem
    cdef step_t answer
    cdef status_t status
    alpha[0] = 0.0
    value[0] = s.at.value
    if run.f.turn(s.at.d) != 0:
        return RAISED
    problem.origin.value = problem.origin.reference = s.at.value
    problem.origin.slope = s.at.slope
    problem.known = VALUE_AND_SLOPE
    problem.alpha_max = INFINITY
    problem.has_slopes = True
    problem.also.accepts = NULL
    status = initial_step(
        run.method.rule, run.method.constant, &s.at, run.f.along, &problem.alpha)
    if status == RAISED:
        return RAISED
    if run.reference is not None:
        with gil:
            problem.origin.reference = (<reference_function> <void *> reference_of)(run)
            if problem.origin.reference == -1.0 and PyErr_Occurred() is not NULL:
                return RAISED
    status = run.method.searcher.run(&problem, run.f.along, NULL, &answer)
    alpha[0] = answer.line.search.x
    value[0] = answer.line.search.fun
    if status == CONVERGED:
        return RUNNING
    # Of a search that failed, a lower point is welcome all the same.
    s.restart = True
    if status != RAISED and alpha[0] > 0.0 and value[0] < s.at.value:
        return UNBOUNDED if status == UNBOUNDED else RUNNING
    alpha[0] = 0.0
    return RESOLUTION if status == STEP_TOO_SMALL else status


cdef status_t move(Run run, double alpha, double value) noexcept nogil:
    """Move to x + alpha d, and note what the step tells."""
    cdef iterate_t *at = &run.s.at
    cdef double square = dot(at.d, at.d, at.size)
    at.former_g, at.g = at.g, at.former_g
    if run.f.move(alpha, at.g) != 0:
        return RAISED
    add_scaled(at.x, alpha, at.d, at.size)
    at.former_value, at.value = at.value, value
    at.former_slope = at.slope
    at.alpha = alpha
    at.step_square = alpha * alpha * square
    at.curvature = alpha * (dot(at.g, at.d, at.size) - at.former_slope)
    run.s.nit += 1
    run.s.norm = norm_of(run.method, at.g, at.size)
    return RUNNING if isfinite(run.s.norm) else NONFINITE


cdef status_t judge(Run run) noexcept nogil:
    """Whether the present point is good enough, or the last step was too short to go on."""
    cdef iterate_t *at = &run.s.at
    cdef double scale
    if run.s.norm <= run.method.gtol:
        return CONVERGED
    if run.s.nit > 0 and not run.s.restart:
        scale = fmax(fmax(fabs(at.value), fabs(at.former_value)), 1.0)
        if run.method.ftol > 0.0 and at.former_value - at.value <= run.method.ftol * scale:
            return CONVERGED
        if run.method.xtol > 0.0 and at.alpha * mean_size(at.d, at.size) <= run.method.xtol:
            return CONVERGED
    if run.s.nit >= run.maxiter:
        return MAX_ITERATIONS
    return MAX_EVALUATIONS if run.f.along.nfev >= run.maxfun else RUNNING


cdef inline double mean_size(const double *d, Py_ssize_t size) noexcept nogil:
    cdef double total = 0.0
    cdef Py_ssize_t i
    for i in range(size):
        total += fabs(d[i])
    return total / size


cdef status_t descend(Run run) noexcept nogil:
    """The loop; to be called with the GIL where the objective is Python's."""
    cdef descent_t *s = &run.s
    cdef signals_t signals = signals_word()
    cdef double alpha, value
    cdef status_t status, found
    if run.f.begin(s.at.x, &s.at.value, s.at.g) != 0:
        return RAISED
    s.norm = norm_of(run.method, s.at.g, s.at.size)
    if not (isfinite(s.at.value) and isfinite(s.norm)):
        return NONFINITE_START
    s.restart = False
    status = judge(run)
    while status == RUNNING:
        if signal_pending(signals) and interrupted():
            return RAISED
        s.is_steepest = False
        if run.method.direction(s, run.f) == RAISED:
            return RAISED
        s.restart = False
        if not (s.at.slope < 0.0 and isfinite(s.at.slope)):
            if s.is_steepest:
                return NOT_DESCENT
            s.restart = True
            continue
        found = find_step(run, &alpha, &value)
        if alpha == 0.0:
            if found == RAISED or s.is_steepest:
                return found
            continue
        status = move(run, alpha, value)
        if status != RUNNING:
            return status
        run.method.learn(s)
        if run.callback is not None:
            with gil:
                status = (<show_function> <void *> show)(run)
            if status != RUNNING:
                return status
        status = judge(run)
        if found == UNBOUNDED and status == RUNNING:
            return UNBOUNDED
    return status


cdef Py_ssize_t count_or(object value, Py_ssize_t otherwise) except -1:
    return otherwise if value is None else min(operator.index(value), PY_SSIZE_T_MAX)


def iterate(Descent method not None, Objective objective not None, x0, callback=None):
    """Minimise an objective that was made of a function.

    Parameters
    ----------
    method : Descent
        The method.
    objective : Objective
        The function.
    x0 : ndarray
        Where to begin, of float64 in C order.
    callback : callable, optional
        As for `minimize`.

    Returns
    -------
    Minimum
    """
    cdef Run run = Run.__new__(Run)
    cdef status_t status
    if method.searcher is None:
        raise TypeError(f"{type(method).__name__} is no method by itself, or was not initialised")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be callable or None; got {callback!r}")
    run.method, run.f, run.callback, run.shape = method, objective, callback, x0.shape
    run.is_shown_all = callback is not None and is_shown_all(callback)
    run.reference = copy.deepcopy(method.reference)
    if run.reference is not None:
        run.reference.reset()
    allocate(run, x0.size)
    objective.is_keen = method.is_keen
    run.maxiter = count_or(method.maxiter, max(200 * x0.size, 1000))
    run.maxfun = count_or(method.maxfun, PY_SSIZE_T_MAX)
    memcpy(run.s.at.x, np.PyArray_DATA(<np.ndarray> x0), run.s.at.size * sizeof(double))
    if objective.along.is_python:
        status = descend(run)
    else:
        with nogil:
            status = descend(run)
    check_raised(status)
    return run.minimum(status)


def is_shown_all(callback):
    """Whether a callback takes ``intermediate_result``, and nothing else, as in SciPy."""
    try:
        return set(inspect.signature(callback).parameters) == {"intermediate_result"}
    except (TypeError, ValueError):        # of what is written in C
        return False
