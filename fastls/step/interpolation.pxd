"""Where an interpolant of two points has its minimiser.

    p, q    the points: alpha, phi(alpha), phi'(alpha)

Each function takes the first point as the origin of its formula, so that the result is most
accurate near it. Where there is no minimiser, the result is NaN or infinite, or lies anywhere.
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, NAN, copysign, fabs, fmax, fmin, isfinite, sqrt


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


cdef inline double cubic_root(double g, double A, double B) noexcept nogil:
    """Where g t + A t^2 + B t^3 has its minimiser, without cancellation; NaN where it has none."""
    cdef double radicand = A * A - 3.0 * B * g
    if not radicand >= 0.0:
        return NAN
    if A > 0.0:
        return -g / (A + sqrt(radicand))
    return (sqrt(radicand) - A) / (3.0 * B)


cdef inline double hermite_minimiser(
    const point_t *p, const point_t *q, const point_t *r,
) noexcept nogil:
    """Of the polynomial through all that is known of two or three points, between p and q; or NaN.

    p has a value and a slope. Of q the slope may be unknown (NaN), and of r everything. With
    t = (alpha - p)/(q - p) the polynomial is, in the order in which knowledge adds to it,

        g t + m t^2                            value and slope at p, value at q; m = phi(q) - phi(p) - g
          + c t^2 (1 - t)                      the slope at q, or else the value at r
          + (k + l t) t^2 (1 - t)^2            the slope at q, and value and slope at r: a quintic

    The minimiser of the cubic has a closed form; from there it is found by Newton's method on the
    quintic, guarded by bisection.
    """
    cdef double width = q.alpha - p.alpha
    cdef double u = (r.alpha - p.alpha) / width, v = 1.0 - u
    cdef double bump = u * u * v * v                    # what l and k are multiplied with at r
    cdef double g = p.slope * width, end = q.slope * width
    cdef double scale = fmax(fabs(g), fabs(q.value - p.value))
    cdef double m, c = 0.0, k = 0.0, l = 0.0, A, B, t, miss, bend, slope, left, right, trial
    cdef int i
    if end == end:
        scale = fmax(scale, fabs(end))
    scale = 1.0 / scale
    g *= scale
    end *= scale
    m = (q.value - p.value) * scale - g
    if end == end:
        c = g + 2.0 * m - end
    elif isfinite((r.value - p.value) / (u * u * v)):
        c = ((r.value - p.value) * scale - u * (g + m * u)) / (u * u * v)
    A = m + c
    B = -c
    t = cubic_root(g, A, B)
    if not 0.0 < t < 1.0:
        return NAN
    if end == end and isfinite(r.slope / bump):
        miss = ((r.value - p.value) * scale - u * (g + u * (A + u * B))) / bump
        l = ((r.slope * width * scale - g - u * (2.0 * A + 3.0 * B * u))
             - 2.0 * u * v * (1.0 - 2.0 * u) * miss) / bump
        k = miss - l * u
    if not (isfinite(k) and isfinite(l)) or k == 0.0 == l:
        return p.alpha + t * width

    trial = t
    left = 0.0
    right = 1.0 if end > 0.0 else INFINITY              # where the slope is known to be positive
    for i in range(30):
        v = 1.0 - trial
        miss = 2.0 * trial * v * (1.0 - 2.0 * trial)    # the derivative of t^2 (1 - t)^2
        slope = (g + trial * (2.0 * A + 3.0 * B * trial)
                 + miss * (k + l * trial) + trial * trial * v * v * l)
        bend = (2.0 * A + 6.0 * B * trial
                + 2.0 * (v * v - 4.0 * trial * v + trial * trial) * (k + l * trial)
                + 2.0 * miss * l)
        if slope < 0.0:
            left = trial
        else:
            right = trial
        u = trial - slope / bend if bend > 0.0 else INFINITY
        if not left < u < fmin(right, 1.0):
            if right == INFINITY:
                return p.alpha + t * width              # the quintic may have no minimiser
            u = 0.5 * (left + right)
        if fabs(u - trial) <= 1e-6 * trial:
            return p.alpha + u * width
        trial = u
    return p.alpha + trial * width


cdef inline bint differ_by_rounding(const point_t *p, const point_t *q) noexcept nogil:
    """Whether the values at two points are too near to each other to tell anything of a minimiser."""
    cdef double steepest = fmax(fabs(p.slope), 0.0 if q.slope != q.slope else fabs(q.slope))
    return (fabs(q.alpha - p.alpha) * steepest
            <= 100.0 * DBL_EPSILON * fmax(fabs(p.value), fabs(q.value)))
