cdef bint all_same(list items) except -1
