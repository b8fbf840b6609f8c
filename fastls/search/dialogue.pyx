"""Ask and tell: a search without a driver, for a function that cannot be called back."""

cimport cython
from libc.math cimport NAN, isfinite
from libc.stdlib cimport calloc, free

from fastls.oracle.oracle cimport as_real
from fastls.search.driver cimport (
    SLOPE, VALUE, hear, hear_slope, search_t, sloped_search_t, wanted_t,
)
from fastls.search.search cimport Search
from fastls.search.trace cimport record_t, trace_array, trace_free, trace_record, trace_slope
from fastls.status cimport RUNNING

from types import GenericAlias


@cython.final
cdef class Dialogue:
    """A search that asks for one value at a time.

    Made by the ``begin`` method of a search. The point to evaluate next is asked for with `ask`,
    its value (and slope) is told with `tell`, until `ask` returns None; `result` is then final. The
    points are those that ``minimize`` or ``search`` would have evaluated, one for one, where slopes
    are told as they would have been there.

    A dialogue belongs to one thread at a time.

    Examples
    --------
    >>> import fastls
    >>> dialogue = fastls.GoldenSection(xtol=1e-3).begin((0, 3))
    >>> while (x := dialogue.ask()) is not None:
    ...     dialogue.tell((x - 2)**2)              # by whatever means, however long it takes
    >>> round(dialogue.result.x, 3), dialogue.result.nfev
    (2.0, 18)

    A search for a step is told slopes too:

    >>> dialogue = fastls.Zoom().begin(phi0=4.0, slope0=-4.0)
    >>> while (a := dialogue.ask()) is not None:
    ...     dialogue.tell((a - 2)**2, 2*(a - 2))
    >>> dialogue.result.alpha
    1.0
    """

    __class_getitem__ = classmethod(GenericAlias)     # Dialogue[Step], for annotations

    def __init__(self):
        raise TypeError("a Dialogue is made by the begin() of a search")

    def __dealloc__(self):
        free(self.search)
        trace_free(&self.trace)

    @cython.critical_section
    def ask(self):
        """The point whose value is wanted next.

        Returns
        -------
        float or None
            The same until `tell` is called; None when the search has ended.
        """
        if self.status != RUNNING:
            return None
        self.asked = True
        return self.search.ask

    @property
    def needs_slope(self):
        """Whether the slope must be told with the value at the point last asked for.

        Where it need not, it still may. A step search that is told a value alone may find that it
        needs the slope after all: it then asks for the same point again; or, before it fails, for an
        earlier one, to tell a kink from wrong slopes.
        """
        with cython.critical_section(self):
            return bool(self.status == RUNNING and self.wants() & SLOPE)

    cdef wanted_t wants(self):
        return (<sloped_search_t *> self.search).wants if self.method.slopes else VALUE

    @cython.critical_section
    def tell(self, value, slope=None):
        """Tell the value at the point last asked for.

        Parameters
        ----------
        value : float
            NaN and infinity are allowed: the search keeps away from there. Where a point is asked
            for again for its slope, the value told before counts.
        slope : float, optional
            Needed if `needs_slope`. Not used by a search on an interval.

        Raises
        ------
        RuntimeError
            If no value was asked for.
        TypeError
            If value is not a real number, or the slope is needed and missing.
        """
        self.check_asked()
        cdef double alpha = self.search.ask, number = NAN, dphi = NAN
        cdef Py_ssize_t told = self.trace.count
        cdef wanted_t wanted = self.wants()
        if wanted & VALUE or value is not None:
            number = as_real(value, "f", alpha)
        if slope is not None:
            dphi = as_real(slope, "slope", alpha)
        elif wanted == SLOPE or wanted & SLOPE and isfinite(number):
            raise TypeError(f"the slope at {alpha!r} is needed: tell(value, slope)")
        if self.trace.count != told:
            raise RuntimeError("tell() must follow an ask() that returned a point; another told meanwhile")
        self.check_asked()
        self.asked = False
        self.nfev += (wanted & VALUE) != 0
        self.ngev += slope is not None
        if wanted & VALUE:
            trace_record(
                &self.trace, record_t(alpha, number, dphi, self.search.a, self.search.b))
        else:
            trace_slope(&self.trace, alpha, dphi)
        if self.method.slopes:
            self.status = hear_slope(
                self.method.hears, <sloped_search_t *> self.search, number, dphi, self.limit)
        else:
            self.status = hear(self.method.hears, self.search, number, self.limit)

    cdef int check_asked(self) except -1:
        if not self.asked:
            raise RuntimeError(
                "tell() must follow an ask() that returned a point"
                + ("" if self.status == RUNNING else "; the search has ended")
            )
        return 0

    @property
    def result(self):
        """What the search found, or with `Status.RUNNING` has found so far; with its trace."""
        if self.search is NULL:
            raise TypeError("a Dialogue is made by the begin() of a search")
        with cython.critical_section(self):
            return self.method.result(
                self.search, self.status, self.nfev, self.ngev,
                trace_array(&self.trace, self.method.slopes))


cdef Dialogue make_dialogue(Search method, Py_ssize_t limit):
    """A dialogue with room for the state of a search, not yet begun."""
    cdef Dialogue self = Dialogue.__new__(Dialogue)
    self.method = method
    self.search = <search_t *> calloc(1, method.size)
    if self.search is NULL:
        raise MemoryError
    self.limit = limit
    return self
