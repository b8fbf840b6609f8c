"""Operators of what is traced, as Python calls them.

Loops over the entries of an array make thousands of operations on numbers. These go straight to the
graph; everything else goes to NumPy's ufunc, which hands it back to the tracer.
"""

from cpython.object cimport PyTypeObject
from cpython.ref cimport PyObject

import numpy as np

from fastls.tape.graph cimport Graph, Node, Primitive
from fastls.tape.structure cimport dict_get, enter_deeper, leave_deeper

cdef dict NONE = {}
cdef tuple NOTHING = ()
cdef dict PRIMITIVES = {}  # of each ufunc
cdef Primitive ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATIVE
cdef object add = np.add, subtract = np.subtract, multiply = np.multiply, divide = np.divide
cdef object power = np.power, negative = np.negative


def learn(dict primitives):
    """What each ufunc is recorded as."""
    global PRIMITIVES, ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATIVE
    PRIMITIVES = primitives
    ADD, SUBTRACT, MULTIPLY = primitives[add], primitives[subtract], primitives[multiply]
    DIVIDE, POWER, NEGATIVE = primitives[divide], primitives[power], primitives[negative]


cdef class Traced:
    """A node of a graph, with the operators of a number."""

    def __init__(self, Graph graph, Node node):
        self.graph = graph
        self.node = node

    def __add__(self, other):
        return binary(self, other, False, ADD, add)

    def __radd__(self, other):
        return binary(self, other, True, ADD, add)

    def __sub__(self, other):
        return binary(self, other, False, SUBTRACT, subtract)

    def __rsub__(self, other):
        return binary(self, other, True, SUBTRACT, subtract)

    def __mul__(self, other):
        return binary(self, other, False, MULTIPLY, multiply)

    def __rmul__(self, other):
        return binary(self, other, True, MULTIPLY, multiply)

    def __truediv__(self, other):
        return binary(self, other, False, DIVIDE, divide)

    def __rtruediv__(self, other):
        return binary(self, other, True, DIVIDE, divide)

    def __pow__(self, other, modulus):
        return binary(self, other, False, POWER, power)

    def __rpow__(self, other, modulus):
        return binary(self, other, True, POWER, power)

    def __neg__(self):
        if is_number(self.node):
            return wrapped(self, self.graph.applied(NEGATIVE, (self.node,), NONE))
        return negative(self)

    def element(self, key):
        """An entry of a vector; None where there is more to ask."""
        cdef tuple shape = self.node.operation.shape
        cdef Py_ssize_t i, n
        if type(key) is not int or len(shape) != 1 or shape[0] > 2**32:
            return None
        i, n = key, shape[0]
        if not -n <= i < n:
            raise IndexError(f"index {i} is out of bounds for axis of size {n}")
        return wrapped(self, self.graph.entry(self.node, i + n if i < 0 else i))

    def of_numbers(self, ufunc, tuple inputs):
        """A ufunc of numbers; None where some are arrays or truth values, or it is not known."""
        cdef Node node
        cdef list nodes = []
        primitive = dict_get(<PyObject *> PRIMITIVES, ufunc)  # held: a rule may be defined anew
        if primitive is None:
            return None
        for value in inputs:
            node = operand(self.graph, value)
            if node is None:
                return None
            nodes.append(node)
        return wrapped(self, self.graph.applied(<Primitive> primitive, tuple(nodes), NONE))


def holds_traced(value):
    """Whether something traced is in nested lists and tuples, or is it.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    if isinstance(value, Traced):
        return True
    if isinstance(value, (list, tuple)):
        enter_deeper(" in nested lists")
        try:
            for part in value:
                if type(part) is not float and holds_traced(part):
                    return True
        finally:
            leave_deeper()
    return False


cdef inline bint is_number(Node node):
    return node.operation.is_number


cdef Traced traced(kind, Graph graph, Node node):
    """A new one of a class, without the detour of a call."""
    cdef Traced found = <Traced> (<PyTypeObject *> kind).tp_new(
        kind, <PyObject *> NOTHING, NULL)
    found.graph, found.node = graph, node
    return found


cdef inline Traced wrapped(Traced like, Node node):
    return traced(type(like), like.graph, node)


cdef inline Node operand(Graph graph, value):
    """The node of a number of the graph, or of a constant one; else None."""
    if isinstance(value, Traced):
        if (<Traced> value).graph is graph and is_number((<Traced> value).node):
            return (<Traced> value).node
    elif isinstance(value, float) or type(value) is int:
        return graph.number(value)
    return None


cdef binary(Traced self, other, bint is_reflected, Primitive primitive, ufunc):
    cdef Node node
    if is_number(self.node):
        node = operand(self.graph, other)
        if node is not None:
            inputs = (node, self.node) if is_reflected else (self.node, node)
            return wrapped(self, self.graph.applied(primitive, inputs, NONE))
    return ufunc(other, self) if is_reflected else ufunc(self, other)
