"""Ctrl-C inside a loop that is all C.

When a signal arrives, CPython's own handler in C sets a flag, and a thread that holds the GIL
later runs the handler in Python. Taking the GIL to ask (PyErr_CheckSignals) after every
evaluation would cost more than a cheap evaluation does, and asking now and then is too late when
evaluations suddenly become slow. So the loop reads CPython's flag itself: one load an evaluation.
Only where it is set, the GIL is taken. The flag is private to CPython: this file alone knows
where it is, and does not compile where it has moved. Other implementations are asked each time.
"""

cdef extern from *:
    """
    #if defined(CYTHON_COMPILING_IN_CPYTHON) && CYTHON_COMPILING_IN_CPYTHON
      #ifndef Py_BUILD_CORE
        #define Py_BUILD_CORE 1
      #endif
      #undef _PyGC_FINALIZED                   /* a macro of one header, a function of the other */
      #include "internal/pycore_runtime.h"
      static fastls_signals_p fastls_signals_word(void) {
        #if PY_VERSION_HEX >= 0x030D0000
          return (fastls_signals_p) &_PyRuntime.main_tstate->eval_breaker;
        #else
          return (fastls_signals_p) &_PyRuntime.ceval.signals_pending._value;
        #endif
      }
    #else
      static const int fastls_always = 1;
      static fastls_signals_p fastls_signals_word(void) { return &fastls_always; }
    #endif
    static const fastls_signals_t fastls_never = 0;
    static fastls_signals_p fastls_no_signals(void) { return &fastls_never; }
    """
    signals_t fastls_signals_word() noexcept nogil
    signals_t fastls_no_signals() noexcept nogil

cdef extern from "Python.h":
    int PyErr_CheckSignals()


cdef signals_t signals_word() noexcept nogil:
    """The word with CPython's flag, good for one search: it may move when a process forks."""
    return fastls_signals_word()


cdef signals_t no_signals() noexcept nogil:
    """A word that never tells of one, for callers who have no use for an exception."""
    return fastls_no_signals()


cdef bint interrupted() noexcept nogil:
    """Run the handlers of what signals wait; tell whether one of them raised."""
    with gil:
        return PyErr_CheckSignals() != 0
