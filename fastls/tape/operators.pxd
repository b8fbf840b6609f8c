from fastls.tape.graph cimport Graph, Node


cdef class Traced:
    cdef readonly Graph graph
    cdef readonly Node node
    cdef public object base  # whose memory it shares in NumPy; None if it has its own


cdef Traced traced(kind, Graph graph, Node node)
