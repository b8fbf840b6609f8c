"""Structures: numbers and arrays in nested lists, tuples and dicts, apart from what these hold.

A structure is a tuple that begins with its kind, and can be compared and hashed:

    ("leaf", shape)                              a number or an array; its value is not part of it
    ("list", items), ("tuple", items)
    (type, items)                                a named tuple
    ("dict", ((key, item), ...))
    ("static", value, name of type)              a constant; others make another path
    ("static array", shape, dtype, bytes)
    ("static",)                                  some constant

`flatten` finds the structure and the leaves of a value; `reads` only the leaves, of one whose structure
is known.
"""

cimport numpy as np
from cpython.dict cimport PyDict_CheckExact
from cpython.float cimport PyFloat_Check
from cpython.list cimport PyList_CheckExact, PyList_GET_SIZE
from cpython.ref cimport PyObject
from cpython.sequence cimport PySequence_ITEM
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

import numpy as np

from fastls.tape.trace import Tracer

np.import_array()

cdef tuple NONE = ("none",)  # like no structure


def flatten(value, bint is_traced, list leaves, tuple like=NONE):
    """The structure of a value, whose numbers and arrays are appended to leaves.

    Parameters
    ----------
    value
    is_traced : bool
        Whether integers are numbers, not constants.
    leaves : list
    like : tuple, optional
        A structure; where that has a leaf, integers are numbers, too.

    Returns
    -------
    tuple
    """
    is_traced = is_traced or like[0] == "leaf"
    if isinstance(value, (float, np.floating)) or (
        is_traced and isinstance(value, (int, np.integer))
        and not isinstance(value, (bool, np.timedelta64))
    ):
        leaves.append(value)
        return ("leaf", ())
    if isinstance(value, Tracer):
        leaves.append(value)
        return ("leaf", value.shape)
    if isinstance(value, (dict, list, tuple)):
        enter_deeper(" in nested arguments")
        try:
            return flatten_items(value, is_traced, leaves, like)
        finally:
            leave_deeper()
    if isinstance(value, (np.ma.MaskedArray, np.matrix)):
        raise TypeError(
            f"a {type(value).__name__} cannot be recorded: it has a meaning of its own; "
            "use an ordinary array"
        )
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = np.asarray(value)
        dtype = array.dtype.kind
        if dtype == "c":
            raise TypeError(f"complex arguments cannot be recorded; got dtype {array.dtype}")
        if dtype == "f" or (is_traced and dtype in "iub"):
            leaves.append(value)
            return ("leaf", array.shape)
        if is_traced or dtype == "O":
            raise TypeError(f"an array must be of real numbers; got dtype {array.dtype}")
        return ("static array", array.shape, array.dtype.str, array.tobytes())
    return ("static", value, type(value).__name__)


cdef tuple flatten_items(value, bint is_traced, list leaves, tuple like):
    """The structure of a dict, a list or a tuple."""
    if isinstance(value, dict):
        among = dict(like[1]) if like[0] == "dict" else {}
        return ("dict", tuple([
            (k, flatten(v, is_traced, leaves, among.get(k, NONE))) for k, v in value.items()]))
    kind = kind_of(value)
    alike = like[1] if like[0] == kind and len(like[1]) == len(value) else [NONE] * len(value)
    return (kind, tuple([
        flatten(item, is_traced, leaves, one) for item, one in zip(value, alike)]))


def kind_of(value):
    """The kind of the structure of a list or tuple."""
    if isinstance(value, list):
        return "list"
    return type(value) if hasattr(value, "_fields") else "tuple"


def unflatten(tuple structure, leaves):
    """The value of a structure with these leaves.

    Parameters
    ----------
    structure : tuple
    leaves : sequence

    Returns
    -------
    object
    """
    cdef Py_ssize_t at = 0
    return filled(structure, tuple(leaves), &at)


cdef object filled(tuple structure, tuple leaves, Py_ssize_t *at):
    kind = <object> PyTuple_GET_ITEM(structure, 0)
    if kind == "leaf":
        at[0] += 1
        return leaves[at[0] - 1]
    if kind == "dict":
        return {key: filled(item, leaves, at) for key, item in <tuple> structure[1]}
    if kind == "static":
        return structure[1]
    if kind == "static array":
        return np.frombuffer(structure[3], dtype=structure[2]).reshape(structure[1]).copy()
    cdef list items = [filled(item, leaves, at) for item in <tuple> structure[1]]
    if kind == "list":
        return items
    return tuple(items) if kind == "tuple" else kind(*items)


def without_static(tuple structure):
    """A structure in which constants do not count: these may be others, on another path."""
    kind = structure[0]
    if kind == "leaf":
        return structure
    if kind == "static" or kind == "static array":
        return ("static",)
    if kind == "dict":
        return ("dict", tuple([(key, without_static(item)) for key, item in structure[1]]))
    return (kind, tuple([without_static(item) for item in structure[1]]))


def fits(tuple structure, tuple recorded):
    """Whether arguments may have a structure where another was recorded.

    Constants may be others, and a number or an array in place of integers may be one of floats: on
    another path.

    Parameters
    ----------
    structure, recorded : tuple

    Returns
    -------
    bool
    """
    kind, known = structure[0], recorded[0]
    if kind == "leaf" and known == "static array":
        return structure[1] == recorded[1] and np.dtype(recorded[2]).kind in "iu"
    if kind == "leaf" and known == "static":
        return structure[1] == () and is_integer(recorded)
    if kind in ("static", "static array"):
        return known in ("static", "static array")
    if kind == "leaf" or kind != known or len(structure[1]) != len(recorded[1]):
        return structure == recorded
    if kind == "dict":
        return all([
            key == name and fits(item, one)
            for (key, item), (name, one) in zip(structure[1], recorded[1])])
    return all([fits(item, one) for item, one in zip(structure[1], recorded[1])])


cdef bint is_integer(tuple static):
    """Whether a constant is one."""
    return len(static) > 1 and isinstance(static[1], (int, np.integer)) and (
        not isinstance(static[1], bool))


def describe(tuple structure):
    """A structure as its user would write it, with shapes for arrays."""
    kind = structure[0]
    if kind == "leaf":
        return f"{structure[1]}"
    if kind == "dict":
        return "{" + ", ".join([f"{k!r}: {describe(v)}" for k, v in structure[1]]) + "}"
    if kind == "static array":
        return f"{np.dtype(structure[2])} {structure[1]}"
    if kind == "static":
        return "integer" if is_integer(structure) else "constant"
    inside = ", ".join([describe(item) for item in structure[1]])
    return f"[{inside}]" if kind == "list" else f"({inside})"


def as_input(value):
    """A number or an array as programs read them: float64, in C order."""
    if (np.PyArray_CheckExact(value) and np.PyArray_TYPE(<np.ndarray> value) == np.NPY_DOUBLE
            and np.PyArray_ISCARRAY_RO(<np.ndarray> value)):
        return value
    return np.require(value, float, "CA")


cdef bint reads(tuple structure, object value, list leaves) except -1:
    """Append the leaves of a value of this structure; whether it is of it, beyond doubt."""
    cdef tuple items
    cdef np.ndarray array
    cdef PyObject *shape
    cdef Py_ssize_t i
    cdef int axis
    kind = <object> PyTuple_GET_ITEM(structure, 0)
    if kind == "leaf":
        shape = PyTuple_GET_ITEM(structure, 1)
        if PyFloat_Check(value):
            leaves.append(value)
            return PyTuple_GET_SIZE(<object> shape) == 0
        if not np.PyArray_CheckExact(value):
            return False
        array = value
        if np.PyArray_NDIM(array) != PyTuple_GET_SIZE(<object> shape):
            return False
        for axis in range(np.PyArray_NDIM(array)):
            if np.PyArray_DIM(array, axis) != <Py_ssize_t> <object> PyTuple_GET_ITEM(
                    <object> shape, axis):
                return False
        if np.PyArray_TYPE(array) == np.NPY_DOUBLE and np.PyArray_ISCARRAY_RO(array):
            leaves.append(value)
            return True
        if not np.PyArray_ISFLOAT(array):
            return False
        leaves.append(as_input(value))
        return True
    if kind == "tuple":
        return type(value) is tuple and are_read(
            <tuple> PyTuple_GET_ITEM(structure, 1), value, leaves)
    if kind == "dict":
        items = structure[1]
        if not PyDict_CheckExact(value) or len(<dict> value) != PyTuple_GET_SIZE(items):
            return False
        for (key, item), given in zip(items, <dict> value):  # in the same order
            if key is not given and key != given:
                return False
            given = dict_get(<PyObject *> value, key)  # held: a comparison may let go of it
            if not reads(item, given, leaves):
                return False
        return True
    if kind == "static":
        return PyTuple_GET_SIZE(structure) == 1 or (
            type(value).__name__ == structure[2]
            and (value is structure[1] or value == structure[1]))
    if kind == "static array":
        return (
            np.PyArray_CheckExact(value) and value.shape == structure[1]
            and value.dtype.str == structure[2] and value.tobytes() == structure[3])
    items = structure[1]
    if kind == "list":
        if not PyList_CheckExact(value) or PyList_GET_SIZE(value) != PyTuple_GET_SIZE(items):
            return False
        for i in range(PyTuple_GET_SIZE(items)):
            if i >= PyList_GET_SIZE(value):  # made shorter meanwhile, by a comparison
                return False
            given = PySequence_ITEM(value, i)  # held at once, unlike what Cython finds in a list
            if not reads(<tuple> PyTuple_GET_ITEM(items, i), given, leaves):
                return False
        return True
    return type(value) is kind and are_read(structure[1], value, leaves)


cdef bint are_read(tuple items, object values, list leaves) except -1:
    """The same of each value of a tuple, named or not."""
    cdef Py_ssize_t i
    if PyTuple_GET_SIZE(values) != PyTuple_GET_SIZE(items):
        return False
    for i in range(PyTuple_GET_SIZE(items)):
        if not reads(
            <tuple> PyTuple_GET_ITEM(items, i), <object> PyTuple_GET_ITEM(values, i), leaves
        ):
            return False
    return True
