"""The order of operations on numbers, for which a processor is quickest.

It does several at once where none needs what another computes, and runs ahead where it has seen the
like. Of a window of operations, those go first that need nothing that is computed in it (level 1),
then those that need only these (level 2), and so on, equal ones side by side. Where most wait for the
one before, as in a long sum, the processor does better if it finds others between, and the order
stays. What is computed, and how it rounds, does not change.

List scheduling, by levels; see Cooper and Torczon (2012), Engineering a Compiler, section 12.3.
"""

cimport cython
from libc.stdint cimport uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

cdef extern from "scalars.h" nogil:
    enum:
        MULTIPLY_ADD "FASTLS_MULTIPLY_ADD"
        SUBTRACT_MULTIPLY "FASTLS_SUBTRACT_MULTIPLY"
        SELECT "FASTLS_SELECT"
        GUARD "FASTLS_GUARD"
        END "FASTLS_END"

cdef enum:
    WINDOW = 256              # operations that are looked at together
    CHAIN = 3                 # so many operations a level at least, or the order stays


@cython.final
cdef class Reordering:
    """Of the operations of one program, run after run."""

    def __dealloc__(self):
        free(self.written)
        free(self.read)

    cdef int reorder(
        self, operation_t *operations, Py_ssize_t count, Py_ssize_t registers,
    ) except -1:
        """Reorder those of a run."""
        cdef operation_t window[WINDOW]
        cdef Py_ssize_t level[WINDOW]
        cdef Py_ssize_t code[WINDOW]
        cdef Py_ssize_t order[WINDOW]
        cdef Py_ssize_t start = 0, i, size, last
        cdef uint32_t operands[3]
        cdef int j, n
        cdef operation_t *t
        self.grow(registers)
        while start < count:
            size = min(<Py_ssize_t> WINDOW, count - start)
            last = self.before
            for i in range(size):
                t = window + i
                t[0] = operations[start + i]
                operands[0], operands[1], operands[2] = t.a, t.b, t.c
                n = 3 if MULTIPLY_ADD <= t.code <= SUBTRACT_MULTIPLY or t.code == SELECT else 2
                level[i] = self.before + 1
                for j in range(n):
                    level[i] = max(level[i], self.written[operands[j]] + 1)
                if t.code != GUARD:
                    level[i] = max(level[i], self.written[t.out] + 1, self.read[t.out] + 1)
                    self.written[t.out] = level[i]
                for j in range(n):
                    self.read[operands[j]] = max(self.read[operands[j]], level[i])
                last = max(last, level[i])
                code[i] = t.code
                order[i] = i
            if CHAIN * (last - self.before) <= size:
                for i in range(size):
                    level[i] -= self.before
                sort(order, code, size, END)
                sort(order, level, size, last - self.before)
                for i in range(size):
                    operations[start + i] = window[order[i]]
            self.before = last
            start += size
        return 0

    cdef int grow(self, Py_ssize_t registers) except -1:
        """Make room for more registers, which no one has written or read."""
        cdef Py_ssize_t more = registers - self.registers
        if more <= 0:
            return 0
        more += registers  # lest every run needs some
        cdef size_t size = (self.registers + more) * sizeof(Py_ssize_t)
        cdef Py_ssize_t *written = <Py_ssize_t *> realloc(self.written, size)
        if written is NULL:
            raise MemoryError
        self.written = written
        cdef Py_ssize_t *read = <Py_ssize_t *> realloc(self.read, size)
        if read is NULL:
            raise MemoryError
        self.read = read
        memset(self.written + self.registers, 0, more * sizeof(Py_ssize_t))
        memset(self.read + self.registers, 0, more * sizeof(Py_ssize_t))
        self.registers += more
        return 0


cdef void sort(
    Py_ssize_t *items, const Py_ssize_t *key, Py_ssize_t size, Py_ssize_t most,
) noexcept:
    """Sort items by a key from 0 to the most, by counting; those of the same key stay as they are."""
    cdef Py_ssize_t begin[WINDOW + 2]
    cdef Py_ssize_t given[WINDOW]
    cdef Py_ssize_t i
    memset(begin, 0, (most + 2) * sizeof(Py_ssize_t))
    memcpy(given, items, size * sizeof(Py_ssize_t))
    for i in range(size):
        begin[key[i] + 1] += 1
    for i in range(most + 1):
        begin[i + 1] += begin[i]
    for i in range(size):
        items[begin[key[given[i]]]] = given[i]
        begin[key[given[i]]] += 1
