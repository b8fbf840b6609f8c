"""A recorded function as a C function with a context, for other people's compiled code.

    double f(unsigned n, const double *x, double *gradient, void *data)      any number of variables
    double f(double x, void *data)                                           one

The first is the signature of NLopt's objectives; gradient may be NULL. Neither needs the GIL, and
any number of threads may call at a time. Where a guard says that the path is another than the one
recorded first, the tape is asked in Python. What the function raises cannot pass through C: the
value is then NaN, and so is the gradient, and the exception waits in `LowLevel.error`.
"""

cimport cython
cimport numpy as np
from cpython.pycapsule cimport PyCapsule_GetContext, PyCapsule_New, PyCapsule_SetContext
from cpython.ref cimport Py_DECREF, Py_INCREF
from libc.math cimport NAN
from libc.string cimport memcpy

from fastls.tape.flag cimport give, let_others_run, take
from fastls.tape.replay cimport Workspace

import numpy as np

from fastls.tape.ray import end_to_end

np.import_array()

# A casted function leaves the exception in the thread state, where `keep_error` finds it.
ctypedef int (*ask_function)(
    LowLevel f, const double *x, double *value, double *gradient) noexcept


@cython.final
cdef class Seats:
    """A program, with a workspace for each of the calls that run at the same time."""


cdef Seats seats_of(object path, str purpose):
    cdef Seats self = Seats.__new__(Seats)
    self.program, self.works = path.program_for(purpose), []
    self.is_python = bool(self.program.python)
    return self


cdef int furnish(LowLevel f, Seats seats, int i) except -1:
    """Give a seat its workspace, with the arguments that are not variables in their places."""
    cdef Workspace work = seats.program.workspace()
    cdef Py_ssize_t k
    for k, leaf in enumerate(f.leaves):
        work.base[1 + k] = <char *> np.PyArray_DATA(<np.ndarray> leaf)
    seats.works.append(work)
    seats.seat[i].base = work.base
    return 0


cdef inline int sit_down(Seats seats) noexcept nogil:
    """The number of a free seat, which is then taken."""
    cdef int i
    while True:
        for i in range(SEATS):
            if not take(&seats.seat[i].taken):
                return i
        let_others_run()


cdef int ask_python(
    LowLevel f, const double *x, double *value, double *gradient,
) except -1:
    """Evaluate on whichever path it is, by the tape itself."""
    cdef Py_ssize_t i
    cdef np.ndarray part
    leaves = list(f.leaves)
    for i, k in enumerate(f.wanted):
        part = np.empty_like(leaves[k])
        memcpy(np.PyArray_DATA(part), <const char *> x + f.places[i],
               np.PyArray_SIZE(part) * sizeof(double))
        leaves[k] = part
    purpose = "value" if gradient is NULL else "value and gradient"
    first, *rest = f.tape._leaves_at(f.structure, leaves, purpose)
    value[0] = first
    for i, found in enumerate(rest):
        part = np.asarray(found, dtype=float, order="C")
        memcpy(<char *> gradient + f.places[i], np.PyArray_DATA(part),
               np.PyArray_SIZE(part) * sizeof(double))
    return 0


cdef int keep_error(LowLevel f) except -1:
    """Take an exception from the thread state: who called knows nothing of it."""
    try:
        reraise(-1)
    except BaseException as error:
        with cython.critical_section(f):  # which several threads may do at a time
            f.error = error
    return 0


cdef int reraise(int status) except -1:
    return status


@cython.final
cdef class LowLevel:
    """A recorded function for compiled code: the address of a C function, and its context.

    Made by `Tape.lowlevel`; it must be kept alive as long as the address is used.

    Attributes
    ----------
    address, data : int
        A C function ``double (unsigned n, const double *x, double *gradient, void *data)``, which
        returns the value and, unless gradient is NULL, puts the gradient there; and its last
        argument. Both x and gradient have `size` entries: those of what is differentiated, one
        array after the other.
    size : int
        The number of variables.
    error : Exception or None
        What the function last raised; the value was NaN then.

    Examples
    --------
    >>> import ctypes
    >>> import numpy as np
    >>> import fastls
    >>> f = fastls.record(lambda x: x @ x, np.zeros(2)).lowlevel()
    >>> vector = ctypes.POINTER(ctypes.c_double)
    >>> kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_uint, vector, vector, ctypes.c_void_p)
    >>> x, gradient = (ctypes.c_double * 2)(3.0, 4.0), (ctypes.c_double * 2)()
    >>> kind(f.address)(2, x, gradient, f.data), list(gradient)
    (25.0, [6.0, 8.0])
    """

    def __init__(self):
        raise TypeError("a LowLevel is made by Tape.lowlevel")

    cdef int call(self, const double *x, double *value, double *gradient) noexcept nogil:
        """0, or -1 where the function raised."""
        cdef int status = -2, i
        if gradient is NULL:
            if not self.value.is_python:
                i = sit_down(self.value)
                status = replay(self, self.value, i, x, value, NULL)
                give(&self.value.seat[i].taken)
        elif not self.value_and_gradient.is_python:
            i = sit_down(self.value_and_gradient)
            status = replay(self, self.value_and_gradient, i, x, value, gradient)
            give(&self.value_and_gradient.seat[i].taken)
        if status == 0:
            return 0
        with gil:
            status = (<ask_function> <void *> ask_python)(self, x, value, gradient)
            if status != 0:
                keep_error(self)
        return status

    @property
    def address(self):
        return <size_t> <void *> value_and_gradient

    @property
    def data(self):
        return <size_t> <void *> self

    @property
    def capsule(self):
        """Of one variable, the value as a capsule named ``"double (double, void *)"``."""
        if self.size != 1:
            raise TypeError(f"only a function of one variable can be one; there are {self.size}")
        capsule = PyCapsule_New(<void *> value_of_one, "double (double, void *)", release)
        PyCapsule_SetContext(capsule, <void *> self)
        Py_INCREF(self)
        return capsule

    @property
    def callable(self):
        """Of one variable, the value as a `scipy.LowLevelCallable`."""
        from scipy import LowLevelCallable

        return LowLevelCallable(self.capsule)


cdef inline int replay(
    LowLevel f, Seats seats, int i, const double *x, double *value, double *gradient,
) noexcept nogil:
    """0, or -2 where a guard does not hold or there is no workspace."""
    cdef Py_ssize_t k, arrays = f.places.shape[0]
    cdef char **base = seats.seat[i].base
    if base is NULL:
        with gil:
            furnish(f, seats, i)
        base = seats.seat[i].base
    for k in range(arrays):
        base[1 + f.slots[k]] = <char *> x + f.places[k]
    base[seats.program.first_output] = <char *> value
    if gradient is not NULL:
        for k in range(arrays):
            base[seats.program.first_output + 1 + k] = <char *> gradient + f.places[k]
    return 0 if seats.program.execute(base, NULL) < 0 else -2


cdef void release(object capsule) noexcept:
    Py_DECREF(<LowLevel> PyCapsule_GetContext(capsule))


cdef double value_and_gradient(
    unsigned n, const double *x, double *gradient, void *data,
) noexcept nogil:
    cdef double value = NAN
    cdef Py_ssize_t i
    if (<LowLevel> data).size != <Py_ssize_t> n:
        return NAN
    if (<LowLevel> data).call(x, &value, gradient) != 0:
        if gradient is not NULL:
            for i in range(n):
                gradient[i] = NAN
        return NAN
    return value


cdef double value_of_one(double x, void *data) noexcept nogil:
    cdef double value = NAN
    return value if (<LowLevel> data).call(&x, &value, NULL) == 0 else NAN


def lowlevel(tape, arguments):
    """The C function of a tape, with its other arguments as they are."""
    cdef LowLevel self = LowLevel.__new__(LowLevel)
    self.tape = tape
    path, self.leaves, _ = tape._find("value", arguments)
    self.structure, self.wanted = path.arguments, tuple(path.wanted)
    self.places, self.size = end_to_end([self.leaves[i].shape for i in self.wanted])
    self.slots = np.array(self.wanted, dtype=np.intp)
    self.value = seats_of(path, "value")
    self.value_and_gradient = seats_of(path, "value and gradient")
    return self
