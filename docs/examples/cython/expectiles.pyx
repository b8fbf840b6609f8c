# cython: language_level=3, boundscheck=False, wraparound=False
"""From Cython: one search for each element of an array, in as many threads as there are cores.

The expectile of order tau is where tau E(x - m)+^2 + (1 - tau) E(m - x)+^2 is smallest.
"""

from cython.parallel cimport prange

from fastls.cython_api cimport (
    CONVERGED, brent, brent_defaults, interval_options, interval_result,
)


cdef struct sample_t:
    const double *x
    Py_ssize_t n
    double tau


cdef double loss(double m, void *data) noexcept nogil:
    """Cython prints what a noexcept function raises, and returns 0: let it raise nothing."""
    cdef sample_t *sample = <sample_t *> data
    cdef double sum = 0.0, r
    cdef Py_ssize_t i
    for i in range(sample.n):
        r = sample.x[i] - m
        sum += r * r * (sample.tau if r > 0.0 else 1.0 - sample.tau)
    return sum


cdef int expectile(const double *x, Py_ssize_t n, double tau, double *m) noexcept nogil:
    cdef sample_t sample = sample_t(x, n, tau)
    cdef interval_options options
    cdef interval_result found
    cdef double low = x[0], high = x[0]
    cdef Py_ssize_t i
    for i in range(n):
        low = min(low, x[i])
        high = max(high, x[i])
    brent_defaults(&options, sizeof(options))
    options.xtol = 1e-6
    found.size = sizeof(found)
    brent(loss, &sample, low, high, &options, &found)
    m[0] = found.x
    return found.status


def expectiles(const double[::1] x, const double[::1] taus, double[::1] out):
    """Put the expectile of each order into out; return how many searches converged."""
    cdef Py_ssize_t i, count = 0
    for i in prange(taus.shape[0], nogil=True):
        count += expectile(&x[0], x.shape[0], taus[i], &out[i]) == CONVERGED
    return count
