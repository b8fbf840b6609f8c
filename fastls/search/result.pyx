"""What a search hands back."""

cimport cython

from fastls.search.driver cimport search_t
from fastls.status cimport CONVERGED, RESOLUTION, status_t

from fastls.status import Status

FIELDS = ("message", "success", "status", "fun", "x", "interval", "nfev", "nit", "trace")


@cython.freelist(8)
cdef class Result:
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
        return self.point if self.other_x is None else self.other_x

    @x.setter
    def x(self, x):
        self.other_x = x

    @property
    def fun(self):
        return self.value if self.other_fun is None else self.other_fun

    @fun.setter
    def fun(self, fun):
        self.other_fun = fun

    @property
    def interval(self):
        return self.a, self.b

    @property
    def status(self):
        return Status(self.code)

    @property
    def success(self):
        return self.code == CONVERGED or self.code == RESOLUTION

    @property
    def message(self):
        return Status(self.code).message

    def keys(self):
        """The names of the fields."""
        return list(FIELDS)

    def values(self):
        """The fields."""
        return [self[name] for name in FIELDS]

    def items(self):
        """The names of the fields and the fields."""
        return list(zip(FIELDS, self.values()))

    def get(self, key, default=None):
        """The field named key, or default if there is none."""
        return self[key] if key in FIELDS else default

    def __iter__(self):
        return iter(FIELDS)

    def __len__(self):
        return len(FIELDS)

    def __getitem__(self, key):
        if key not in FIELDS:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key, value):
        setattr(self, key, value)

    def __repr__(self):
        shown = {name: self[name] for name in FIELDS if self[name] is not None}
        shown["status"] = self.status.name
        return "\n".join([f"{name:>8}: {value}" for name, value in shown.items()])

    def __reduce__(self):
        fields = (
            self.point, self.value, self.interval, self.nfev, self.nit, self.trace, <int> self.code)
        return assemble, fields, (self.other_x, self.other_fun)

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
