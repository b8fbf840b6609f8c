"""The graph of a computation: what a recorded function does, as a list of array operations.

A node is an input, a constant, or a primitive applied to nodes before it (static single
assignment). Nodes are made by `Graph.apply` alone, which simplifies as it goes: the same operation
on the same nodes is one node, operations on constant numbers are constants, and a primitive's own
simplification (x + 0, the transpose of a transpose) is asked first. A transform adds nodes to the
graph it reads, and so composes with every other.
"""

cimport cython
from cpython.ref cimport PyObject
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdlib cimport calloc, free, malloc

import itertools

import numpy as np

from fastls.tape.refusals import refuse

Shape = tuple[int, ...]
FLOAT = np.dtype(float)
cdef object KEYS = itertools.count()  # of primitives, in what is known
cdef dict NONE = {}  # of parameters; shared, never changed


cdef class Primitive:
    """An operation on arrays, and all that is known of it: a row of the tables in ``rules``.

    Parameters
    ----------
    name : str
        What it is called in formulas and pictures.
    value : callable
        ``value(*arrays, **parameters)``: the operation itself, in NumPy.
    shape : callable
        ``shape(*shapes, **parameters)``: the shape of the result.
    pullback : callable, optional
        ``pullback(cotangent, result, *inputs, **parameters)``: a cotangent for each input, or None
        where it is zero.
    pushforward : callable, optional
        ``pushforward(tangents, result, *inputs, **parameters)``: the tangent of the result; those
        of constant inputs are None.
    dtype : dtype or None, optional
        Of the result; None is that of the first input.
    formula : str, optional
        A template with a place for each input.
    simplify : callable, optional
        ``simplify(graph, inputs, parameters)``: a node to use instead, or None.
    """

    def __init__(
        self, name, value, shape, pullback=None, pushforward=None, dtype=float, formula="",
        simplify=None,
    ):
        self.name = name
        self.key = next(KEYS)
        self.value = value
        self.shape = shape
        self.pullback = pullback
        self.pushforward = pushforward
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.formula = formula
        self.simplify = simplify
        self.is_singular = False  # its slope may be infinite
        self.is_variable = False  # never a constant, whatever it is applied to
        self.neutral = None  # numbers without which arithmetic cannot be simplified
        self.is_transparent = False  # simplifications look through it
        self.partials = None  # of an elementwise function

    def __repr__(self):
        return self.name


@cython.no_gc
cdef class Node:
    """A value of the computation; see the module.

    There may be millions: they are left out of the search for cycles, of which they are no part.
    (Long chains do not recurse when they are freed: tuples, as of inputs, see to that.)
    """

    @property
    def is_constant(self):
        return self.constant is not None

    def __repr__(self):
        if self.is_constant:
            return f"n{self.index} = {self.constant!r}"
        if self.primitive is None:
            return f"n{self.index}: input {self.shape}"
        inside = ", ".join(f"n{node.index}" for node in self.inputs)
        return f"n{self.index} = {self.primitive}({inside}, {self.parameters}): {self.shape}"


cdef bytes fingerprint(array):
    """What shows that an array was written to: its entries or, of a large one, sums of their bits.

    There are 1009 sums, so that entries that change places show as well.
    """
    if array.nbytes <= 2**20 or not array.flags.c_contiguous or array.itemsize != 8:
        return array.tobytes()
    bits = array.reshape(-1).view(np.uint64)
    whole = bits.size - bits.size % 1009
    sums = np.add.reduce(bits[:whole].reshape(-1, 1009), axis=0)
    return sums.tobytes() + bits[whole:].tobytes()


cdef class Graph:
    """Nodes in the order in which they were made, every node after its inputs."""

    def __cinit__(self):
        self.nodes = []
        self.guards = []  # nodes that must come out as they did when recorded, and how they did
        self.guarded = set()
        self.known = {}
        self.numbers = {}  # constant floats, but for zeros and NaN
        self.written = []  # constants, and what was in them when they were used
        self.values = {}  # of the arguments recorded with, as far as asked for
        self.regions = []  # of `checkpoint`: the first place, that past the last, what is kept
        self.originals = {}  # of nodes that are computed again
        self.anchors = {}  # of nodes to be computed early: what they follow
        self.room = 64
        self.table = <uint64_t *> calloc(self.room, sizeof(uint64_t))
        if self.table is NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.table)

    def input(self, shape, value=None):
        """A new input; its value is needed where the computation branches."""
        node = self.append(None, (), NONE, shape, FLOAT, None)
        self.values[node] = np.zeros(shape) if value is None else value
        return node

    def constant(self, value):
        """A constant: numbers by value, arrays by identity, as they may be large."""
        return self.number(value) if type(value) is float else self.any_constant(value)

    cdef Node number(self, double value):
        cdef object key = value
        found = self.numbers.get(key)
        if found is not None:
            return <Node> found
        node = self.any_constant(key)
        if value != 0.0 and value == value:
            self.numbers[key] = node
        return node

    cdef Node any_constant(self, value):
        if isinstance(value, (np.ma.MaskedArray, np.matrix)):
            raise TypeError(
                f"a {type(value).__name__} cannot be recorded: it has a meaning of its own; "
                "use an ordinary array"
            )
        array = np.asarray(value)
        if array.dtype.kind == "c":
            raise TypeError(f"complex numbers cannot be recorded; got {value!r}")
        if array.dtype.kind not in "fbiu":
            raise TypeError(f"a constant must be an array of real numbers; got {value!r}")
        if array.dtype.kind in "fiu" and array.dtype != float:
            array = array.astype(float)
        key = ("array", id(array))
        if array.ndim == 0:
            key = ("number", array.dtype.kind, array.tobytes())
        node = self.known.get(key)
        if node is None:
            node = self.append(None, (), NONE, array.shape, array.dtype, array)
            self.known[key] = node
            if array.ndim and array.flags.writeable:
                self.written.append((array, fingerprint(array)))
        return node

    def apply(self, Primitive primitive, inputs, **parameters):
        """The node of a primitive applied to nodes; an old one where there is one."""
        return self.applied(primitive, tuple(inputs), parameters)

    cdef Node applied(self, Primitive primitive, tuple inputs, dict parameters):
        cdef Node node
        cdef bint has_numbers = True
        cdef bint is_special = False
        cdef uint32_t hash = 0
        for node in inputs:
            if node.constant is not None:
                if primitive.neutral is not None and not is_special:
                    is_special = is_neutral(primitive, node)
            else:
                has_numbers = False
                if node.primitive is not None and node.primitive.is_transparent:
                    is_special = True
            if node.shape:
                has_numbers = False
        if primitive.simplify is not None and (is_special or primitive.neutral is None):
            simpler = primitive.simplify(self, inputs, parameters)
            if simpler is not None:
                return <Node> simpler
        key = None
        if parameters:
            key = (primitive.key, inputs, freeze(parameters))
            old = self.known.get(key)
            if old is not None:
                return <Node> old
        else:
            hash = hash_of(primitive, inputs)
            node = self.find(hash, primitive, inputs)
            if node is not None:
                return node
        # Arrays are left where they are, and read when replayed: who holds them may change them.
        shape = shape_of(primitive, inputs, parameters)
        if not shape and has_numbers and inputs and not primitive.is_variable:
            with np.errstate(all="ignore"):
                return self.constant(
                    primitive.value(*[(<Node> each).constant for each in inputs], **parameters)
                )
        dtype = (<Node> inputs[0]).dtype if primitive.dtype is None else primitive.dtype
        node = self.append(primitive, inputs, parameters or NONE, shape, dtype, None)
        if parameters:
            self.known[key] = node
        else:
            self.enter(node, hash)
        return node

    cdef Node find(self, uint32_t hash, Primitive primitive, tuple inputs):
        """The node of a primitive without parameters, or None."""
        cdef size_t at = hash & (self.room - 1)
        cdef Node node
        while self.table[at]:
            if self.table[at] >> 32 == hash:
                node = <Node> self.nodes[<Py_ssize_t> (self.table[at] & 0xFFFFFFFFu) - 1]
                if node.primitive is primitive and same_items(node.inputs, inputs):
                    return node
            at = (at + 1) & (self.room - 1)
        return None

    cdef enter(self, Node node, uint32_t hash):
        """Put a node into the table."""
        cdef size_t room = self.room
        put(self.table, room, (<uint64_t> hash << 32) | <uint64_t> (node.index + 1))
        self.entered += 1
        if 3 * self.entered < 2 * room:
            return
        self.arrange(2 * room)

    cdef arrange(self, size_t room):
        """Move what there still is into a table of some size."""
        cdef uint64_t *old = self.table
        cdef size_t i, before = self.room
        self.table = <uint64_t *> calloc(room, sizeof(uint64_t))
        if self.table is NULL:
            self.table = old
            raise MemoryError
        self.room = room
        self.entered = 0
        for i in range(before):
            if old[i] and <Py_ssize_t> (old[i] & 0xFFFFFFFFu) <= len(self.nodes):
                put(self.table, room, old[i])
                self.entered += 1
        free(old)

    def again(self, Node node, inputs):
        """The same operation once more: a node of its own, whatever is known."""
        cdef Node made = self.append(
            node.primitive, tuple(inputs), node.parameters, node.shape, node.dtype, None)
        self.originals[made] = self.originals.get(node, node)
        return made

    def forget(self, Py_ssize_t count):
        """Forget all nodes but so many, and the regions made of them."""
        cdef Node node
        for node in self.nodes[count:]:
            for kept in (self.originals, self.anchors, self.values):
                kept.pop(node, None)
        del self.nodes[count:]
        for known in (self.known, self.numbers):
            for key in [key for key, node in known.items() if node.index >= count]:
                del known[key]
        self.arrange(self.room)
        self.regions[:] = [region for region in self.regions if region[1] <= count]

    def value(self, Node wanted):
        """The value of a node at the arguments the function was recorded with."""
        cdef Node node
        stack = [wanted]
        while stack:
            node = stack[len(stack) - 1]
            if node in self.values or node.is_constant:
                stack.pop()
                continue
            missing = [
                other for other in node.inputs if other not in self.values and not other.is_constant
            ]
            if missing:
                stack.extend(missing)
                continue
            if node.primitive is None:
                raise no_values()
            with np.errstate(all="ignore"):
                self.values[node] = node.primitive.value(
                    *[self.values[i] if i.constant is None else i.constant for i in node.inputs],
                    **node.parameters,
                )
            stack.pop()
        return wanted.constant if wanted.is_constant else self.values[wanted]

    def check_constants(self):
        """Whether all constants still are what they were when the function used them."""
        for array, entries in self.written:
            if fingerprint(array) != entries:
                raise TypeError(
                    "an array was changed after it had met a traced value, which cannot be "
                    "recorded; make a new array instead"
                )
        self.written.clear()

    def guard(self, Node node):
        """The value of a node on which the path through the function depends."""
        if self.is_recorded and not node.is_constant:
            raise no_values()
        value = self.value(node)
        if not node.is_constant and node not in self.guarded:
            self.guarded.add(node)
            self.guards.append((node, np.array(value)))
        return value

    cdef Node append(
        self, Primitive primitive, tuple inputs, dict parameters, tuple shape, dtype, constant,
    ):
        cdef Node node = Node.__new__(Node)
        node.index = len(self.nodes)
        node.primitive = primitive
        node.inputs = inputs
        node.parameters = parameters
        node.shape = shape
        node.dtype = dtype
        node.constant = constant
        if constant is not None and not shape and dtype is FLOAT:
            node.number = constant
        self.nodes.append(node)
        return node


cdef object no_values():
    """The error for a rule of the user's that asks, when the function has long been recorded."""
    return refuse("a branch in the rule of a derivative", "write np.where instead")


cdef bint is_neutral(Primitive primitive, Node node):
    """Whether a simplification may want to know a constant."""
    return node.shape or node.dtype is not FLOAT or node.number in primitive.neutral


cdef tuple shape_of(Primitive primitive, tuple inputs, dict parameters):
    """Of the result."""
    cdef Node node
    if primitive.partials is not None:
        for node in inputs:
            if node.shape != (<Node> inputs[0]).shape:
                break
        else:
            return (<Node> inputs[0]).shape
    return primitive.shape(*[(<Node> each).shape for each in inputs], **parameters)


cdef uint32_t hash_of(Primitive primitive, tuple inputs) noexcept:
    cdef uint64_t found = <size_t> <void *> primitive
    cdef Py_ssize_t i
    for i in range(PyTuple_GET_SIZE(inputs)):
        found = (found ^ <uint64_t> (<Node> PyTuple_GET_ITEM(inputs, i)).index)
        found = (found ^ (found >> 32)) * 0x9E3779B97F4A7C15u
    return <uint32_t> (found >> 32)


cdef void put(uint64_t *table, size_t room, uint64_t entry) noexcept:
    cdef size_t at = (entry >> 32) & (room - 1)
    while table[at]:
        at = (at + 1) & (room - 1)
    table[at] = entry


cdef bint same_items(tuple one, tuple other) noexcept:
    cdef Py_ssize_t i
    if PyTuple_GET_SIZE(one) != PyTuple_GET_SIZE(other):
        return False
    for i in range(PyTuple_GET_SIZE(one)):
        if PyTuple_GET_ITEM(one, i) != PyTuple_GET_ITEM(other, i):
            return False
    return True


def needed(outputs):
    """The nodes of a graph that outputs depend on, in order: what is not among them is dead."""
    cdef Node node
    cdef Py_ssize_t i, size = 0, count = 0
    cdef PyObject *other
    outputs = list(outputs)
    for node in outputs:
        size = max(size, node.index + 1)
    cdef PyObject **found = <PyObject **> calloc(max(size, 1), sizeof(PyObject *))  # by index
    cdef PyObject **stack = <PyObject **> malloc(max(size, 1) * sizeof(PyObject *))
    try:
        if found is NULL or stack is NULL:
            raise MemoryError
        for node in outputs:
            if found[node.index] is NULL:
                found[node.index] = stack[count] = <PyObject *> node
                count += 1
        while count:
            count -= 1
            node = <Node> stack[count]
            for i in range(PyTuple_GET_SIZE(node.inputs)):
                other = <PyObject *> PyTuple_GET_ITEM(node.inputs, i)
                if found[(<Node> other).index] is NULL:
                    found[(<Node> other).index] = stack[count] = other
                    count += 1
        return [<Node> found[i] for i in range(size) if found[i] is not NULL]
    finally:
        free(found)
        free(stack)


def position(Node node):
    return node.index


def depends_on(outputs, inputs):
    """The nodes on the way from inputs to outputs, both included."""
    cdef Node node, other
    cdef set reached = set(inputs)
    for node in needed(outputs):
        for other in node.inputs:
            if other in reached:
                reached.add(node)
                break
    return reached


def freeze(value):
    """Something hashable that is equal for equal parameters."""
    if isinstance(value, dict):
        return tuple((key, freeze(item)) for key, item in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(map(freeze, value))
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    return value
