"""Where an interpolant of two points has its minimiser.

    p, q    the points: alpha, phi(alpha), phi'(alpha)

Each function takes the first point as the origin of its formula, so that the result is most
accurate near it. Where there is no minimiser, the result is NaN or infinite, or lies anywhere.
"""

from libc.math cimport NAN, copysign, fabs, fmax, sqrt


cdef struct point_t:
    double alpha, value, slope


cdef inline double cubic_minimiser(const point_t *p, const point_t *q) noexcept nogil:
    """Of the cubic with both values and both slopes (Hermite): Nocedal & Wright (3.59).

    Written as in MINPACK-2's dcstep (Moré and Thuente 1994, section 4), scaled so that nothing
    overflows. NaN where the cubic has none.
    """
    cdef double width = q.alpha - p.alpha
    cdef double theta = 3.0 * (p.value - q.value) / width + p.slope + q.slope
    cdef double scale = fmax(fabs(theta), fmax(fabs(p.slope), fabs(q.slope)))
    cdef double radicand = (theta / scale) * (theta / scale) - (
        p.slope / scale) * (q.slope / scale)
    cdef double gamma
    if not radicand > 0.0:
        return NAN
    gamma = copysign(scale * sqrt(radicand), width)
    return p.alpha + ((gamma - p.slope) + theta) / (
        ((gamma - p.slope) + gamma) + q.slope) * width


cdef inline double quadratic_minimiser(const point_t *p, const point_t *q) noexcept nogil:
    """Of the parabola with both values and the slope at p: Nocedal & Wright (3.58)."""
    cdef double width = q.alpha - p.alpha
    return p.alpha + 0.5 * p.slope / ((p.value - q.value) / width + p.slope) * width


cdef inline double secant(const point_t *p, const point_t *q) noexcept nogil:
    """Of the parabola with both slopes: where the line through them is zero."""
    return p.alpha + p.slope / (p.slope - q.slope) * (q.alpha - p.alpha)
