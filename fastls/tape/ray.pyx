"""A recorded function along the ray x + alpha d, evaluated in C.

What is computed at each alpha, and what once for a point or a direction, is found by `restriction`.
Here are its programs, the memory they share, and the order in which they run:

    start       at a new point: u, what is moving                        x -> u
    turn        in a new direction: its products v with d                x, d, u -> v, c
    trial       at each alpha                                            alpha, u, v, c -> value, slope
    gradient    at the point, or at x + alpha d with u + alpha v         x, u -> value, gradient
    begin       start and gradient in one                                x -> u, value, gradient
    look        turn and gradient in one, at x + alpha d                 alpha, x, d, u -> v, c, ...

Moving on to x + alpha d, u becomes u + alpha v: no product is computed again. Where a guard says
that the path at some alpha is another, the function is recorded there, and that path becomes a
further branch, with programs and memory of its own.
"""

cimport cython
cimport numpy as np
from libc.math cimport fabs, fmax, isfinite
from libc.string cimport memcpy

from fastls.interrupt cimport signals_word
from fastls.tape.flag cimport give, let_others_run, note, noted, take
from fastls.tape.replay cimport INTERRUPTED

import math
from itertools import accumulate

import numpy as np

from fastls.tape.restriction import restriction_of

cdef extern from "Python.h":
    unsigned long PyThread_get_thread_ident() noexcept nogil

np.import_array()

# So much rounding, in units of its last place, may u gather before it is computed anew.
cdef double MOST_DRIFT = 64.0

# As in fastls.oracle: exceptions stay in the thread state until the search has stopped.
ctypedef int (*replay_function)(Bound bound) noexcept
ctypedef int (*elsewhere_function)(Ray ray, program_t wanted) noexcept
ctypedef int (*bind_function)(Ray ray, Branch branch, program_t which) noexcept
ctypedef int (*raise_function)() noexcept

cdef dict NAMES = {
    START: "start", TURN: "turn", TRIAL: "trial", VALUE: "value", GRADIENT: "gradient",
    BEGIN: "begin", LOOK: "look", CURVATURE: "curvature",
}


cdef inline void hold(char *flag) noexcept nogil:
    """Wait until no other thread holds it."""
    while take(flag):
        let_others_run()


cdef int enter(Ray ray) noexcept nogil:
    """Wait until no other thread is on the ray; -1, with an exception, where this one is."""
    cdef unsigned long thread = PyThread_get_thread_ident()
    while take(&ray.busy):
        if noted(&ray.holder) == thread:  # which no other thread writes there
            with gil:
                return (<raise_function> <void *> raise_inside)()
        let_others_run()
    note(&ray.holder, thread)
    return 0


cdef inline void leave(Ray ray) noexcept nogil:
    note(&ray.holder, 0)
    give(&ray.busy)


cdef int raise_inside() except -1:
    raise RuntimeError(
        "the function asked the ray that is evaluating it: make another, by Tape.along")


cdef char *address(object array) noexcept:
    return <char *> np.PyArray_DATA(<np.ndarray> array)


cdef list beyond(void *base, object places):
    """Addresses, so many bytes further."""
    return [<size_t> base + <size_t> place for place in places]


def end_to_end(shapes):
    """Where arrays begin that stand one after the other, in bytes; and how many numbers in all."""
    sizes = [math.prod(shape) for shape in shapes]
    *starts, total = accumulate(sizes, initial=0)
    return np.array(starts, dtype=np.intp) * sizeof(double), total


@cython.final
cdef class Bound:
    """A program whose inputs and outputs are at fixed addresses."""

    def __init__(self, Program program, inputs, outputs):
        cdef Py_ssize_t i
        self.program, self.work = program, program.workspace()
        self.is_python = bool(program.python)
        for i, place in enumerate(inputs):
            self.work.base[1 + i] = <char *> <size_t> place
        for i, place in enumerate(outputs):
            self.work.base[program.first_output + i] = <char *> <size_t> place


cdef int replay_python(Bound bound) except -1:
    return <Py_ssize_t> bound.program.execute_python(bound.work) >= 0


cdef inline int replay(Bound bound) noexcept nogil:
    """0; 1 where a guard does not hold; -1 where an exception waits."""
    cdef Py_ssize_t violated
    if bound.is_python:
        with gil:
            return (<replay_function> <void *> replay_python)(bound)
    violated = bound.program.execute(
        bound.work.base, signals_word() if bound.program.is_long else NULL)
    return -1 if violated == INTERRUPTED else violated >= 0


@cython.final
cdef class Branch:
    """A path of the function, with what is known of one ray."""


cdef Branch make_branch(Ray ray, object path, bint guarded):
    """The programs of a path, bound to the memory of a ray."""
    cdef Branch self = Branch.__new__(Branch)
    self.path, self.guarded, self.kept = path, guarded, []
    self.restriction = restriction_of(path, ray.wanted)
    self.at = self.along = -1
    shapes = self.restriction.shapes
    self.places, self.moving = end_to_end(shapes["u"])
    self.other_places, others = end_to_end(shapes["c"])
    self.arrays = len(shapes["u"])
    self.room = np.zeros(max(3 * self.moving + others, 1))
    self.u = <double *> address(self.room)
    self.v = self.u + self.moving
    self.shifted = self.v + self.moving
    return self


cdef dict ends_of(Ray ray, Branch self):
    """Where each program of a path reads and writes, in the memory of a ray."""
    x, d = beyond(ray.x, ray.places), beyond(ray.d, ray.places)
    u, v = beyond(self.u, self.places), beyond(self.v, self.places)
    c = beyond(self.shifted + self.moving, self.other_places)
    at = {"x": x, "d": d, "u": u, "v": v, "c": c}
    alpha, value, slope = <size_t> &ray.alpha, <size_t> &ray.found_value, <size_t> &ray.found_slope
    read = [alpha, *[at[kind][i] for kind, i in self.restriction.sources]]
    gradient, vector = beyond(ray.slopes, ray.places), beyond(ray.vector, ray.places)
    return {
        "start": (x, u),
        "turn": ([*x, *d, *u], [*v, *c]),
        "trial": (read, [value, slope]),
        "value": (read, [value]),
        "gradient": ([*x, *u], [value, *gradient]),
        "begin": (x, [*u, value, *gradient]),
        "look": ([alpha, *x, *d, *u], [*v, *c, value, *gradient]),
        "curvature": ([*x, *u, *vector], gradient),
    }


cdef int bind(Ray ray, Branch self, program_t which) except -1:
    """Make one of the programs of a path."""
    name = NAMES[which]
    if self.ends is None:
        self.ends = ends_of(ray, self)
    inputs, outputs = self.ends[name]
    fixed = [
        <size_t> address(leaf) for i, leaf in enumerate(ray.leaves) if i not in ray.wanted]
    bound = Bound(self.restriction.program(name, self.guarded), [*inputs, *fixed], outputs)
    self.kept.append(bound)
    self.bound[<int> which] = <void *> bound
    return 0


cdef int run(Ray ray, Branch branch, program_t which) noexcept nogil:
    """Replay one of the programs: as `replay`."""
    if branch.bound[<int> which] is NULL:
        with gil:
            if (<bind_function> <void *> bind)(ray, branch, which) < 0:
                return -1
    return replay(<Bound> branch.bound[<int> which])


@cython.final
cdef class Ray:
    """A recorded function along x + alpha d: value and slope at any alpha.

    Made by `Tape.along`, and searched along by any search of fastls, without the GIL. What is affine
    in alpha is computed once for a point and a direction, so that a trial step pays only for the
    rest: ``sum(loss(A @ w))`` does not touch A again. A ray may move on, which keeps what it knows.

    What the function has captured must not change while a ray is in use. A ray serves one thread at
    a time; others wait.

    Attributes
    ----------
    x, d
        The point and the direction, in the structure of what is differentiated.
    counts : dict of str to int
        How often what is affine was computed at a point from nothing ("start") and in a direction
        ("turn"), how many trials there were, and how many gradients.

    Examples
    --------
    >>> import numpy as np
    >>> import fastls
    >>> tape = fastls.record(lambda x: np.sum(x**4), np.ones(2))
    >>> ray = tape.along(np.array([1.0, 0.0]), np.array([-1.0, 1.0]))
    >>> ray(0.0)
    (1.0, -4.0)
    >>> fastls.HagerZhang().search(ray).alpha
    0.5
    >>> ray.gradient(0.5)
    array([0.5, 0.5])
    """

    def __init__(self):
        raise TypeError("a Ray is made by Tape.along")

    cdef int begin(self, const double *x) noexcept nogil:
        hold(&self.moving)
        memcpy(self.x, x, self.size * sizeof(double))
        give(&self.moving)
        self.point += 1
        self.ray += 1
        return 0

    cdef int turn_to(self, const double *d) noexcept nogil:
        hold(&self.moving)
        memcpy(self.d, d, self.size * sizeof(double))
        give(&self.moving)
        self.ray += 1
        return 0

    cdef int move_by(self, double alpha) noexcept nogil:
        """To x + alpha d, with what the path of the last evaluation knows."""
        cdef Py_ssize_t i
        hold(&self.moving)
        shift(self.x, self.x, alpha, self.d, self.size)
        give(&self.moving)
        move_branch(self.branch, self, alpha)
        self.point += 1
        self.ray += 1
        return 0

    cdef bint moves(self, double alpha) noexcept nogil:
        """Whether x + alpha d is another point than x."""
        cdef Py_ssize_t i
        for i in range(self.size):
            if self.x[i] + alpha * self.d[i] != self.x[i]:
                return True
        return False

    cdef int attempt(self, Branch branch, program_t wanted) noexcept nogil:
        """Replay on one path: 0; 1 where a guard does not hold; -1 where an exception waits."""
        cdef int status
        cdef bint ahead = self.alpha != 0.0
        if branch.at != self.point:
            status = run(self, branch, BEGIN if wanted == GRADIENT and not ahead else START)
            if status != 0:
                return status
            branch.at = self.point
            branch.along = -1
            branch.drift = 0.0
            self.starts += 1
            if wanted == GRADIENT and not ahead:
                self.gradients += 1
                return 0
        if branch.along != self.ray and (wanted == TRIAL or wanted == VALUE or ahead):
            status = run(self, branch, LOOK if wanted == GRADIENT else TURN)
            if status != 0:
                return status
            branch.along = self.ray
            self.turns += 1
            if wanted == GRADIENT:
                self.gradients += 1
                return 0
        if wanted == GRADIENT:
            self.gradients += 1
            return replay_gradient(self, branch)
        if wanted != CURVATURE:
            self.trials += 1
        return run(self, branch, wanted)

    cdef int answer(self, program_t wanted, double alpha) noexcept nogil:
        """Evaluate, on whichever path it is."""
        cdef int status
        self.alpha = alpha
        status = self.attempt(self.branch, wanted)
        if status > 0:
            with gil:
                status = (<elsewhere_function> <void *> elsewhere)(self, wanted)
        return status

    cdef int evaluate(self, double alpha, double *value, double *slope) noexcept nogil:
        if enter(self) != 0:
            return -1
        cdef int status = self.answer(TRIAL, alpha)
        value[0] = self.found_value
        slope[0] = self.found_slope
        leave(self)
        return status

    cdef int value_at(self, double alpha, double *value) noexcept nogil:
        if enter(self) != 0:
            return -1
        cdef int status = self.answer(VALUE, alpha)
        value[0] = self.found_value
        leave(self)
        return status

    cdef int gradient_at(self, double alpha, double *value, double *gradient) noexcept nogil:
        if enter(self) != 0:
            return -1
        cdef int status = self.answer(GRADIENT, alpha)
        value[0] = self.found_value
        memcpy(gradient, self.slopes, self.size * sizeof(double))
        leave(self)
        return status

    cdef int hessian_product(self, const double *v, double *product) noexcept nogil:
        if enter(self) != 0:
            return -1
        memcpy(self.vector, v, self.size * sizeof(double))
        cdef int status = self.answer(CURVATURE, 0.0)
        memcpy(product, self.slopes, self.size * sizeof(double))
        leave(self)
        return status

    # From Python.

    def __call__(self, alpha):
        """Value and slope at alpha.

        Parameters
        ----------
        alpha : float

        Returns
        -------
        value, slope : float
        """
        cdef double value = 0.0, slope = 0.0, step = alpha
        cdef int status
        with nogil:
            status = self.evaluate(step, &value, &slope)
        reraise(status)
        return value, slope

    def value(self, alpha):
        """The value at alpha, without the slope.

        Parameters
        ----------
        alpha : float

        Returns
        -------
        float
        """
        cdef double value = 0.0, step = alpha
        cdef int status
        with nogil:
            status = self.value_at(step, &value)
        reraise(status)
        return value

    def gradient(self, alpha=0.0):
        """The gradient at x + alpha d, from what is known of the ray.

        Parameters
        ----------
        alpha : float

        Returns
        -------
        ndarray or a structure of them
        """
        cdef double value = 0.0, step = alpha
        cdef int status
        found = np.empty(self.size)
        cdef double *slopes = <double *> address(found)
        with nogil:
            status = self.gradient_at(step, &value, slopes)
        reraise(status)
        return self.in_structure(found)

    def move(self, alpha):
        """Go to x + alpha d, keeping what is known; the direction stays.

        Parameters
        ----------
        alpha : float
        """
        cdef double step = alpha
        if not isfinite(step):
            raise ValueError(f"alpha must be finite; got {alpha!r}")
        cdef int status
        with nogil:
            status = enter(self)
            if status == 0:
                self.move_by(step)
                leave(self)
        reraise(status)

    def turn(self, d):
        """Take another direction.

        Parameters
        ----------
        d : ndarray or a structure of them
            In the structure of what is differentiated.
        """
        cdef object vector = flat(self.tape._directions(d, "d"))
        cdef double *p = <double *> address(vector)
        cdef int status
        with nogil:
            status = enter(self)
            if status == 0:
                self.turn_to(p)
                leave(self)
        reraise(status)

    @property
    def x(self):
        return self.in_structure(self.copied(self.x))

    @property
    def d(self):
        return self.in_structure(self.copied(self.d))

    @property
    def counts(self):
        return {"start": self.starts, "turn": self.turns, "trial": self.trials,
                "gradient": self.gradients}

    cdef object copied(self, double *vector):
        """A copy of a vector, which no other thread writes meanwhile."""
        found = np.empty(self.size)
        cdef char *place = address(found)
        with nogil:
            hold(&self.moving)
            memcpy(place, vector, self.size * sizeof(double))
            give(&self.moving)
        return found

    def path_at(self, vector):
        """The path of the function at a point; recorded, if it is new."""
        leaves = list(self.leaves)
        for i, part in zip(self.wanted, self.parts(vector), strict=True):
            leaves[i] = part
        return self.tape._path_of(self.structure, leaves)

    def parts(self, vector):
        """The arrays of which a vector consists."""
        cdef Py_ssize_t start = 0
        found = []
        for i in self.wanted:
            shape = self.leaves[i].shape
            stop = start + math.prod(shape)
            found.append(vector[start:stop].reshape(shape))
            start = stop
        return found

    def in_structure(self, vector):
        """What moves along the ray, from its entries one after the other."""
        parts = [part if part.ndim else float(part) for part in self.parts(vector)]
        return self.tape._in_structure(parts)


cdef inline void shift(
    double *out, const double *x, double alpha, const double *d, Py_ssize_t size,
) noexcept nogil:
    """out = x + alpha d"""
    cdef Py_ssize_t i
    for i in range(size):
        out[i] = x[i] + alpha * d[i]


cdef void move_branch(Branch branch, Ray ray, double alpha) noexcept nogil:
    """u becomes u + alpha v, unless it has gathered too much rounding by that."""
    cdef double before = 0.0, after = 0.0
    cdef Py_ssize_t i
    if branch.at != ray.point or branch.along != ray.ray:
        return
    for i in range(branch.moving):
        before = fmax(before, fabs(branch.u[i]))
        branch.u[i] += alpha * branch.v[i]
        after = fmax(after, fabs(branch.u[i]))
    branch.drift += before + after
    if branch.drift <= MOST_DRIFT * after or branch.moving == 0:
        branch.at = ray.point + 1


cdef int replay_gradient(Ray ray, Branch branch) noexcept nogil:
    """At x + alpha d, with the products u + alpha v."""
    cdef Py_ssize_t i
    cdef char *x = <char *> ray.x
    cdef char *u = <char *> branch.u
    cdef char **base
    if branch.bound[<int> GRADIENT] is NULL:
        with gil:
            if (<bind_function> <void *> bind)(ray, branch, GRADIENT) < 0:
                return -1
    if ray.alpha != 0.0:
        shift(ray.shifted, ray.x, ray.alpha, ray.d, ray.size)
        shift(branch.shifted, branch.u, ray.alpha, branch.v, branch.moving)
        x, u = <char *> ray.shifted, <char *> branch.shifted
    base = (<Bound> branch.bound[<int> GRADIENT]).work.base + 1
    for i in range(ray.arrays):
        base[i] = x + ray.places[i]
    for i in range(branch.arrays):
        base[ray.arrays + i] = u + branch.places[i]
    return run(ray, branch, GRADIENT)


cdef int elsewhere(Ray ray, program_t wanted) except -1:
    """Evaluate on another path than that of the last evaluation."""
    cdef Branch branch
    cdef int status
    for branch in ray.branches:
        if branch is not ray.branch and branch.guarded:
            status = ray.attempt(branch, wanted)
            if status < 0:
                return -1
            if status == 0:
                ray.branch = branch
                return 0
    shift(ray.shifted, ray.x, ray.alpha, ray.d, ray.size)
    path = ray.path_at(ray.copied(ray.shifted))
    branch = make_branch(ray, path, True)
    status = ray.attempt(branch, wanted)
    if status > 0:
        # By what rounding alone decides, or because NumPy would raise: it is the right path, as
        # it was recorded here.
        branch = make_branch(ray, path, False)
        status = ray.attempt(branch, wanted)
    if status > 0:
        raise np.linalg.LinAlgError("Singular matrix")
    if status == 0:
        ray.branch = branch
        if branch.guarded:
            ray.branches.append(branch)
    return status


cdef int reraise(int status) except -1:
    """Let an exception that waits in the thread state go on its way."""
    return status


cdef Ray ray_of(object tape, tuple arguments):
    """A ray at arguments, with no direction yet."""
    cdef Ray self = Ray.__new__(Ray)
    cdef double *room
    self.tape = tape
    path, self.leaves = tape._located(arguments)
    self.structure, self.wanted = path.arguments, tuple(path.wanted)
    self.places, self.size = end_to_end([self.leaves[i].shape for i in self.wanted])
    self.arrays = len(self.wanted)
    self.room = np.zeros(max(5 * self.size, 1))
    self.x = room = <double *> address(self.room)
    self.d, self.shifted = room + self.size, room + 2 * self.size
    self.slopes, self.vector = room + 3 * self.size, room + 4 * self.size
    x = flat([self.leaves[i] for i in self.wanted])
    memcpy(self.x, address(x), self.size * sizeof(double))
    self.branch = make_branch(self, path, True)
    self.branches = [self.branch]
    return self


cdef object flat(list arrays):
    """Arrays one after the other, as floats."""
    return np.concatenate([np.ravel(array) for array in arrays] or [np.zeros(0)], dtype=float)


def along(tape, arguments, d):
    """The ray of a tape from arguments in the direction d."""
    cdef Ray self = ray_of(tape, arguments)
    self.turn(d)
    return self
