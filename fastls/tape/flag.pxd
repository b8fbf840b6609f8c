"""A flag that one thread at a time holds, for code without the GIL, which Python's locks need."""

cdef extern from *:
    """
    #ifdef _MSC_VER
      #include <intrin.h>
      #include <windows.h>
      #define FASTLS_TAKE(flag) _InterlockedExchange8((flag), 1)
      #define FASTLS_GIVE(flag) _InterlockedExchange8((flag), 0)
      #define FASTLS_YIELD() SwitchToThread()
      #define FASTLS_NOTE(place, number) (*(volatile unsigned long *) (place) = (number))
      #define FASTLS_NOTED(place) (*(volatile unsigned long *) (place))
    #else
      #include <sched.h>
      #define FASTLS_TAKE(flag) __atomic_test_and_set((flag), __ATOMIC_ACQUIRE)
      #define FASTLS_GIVE(flag) __atomic_clear((flag), __ATOMIC_RELEASE)
      #define FASTLS_YIELD() sched_yield()
      #define FASTLS_NOTE(place, number) __atomic_store_n((place), (number), __ATOMIC_RELAXED)
      #define FASTLS_NOTED(place) __atomic_load_n((place), __ATOMIC_RELAXED)
    #endif
    """
    bint take "FASTLS_TAKE"(char *flag) noexcept nogil      # whether another holds it
    void give "FASTLS_GIVE"(char *flag) noexcept nogil
    void let_others_run "FASTLS_YIELD"() noexcept nogil
    # A number that other threads may read meanwhile.
    void note "FASTLS_NOTE"(unsigned long *place, unsigned long number) noexcept nogil
    unsigned long noted "FASTLS_NOTED"(unsigned long *place) noexcept nogil
