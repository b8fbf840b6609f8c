"""What the descent methods have in common: their parameters.

Each derives from `Descent`, and says which way to go; the loop around that is in iteration.pyx.
"""

from fastls.descent.exact_search cimport ExactSearch
from fastls.descent.objective cimport Objective
from fastls.interval.method cimport IntervalSearch
from fastls.oracle.oracle cimport as_real
from fastls.status cimport NOT_DESCENT, status_t
from fastls.step.initial_step cimport read_initial_step
from fastls.step.method cimport StepSearch

import operator

from fastls.step.nonmonotone import Nonmonotone


cdef class Descent:
    """A method that minimises a function of many variables by steps downhill.

    The parameters do not change once set, and a run keeps what it needs elsewhere, so one object
    may serve many threads.
    """

    cdef int set_stopping(self, gtol, norm, ftol, xtol, maxiter, maxfun, disp) except -1:
        self.gtol, self.norm = as_real(gtol, "gtol"), as_real(norm, "norm")
        self.ftol, self.xtol = as_real(ftol, "ftol"), as_real(xtol, "xtol")
        for name, value in (("gtol", self.gtol), ("ftol", self.ftol), ("xtol", self.xtol)):
            if not value >= 0.0:
                raise ValueError(f"{name} must be a number >= 0; got {value!r}")
        if not self.norm >= 1.0:
            raise ValueError(f"norm must be the order of a norm, >= 1 or inf; got {norm!r}")
        for name, value in (("maxiter", maxiter), ("maxfun", maxfun)):
            if value is None:
                continue
            try:
                sound = operator.index(value) >= 0
            except TypeError:
                raise TypeError(
                    f"{name} must be an integer >= 0 or None; got {value!r}") from None
            if not sound:
                raise ValueError(f"{name} must be an integer >= 0 or None; got {value!r}")
        self.maxiter, self.maxfun, self.disp = maxiter, maxfun, disp
        return 0

    cdef int set_search(self, search, initial_step, reference) except -1:
        if isinstance(search, StepSearch):
            (<StepSearch> search).check_method()
            self.searcher = search
        elif isinstance(search, IntervalSearch):
            (<IntervalSearch> search).check_method()
            self.searcher = ExactSearch(search)
        else:
            hint = f": write {search.__name__}()" if isinstance(search, type) else ""
            raise TypeError(
                "search must be a search for a step, such as fastls.HagerZhang(), or a method on "
                f"an interval, such as fastls.Brent(); got {search!r}{hint}")
        if reference is not None and not isinstance(reference, Nonmonotone):
            raise TypeError(f"reference must be a fastls.Nonmonotone or None; got {reference!r}")
        self.search, self.initial_step, self.reference = search, initial_step, reference
        self.rule = read_initial_step(initial_step, &self.constant)
        return 0

    cdef dict parameters(self):
        """The parameters, by name."""
        return {
            "search": self.search, "initial_step": self.initial_step, "gtol": self.gtol,
            "norm": self.norm, "ftol": self.ftol, "xtol": self.xtol, "maxiter": self.maxiter,
            "maxfun": self.maxfun, "disp": bool(self.disp),
        }

    def replaced(self, **parameters):
        """The same method with other parameters.

        Parameters
        ----------
        **parameters
            Those that are to differ, by name.

        Returns
        -------
        Descent
            Of the same kind.
        """
        return type(self)(**(self.parameters() | parameters))

    def names(self):
        """The names of the parameters.

        Returns
        -------
        list of str
        """
        return list(self.parameters())

    def __repr__(self):
        inside = ", ".join([f"{name}={value!r}" for name, value in self.parameters().items()])
        return f"{type(self).__name__}({inside})"

    def __reduce__(self):
        return restore, (type(self), self.parameters())

    cdef size_t room(self, Py_ssize_t size) noexcept nogil:
        """How many bytes the method needs to remember, zero at first."""
        return 0

    cdef status_t direction(self, descent_t *s, Objective f) noexcept nogil:
        """Set d and its slope, from the gradient and what is remembered."""
        return NOT_DESCENT

    cdef void learn(self, descent_t *s) noexcept nogil:
        """Remember what is to be remembered of the step just made."""

    def __call__(
        self, fun, x0, args=(), jac=None, hess=None, hessp=None, bounds=None, constraints=None,
        callback=None, **options,
    ):
        """Minimise, as a ``method`` of `scipy.optimize.minimize`.

        Parameters
        ----------
        fun, x0, args, jac, hess, hessp, callback
            As for `fastls.minimize`.
        bounds, constraints
            Not supported: a `ValueError` where they are given.
        **options
            Replace the parameters of this object.

        Returns
        -------
        Minimum
        """
        from fastls.descent.minimize import minimize

        return minimize(
            fun, x0, args, self, jac, hess=hess, hessp=hessp, bounds=bounds,
            constraints=constraints, callback=callback, **options)


def restore(kind, parameters):
    """Unpickle a method."""
    return kind(**parameters)
