"""Identities of arithmetic: x + 0, 1 x, x / 1, -(-x), x², and numbers that are the same everywhere.

They hold where the shape does not change. Recording asks for them at every operation that has a
constant among its operands.
"""

cimport cython

import numpy as np

from fastls.tape.graph cimport NUMBER, Graph, Node, Primitive

cdef dict PRIMITIVES = {}     # of each ufunc
cdef Primitive RESHAPE, BROADCAST, NEGATIVE, ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER
cdef Primitive SQUARE, SQRT, RECIPROCAL


def learn(dict primitives, Primitive reshape, Primitive broadcast):
    """The primitive of each ufunc, and the views under which a number stays what it is.

    Parameters
    ----------
    primitives : dict
    reshape, broadcast : Primitive
    """
    global PRIMITIVES, RESHAPE, BROADCAST, NEGATIVE, ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER
    global SQUARE, SQRT, RECIPROCAL
    PRIMITIVES, RESHAPE, BROADCAST = primitives, reshape, broadcast
    NEGATIVE, ADD, SUBTRACT = primitives[np.negative], primitives[np.add], primitives[np.subtract]
    MULTIPLY, DIVIDE = primitives[np.multiply], primitives[np.divide]
    POWER, SQUARE = primitives[np.power], primitives[np.square]
    SQRT, RECIPROCAL = primitives[np.sqrt], primitives[np.reciprocal]


cdef bint is_uniform(Node node, double *number):
    """Whether all entries are one number that is known, and which."""
    while node.operation.primitive is not None and (
            node.operation.primitive is RESHAPE or node.operation.primitive is BROADCAST):
        node = node.input(0)
    if node.operation.holds != NUMBER:
        return False
    number[0] = node.number()
    return True


def uniform(Node node):
    """The number that every entry of a node is, if that is known.

    Parameters
    ----------
    node : Node

    Returns
    -------
    float or None
    """
    cdef double number
    return number if is_uniform(node, &number) else None


@cython.final
cdef class Arithmetic:
    """The simplification of a primitive of two operands.

    Parameters
    ----------
    ufunc : numpy.ufunc
        add, subtract, multiply, divide or power.
    """
    cdef object ufunc

    def __init__(self, ufunc):
        self.ufunc = ufunc

    def __call__(self, Graph graph, tuple inputs, dict parameters):
        """A node to use instead, or None.

        Parameters
        ----------
        graph : Graph
        inputs : tuple of Node
        parameters : dict

        Returns
        -------
        Node or None
        """
        cdef Primitive primitive = PRIMITIVES[self.ufunc]
        cdef Node a = inputs[0], b = inputs[1]
        cdef double left, right
        cdef bint left_known = is_uniform(a, &left), right_known = is_uniform(b, &right)
        cdef tuple shape = a.operation.shape
        if a.operation.shape != b.operation.shape:
            shape = np.broadcast_shapes(a.operation.shape, b.operation.shape)
        if shape and left_known and right_known:
            number = graph.applied(
                primitive, (graph.constant(left), graph.constant(right)), parameters)
            return graph.apply(BROADCAST, (number,), shape=shape)
        cdef bint a_stays = a.operation.shape == shape and a.operation.dtype.kind == "f"
        cdef bint b_stays = b.operation.shape == shape and b.operation.dtype.kind == "f"
        cdef bint a_moves = not a.operation.is_constant, b_moves = not b.operation.is_constant
        if primitive is MULTIPLY:
            if left_known and left == 1.0 and b_stays:
                return b
            if left_known and left == -1.0 and b_moves and b.operation.shape == shape:
                return graph.applied(NEGATIVE, (b,), parameters)
            if right_known and right == 1.0 and a_stays:
                return a
            if right_known and right == -1.0 and a_moves and a.operation.shape == shape:
                return graph.applied(NEGATIVE, (a,), parameters)
        elif primitive is ADD:
            if left_known and left == 0.0 and b_stays:
                return b
            if right_known and right == 0.0 and a_stays:
                return a
            if b.operation.primitive is NEGATIVE:
                return graph.applied(SUBTRACT, (a, b.input(0)), parameters)
            if a.operation.primitive is NEGATIVE:
                return graph.applied(SUBTRACT, (b, a.input(0)), parameters)
        elif primitive is SUBTRACT:
            if b.operation.primitive is NEGATIVE:
                return graph.applied(ADD, (a, b.input(0)), parameters)
            if right_known and right == 0.0 and a_stays:
                return a
        elif primitive is DIVIDE:
            if right_known and right == 1.0 and a_stays:
                return a
        elif primitive is POWER and right_known and a.operation.shape == shape:
            if right == 2.0:
                return graph.applied(SQUARE, (a,), parameters)
            if right == 1.0 and a_stays:
                return a
            if right == 0.5:
                return graph.applied(SQRT, (a,), parameters)
            if right == -1.0:
                return graph.applied(RECIPROCAL, (a,), parameters)
        return None


def simplify_negative(Graph graph, tuple inputs, dict parameters):
    """-(-x) = x

    Parameters
    ----------
    graph : Graph
    inputs : tuple of Node
    parameters : dict

    Returns
    -------
    Node or None
    """
    cdef Node x = inputs[0]
    return x.input(0) if x.operation.primitive is NEGATIVE else None
