# Methods are descriptors of C, without a __module__: a call takes 0.1 µs less.
# cython: binding=False
"""What a tape is asked for, answered at once where the arguments are as those before.

A `Call` reads the leaves of arguments of a known structure, runs a program on them and puts what comes
out in its structure. For a function of a few variables the way from Python and back is most of the
time, so all of it is here.
"""

cimport cython
from cpython.ref cimport PyObject

from fastls.tape.kept cimport are_same
from fastls.tape.replay cimport Program
from fastls.tape.shelf cimport SHELVES, shelf
from fastls.tape.structure cimport dict_get, filled, reads


@cython.final
cdef class Call:
    """A program for arguments of a known structure, as they come.

    Parameters
    ----------
    arguments, result : tuple
        Structures.
    program : Program
    captured : list of Kept
        What must be as it was.
    """

    cdef tuple arguments, result
    cdef Program program
    cdef list captured
    cdef PyObject *read       # arguments, result and captured, which the call holds: see `Answering`
    cdef PyObject *returned
    cdef PyObject *kept
    cdef bint is_flat  # the result, a tuple of leaves

    def __init__(self, tuple arguments, tuple result, Program program, list captured):
        self.arguments, self.result = arguments, result
        self.program, self.captured = program, captured
        self.read, self.returned = <PyObject *> arguments, <PyObject *> result
        self.kept = <PyObject *> captured
        self.is_flat = result[0] == "tuple" and all([item[0] == "leaf" for item in result[1]])

    cpdef replay(self, tuple arguments):
        """What the program makes of the arguments; None if it is not certain that it may.

        Parameters
        ----------
        arguments : tuple

        Returns
        -------
        object or None
        """
        cdef list leaves = []
        cdef PyObject *read = self.read
        cdef PyObject *returned = self.returned
        cdef PyObject *kept = self.kept
        cdef Py_ssize_t at = 0
        if not reads(<tuple> read, arguments, leaves):
            return None
        if not are_same(<list> kept):
            return None
        cdef tuple found = self.program.run(leaves)
        if found is None or self.is_flat:
            return found
        return filled(<tuple> returned, found, &at)


def own_shelf():
    """The number of this thread's shelf.

    Returns
    -------
    int
    """
    return shelf()


cdef class Answering:
    """What answers at once where a call is known, and else searches.

    A subclass keeps with `_know` those that last answered each purpose, and has a method
    ``_search(purpose, arguments)``.

    Counting references to what all threads use would make them wait for each other without the GIL.
    So each has calls of its own, and what is held anyway is found by its address.
    """

    cdef list calls           # by purpose, in a dict for each shelf,
    cdef PyObject *shelves[SHELVES]    # which stand here

    def __cinit__(self, *args, **kwargs):
        cdef Py_ssize_t i
        self.calls = [{} for _ in range(SHELVES)]
        for i in range(SHELVES):
            self.shelves[i] = <PyObject *> self.calls[i]

    def _know(self, str purpose, Call call):
        """Keep what answers a purpose, for this thread.

        Parameters
        ----------
        purpose : str
        call : Call
            Of the same shelf.
        """
        self.calls[shelf()][purpose] = call

    def _known(self, str purpose):
        """What answers a purpose, or None.

        Parameters
        ----------
        purpose : str

        Returns
        -------
        Call or None
        """
        return dict_get(self.shelves[shelf()], purpose)

    def _forget(self):
        """Keep nothing any more."""
        cdef dict calls
        for calls in self.calls:
            calls.clear()

    cdef object answer(self, str purpose, tuple arguments):
        cdef Call call = dict_get(self.shelves[shelf()], purpose)
        if call is not None:
            found = call.replay(arguments)
            if found is not None:
                return found
        return self._search(purpose, arguments)

    def _answer(self, str purpose, tuple arguments):
        """What a row of `PURPOSES` asks for.

        Parameters
        ----------
        purpose : str
        arguments : tuple
            The arguments, and the vectors after them.

        Returns
        -------
        float, ndarray or a structure of them
        """
        return self.answer(purpose, arguments)

    def __call__(self, *arguments):
        """The value.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        float, ndarray or a structure of them
            What the function returns.
        """
        return self.answer("value", arguments)

    def value_and_grad(self, *arguments):
        """The value, a number, and its gradient, in the structure of what is differentiated.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        value : float
        gradient : ndarray or a structure of them
        """
        return self.answer("value and gradient", arguments)

    def grad(self, *arguments):
        """The gradient, in the structure of what is differentiated.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        ndarray or a structure of them
        """
        return self.answer("gradient", arguments)

    def jvp(self, *arguments_and_vector):
        """The value and the tangent J v, by forward mode.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last the direction v, in the structure of what is differentiated.

        Returns
        -------
        value, tangent
            In the structure of what the function returns.
        """
        return self.answer("jvp", arguments_and_vector)

    def vjp(self, *arguments_and_vector):
        """The value and the cotangent u J, by reverse mode.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last u, in the structure of what the function returns.

        Returns
        -------
        value
            In the structure of what the function returns.
        cotangent
            In the structure of what is differentiated.
        """
        return self.answer("vjp", arguments_and_vector)

    def hvp(self, *arguments_and_vector):
        """The product of the Hessian with a vector v: forward over reverse.

        Parameters
        ----------
        *arguments_and_vector
            The arguments, and last v, in the structure of what is differentiated.

        Returns
        -------
        ndarray or a structure of them
        """
        return self.answer("hvp", arguments_and_vector)

    def differential(self, *arguments_and_dx):
        """The differential df = <grad f, dx>.

        Parameters
        ----------
        *arguments_and_dx
            The arguments, and last dx, in the structure of what is differentiated.

        Returns
        -------
        float, ndarray or a structure of them
            In the structure of what the function returns.
        """
        return self.answer("differential", arguments_and_dx)

    def second_differential(self, *arguments_dx1_and_dx2):
        """The second differential d2f = <H dx1, dx2>, also of functions with several values.

        Parameters
        ----------
        *arguments_dx1_and_dx2
            The arguments, and last dx1 and dx2, in the structure of what is differentiated.

        Returns
        -------
        float, ndarray or a structure of them
            In the structure of what the function returns.
        """
        return self.answer("second differential", arguments_dx1_and_dx2)

    def hessian(self, *arguments):
        """The Hessian of a number: forward mode over its gradient, all directions in one sweep.

        Parameters
        ----------
        *arguments
            Of the shapes recorded with.

        Returns
        -------
        ndarray
            Of the shape of the argument, twice.
        """
        return self.answer("hessian", arguments)
