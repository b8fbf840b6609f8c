"""How every search is run: the one loop between a state machine and an oracle.

A search is a struct that begins with a `search_t`, and a function `tell`, which takes the value
at ``search.ask`` and either sets the next ``ask`` and returns RUNNING, or returns why the search
has ended. Whatever does not depend on the method is done here, once: counting, limits, values
that are not finite, exceptions, interrupts, the trace.

The functions are inline and `tell` is a constant where they are called, so that the compiler
makes of each method the loop one would have written by hand.
"""

from libc.math cimport INFINITY, isfinite

from fastls.oracle.oracle cimport has_raised, oracle_t
from fastls.search.interrupt cimport interrupted, signal_pending, signals_t, signals_word
from fastls.search.trace cimport record_t, trace_record, trace_t
from fastls.status cimport (
    MAX_ITERATIONS, NONFINITE, RAISED, RUNNING, UNBOUNDED, status_t,
)


cdef extern from *:
    # Cython's macros; in its own language they come with 3.3.
    bint likely(bint condition) noexcept nogil
    bint unlikely(bint condition) noexcept nogil


cdef struct search_t:
    double ask                # the point whose value is wanted next
    double a, b               # the interval, as far as it has shrunk
    double x, fun             # the best point told so far, and its value
    Py_ssize_t nit            # iterations completed


ctypedef status_t (*tell_function)(search_t *search, double value) noexcept nogil


cdef inline status_t hear(
    tell_function tell, search_t *search, double value, Py_ssize_t maxiter,
) noexcept nogil:
    """Tell the search the value it asked for. NaN is as bad as +inf, and -inf is the end."""
    cdef status_t status
    if unlikely(not isfinite(value)):
        if value < 0.0:
            search.x = search.ask
            search.fun = value
            return UNBOUNDED
        value = INFINITY
    status = tell(search, value)
    if likely(status == RUNNING):
        if likely(search.nit < maxiter):
            return RUNNING
        status = MAX_ITERATIONS
    return NONFINITE if search.fun == INFINITY else status


cdef inline status_t drive(
    tell_function tell, search_t *search, status_t status, oracle_t *oracle,
    Py_ssize_t maxiter, trace_t *trace,
) noexcept nogil:
    """Run a search that has begun with `status` to its end."""
    cdef signals_t signals = signals_word()
    cdef Py_ssize_t nfev = 0
    cdef double value
    while likely(status == RUNNING):
        if unlikely(signal_pending(signals)) and interrupted():
            status = RAISED
            break
        value = oracle.value(search.ask, oracle.data)
        nfev += 1
        if unlikely(trace is not NULL):
            trace_record(trace, record_t(search.ask, value, search.a, search.b))
        # NaN from what raised in Python, -1 from a function of Cython's; two comparisons with -1,
        # of which most values need but the first, are quicker than one for equality.
        if (unlikely(value <= -1.0 and value == -1.0 or not isfinite(value))
                and has_raised(oracle)):
            status = RAISED
            break
        status = hear(tell, search, value, maxiter)
    oracle.nfev += nfev
    return status
