"""Gradient descent: straight down, d = -g.

With steps by Barzilai and Borwein and a nonmonotone reference it is the method of Raydan, M. (1997),
The Barzilai and Borwein gradient method for the large scale unconstrained minimization problem, SIAM
J. Optim. 7, 26-33, which needs a small fraction of the iterations of Cauchy's (1847), with steps
exact or always the same.
"""

from libc.math cimport INFINITY

from fastls.descent.method cimport Descent, descent_t, steepest
from fastls.descent.objective cimport Objective
from fastls.status cimport RUNNING, status_t

from fastls.step.backtracking import Backtracking
from fastls.step.nonmonotone import Nonmonotone


cdef class GradientDescent(Descent):
    """GradientDescent(search=None, initial_step="barzilai-borwein", reference=None, *, gtol=1e-05, norm=1e999, ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False)\n--\n
    Gradient descent, with steps by Barzilai and Borwein unless told otherwise.

    Parameters
    ----------
    search : search for a step or method on an interval, optional
        Default: ``Backtracking(interpolation="quadratic")``, and then the reference is
        ``Nonmonotone(10)``. A method on an interval searches exactly.
    initial_step : str or float, optional
        The step tried first: "constant" (1), a number (that constant), "previous", "quadratic",
        "hager-zhang" or "barzilai-borwein".
    reference : Nonmonotone, optional
        What a value must not exceed; each run begins with a fresh copy.
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
    >>> fastls.descent.GradientDescent()(lambda x: (x - 1) @ (x - 1), [3.0, 4.0]).x.round(6)
    array([1., 1.])
    """

    def __init__(
        self, search=None, initial_step="barzilai-borwein", reference=None, *, gtol=1e-5,
        norm=INFINITY, ftol=0.0, xtol=0.0, maxiter=None, maxfun=None, disp=False,
    ):
        if search is None:
            search = Backtracking(interpolation="quadratic")
            if reference is None:
                reference = Nonmonotone(10)
        self.set_stopping(gtol, norm, ftol, xtol, maxiter, maxfun, disp)
        self.set_search(search, initial_step, reference)

    cdef dict parameters(self):
        return Descent.parameters(self) | {"reference": self.reference}

    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil:
        steepest(s, 1.0)
        return RUNNING
