from libc.stdint cimport uint32_t, uint64_t


cdef class Primitive:
    cdef readonly str name
    cdef public object value, shape, pullback, pushforward, dtype, formula, simplify, partials
    cdef public bint is_singular, is_variable, is_transparent
    cdef public tuple neutral
    cdef dict __dict__


cdef enum holds_t:  # what the operands of a record are:
    INPUTS          # the places of two inputs at most; none, of inputs and constant arrays
    MORE            # where those of more inputs begin
    ENTRY           # the place of an array, and that of an entry in it
    NUMBER          # the number that a constant is


cdef struct record_t:
    uint32_t operation      # its place among those of the graph
    uint32_t operands[2]


cdef class Operation:
    cdef Primitive primitive  # None for inputs and constants
    cdef dict parameters      # None where the record holds them
    cdef tuple shape
    cdef object dtype
    cdef object constant      # the array, of a constant that is one
    cdef object key           # by which it is known
    cdef bint is_constant, is_number
    cdef holds_t holds
    cdef Py_ssize_t arity     # how many inputs it has
    cdef Py_ssize_t since     # the node for which it was made
    cdef uint32_t index


cdef class Node:
    cdef readonly Py_ssize_t index
    cdef Nodes nodes
    cdef Operation operation

    cdef double number(self) except? -1.0
    cdef Node input(self, Py_ssize_t i)


cdef class Nodes:
    cdef record_t *records
    cdef Py_ssize_t count, room
    cdef uint32_t *more
    cdef Py_ssize_t more_count, more_room
    cdef list operations

    cdef record_t *record(self, Py_ssize_t index) except NULL
    cdef Node at(self, Py_ssize_t index)
    cdef Operation operation_of(self, Py_ssize_t index)
    cdef const uint32_t *inputs_of(self, Py_ssize_t index) except NULL
    cdef Operation add(self, Operation operation)
    cdef record_t described(self, Operation operation, tuple inputs) except *
    cdef Node append(self, const record_t *record)
    cdef size_t hash(self, const record_t *record) noexcept
    cdef bint are_same(self, const record_t *one, const record_t *other) noexcept
    cdef list forget(self, Py_ssize_t count)


cdef class Graph:
    cdef readonly Nodes nodes
    cdef readonly list guards
    cdef readonly dict values
    cdef readonly list regions
    cdef readonly dict originals
    cdef readonly dict anchors
    cdef public bint is_recorded  # the arguments recorded with are forgotten
    cdef set guarded
    cdef dict known
    cdef dict of_numbers
    cdef Operation constant_number, entry_of
    cdef dict written
    cdef uint32_t *table  # of nodes that are made once: 1 + index; 0 where there is none
    cdef size_t room      # in the table, a power of two
    cdef size_t entered   # how many are in it

    cdef Node number(self, double value)
    cdef Node any_constant(self, value)
    cdef int watch(self, array) except -1
    cdef Node applied(self, Primitive primitive, tuple inputs, dict parameters)
    cdef Node entry(self, Node array, Py_ssize_t place)
    cdef Operation operation(
        self, key, holds_t holds, Py_ssize_t arity, Primitive primitive, dict parameters,
        tuple shape, dtype, constant=*)
    cdef Node once(self, const record_t *record)
    cdef arrange(self, size_t room)
