"""Replaying a plan: a flat list of instructions over blocks of memory, in C, without the GIL.

An instruction is one call of an inner loop (NumPy's own, through its C pointer), with loops around
it where the arrays have more axes than one loop can walk. Slot 0 is the arena, where intermediate
values live; then come the inputs, the constants and the outputs.

Thread-safety: a Program does not change; every call takes a workspace from a pool, or makes one.
What is idle is exchanged in one step, so that no two threads take the same, with the GIL or without.
"""

cimport cython
cimport numpy as np
from cpython.float cimport PyFloat_Check
from cpython.list cimport PyList_GET_ITEM
from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memset

import math

import numpy as np

from fastls.interrupt cimport interrupted, signal_pending, signals_word
from fastls.tape.scalars cimport ScalarRun
from fastls.tape.shelf cimport SHELVES, exchange, shelf

np.import_array()

cdef extern from "Python.h":
    PyObject *PyTuple_GET_ITEM(object items, Py_ssize_t place)
    void PyObject_GC_UnTrack(void *item)

cdef extern from "numpy/arrayobject.h":
    ctypedef struct PyTypeObject:
        pass
    PyTypeObject PyArray_Type
    object PyArray_New(
        PyTypeObject *kind, int ndim, const np.npy_intp *dims, int number,
        const np.npy_intp *strides, void *data, int itemsize, int flags, void *owner)


# Loops of our own, of the same form as NumPy's.

cdef void gather(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out[i] = x[places[i]]"""
    cdef double *x = <double *> args[0]
    cdef Py_ssize_t *places = <Py_ssize_t *> args[1]
    cdef double *out = <double *> args[2]
    cdef Py_ssize_t i
    for i in range(dims[0]):
        out[i] = x[places[i]]


cdef void scatter(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out[places[i]] += x[i]"""
    cdef double *x = <double *> args[0]
    cdef Py_ssize_t *places = <Py_ssize_t *> args[1]
    cdef double *out = <double *> args[2]
    cdef Py_ssize_t i
    for i in range(dims[0]):
        out[places[i]] += x[i]


cdef inline void pick(
    const char *c, const double *a, const double *b, double *out, Py_ssize_t n,
    Py_ssize_t a_step, Py_ssize_t b_step,
) noexcept nogil:
    cdef double first, second
    cdef Py_ssize_t i
    for i in range(n):
        first, second = a[i * a_step], b[i * b_step]  # both are read: then nothing branches
        out[i] = first if c[i] else second


cdef void select(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out = a where c, else b"""
    cdef char *c = args[0]
    cdef char *a = args[1]
    cdef char *b = args[2]
    cdef char *out = args[3]
    cdef Py_ssize_t i
    cdef bint is_dense = steps[0] == 1 and steps[3] == 8
    # Of steps that it knows, the compiler makes no more than it must.
    if is_dense and steps[1] == 8 and steps[2] == 8:
        pick(c, <double *> a, <double *> b, <double *> out, dims[0], 1, 1)
        return
    if is_dense and steps[1] == 8 and steps[2] == 0:
        pick(c, <double *> a, <double *> b, <double *> out, dims[0], 1, 0)
        return
    if is_dense and steps[1] == 0 and steps[2] == 8:
        pick(c, <double *> a, <double *> b, <double *> out, dims[0], 0, 1)
        return
    if is_dense and steps[1] == 0 and steps[2] == 0:
        pick(c, <double *> a, <double *> b, <double *> out, dims[0], 0, 0)
        return
    for i in range(dims[0]):
        (<double *> out)[0] = (<double *> a)[0] if c[0] else (<double *> b)[0]
        c += steps[0]
        a += steps[1]
        b += steps[2]
        out += steps[3]


cdef void cumsum(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out[i] = x[0] + ... + x[i]"""
    cdef double total = 0.0
    cdef Py_ssize_t i
    for i in range(dims[0]):
        total = total + (<double *> (args[0] + i * steps[0]))[0] if i else (<double *> args[0])[0]
        (<double *> (args[1] + i * steps[1]))[0] = total


cdef void zero(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out = 0, contiguous"""
    memset(args[0], 0, dims[0] * sizeof(double))


cdef void short_product(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out = A B, of matrices with few entries, for which the BLAS takes longer to begin than to run"""
    cdef char *a = args[0]
    cdef char *b = args[1]
    cdef char *out = args[2]
    cdef Py_ssize_t rows = dims[1], terms = dims[2], columns = dims[3]
    cdef Py_ssize_t a_down = steps[3], a_along = steps[4], b_down = steps[5], b_along = steps[6]
    cdef Py_ssize_t out_down = steps[7], out_along = steps[8]
    cdef Py_ssize_t i, j
    if columns == 1:  # the product of the transposes, as columns are taken four at a time
        a, b = b, a
        a_down, a_along, b_down, b_along = b_along, b_down, a_along, a_down
        out_down, out_along = out_along, out_down
        rows, columns = columns, rows
    for i in range(rows):
        j = 0
        while j + 4 <= columns:
            four_sums(a, a_along, b + j * b_along, b_down, b_along, terms,
                      out + j * out_along, out_along)
            j += 4
        while j < columns:
            (<double *> (out + j * out_along))[0] = one_sum(
                a, a_along, b + j * b_along, b_down, terms)
            j += 1
        a += a_down
        out += out_down


cdef inline double one_sum(
    const char *a, Py_ssize_t a_step, const char *b, Py_ssize_t b_step, Py_ssize_t terms,
) noexcept nogil:
    cdef double total = 0.0
    cdef Py_ssize_t i
    for i in range(terms):
        total += (<const double *> a)[0] * (<const double *> b)[0]
        a += a_step
        b += b_step
    return total


cdef inline void four_sums(
    const char *a, Py_ssize_t a_step, const char *b, Py_ssize_t b_step, Py_ssize_t b_next,
    Py_ssize_t terms, char *out, Py_ssize_t out_next,
) noexcept nogil:
    cdef double first = 0.0, second = 0.0, third = 0.0, fourth = 0.0, x
    cdef Py_ssize_t i
    for i in range(terms):
        x = (<const double *> a)[0]
        first += x * (<const double *> b)[0]
        second += x * (<const double *> (b + b_next))[0]
        third += x * (<const double *> (b + 2 * b_next))[0]
        fourth += x * (<const double *> (b + 3 * b_next))[0]
        a += a_step
        b += b_step
    (<double *> out)[0] = first
    (<double *> (out + out_next))[0] = second
    (<double *> (out + 2 * out_next))[0] = third
    (<double *> (out + 3 * out_next))[0] = fourth


cdef void times_vector(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out = A v, by NumPy's loop for matrices"""
    cdef Py_ssize_t sizes[4]
    cdef Py_ssize_t strides[9]
    sizes[:] = [1, dims[0], steps[5], 1]
    strides[:] = [0, 0, 0, steps[0], steps[3], steps[4], 8, steps[2], 8]
    (<loop_t> data)(args, sizes, strides, NULL)


cdef void plus_transpose_times_vector(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data,
) noexcept nogil:
    """out += the transpose of A, times v; the product stands in args[2] meanwhile"""
    cdef Py_ssize_t columns = steps[5]
    cdef Py_ssize_t sizes[4]
    cdef Py_ssize_t strides[9]
    cdef double *product = <double *> args[2]
    cdef double *out = <double *> args[3]
    cdef Py_ssize_t j
    sizes[:] = [1, columns, dims[0], 1]
    strides[:] = [0, 0, 0, steps[4], steps[0], steps[1], 8, 8, 8]
    (<loop_t> data)(args, sizes, strides, NULL)
    for j in range(columns):
        out[j] += product[j]


OWN_LOOPS = {
    "cumsum": <size_t> <void *> cumsum,
    "gather": <size_t> <void *> gather,
    "plus_transpose_times_vector": <size_t> <void *> plus_transpose_times_vector,
    "scatter": <size_t> <void *> scatter,
    "select": <size_t> <void *> select,
    "short_product": <size_t> <void *> short_product,
    "times_vector": <size_t> <void *> times_vector,
    "zero": <size_t> <void *> zero,
}
CODES = {
    "loop": LOOP, "blocks": BLOCKS, "scalars": SCALARS, "guard": GUARD, "defined": DEFINED,
    "python": PYTHON,
}
#: What each instruction says with lists of integers.
LISTS = ("slots", "offsets", "dims", "steps", "advance", "count")
cdef size_t LINE = 64  # bytes of the cache that are written together
cdef Py_ssize_t LONG = 4000  # numbers computed, from which a replay lets other threads run


cdef int reraise() except -1:
    """Let an exception that waits in the thread state go on its way."""
    return -1


@cython.final
cdef class Workspace:
    """Memory for one replay at a time."""

    def __dealloc__(self):
        free(self.memory)
        free(self.base)


cdef object array_at(char *memory, tuple shape, tuple strides, str dtype, object owner):
    """An array of memory that owner keeps alive."""
    cdef np.npy_intp dims[32]
    cdef np.npy_intp steps[32]
    cdef int i
    for i in range(len(shape)):
        dims[i] = shape[i]
        steps[i] = strides[i]
    cdef int number = (
        np.NPY_DOUBLE if dtype == "f" else np.NPY_BOOL if dtype == "b" else np.NPY_INTP)
    array = PyArray_New(
        &PyArray_Type, len(shape), dims, number, steps, memory, 0, np.NPY_ARRAY_WRITEABLE, NULL)
    np.set_array_base(array, owner)
    return array


@cython.final
cdef class Program:
    """Instructions that compute outputs from inputs.

    Parameters
    ----------
    instructions : list of dict
        As made by ``plan``.
    input_shapes, output_shapes : list of tuple
    constants : list of ndarray
    size : int
        Bytes of the arena.
    """

    def __init__(self, instructions, input_shapes, output_shapes, constants, size):
        cdef Py_ssize_t i
        cdef instruction_t *t
        cdef ScalarRun code
        self.count = len(instructions)
        self.input_shapes, self.output_shapes = list(input_shapes), list(output_shapes)
        self.constants = list(constants)
        self.like = [np.empty(shape) for shape in [*input_shapes, *output_shapes]]
        self.all_like = <PyObject *> self.like
        self.python = []
        self.pool = []
        self.size = size
        self.inputs, self.outputs = len(self.input_shapes), len(self.output_shapes)
        self.first_output = 1 + self.inputs + len(self.constants)
        self.slots = self.first_output + self.outputs
        self.instructions = <instruction_t *> calloc(max(self.count, 1), sizeof(instruction_t))
        self.numbers = <Py_ssize_t *> malloc(
            max(sum(map(numbers_in, instructions)), 1) * sizeof(Py_ssize_t))
        if self.instructions is NULL or self.numbers is NULL:
            raise MemoryError
        self.codes = []
        cdef Py_ssize_t *next = self.numbers
        cdef Py_ssize_t work = 0
        for i, row in enumerate(instructions):
            t = &self.instructions[i]
            t.code = CODES[row["code"]]
            t.function = <loop_t> <void *> <size_t> row.get("function", 0)
            t.data = <void *> <size_t> row.get("data", 0)
            t.span = row.get("span", 0)
            t.outer = len(row.get("count", ()))
            # Others find their arrays elsewhere, and may have any number of them.
            t.nargs = len(row["slots"]) if t.code in (LOOP, GUARD, DEFINED) else 0
            if t.nargs > 8 or t.outer > 32:
                raise ValueError("an instruction with so many arguments or axes cannot be replayed")
            t.slot = next
            next = written(next, row["slots"])
            t.offset = next
            next = written(next, row["offsets"])
            t.dims = next
            next = written(next, row.get("dims", ()))
            t.steps = next
            next = written(next, row.get("steps", ()))
            t.advance = next
            next = written(next, row.get("advance", ()))
            t.count = next
            next = written(next, row.get("count", ()))
            t.stride = next
            for strides in row.get("strides", ()):
                next = written(next, strides)
            work += 10
            if t.code == LOOP:
                work += math.prod(row.get("count", ())) * math.prod(row["dims"])
            elif t.code == SCALARS:
                code = <ScalarRun> row["run"]
                code.bind(row["slots"], row["offsets"])
                self.codes.append(code)
                t.data = <void *> code
                work += code.count
            elif t.code == PYTHON:
                next = written(next, (len(self.python),))
                t.dims = next - 1
                self.python.append((row["call"], row["views"]))
        self.is_long = work > LONG

    def __dealloc__(self):
        cdef int i
        for i in range(SHELVES):
            if self.shelves[i].idle is not NULL:
                Py_DECREF(<Workspace> self.shelves[i].idle)
        free(self.instructions)
        free(self.numbers)

    @property
    def memory(self):
        """Bytes of a workspace."""
        return self.size

    cdef Workspace workspace(self):
        cdef Workspace work
        cdef Py_ssize_t i
        cdef void *idle = exchange(&self.shelves[shelf()].idle, NULL)
        if idle is not NULL:
            work = <Workspace> idle
            Py_DECREF(work)  # the shelf's reference
            return work
        try:
            return <Workspace> self.pool.pop()
        except IndexError:
            pass
        work = Workspace.__new__(Workspace)
        # Two lines of the cache before and after: no two threads write to the same or to its twin.
        work.memory = malloc(self.size + 4 * LINE)
        work.base = <char **> calloc(self.slots + 16, sizeof(char *))
        if work.memory is NULL or work.base is NULL:
            raise MemoryError
        work.arena = <char *> ((<size_t> work.memory + 2 * LINE - 1) // LINE * LINE)
        work.base[0] = work.arena
        for i, constant in enumerate(self.constants):
            work.base[1 + self.inputs + i] = <char *> np.PyArray_DATA(
                <np.ndarray> constant)
        return work

    cdef int put_back(self, Workspace work) except -1:
        Py_INCREF(work)
        cdef void *former = exchange(&self.shelves[shelf()].idle, <void *> work)
        if former is not NULL:
            self.pool.append(<Workspace> former)
            Py_DECREF(<Workspace> former)
        return 0

    def __call__(self, list arrays):
        """Replay.

        Parameters
        ----------
        arrays : list of ndarray or float
            The inputs: float64, in C order, of the shapes recorded.

        Returns
        -------
        tuple or None
            The outputs, 0-d ones as floats; None where a guard says that the path is another.
        """
        return self.run(arrays)

    cdef tuple run(self, list arrays):
        cdef Workspace work
        cdef Py_ssize_t i, inputs = self.inputs, outputs = self.outputs
        cdef Py_ssize_t violated
        cdef double given[16]
        cdef double numbers[16]
        cdef PyObject *all_like = self.all_like
        cdef PyObject *like
        cdef tuple found
        cdef object number
        cdef list kept = None  # numbers that are more than fit, alive until the end
        if len(arrays) != inputs:
            raise ValueError(f"a program of {inputs} inputs was given {len(arrays)}")
        found = PyTuple_New(outputs)
        PyObject_GC_UnTrack(<void *> found)  # no one may come upon it while places in it are empty
        work = self.workspace()
        for i in range(inputs):
            array = arrays[i]
            if PyFloat_Check(array):
                if i < 16:
                    given[i] = array
                    work.base[1 + i] = <char *> &given[i]
                    continue
                array = np.array(array)
                kept = [array] if kept is None else kept + [array]
            work.base[1 + i] = <char *> np.PyArray_DATA(<np.ndarray> array)
        for i in range(outputs):
            like = PyList_GET_ITEM(<object> all_like, inputs + i)
            if np.PyArray_NDIM(<np.ndarray> like) == 0 and i < 16:
                work.base[self.first_output + i] = <char *> &numbers[i]
                continue
            array = np.PyArray_SimpleNew(
                np.PyArray_NDIM(<np.ndarray> like), np.PyArray_DIMS(<np.ndarray> like),
                np.NPY_DOUBLE)
            work.base[self.first_output + i] = <char *> np.PyArray_DATA(<np.ndarray> array)
            Py_INCREF(array)
            PyTuple_SET_ITEM(found, i, array)
        if self.python:
            violated = self.execute_python(work)
        elif not self.is_long:
            violated = self.execute(work.base, NULL)
        else:
            with nogil:
                violated = self.execute(work.base, signals_word())
        self.put_back(work)
        if violated >= 0:
            return None
        if violated == INTERRUPTED:
            reraise()
        for i in range(outputs):
            like = PyList_GET_ITEM(<object> all_like, inputs + i)
            if np.PyArray_NDIM(<np.ndarray> like) == 0:
                if i < 16:
                    number = numbers[i]
                else:  # in an array, which it now takes the place of
                    array = <object> PyTuple_GET_ITEM(found, i)
                    number = (<double *> np.PyArray_DATA(<np.ndarray> array))[0]
                    Py_DECREF(array)
                Py_INCREF(number)
                PyTuple_SET_ITEM(found, i, number)
        return found

    cdef Py_ssize_t execute(self, char **base, signals_t signals) noexcept nogil:
        """Run; the number of the guard that was violated, or -1.

        Signals are answered between two instructions, two blocks, and two rounds of a loop around
        another, where their word is given; INTERRUPTED where a handler has raised.
        """
        cdef Py_ssize_t i = 0
        cdef end_t end
        while i < self.count:
            end = step(&self.instructions[i], base, signals)
            if end != GOES_ON:
                return INTERRUPTED if end == STOPPED else i
            i += 1 + self.instructions[i].span
        return -1

    def execute_python(self, Workspace work):
        """The same where some instructions are calls of Python functions."""
        cdef Py_ssize_t i = 0
        cdef instruction_t *t
        cdef char *place
        cdef end_t end
        cdef signals_t signals = signals_word()
        while i < self.count:
            t = &self.instructions[i]
            if t.code == PYTHON:
                call, views = self.python[t.dims[0]]
                arrays = []
                for slot, offset, shape, strides, dtype in views:
                    place = work.base[<Py_ssize_t> slot] + <Py_ssize_t> offset
                    arrays.append(array_at(place, shape, strides, dtype, work))
                out = arrays.pop()
                out[...] = call(*arrays)
            else:
                end = step(t, work.base, signals)
                if end == STOPPED:
                    reraise()
                if end == VIOLATED:
                    return i
            i += 1 + t.span
        return -1


def numbers_in(row):
    """How many integers an instruction has."""
    return sum(len(row.get(key, ())) for key in LISTS) + sum(map(len, row.get("strides", ()))) + 1


cdef Py_ssize_t *written(Py_ssize_t *place, numbers) except NULL:
    """Write integers; where the next ones go."""
    cdef Py_ssize_t i = 0
    for number in numbers:
        place[i] = number
        i += 1
    return place + i


cdef inline bint is_stopped(signals_t signals) noexcept nogil:
    """Whether a signal has come whose handler raised."""
    return signals is not NULL and signal_pending(signals) and interrupted()


cdef enum end_t:
    GOES_ON
    VIOLATED                  # a guard does not hold
    STOPPED                   # a signal's handler has raised


cdef end_t blocks(const instruction_t *t, char **base, signals_t signals) noexcept nogil:
    """The loops that follow, on one block after the other."""
    cdef char *args[8]
    cdef const instruction_t *step
    cdef Py_ssize_t done = 0, number = 0, length
    cdef int j, k
    while done < t.dims[0]:
        if is_stopped(signals):
            return STOPPED
        length = min(t.dims[1], t.dims[0] - done)
        for j in range(t.span):
            step = t + 1 + j
            for k in range(step.nargs):
                args[k] = base[step.slot[k]] + step.offset[k] + number * step.advance[k]
            step.function(args, &length, step.steps, step.data)
        done += length
        number += 1
    return GOES_ON


cdef inline end_t step(const instruction_t *t, char **base, signals_t signals) noexcept nogil:
    """One instruction, with those that belong to it."""
    cdef char *args[8]
    cdef char *moved[8]
    cdef Py_ssize_t at[32]
    cdef int k, axis
    cdef Py_ssize_t i
    if is_stopped(signals):
        return STOPPED
    if t.code == BLOCKS:
        return blocks(t, base, signals)
    for k in range(t.nargs):
        args[k] = base[t.slot[k]] + t.offset[k]
    if t.code == LOOP:
        if t.outer == 0:
            t.function(args, t.dims, t.steps, t.data)
            return GOES_ON
        for axis in range(t.outer):
            at[axis] = 0
        while True:
            for k in range(t.nargs):
                moved[k] = args[k]
            t.function(moved, t.dims, t.steps, t.data)
            axis = t.outer - 1
            while axis >= 0:
                at[axis] += 1
                for k in range(t.nargs):
                    args[k] += t.stride[axis * t.nargs + k]
                if at[axis] < t.count[axis]:
                    break
                for k in range(t.nargs):
                    args[k] -= t.count[axis] * t.stride[axis * t.nargs + k]
                at[axis] = 0
                axis -= 1
            if axis < 0:
                return GOES_ON
            if is_stopped(signals):
                return STOPPED
    if t.code == SCALARS:
        return VIOLATED if (<ScalarRun> t.data).execute(base) else GOES_ON
    elif t.code == DEFINED:
        for i in range(t.dims[0]):
            if (<double *> args[0])[i] != (<double *> args[0])[i]:
                return VIOLATED
    elif t.code == GUARD:
        return VIOLATED if memcmp(args[0], args[1], t.dims[0]) != 0 else GOES_ON
    return GOES_ON
