"""Nonlinear conjugate gradients: d = -g + beta d.

Sources: Hager, W. W. and Zhang, H. (2005), A new conjugate gradient method with guaranteed descent
and an efficient line search, SIAM J. Optim. 16, 170-192, equations 1.3 to 1.6; Polak, E. and
Ribière, G. (1969), cut off at zero as by Gilbert, J. C. and Nocedal, J. (1992), SIAM J. Optim. 2,
21-42. On a quadratic with exact steps both are the method of Hestenes and Stiefel, which ends after
as many steps as there are variables.

    y       the change of the gradient
    eta     how far beta of Hager and Zhang may fall below zero

Every `restart` iterations the direction is that of steepest descent again.
"""

from libc.math cimport INFINITY, fmax, fmin, sqrt

from fastls.descent.method cimport Descent, descent_t, steepest
from fastls.descent.objective cimport Objective
from fastls.oracle.vector cimport dot
from fastls.status cimport RUNNING, status_t

import operator

from fastls.step.more_thuente import MoreThuente

cdef double ETA = 0.01


cdef double polak_ribiere(const descent_t *s) noexcept nogil:
    """<g, y>/<former g, former g>, or zero."""
    cdef Py_ssize_t n = s.at.size
    cdef double overlap = dot(s.at.g, s.at.former_g, n)
    cdef double square = dot(s.at.former_g, s.at.former_g, n)
    return fmax(0.0, (dot(s.at.g, s.at.g, n) - overlap) / square)


cdef double hager_zhang(const descent_t *s) noexcept nogil:
    """<y - 2 d <y, y>/<d, y>, g>/<d, y>, or -1/(|d| min(eta, |former g|))."""
    cdef Py_ssize_t n = s.at.size
    cdef double g_g = dot(s.at.g, s.at.g, n), overlap = dot(s.at.g, s.at.former_g, n)
    cdef double former_square = dot(s.at.former_g, s.at.former_g, n)
    cdef double d_g = dot(s.at.d, s.at.g, n), d_d = s.at.step_square / (s.at.alpha * s.at.alpha)
    cdef double d_y = d_g - s.at.former_slope
    cdef double y_y = g_g - 2.0 * overlap + former_square
    cdef double beta = (g_g - overlap - 2.0 * y_y * d_g / d_y) / d_y
    cdef double least = -1.0 / (sqrt(d_d) * fmin(ETA, sqrt(former_square)))
    return fmax(beta, least) if d_y > 0.0 else 0.0


cdef class ConjugateGradient(Descent):
    """ConjugateGradient(beta="polak-ribiere", restart=None, search=None, initial_step="quadratic", *, gtol=1e-05, norm=1e999, ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False)\n--\n
    Nonlinear conjugate gradients.

    Parameters
    ----------
    beta : {"polak-ribiere", "hager-zhang"}, optional
        How much of the last direction is kept; that of Polak and Ribière is never negative.
    restart : int, optional
        After how many iterations to begin again with steepest descent, >= 1; default 6 n.
    search : search for a step or method on an interval, optional
        Default: ``MoreThuente(c2=0.02)``. A method on an interval searches exactly.
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
    >>> method = fastls.descent.ConjugateGradient(search=fastls.Brent())
    >>> method(lambda x: x[0]**2 + 10*x[1]**2, [3.0, 4.0]).nit         # two variables
    2
    """

    cdef readonly str beta
    cdef readonly object restart
    cdef bint is_hager_zhang
    cdef Py_ssize_t cycle

    def __init__(
        self, beta="polak-ribiere", restart=None, search=None, initial_step="quadratic", *,
        gtol=1e-5, norm=INFINITY, ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False,
    ):
        if beta not in ("hager-zhang", "polak-ribiere"):
            raise ValueError(f"beta must be 'hager-zhang' or 'polak-ribiere'; got {beta!r}")
        self.cycle = 0 if restart is None else operator.index(restart)
        if restart is not None and self.cycle < 1:
            raise ValueError(f"restart must be an integer >= 1 or None; got {restart!r}")
        self.beta, self.restart, self.is_hager_zhang = beta, restart, beta == "hager-zhang"
        self.set_stopping(gtol, norm, ftol, xtol, maxiter, maxfun, disp)
        self.set_search(MoreThuente(c2=0.02) if search is None else search, initial_step, None)

    cdef dict parameters(self):
        return {"beta": self.beta, "restart": self.restart} | Descent.parameters(self)

    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil:
        cdef Py_ssize_t i, cycle = self.cycle if self.cycle > 0 else 6 * s.at.size
        cdef double beta
        if s.restart or s.nit % cycle == 0:
            steepest(s, 1.0)
            return RUNNING
        beta = hager_zhang(s) if self.is_hager_zhang else polak_ribiere(s)
        for i in range(s.at.size):
            s.at.d[i] = beta * s.at.d[i] - s.at.g[i]
        s.at.slope = dot(s.at.g, s.at.d, s.at.size)
        return RUNNING
