"""Shelves for what threads use at a time: one where there is a GIL; without it several, and each thread
goes to one of its own, so that threads do not wait for each other to count what all of them use."""

cdef extern from *:
    """
    #ifndef Py_GIL_DISABLED
      #define FASTLS_SHELVES 1
      #define fastls_shelf() 0
      typedef struct { void *idle; } fastls_shelf_t;
      static CYTHON_INLINE void *fastls_exchange(void **place, void *other) {
        void *found = *place;
        *place = other;
        return found;
      }
    #else
      #define FASTLS_SHELVES 16
      typedef struct { void *idle; char apart[128 - sizeof(void *)]; } fastls_shelf_t;  /* in the cache */
      #ifdef _MSC_VER
        #include <intrin.h>
        #define FASTLS_THREAD_LOCAL __declspec(thread)
        #define FASTLS_NEXT(count) _InterlockedIncrement(count)
        #define fastls_exchange(place, other) _InterlockedExchangePointer((place), (other))
      #else
        #define FASTLS_THREAD_LOCAL __thread
        #define FASTLS_NEXT(count) __atomic_add_fetch((count), 1, __ATOMIC_RELAXED)
        #define fastls_exchange(place, other) __atomic_exchange_n((place), (other), __ATOMIC_ACQ_REL)
      #endif
      static long fastls_threads = 0;
      static FASTLS_THREAD_LOCAL long fastls_thread = 0;  /* its number; 0 before it has one */
      static CYTHON_INLINE size_t fastls_shelf(void) {
        if (fastls_thread == 0) fastls_thread = FASTLS_NEXT(&fastls_threads);
        return (size_t) fastls_thread % FASTLS_SHELVES;
      }
    #endif
    """
    enum:
        SHELVES "FASTLS_SHELVES"
    ctypedef struct shelf_t "fastls_shelf_t":
        void *idle            # what rests there, or NULL
    size_t shelf "fastls_shelf"() noexcept nogil              # of this thread
    # What stood in a place, for which something else then stands there; in one step.
    void *exchange "fastls_exchange"(void **place, void *other) noexcept nogil
