"""Code for numbers: a loop over the entries of an array makes thousands of operations on them.

Operations on numbers that follow each other become one instruction of the program, with code of its
own: operations on registers, which stand in the arena. Before it runs, entries of arrays are copied
into registers, and at its end registers into entries of arrays; entries that are next to each other
are given registers next to each other, so that they are copied all at once.

A register is free again after the last use of its value. A product that is only added to something,
or subtracted, is one operation with that, rounded as the two were.
"""

cimport cython
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy

import numpy as np

from fastls.tape.graph cimport Graph, Node, Primitive
from fastls.tape.reordering cimport Reordering

from fastls.tape import primitives as p
from fastls.tape.elementary import loop

cdef extern from "scalars.h" nogil:
    enum:
        MOVE "FASTLS_MOVE"
        ADD "FASTLS_ADD"
        SUBTRACT "FASTLS_SUBTRACT"
        MULTIPLY "FASTLS_MULTIPLY"
        DIVIDE "FASTLS_DIVIDE"
        NEGATIVE "FASTLS_NEGATIVE"
        SQUARE "FASTLS_SQUARE"
        RECIPROCAL "FASTLS_RECIPROCAL"
        ABSOLUTE "FASTLS_ABSOLUTE"
        SQRT "FASTLS_SQRT"
        MULTIPLY_ADD "FASTLS_MULTIPLY_ADD"
        MULTIPLY_SUBTRACT "FASTLS_MULTIPLY_SUBTRACT"
        SUBTRACT_MULTIPLY "FASTLS_SUBTRACT_MULTIPLY"
        LESS "FASTLS_LESS"
        LESS_EQUAL "FASTLS_LESS_EQUAL"
        GREATER "FASTLS_GREATER"
        GREATER_EQUAL "FASTLS_GREATER_EQUAL"
        EQUAL "FASTLS_EQUAL"
        NOT_EQUAL "FASTLS_NOT_EQUAL"
        AND "FASTLS_AND"
        OR "FASTLS_OR"
        XOR "FASTLS_XOR"
        NOT "FASTLS_NOT"
        FINITE "FASTLS_FINITE"
        NAN_ "FASTLS_NAN_"
        INFINITE "FASTLS_INFINITE"
        SELECT "FASTLS_SELECT"
        CALL "FASTLS_CALL"
        GUARD "FASTLS_GUARD"
        END "FASTLS_END"
    int run "fastls_run"(
        const operation_t *t, double *r, loop_t *functions, void **data) noexcept

CODES = {
    np.add: ADD, np.subtract: SUBTRACT, np.multiply: MULTIPLY, np.divide: DIVIDE,
    np.negative: NEGATIVE, np.square: SQUARE, np.reciprocal: RECIPROCAL, np.absolute: ABSOLUTE,
    np.fabs: ABSOLUTE, np.sqrt: SQRT, np.positive: MOVE,
    np.less: LESS, np.less_equal: LESS_EQUAL, np.greater: GREATER,
    np.greater_equal: GREATER_EQUAL, np.equal: EQUAL, np.not_equal: NOT_EQUAL,
    np.logical_and: AND, np.logical_or: OR, np.logical_xor: XOR, np.logical_not: NOT,
    np.isfinite: FINITE, np.isnan: NAN_, np.isinf: INFINITE,
}
cdef dict CODE_OF = {}        # of each primitive that is a ufunc, or -1
cdef Primitive SLICE = p.SLICE
cdef set ALIASES = {p.IDENTITY, p.RESHAPE, p.TRANSPOSE, p.BROADCAST, p.SLICE}

# Registers that are not known before the code is complete, by the number of what is in them.
cdef uint32_t LOADED = 0x80000000u
cdef uint32_t CONSTANT = 0x40000000u
cdef uint32_t STORED = 0xC0000000u
cdef uint32_t NUMBER = 0x3FFFFFFFu
cdef uint32_t NOWHERE = 0xFFFFFFFFu
cdef int MANY = 1 << 30       # uses of a value whose register is not to be used again
cdef Py_ssize_t SPARE = 64    # registers that stay free, so that operations seldom wait for one


cdef int code_of(Primitive primitive) except -2:
    """How a primitive is written; -1 where it is no operation on numbers."""
    found = CODE_OF.get(primitive)
    if found is None:
        ufunc = primitive.value
        found = -1
        if primitive is p.SELECT:
            found = SELECT
        elif isinstance(ufunc, np.ufunc) and p.ELEMENTWISE.get(ufunc) is primitive:
            if ufunc in CODES:
                found = CODES[ufunc]
            elif ufunc.nin <= 2 and loop(ufunc, "d" * ufunc.nin + "->d", True) is not None:
                found = CALL if primitive.dtype == float else -1
        if found >= 0 or isinstance(ufunc, np.ufunc):      # others may be the user's, and many
            CODE_OF[primitive] = found
    return found


cdef bint is_one(tuple shape):
    for length in shape:
        if length != 1:
            return False
    return True


cdef inline bint is_constant_number(Node node):
    return node.operation.is_constant and not node.operation.shape


cdef bint is_entry(Node node):
    """Whether a value is an entry of an array of numbers."""
    return node.operation.is_number and node.operation.primitive is SLICE


@cython.final
cdef class ScalarRun:
    """Code for numbers, complete."""

    def __dealloc__(self):
        free(self.operations)
        free(self.loads)
        free(self.stores)
        free(self.constants)
        free(self.functions)
        free(self.data)

    def __len__(self):
        return self.count

    cdef bind(self, slots, offsets):
        """Be told where the registers are, and the arrays."""
        cdef Py_ssize_t i
        self.place = offsets[0]
        for i in range(self.load_count):
            self.loads[i].slot = slots[self.loads[i].view]
            self.loads[i].offset += <Py_ssize_t> offsets[self.loads[i].view]
        for i in range(self.store_count):
            self.stores[i].slot = slots[self.stores[i].view]
            self.stores[i].offset += <Py_ssize_t> offsets[self.stores[i].view]

    cdef bint execute(self, char **base) noexcept nogil:
        """Run; whether some guard does not hold."""
        cdef double *r = <double *> (base[0] + self.place)
        cdef span_t *span
        cdef Py_ssize_t i
        for i in range(self.load_count):
            span = &self.loads[i]
            memcpy(r + span.register, base[span.slot] + span.offset, span.count * sizeof(double))
        memcpy(r + self.first_constant, self.constants, self.constant_count * sizeof(double))
        if run(self.operations, r, self.functions, self.data):
            return True
        for i in range(self.store_count):
            span = &self.stores[i]
            memcpy(base[span.slot] + span.offset, r + span.register, span.count * sizeof(double))
        return False


cdef struct entry_t:          # of an array, that is to be in a register
    Py_ssize_t view, offset, node


cdef class Entries:
    """Entries of arrays, in the order in which they were asked for."""
    cdef entry_t *items
    cdef Py_ssize_t count, room

    def __dealloc__(self):
        free(self.items)

    cdef uint32_t add(self, Py_ssize_t view, Py_ssize_t offset, Py_ssize_t node) except? 0:
        if self.count == self.room:
            self.room = 2 * self.room + 16
            self.items = <entry_t *> realloc(self.items, self.room * sizeof(entry_t))
            if self.items is NULL:
                raise MemoryError
        self.items[self.count] = entry_t(view, offset, node)
        self.count += 1
        return <uint32_t> (self.count - 1)

    cdef tuple sorted(self, Py_ssize_t first, Py_ssize_t step):
        """By place; the register of each, from the first on, and the spans."""
        cdef Py_ssize_t i, j, count = self.count
        cdef entry_t *item
        table = np.empty((2, count), dtype=np.intp)
        cdef Py_ssize_t[:, ::1] places = table
        for i in range(count):
            places[0, i] = self.items[i].view
            places[1, i] = self.items[i].offset
        order_of = np.lexsort((table[1], table[0]))
        cdef Py_ssize_t[::1] order = order_of
        ranks = np.empty(count, dtype=np.intp)
        cdef Py_ssize_t[::1] rank = ranks
        cdef list spans = []
        cdef Py_ssize_t view = -1, start = 0, length = 0
        for j in range(count):
            i = order[j]
            rank[i] = first + j
            item = &self.items[i]
            if length and item.view == view and item.offset == start + length * step:
                length += 1
                continue
            if length:
                spans.append((view, start, first + j - length, length))
            view, start, length = item.view, item.offset, 1
        if length:
            spans.append((view, start, first + count - length, length))
        return ranks, spans


cdef span_t *as_spans(list spans) except? NULL:
    cdef Py_ssize_t i
    cdef span_t *found = <span_t *> calloc(max(len(spans), 1), sizeof(span_t))
    if found is NULL:
        raise MemoryError
    for i in range(len(spans)):
        found[i].view, found[i].offset, found[i].register, found[i].count = spans[i]
    return found


@cython.final
cdef class Scalars:
    """Writes the code for numbers of one program.

    Parameters
    ----------
    planner : Planner
        Knows where arrays are.
    nodes : list of Node
        All that the program computes, and the inputs.
    wanted : list of Node
        Outputs and guards.
    """
    cdef object planner
    cdef readonly list views  # of the arrays of this run; first, of the registers
    cdef dict view_of         # their numbers
    cdef operation_t *code
    cdef Py_ssize_t count, room
    cdef int *uses            # of each node, that are still to come
    cdef uint32_t *register   # of each node
    cdef Py_ssize_t *producer # of each node: its operation, until that is read by another; or -1
    cdef Py_ssize_t before    # operations handed over
    cdef uint32_t *unused     # registers that are free again, longest first,
    cdef Py_ssize_t unused_first, unused_count, unused_room  # from the first to the count
    cdef readonly Py_ssize_t registers  # that there are
    cdef Entries loads, stores
    cdef list constants, constant_nodes, functions
    cdef dict function_of
    cdef Reordering reordering

    def __init__(self, planner, list nodes, list wanted):
        cdef Node node
        cdef const uint32_t *places
        cdef Py_ssize_t i, size = 0
        self.planner = planner
        for node in nodes:
            size = max(size, node.index + 1)
        for node in wanted:
            size = max(size, node.index + 1)
        self.uses = <int *> calloc(size + 1, sizeof(int))
        self.register = <uint32_t *> malloc((size + 1) * sizeof(uint32_t))
        self.producer = <Py_ssize_t *> malloc((size + 1) * sizeof(Py_ssize_t))
        if self.uses is NULL or self.register is NULL or self.producer is NULL:
            raise MemoryError
        for i in range(size):
            self.register[i] = NOWHERE
            self.producer[i] = -1
        for node in nodes:
            places = node.nodes.inputs_of(node.index)
            for i in range(node.operation.arity):
                self.uses[places[i]] += 1
        for node in wanted:
            self.uses[node.index] += 1
        self.reordering = Reordering()
        self.reset()

    def __dealloc__(self):
        free(self.code)
        free(self.uses)
        free(self.register)
        free(self.producer)
        free(self.unused)

    cdef reset(self):
        self.before += self.count
        self.count = 0
        self.views, self.view_of = [None], {}
        self.loads, self.stores = Entries(), Entries()
        self.constants, self.constant_nodes = [], []
        self.functions, self.function_of = [], {}

    def uses_of(self, Node node):
        """Of a value, that are still to come; those by arrays always are."""
        return self.uses[node.index]

    def has(self, Node node):
        """Whether a value is in a register."""
        return self.register[node.index] != NOWHERE

    def is_open(self):
        """Whether there is code that has not been handed over."""
        return self.count > 0 or self.stores.count > 0

    def kept(self, Node node):
        """The register of a value, which an array operation reads: it is not used again."""
        self.uses[node.index] = MANY
        return self.register[node.index]

    cdef Py_ssize_t view(self, view) except -1:
        found = self.view_of.get(view)
        if found is None:
            found = len(self.views)
            self.view_of[view] = found
            self.views.append(view)
        return found

    cdef uint32_t new(self) except? 0:
        cdef uint32_t found
        if self.unused_count - self.unused_first > SPARE:
            found = self.unused[self.unused_first]
            self.unused_first += 1
            return found
        self.registers += 1
        if self.registers > <Py_ssize_t> NUMBER:
            raise MemoryError("so many numbers cannot be kept")
        return <uint32_t> (self.registers - 1)

    cdef release(self, uint32_t register):
        if self.unused_count == self.unused_room and 2 * self.unused_first > self.unused_count:
            self.unused_count -= self.unused_first
            memcpy(self.unused, self.unused + self.unused_first,
                   self.unused_count * sizeof(uint32_t))
            self.unused_first = 0
        if self.unused_count == self.unused_room:
            self.unused_room = 2 * self.unused_room + 16
            self.unused = <uint32_t *> realloc(
                self.unused, self.unused_room * sizeof(uint32_t))
            if self.unused is NULL:
                raise MemoryError
        self.unused[self.unused_count] = register
        self.unused_count += 1

    cdef emit(self, uint32_t code, uint32_t out, uint32_t a, uint32_t b, uint32_t c):
        if self.count == self.room:
            self.room = 2 * self.room + 64
            self.code = <operation_t *> realloc(self.code, self.room * sizeof(operation_t))
            if self.code is NULL:
                raise MemoryError
        self.code[self.count] = operation_t(code, out, a, b, c)
        self.count += 1

    cdef bint find(self, Node node) except -1:
        """Whether a value is one number that can be read; where it is, is asked first."""
        if self.register[node.index] != NOWHERE or is_constant_number(node):
            return True
        if not is_one(node.operation.shape) or node.operation.dtype.kind not in "fb":
            return False
        self.planner.number_view(node.input(0) if is_entry(node) else node)
        return True

    cdef uint32_t read(self, Node node) except? 0:
        """The register of an operand."""
        cdef uint32_t found = self.register[node.index]
        cdef Py_ssize_t offset
        if found != NOWHERE:
            return found
        if is_constant_number(node):
            found = CONSTANT | <uint32_t> len(self.constants)
            self.constants.append(
                node.number() if node.operation.is_number else float(node.constant))
            self.constant_nodes.append(node.index)
        else:
            view = self.planner.number_view(node.input(0) if is_entry(node) else node)
            offset = view.offset
            if is_entry(node):
                for length, stride in zip(node.parameters["index"], view.strides):
                    offset += <Py_ssize_t> length * <Py_ssize_t> stride
            number = self.view_of.get(view.block)
            if number is None:
                number = self.view(view._replace(offset=0, shape=(), strides=(), kind="f"))
                self.view_of[view.block] = number
            found = LOADED | self.loads.add(number, offset, node.index)
        self.register[node.index] = found
        self.uses[node.index] += 1  # it stays where it is
        return found

    cdef used(self, Node node):
        """Note that an operand has been used once."""
        cdef uint32_t register = self.register[node.index]
        self.uses[node.index] -= 1
        self.producer[node.index] = -1
        if self.uses[node.index] == 0 and register & STORED == 0:
            self.release(register)

    def take(self, Node node):
        """Write the operation of a node; whether it is one on numbers."""
        cdef Primitive primitive = node.operation.primitive
        cdef Node other
        cdef uint32_t operands[3]
        cdef tuple inputs
        cdef Py_ssize_t i = 0
        cdef int code = code_of(primitive)
        cdef uint32_t out
        if is_entry(node) and self.register[node.input(0).index] == NOWHERE:
            return True  # read where it is
        if not is_one(node.operation.shape):
            return False
        if code < 0:
            return self.alias(node)
        inputs = node.inputs
        for other in inputs:
            if not self.find(other):
                return False
        for other in inputs:
            operands[i] = self.read(other)
            i += 1
        if code == CALL:  # which function, and of how many numbers
            operands[2] = <uint32_t> (self.function(primitive.value) * 4 + i)
        if (code == ADD or code == SUBTRACT) and self.fuse(node, code, operands):
            return True
        for other in inputs:
            self.used(other)
        out = self.new()
        self.register[node.index] = out
        self.producer[node.index] = self.before + self.count
        self.emit(
            code, out, operands[0], operands[1] if i > 1 else 0,
            operands[2] if i > 2 or code == CALL else 0)
        return True

    cdef bint alias(self, Node node) except -1:
        """A number under another shape."""
        cdef Node other
        if node.operation.primitive not in ALIASES:
            return False
        other = node.input(0)
        if self.register[other.index] & STORED != 0:  # also where it is nowhere
            return False
        self.uses[other.index] = self.uses[node.index] = MANY
        self.register[node.index] = self.register[other.index]
        return True

    cdef bint fuse(self, Node node, int code, uint32_t *operands) except -1:
        """With the product just computed, if that is used for nothing else."""
        cdef Node product
        cdef operation_t *last
        cdef Py_ssize_t i
        cdef uint32_t a, b, kind
        if self.count == 0:
            return False
        last = &self.code[self.count - 1]
        if last.code != MULTIPLY and last.code != SQUARE:
            return False
        for i in range(2):
            product = node.input(i)
            if self.uses[product.index] == 1 and self.producer[product.index] == (
                    self.before + self.count - 1):
                break
        else:
            return False
        a, b = last.a, last.a if last.code == SQUARE else last.b
        kind = (
            MULTIPLY_ADD if code == ADD else MULTIPLY_SUBTRACT if i == 0 else SUBTRACT_MULTIPLY)
        self.count -= 1
        self.used(product)
        self.used(node.input(1 - i))
        self.register[node.index] = self.new()
        self.producer[node.index] = self.before + self.count
        self.emit(kind, self.register[node.index], a, b, operands[1 - i])
        return True

    cdef int function(self, ufunc) except -1:
        """The number of a ufunc among those called."""
        found = self.function_of.get(ufunc)
        if found is None:
            found = self.function_of[ufunc] = len(self.functions)
            self.functions.append(loop(ufunc, "d" * ufunc.nin + "->d", True))
        return found

    def store(self, nodes, offsets, view):
        """Copy values to entries of an array; whether all are numbers."""
        cdef Node node
        cdef uint32_t target
        cdef Py_ssize_t number, made
        cdef operation_t *operation
        for node in nodes:
            if not self.find(node):
                return False
        number = self.view(view._replace(offset=0, shape=(), strides=()))
        for node, offset in zip(nodes, offsets):
            self.read(node)
        for node, offset in zip(nodes, offsets):
            target = STORED | self.stores.add(number, view.offset + <Py_ssize_t> offset, -1)
            made = self.producer[node.index] - self.before
            if made >= 0 and self.uses[node.index] == 1:  # it is used for nothing else
                operation = &self.code[made]
                self.release(operation.out)
                operation.out = target
                self.uses[node.index] = 0
            else:
                self.emit(MOVE, target, self.register[node.index], 0, 0)
                self.used(node)
        return True

    def guard(self, Node node, value):
        """End the program where a truth value is another; whether it is one."""
        cdef uint32_t expected
        if node.operation.dtype.kind != "b" or not self.has(node):
            return False
        expected = CONSTANT | <uint32_t> len(self.constants)
        self.constants.append(float(bool(value)))
        self.constant_nodes.append(-1)
        self.emit(GUARD, 0, self.register[node.index], expected, 0)
        return True

    def close(self):
        """The code written since the last time, which then may be read by arrays."""
        cdef ScalarRun made = ScalarRun.__new__(ScalarRun)
        cdef Py_ssize_t[::1] load_at, store_at
        cdef Py_ssize_t i, first_constant, constants = len(self.constants)
        cdef operation_t *t
        ranks, spans = self.loads.sorted(self.registers, sizeof(double))
        load_at = ranks
        made.loads, made.load_count = as_spans(spans), len(spans)
        self.registers += self.loads.count
        ranks, spans = self.stores.sorted(self.registers, sizeof(double))
        store_at = ranks
        made.stores, made.store_count = as_spans(spans), len(spans)
        self.registers += self.stores.count
        first_constant = made.first_constant = self.registers
        made.constant_count = constants
        self.registers += constants
        made.constants = <double *> malloc(max(constants, 1) * sizeof(double))
        made.functions = <loop_t *> malloc(max(len(self.functions), 1) * sizeof(loop_t))
        made.data = <void **> malloc(max(len(self.functions), 1) * sizeof(void *))
        made.operations = <operation_t *> malloc((self.count + 1) * sizeof(operation_t))
        if (made.constants is NULL or made.functions is NULL or made.data is NULL
                or made.operations is NULL):
            raise MemoryError
        for i in range(constants):
            made.constants[i] = self.constants[i]
            if self.constant_nodes[i] >= 0:
                self.register[<Py_ssize_t> self.constant_nodes[i]] = <uint32_t> (
                    first_constant + i)
        for i in range(len(self.functions)):
            made.functions[i] = <loop_t> <void *> <size_t> self.functions[i][0]
            made.data[i] = <void *> <size_t> self.functions[i][1]
        for i in range(self.loads.count):
            self.register[self.loads.items[i].node] = <uint32_t> load_at[i]
        memcpy(made.operations, self.code, self.count * sizeof(operation_t))
        made.count = self.count
        made.operations[made.count] = operation_t(END, 0, 0, 0, 0)
        for i in range(made.count):
            t = &made.operations[i]
            t.out = settled(t.out, load_at, store_at, first_constant)
            t.a = settled(t.a, load_at, store_at, first_constant)
            t.b = settled(t.b, load_at, store_at, first_constant)
            t.c = settled(t.c, load_at, store_at, first_constant)
        self.reordering.reorder(made.operations, made.count, self.registers)
        views = self.views
        self.reset()
        return made, views


cdef inline uint32_t settled(
    uint32_t register, Py_ssize_t[::1] load_at, Py_ssize_t[::1] store_at, Py_ssize_t constant_at,
):
    cdef uint32_t kind = register & STORED, number = register & NUMBER
    if kind == 0:
        return register
    if kind == STORED:
        return <uint32_t> store_at[number]
    if kind == LOADED:
        return <uint32_t> load_at[number]
    return <uint32_t> (constant_at + number)
