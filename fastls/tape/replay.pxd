from cpython.ref cimport PyObject

from fastls.interrupt cimport signals_t
from fastls.tape.shelf cimport SHELVES, shelf_t

cdef extern from *:
    """
    typedef void (*fastls_loop_t)(char **, Py_ssize_t const *, Py_ssize_t const *, void *);
    """
    ctypedef void (*loop_t "fastls_loop_t")(
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) noexcept nogil


cdef enum code_t:
    LOOP                      # an inner loop of NumPy's, or of replay.pyx
    BLOCKS                    # the loops that follow, on a block of each array after the other
    SCALARS                   # code for numbers
    GUARD                     # end if bytes are not as they were when recorded
    DEFINED                   # end if a number is not one: NumPy would raise LinAlgError
    PYTHON                    # call back into Python


cdef enum:
    INTERRUPTED = -2          # what a signal's handler has raised waits in the thread state


cdef struct instruction_t:
    code_t code
    int nargs
    int outer                 # how many loops there are around the inner one
    int span                  # how many instructions that follow belong to this one
    loop_t function
    void *data
    Py_ssize_t *slot          # of each argument: which block of memory it is in,
    Py_ssize_t *offset        # and where, in bytes
    Py_ssize_t *dims          # length of the inner loop, then core dimensions
    Py_ssize_t *steps         # its steps, then core strides
    Py_ssize_t *advance       # from one block to the next
    Py_ssize_t *count         # of the outer loops, outermost first,
    Py_ssize_t *stride        # and their steps: of the arguments of the first loop, then the next


cdef class Workspace:
    cdef void *memory
    cdef char *arena          # in it, from the beginning of a line of the cache on
    cdef char **base          # of each slot


cdef class Program:
    cdef instruction_t *instructions
    cdef Py_ssize_t *numbers  # that the instructions refer to
    cdef list codes           # for numbers
    cdef bint is_long         # so that other threads are to run meanwhile
    cdef Py_ssize_t count, slots, size
    cdef Py_ssize_t inputs, outputs, first_output
    cdef readonly list input_shapes
    cdef readonly list output_shapes
    cdef list like            # an array of the shape of each input and output;
    cdef PyObject *all_like   # the same, of which no one counts who looks at it
    cdef list constants       # kept alive; their slots follow those of the inputs
    cdef list python          # of each Python instruction: function and views
    cdef shelf_t shelves[SHELVES]      # each for a Workspace not in use, whose reference is ours;
    cdef list pool            # and more of them, where there were several calls at once

    cdef Workspace workspace(self)
    cdef int put_back(self, Workspace work) except -1
    cdef tuple run(self, list arrays)
    cdef Py_ssize_t execute(self, char **base, signals_t signals) noexcept nogil
