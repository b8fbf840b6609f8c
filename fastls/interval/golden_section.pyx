"""Golden-section search.

Source: Kiefer, J. (1953), Sequential minimax search for a maximum, Proc. AMS 4, 502-506.

Two interior points are needed to know on which side of either a minimum lies: it lies on the side
of the lower one. The interval then ends at the higher one, and the lower one remains inside. If
the two divide the interval in the golden section, the one that remains divides what is left of it
in the golden section again, so that one new value an iteration is enough:

    a ------- c --- d ------- b         tau = (1 + sqrt 5)/2 = 1.618...
    a --- c - d ----b                   f(c) < f(d): b moves to d, d to c, and c is new
              a --- c - d --- b         otherwise:   a moves to c, c to d, and d is new

    c = a + (b - a)/tau^2,  d = b - (b - a)/tau^2;  fc, fd their values

Deviations from the textbook: the new point is computed from the ends, not by reflecting the old
one, so that rounding errors do not build up. Where the user chose the first point, the new one
divides the longer of the two parts beside the one kept, which leads back to the golden section in
a few steps; and so it does wherever a point computed from the ends would not lie where it should:
when the interval is but a few floats long, or so long that b - a overflows. The search ends by
itself when no float is left in the longer part.
"""

from libc.math cimport INFINITY, NAN, fabs

from fastls.interval.method cimport IntervalSearch, start_t
from fastls.interval.points cimport GOLDEN_SECTION, between
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport drive, likely, search_t, unlikely
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, RESOLUTION, RUNNING, status_t

import math

GOLDEN_RATIO = (1 + math.sqrt(5)) / 2


cdef enum asked_t:
    FIRST, LEFT, RIGHT        # the first point, c, d


cdef struct golden_section_t:
    search_t search           # a, b: the interval; x: the lower interior point
    double c, d               # the interior points, a < c < d < b
    double fc, fd             # their values
    asked_t asked             # which of them was asked for
    bint even                 # they are where the golden section has them: no mid was given
    double xtol, rtol         # ends when b - a <= xtol + rtol |x|
    double loosest            # the greatest value that can have on [a, b]


cdef inline status_t ask(golden_section_t *s, asked_t which, double point) noexcept nogil:
    s.asked = which
    s.search.ask = point
    return RUNNING


cdef inline bint short_enough(golden_section_t *s) noexcept nogil:
    cdef double width = s.search.b - s.search.a
    return unlikely(width <= s.loosest) and width <= s.xtol + s.rtol * fabs(s.search.x)


cdef inline status_t divide_longer_part(golden_section_t *s) noexcept nogil:
    """Of [a, x] and [x, b]; the other where no float lies inside."""
    cdef double a = s.search.a, x = s.search.x, b = s.search.b
    cdef double left = between(x, a, GOLDEN_SECTION), right = between(x, b, GOLDEN_SECTION)
    cdef bint has_right = x < right < b
    if a < left < x and (x - a > b - x or not has_right):
        s.c = left
        s.d = x
        s.fd = s.search.fun
        return ask(s, LEFT, left)
    s.c = x
    s.fc = s.search.fun
    s.d = right
    return ask(s, RIGHT, right) if has_right else RESOLUTION


cdef inline status_t golden_section_begin(
    golden_section_t *s, const start_t *start, double xtol, double rtol,
) noexcept nogil:
    cdef double x = start.mid
    s.even = start.mid != start.mid
    if s.even:
        x = between(start.a, start.b, GOLDEN_SECTION)
    s.search = search_t(x, start.a, start.b, x, start.fmid, 0)
    s.c = s.d = x
    s.fc = s.fd = NAN
    s.xtol = xtol
    s.rtol = rtol
    s.loosest = xtol + rtol * max(fabs(start.a), fabs(start.b))
    if start.fmid != start.fmid:
        return ask(s, FIRST, x)
    return CONVERGED if short_enough(s) else divide_longer_part(s)


cdef inline status_t golden_section_tell(search_t *search, double value, double slope) noexcept nogil:
    cdef golden_section_t *s = <golden_section_t *> search
    if s.asked == LEFT:
        s.fc = value
    elif s.asked == RIGHT:
        s.fd = value
    else:
        search.fun = value
        return CONVERGED if short_enough(s) else divide_longer_part(s)

    search.nit += 1
    # Where both values are infinite, the points are taken to lie too far to the right.
    if s.fc < s.fd or unlikely(s.fd == INFINITY):
        search.b = s.d
        search.x = s.d = s.c
        search.fun = s.fd = s.fc
        if short_enough(s):
            return CONVERGED
        s.c = search.a + GOLDEN_SECTION * (search.b - search.a)
        return ask(s, LEFT, s.c) if likely(s.even and s.c < s.d) else divide_longer_part(s)
    else:
        search.a = s.c
        search.x = s.c = s.d
        search.fun = s.fc = s.fd
        if short_enough(s):
            return CONVERGED
        s.d = search.b - GOLDEN_SECTION * (search.b - search.a)
        return ask(s, RIGHT, s.d) if likely(s.even and s.c < s.d) else divide_longer_part(s)


cdef status_t run_golden_section(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer,
) noexcept nogil:
    cdef golden_section_t s
    cdef status_t status = golden_section_begin(&s, start, xtol, rtol)
    status = drive(golden_section_tell, &s.search, status, oracle, maxiter, trace, False)
    answer[0] = s.search
    return status


cdef class GoldenSection(IntervalSearch):
    """GoldenSection(xtol=1e-08, maxiter=1000, *, rtol=0.0)\n--\n
    Golden-section search: one value an iteration, the interval shrinks to 0.618 of its length.

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
    Of a unimodal function (one that falls until its minimiser and rises from there) the interval
    returned holds a minimiser, and after N calls it has the length
    0.618^(N - 1) (b - a), which therefore bounds the error of x. Its length is known beforehand,
    and so is the number of calls (`evaluations`). No method that compares values needs fewer calls
    in the worst case, for large N, than the Fibonacci search, and golden section needs at most one
    more than that.

    Values alone cannot tell points apart that are nearer than about
    √ε abs(x) = 1.5e-8 abs(x) to a smooth minimiser: an xtol below that is
    honoured, but it is rounding errors that are then compared. With xtol = 0 the search goes on to
    neighbouring floats, which around 0 takes more than the default maxiter.

    If mid is given, as in ``(a, mid, b)``, the search begins there, and the value found is never
    higher than the one there; `evaluations` and the bound above then hold but nearly.

    References
    ----------
    .. [1] J. Kiefer, "Sequential minimax search for a maximum", Proc. AMS 4 (1953) 502-506.

    Examples
    --------
    >>> import fastls
    >>> search = fastls.GoldenSection(xtol=1e-6)
    >>> found = search.minimize(lambda x: (x - 2)**2, (0, 5))
    >>> round(found.x, 6), found.nfev == search.evaluations(width=5)
    (2.0, True)
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(golden_section_t)
        self.hears = golden_section_tell

    def __init__(self, xtol=1e-8, maxiter=1000, *, rtol=0.0):
        super().__init__(xtol, maxiter, rtol)

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil:
        return golden_section_begin(<golden_section_t *> search, start, self.xtol, self.rtol)

    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil:
        return run_golden_section(start, self.xtol, self.rtol, self.maxiter, oracle, trace, answer)

    def evaluations(self, width):
        """The calls needed for an interval of a given length.

        Parameters
        ----------
        width : float
            The length b - a of the interval to begin with, > 0.

        Returns
        -------
        int
            1 + K with the smallest K for which ``0.618**K * width <= xtol``. Where the ends are
            rounded to floats of about the size of xtol, one more may be needed.

        Raises
        ------
        ValueError
            If width is not positive and finite, or xtol is 0 (floating point then sets the
            number).

        Examples
        --------
        >>> import fastls
        >>> fastls.GoldenSection(xtol=1e-8).evaluations(width=3)
        42
        """
        cdef double length = self.length_to_shrink(width)
        if length <= self.xtol:
            return 1
        halvings = math.log2(length) - math.log2(self.xtol)       # whose quotient may overflow
        return 1 + math.ceil(halvings / math.log2(GOLDEN_RATIO))
