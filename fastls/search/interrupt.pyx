"""Ctrl-C inside a loop that is all C.

Python's handler only sets a flag, and only a thread that holds the GIL may look at it. Looking
after each evaluation would cost more than a cheap evaluation does, so a clock is read instead,
and that more and more rarely: the stride between two looks grows eightfold, to 32 evaluations at
the most, while a stride takes less than 10 ms. So none takes more than some 80 ms, as long as an
evaluation costs what those before it did; and where it suddenly costs more, 32 of them.
"""

cdef extern from "Python.h":
    int PyErr_CheckSignals()

cdef extern from *:
    """
    #ifdef _WIN32
      #define WIN32_LEAN_AND_MEAN
      #include <windows.h>
      static long long fastls_milliseconds(void) { return (long long) GetTickCount64(); }
    #else
      #include <time.h>
      #ifdef CLOCK_MONOTONIC_COARSE          /* Linux: 3 ns instead of 20 */
        #define FASTLS_CLOCK CLOCK_MONOTONIC_COARSE
      #else
        #define FASTLS_CLOCK CLOCK_MONOTONIC
      #endif
      static long long fastls_milliseconds(void) {
          struct timespec now;
          clock_gettime(FASTLS_CLOCK, &now);
          return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
      }
    #endif
    """
    long long milliseconds "fastls_milliseconds"() noexcept nogil


cdef bint interrupted(watch_t *watch) noexcept nogil:
    """Whether a signal handler raised (its exception waits); and when to look next."""
    cdef long long now = milliseconds()
    cdef long long elapsed = now - watch.last
    cdef bint raised = False
    if watch.last == 0:
        watch.stride = 1
    elif elapsed < 10:
        watch.stride = min(32, 8 * watch.stride)
    else:
        with gil:
            raised = PyErr_CheckSignals() != 0
        if elapsed > 40:
            watch.stride = max(1, watch.stride // 2)
    watch.last = now
    watch.next += watch.stride
    return raised
