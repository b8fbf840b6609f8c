"""Vectors in C memory: the few operations that descent methods are made of."""

from libc.math cimport fabs, pow


cdef inline double dot(const double *a, const double *b, Py_ssize_t size) noexcept nogil:
    """Summed in four parts, as processors like it."""
    cdef double first = 0.0, second = 0.0, third = 0.0, fourth = 0.0
    cdef Py_ssize_t i, whole = size - size % 4
    for i in range(0, whole, 4):
        first += a[i] * b[i]
        second += a[i + 1] * b[i + 1]
        third += a[i + 2] * b[i + 2]
        fourth += a[i + 3] * b[i + 3]
    for i in range(whole, size):
        first += a[i] * b[i]
    return (first + second) + (third + fourth)


cdef inline void add_scaled(
    double *a, double factor, const double *b, Py_ssize_t size,
) noexcept nogil:
    """a + factor b, in a."""
    cdef Py_ssize_t i
    for i in range(size):
        a[i] += factor * b[i]


cdef inline void scale_to(
    double *a, double factor, const double *b, Py_ssize_t size,
) noexcept nogil:
    """factor b, in a, which may be b itself."""
    cdef Py_ssize_t i
    for i in range(size):
        a[i] = factor * b[i]


cdef inline void difference(
    double *result, const double *a, const double *b, Py_ssize_t size,
) noexcept nogil:
    """a - b."""
    cdef Py_ssize_t i
    for i in range(size):
        result[i] = a[i] - b[i]


cdef inline double largest(const double *a, Py_ssize_t size) noexcept nogil:
    """The largest absolute value; NaN where an entry is not finite."""
    cdef double found = 0.0, sound = 0.0
    cdef Py_ssize_t i
    for i in range(size):
        found = fabs(a[i]) if fabs(a[i]) > found else found
        sound += 0.0 * a[i]
    return found + sound


cdef inline double norm_of_order(const double *a, double order, Py_ssize_t size) noexcept nogil:
    """The norm of an order >= 1; scaled, so that no power overflows before its time."""
    cdef double scale = largest(a, size), total = 0.0
    cdef Py_ssize_t i
    if order > 1e300 or scale == 0.0 or scale != scale:
        return scale
    for i in range(size):
        total += pow(fabs(a[i]) / scale, order)
    return scale * pow(total, 1.0 / order)
