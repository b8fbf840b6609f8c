"""Dichotomous search that keeps the middle.

Source: the bisection of a unimodal function by its values, e.g. Avriel, M. (1976), Nonlinear
Programming, section 8.2 (dichotomous search); with the value in the middle kept, so that an
iteration costs one or two values, not two, and halves the interval exactly.

    a ---- d ---- c ---- e ---- b       c the middle, d and e the middles of its two sides
    a ---- d ---- c                     f(d) < f(c): the minimiser is left of c; d is the new middle
                  c ---- e ---- b       else f(e) < f(c): right of c; e is the new middle
           d ---- c ---- e              else: between d and e; c stays the middle

Deviation from the textbook: a side of c that holds no float any more is not looked at. Where both
are so, a, c and b are neighbouring floats, and the search ends.
"""

from libc.math cimport INFINITY, NAN, fabs

from fastls.interval.method cimport IntervalSearch, start_t
from fastls.interval.points cimport midpoint
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, RESOLUTION, RUNNING, status_t

import math


cdef enum asked_t:
    MIDDLE, LEFT, RIGHT       # c, d, e


cdef struct dichotomy_t:
    search_t search           # a, b: the interval; x: its middle c, the lowest point seen
    double d, e               # the middles of [a, c] and [c, b]
    asked_t asked             # which of the three was asked for
    double xtol, rtol         # ends when b - a <= xtol + rtol |c|


cdef inline status_t ask(dichotomy_t *s, asked_t which, double point) noexcept nogil:
    s.asked = which
    s.search.ask = point
    return RUNNING


cdef inline status_t next_iteration(dichotomy_t *s) noexcept nogil:
    cdef double a = s.search.a, c = s.search.x, b = s.search.b
    if b - a <= s.xtol + s.rtol * fabs(c):
        return CONVERGED
    s.d = midpoint(a, c)
    s.e = midpoint(c, b)
    if a < s.d < c:
        return ask(s, LEFT, s.d)
    s.d = a
    return ask(s, RIGHT, s.e) if c < s.e < b else RESOLUTION


cdef inline status_t dichotomy_begin(
    dichotomy_t *s, const start_t *start, double xtol, double rtol,
) noexcept nogil:
    cdef double c = midpoint(start.a, start.b)
    s.search = search_t(c, start.a, start.b, c, NAN, 0)
    s.d = s.e = c
    s.xtol = xtol
    s.rtol = rtol
    return ask(s, MIDDLE, c)


cdef inline status_t dichotomy_tell(search_t *search, double value, double slope) noexcept nogil:
    cdef dichotomy_t *s = <dichotomy_t *> search
    cdef double c = search.x
    if s.asked == MIDDLE:
        search.fun = value
        return next_iteration(s)

    if s.asked == LEFT and not value < search.fun:
        if c < s.e < search.b:
            return ask(s, RIGHT, s.e)
        search.a = s.d                     # no float is left between c and b
    elif s.asked == LEFT:                  # the minimiser lies left of c
        search.b = c
        search.x = s.d
        search.fun = value
    elif value < search.fun:               # right of c
        search.a = c
        search.x = s.e
        search.fun = value
    elif search.fun == INFINITY and search.a < s.d:
        # Three infinite values: the points are taken to lie too far to the right.
        search.b = c
        search.x = s.d
    else:                                  # between d and e
        search.a = s.d
        search.b = s.e
    search.nit += 1
    return next_iteration(s)


cdef status_t run_dichotomy(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer,
) noexcept nogil:
    cdef dichotomy_t s
    cdef status_t status = dichotomy_begin(&s, start, xtol, rtol)
    status = drive(dichotomy_tell, &s.search, status, oracle, maxiter, trace, False)
    answer[0] = s.search
    return status


cdef class Dichotomy(IntervalSearch):
    """Dichotomy(xtol=1e-08, maxiter=1000, *, rtol=0.0)\n--\n
    Dichotomy: every iteration halves the interval, with one or two values.

    Parameters
    ----------
    xtol : float, optional
        The length of interval to reach, in the units of x.
    maxiter : int, optional
        The greatest number of iterations.
    rtol : float, optional
        The search also ends when the interval is no longer than ``xtol + rtol*abs(x)``.

    Notes
    -----
    One value for the middle, then at most two an iteration. Of a unimodal function the interval
    returned holds a minimiser, and x is its middle. Hence an interval of length
    ε takes K = ⌈log₂((b - a)/ε)⌉ iterations, an x within
    ε of a minimiser one less, and after the first value and N = 2K more the error
    is no greater than 0.707^N (b - a)/2. Golden section does better in the worst case
    (0.618 a value); here the best case is 0.5 a value.

    A mid in ``(a, mid, b)`` is not used: the search begins in the middle.

    References
    ----------
    .. [1] M. Avriel, "Nonlinear Programming: Analysis and Methods", Prentice-Hall (1976), 8.2.

    Examples
    --------
    >>> import fastls
    >>> search = fastls.Dichotomy(xtol=1e-6)
    >>> found = search.minimize(lambda x: (x - 2)**2, (0, 5))
    >>> round(found.x, 6), found.nit, found.nfev <= search.evaluations(width=5)
    (2.0, 23, True)
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(dichotomy_t)
        self.hears = dichotomy_tell

    def __init__(self, xtol=1e-8, maxiter=1000, *, rtol=0.0):
        super().__init__(xtol, maxiter, rtol)

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil:
        return dichotomy_begin(<dichotomy_t *> search, start, self.xtol, self.rtol)

    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil:
        return run_dichotomy(start, self.xtol, self.rtol, self.maxiter, oracle, trace, answer)

    def evaluations(self, width):
        """The calls that suffice for an interval of a given length.

        Parameters
        ----------
        width : float
            The length b - a of the interval to begin with, > 0.

        Returns
        -------
        int
            1 + 2K with the smallest K for which ``width/2**K <= xtol``. Between this and 1 + K
            are made. Where the ends are rounded to floats of about the size of xtol, or xtol is
            exactly ``width/2**K``, rounding may add an iteration, with one or two calls.

        Raises
        ------
        ValueError
            If width is not positive and finite, or xtol is 0 (floating point then sets the
            number).

        Examples
        --------
        >>> import fastls
        >>> fastls.Dichotomy(xtol=0.125).evaluations(width=1)
        7
        """
        cdef double length = self.length_to_shrink(width)
        if length <= self.xtol:
            return 1
        return 1 + 2 * math.ceil(math.log2(length) - math.log2(self.xtol))
