"""Successive parabolic interpolation.

Source: Jarratt, P. (1967), An iterative method for locating turning points, Comp. J. 10, 82-84;
order of convergence and stopping after Brent, R. P. (1973), sections 3.6 and 5.4.

    a, b    the interval; fa, fb the values at its ends
    x       the lowest point seen;  w the second lowest;  v the third
    u       the point asked for: the vertex of the parabola through x, w and v
    tol     rtol |x| + xtol/3: points nearer than that are not told apart

Three values to begin with, at both ends and between, and one an iteration.

Deviations from the textbook: where the parabola through x, w and v has no minimiser inside the
interval, that through a, x and b has, unless the three are equal, and is used instead. Where the
vertex is nearer than tol to x, a point at tol on either side of x is evaluated; only when both are
higher has x been shown to be a minimiser to within that, so that a method that stalls at a point
which is none is found out. Nothing bounds the number of steps: what does not succeed is reported.
"""

from libc.float cimport DBL_EPSILON, DBL_MIN
from libc.math cimport NAN, fabs, fmax, fmin

from fastls.interval.method cimport IntervalSearch, start_t
from fastls.interval.points cimport midpoint
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, DEGENERATE_PARABOLA, NOT_UNIMODAL, RUNNING, status_t

import math


cdef enum asked_t:
    MIDDLE, LEFT_END, RIGHT_END, NEXT


cdef struct parabolic_t:
    search_t search           # a, b: the interval; x: the lowest point, fun its value; ask: u
    double w, fw              # the second lowest point
    double v, fv              # the third
    asked_t asked
    bint confirming           # the last vertex was as good as x: only the sides of x are missing
    double xtol, rtol
    double fa, fb             # the values at a and b, NaN while unknown
    double mid, fmid          # the point between them to begin with


cdef inline double vertex(
    double x, double fx, double w, double fw, double v, double fv,
) noexcept nogil:
    """The minimiser of the parabola through three distinct points; NaN if it has none."""
    cdef double slope_w = (fw - fx) / (w - x)
    cdef double slope_v = (fv - fx) / (v - x)
    cdef double curvature = (slope_v - slope_w) / (v - w)
    return 0.5 * (x + w) - 0.5 * slope_w / curvature if curvature > 0.0 else NAN


cdef inline status_t next_point(parabolic_t *s) noexcept nogil:
    cdef double a = s.search.a, x = s.search.x, b = s.search.b, fx = s.search.fun
    cdef double tol = s.rtol * fabs(x) + s.xtol / 3.0
    cdef double u = x
    if x - a <= 2.0 * tol and b - x <= 2.0 * tol:
        return CONVERGED
    if not s.confirming:
        u = vertex(x, fx, s.w, s.fw, s.v, s.fv)
        if not a < u < b and a < x < b:
            u = vertex(x, fx, a, s.fa, b, s.fb)
    if u != u:
        return DEGENERATE_PARABOLA                 # the points lie on a line, or it opens downward
    u = fmin(fmax(u, a), b)
    s.confirming = fabs(u - x) < tol
    if s.confirming:
        # On the side where less is known.
        u = x + (tol if b - x > x - a else -tol)
    if not a < u < b:
        return DEGENERATE_PARABOLA                 # stalled: the value there is known already
    s.asked = NEXT
    s.search.ask = u
    return RUNNING


cdef inline status_t ask(parabolic_t *s, asked_t which, double point) noexcept nogil:
    s.asked = which
    s.search.ask = point
    return RUNNING


cdef inline status_t first_points(parabolic_t *s) noexcept nogil:
    """Ask for what is not known yet of the three points to begin with, then sort them."""
    cdef double a = s.search.a, b = s.search.b
    if s.fmid != s.fmid:
        return ask(s, MIDDLE, s.mid)
    if b - a <= s.xtol + s.rtol * fabs(s.mid) or not a < s.mid < b:
        return CONVERGED
    if s.fa != s.fa:
        return ask(s, LEFT_END, a)
    if s.fb != s.fb:
        return ask(s, RIGHT_END, b)
    if s.fmid > s.fa and s.fmid > s.fb:
        return NOT_UNIMODAL
    if s.fmid <= s.fa and s.fmid <= s.fb:
        if s.fa < s.fb:
            s.w, s.fw, s.v, s.fv = a, s.fa, b, s.fb
        else:
            s.w, s.fw, s.v, s.fv = b, s.fb, a, s.fa
    elif s.fa < s.fb:
        s.w, s.fw, s.v, s.fv = s.mid, s.fmid, b, s.fb
        s.search.b, s.fb = s.mid, s.fmid
    else:
        s.w, s.fw, s.v, s.fv = s.mid, s.fmid, a, s.fa
        s.search.a, s.fa = s.mid, s.fmid
    return next_point(s)


cdef inline void note(parabolic_t *s, double point, double value) noexcept nogil:
    """Keep the lowest of the points to begin with as x."""
    if not value >= s.search.fun:
        s.search.x = point
        s.search.fun = value


cdef inline status_t parabolic_begin(
    parabolic_t *s, const start_t *start, double xtol, double rtol,
) noexcept nogil:
    s.mid = start.mid if start.mid == start.mid else midpoint(start.a, start.b)
    s.search = search_t(s.mid, start.a, start.b, s.mid, start.fmid, 0)
    # Such that x + tol is another float than x.
    s.xtol = fmax(xtol, 3.0 * DBL_MIN)
    s.rtol = fmax(rtol, 2.0 * DBL_EPSILON)
    s.confirming = False
    s.w = s.fw = s.v = s.fv = NAN
    s.fa = start.fa
    s.fmid = start.fmid
    s.fb = start.fb
    if s.fa == s.fa:
        note(s, start.a, s.fa)
    if s.fb == s.fb:
        note(s, start.b, s.fb)
    return first_points(s)


cdef inline status_t parabolic_tell(search_t *search, double fu, double slope) noexcept nogil:
    cdef parabolic_t *s = <parabolic_t *> search
    cdef double u = search.ask, x = search.x
    if s.asked != NEXT:
        note(s, u, fu)
        if s.asked == MIDDLE:
            s.fmid = fu
        elif s.asked == LEFT_END:
            s.fa = fu
        else:
            s.fb = fu
        return first_points(s)

    search.nit += 1
    if fu < search.fun:
        if u < x:
            search.b, s.fb = x, search.fun
        else:
            search.a, s.fa = x, search.fun
        s.v, s.fv = s.w, s.fw
        s.w, s.fw = x, search.fun
        search.x = u
        search.fun = fu
        s.confirming = False
    else:
        if u < x:
            search.a, s.fa = u, fu
        else:
            search.b, s.fb = u, fu
        if fu <= s.fw:
            s.v, s.fv = s.w, s.fw
            s.w, s.fw = u, fu
        else:
            s.v, s.fv = u, fu              # even if higher: the parabola must change
    return next_point(s)


cdef status_t run_parabolic(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer,
) noexcept nogil:
    cdef parabolic_t s
    cdef status_t status = parabolic_begin(&s, start, xtol, rtol)
    status = drive(parabolic_tell, &s.search, status, oracle, maxiter, trace, False)
    answer[0] = s.search
    return status


cdef class Parabolic(IntervalSearch):
    """Parabolic(xtol=1e-08, maxiter=100, *, rtol=1.4901161193847656e-08)\n--\n
    Successive parabolic interpolation: to the vertex of the parabola through three points.

    The method without a guard, to learn from and to compare with: fast where it works, and it says
    so where it does not. `Brent` adds the guard, and with it a bound.

    Parameters
    ----------
    xtol : float, optional
        The absolute part of the tolerance, in the units of x.
    maxiter : int, optional
        The greatest number of iterations, of one value each.
    rtol : float, optional
        The relative part of the tolerance; the default is what values alone can resolve.

    Notes
    -----
    With tol = rtol \\|x\\| + xtol/3, the search ends with `Status.CONVERGED` when no point of the
    interval is farther than 2 tol from x. At a smooth minimum with f'' > 0 the errors of successive
    vertices fall superlinearly, with order 1.3247 (the root of t^3 = t + 1): e_{n+1} is of the size
    of e_{n-1} e_{n-2} in the limit. Where the last three points have no parabola with a minimiser
    inside the interval, the parabola through x and both ends is used. There is no bound for the
    worst case. The search ends without success and with

    - `Status.NOT_UNIMODAL` if the value at the point to begin with exceeds those at both ends,
    - `Status.DEGENERATE_PARABOLA` if the points lie on a line, or the parabola opens downward or
      leads to a point known already,
    - `Status.MAX_ITERATIONS` if it creeps.

    Both ends of the interval are evaluated, so a minimum there is found exactly.

    References
    ----------
    .. [1] P. Jarratt, "An iterative method for locating turning points", Comp. J. 10 (1967) 82-84.

    Examples
    --------
    >>> import fastls
    >>> found = fastls.Parabolic().minimize(lambda x: x*x*x*x + x, (-1, 0))
    >>> round(found.x, 7), found.status.name
    (-0.6299605, 'CONVERGED')
    >>> fastls.Parabolic().minimize(lambda x: 2*x, (0, 1)).status.name
    'DEGENERATE_PARABOLA'
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(parabolic_t)
        self.hears = parabolic_tell

    def __init__(self, xtol=1e-8, maxiter=100, *, rtol=math.sqrt(DBL_EPSILON)):
        super().__init__(xtol, maxiter, rtol)

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil:
        return parabolic_begin(<parabolic_t *> search, start, self.xtol, self.rtol)

    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil:
        return run_parabolic(start, self.xtol, self.rtol, self.maxiter, oracle, trace, answer)
