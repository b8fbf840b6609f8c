"""What the methods on an interval have in common: how they are given a problem."""

from libc.math cimport NAN, isfinite

from fastls.oracle.oracle cimport Oracle, as_oracle, as_real, check_raised, oracle_t
from fastls.search.dialogue cimport Dialogue, make_dialogue
from fastls.search.driver cimport search_t
from fastls.search.result cimport make_result
from fastls.search.search cimport Search
from fastls.search.trace cimport trace_array, trace_free, trace_t
from fastls.status cimport CONVERGED, RAISED, status_t

import operator

cdef extern from "Python.h":
    bint PyFloat_CheckExact(object o)
    double PyFloat_AS_DOUBLE(object o)
    const Py_ssize_t PY_SSIZE_T_MAX


cdef tuple as_tuple(object interval):
    if isinstance(interval, tuple):
        return <tuple> interval
    try:
        return tuple(interval)
    except TypeError:
        return ()


cdef inline double end_point(object value, str what) except? -1.0:
    return PyFloat_AS_DOUBLE(value) if PyFloat_CheckExact(value) else as_real(value, what)


cdef int read_interval(object interval, start_t *start) except -1:
    """Read (a, b), (a, mid, b) or a `Bracket`, with its values."""
    cdef tuple points = as_tuple(interval)
    cdef Py_ssize_t count = len(points)
    start.mid = start.fa = start.fmid = start.fb = NAN
    if count == 2:
        start.a = end_point(points[0], "interval[0]")
        start.b = end_point(points[1], "interval[1]")
    elif count == 3 or count == 7:
        start.a = end_point(points[0], "interval[0]")
        start.mid = end_point(points[1], "interval[1]")
        start.b = end_point(points[2], "interval[2]")
        if count == 7:
            start.fa = as_real(points[3], "interval[3]")
            start.fmid = as_real(points[4], "interval[4]")
            start.fb = as_real(points[5], "interval[5]")
            if not isfinite(start.fmid):
                start.fmid = NAN                   # to be computed, and judged, again
            if start.a > start.b:                  # as SciPy's may be
                start.a, start.b, start.fa, start.fb = start.b, start.a, start.fb, start.fa
        if not start.a < start.mid < start.b:
            raise ValueError(
                f"interval must be ordered, a < mid < b, or a Bracket that succeeded; got {interval!r}"
            )
    else:
        raise ValueError(
            f"interval must be one argument, (a, b), (a, mid, b) or a Bracket; got {interval!r}")
    if not (isfinite(start.a) and isfinite(start.b) and start.a <= start.b):
        raise ValueError(f"interval must have finite ends a <= b; got {interval!r}")
    return 0


cdef class IntervalSearch(Search):
    """A method that minimises a function of one real variable on an interval.

    The parameters do not change once set, and a search keeps what it needs elsewhere, so one
    object may serve many threads and many searches at a time.
    """

    def __init__(self, xtol, maxiter, rtol):
        self.xtol = as_real(xtol, "xtol")
        self.rtol = as_real(rtol, "rtol")
        if not 0.0 <= self.xtol < float("inf"):
            raise ValueError(f"xtol must be a finite number >= 0; got {xtol!r}")
        if not 0.0 <= self.rtol < float("inf"):
            raise ValueError(f"rtol must be a finite number >= 0; got {rtol!r}")
        try:
            self.maxiter = min(operator.index(maxiter), PY_SSIZE_T_MAX)
        except TypeError:
            raise TypeError(f"maxiter must be an integer >= 1; got {maxiter!r}") from None
        if self.maxiter < 1:
            raise ValueError(f"maxiter must be an integer >= 1; got {maxiter!r}")

    def __repr__(self):
        return (f"{type(self).__name__}(xtol={self.xtol!r}, maxiter={self.maxiter!r}, "
                f"rtol={self.rtol!r})")

    def __reduce__(self):
        return restore, (type(self), self.xtol, self.maxiter, self.rtol)

    cdef object result(
        self, const search_t *search, status_t status, Py_ssize_t nfev, Py_ssize_t ngev,
        object trace):
        return make_result(search, status, nfev, trace)

    cdef status_t begin_state(self, search_t *search, const start_t *start) noexcept nogil:
        """Set up a state of `size` bytes."""
        return CONVERGED

    cdef status_t run(
        self, const start_t *start, oracle_t *oracle, trace_t *trace, search_t *answer,
    ) noexcept nogil:
        """Drive a search from start to end."""
        return CONVERGED

    cdef int check_method(self) except -1:
        if self.hears is NULL:
            raise TypeError("IntervalSearch has no method of its own; use one that derives from it")
        if self.maxiter == 0:
            raise TypeError(f"__init__ of this {type(self).__name__} was not called")
        return 0

    cdef double length_to_shrink(self, object width) except -1.0:
        """The width from which an a priori count is asked for, checked."""
        cdef double length = as_real(width, "width")
        if not (length > 0.0 and isfinite(length)):
            raise ValueError(f"width must be a finite number > 0; got {width!r}")
        if self.xtol == 0.0:
            raise ValueError("xtol must be > 0 for an a priori count of evaluations; got 0.0")
        return length

    def minimize(self, f, interval, args=(), *, bint trace=False):
        """Minimise f on an interval.

        Parameters
        ----------
        f : callable or C callback
            The function, ``f(x, *args) -> float``; or a `scipy.LowLevelCallable`, a PyCapsule, a
            `numba.cfunc`, a ctypes or a cffi function pointer of signature ``double (double)`` or
            ``double (double, void *)``, which is called without the GIL.
        interval : (a, b), (a, mid, b) or Bracket
            Finite ends a <= b; a point between them to begin with; or what `fastls.bracket`
            returned, whose values are then not computed again.
        args : tuple, optional
            Further arguments of a Python callable.
        trace : bool, optional
            Whether to keep what was asked and answered, as ``result.trace``.

        Returns
        -------
        Result

        Raises
        ------
        ValueError, TypeError
            If the interval or f is not of these kinds. Whatever f raises comes through unchanged.

        Warnings
        --------
        A C callback must not need the GIL: one of Cython's has to be declared ``nogil``, which its
        signature does not tell, and crashes otherwise. ctypes and cffi print what a Python
        function behind their pointers raises, and return 0; hand over the function itself.
        """
        cdef start_t start
        cdef search_t answer
        cdef status_t status
        cdef trace_t records
        self.check_method()
        read_interval(interval, &start)
        cdef Oracle oracle = as_oracle(f, args)
        if not trace:
            status = self.solve(&start, oracle, NULL, &answer)
            return make_result(&answer, status, oracle.c.nfev, None)
        records = trace_t(NULL, 0, 0, False)
        try:
            status = self.solve(&start, oracle, &records, &answer)
            return make_result(&answer, status, oracle.c.nfev, trace_array(&records, False))
        finally:
            trace_free(&records)

    cdef status_t solve(
        self, const start_t *start, Oracle oracle, trace_t *trace, search_t *answer,
    ) except RAISED:
        """Run the search, without the GIL where it is not needed."""
        cdef status_t status
        if oracle.c.is_python:
            status = self.run(start, &oracle.c, trace, answer)
        else:
            with nogil:
                status = self.run(start, &oracle.c, trace, answer)
        return check_raised(status)

    def begin(self, interval):
        """Begin the same search as a dialogue, for a function that cannot be called back.

        Parameters
        ----------
        interval : (a, b), (a, mid, b) or Bracket
            As for `minimize`.

        Returns
        -------
        Dialogue
        """
        cdef start_t start
        self.check_method()
        read_interval(interval, &start)
        cdef Dialogue dialogue = make_dialogue(self, self.maxiter)
        dialogue.status = self.begin_state(dialogue.search, &start)
        return dialogue


    def __call__(self, fun, args=(), bracket=None, bounds=None, **options):
        """Minimise as a ``method`` of `scipy.optimize.minimize_scalar`.

        Parameters
        ----------
        fun : callable or C callback
            The function.
        args : tuple, optional
            Further arguments of a Python callable.
        bracket : (a, b) or (a, mid, b), optional
            Points to begin with; from two (default 0 and 1) a minimum is bracketed downhill.
        bounds : (a, b), optional
            The interval; takes precedence over bracket.
        **options
            ``xtol`` (also as ``tol`` or ``xatol``), ``rtol`` and ``maxiter`` replace those of this
            object; ``trace=True`` keeps a trace; ``disp`` as in SciPy.

        Returns
        -------
        Result

        Examples
        --------
        >>> import fastls
        >>> fastls.GoldenSection()(lambda x: (x - 3)**2, tol=1e-4).status.name
        'CONVERGED'
        """
        from fastls.interval.minimize_scalar import minimize_with

        return minimize_with(self, fun, args, bracket, bounds, options)


def restore(kind, xtol, maxiter, rtol):
    """Unpickle a search."""
    return kind(xtol, maxiter, rtol=rtol)
