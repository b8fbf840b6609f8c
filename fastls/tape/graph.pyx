"""The graph of a computation: what a recorded function does, as a list of array operations.

A node is an input, a constant, or a primitive applied to nodes before it (static single
assignment). Nodes are made by `Graph.apply` alone, which simplifies as it goes: the same operation
on the same nodes is one node, operations on constant numbers are constants, and a primitive's own
simplification (x + 0, the transpose of a transpose) is asked first. A transform adds nodes to the
graph it reads, and so composes with every other.

A loop over the entries of an array makes millions of nodes, so that a graph keeps of each no more
than three numbers: which operation it is, and on which nodes. A `Node` is made when it is asked for.
"""

cimport cython
from cpython.list cimport PyList_GET_ITEM
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree, PyMem_RawRealloc
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.string cimport memcmp, memcpy

import numpy as np

from fastls.tape.refusals import refuse

Shape = tuple[int, ...]
FLOAT = np.dtype(float)
cdef object TRUTH = np.dtype(bool)
cdef dict NONE = {}  # of parameters; shared, never changed
cdef Py_ssize_t MOST = 0xFFFFFFFF  # nodes, of which places are kept in 32 bits
cdef uint64_t MIXING = 0x9E3779B97F4A7C15u  # 2⁶⁴ over the golden ratio (Knuth 1973, section 6.4)
cdef Primitive SLICE


def learn(Primitive part):
    """The primitive that an entry of an array is."""
    global SLICE
    SLICE = part


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


cdef class Operation:
    """What nodes may have in common: a primitive, its parameters, and the shape and dtype made.

    An input has one of its own, and so has a constant array.
    """


cdef Operation new_operation(
    holds_t holds, Py_ssize_t arity, Primitive primitive, dict parameters, tuple shape, dtype,
    constant=None,
):
    cdef Operation made = Operation.__new__(Operation)
    made.holds, made.arity = holds, arity
    made.primitive, made.parameters = primitive, parameters
    made.shape, made.dtype, made.constant = shape, dtype, constant
    made.is_number = not shape and dtype is FLOAT
    made.is_constant = holds == NUMBER or constant is not None
    return made


@cython.no_gc
@cython.freelist(256)
cdef class Node:
    """A value of the computation: a place in a graph, and what stands there.

    Nodes of one place are equal. They are left out of the search for cycles, as transforms make
    millions of them: what a rule of the user's holds, be it the tape, is kept as long as its nodes.
    """

    def __init__(self):
        raise TypeError("a Node is made by a Graph")

    def __eq__(self, other):
        return self is other or (
            type(other) is Node and self.index == (<Node> other).index
            and self.nodes is (<Node> other).nodes)

    def __hash__(self):
        return self.index

    @property
    def primitive(self):
        """What is applied; None of inputs and constants."""
        return self.operation.primitive

    @property
    def inputs(self):
        """The nodes to which it is applied."""
        cdef Py_ssize_t i
        return tuple([self.input(i) for i in range(self.operation.arity)])

    @property
    def parameters(self):
        """Those of the primitive."""
        cdef const record_t *record
        if self.operation.holds != ENTRY:
            return self.operation.parameters
        record = self.nodes.record(self.index)
        return {"index": index_at(self.input(0).operation.shape, record.operands[1])}

    @property
    def shape(self):
        return self.operation.shape

    @property
    def dtype(self):
        return self.operation.dtype

    @property
    def constant(self):
        """The array that a constant is; None of all others."""
        if self.operation.holds == NUMBER:
            return np.array(self.number())
        return self.operation.constant

    @property
    def is_constant(self):
        return self.operation.is_constant

    cdef double number(self) except? -1.0:
        """The number that a constant is, if it is one."""
        cdef double found
        memcpy(&found, self.nodes.record(self.index).operands, sizeof(double))
        return found

    cdef Node input(self, Py_ssize_t i):
        """One of the inputs."""
        return self.nodes.at(self.nodes.inputs_of(self.index)[i])

    def __repr__(self):
        if self.is_constant:
            return f"n{self.index} = {self.constant!r}"
        if self.primitive is None:
            return f"n{self.index}: input {self.shape}"
        inside = ", ".join(f"n{node.index}" for node in self.inputs)
        return f"n{self.index} = {self.primitive}({inside}, {self.parameters}): {self.shape}"


cdef tuple index_at(tuple shape, Py_ssize_t place):
    """The index of an entry by its place in the flattened array."""
    cdef list found = []
    for length in reversed(shape):
        found.append(place % <Py_ssize_t> length)
        place //= <Py_ssize_t> length
    found.reverse()
    return tuple(found)


cdef Py_ssize_t place_at(tuple shape, tuple index) except -2:
    """The place of an entry in the flattened array; -1 where the index is not that of an entry."""
    cdef Py_ssize_t found = 0
    if len(shape) != len(index):
        return -1
    for length, part in zip(shape, index):
        if type(part) is not int or not 0 <= part < length:
            return -1
        found = found * <Py_ssize_t> length + <Py_ssize_t> part
    return found


cdef class Nodes:
    """The nodes of a graph, as a sequence; a slice of it is a list.

    Where an operation has more than two inputs, they stand in `more`.
    """

    def __cinit__(self):
        self.operations = []

    def __dealloc__(self):
        PyMem_RawFree(self.records)
        PyMem_RawFree(self.more)

    def __len__(self):
        return self.count

    def __getitem__(self, key):
        cdef Py_ssize_t i
        if isinstance(key, slice):
            return [self.at(i) for i in range(*key.indices(self.count))]
        i = key
        if not -self.count <= i < self.count:
            raise IndexError(f"a graph of {self.count} nodes has no node {i}")
        return self.at(i + self.count if i < 0 else i)

    cdef record_t *record(self, Py_ssize_t index) except NULL:
        if not 0 <= index < self.count:
            raise IndexError(f"node {index} has been forgotten")
        return &self.records[index]

    cdef Node at(self, Py_ssize_t index):
        """The node of a place."""
        cdef Node node = Node.__new__(Node)
        node.index = index
        node.nodes = self
        node.operation = self.operation_of(index)
        return node

    cdef Operation operation_of(self, Py_ssize_t index):
        return <Operation> PyList_GET_ITEM(self.operations, self.record(index).operation)

    cdef const uint32_t *inputs_of(self, Py_ssize_t index) except NULL:
        """The places of the inputs of a node, as many as its operation has."""
        cdef record_t *record = self.record(index)
        if self.operation_of(index).holds == MORE:
            return &self.more[record.operands[0]]
        return &record.operands[0]

    cdef Operation add(self, Operation operation):
        """A new operation, of the next node."""
        operation.index = len(self.operations)
        operation.since = self.count
        self.operations.append(operation)
        return operation

    cdef record_t described(self, Operation operation, tuple inputs) except *:
        """What is kept of a node; of many inputs, at the end of `more`, where they may be left."""
        cdef record_t found = record_t(operation.index, [0, 0])
        cdef uint32_t *places = found.operands
        cdef Node node
        cdef Py_ssize_t i, room, n = operation.arity
        if PyTuple_GET_SIZE(inputs) != n:
            raise ValueError(f"inputs must be {n}; got {len(inputs)}")
        if operation.holds == MORE:
            if self.more_count + n > self.more_room:
                room = min(self.more_room + self.more_room // 16 + n + 64, MOST)
                if self.more_count + n > room:
                    raise MemoryError(f"operations of more than two inputs have {MOST} at most")
                self.more = <uint32_t *> grown(self.more, room * sizeof(uint32_t))
                self.more_room = room
            found.operands[0] = <uint32_t> self.more_count
            places = &self.more[self.more_count]
        for i in range(n):
            node = <Node> PyTuple_GET_ITEM(inputs, i)
            if node is None or node.nodes is not self:
                raise ValueError(f"inputs must be nodes of one graph; got {node!r}")
            places[i] = <uint32_t> node.index
        return found

    cdef Node append(self, const record_t *record):
        """The node of what has been described."""
        cdef Operation operation = <Operation> PyList_GET_ITEM(self.operations, record.operation)
        cdef Py_ssize_t room
        if self.count == self.room:
            room = min(self.room + self.room // 16 + 64, MOST)
            if self.count == room:
                raise MemoryError(f"a graph has {MOST} nodes at most")
            self.records = <record_t *> grown(self.records, room * sizeof(record_t))
            self.room = room
        if operation.holds == MORE:
            self.more_count += operation.arity
        self.records[self.count] = record[0]
        self.count += 1
        return self.at(self.count - 1)

    cdef size_t hash(self, const record_t *record) noexcept:
        cdef uint64_t found = record.operation * MIXING
        cdef const uint32_t *places = &record.operands[0]
        cdef Py_ssize_t i, n = 2
        cdef Operation operation = <Operation> PyList_GET_ITEM(self.operations, record.operation)
        if operation.holds == MORE:
            places, n = &self.more[record.operands[0]], operation.arity
        for i in range(n):
            found = ((found ^ (found >> 32)) ^ places[i]) * MIXING
        return <size_t> (found ^ (found >> 32))

    cdef bint are_same(self, const record_t *one, const record_t *other) noexcept:
        cdef Operation operation
        if one.operation != other.operation:
            return False
        operation = <Operation> PyList_GET_ITEM(self.operations, one.operation)
        if operation.holds != MORE:
            return memcmp(one.operands, other.operands, sizeof(one.operands)) == 0
        return memcmp(&self.more[one.operands[0]], &self.more[other.operands[0]],
                      operation.arity * sizeof(uint32_t)) == 0

    cdef list forget(self, Py_ssize_t count):
        """Forget all but so many, and the operations made for them, which are given back."""
        cdef Py_ssize_t i, kept = len(self.operations)
        cdef Operation operation
        for i in range(self.count - 1, count - 1, -1):
            operation = self.operations[self.records[i].operation]
            if operation.holds == MORE:
                self.more_count = self.records[i].operands[0]
        self.count = min(self.count, count)
        while kept and (<Operation> self.operations[kept - 1]).since >= count:
            kept -= 1
        forgotten = self.operations[kept:]
        del self.operations[kept:]
        return forgotten


cdef void *grown(void *memory, size_t size) except NULL:
    cdef void *found = PyMem_RawRealloc(memory, size)
    if found is NULL:
        raise MemoryError
    return found


cdef object WEIGHTS = np.multiply.accumulate(np.full(1009, 0x9E3779B97F4A7C15, np.uint64))


cdef bytes fingerprint(array):
    """What shows that an array was written to: its entries or, of a large one, sums of their bits.

    There is a sum for each 1009 entries, each of which has a weight of its own: entries that change
    places show as well.
    """
    if array.nbytes <= 2**20 or not array.flags.c_contiguous or array.itemsize != 8:
        return array.tobytes()
    bits = array.reshape(-1).view(np.uint64)
    whole = bits.size - bits.size % 1009
    return np.dot(bits[:whole].reshape(-1, 1009), WEIGHTS).tobytes() + bits[whole:].tobytes()


cdef object changed():
    return TypeError(
        "an array was changed after it had met a traced value, which cannot be "
        "recorded; make a new array instead")


cdef class Graph:
    """Nodes in the order in which they were made, every node after its inputs."""

    def __cinit__(self):
        self.nodes = Nodes()
        self.guards = []  # nodes that must come out as they did when recorded, and how they did
        self.guarded = set()
        self.known = {}  # operations, by all that is known of them
        self.of_numbers = {}  # those without parameters, by the primitive
        self.constant_number = self.entry_of = None  # that used last
        self.written = {}  # arrays that are constants, and what is in them, by their id
        self.values = {}  # of the arguments recorded with, as far as asked for
        self.regions = []  # of `checkpoint`: the first place, that past the last, what is kept
        self.originals = {}  # of nodes that are computed again
        self.anchors = {}  # of nodes to be computed early: what they follow
        self.room = 64
        self.table = <uint32_t *> PyMem_RawCalloc(self.room, sizeof(uint32_t))
        if self.table is NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_RawFree(self.table)

    def input(self, shape, value=None):
        """A new input; its value is needed where the computation branches."""
        cdef Operation operation = new_operation(INPUTS, 0, None, NONE, shape, FLOAT)
        cdef record_t record = self.nodes.described(self.nodes.add(operation), ())
        node = self.nodes.append(&record)
        self.values[node] = np.zeros(shape) if value is None else value
        return node

    def constant(self, value):
        """A constant: numbers by value, arrays by identity, as they may be large."""
        return self.number(value) if type(value) is float else self.any_constant(value)

    cdef Node number(self, double value):
        cdef Operation operation = self.constant_number
        if operation is None:
            operation = self.operation("number", NUMBER, 0, None, NONE, (), FLOAT)
            self.constant_number = operation
        cdef record_t record = record_t(operation.index, [0, 0])
        memcpy(record.operands, &value, sizeof(double))
        return self.once(&record)

    cdef Node any_constant(self, value):
        cdef Operation operation
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
        if array.ndim == 0 and array.dtype.kind == "f":
            return self.number(array)
        key = ("array", id(array)) if array.ndim else ("truth", bool(array))
        if array.ndim:  # what cannot be written to may be a view of what can
            self.watch(array)
        # That of an array that was pickled is equal to FLOAT, but another object.
        dtype = FLOAT if array.dtype == FLOAT else TRUTH
        operation = self.operation(key, INPUTS, 0, None, NONE, array.shape, dtype, array)
        cdef record_t record = self.nodes.described(operation, ())
        return self.once(&record)

    cdef int watch(self, array) except -1:
        """Keep what is in an array; each time that it is used, it must be the same."""
        entries = fingerprint(array)
        met = self.written.setdefault(id(array), (array, entries))
        if met[1] != entries:
            raise changed()
        return 0

    def apply(self, Primitive primitive, inputs, **parameters):
        """The node of a primitive applied to nodes; an old one where there is one."""
        return self.applied(primitive, tuple(inputs), parameters)

    cdef Node applied(self, Primitive primitive, tuple inputs, dict parameters):
        cdef Node node
        cdef Operation operation
        cdef bint are_constant = True, are_numbers = not parameters, is_special = False
        cdef Py_ssize_t place
        cdef record_t record
        for node in inputs:
            operation = node.operation
            if operation.is_constant:
                if primitive.neutral is not None and not is_special:
                    is_special = is_neutral(primitive, node)
            else:
                are_constant = False
                if operation.primitive is not None and operation.primitive.is_transparent:
                    is_special = True
            if operation.shape:
                are_constant = False
            if not operation.is_number:
                are_numbers = False
        if primitive.simplify is not None and (is_special or primitive.neutral is None):
            simpler = primitive.simplify(self, inputs, parameters)
            if simpler is not None:
                return <Node> simpler
        if primitive is SLICE and not are_constant:
            node = inputs[0]
            place = place_at(node.operation.shape, parameters["index"])
            if 0 <= place <= MOST:
                return self.entry(node, place)
        operation = self.of_numbers.get(primitive) if are_numbers and not are_constant else None
        if operation is None or operation.arity != PyTuple_GET_SIZE(inputs):
            # Arrays are left where they are, and read when replayed: they may be changed.
            shape = shape_of(primitive, inputs, parameters)
            if not shape and are_constant and inputs and not primitive.is_variable:
                with np.errstate(all="ignore"):
                    return self.constant(
                        primitive.value(*[(<Node> each).constant for each in inputs], **parameters))
            dtype = primitive.dtype
            if dtype is None:
                dtype = (<Node> inputs[0]).operation.dtype
            operation = self.operation(
                (primitive, freeze(parameters) if parameters else None, shape, dtype, len(inputs)),
                INPUTS if len(inputs) <= 2 else MORE, len(inputs), primitive, parameters or NONE,
                shape, dtype)
            if are_numbers:
                self.of_numbers[primitive] = operation
        record = self.nodes.described(operation, inputs)
        return self.once(&record)

    cdef Node entry(self, Node array, Py_ssize_t place):
        """An entry of an array, by its place in the flattened array, which is MOST at most."""
        cdef Operation operation = self.entry_of
        cdef object dtype = array.operation.dtype
        if operation is None or operation.dtype is not dtype:
            operation = self.operation((SLICE, dtype), ENTRY, 1, SLICE, None, (), dtype)
            self.entry_of = operation
        cdef record_t record = self.nodes.described(operation, (array,))
        record.operands[1] = <uint32_t> place
        return self.once(&record)

    cdef Operation operation(
        self, key, holds_t holds, Py_ssize_t arity, Primitive primitive, dict parameters,
        tuple shape, dtype, constant=None,
    ):
        """The operation of which all this is known; the key says so."""
        cdef Operation found = self.known.get(key)
        if found is None:
            found = new_operation(holds, arity, primitive, parameters, shape, dtype, constant)
            found.key = key
            self.known[key] = self.nodes.add(found)
        return found

    cdef Node once(self, const record_t *record):
        """The node of what has been described; an old one where there is one."""
        if 4 * (self.entered + 1) > 3 * self.room:
            self.arrange(2 * self.room)
        cdef size_t mask = self.room - 1
        cdef size_t at = self.nodes.hash(record) & mask
        while self.table[at]:
            if self.nodes.are_same(&self.nodes.records[self.table[at] - 1], record):
                return self.nodes.at(self.table[at] - 1)
            at = (at + 1) & mask
        node = self.nodes.append(record)
        self.entered += 1
        self.table[at] = <uint32_t> self.nodes.count
        return node

    cdef arrange(self, size_t room):
        """Move what there still is into a table of some size."""
        cdef uint32_t *old = self.table
        cdef size_t at, i, before = self.room
        self.table = <uint32_t *> PyMem_RawCalloc(room, sizeof(uint32_t))
        if self.table is NULL:
            self.table = old
            raise MemoryError
        self.room = room
        self.entered = 0
        for i in range(before):
            if old[i] and old[i] <= self.nodes.count:
                at = self.nodes.hash(&self.nodes.records[old[i] - 1]) & (room - 1)
                while self.table[at]:
                    at = (at + 1) & (room - 1)
                self.table[at] = old[i]
                self.entered += 1
        PyMem_RawFree(old)

    def again(self, Node node, inputs):
        """The same operation once more: a node of its own, whatever is known."""
        cdef record_t record = self.nodes.described(node.operation, tuple(inputs))
        if node.operation.holds == ENTRY:
            record.operands[1] = self.nodes.record(node.index).operands[1]
        made = self.nodes.append(&record)
        self.originals[made] = self.originals.get(node, node)
        return made

    def forget(self, Py_ssize_t count):
        """Forget all nodes but so many, and the regions made of them.

        What stands for a node that is forgotten must not be used any more.
        """
        cdef Operation operation
        for node in self.nodes[count:]:
            for kept in (self.originals, self.anchors, self.values):
                kept.pop(node, None)
        for operation in self.nodes.forget(count):
            self.known.pop(operation.key, None)
            if self.of_numbers.get(operation.primitive) is operation:
                del self.of_numbers[operation.primitive]
            if self.constant_number is operation:
                self.constant_number = None
            if self.entry_of is operation:
                self.entry_of = None
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
                    *[self.values[i] if not i.is_constant else i.constant for i in node.inputs],
                    **node.parameters,
                )
            stack.pop()
        return wanted.constant if wanted.is_constant else self.values[wanted]

    def check_constants(self):
        """Whether all constants still are what they were when the function used them."""
        for array, entries in self.written.values():
            if fingerprint(array) != entries:
                raise changed()
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


cdef object no_values():
    """The error for a rule of the user's that asks, when the function has long been recorded."""
    return refuse("a branch in the rule of a derivative", "write np.where instead")


cdef bint is_neutral(Primitive primitive, Node node):
    """Whether a simplification may want to know a constant."""
    return node.operation.holds != NUMBER or node.number() in primitive.neutral


cdef tuple shape_of(Primitive primitive, tuple inputs, dict parameters):
    """Of the result."""
    cdef Node node
    if primitive.partials is not None:
        for node in inputs:
            if node.operation.shape != (<Node> inputs[0]).operation.shape:
                break
        else:
            return (<Node> inputs[0]).operation.shape
    return primitive.shape(*[(<Node> each).operation.shape for each in inputs], **parameters)


def needed(outputs):
    """The nodes of a graph that outputs depend on, in order: what is not among them is dead."""
    cdef Node node
    cdef Nodes nodes = None
    cdef const uint32_t *places
    cdef Py_ssize_t i, j
    cdef bytearray marks
    outputs = list(outputs)
    if not outputs:
        return []
    nodes = (<Node> outputs[0]).nodes
    marks = bytearray(1 + max([(<Node> each).index for each in outputs]))
    for node in outputs:
        marks[node.index] = 1
    for i in range(len(marks) - 1, -1, -1):
        if marks[i]:
            places = nodes.inputs_of(i)
            for j in range(nodes.operation_of(i).arity):
                marks[places[j]] = 1
    return [nodes.at(i) for i in range(len(marks)) if marks[i]]


def position(Node node):
    return node.index


def depends_on(outputs, inputs):
    """The nodes on the way from inputs to outputs, both included."""
    cdef Node node
    cdef const uint32_t *places
    cdef Py_ssize_t i
    cdef set reached = set(inputs)
    cdef list order = needed(outputs)
    if not order:
        return reached
    cdef bytearray marks = bytearray((<Node> order[0]).nodes.count)
    for node in reached:
        marks[node.index] = 1
    for node in order:
        places = node.nodes.inputs_of(node.index)
        for i in range(node.operation.arity):
            if marks[places[i]]:
                marks[node.index] = 1
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
