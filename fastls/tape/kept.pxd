cpdef bint are_same(list items) except -1
