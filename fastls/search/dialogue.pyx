"""Ask and tell: a search without a driver, for a function that cannot be called back."""

cimport cython
from libc.stdlib cimport calloc, free

from fastls.oracle.oracle cimport as_real
from fastls.search.driver cimport hear, search_t, tell_function
from fastls.search.result cimport make_result
from fastls.search.trace cimport record_t, trace_array, trace_free, trace_record
from fastls.status cimport RUNNING


@cython.final
cdef class Dialogue:
    """A search that asks for one value at a time.

    Made by the ``begin`` method of a search. The point to evaluate next is asked for with `ask`,
    its value is told with `tell`, until `ask` returns None; `result` is then final. The points
    are those that ``minimize`` would have evaluated, one for one.

    A dialogue belongs to one thread at a time.

    Examples
    --------
    >>> import fastls
    >>> dialogue = fastls.GoldenSection(xtol=1e-3).begin((0, 3))
    >>> while (x := dialogue.ask()) is not None:
    ...     dialogue.tell((x - 2)**2)              # by whatever means, however long it takes
    >>> round(dialogue.result.x, 3), dialogue.result.nfev
    (2.0, 18)
    """

    def __init__(self):
        raise TypeError("a Dialogue is made by the begin() of a search")

    def __dealloc__(self):
        free(self.search)
        trace_free(&self.trace)

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

    def tell(self, value, slope=None):
        """Tell the value at the point last asked for.

        Parameters
        ----------
        value : float
            NaN and infinity are allowed: the search keeps away from there.
        slope : float, optional
            Not used by a search on an interval.

        Raises
        ------
        RuntimeError
            If no value was asked for.
        TypeError
            If value is not a real number.
        """
        self.check_asked()
        number = as_real(value, "f", self.search.ask)
        self.check_asked()                # the conversion may have told a value itself
        self.asked = False
        self.nfev += 1
        trace_record(
            &self.trace, record_t(self.search.ask, number, self.search.a, self.search.b))
        self.status = hear(self.hears, self.search, number, self.maxiter)

    cdef int check_asked(self) except -1:
        if not self.asked:
            raise RuntimeError(
                "tell() must follow an ask() that returned a point"
                + ("" if self.status == RUNNING else "; the search has ended")
            )
        return 0

    @property
    def result(self):
        """The `Result`, final or, with `Status.RUNNING`, as far as it is known; with its trace."""
        if self.search is NULL:
            raise TypeError("a Dialogue is made by the begin() of a search")
        return make_result(self.search, self.status, self.nfev, trace_array(&self.trace))


cdef Dialogue make_dialogue(size_t size, tell_function tell, Py_ssize_t maxiter):
    """A dialogue with room for a search of the given size, not yet begun."""
    cdef Dialogue self = Dialogue.__new__(Dialogue)
    self.search = <search_t *> calloc(1, size)
    if self.search is NULL:
        raise MemoryError
    self.hears = tell
    self.maxiter = maxiter
    return self
