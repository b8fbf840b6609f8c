"""Compiled callbacks, from wherever they come, as an address, a signature and a context.

Accepted are `scipy.LowLevelCallable`, a bare ``PyCapsule`` named by its signature (what Cython
puts into ``__pyx_capi__``), `numba.cfunc`, and ctypes and cffi function pointers. SciPy, numba,
ctypes and cffi are recognised without being imported: an object of theirs exists only where
they are already loaded.
"""

import sys

from cpython.function cimport PyFunction_Check
from cpython.method cimport PyMethod_Check
from cpython.object cimport PyObject
from cpython.pycapsule cimport (
    PyCapsule_CheckExact, PyCapsule_GetContext, PyCapsule_GetName, PyCapsule_GetPointer,
)
from cpython.tuple cimport PyTuple_Check, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.string cimport strcmp

cdef extern from "Python.h":
    ctypedef struct PyTypeObject:
        const char *tp_name
    PyTypeObject *Py_TYPE(object o)

# The signatures understood. SciPy, numba, ctypes, cffi and Cython all spell them this way.
cdef struct row_t:
    const char *text
    signature_t signature

cdef row_t[3] SIGNATURES = [
    row_t("double (double, void *)", WITH_DATA),
    row_t("double (double)", PLAIN),
    row_t("int (double, double *, double *, void *)", WITH_SLOPE),
]

CTYPES_NAMES = {
    "c_double": "double", "c_float": "float", "c_void_p": "void *", "c_int": "int",
    "c_long": "long", "LP_c_double": "double *", "None": "void",
}
CTYPES_HOLDS_THE_GIL = 4          # FUNCFLAG_PYTHONAPI, set by ctypes.PYFUNCTYPE

# What types of ctypes and cffi have been read to say: spelling it takes longer than a short search.
cdef dict SPELLED = {}
cdef dict FFI = {}            # cffi's view of C, once it is asked for


cdef signature_t look_up(const char *text, int accepted) except? NOT_LOW_LEVEL:
    if text is not NULL:
        for row in SIGNATURES:
            if row.signature & accepted and strcmp(row.text, text) == 0:
                return row.signature
    found = "no signature" if text is NULL else repr(text.decode(errors="backslashreplace"))
    expected = ", ".join(
        [repr(row.text.decode()) for row in SIGNATURES if row.signature & accepted])
    raise ValueError(f"f must be a C callback with one of the signatures {expected}; got {found}")


cdef int read_capsule(object capsule, callback_t *callback, int accepted) except -1:
    cdef const char *name = PyCapsule_GetName(capsule)
    callback.signature = look_up(name, accepted)
    callback.address = PyCapsule_GetPointer(capsule, name)
    callback.data = PyCapsule_GetContext(capsule)
    return 0


cdef int read_address(
    size_t address, str text, callback_t *callback, int accepted,
) except -1:
    callback.signature = look_up(text.encode(), accepted)
    callback.address = <void *> address
    callback.data = NULL
    if callback.address is NULL:
        raise ValueError(f"f must not be a null pointer (signature {text!r})")
    return 0


cdef str spelling(tuple types):
    """``double (double)`` and the like, from ctypes' types of what is returned and given."""
    names = [getattr(kind, "__name__", repr(kind)) for kind in types]
    names = [CTYPES_NAMES.get(name, name) for name in names]
    return f"{names[0]} ({', '.join(names[1:])})"


cdef int read_ctypes(object f, object ctypes, callback_t *callback, int accepted) except -1:
    # A ctypes function is a place that holds the pointer.
    cdef size_t address = (<size_t *> <size_t> ctypes.addressof(f))[0]

    if f._flags_ & CTYPES_HOLDS_THE_GIL:
        raise TypeError(
            "f must be callable without the GIL; make the ctypes pointer with CFUNCTYPE, "
            "not PYFUNCTYPE"
        )
    if f.argtypes is None:
        raise ValueError("f must have its argtypes (and restype) set: [c_double], restype c_double")
    types = (f.restype, *f.argtypes)
    try:
        text = SPELLED[types]
    except (KeyError, TypeError):  # not met before, or without a hash
        text = spelling(types)
        look_up(text.encode(), accepted)
        SPELLED[types] = text
    return read_address(address, text, callback, accepted)


cdef int read_cffi(object f, object backend, callback_t *callback, int accepted) except -1:
    if backend not in FFI:
        FFI.setdefault(backend, backend.FFI())
    ffi = FFI[backend]
    kind = ffi.typeof(f)
    if kind.kind != "function":
        raise TypeError(f"f must be a pointer to a function; got cffi's {kind.cname!r}")
    if kind not in SPELLED:
        text = kind.cname.replace("(*)", " ")
        look_up(text.encode(), accepted)
        SPELLED[kind] = text
    return read_address(int(ffi.cast("uintptr_t", f)), SPELLED[kind], callback, accepted)


def is_compiled(f):
    """Whether f is a compiled callback, called without the GIL."""
    cdef callback_t callback
    read_callback(f, &callback, VALUES | WITH_SLOPE)
    return callback.signature != NOT_LOW_LEVEL


cdef int read_callback(object f, callback_t *callback, int accepted) except -1:
    """Tell where the compiled function behind f is, or that f is none (`NOT_LOW_LEVEL`).

    accepted are the signatures it may have, added up.
    """
    # By name, so that SciPy need not be imported. It is a tuple (capsule, function, user_data)
    # that refuses to be indexed.
    if (PyTuple_Check(f) and strcmp(Py_TYPE(f).tp_name, b"LowLevelCallable") == 0
            and PyTuple_GET_SIZE(f) == 3 and PyCapsule_CheckExact(<object> PyTuple_GET_ITEM(f, 0))):
        return read_capsule(<object> PyTuple_GET_ITEM(f, 0), callback, accepted)
    if PyCapsule_CheckExact(f):
        return read_capsule(f, callback, accepted)
    callback.signature = NOT_LOW_LEVEL
    if PyFunction_Check(f) or PyMethod_Check(f):
        return 0
    modules = sys.modules
    ctypes = modules.get("_ctypes")
    if ctypes is not None and isinstance(f, ctypes.CFuncPtr):
        return read_ctypes(f, ctypes, callback, accepted)
    cffi = modules.get("_cffi_backend")
    if cffi is not None and isinstance(f, cffi._CDataBase):
        return read_cffi(f, cffi, callback, accepted)
    numba = modules.get("numba.core.ccallback")
    if numba is not None and isinstance(f, numba.CFunc):
        return read_ctypes(f.ctypes, ctypes, callback, accepted)
    return 0
