"""Bracket and zoom: the line search of Nocedal and Wright for the strong Wolfe conditions.

Source: Nocedal, J. and Wright, S. J. (2006), Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6.

First steps grow until an interval holds acceptable points; then the interval shrinks around one.

    t       the trial point told
    lo      the best point with sufficient decrease; phi falls from there towards hi
    hi      the other end of the interval
    third   the point that was lo or hi before; its value and slope are paid for already

While no interval is known, lo is the trial before, and 0 at first.

The book leaves open where to look next. Here

- steps grow to where the cubic through the last two points, or their slopes' secant, has a minimiser,
  whichever is farther, but at least twice and at most `growth` times as far; where the slope does
  not flatten, `growth` times as far;
- within the interval the minimiser of the polynomial through everything known of lo, hi and third
  is taken, of degree 5 where slopes are known at all of them (`hermite_minimiser`); where values
  differ by rounding only, the secant of the slopes. If lo moved towards hi and the step is short, it
  is doubled, so that hi moves next;
- two trials must halve the interval, or it is halved: in orders of magnitude where it spans more
  than one.

Deviations: a trial that is acceptable ends the search even where its value is higher than at lo, and
on a tie the slope decides. Where values differ from phi(0) by rounding only, slopes decide
(`ApproximateWolfe`).
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, NAN, fabs, fmax, fmin, isfinite, sqrt

from fastls.oracle.oracle cimport as_real, oracle_t
from fastls.search.driver cimport VALUE, drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, RESOLUTION, UNBOUNDED, status_t
from fastls.step.conditions cimport ACCEPTABLE, sufficient_decrease
from fastls.step.interpolation cimport (
    cubic_minimiser, differ_by_rounding, hermite_minimiser, point_t, secant,
)
from fastls.step.method cimport (
    StepSearch, ask, ask_slope, at_alpha_max, bracket, clipped, is_rounding, point, problem_t,
    step_begin, step_parameters_t, step_t, verdict,
)

from fastls.step.conditions import StrongWolfe, Wolfe


cdef struct zoom_t:
    step_t step
    point_t lo, hi, third
    bint bracketed            # hi is known
    double width, former_width         # of the interval, one and two trials ago
    double growth             # the greatest factor by which steps grow


cdef inline status_t zoom_begin(
    zoom_t *s, const step_parameters_t *c, const problem_t *problem,
) noexcept nogil:
    cdef status_t status = step_begin(&s.step, c, problem)
    s.lo = point(0.0, problem.origin.value, problem.origin.slope)
    s.hi = s.third = point(NAN, NAN, NAN)
    s.bracketed = False
    s.width = s.former_width = INFINITY
    s.growth = c.growth
    bracket(&s.step, 0.0, s.step.alpha_max)
    ask(&s.step, VALUE, clipped(&s.step, problem.alpha))
    return status


cdef inline status_t extrapolate(zoom_t *s, const point_t *t) noexcept nogil:
    """Algorithm 3.5: from the last trial lo and this one, both too short, go on to a longer."""
    cdef double alpha = s.growth * t.alpha, cubic
    if t.alpha >= s.step.alpha_max:
        return at_alpha_max(&s.step)
    if t.slope > s.lo.slope:                       # the slope flattens: a minimiser is in sight
        cubic = cubic_minimiser(t, &s.lo)
        if cubic > t.alpha:
            alpha = fmin(fmax(fmax(cubic, secant(t, &s.lo)), 2.0 * t.alpha), alpha)
    s.third = s.lo
    s.lo = t[0]
    s.step.line.base = t.alpha
    bracket(&s.step, t.alpha, s.step.alpha_max)
    alpha = clipped(&s.step, alpha)
    return ask(&s.step, VALUE, alpha) if isfinite(alpha) else UNBOUNDED


cdef inline double halfway(double low, double high) noexcept nogil:
    """Of numbers, or where they differ by more than an order of magnitude, of their logarithms."""
    if high > 10.0 * low > 0.0:
        return sqrt(low) * sqrt(high)
    return low + 0.5 * (high - low)


cdef inline status_t interpolate(zoom_t *s, bint advanced) noexcept nogil:
    """Algorithm 3.6: look between lo and hi; advanced says that lo has just moved towards hi."""
    cdef double width = fabs(s.hi.alpha - s.lo.alpha), alpha = NAN
    bracket(&s.step, s.lo.alpha, s.hi.alpha)
    cdef double low = s.step.line.search.a, high = s.step.line.search.b
    if width <= 0.5 * s.former_width:
        if differ_by_rounding(&s.lo, &s.hi):
            alpha = secant(&s.lo, &s.hi)
        else:
            alpha = hermite_minimiser(&s.lo, &s.hi, &s.third)
        if advanced and fabs(alpha - s.lo.alpha) < 0.25 * width:
            alpha += alpha - s.lo.alpha
    if not low < alpha < high:
        alpha = halfway(low, high)
    s.former_width = s.width
    s.width = width
    s.step.line.base = s.lo.alpha
    return ask(&s.step, VALUE, alpha) if low < alpha < high else RESOLUTION


cdef inline status_t zoom_tell(search_t *search, double value, double slope) noexcept nogil:
    cdef zoom_t *s = <zoom_t *> search
    cdef point_t t = point(search.ask, value, slope)
    cdef bint by_slope = is_rounding(&s.step, value, slope)
    cdef bint higher = not by_slope and (
        value > s.lo.value + 2.0 * DBL_EPSILON * fabs(s.lo.value)
        or not sufficient_decrease(
            s.step.condition.c1, &s.step.line.origin, t.alpha, value))
    cdef bint uphill
    if slope != slope and not higher:
        return ask_slope(&s.step)
    if verdict(&s.step, value, slope) == ACCEPTABLE:
        return CONVERGED

    uphill = slope >= 0.0 if not s.bracketed else slope * (s.hi.alpha - s.lo.alpha) >= 0.0
    if higher:
        # It went too far: acceptable points lie between lo and t.
        if s.bracketed:
            s.third = s.hi
        s.hi = t
    elif uphill:
        # t is the best so far, and phi falls back towards lo.
        if s.bracketed:
            s.third = s.hi
        s.hi = s.lo
        s.lo = t
    elif s.bracketed:
        # t is the best so far, and phi falls on towards hi.
        s.third = s.lo
        s.lo = t
        return interpolate(s, True)
    else:
        return extrapolate(s, &t)
    s.bracketed = True
    return interpolate(s, False)


cdef status_t run_zoom(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer,
) noexcept nogil:
    cdef zoom_t s
    cdef status_t status = zoom_begin(&s, c, problem)
    status = drive(
        zoom_tell, &s.step.line.search, status, oracle, c.max_evaluations, trace, True)
    answer[0] = s.step
    return status


cdef class Zoom(StepSearch):
    """Zoom(c1=0.0001, c2=0.9, alpha_max=10000000000.0, max_evaluations=60, *, condition=None, growth=10.0)\n--\n
    Bracket and zoom: strong Wolfe conditions, few evaluations.

    Parameters
    ----------
    c1, c2 : float, optional
        The constants of the strong Wolfe conditions, 0 < c1 <= c2 < 1.
    alpha_max : float, optional
        The longest step.
    max_evaluations : int, optional
        The greatest number of steps tried.
    condition : StrongWolfe or Wolfe, optional
        Takes the place of c1 and c2.
    growth : float, optional
        The greatest factor by which steps grow until acceptable ones are bracketed, >= 2.

    Notes
    -----
    Steps that are too long need no slope. Where slopes come with the values, they are used all the
    same, to interpolate, and the search needs fewer steps: 135 on the 24 problems of Moré and
    Thuente, whose own search needs 179.

    Where rounding hides whether phi decreases, slopes decide, and ``step.condition`` is
    `ApproximateWolfe`.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd ed., Springer (2006),
       algorithms 3.5 and 3.6.

    Examples
    --------
    >>> import fastls
    >>> search = fastls.Zoom(c2=0.1)
    >>> step = search.step(lambda x: x @ x, lambda x: 2*x, x=[1.0, 2.0], d=[-1.0, -2.0])
    >>> step.alpha, step.x.tolist(), step.nfev, step.ngev
    (1.0, [0.0, 0.0], 2, 2)
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(zoom_t)
        self.hears = zoom_tell

    def __init__(
        self, c1=1e-4, c2=0.9, alpha_max=1e10, max_evaluations=60, *, condition=None, growth=10.0,
    ):
        if condition is not None and (c1, c2) != (1e-4, 0.9):
            raise ValueError(f"give c1 and c2, or condition, not both; got {c1!r}, {c2!r}")
        self.set_condition(
            StrongWolfe(c1, c2) if condition is None else condition, (StrongWolfe, Wolfe))
        self.set_limits(0.0, alpha_max, max_evaluations)
        self.c.growth = as_real(growth, "growth")
        if not 2.0 <= self.c.growth < INFINITY:
            raise ValueError(f"growth must be a finite number >= 2; got {growth!r}")

    @property
    def growth(self):
        """The greatest factor by which steps grow."""
        return self.c.growth

    cdef dict parameters(self):
        return {
            "condition": self.condition, "alpha_max": self.c.alpha_max,
            "max_evaluations": self.c.max_evaluations, "growth": self.c.growth,
        }

    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil:
        return zoom_begin(<zoom_t *> s, &self.c, problem)

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        return run_zoom(&self.c, problem, oracle, trace, answer)
