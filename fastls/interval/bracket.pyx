"""Bracketing a minimum: downhill in growing steps, until the function rises.

Source: Press et al., Numerical Recipes, section 10.1 (routine mnbrak), after Brent; the same method
as `scipy.optimize.bracket`.

    p, q, r     the last three points, in the direction of descent: f(p) >= f(q)
    w           the point tried: the minimiser of the parabola through p, q and r, if it is of use
    1.618       by which steps grow where the parabola does not help
    grow_limit  times the last step, counted from q, the farthest a parabola may lead

After a parabola that led downhill beyond r comes a step in proportion, so that a bracket is never as
narrow as two vertices of the same parabola lie apart.
"""

from libc.math cimport NAN, isfinite

from fastls.interval.method cimport start_t
from fastls.oracle.oracle cimport Oracle, as_oracle, as_real, check_raised, oracle_t
from fastls.search.driver cimport drive, search_t
from fastls.status cimport BRACKET_FAILED, CONVERGED, RUNNING, UNBOUNDED, status_t

import operator
from typing import NamedTuple

from fastls.status import Status

cdef double GROWTH = 1.618033988749895


cdef enum asked_t:
    FIRST, SECOND, THIRD,     # p, q, r
    FARTHER, BEYOND, BETWEEN  # a longer step; the vertex of the parabola, beyond r or before it


cdef struct bracket_t:
    search_t search           # x: the lowest point seen, q of a bracket; ask: w
    double p, q, r
    double fp, fq, fr
    double grow_limit
    asked_t asked


cdef inline status_t ask(bracket_t *s, asked_t which, double point) noexcept nogil:
    s.asked = which
    s.search.ask = point
    # Downhill as far as floating point goes.
    return RUNNING if isfinite(point) else UNBOUNDED


cdef inline status_t settle(
    bracket_t *s, double p, double fp, double q, double fq, double r, double fr,
) noexcept nogil:
    s.p, s.fp, s.q, s.fq, s.r, s.fr = p, fp, q, fq, r, fr
    s.search.x = q
    s.search.fun = fq
    # Steps too short for floating point leave two points in one place.
    if (p < q < r or r < q < p) and ((fq < fr and fq <= fp) or (fq < fp and fq <= fr)):
        return CONVERGED
    return BRACKET_FAILED


cdef inline status_t step_on(bracket_t *s) noexcept nogil:
    """From p, q and r, with f(p) >= f(q): done if f rises from q to r, else where to look next."""
    cdef double p = s.p, q = s.q, r = s.r
    cdef double farthest, past_p, past_r, w
    if not s.fr < s.fq:
        return settle(s, p, s.fp, q, s.fq, r, s.fr)
    past_p = (q - r) * (s.fq - s.fp)
    past_r = (q - p) * (s.fq - s.fr)
    farthest = q + max(s.grow_limit, 1.0 + GROWTH) * (r - q)      # no less than any other step
    if past_p == past_r:                   # on a line
        return ask(s, FARTHER, farthest)
    w = q - ((q - r) * past_p - (q - p) * past_r) / (2.0 * (past_p - past_r))
    # Where a value is infinite, w is no number, and the comparisons fail.
    if (w - q) * (r - w) > 0.0:
        return ask(s, BETWEEN, w)
    if (w - r) * (farthest - w) > 0.0:
        return ask(s, BEYOND, w)
    if (w - farthest) * (farthest - r) >= 0.0:
        return ask(s, FARTHER, farthest)
    return ask(s, FARTHER, r + GROWTH * (r - q))


cdef inline status_t bracket_begin(
    bracket_t *s, double a, double b, double grow_limit,
) noexcept nogil:
    s.search = search_t(a, a, b, a, NAN, 0)
    s.p = a
    s.q = s.r = b
    s.fp = s.fq = s.fr = NAN
    s.grow_limit = grow_limit
    return ask(s, FIRST, a)


cdef inline status_t bracket_tell(search_t *search, double value, double slope) noexcept nogil:
    cdef bracket_t *s = <bracket_t *> search
    cdef double w = search.ask
    cdef double p = s.p
    if not value >= search.fun:
        search.x = w
        search.fun = value
    if s.asked == FIRST:
        s.fp = value
        return ask(s, SECOND, s.q)
    if s.asked == SECOND:
        s.fq = value
        if s.fp < s.fq:                    # downhill is the other way
            s.p, s.fp, s.q, s.fq = s.q, s.fq, s.p, s.fp
        return ask(s, THIRD, s.q + GROWTH * (s.q - s.p))

    search.nit += 1
    if s.asked == BETWEEN:
        if value < s.fr:                   # the minimum lies between q and r
            return settle(s, s.q, s.fq, w, value, s.r, s.fr)
        if value > s.fq:                   # between p and w
            return settle(s, p, s.fp, s.q, s.fq, w, value)
        return ask(s, FARTHER, s.r + GROWTH * (s.r - s.q))
    if s.asked != THIRD:
        s.p, s.fp, s.q, s.fq = s.q, s.fq, s.r, s.fr
    s.r, s.fr = w, value
    if s.asked == BEYOND and value < s.fq:
        return ask(s, FARTHER, w + GROWTH * (w - s.q))
    return step_on(s)


cdef status_t run_bracket(
    double a, double b, double grow_limit, Py_ssize_t maxiter, oracle_t *oracle,
    search_t *answer, start_t *found,
) noexcept nogil:
    """Go downhill from a and b; found are the three points, from left to right."""
    cdef bracket_t s
    cdef status_t status = bracket_begin(&s, a, b, grow_limit)
    status = drive(bracket_tell, &s.search, status, oracle, maxiter, NULL, False)
    if s.p > s.r:
        s.p, s.fp, s.r, s.fr = s.r, s.fr, s.p, s.fp
    answer[0] = s.search
    found[0] = start_t(s.p, s.search.x, s.r, s.fp, s.search.fun, s.fr)
    return status


class Points(NamedTuple):
    a: float
    mid: float
    b: float
    fa: float
    fmid: float
    fb: float
    nfev: int


class Bracket(Points):
    """Three points a < mid < b of which the middle one is the lowest, their values, and the calls.

    A tuple of seven, as from `scipy.optimize.bracket`, that any search takes as its interval.

    Attributes
    ----------
    a, mid, b, fa, fmid, fb : float
        The points and the values there. Where none was found (see status), mid is the lowest point
        seen, which may be an end.
    nfev : int
        Calls of the function.
    status : Status
        `CONVERGED` for a bracket; else `UNBOUNDED`, `BRACKET_FAILED` (the function is flat),
        `NONFINITE` or `MAX_ITERATIONS`.
    success : bool
    message : str
    """

    status = Status.CONVERGED

    def __repr__(self):
        return f"{super().__repr__().removesuffix(')')}, status={self.status.name})"

    @property
    def success(self):
        """Whether the points are a bracket."""
        return self.status == Status.CONVERGED

    @property
    def message(self):
        """The status in a sentence."""
        return "A minimum is bracketed." if self.success else self.status.message


def bracket(f, a=0.0, b=1.0, *, args=(), grow_limit=110.0, maxiter=1000):
    """Bracket a minimum, going downhill from two points.

    Parameters
    ----------
    f : callable or C callback
        The function, as for the ``minimize`` method of the searches.
    a, b : float, optional
        Two points, in any order. The search goes from the higher to the lower and on.
    args : tuple, optional
        Further arguments of a Python callable.
    grow_limit : float, optional
        How many times as long as the last a step to the vertex of a parabola may be, as in SciPy
        counted from the middle point; > 1. Steps grow by 1.618 all the same.
    maxiter : int, optional
        The greatest number of iterations.

    Returns
    -------
    Bracket

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of its range. What depends on f ends in ``status``.

    Notes
    -----
    Where the function is infinite or NaN is taken for high ground; where it is -inf, or still falls
    when the points overflow, it is unbounded.

    References
    ----------
    .. [1] W. H. Press et al., "Numerical Recipes", 3rd ed., Cambridge (2007), section 10.1.

    Examples
    --------
    >>> import fastls
    >>> found = fastls.bracket(lambda x: (x - 20)**2)
    >>> found.a < 20 < found.b, found.fmid < min(found.fa, found.fb)
    (True, True)
    >>> round(fastls.Brent().minimize(lambda x: (x - 20)**2, found).x, 6)
    20.0
    """
    cdef double first = as_real(a, "a"), second = as_real(b, "b"), limit = as_real(
        grow_limit, "grow_limit")
    cdef Py_ssize_t most = operator.index(maxiter)
    cdef Oracle oracle = as_oracle(f, args)
    cdef search_t search
    cdef start_t points
    cdef status_t status
    if not (isfinite(first) and isfinite(second) and first != second):
        raise ValueError(f"a and b must be finite and differ; got {a!r} and {b!r}")
    if not limit > 1.0:
        raise ValueError(f"grow_limit must be > 1; got {grow_limit!r}")
    if most < 1:
        raise ValueError(f"maxiter must be an integer >= 1; got {maxiter!r}")
    if oracle.c.is_python:
        status = run_bracket(first, second, limit, most, &oracle.c, &search, &points)
    else:
        with nogil:
            status = run_bracket(first, second, limit, most, &oracle.c, &search, &points)
    check_raised(status)
    found = Bracket(
        points.a, points.mid, points.b, points.fa, points.fmid, points.fb, oracle.c.nfev)
    found.status = Status(status)
    return found
