"""What a search hands back."""

cimport cython

from fastls.search.driver cimport search_t, sloped_search_t
from fastls.status cimport CONVERGED, RESOLUTION, STATIONARY, status_t

from fastls.status import Status

FIELDS = ("message", "success", "status", "fun", "x", "interval", "nfev", "nit", "trace")
STEP_FIELDS = (
    "message", "success", "status", "alpha", "value", "slope", "value0", "slope0", "condition",
    "nfev", "ngev", "x", "grad", "trace",
)


cdef class Record:
    """Fields that are read as attributes or, as in SciPy, as keys."""

    cdef tuple fields(self):
        return ()

    @property
    def status(self):
        return Status(self.code)

    @property
    def message(self):
        return Status(self.code).message

    def keys(self):
        """The names of the fields."""
        return list(self.fields())

    def values(self):
        """The fields."""
        return [self[name] for name in self.fields()]

    def items(self):
        """The names of the fields and the fields."""
        return list(zip(self.fields(), self.values()))

    def get(self, key, default=None):
        """The field named key, or default if there is none."""
        return self[key] if key in self.fields() else default

    def __iter__(self):
        return iter(self.fields())

    def __len__(self):
        return len(self.fields())

    def __getitem__(self, key):
        if key not in self.fields():
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key, value):
        setattr(self, key, value)

    def __repr__(self):
        shown = {name: self[name] for name in self.fields() if self[name] is not None}
        return table(shown, max(map(len, self.fields())))


def table(fields, width):
    """Fields by name, one below the other, and arrays of several lines beside their names.

    Parameters
    ----------
    fields : dict
        What is shown, by name.
    width : int
        How much room there is for the names.

    Returns
    -------
    str
    """
    texts = [str(value).replace("\n", "\n" + " " * (width + 2)) for value in fields.values()]
    return "\n".join([f"{name:>{width}}: {text}" for name, text in zip(fields, texts)])


cdef class Result(Record):
    """What a search on an interval found, and why it ended.

    Fields are read as attributes or, as in SciPy, as keys.

    Attributes
    ----------
    x : float
        The best point seen.
    fun : float
        The value the function had there; infinite where it was not finite at any point tried.
    interval : (float, float)
        What is left of the interval. It holds a minimiser, where the function is unimodal.
    nfev, nit : int
        Calls of the function, and iterations.
    success : bool
        Whether x is as close to a minimiser as asked for (`Status.CONVERGED`), or as floating
        point allows (`Status.RESOLUTION`).
    status : Status
        Why the search ended.
    message : str
        The same in a sentence.
    trace : ndarray or None
        With ``trace=True``, a structured array with a row an evaluation: ``x``, ``value`` (as the
        function returned it) and ``a``, ``b``, the interval at the time.

    Examples
    --------
    >>> import fastls
    >>> found = fastls.Brent().minimize(lambda x: (x - 2)**2, (0, 5))
    >>> found.success, found["nfev"]
    (True, 6)
    """

    def __init__(self):
        raise TypeError("a Result is made by a search")

    @property
    def x(self):
        with cython.critical_section(self):
            return self.point if self.other_x is None else self.other_x

    @x.setter
    def x(self, x):
        with cython.critical_section(self):
            self.other_x = x

    @property
    def fun(self):
        with cython.critical_section(self):
            return self.value if self.other_fun is None else self.other_fun

    @fun.setter
    def fun(self, fun):
        with cython.critical_section(self):
            self.other_fun = fun

    @property
    def interval(self):
        return self.a, self.b

    @property
    def success(self):
        return self.code == CONVERGED or self.code == RESOLUTION

    cdef tuple fields(self):
        return FIELDS

    @cython.critical_section
    def __reduce__(self):
        fields = (
            self.point, self.value, (self.a, self.b), self.nfev, self.nit, self.trace,
            <int> self.code)
        return assemble, fields, (self.other_x, self.other_fun)

    @cython.critical_section
    def __setstate__(self, state):
        self.other_x, self.other_fun = state


def assemble(x, fun, interval, nfev, nit, trace, code):
    """A `Result` with these fields."""
    cdef Result result = Result.__new__(Result)
    result.point, result.value = x, fun
    result.a, result.b = interval
    result.nfev, result.nit, result.trace = nfev, nit, trace
    result.code = Status(code)
    return result


cdef Result make_result(const search_t *search, status_t status, Py_ssize_t nfev, object trace):
    cdef Result result = Result.__new__(Result)
    result.point = search.x
    result.value = search.fun
    result.a = search.a
    result.b = search.b
    result.nfev = nfev
    result.nit = search.nit
    result.code = status
    result.trace = trace
    return result


cdef class Step(Record):
    """The step a search found along a direction, and why it ended.

    Fields are read as attributes or, as in SciPy, as keys.

    Attributes
    ----------
    alpha : float
        The step. Where the search failed, that of the lowest value seen, which may be 0; points where
        the value or the slope was not finite do not count.
    value : float
        The value there, phi(alpha).
    slope : float or None
        The slope there, phi'(alpha); None where the search did not need it.
    value0, slope0 : float
        phi(0) and phi'(0).
    success : bool
        Whether alpha satisfies the condition; at `Status.STATIONARY`, 0 does.
    condition : Condition or None
        What alpha satisfies: ``condition.holds(alpha, value, slope, value0, slope0)``, with the
        reference of a nonmonotone search. None where the search failed.
    nfev, ngev : int
        How often the value and the slope (the gradient) were computed.
    status : Status
        Why the search ended.
    message : str
        The same in a sentence.
    x, grad : ndarray or None
        From ``step``: the point x + alpha d, and the gradient there, where it is known.
    trace : ndarray or None
        With ``trace=True``, a structured array with a row a point: ``alpha``, ``value``, ``slope``
        (NaN where it was not asked for), and ``a``, ``b``, the bracket at the time.

    Examples
    --------
    >>> import fastls
    >>> step = fastls.Zoom().search(lambda a: ((a - 1)**2, 2*(a - 1)), alpha=1)
    >>> step.alpha, step.success, step.condition
    (1.0, True, StrongWolfe(c1=0.0001, c2=0.9))
    """

    def __init__(self):
        raise TypeError("a Step is made by a search")

    @property
    def success(self):
        return self.code == CONVERGED or self.code == STATIONARY

    cdef tuple fields(self):
        return STEP_FIELDS

    def __reduce__(self):
        state = {name: self[name] for name in STEP_FIELDS[3:]}
        return assemble_step, (<int> self.code,), state

    def __setstate__(self, state):
        for name, value in state.items():
            setattr(self, name, value)


def assemble_step(code):
    """A `Step` with this status and no other fields yet."""
    cdef Step step = Step.__new__(Step)
    step.code = Status(code)
    return step


cdef Step make_step(
    const sloped_search_t *s, status_t status, Py_ssize_t nfev, Py_ssize_t ngev, object trace):
    cdef Step step = Step.__new__(Step)
    step.alpha = s.search.x
    step.value = s.search.fun
    step.slope = s.slope if s.slope == s.slope else None
    step.value0 = s.origin.value
    step.slope0 = s.origin.slope
    step.nfev = nfev
    step.ngev = ngev
    step.trace = trace
    step.code = status
    return step
