"""The loop behind each ufunc: NumPy's, or ours where that is quicker (see elementary.h)."""

import numpy as np

from fastls.tape import numpy_loops

cdef extern from "elementary.h":
    ctypedef void (*loop_t "fastls_elementwise_t")(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    loop_t exp "fastls_exp_loop"
    loop_t log "fastls_log_loop"
    loop_t log1p "fastls_log1p_loop"
    loop_t tanh "fastls_tanh_loop"
    loop_t logaddexp "fastls_logaddexp_loop"
    loop_t add "fastls_add_loop"
    loop_t subtract "fastls_subtract_loop"
    loop_t multiply "fastls_multiply_loop"
    loop_t divide "fastls_divide_loop"
    loop_t positive "fastls_positive_loop"
    loop_t negative "fastls_negative_loop"
    loop_t add_rows "fastls_add_rows"
    loop_t subtract_rows "fastls_subtract_rows"
    loop_t multiply_rows "fastls_multiply_rows"
    loop_t divide_rows "fastls_divide_rows"
    loop_t positive_rows "fastls_positive_rows"
    loop_t negative_rows "fastls_negative_rows"
    Py_ssize_t FEW "FASTLS_FEW"

OURS = {
    (np.exp, "d->d"): <size_t> <void *> exp,
    (np.log, "d->d"): <size_t> <void *> log,
    (np.log1p, "d->d"): <size_t> <void *> log1p,
    (np.tanh, "d->d"): <size_t> <void *> tanh,
    (np.logaddexp, "dd->d"): <size_t> <void *> logaddexp,
}

# There NumPy has loops of eight numbers at a time.
if numpy_loops.has_avx512():
    OURS = {(np.logaddexp, "dd->d"): OURS[np.logaddexp, "dd->d"]}

# Of few numbers; they are given NumPy's loop as their data, for all else.
OF_FEW = {
    (np.add, "dd->d"): (<size_t> <void *> add, <size_t> <void *> add_rows),
    (np.subtract, "dd->d"): (<size_t> <void *> subtract, <size_t> <void *> subtract_rows),
    (np.multiply, "dd->d"): (<size_t> <void *> multiply, <size_t> <void *> multiply_rows),
    (np.divide, "dd->d"): (<size_t> <void *> divide, <size_t> <void *> divide_rows),
    (np.positive, "d->d"): (<size_t> <void *> positive, <size_t> <void *> positive_rows),
    (np.negative, "d->d"): (<size_t> <void *> negative, <size_t> <void *> negative_rows),
}
ROWS = dict(OF_FEW.values())  # of the loop of few numbers, that over rows of them


def loop_over_rows(tuple function, Py_ssize_t length, steps):
    """The loop over rows of few numbers; or None, also of two, which columns are quicker for.

    Parameters
    ----------
    function : (int, int)
        As found by `loop`.
    length : int
        Of a row.
    steps : sequence of int
        From one of its entries to the next, in bytes, of each operand and the result.

    Returns
    -------
    (int, int) or None
        Its dims are the length and the number of rows, its steps those given and those from one row
        to the next.
    """
    if function[0] not in ROWS or not 2 < length <= FEW:
        return None
    *operands, result = steps
    if result != 8 or not all([step == 8 or step == 0 for step in operands]) or 8 not in operands:
        return None
    return ROWS[function[0]], 0


def loop(ufunc, str types, bint of_number=False):
    """The loop of a ufunc for types such as ``"dd->d"``, as (address, address of its data); or None.

    Parameters
    ----------
    ufunc : numpy.ufunc
    types : str
        As in ``ufunc.types``.
    of_number : bool, optional
        For one number at a time, on which NumPy's are quicker, save that of tanh.

    Returns
    -------
    (int, int) or None
    """
    if of_number and ufunc is not np.tanh:
        return numpy_loops.loop(ufunc, types)
    if (ufunc, types) in OURS:
        return OURS[ufunc, types], 0
    theirs = numpy_loops.loop(ufunc, types)
    if theirs is not None and theirs[1] == 0 and (ufunc, types) in OF_FEW:
        return OF_FEW[ufunc, types][0], theirs[0]
    return theirs
