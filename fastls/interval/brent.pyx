"""Brent's method: parabolic interpolation guarded by golden section.

Source: Brent, R. P. (1973), Algorithms for Minimization without Derivatives, chapter 5, procedure
localmin; section 5.4 for the tolerance, 5.5 for the step rules.

    a, b    the interval
    x       the lowest point seen;  w the second lowest;  v the w before that
    u       the point asked for
    d, e    the last step and the one before it
    m       the middle of the interval
    tol     rtol |x| + xtol/3: points nearer than that are not told apart

Each new point is the vertex of the parabola through x, w and v, if that lies inside the interval
and moves x by less than half of the step before last (so that the steps converge, whatever f);
otherwise it divides the longer side of x in the golden section.

Deviations: none in the steps taken. Where x and u are both infinite, u counts as higher if it lies
to the right: the function is taken to be finite at the start, and the points to be too far.
"""

from libc.float cimport DBL_EPSILON, DBL_MIN
from libc.math cimport INFINITY, copysign, fabs, fmax

from fastls.interval.method cimport IntervalSearch, start_t
from fastls.interval.points cimport GOLDEN_SECTION, between, midpoint
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, RUNNING, status_t

import math


cdef struct brent_t:
    search_t search           # a, b: the interval; x: the lowest point, fun its value; ask: u
    double w, fw              # the second lowest point
    double v, fv              # the previous w
    double d, e               # the last step and the one before it
    double xtol, rtol
    bint started              # x has a value


cdef inline bint parabolic_step(brent_t *s, double tol, double *step) noexcept nogil:
    """The step p/q from x to the vertex of the parabola, if it may be taken."""
    cdef double x = s.search.x, fx = s.search.fun
    cdef double r = (x - s.w) * (fx - s.fv)
    cdef double q = (x - s.v) * (fx - s.fw)
    cdef double p = (x - s.v) * q - (x - s.w) * r
    q = 2.0 * (q - r)
    if q > 0.0:
        p = -p
    else:
        q = -q
    # Where a value is infinite, p and q are not numbers, and the comparisons fail.
    if not (fabs(p) < fabs(0.5 * q * s.e) and q * (s.search.a - x) < p < q * (s.search.b - x)):
        return False
    step[0] = p / q
    return True


cdef inline status_t next_point(brent_t *s) noexcept nogil:
    cdef double a = s.search.a, x = s.search.x, b = s.search.b
    cdef double m = midpoint(a, b)
    cdef double tol = s.rtol * fabs(x) + s.xtol / 3.0
    cdef double d = 0.0, end
    if x - a <= 2.0 * tol and b - x <= 2.0 * tol:
        return CONVERGED
    if fabs(s.e) > tol and parabolic_step(s, tol, &d):
        s.e = s.d
        if x + d - a < 2.0 * tol or b - (x + d) < 2.0 * tol:      # not too near to an end
            d = copysign(tol, m - x)
    else:
        end = a if x >= m else b
        s.e = end - x
        d = between(x, end, GOLDEN_SECTION) - x
    s.d = d
    s.search.ask = x + (d if fabs(d) >= tol else copysign(tol, d))    # nor to x
    return RUNNING


cdef inline status_t brent_begin(
    brent_t *s, const start_t *start, double xtol, double rtol,
) noexcept nogil:
    cdef double x = start.mid if start.mid == start.mid else between(
        start.a, start.b, GOLDEN_SECTION)
    s.search = search_t(x, start.a, start.b, x, start.fmid, 0)
    # Such that x + tol is another float than x.
    s.xtol = fmax(xtol, 3.0 * DBL_MIN)
    s.rtol = fmax(rtol, 2.0 * DBL_EPSILON)
    s.w = s.v = x
    s.fw = s.fv = start.fmid
    s.d = s.e = 0.0
    s.started = start.fmid == start.fmid
    return next_point(s) if s.started else RUNNING


cdef inline status_t brent_tell(search_t *search, double fu, double slope) noexcept nogil:
    cdef brent_t *s = <brent_t *> search
    cdef double u = search.ask, x = search.x, fx = search.fun
    if not s.started:
        s.started = True
        search.fun = s.fw = s.fv = fu
        return next_point(s)

    search.nit += 1
    if fu < fx or (fu == fx and (fu != INFINITY or u < x)):
        if u < x:
            search.b = x
        else:
            search.a = x
        s.v, s.fv = s.w, s.fw
        s.w, s.fw = x, fx
        search.x = u
        search.fun = fu
    else:
        if u < x:
            search.a = u
        else:
            search.b = u
        if fu <= s.fw or s.w == x:
            s.v, s.fv = s.w, s.fw
            s.w, s.fw = u, fu
        elif fu <= s.fv or s.v == x or s.v == s.w:
            s.v, s.fv = u, fu
    return next_point(s)


cdef status_t run_brent(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer,
) noexcept nogil:
    cdef brent_t s
    cdef status_t status = brent_begin(&s, start, xtol, rtol)
    status = drive(brent_tell, &s.search, status, oracle, maxiter, trace, False)
    answer[0] = s.search
    return status


cdef class Brent(IntervalSearch):
    """Brent(xtol=1e-08, maxiter=500, *, rtol=1.4901161193847656e-08)\n--\n
    Brent's method: parabolas where they do well, golden section where they do not.

    The one to use, where nothing speaks for another: on smooth functions about ten values.

    Parameters
    ----------
    xtol : float, optional
        The absolute part of the tolerance, in the units of x.
    maxiter : int, optional
        The greatest number of iterations, of one value each.
    rtol : float, optional
        The relative part of the tolerance. Values alone cannot tell points apart that are nearer
        than about √ε abs(x) to a smooth minimiser, which is the default; below
        that, it is rounding errors that are compared.

    Notes
    -----
    With tol = rtol \\|x\\| + xtol/3, no two points nearer than tol are evaluated, and the search ends
    when no point of the interval is farther than 2 tol from x. Of a unimodal function the interval
    then holds a minimiser, hence abs(x - x*) ≤ 2 tol. At a smooth minimum with
    f'' > 0 convergence is superlinear, of order 1.3247 (the root of t^3 = t + 1). The worst case is
    bounded by about the square of the number of calls of golden section (Brent, 1973, section 5.5);
    it is not met in practice.

    A minimum at an end of the interval is approached by golden section to within 2 tol; the end
    itself is not evaluated.

    References
    ----------
    .. [1] R. P. Brent, "Algorithms for Minimization without Derivatives", Prentice-Hall (1973),
       chapter 5.

    Examples
    --------
    >>> import fastls
    >>> found = fastls.Brent().minimize(lambda x: x*x*x*x + x, (-1, 1))
    >>> round(found.x, 7), found.nfev, found.status.name
    (-0.6299605, 11, 'CONVERGED')
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(brent_t)
        self.hears = brent_tell

    def __init__(self, xtol=1e-8, maxiter=500, *, rtol=math.sqrt(DBL_EPSILON)):
        super().__init__(xtol, maxiter, rtol)

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil:
        return brent_begin(<brent_t *> search, start, self.xtol, self.rtol)

    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil:
        return run_brent(start, self.xtol, self.rtol, self.maxiter, oracle, trace, answer)
