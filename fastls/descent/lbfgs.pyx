"""L-BFGS: Newton's direction, with an inverse Hessian made of the last steps.

Sources: Nocedal, J. (1980), Updating quasi-Newton matrices with limited storage, Math. Comp. 35,
773-782; Nocedal and Wright, Numerical Optimization, 2nd ed. (2006), algorithms 7.4 and 7.5, whose
names these are:

    s, y    the last steps, and the changes of the gradient along them, in a ring: m pairs
    rho     1/<s, y>
    gamma   <s, y>/<y, y> of the newest pair: the inverse Hessian before any pair is used

A pair whose <s, y> is not positive by more than rounding is left out: the matrix stays positive
definite.

The change of the gradient tells the mean curvature along a step. The values, which are known, tell
with the slopes how it varies: y is scaled by t of Biggs, M. C. (1973), A note on minimization
algorithms which make use of non-quadratic properties of the objective function, J. Inst. Maths
Applics 12, 337-338, so that <s, y> is the curvature of their cubic where the step ends. Of a
quadratic, t is 1. Here 1/2 <= t <= 2.
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, fabs, fmax, fmin, sqrt

from fastls.descent.method cimport Descent, descent_t, steepest
from fastls.descent.objective cimport Objective
from fastls.oracle.vector cimport add_scaled, difference, dot, scale_to
from fastls.status cimport RUNNING, status_t
from fastls.step.initial_step cimport iterate_t

import operator

from fastls.step.more_thuente import MoreThuente


cdef double BOUND = 2.0        # of t, and of 1/t
cdef double NOISE = 1e-12      # a change of the value below this share of it tells nothing


cdef struct pairs_t:
    Py_ssize_t count          # how many there are
    Py_ssize_t next           # where the next one goes
    double gamma


cdef inline double curvature_ratio(const iterate_t *at) noexcept nogil:
    """t: the curvature where the last step ended, to the mean along it, of the cubic."""
    cdef double slope = at.former_slope * at.alpha + at.curvature      # both along s = alpha d
    if not at.curvature > NOISE * fmax(fabs(at.value), fabs(at.former_value)):
        return 1.0
    return fmin(fmax(6.0 * (at.former_value - at.value + slope) / at.curvature - 2.0,
                     1.0 / BOUND), BOUND)


cdef class LBFGS(Descent):
    """LBFGS(memory=10, search=None, initial_step="constant", *, gtol=1e-05, norm=1e999, ftol=2.220446049250313e-09, xtol=0.0, maxiter=None, maxfun=None, disp=False)\n--\n
    L-BFGS, the quasi-Newton method for many variables.

    Parameters
    ----------
    memory : int, optional
        How many steps are remembered, >= 1.
    search : search for a step, optional
        Default: ``MoreThuente()``.
    initial_step : str or float, optional
        The step tried first: "constant" (1), a number (that constant), "previous", "quadratic",
        "hager-zhang" or "barzilai-borwein".
    gtol, norm : float, optional
        The norm of the gradient at which to stop, and the order of that norm.
    ftol : float, optional
        The decrease, relative to ``max(|f|, 1)``, at which to stop; 0 for never.
    xtol : float, optional
        The mean absolute change of x at which to stop; 0 for never.
    maxiter, maxfun : int, optional
        The greatest numbers of iterations, default max(200 n, 1000), and of values, after which no
        other iteration begins.
    disp : bool, optional
        Whether to print how it ended.

    Examples
    --------
    >>> import fastls
    >>> from scipy.optimize import minimize, rosen, rosen_der
    >>> found = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method=fastls.descent.LBFGS(memory=5))
    >>> found.x.round(4)
    array([1., 1.])
    """

    cdef readonly Py_ssize_t memory

    def __init__(
        self, memory=10, search=None, initial_step="constant", *, gtol=1e-5, norm=INFINITY,
        ftol=1e7 * DBL_EPSILON, xtol=0.0, maxiter=None, maxfun=None, disp=False,
    ):
        try:
            self.memory = operator.index(memory)
        except TypeError:
            raise TypeError(f"memory must be an integer >= 1; got {memory!r}") from None
        if self.memory < 1:
            raise ValueError(f"memory must be an integer >= 1; got {memory!r}")
        self.set_stopping(gtol, norm, ftol, xtol, maxiter, maxfun, disp)
        self.set_search(MoreThuente() if search is None else search, initial_step, None)
        self.is_keen = self.initial_step == "constant"

    cdef dict parameters(self):
        return {"memory": self.memory} | Descent.parameters(self)

    cdef size_t room(self, Py_ssize_t size) noexcept nogil:
        """The counts, then rho and the weights of the two loops, then s and y, pair by pair."""
        return sizeof(pairs_t) + 2 * self.memory * (size + 1) * sizeof(double)

    cdef inline double *numbers(self, descent_t *s) noexcept nogil:
        return <double *> (<pairs_t *> s.memory + 1)

    cdef inline double *pair(self, descent_t *s, Py_ssize_t i) noexcept nogil:
        return self.numbers(s) + 2 * self.memory + 2 * i * s.at.size

    cdef void learn(self, descent_t *s) noexcept nogil:
        cdef pairs_t *pairs = <pairs_t *> s.memory
        cdef Py_ssize_t n = s.at.size
        cdef double *step = self.pair(s, pairs.next)
        cdef double *change = step + n
        cdef double square, t
        difference(change, s.at.g, s.at.former_g, n)
        square = dot(change, change, n)
        if not s.at.curvature > DBL_EPSILON * square:
            return
        t = curvature_ratio(&s.at)
        scale_to(step, s.at.alpha, s.at.d, n)
        scale_to(change, t, change, n)
        self.numbers(s)[pairs.next] = 1.0 / (t * s.at.curvature)
        pairs.gamma = s.at.curvature / (t * square)
        pairs.next = (pairs.next + 1) % self.memory
        pairs.count = min(pairs.count + 1, self.memory)

    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil:
        cdef pairs_t *pairs = <pairs_t *> s.memory
        cdef Py_ssize_t n = s.at.size, m = self.memory, i, k
        cdef double *d = s.at.d
        cdef double *rho = self.numbers(s)
        cdef double *weights = rho + m
        cdef double *pair
        if s.restart:
            pairs.count = 0
        if pairs.count == 0:
            steepest(s, fmin(1.0, 1.0 / sqrt(dot(s.at.g, s.at.g, n))))
            return RUNNING
        scale_to(d, -1.0, s.at.g, n)
        for k in range(1, pairs.count + 1):
            i = (pairs.next + m - k) % m
            pair = self.pair(s, i)
            weights[i] = rho[i] * dot(pair, d, n)
            add_scaled(d, -weights[i], pair + n, n)
        scale_to(d, pairs.gamma, d, n)
        for k in range(pairs.count, 0, -1):
            i = (pairs.next + m - k) % m
            pair = self.pair(s, i)
            add_scaled(d, weights[i] - rho[i] * dot(pair + n, d, n), pair, n)
        s.at.slope = dot(s.at.g, d, n)
        return RUNNING
