"""What the searches for a step have in common: how they are given a problem."""

from cpython.ref cimport PyObject
from libc.math cimport INFINITY, NAN, isfinite

from fastls.oracle.line cimport Line, as_line
from fastls.oracle.oracle cimport (
    Oracle, as_real, as_sloped_oracle, check_raised, check_returned, oracle_t,
)
from fastls.search.dialogue cimport Dialogue, make_dialogue
from fastls.search.driver cimport (
    SLOPE, VALUE, VALUE_AND_SLOPE, evaluate, search_t, sloped_search_t, wanted_t,
)
from fastls.search.result cimport Step, make_step
from fastls.search.search cimport Search
from fastls.search.trace cimport trace_array, trace_free, trace_t
from fastls.status cimport CONVERGED, RUNNING, STATIONARY, status_t
from fastls.step.conditions cimport Condition, rounded_form, rounded_formula

import operator

cdef extern from "Python.h":
    bint PyFloat_CheckExact(object o)
    double PyFloat_AS_DOUBLE(object o)
    const Py_ssize_t PY_SSIZE_T_MAX


cdef inline double number(object value, str name) except? -1.0:
    return PyFloat_AS_DOUBLE(value) if PyFloat_CheckExact(value) else as_real(value, name)


cdef inline double number_or_nan(object value, str name) except? -1.0:
    return NAN if value is None else number(value, name)


cdef struct further_t:
    PyObject *condition       # a Python callable
    PyObject *line            # the Line of a search among many variables, else NULL
    oracle_t *oracle


cdef int ask_further(further_t *further, double alpha, double value, double slope) except -1:
    cdef object condition = <object> further.condition
    cdef Line line
    if not callable(condition):
        raise TypeError(f"extra_condition must be callable; got {condition!r}")
    if further.line is NULL:
        return bool(condition(alpha, value, slope if slope == slope else None))
    line = <Line> further.line
    gradient = line.gradient(alpha)
    if gradient is not None:
        gradient = gradient.copy()
    return bool(condition(alpha, line.point(alpha), value, gradient))


# The exception stays in the thread state, as in oracle.pyx.
ctypedef int (*ask_further_function)(
    further_t *further, double alpha, double value, double slope) noexcept


cdef bint further_accepts(double alpha, double value, double slope, void *data) noexcept nogil:
    """Ask the user's extra condition; where it raises, the search ends here."""
    cdef further_t *further = <further_t *> data
    cdef int answer
    with gil:
        answer = (<ask_further_function> <void *> ask_further)(further, alpha, value, slope)
    if answer == -1:
        further.oracle.raised = True
    return answer != 0


cdef class StepSearch(Search):
    """A method that finds a step along a direction.

    The parameters do not change once set, and a search keeps what it needs elsewhere, so one
    object may serve many threads and many searches at a time.
    """

    def __cinit__(self, *args, **kwargs):
        self.slopes = True

    cdef int set_limits(self, alpha_min, alpha_max, max_evaluations) except -1:
        self.c.alpha_min = as_real(alpha_min, "alpha_min")
        self.c.alpha_max = as_real(alpha_max, "alpha_max")
        if not 0.0 <= self.c.alpha_min < INFINITY:
            raise ValueError(f"alpha_min must be a finite number >= 0; got {alpha_min!r}")
        if not (self.c.alpha_max > 0.0 and self.c.alpha_max >= self.c.alpha_min):
            raise ValueError(f"alpha_max must be > 0 and >= alpha_min; got {alpha_max!r}")
        try:
            self.c.max_evaluations = min(operator.index(max_evaluations), PY_SSIZE_T_MAX)
        except TypeError:
            raise TypeError(
                f"max_evaluations must be an integer >= 1; got {max_evaluations!r}") from None
        if self.c.max_evaluations < 1:
            raise ValueError(f"max_evaluations must be an integer >= 1; got {max_evaluations!r}")
        return 0

    cdef int set_condition(self, object condition, tuple allowed) except -1:
        """What is asked of the step, and the same told by slopes where it can be."""
        if type(condition) not in allowed:
            names = ", ".join([kind.__name__ for kind in allowed])
            raise TypeError(f"condition must be of the kind {names}; got {condition!r}")
        self.condition = condition
        self.c.condition = self.condition.formula
        self.c.rounded = rounded_formula(&self.c.condition)
        self.rounded = rounded_form(self.condition)
        return 0

    cdef int check_method(self) except -1:
        if self.hears is NULL:
            raise TypeError("StepSearch has no method of its own; use one that derives from it")
        if self.condition is None:
            raise TypeError(f"__init__ of this {type(self).__name__} was not called")
        return 0

    @property
    def alpha_min(self):
        """The shortest step."""
        return self.c.alpha_min

    @property
    def alpha_max(self):
        """The longest step."""
        return self.c.alpha_max

    @property
    def max_evaluations(self):
        """The greatest number of steps tried."""
        return self.c.max_evaluations

    cdef dict parameters(self):
        """The parameters, by name."""
        return {}

    def __repr__(self):
        inside = ", ".join([f"{name}={value!r}" for name, value in self.parameters().items()])
        return f"{type(self).__name__}({inside})"

    def __reduce__(self):
        return restore, (type(self), self.parameters())

    cdef status_t begin_state(self, step_t *s, const problem_t *problem) noexcept nogil:
        """Set up a state of `size` bytes."""
        return CONVERGED

    cdef status_t run(
        self, const problem_t *problem, oracle_t *oracle, trace_t *trace, step_t *answer,
    ) noexcept nogil:
        """Drive a search from start to end."""
        return CONVERGED

    def search(
        self, phi, dphi=None, alpha=1.0, *, args=(), phi0=None, slope0=None, reference=None,
        alpha_max=None, extra_condition=None, bint trace=False,
    ):
        """Search along a function of one variable.

        Parameters
        ----------
        phi : callable, Tape, Ray or C callback
            ``phi(alpha, *args) -> (value, slope)``; or the value alone, with dphi for the slope, or
            without where none is needed. A Tape of one number has both. Also a C callback, called
            without the GIL, of signature ``int (double, double *, double *, void *)``, which puts
            value and slope where the pointers say and returns 0 (or another number to stop the
            search); or of one of the signatures of dphi.
        dphi : callable or C callback, optional
            ``dphi(alpha, *args) -> slope``, called only where the slope is needed; or a C callback
            of signature ``double (double)`` or ``double (double, void *)``.
        alpha : float, optional
            The step to try first, > 0.
        args : tuple, optional
            Further arguments of Python callables.
        phi0, slope0 : float, optional
            phi(0) and phi'(0), where they are known; else they are evaluated.
        reference : float or Nonmonotone, optional
            What takes the place of phi(0) where a value must not be higher.
        alpha_max : float, optional
            The longest step of this search, > 0, if shorter than that of the object.
        extra_condition : callable, optional
            ``extra_condition(alpha, value, slope) -> bool``, asked where a step is acceptable
            otherwise; slope is None where it is not known.
        trace : bool, optional
            Whether to keep what was asked and answered, as ``step.trace``.

        Returns
        -------
        Step

        Raises
        ------
        ValueError, TypeError
            If an argument is not of these kinds. Whatever phi raises comes through unchanged.
        """
        cdef problem_t problem
        cdef Oracle oracle = as_sloped_oracle(phi, dphi, args)
        read_problem(&problem, alpha, phi0, slope0, alpha_max, "phi0")
        problem.has_slopes = dphi is not None or gives_all(&oracle.c)
        cdef further_t further = further_t(<PyObject *> extra_condition, NULL, &oracle.c)
        if extra_condition is not None:
            problem.also = also_t(further_accepts, &further)
        return self.solve(&oracle.c, &problem, reference, trace)

    def step(
        self, f, grad, x, d=None, alpha=1.0, *, args=(), f0=None, grad0=None, reference=None,
        alpha_max=None, extra_condition=None, bint trace=False,
    ):
        """Search from a point of many variables in a direction.

        Parameters
        ----------
        f : callable or Tape
            ``f(x, *args) -> float``; or, where grad is None, ``f(x, *args) -> (value, gradient)``.
            A Tape needs no grad, and is searched along its `Ray`, without the GIL.
        grad : callable or None
            ``grad(x, *args) -> array``, called only where the slope is needed.
        x, d : array_like
            The point and the direction, of the same shape; both are needed.
        alpha : float, optional
            The step to try first, > 0: the first point is ``x + alpha*d``.
        args : tuple, optional
            Further arguments of f and grad.
        f0 : float, optional
            f(x), if it is known.
        grad0 : array_like, optional
            The gradient at x, if it is known.
        reference : float or Nonmonotone, optional
            What takes the place of f(x) where a value must not be higher.
        alpha_max : float, optional
            The longest step of this search, > 0, if shorter than that of the object.
        extra_condition : callable, optional
            ``extra_condition(alpha, x, value, gradient) -> bool``, asked where a step is acceptable
            otherwise; the gradient is None where it is not known.
        trace : bool, optional
            Whether to keep what was asked and answered, as ``step.trace``.

        Returns
        -------
        Step
            With the point ``x``, and the gradient ``grad`` there where it is known.

        Raises
        ------
        ValueError, TypeError
            If an argument is not of these kinds. Whatever f or grad raise comes through unchanged.

        Notes
        -----
        Each call of f and grad is handed an array of its own.
        """
        cdef problem_t problem
        if d is None:
            raise TypeError(
                "step(f, grad, x, d) lacks one of these: grad is None where f is a tape, or returns "
                "(value, gradient)")
        cdef Line line = as_line(f, grad, x, d, args)
        cdef Step found
        read_problem(&problem, alpha, f0, None, alpha_max, "f0")
        problem.has_slopes = grad is not None or gives_all(&line.c)
        if grad0 is not None:
            problem.origin.slope = line.slope_of(grad0, 0.0)
            problem.known |= SLOPE
        cdef further_t further = further_t(
            <PyObject *> extra_condition, <PyObject *> line, &line.c)
        if extra_condition is not None:
            problem.also = also_t(further_accepts, &further)
        found = self.solve(&line.c, &problem, reference, trace)
        found.x = line.point(found.alpha)
        found.grad = line.gradient(found.alpha)
        return found

    cdef Step solve(
        self, oracle_t *oracle, problem_t *problem, object reference, bint trace):
        """Run the search, without the GIL where it is not needed."""
        cdef trace_t records = trace_t(NULL, 0, 0, False)
        cdef trace_t *kept = &records if trace else NULL
        cdef step_t answer
        cdef status_t status
        self.check_method()
        try:
            if oracle.is_python:
                status = evaluate_origin(oracle, problem, kept)
            else:
                with nogil:
                    status = evaluate_origin(oracle, problem, kept)
            check_raised(status)
            set_reference(&problem.origin, reference)
            if status != RUNNING:
                begin_at(&answer.line, &problem.origin)
            elif oracle.is_python:
                status = self.run(problem, oracle, kept, &answer)
            else:
                with nogil:
                    status = self.run(problem, oracle, kept, &answer)
            check_raised(status)
            return self.result(
                &answer.line.search, status, oracle.nfev, oracle.ngev,
                trace_array(&records, True) if trace else None)
        finally:
            trace_free(&records)

    def begin(self, phi0, slope0, alpha=1.0, *, reference=None, alpha_max=None):
        """Begin the same search as a dialogue, for a function that cannot be called back.

        Parameters
        ----------
        phi0, slope0 : float
            phi(0) and phi'(0).
        alpha : float, optional
            The step to try first, > 0.
        reference : float or Nonmonotone, optional
            What takes the place of phi(0) where a value must not be higher.
        alpha_max : float, optional
            The longest step of this search, > 0, if shorter than that of the object.

        Returns
        -------
        Dialogue
            Its result is a `Step`.
        """
        cdef problem_t problem
        read_problem(
            &problem, alpha, number(phi0, "phi0"), number(slope0, "slope0"), alpha_max, "phi0")
        set_reference(&problem.origin, reference)
        self.check_method()
        cdef Dialogue dialogue = make_dialogue(self, self.c.max_evaluations)
        dialogue.status = self.begin_state(<step_t *> dialogue.search, &problem)
        return dialogue

    cdef object result(
        self, const search_t *search, status_t status, Py_ssize_t nfev, Py_ssize_t ngev,
        object trace):
        cdef const step_t *s = <const step_t *> search
        cdef Step found = make_step(&s.line, status, nfev, ngev, trace)
        if status == CONVERGED or status == STATIONARY:
            found.condition = self.condition
            if status == CONVERGED and s.is_rounded:
                found.condition = self.rounded
        return found


cdef bint gives_all(const oracle_t *oracle) noexcept nogil:
    """Whether it can be asked for values, slopes or both, as the ray of a recorded function can."""
    return oracle.value is not NULL and oracle.value_and_slope is not NULL


cdef int read_problem(
    problem_t *problem, object alpha, object value0, object slope0, object alpha_max,
    str value0_name,
) except -1:
    problem.alpha = number(alpha, "alpha")
    if not 0.0 < problem.alpha < INFINITY:
        hint = "" if problem.alpha != 0.0 else (
            ", as of a search that failed: its message says why")
        raise ValueError(f"alpha must be a finite number > 0; got {alpha!r}{hint}")
    problem.alpha_max = INFINITY if alpha_max is None else number(alpha_max, "alpha_max")
    if not problem.alpha_max > 0.0:
        raise ValueError(f"alpha_max must be > 0; got {alpha_max!r}")
    problem.origin.value = number_or_nan(value0, value0_name)
    problem.origin.slope = number_or_nan(slope0, "slope0")
    problem.known = (0 if value0 is None else VALUE) + (0 if slope0 is None else SLOPE)
    problem.has_slopes = False
    problem.also = also_t(NULL, NULL)
    return 0


cdef int set_reference(origin_t *origin, object reference) except -1:
    """Of a search from a point that is known now."""
    origin.reference = origin.value
    if reference is not None and isfinite(origin.value):
        if callable(reference):
            reference = reference(origin.value)
            check_returned(reference, "reference", origin.value)
        origin.reference = as_real(reference, "reference")
        if not isfinite(origin.reference):
            raise ValueError(f"reference must be finite; got {origin.reference!r}")
    return 0


cdef status_t evaluate_origin(
    oracle_t *oracle, problem_t *problem, trace_t *trace,
) noexcept nogil:
    """Ask for what is not known of phi(0) and phi'(0)."""
    cdef sloped_search_t s
    cdef status_t status
    cdef int missing = VALUE_AND_SLOPE - problem.known
    if missing == 0:
        return RUNNING
    begin_at(&s, &problem.origin)
    s.told = problem.origin.value
    # A slope that comes with the value is not to be had alone.
    s.wants = <wanted_t> missing
    if missing == SLOPE and oracle.value_and_slope is not NULL:
        s.wants = VALUE_AND_SLOPE
    cdef double value, slope
    status = evaluate(&s, oracle, trace, &value, &slope)
    if missing & VALUE:
        problem.origin.value = value
    if missing & SLOPE:
        problem.origin.slope = slope
    return status


def restore(kind, parameters):
    """Unpickle a search."""
    return kind(**parameters)
