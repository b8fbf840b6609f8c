"""LU factors that stay: loops over the LAPACK that NumPy itself was linked to.

NumPy's own loops do whole tasks and throw the factors away, so that a determinant and an inverse of
one matrix cost two factorisations. Here a factorisation is a result, and determinant, solution and
inverse are cheap things done with it. The routines for solutions, and their order, are NumPy's (dgetrf,
then dgetrs): so are the results, to the last bit. A larger inverse is dgetri's, in two thirds of the
operations that the solution for the identity takes.

Matrices of factors are in Fortran's order and dense. The loops have the form of those in `replay`;
``dims`` and ``steps`` are given with each. Where NumPy's library does not show its routines,
`loops()` is empty, and whole tasks are all there is.
"""

import ctypes
import functools
import glob
import os
import sys

from libc.math cimport exp, fabs, log
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from fastls.tape.lock import new_lock

# All integers are passed as 64 bits; a library of 32-bit ones reads the lower half.
ctypedef void (*getrf_t)(
    int64_t *m, int64_t *n, double *a, int64_t *lda, void *pivots, int64_t *info) noexcept nogil
ctypedef void (*getrs_t)(
    char *trans, int64_t *n, int64_t *columns, double *a, int64_t *lda, void *pivots, double *b,
    int64_t *ldb, int64_t *info, size_t trans_length) noexcept nogil
ctypedef void (*getri_t)(
    int64_t *n, double *a, int64_t *lda, void *pivots, double *work, int64_t *lwork, int64_t *info,
) noexcept nogil
ctypedef void (*trtrs_t)(
    char *uplo, char *trans, char *diagonal, int64_t *n, int64_t *columns, double *a, int64_t *lda,
    double *b, int64_t *ldb, int64_t *info,
    size_t uplo_length, size_t trans_length, size_t diagonal_length) noexcept nogil

cdef getrf_t getrf = NULL
cdef getrs_t getrs = NULL
cdef getri_t getri = NULL
cdef trtrs_t trtrs = NULL
cdef bint has_long_pivots = True

cdef enum:
    SMALL = 8                 # up to this size solving for the identity is faster
    COLUMNS = 64              # that dgetri takes at a time
BLOCK = COLUMNS
cdef object LOCK = new_lock()


cdef inline void fortran(
    const char *x, Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t row, Py_ssize_t column, double *out,
) noexcept nogil:
    """Copy a matrix of any strides into Fortran's order."""
    cdef Py_ssize_t i, j
    for j in range(columns):
        for i in range(rows):
            out[j * rows + i] = (<const double *> (x + i * row + j * column))[0]


cdef void factorise(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """x -> factors, pivots, info. dims: n; steps: those of x."""
    cdef int64_t n = dims[0], lead = max(n, 1)
    cdef int64_t *info = <int64_t *> args[3]
    info[0] = 0
    fortran(args[0], n, n, steps[0], steps[1], <double *> args[1])
    getrf(&n, &n, <double *> args[1], &lead, args[2], info)


cdef void determinant(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """factors, pivots -> sign, log|det|, det, log det. dims: n"""
    cdef Py_ssize_t i, n = dims[0]
    cdef Py_ssize_t pivot
    cdef double sign = 1.0, logarithm = 0.0, u
    for i in range(n):
        pivot = (<int64_t *> args[1])[i] if has_long_pivots else (<int32_t *> args[1])[i]
        if pivot != i + 1:
            sign = -sign
        u = (<double *> args[0])[i * (n + 1)]
        if u < 0.0:
            sign = -sign
        elif u == 0.0:
            sign = 0.0
        logarithm += log(fabs(u))
    (<double *> args[2])[0] = sign
    (<double *> args[3])[0] = logarithm
    (<double *> args[4])[0] = sign * exp(logarithm)
    (<double *> args[5])[0] = logarithm if sign >= 0.0 else log(-1.0)


cdef void solve(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """factors, pivots, b -> x. dims: n, columns, whether x is transposed; steps: those of b."""
    cdef int64_t n = dims[0], columns = dims[1], lead = max(n, 1), info = 0
    cdef char trans = b"T" if dims[2] else b"N"
    fortran(args[2], n, columns, steps[0], steps[1], <double *> args[3])
    getrs(&trans, &n, &columns, <double *> args[0], &lead, args[1], <double *> args[3], &lead, &info,
          1)


cdef void inverse(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """factors, pivots -> x⁻¹, and `BLOCK` n numbers to work with. dims: n"""
    cdef int64_t n = dims[0], lead = max(n, 1), info = 0, room = COLUMNS * lead
    cdef char trans = b"N"
    cdef Py_ssize_t i
    cdef double *out = <double *> args[2]
    if n > SMALL:
        memcpy(out, args[0], n * n * sizeof(double))
        getri(&n, out, &lead, args[1], <double *> args[3], &room, &info)
        return
    memset(out, 0, n * n * sizeof(double))
    for i in range(n):
        out[i * (n + 1)] = 1.0
    getrs(&trans, &n, &n, <double *> args[0], &lead, args[1], out, &lead, &info, 1)


cdef void solve_triangular(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """x, b -> x⁻¹ b, info, of a triangle in Fortran's order.

    dims: n, columns, whether it is the lower triangle, whether x is transposed, leading dimension;
    steps: those of b.
    """
    cdef int64_t n = dims[0], columns = dims[1], lead = dims[4], dense = max(n, 1)
    cdef int64_t *info = <int64_t *> args[3]
    cdef char uplo = b"L" if dims[2] else b"U"
    cdef char trans = b"T" if dims[3] else b"N"
    cdef char diagonal = b"N"
    info[0] = 0
    fortran(args[1], n, columns, steps[0], steps[1], <double *> args[2])
    trtrs(&uplo, &trans, &diagonal, &n, &columns, <double *> args[0], &lead, <double *> args[2], &dense,
          info, 1, 1, 1)


def libraries():
    """Where NumPy's LAPACK may be: in what its module was linked to, or in a file beside NumPy."""
    import numpy
    from numpy.linalg import _umath_linalg

    # Looking a name up in a module also looks in what it depends on; not so on Windows.
    beside = os.path.join(os.path.dirname(numpy.__file__) + ".libs", "*openblas*")
    for path in (_umath_linalg.__file__, *sorted(glob.glob(beside))):
        try:
            yield ctypes.CDLL(path)
        except OSError:
            continue


def address(library, str routine, bint is_long):
    """Of a routine, under the names that builds of LAPACK give it; or None."""
    names = (
        ("scipy_{}_64_", "{}_64_", "{}$NEWLAPACK$ILP64") if is_long
        else ("scipy_{}_", "{}_", "{}$NEWLAPACK"))
    for name in names:
        try:
            return ctypes.cast(library[name.format(routine)], ctypes.c_void_p).value
        except AttributeError:
            continue
    return None


def loops():
    """The loops by name; none where there is no LAPACK to be found.

    Returns
    -------
    dict of str to int
        Addresses.
    """
    with LOCK:  # the routines are found once, before anyone calls them
        return found_loops()


@functools.cache
def found_loops():
    global getrf, getrs, getri, trtrs, has_long_pivots
    try:
        from numpy.linalg import _umath_linalg
    except ImportError:
        return {}
    is_long = getattr(_umath_linalg, "_ilp64", None)
    if is_long is None or not (is_long or sys.byteorder == "little"):
        return {}
    for library in libraries():
        found = [address(library, name, is_long) for name in ("dgetrf", "dgetrs", "dgetri", "dtrtrs")]
        if None not in found:
            getrf = <getrf_t> <void *> <size_t> found[0]
            getrs = <getrs_t> <void *> <size_t> found[1]
            getri = <getri_t> <void *> <size_t> found[2]
            trtrs = <trtrs_t> <void *> <size_t> found[3]
            has_long_pivots = is_long
            return {
                "factorise": <size_t> <void *> factorise,
                "determinant": <size_t> <void *> determinant,
                "solve": <size_t> <void *> solve,
                "inverse": <size_t> <void *> inverse,
                "solve_triangular": <size_t> <void *> solve_triangular,
            }
    return {}
