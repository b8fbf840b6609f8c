from fastls.tape.graph cimport Graph, Node


cdef class Traced:
    cdef readonly Graph graph
    cdef readonly Node node


cdef Traced traced(kind, Graph graph, Node node)
