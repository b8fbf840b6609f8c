"""NumPy's inner loops as C pointers: the one file that touches NumPy's private parts.

A ufunc object holds, for each combination of types, a function
``void loop(char **args, npy_intp *dims, npy_intp *steps, void *data)``, chosen for the processor that
runs. It is called without the GIL and without what a call of the ufunc costs.
"""

cimport numpy as np

import numpy as np

np.import_array()
np.import_ufunc()

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct PyUFuncObject:
        int nin, nout, nargs, ntypes
        void **functions
        void **data
        const char *types
        int core_enabled


def loop(ufunc, str types):
    """The loop of a ufunc for types such as ``"dd->d"``, as (address, address of its data); or None.

    Parameters
    ----------
    ufunc : numpy.ufunc
    types : str
        As in ``ufunc.types``.

    Returns
    -------
    (int, int) or None
    """
    cdef PyUFuncObject *u
    if not isinstance(ufunc, np.ufunc) or types not in ufunc.types:
        return None
    u = <PyUFuncObject *> <void *> ufunc
    cdef Py_ssize_t i = ufunc.types.index(types)
    if i >= u.ntypes or u.functions is NULL or u.functions[i] is NULL:
        return None
    return <size_t> u.functions[i], <size_t> (u.data[i] if u.data is not NULL else NULL)


def linalg_ufunc(str name):
    """The generalised ufunc behind a function of ``numpy.linalg``, or None."""
    try:
        from numpy.linalg import _umath_linalg
    except ImportError:
        return None
    return getattr(_umath_linalg, name, None)


def has_avx512():
    """Whether NumPy has found a processor with AVX-512."""
    try:
        from numpy._core._multiarray_umath import __cpu_features__
    except ImportError:
        return False
    return bool(__cpu_features__.get("AVX512_SKX", False))


# Private parts that have moved are to be noticed here, not by a wrong result.
if loop(np.add, "dd->d") is None or loop(np.matmul, "dd->d") is None:
    raise ImportError("fastls does not know this version of NumPy: its loops are not where they were")
