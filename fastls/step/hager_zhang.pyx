"""The line search of Hager and Zhang.

Source: Hager, W. W. and Zhang, H. (2005), A new conjugate gradient method with guaranteed descent
and an efficient line search, SIAM J. Optim. 16, 170-192, section 4; and (2006), Algorithm 851:
CG_DESCENT, ACM TOMS 32, 113-137. Labels such as U3 are the paper's.

    t       the trial point told
    a, b    the ends of the interval: phi(a) <= phi(0) + eps_k and phi'(a) < 0 <= phi'(b)
    former_a, former_b     the interval at the start of an iteration
    low     a value is low if it is at most phi(0) + eps_k

A point with slope zero is looked for, by secant steps; values only serve to tell which of two
stationary points leads down, so that rounding errors in them do no harm. The search ends at the
first trial that satisfies the Wolfe conditions (T1) or the approximate Wolfe conditions (T2).

Deviations: the bracketing phase, where it has gone too far (B2), looks between the last low point
and the trial, not between 0 and the trial. eps_k has a floor where phi(0) = 0 (`ApproximateWolfe`).
"""

from libc.math cimport NAN, isfinite

from fastls.oracle.oracle cimport as_real, oracle_t
from fastls.search.driver cimport VALUE_AND_SLOPE, drive, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport CONVERGED, RESOLUTION, UNBOUNDED, status_t
from fastls.step.conditions cimport ACCEPTABLE, judge, no_rise
from fastls.step.interpolation cimport point_t, secant
from fastls.step.method cimport (
    StepSearch, ask, at_alpha_max, bracket, clipped, point, problem_t, step_begin,
    step_parameters_t, step_t,
)

from fastls.step.conditions import ApproximateWolfe, Wolfe


cdef enum stage_t:
    BRACKETING                # no b is known
    FIRST_SECANT              # S1
    SECOND_SECANT             # S4
    BISECTION                 # L2


cdef struct hager_zhang_t:
    step_t step
    point_t a, b
    point_t former_a, former_b
    stage_t stage
    double c                  # the first secant step
    bint squeezing            # U3: b is high, and phi falls there
    double theta, gamma, rho


cdef inline status_t hager_zhang_begin(
    hager_zhang_t *s, const step_parameters_t *c, const problem_t *problem,
) noexcept nogil:
    cdef status_t status = step_begin(&s.step, c, problem)
    s.a = point(0.0, problem.origin.value, problem.origin.slope)
    s.b = s.former_a = s.former_b = s.a
    s.stage = BRACKETING
    s.squeezing = False
    s.c = NAN
    s.theta, s.gamma, s.rho = c.theta, c.gamma, c.rho
    bracket(&s.step, 0.0, s.step.alpha_max)
    ask(&s.step, VALUE_AND_SLOPE, clipped(&s.step, problem.alpha))
    return status


cdef inline bint is_acceptable(step_t *s, double value, double slope) noexcept nogil:
    """T1 or T2."""
    cdef double alpha = s.line.search.ask
    cdef bint t1 = judge(&s.condition, &s.line.origin, alpha, value, slope) == ACCEPTABLE
    s.is_rounded = not t1
    return (t1 or judge(&s.rounded, &s.line.origin, alpha, value, slope) == ACCEPTABLE) and (
        s.also.accepts is NULL or s.also.accepts(alpha, value, slope, s.also.data))


cdef inline status_t ask_inside(hager_zhang_t *s, stage_t stage, double alpha) noexcept nogil:
    s.stage = stage
    bracket(&s.step, s.a.alpha, s.b.alpha)
    s.step.line.base = s.a.alpha
    return ask(&s.step, VALUE_AND_SLOPE, alpha)


cdef inline bint is_inside(const hager_zhang_t *s, double alpha) noexcept nogil:
    return s.a.alpha < alpha < s.b.alpha


cdef inline status_t bisect(hager_zhang_t *s, stage_t stage, double share) noexcept nogil:
    cdef double alpha = s.a.alpha + share * (s.b.alpha - s.a.alpha)
    return ask_inside(s, stage, alpha) if is_inside(s, alpha) else RESOLUTION


cdef inline status_t next_iteration(hager_zhang_t *s) noexcept nogil:
    """L1: the first of two secant steps; where it leads nowhere, bisection."""
    cdef double alpha = secant(&s.a, &s.b)
    s.former_a = s.a
    s.former_b = s.b
    s.c = alpha
    if is_inside(s, alpha):
        return ask_inside(s, FIRST_SECANT, alpha)
    return bisect(s, BISECTION, 0.5)


cdef inline status_t after_first_secant(hager_zhang_t *s) noexcept nogil:
    """S2 to S4: a second secant step, through the end that the first has replaced, if any."""
    cdef double second = NAN
    if s.c == s.b.alpha:
        second = secant(&s.former_b, &s.b)
    elif s.c == s.a.alpha:
        second = secant(&s.former_a, &s.a)
    return ask_inside(s, SECOND_SECANT, second) if is_inside(s, second) else after_secants(s)


cdef inline status_t after_secants(hager_zhang_t *s) noexcept nogil:
    """L2: where they have not made the interval shorter by the factor gamma, bisection does."""
    if s.b.alpha - s.a.alpha > s.gamma * (s.former_b.alpha - s.former_a.alpha):
        return bisect(s, BISECTION, 0.5)
    return next_iteration(s)


cdef inline status_t go_farther(hager_zhang_t *s, double alpha) noexcept nogil:
    """B3."""
    if alpha >= s.step.alpha_max:
        return at_alpha_max(&s.step)
    s.step.line.base = alpha
    bracket(&s.step, alpha, s.step.alpha_max)
    cdef double longer = clipped(&s.step, s.rho * alpha)
    if not isfinite(longer):
        return UNBOUNDED
    return ask(&s.step, VALUE_AND_SLOPE, longer) if longer > alpha else RESOLUTION


cdef inline status_t hager_zhang_tell(
    search_t *search, double value, double slope,
) noexcept nogil:
    cdef hager_zhang_t *s = <hager_zhang_t *> search
    cdef point_t t = point(search.ask, value, slope)
    cdef bint low = no_rise(s.step.rounded.epsilon, &s.step.line.origin, t.alpha, value)
    if is_acceptable(&s.step, value, slope):
        return CONVERGED

    if slope >= 0.0:                       # U1, B1
        s.b = t
        s.squeezing = False
    elif low:                              # U2
        s.a = t
        if s.stage == BRACKETING and not s.squeezing:
            return go_farther(s, t.alpha)
    else:                                  # U3, B2
        s.b = t
        s.squeezing = True
    if s.squeezing:
        return bisect(s, s.stage, s.theta)
    if s.stage == FIRST_SECANT:
        return after_first_secant(s)
    if s.stage == SECOND_SECANT:
        return after_secants(s)
    return next_iteration(s)


cdef status_t run_hager_zhang(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer,
) noexcept nogil:
    cdef hager_zhang_t s
    cdef status_t status = hager_zhang_begin(&s, c, problem)
    status = drive(
        hager_zhang_tell, &s.step.line.search, status, oracle, c.max_evaluations, trace, True)
    answer[0] = s.step
    return status


cdef class HagerZhang(StepSearch):
    """HagerZhang(c1=0.1, c2=0.9, epsilon=1e-06, theta=0.5, gamma=0.66, rho=5.0, max_evaluations=60, *, alpha_max=10000000000.0)\n--\n
    The line search of Hager and Zhang: Wolfe conditions, undisturbed by rounding errors.

    Parameters
    ----------
    c1, c2 : float, optional
        The constants of the Wolfe conditions, 0 < c1 < 1/2, c1 <= c2 < 1.
    epsilon : float, optional
        By what share of itself phi(0) may be exceeded, >= 0.
    theta : float, optional
        Where the interval is divided when the function is high inside it, 0 < theta < 1.
    gamma : float, optional
        By what factor an iteration must shorten the interval, 0 < gamma < 1.
    rho : float, optional
        By what factor steps grow until a minimiser is bracketed, > 1.
    max_evaluations : int, optional
        The greatest number of steps tried.
    alpha_max : float, optional
        The longest step.

    Notes
    -----
    ``step.condition`` tells which conditions were met, `Wolfe` or `ApproximateWolfe`. The latter
    reach a minimiser as accurately as the slopes are computed, where values alone only allow
    √ε. Far from it they also accept some steps that the Wolfe conditions do
    not.

    References
    ----------
    .. [1] W. W. Hager and H. Zhang, "A new conjugate gradient method with guaranteed descent and an
       efficient line search", SIAM J. Optim. 16 (2005) 170-192.
    .. [2] W. W. Hager and H. Zhang, "Algorithm 851: CG_DESCENT", ACM TOMS 32 (2006) 113-137.

    Examples
    --------
    >>> import fastls
    >>> step = fastls.HagerZhang().search(lambda a: (1 - 2*a + a*a, 2*(a - 1)), alpha=10.0)
    >>> step.alpha, step.nfev, step.condition
    (1.0, 3, Wolfe(c1=0.1, c2=0.9))
    """

    def __cinit__(self, *args, **kwargs):
        self.size = sizeof(hager_zhang_t)
        self.hears = hager_zhang_tell

    def __init__(
        self, c1=0.1, c2=0.9, epsilon=1e-6, theta=0.5, gamma=0.66, rho=5.0, max_evaluations=60,
        *, alpha_max=1e10,
    ):
        self.rounded = ApproximateWolfe(c1, c2, epsilon)
        self.condition = Wolfe(c1, c2)
        self.c.condition = self.condition.formula
        self.c.rounded = self.rounded.formula
        self.set_limits(0.0, alpha_max, max_evaluations)
        self.c.theta = as_real(theta, "theta")
        self.c.gamma = as_real(gamma, "gamma")
        self.c.rho = as_real(rho, "rho")
        for name, value in (("theta", theta), ("gamma", gamma)):
            if not 0.0 < value < 1.0:
                raise ValueError(f"{name} must satisfy 0 < {name} < 1; got {value!r}")
        if not 1.0 < self.c.rho <= 1e10:
            raise ValueError(f"rho must satisfy 1 < rho <= 1e10; got {rho!r}")

    @property
    def theta(self):
        """Where the interval is divided when the function is high inside it."""
        return self.c.theta

    @property
    def gamma(self):
        """By what factor an iteration must shorten the interval."""
        return self.c.gamma

    @property
    def rho(self):
        """By what factor steps grow until a minimiser is bracketed."""
        return self.c.rho

    cdef dict parameters(self):
        return {
            "c1": self.condition.c1, "c2": self.condition.c2, "epsilon": self.rounded.epsilon,
            "theta": self.c.theta, "gamma": self.c.gamma, "rho": self.c.rho,
            "max_evaluations": self.c.max_evaluations, "alpha_max": self.c.alpha_max,
        }

    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil:
        return hager_zhang_begin(<hager_zhang_t *> s, &self.c, problem)

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        return run_hager_zhang(&self.c, problem, oracle, trace, answer)
