"""A recorded function along a ray, as C sees it."""

from fastls.tape.replay cimport Program, Workspace

cdef enum program_t:
    START, TURN, TRIAL, VALUE, GRADIENT, BEGIN, LOOK, CURVATURE, PROGRAMS


cdef class Bound:
    cdef Program program
    cdef Workspace work
    cdef bint is_python       # some instructions need the GIL


cdef class Branch:
    cdef object path
    cdef bint guarded         # guards are heeded
    cdef object restriction
    cdef void *bound[<int> PROGRAMS]  # its programs that have been needed, each a Bound,
    cdef list kept            # and what keeps these alive
    cdef dict ends            # where each reads and writes
    cdef object room          # holds the vectors that follow
    cdef double *u            # what is moving, at the point,
    cdef double *v            # its products with the direction,
    cdef double *shifted      # and u + alpha v
    cdef Py_ssize_t moving    # how many numbers u has,
    cdef Py_ssize_t arrays    # in how many arrays,
    cdef Py_ssize_t[::1] places      # and where each begins, in bytes;
    cdef Py_ssize_t[::1] other_places  # and where the other coefficients do
    cdef Py_ssize_t at        # the point u belongs to,
    cdef Py_ssize_t along     # and the ray v belongs to, by their numbers
    cdef double drift         # the rounding u has gathered by moving, in units of its last place


cdef class Ray:
    cdef readonly object tape
    cdef object structure     # of the arguments,
    cdef list leaves          # their arrays,
    cdef tuple wanted         # and which of them move
    cdef Py_ssize_t arrays    # how many that are,
    cdef Py_ssize_t[::1] places      # and where each begins in x, in bytes
    cdef object room          # holds the vectors that follow
    cdef double *x
    cdef double *d
    cdef double *shifted      # x + alpha d
    cdef double *slopes       # a gradient, or a product with the Hessian
    cdef double *vector       # that the Hessian is multiplied by
    cdef double alpha, found_value, found_slope
    cdef list branches        # the paths known,
    cdef Branch branch        # and that of the last evaluation
    cdef readonly Py_ssize_t size
    cdef Py_ssize_t point, ray       # numbers of the point, and of point and direction
    cdef Py_ssize_t starts, turns, trials, gradients
    cdef char busy
    cdef unsigned long holder  # the thread that has taken it, 0 if none
    cdef char moving          # taken while x or d is written or read, in which no Python code runs

    # All return 0, or -1 where an exception waits in the thread state. None needs the GIL.
    cdef int begin(self, const double *x) noexcept nogil
    cdef int turn_to(self, const double *d) noexcept nogil
    cdef int move_by(self, double alpha) noexcept nogil
    cdef int evaluate(self, double alpha, double *value, double *slope) noexcept nogil
    cdef int value_at(self, double alpha, double *value) noexcept nogil
    cdef int gradient_at(self, double alpha, double *value, double *gradient) noexcept nogil
    cdef int hessian_product(self, const double *v, double *product) noexcept nogil
    cdef bint moves(self, double alpha) noexcept nogil

    cdef int attempt(self, Branch branch, program_t wanted) noexcept nogil
    cdef int answer(self, program_t wanted, double alpha) noexcept nogil
    cdef object copied(self, double *vector)


cdef Ray ray_of(object tape, tuple arguments)
