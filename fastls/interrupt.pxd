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
    /* Another thread may write the word meanwhile; of processors, this is an ordinary load. */
    #ifdef _MSC_VER
      #define FASTLS_LOAD(word) (*(word))
    #else
      #define FASTLS_LOAD(word) __atomic_load_n((word), __ATOMIC_RELAXED)
    #endif
    """
    ctypedef int *signals_t "fastls_signals_p"
    int SIGNALS_PENDING "FASTLS_SIGNALS_PENDING"
    int load "FASTLS_LOAD"(signals_t word) noexcept nogil


cdef signals_t signals_word() noexcept nogil
cdef signals_t no_signals() noexcept nogil
cdef bint interrupted() noexcept nogil


cdef inline bint signal_pending(signals_t signals) noexcept nogil:
    """Whether a signal waits for its Python handler: one load, whatever else is going on."""
    return (load(signals) & SIGNALS_PENDING) != 0
