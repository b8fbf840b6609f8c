"""The line search of Moré and Thuente.

Source: Moré, J. J. and Thuente, D. J. (1994), Line search algorithms with guaranteed sufficient
decrease, ACM TOMS 20, 286-307; as in MINPACK-2's dcsrch and dcstep, trial for trial.

A step satisfies the strong Wolfe conditions where the auxiliary function
psi(alpha) = phi(alpha) - phi(0) - c1 phi'(0) alpha has a minimiser below 0, and phi a slope near
zero. The search keeps an interval that holds such a point, of which one end is the best so far:

    x       the end with the lowest value;  y  the other end
    t       the trial point told
    low, high     between which the next trial must lie
    psi     takes the place of phi until it has had a value below 0 and a slope above

Deviations: the search ends where MINPACK's would evaluate x again (rounding, or xtol), and where
values differ from phi(0) by rounding only, slopes decide (`ApproximateWolfe`).
"""

from libc.math cimport INFINITY, copysign, fabs, fmax, fmin

from fastls.oracle.oracle cimport as_real, oracle_t
from fastls.search.driver cimport VALUE_AND_SLOPE, drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport AT_ALPHA_MIN, CONVERGED, RESOLUTION, UNBOUNDED, status_t
from fastls.step.conditions cimport ACCEPTABLE
from fastls.step.interpolation cimport cubic_minimiser, point_t, quadratic_minimiser, secant
from fastls.step.method cimport (
    StepSearch, ask, at_alpha_max, bracket, clipped, is_rounding, point, problem_t, step_begin,
    step_parameters_t, step_t, verdict,
)

from fastls.step.conditions import StrongWolfe, Wolfe


cdef struct more_thuente_t:
    step_t step
    point_t x, y              # the ends of the interval
    bint bracketed            # a minimiser lies between them
    bint psi                  # the auxiliary function is still used
    double low, high          # between which the next trial must lie
    double width, former_width         # of the interval, now and an iteration before
    double xtol


cdef inline double trial_step(more_thuente_t *s, const point_t *t) noexcept nogil:
    """Where to look next, from x, y and the trial t; and whether a minimiser is bracketed now.

    The four cases of section 4. The cubic step is taken where it is nearer to x, where the
    interpolation is good; the quadratic or secant step where it moves farther.
    """
    cdef const point_t *x = &s.x
    cdef double cubic, other, next_alpha
    cdef bint opposite = t.slope * copysign(1.0, x.slope) < 0.0
    if t.value > x.value:
        # 1. A higher value: a minimiser lies between x and t.
        cubic = cubic_minimiser(x, t)
        other = quadratic_minimiser(x, t)
        s.bracketed = True
        if fabs(cubic - x.alpha) < fabs(other - x.alpha):
            return cubic
        return cubic + 0.5 * (other - cubic)
    if opposite:
        # 2. A lower value and a slope of the other sign: so it does here.
        cubic = cubic_minimiser(t, x)
        other = secant(t, x)
        s.bracketed = True
        return cubic if fabs(cubic - t.alpha) > fabs(other - t.alpha) else other
    if fabs(t.slope) < fabs(x.slope):
        # 3. A lower value and a flatter slope of the same sign: it lies beyond t. The cubic is of
        # use only if it turns up beyond t.
        cubic = cubic_minimiser(t, x)
        if not (cubic - t.alpha) * (t.alpha - x.alpha) > 0.0:
            cubic = s.high if t.alpha > x.alpha else s.low
        other = secant(t, x)
        if not s.bracketed:
            next_alpha = cubic if fabs(cubic - t.alpha) > fabs(other - t.alpha) else other
            return fmin(fmax(next_alpha, s.low), s.high)
        next_alpha = cubic if fabs(cubic - t.alpha) < fabs(other - t.alpha) else other
        other = t.alpha + 0.66 * (s.y.alpha - t.alpha)         # not too near to y
        return fmin(other, next_alpha) if t.alpha > x.alpha else fmax(other, next_alpha)
    # 4. A lower value and a slope as steep: it lies beyond t, and nothing tells how far.
    if s.bracketed:
        return cubic_minimiser(t, &s.y)
    return s.high if t.alpha > x.alpha else s.low


cdef inline double next_trial(more_thuente_t *s, const point_t *t) noexcept nogil:
    """The same, with the interval made smaller."""
    cdef double alpha = trial_step(s, t)
    if t.value > s.x.value:
        s.y = t[0]
    else:
        if t.slope * copysign(1.0, s.x.slope) < 0.0:
            s.y = s.x
        s.x = t[0]
    return alpha


cdef inline void tilt(point_t *p, double slope) noexcept nogil:
    """From phi to psi, or with the slope's sign changed, back."""
    p.value -= p.alpha * slope
    p.slope -= slope


cdef inline status_t more_thuente_begin(
    more_thuente_t *s, const step_parameters_t *c, const problem_t *problem,
) noexcept nogil:
    cdef status_t status = step_begin(&s.step, c, problem)
    cdef double alpha = clipped(&s.step, problem.alpha)
    s.x = s.y = point(0.0, problem.origin.value, problem.origin.slope)
    s.bracketed = False
    s.psi = True
    s.low = s.high = 0.0
    s.width = s.step.alpha_max - s.step.alpha_min
    s.former_width = 2.0 * s.width
    s.xtol = c.xtol
    bracket(&s.step, 0.0, s.step.alpha_max)
    ask(&s.step, VALUE_AND_SLOPE, alpha)
    return status


cdef inline status_t more_thuente_tell(
    search_t *search, double value, double slope,
) noexcept nogil:
    cdef more_thuente_t *s = <more_thuente_t *> search
    cdef point_t t = point(search.ask, value, slope)
    cdef double tilting = s.step.condition.c1 * s.step.line.origin.slope
    cdef double most = s.step.line.origin.reference + t.alpha * tilting    # for enough decrease
    cdef double alpha

    if verdict(&s.step, value, slope) == ACCEPTABLE:
        return CONVERGED
    if t.alpha == s.step.alpha_max and value <= most and slope <= tilting:
        return at_alpha_max(&s.step)
    if t.alpha == s.step.alpha_min and (value > most or slope >= tilting):
        return AT_ALPHA_MIN

    if s.step.line.finite == 1:
        s.high = 5.0 * t.alpha             # the first trial, which may have been moved
    if is_rounding(&s.step, value, slope):
        t.value = s.x.value                # only the slope tells
    if s.psi and value <= most and slope >= 0.0:
        s.psi = False
    if s.psi and s.x.value >= value > most:
        # phi falls, but not enough: only psi can tell where a minimiser is.
        tilt(&t, tilting)
        tilt(&s.x, tilting)
        tilt(&s.y, tilting)
        alpha = next_trial(s, &t)
        tilt(&s.x, -tilting)
        tilt(&s.y, -tilting)
    else:
        alpha = next_trial(s, &t)

    s.step.line.base = s.x.alpha
    if s.bracketed:
        if fabs(s.y.alpha - s.x.alpha) >= 0.66 * s.former_width or alpha != alpha:
            alpha = s.x.alpha + 0.5 * (s.y.alpha - s.x.alpha)
        s.former_width = s.width
        s.width = fabs(s.y.alpha - s.x.alpha)
        s.low = fmin(s.x.alpha, s.y.alpha)
        s.high = fmax(s.x.alpha, s.y.alpha)
        bracket(&s.step, s.low, s.high)
        if not s.low < alpha < s.high or s.high - s.low <= s.xtol * s.high:
            return RESOLUTION
    else:
        s.low = alpha + 1.1 * (alpha - s.x.alpha)
        s.high = alpha + 4.0 * (alpha - s.x.alpha)
    alpha = clipped(&s.step, alpha)
    if alpha == INFINITY:
        return UNBOUNDED
    return ask(&s.step, VALUE_AND_SLOPE, alpha) if alpha != search.ask else RESOLUTION


cdef status_t run_more_thuente(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer,
) noexcept nogil:
    cdef more_thuente_t s
    cdef status_t status = more_thuente_begin(&s, c, problem)
    status = drive(
        more_thuente_tell, &s.step.line.search, status, oracle, c.max_evaluations, trace, True)
    answer[0] = s.step
    return status


cdef class MoreThuente(StepSearch):
    """MoreThuente(c1=0.0001, c2=0.9, xtol=1e-14, alpha_min=0.0, alpha_max=10000000000.0, max_evaluations=60, *, condition=None)\n--\n
    The line search of Moré and Thuente: strong Wolfe conditions, few evaluations.

    Parameters
    ----------
    c1, c2 : float, optional
        The constants of the strong Wolfe conditions, 0 < c1 <= c2 < 1.
    xtol : float, optional
        The search ends where its interval is no longer than this share of its farther end, >= 0.
    alpha_min, alpha_max : float, optional
        The shortest and the longest step, 0 <= alpha_min <= alpha_max.
    max_evaluations : int, optional
        The greatest number of steps tried.
    condition : StrongWolfe or Wolfe, optional
        Takes the place of c1 and c2.

    Notes
    -----
    Every step tried needs value and slope. The number of steps is finite for every smooth function;
    the published tables have 179 on 24 problems.

    Where rounding hides whether phi decreases, slopes decide, and ``step.condition`` is
    `ApproximateWolfe`.

    References
    ----------
    .. [1] J. J. Moré and D. J. Thuente, "Line search algorithms with guaranteed sufficient
       decrease", ACM TOMS 20 (1994) 286-307.

    Examples
    --------
    >>> import fastls
    >>> search = fastls.MoreThuente(c1=0.001, c2=0.1)
    >>> step = search.search(lambda a: (-a/(a*a + 2), (a*a - 2)/(a*a + 2)**2), alpha=1e-3)
    >>> round(step.alpha, 3), step.nfev        # the first row of their tables, and phi(0)
    (1.365, 7)
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(more_thuente_t)
        self.hears = more_thuente_tell

    def __init__(
        self, c1=1e-4, c2=0.9, xtol=1e-14, alpha_min=0.0, alpha_max=1e10, max_evaluations=60, *,
        condition=None,
    ):
        if condition is not None and (c1, c2) != (1e-4, 0.9):
            raise ValueError(f"give c1 and c2, or condition, not both; got {c1!r}, {c2!r}")
        self.set_condition(
            StrongWolfe(c1, c2) if condition is None else condition, (StrongWolfe, Wolfe))
        self.set_limits(alpha_min, alpha_max, max_evaluations)
        self.c.xtol = as_real(xtol, "xtol")
        if not 0.0 <= self.c.xtol < INFINITY:
            raise ValueError(f"xtol must be a finite number >= 0; got {xtol!r}")

    @property
    def xtol(self):
        """The share of its farther end to which the interval shrinks."""
        return self.c.xtol

    cdef dict parameters(self):
        return {
            "condition": self.condition, "xtol": self.c.xtol, "alpha_min": self.c.alpha_min,
            "alpha_max": self.c.alpha_max, "max_evaluations": self.c.max_evaluations,
        }

    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil:
        return more_thuente_begin(<more_thuente_t *> s, &self.c, problem)

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        return run_more_thuente(&self.c, problem, oracle, trace, answer)
