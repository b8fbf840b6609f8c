"""Things as they were when they were kept, to be compared with what they are now.

They are compared before every replay, so that a tape of two variables takes as long for them as
for its arithmetic. Objects are compared by identity, and entries of arrays by their bytes. Another
thread may change a container meanwhile: where there is no GIL, it waits while we read the container's
own memory; and a container that no longer can be iterated over has changed.
"""

cimport cython
cimport numpy as np
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError, PyDict_Next
from cpython.list cimport PyList_CheckExact, PyList_GET_ITEM, PyList_GET_SIZE
from cpython.ref cimport PyObject
from cpython.tuple cimport PyTuple_GET_ITEM
from libc.string cimport memcmp

from operator import is_

cdef extern from "Python.h":
    PyObject *PyCell_GET(PyObject *cell)  # borrowed; NULL in an empty one

np.import_array()

MISSING = object()
# What Python itself writes into a class.
OF_PYTHON = {
    "__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__",
    "__annotations_cache__", "__annotate_func__", "__static_attributes__", "__firstlineno__",
    "_abc_impl",
}


cdef class Kept:
    """Something that was kept; this one is never what it was."""

    cdef bint is_same(self) except -1:
        return False


@cython.final
cdef class Variables(Kept):
    """Variables of a namespace, by their names: those of ``values``, a dict."""

    cdef dict namespace
    cdef tuple names, values

    def __init__(self, dict namespace, dict values):
        self.namespace = namespace
        self.names, self.values = tuple(values), tuple(values.values())

    cdef bint is_same(self) except -1:
        cdef Py_ssize_t i
        for i in range(len(self.names)):
            now = PyDict_GetItemWithError(self.namespace, self.names[i])
            if now is not PyTuple_GET_ITEM(self.values, i):
                return False
        return True


@cython.final
cdef class Cell(Kept):
    """A variable of an enclosing function, in its cell."""

    cdef object cell, value

    def __init__(self, cell):
        self.cell, self.value = cell, in_cell(cell)

    cdef bint is_same(self) except -1:
        cdef PyObject *now = PyCell_GET(<PyObject *> self.cell)
        return self.value is MISSING if now is NULL else now is <PyObject *> self.value


@cython.final
cdef class Array(Kept):
    """An array: its shape, dtype and entries."""

    cdef np.ndarray array
    cdef tuple shape
    cdef bytes entries
    cdef object dtype, objects

    def __init__(self, np.ndarray array):
        self.array, self.shape, self.dtype = array, (<object> array).shape, array.dtype
        self.entries = array.tobytes()
        self.objects = array.copy() if array.dtype.hasobject else None  # lest these go

    cdef bint is_same(self) except -1:
        cdef np.ndarray array = self.array
        cdef int axis
        if np.PyArray_NDIM(array) != len(self.shape) or (
            <PyObject *> np.PyArray_DESCR(array) is not <PyObject *> self.dtype
        ):
            return False
        for axis in range(np.PyArray_NDIM(array)):
            if np.PyArray_DIM(array, axis) != <Py_ssize_t> self.shape[axis]:
                return False
        if not np.PyArray_IS_C_CONTIGUOUS(array):
            return array.tobytes() == self.entries
        return memcmp(np.PyArray_DATA(array), <char *> self.entries, len(self.entries)) == 0


@cython.final
cdef class Sight(Kept):
    """What a function shows of a thing, as `bytes` of a buffer."""

    cdef object thing, look, shown

    def __init__(self, thing, look):
        self.thing, self.look, self.shown = thing, look, look(thing)

    cdef bint is_same(self) except -1:
        return self.look(self.thing) == self.shown


@cython.final
cdef class Mapping(Kept):
    """The keys and values of a dict, or of a view of one, in their order."""

    cdef object mapping
    cdef tuple keys, values

    def __init__(self, mapping):
        self.mapping = mapping
        self.keys, self.values = tuple(mapping), tuple(mapping.values())
        if len(self.keys) != len(self.values):
            raise RuntimeError("a mapping changed size while it was kept")

    cdef bint is_same(self) except -1:
        cdef Py_ssize_t place = 0, i = 0
        cdef PyObject *key
        cdef PyObject *value
        if len(self.mapping) != len(self.keys):
            return False
        if not PyDict_CheckExact(self.mapping):
            return all_identical(self.mapping, self.keys) and all_identical(
                self.mapping.values(), self.values)
        with cython.critical_section(self.mapping):
            while PyDict_Next(self.mapping, &place, &key, &value):
                if i == len(self.keys) or key is not PyTuple_GET_ITEM(self.keys, i):
                    return False
                if value is not PyTuple_GET_ITEM(self.values, i):
                    return False
                i += 1
        return i == len(self.keys)


@cython.final
cdef class Parts(Kept):
    """The parts of a list, a set or a deque."""

    cdef object whole
    cdef tuple parts

    def __init__(self, whole):
        self.whole, self.parts = whole, tuple(whole)

    cdef bint is_same(self) except -1:
        cdef Py_ssize_t i
        if len(self.whole) != len(self.parts):
            return False
        if not PyList_CheckExact(self.whole):
            return all_identical(self.whole, self.parts)
        with cython.critical_section(self.whole):
            if PyList_GET_SIZE(self.whole) != len(self.parts):
                return False
            for i in range(PyList_GET_SIZE(self.whole)):
                if PyList_GET_ITEM(self.whole, i) is not PyTuple_GET_ITEM(self.parts, i):
                    return False
        return True


@cython.final
cdef class Slots(Kept):
    """The values in slots of an object."""

    cdef object owner
    cdef tuple slots, values

    def __init__(self, owner, slots):
        self.owner, self.slots = owner, tuple(slots)
        self.values = tuple([in_slot(slot, owner) for slot in slots])

    cdef bint is_same(self) except -1:
        return all_identical([in_slot(slot, self.owner) for slot in self.slots], self.values)


@cython.final
cdef class Class(Kept):
    """What stands in a class, save what Python itself writes there."""

    cdef object cls
    cdef dict values

    def __init__(self, cls):
        self.cls, self.values = cls, in_class(cls)

    cdef bint is_same(self) except -1:
        try:
            now = in_class(self.cls)
        except RuntimeError:  # it changed meanwhile
            return False
        if len(now) != len(self.values):
            return False
        for name, value in self.values.items():
            if now.get(name, MISSING) is not value:
                return False
        return True


cpdef bint are_same(list items) except -1:
    """Whether all that is kept in a list is what it was.

    Parameters
    ----------
    items : list of Kept

    Returns
    -------
    bool
    """
    cdef Py_ssize_t i
    for i in range(PyList_GET_SIZE(items)):
        if not (<Kept> PyList_GET_ITEM(items, i)).is_same():
            return False
    return True


def place_of(array):
    """Where an array is, and how its entries are found there, but not these."""
    return <size_t> np.PyArray_DATA(<np.ndarray?> array), array.shape, array.strides, array.dtype


cdef bint all_identical(now, kept) except -1:
    try:
        return all(map(is_, now, kept))
    except RuntimeError:  # it changed meanwhile
        return False


def in_cell(cell):
    """What a cell holds, `MISSING` if it is empty yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def in_slot(slot, owner):
    """What a slot of an object holds, `MISSING` if it is empty."""
    try:
        return slot.__get__(owner)
    except AttributeError:
        return MISSING


def in_class(cls):
    """The names and values in a class, save what Python itself writes there."""
    return {name: value for name, value in vars(cls).items() if name not in OF_PYTHON}
