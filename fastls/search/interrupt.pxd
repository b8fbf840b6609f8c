"""Ctrl-C inside a loop that is all C."""

cdef extern from *:
    """
    #if defined(CYTHON_COMPILING_IN_CPYTHON) && CYTHON_COMPILING_IN_CPYTHON \\
            && PY_VERSION_HEX >= 0x030D0000
      typedef uintptr_t fastls_signals_t;
      #define FASTLS_SIGNALS_PENDING 2u        /* _PY_SIGNALS_PENDING_BIT */
    #else
      typedef int fastls_signals_t;
      #define FASTLS_SIGNALS_PENDING 1
    #endif
    typedef const volatile fastls_signals_t *fastls_signals_p;
    """
    ctypedef int *signals_t "fastls_signals_p"
    int SIGNALS_PENDING "FASTLS_SIGNALS_PENDING"


cdef signals_t signals_word() noexcept nogil
cdef signals_t no_signals() noexcept nogil
cdef bint interrupted() noexcept nogil


cdef inline bint signal_pending(signals_t signals) noexcept nogil:
    """Whether a signal waits for its Python handler: one load, whatever else is going on."""
    return (signals[0] & SIGNALS_PENDING) != 0
