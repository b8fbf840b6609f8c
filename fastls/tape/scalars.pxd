from libc.stdint cimport uint32_t

cdef extern from "scalars.h":
    ctypedef void (*loop_t "fastls_scalar_loop_t")(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil
    ctypedef struct operation_t "fastls_operation":
        uint32_t code
        uint32_t out, a, b, c     # registers


cdef struct span_t:           # entries of an array that are next to each other,
    Py_ssize_t view           # which of the arrays of the run,
    Py_ssize_t slot, offset   # and where that is, in bytes;
    Py_ssize_t register       # the registers for them, also next to each other
    Py_ssize_t count


cdef class ScalarRun:
    cdef operation_t *operations
    cdef span_t *loads
    cdef span_t *stores
    cdef double *constants
    cdef loop_t *functions
    cdef void **data
    cdef Py_ssize_t count, load_count, store_count, constant_count
    cdef Py_ssize_t first_constant  # its register
    cdef Py_ssize_t place           # of the registers, in the arena

    cdef bint execute(self, char **base) noexcept nogil
    cdef bind(self, slots, offsets)
