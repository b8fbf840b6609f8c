"""The loop behind each ufunc: NumPy's, or ours where that is quicker (see elementary.h)."""

import numpy as np

from fastls.tape import numpy_loops

cdef extern from "elementary.h":
    ctypedef void (*loop_function)(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    void exp_loop "fastls_exp_loop"(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    void log1p_loop "fastls_log1p_loop"(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    void tanh_loop "fastls_tanh_loop"(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    void logaddexp_loop "fastls_logaddexp_loop"(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil

OURS = {
    (np.exp, "d->d"): <size_t> <void *> exp_loop,
    (np.log1p, "d->d"): <size_t> <void *> log1p_loop,
    (np.tanh, "d->d"): <size_t> <void *> tanh_loop,
    (np.logaddexp, "dd->d"): <size_t> <void *> logaddexp_loop,
}

# There NumPy has loops of eight numbers at a time.
if numpy_loops.has_avx512():
    OURS = {(np.logaddexp, "dd->d"): OURS[np.logaddexp, "dd->d"]}


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
    ours = OURS.get((ufunc, types))
    return numpy_loops.loop(ufunc, types) if ours is None else (ours, 0)
