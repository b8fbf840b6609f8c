"""Points of an interval, shared by the methods of this folder."""

from libc.math cimport isfinite

cdef extern from *:
    """
    /* The smaller part of a golden section: 1/tau^2 = 1 - 1/tau = (3 - sqrt(5))/2. */
    #define FASTLS_GOLDEN_SECTION 0.38196601125010515
    """
    const double GOLDEN_SECTION "FASTLS_GOLDEN_SECTION"


cdef inline double midpoint(double a, double b) noexcept nogil:
    """(a + b)/2, also where a + b overflows."""
    cdef double middle = 0.5 * (a + b)
    return middle if isfinite(middle) else 0.5 * a + 0.5 * b


cdef inline double between(double a, double b, double fraction) noexcept nogil:
    """The point a fraction of the way from a to b, also where b - a overflows."""
    cdef double width = b - a
    if isfinite(width):
        return a + fraction * width
    return (1.0 - fraction) * a + fraction * b
