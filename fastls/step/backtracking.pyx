"""Backtracking: try a step, and take a shorter one until it is good enough.

Source: Armijo, L. (1966), Minimization of functions having Lipschitz continuous first partial
derivatives, Pacific J. Math. 16, 1-3; interpolation and safeguards after Dennis, J. E. and
Schnabel, R. B. (1983), Numerical Methods for Unconstrained Optimization and Nonlinear Equations,
algorithm A6.3.1.

    t       the trial point told
    lo      the longest step known to be too short; 0 at first
    hi      the shortest known to be too long
    third   what was lo or hi before

Under the Armijo condition no step is too short, and the search is plain backtracking. Other
conditions also refuse steps for being too short; then it goes on to longer ones, 1/shrink times as
long, until one is too long, and between the two an acceptable step remains: it is found by dividing
the interval (for the Wolfe conditions: Burke, Lewis and Overton 2005).

The next trial is at the share `shrink` of the way from lo to hi; or where the parabola through lo
and hi, or the cubic that also goes through third, has its minimiser, but at least at a tenth and
at most halfway.
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport NAN, fabs, fmax, fmin, isfinite

from fastls.oracle.oracle cimport as_real, oracle_t
from fastls.search.driver cimport VALUE, drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport (
    CONVERGED, RESOLUTION, STEP_TOO_SMALL, UNBOUNDED, status_t,
)
from fastls.step.conditions cimport ACCEPTABLE, GOLDSTEIN, ROUNDING, TOO_LONG, UNDECIDED, verdict_t
from fastls.step.interpolation cimport hermite_minimiser, point_t, quadratic_minimiser
from fastls.step.method cimport (
    CUBIC, NONE, QUADRATIC, StepSearch, ask, ask_slope, at_alpha_max, bracket, clipped,
    interpolation_t, point, problem_t, step_begin, step_parameters_t, step_t, verdict,
)

from fastls.step.conditions import (
    ApproximateWolfe, Armijo, Curvature, Goldstein, StrongWolfe, Wolfe,
)

KINDS = {None: NONE, "quadratic": QUADRATIC, "cubic": CUBIC}


cdef struct backtracking_t:
    step_t step
    point_t lo, hi, third
    bint bracketed            # hi is known
    double shrink
    interpolation_t kind


cdef inline status_t backtracking_begin(
    backtracking_t *s, const step_parameters_t *c, const problem_t *problem,
) noexcept nogil:
    cdef status_t status = step_begin(&s.step, c, problem)
    s.lo = point(0.0, problem.origin.value, problem.origin.slope)
    s.hi = s.third = point(NAN, NAN, NAN)
    s.bracketed = False
    s.shrink = s.step.line.contraction = c.shrink
    s.kind = c.interpolation
    bracket(&s.step, 0.0, s.step.alpha_max)
    ask(&s.step, VALUE, clipped(&s.step, problem.alpha))
    return status


cdef inline status_t go_farther(backtracking_t *s, double alpha) noexcept nogil:
    if alpha >= s.step.alpha_max:
        return at_alpha_max(&s.step)
    bracket(&s.step, alpha, s.step.alpha_max)
    cdef double longer = clipped(&s.step, alpha / s.shrink)
    if not isfinite(longer):
        return UNBOUNDED
    return ask(&s.step, VALUE, longer) if longer > alpha else RESOLUTION


cdef inline status_t divide(backtracking_t *s) noexcept nogil:
    """Look between lo and hi."""
    cdef double lo = s.lo.alpha, width = s.hi.alpha - lo, alpha = NAN
    cdef double reference = fabs(s.step.line.origin.reference)
    # Where the step is so short that what it promises is lost in rounding, none shorter helps.
    if lo == 0.0 and s.hi.alpha * fabs(s.lo.slope) <= DBL_EPSILON * reference:
        if fabs(s.hi.value - s.step.line.origin.reference) <= ROUNDING * reference:
            return RESOLUTION
        return STEP_TOO_SMALL
    bracket(&s.step, lo, s.hi.alpha)
    if lo > 0.0 and s.step.condition.kind == GOLDSTEIN:
        pass                               # what is looked for need not be near a minimiser
    elif s.kind == QUADRATIC:
        alpha = quadratic_minimiser(&s.lo, &s.hi)
    elif s.kind == CUBIC:
        alpha = hermite_minimiser(&s.lo, &s.hi, &s.third)
    if isfinite(alpha):
        alpha = fmin(fmax(alpha, lo + 0.1 * width), lo + 0.5 * width)
    else:
        alpha = lo + s.shrink * width
    return ask(&s.step, VALUE, alpha) if lo < alpha < s.hi.alpha else RESOLUTION


cdef inline status_t backtracking_tell(
    search_t *search, double value, double slope,
) noexcept nogil:
    cdef backtracking_t *s = <backtracking_t *> search
    cdef point_t t = point(search.ask, value, slope)
    cdef verdict_t found = verdict(&s.step, value, slope)
    if found == UNDECIDED:
        return ask_slope(&s.step)
    if found == ACCEPTABLE:
        return CONVERGED
    if found == TOO_LONG:
        s.third = s.hi
        s.hi = t
        s.bracketed = True
    else:
        s.third = s.lo
        s.lo = t
        s.step.line.base = t.alpha
        if not s.bracketed:
            return go_farther(s, t.alpha)
    return divide(s)


cdef status_t run_backtracking(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer,
) noexcept nogil:
    cdef backtracking_t s
    cdef status_t status = backtracking_begin(&s, c, problem)
    status = drive(
        backtracking_tell, &s.step.line.search, status, oracle, c.max_evaluations, trace, True)
    answer[0] = s.step
    return status


cdef class Backtracking(StepSearch):
    """Backtracking(condition=None, shrink=0.5, interpolation=None, max_evaluations=60, *, alpha_max=10000000000.0)\n--\n
    Backtracking: shorter and shorter steps, until one is good enough.

    Parameters
    ----------
    condition : Condition, optional
        What is asked of the step: any of the six conditions; ``Armijo()`` if None.
    shrink : float, optional
        By what factor a step that is too long shrinks, 0 < shrink < 1; also where the function is
        not finite.
    interpolation : {None, "quadratic", "cubic"}, optional
        Where to look next: at the share shrink, or at the minimiser of the parabola or the cubic
        through what is known, within [0.1, 0.5] of the step.
    max_evaluations : int, optional
        The greatest number of steps tried.
    alpha_max : float, optional
        The longest step.

    Notes
    -----
    Under `Armijo` and `Goldstein` no slope is needed but that at 0. If phi' is Lipschitz
    continuous with the constant L, a step no longer than 2 (1 - c1) abs(phi'(0))/L satisfies the
    Armijo condition, which bounds the number of steps tried.

    References
    ----------
    .. [1] L. Armijo, "Minimization of functions having Lipschitz continuous first partial
       derivatives", Pacific J. Math. 16 (1966) 1-3.
    .. [2] J. E. Dennis and R. B. Schnabel, "Numerical Methods for Unconstrained Optimization and
       Nonlinear Equations", Prentice-Hall (1983), algorithm A6.3.1.

    Examples
    --------
    >>> import fastls
    >>> def f(x):
    ...     return x @ x
    >>> step = fastls.Backtracking().step(f, lambda x: 2*x, x=[1.0, 2.0], d=[-6.0, -12.0])
    >>> step.alpha, step.nfev, step.ngev
    (0.25, 4, 1)
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(backtracking_t)
        self.hears = backtracking_tell

    def __init__(
        self, condition=None, shrink=0.5, interpolation=None, max_evaluations=60, *,
        alpha_max=1e10,
    ):
        self.set_condition(
            Armijo() if condition is None else condition,
            (Armijo, Goldstein, Curvature, Wolfe, StrongWolfe, ApproximateWolfe))
        self.set_limits(0.0, alpha_max, max_evaluations)
        self.c.shrink = as_real(shrink, "shrink")
        if not 0.0 < self.c.shrink < 1.0:
            raise ValueError(f"shrink must satisfy 0 < shrink < 1; got {shrink!r}")
        try:
            self.c.interpolation = KINDS[interpolation]
        except (KeyError, TypeError):
            raise ValueError(
                f"interpolation must be None, 'quadratic' or 'cubic'; got {interpolation!r}"
            ) from None

    @property
    def interpolation(self):
        """Where to look next."""
        return {kind: name for name, kind in KINDS.items()}[self.c.interpolation]

    @property
    def shrink(self):
        """By what factor a step that is too long shrinks."""
        return self.c.shrink

    cdef dict parameters(self):
        return {
            "condition": self.condition, "shrink": self.c.shrink,
            "interpolation": self.interpolation, "max_evaluations": self.c.max_evaluations,
            "alpha_max": self.c.alpha_max,
        }

    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil:
        return backtracking_begin(<backtracking_t *> s, &self.c, problem)

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        return run_backtracking(&self.c, problem, oracle, trace, answer)
