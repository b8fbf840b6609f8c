from libc.stdint cimport uint32_t, uint64_t


cdef class Primitive:
    cdef readonly str name
    cdef object key
    cdef public object value, shape, pullback, pushforward, dtype, formula, simplify, partials
    cdef public bint is_singular, is_variable, is_transparent
    cdef public tuple neutral
    cdef dict __dict__


cdef class Node:
    cdef readonly Py_ssize_t index
    cdef readonly Primitive primitive  # None for inputs and constants
    cdef readonly tuple inputs
    cdef readonly dict parameters
    cdef readonly tuple shape
    cdef readonly object dtype
    cdef readonly object constant  # the array, of a constant
    cdef double number             # that is its entry, if it is one


cdef class Graph:
    cdef readonly list nodes
    cdef readonly list guards
    cdef readonly dict known
    cdef readonly dict values
    cdef readonly list regions
    cdef readonly dict originals
    cdef readonly dict anchors
    cdef public bint is_recorded  # the arguments recorded with are forgotten
    cdef set guarded
    cdef dict numbers
    cdef list written
    cdef uint64_t *table      # of nodes without parameters: hash, and 1 + index; 0 where there is none
    cdef size_t room          # in the table, a power of two
    cdef size_t entered       # how many are in it

    cdef Node number(self, double value)
    cdef Node any_constant(self, value)
    cdef Node applied(self, Primitive primitive, tuple inputs, dict parameters)
    cdef Node find(self, uint32_t hash, Primitive primitive, tuple inputs)
    cdef enter(self, Node node, uint32_t hash)
    cdef arrange(self, size_t room)
    cdef Node append(
        self, Primitive primitive, tuple inputs, dict parameters, tuple shape, dtype, constant)
