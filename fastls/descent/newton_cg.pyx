"""Newton's method, truncated: H d = -g by conjugate gradients, as accurately as is of use.

Sources: Dembo, R. S. and Steihaug, T. (1983), Truncated-Newton algorithms for large-scale
unconstrained optimization, Math. Programming 26, 190-212; Nocedal and Wright, Numerical Optimization,
2nd ed. (2006), algorithm 7.1; Eisenstat, S. C. and Walker, H. F. (1996), Choosing the forcing terms
in an inexact Newton method, SIAM J. Sci. Comput. 17, 16-32, choice 2 with gamma = 0.9.

    r       the residual H d + g
    p       the direction of the inner iteration
    eta     the forcing term: the inner iteration ends where |r| <= eta |g|

Where the curvature along p is not positive, the inner iteration ends with what it has; at its first
iteration that is -g, as long as a parabola of that curvature, upside down, would have it.
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, fabs, fmax, fmin, sqrt
from libc.string cimport memset

from fastls.descent.method cimport Descent, descent_t, steepest
from fastls.descent.objective cimport Objective
from fastls.oracle.oracle cimport as_real
from fastls.oracle.vector cimport add_scaled, dot, scale_to
from fastls.status cimport RAISED, RUNNING, status_t

from fastls.step.more_thuente import MoreThuente

cdef double GAMMA = 0.9


cdef struct newton_t:
    double eta                # the last forcing term
    double norm               # of the gradient for which it was; 0 at first


cdef class NewtonCG(Descent):
    """NewtonCG(forcing=0.5, search=None, initial_step="constant", *, gtol=1e-05, norm=1e999, ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False)\n--\n
    Truncated Newton: few iterations, each with several products of the Hessian with a vector.

    Parameters
    ----------
    forcing : float, optional
        The greatest forcing term, and the first, 0 <= forcing < 1. The smaller, the closer is each
        direction to Newton's.
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
    >>> fastls.minimize(lambda x: x @ x - x[0] - x[1], [3.0, 4.0], method="newton-cg").x
    array([0.5, 0.5])
    """

    cdef readonly double forcing

    def __init__(
        self, forcing=0.5, search=None, initial_step="constant", *, gtol=1e-5, norm=INFINITY,
        ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False,
    ):
        self.forcing = as_real(forcing, "forcing")
        if not 0.0 <= self.forcing < 1.0:
            raise ValueError(f"forcing must satisfy 0 <= forcing < 1; got {forcing!r}")
        self.set_stopping(gtol, norm, ftol, xtol, maxiter, maxfun, disp)
        self.set_search(MoreThuente() if search is None else search, initial_step, None)
        self.is_keen = self.initial_step == "constant"

    cdef dict parameters(self):
        return {"forcing": self.forcing} | Descent.parameters(self)

    cdef size_t room(self, Py_ssize_t size) noexcept nogil:
        """The forcing term, then r, p and H p."""
        return sizeof(newton_t) + 3 * size * sizeof(double)

    cdef double forcing_term(self, newton_t *newton, double norm) noexcept nogil:
        """Eisenstat and Walker's, which falls no faster than its own square while it is large."""
        cdef double eta = self.forcing, guard = GAMMA * newton.eta * newton.eta
        if newton.norm > 0.0:
            eta = GAMMA * (norm / newton.norm) * (norm / newton.norm)
            if guard > 0.1:
                eta = fmax(eta, guard)
        newton.eta = fmin(eta, self.forcing)
        newton.norm = norm
        return newton.eta

    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil:
        cdef newton_t *newton = <newton_t *> s.memory
        cdef Py_ssize_t i, k, n = s.at.size
        cdef double *d = s.at.d
        cdef double *r = <double *> (newton + 1)
        cdef double *p = r + n
        cdef double *product = p + n
        cdef double square = dot(s.at.g, s.at.g, n), former, curvature, step, enough
        if s.restart:                      # no use has been found for Newton's direction here
            steepest(s, fmin(1.0, 1.0 / sqrt(square)))
            return RUNNING
        enough = fmax(self.forcing_term(newton, sqrt(square)), 4.0 * DBL_EPSILON) * sqrt(square)
        memset(d, 0, n * sizeof(double))
        scale_to(r, 1.0, s.at.g, n)
        scale_to(p, -1.0, s.at.g, n)
        for k in range(20 * n):
            if f.hessian_product(p, product) != 0:
                return RAISED
            curvature = dot(p, product, n)
            if not curvature > 3.0 * DBL_EPSILON * dot(p, p, n):
                if k == 0:
                    step = square / fabs(curvature)
                    steepest(s, step if 0.0 < step < 1e10 else fmin(1.0, 1.0 / sqrt(square)))
                    return RUNNING
                break
            step = square / curvature
            add_scaled(d, step, p, n)
            add_scaled(r, step, product, n)
            former, square = square, dot(r, r, n)
            if sqrt(square) <= enough:
                break
            for i in range(n):
                p[i] = square / former * p[i] - r[i]
        s.at.slope = dot(s.at.g, d, n)
        return RUNNING
