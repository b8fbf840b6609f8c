from fastls.tape.scalars cimport operation_t


cdef class Reordering:
    cdef Py_ssize_t *written  # of each register, the level of the operation that writes it last,
    cdef Py_ssize_t *read     # and the last of those that read it
    cdef Py_ssize_t registers  # of which that is known
    cdef Py_ssize_t before    # the last level of the windows done

    cdef int reorder(
        self, operation_t *operations, Py_ssize_t count, Py_ssize_t registers) except -1
    cdef int grow(self, Py_ssize_t registers) except -1
