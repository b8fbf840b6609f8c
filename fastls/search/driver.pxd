"""How every search is run: the one loop between a state machine and an oracle.

A search is a struct that begins with a `search_t`, and a function `tell`, which takes what it asked
for at ``search.ask`` and either sets the next ``ask`` and returns RUNNING, or returns why the search
has ended. Whatever does not depend on the method is done here, once: counting, limits, values
that are not finite, exceptions, interrupts, the trace.

A search on an interval wants values. A search for a step wants values and slopes, each only where
it needs them: its struct begins with a `sloped_search_t`, and `slopes` is true where it is driven.

The functions are inline, and `tell` and `slopes` are constants where they are called, so that the
compiler makes of each method the loop one would have written by hand.
"""

from libc.float cimport DBL_EPSILON
from libc.math cimport INFINITY, NAN, fabs, fmax, fmin, isfinite

from fastls.interrupt cimport interrupted, no_signals, signal_pending, signals_t, signals_word
from fastls.oracle.oracle cimport has_raised, oracle_t
from fastls.search.trace cimport record_t, trace_record, trace_slope, trace_t
from fastls.status cimport (
    AT_ALPHA_MIN, CONVERGED, INCONSISTENT_SLOPE, MAX_EVALUATIONS, MAX_ITERATIONS, NONFINITE,
    NONFINITE_START, NOT_DESCENT, RAISED, RESOLUTION, RUNNING, STATIONARY, STEP_TOO_SMALL, STOPPED,
    UNBOUNDED, status_t,
)


cdef extern from *:
    """
    #define FASTLS_NEAR 1e-4         /* two trials whose difference is less, relatively, are near */
    #define FASTLS_NEARER 0.7        /* the next pair must be nearer by this factor */
    #define FASTLS_PROOF 3           /* so many chords in a row show that slopes are wrong */
    """
    const double NEAR "FASTLS_NEAR"
    const double NEARER "FASTLS_NEARER"
    const int PROOF "FASTLS_PROOF"


cdef extern from *:
    # Cython's macros; in its own language they come with 3.3.
    bint likely(bint condition) noexcept nogil
    bint unlikely(bint condition) noexcept nogil


cdef enum wanted_t:
    VALUE = 1
    SLOPE = 2                 # at the point whose value was told last
    VALUE_AND_SLOPE = 3


cdef struct search_t:
    double ask                # the point about which the search wants to know
    double a, b               # the interval, as far as it has shrunk
    double x, fun             # the best point told so far, and its value
    Py_ssize_t nit            # iterations completed; trials, of a search for a step


cdef struct quotient_t:
    double alpha              # of a trial that was clearly higher or lower than the start
    double value              # (phi(alpha) - phi(0))/alpha


cdef struct told_t:
    double alpha, value, slope


cdef struct chord_t:
    double length, slope      # between two trials
    int alike                 # how many in a row contradicted the slopes there by the same slope


cdef struct origin_t:
    double value, slope       # phi(0), phi'(0)
    double reference          # what takes the place of phi(0) where values must not be higher


cdef struct sloped_search_t:
    search_t search
    origin_t origin
    wanted_t wants            # what it wants to know at search.ask
    double slope              # at search.x; NaN where it was not asked for
    double told               # the value at search.ask, where only the slope is wanted
    double least              # no step is shorter
    double base               # towards it trials contract that are not finite
    double contraction        # by this factor
    double wall               # where the function was not finite, if anywhere; nothing beyond is asked
    Py_ssize_t finite         # how many trials were finite
    quotient_t last, former   # the difference quotients of the shortest trials
    double longest            # the longest trial with such a quotient
    told_t sloped             # the last trial whose slope is known, and of those before
    told_t neighbour          # the one that was nearest to it
    told_t doubted            # the last trial near one of these whose own slope is not known
    chord_t chord             # between two trials whose slopes are known,
    chord_t doubt             # and between one of those and one whose slope is not
    bint may_ask              # for a slope where none is needed
    status_t ended            # why it has, where one slope is asked for to tell the cause; else RUNNING


ctypedef status_t (*tell_function)(search_t *search, double value, double slope) noexcept nogil


cdef inline status_t drive(
    tell_function tell, search_t *search, status_t status, oracle_t *oracle,
    Py_ssize_t limit, trace_t *trace, bint slopes,
) noexcept nogil:
    """Run a search that has begun with `status` to its end, or through limit iterations."""
    cdef signals_t signals = no_signals() if oracle.without_python else signals_word()
    cdef Py_ssize_t nfev = 0
    cdef double value, slope = NAN
    while likely(status == RUNNING):
        # Before a value is asked for, so that no exception of the function's is pending.
        if unlikely(signal_pending(signals)) and interrupted():
            status = RAISED
            break
        if slopes:
            status = evaluate(<sloped_search_t *> search, oracle, trace, &value, &slope)
            if status == STEP_TOO_SMALL and 10.0 * search.ask < search.b:
                # It does not move x, and longer ones may be asked for: lengthen it until it does.
                search.ask *= 10.0
                status = RUNNING
            elif status == RUNNING:
                status = hear_slope(tell, <sloped_search_t *> search, value, slope, limit)
            continue
        value = oracle.value(search.ask, oracle.data)
        nfev += 1
        if unlikely(trace is not NULL):
            trace_record(trace, record_t(search.ask, value, NAN, search.a, search.b))
        # NaN from what raised in Python, -1 from a function of Cython's; two comparisons with -1,
        # of which most values need but the first, are quicker than one for equality.
        if (unlikely(value <= -1.0 and value == -1.0 or not isfinite(value))
                and has_raised(oracle)):
            status = RAISED
            break
        status = hear(tell, search, value, limit)
    oracle.nfev += nfev
    return status


cdef inline status_t hear(
    tell_function tell, search_t *search, double value, Py_ssize_t limit,
) noexcept nogil:
    """Tell a search the value it asked for. NaN is as bad as +inf, and -inf is the end."""
    cdef status_t status
    if unlikely(not isfinite(value)):
        if value < 0.0:
            search.x = search.ask
            search.fun = value
            return UNBOUNDED
        value = INFINITY
    status = tell(search, value, NAN)
    if likely(status == RUNNING):
        if likely(search.nit < limit):
            return RUNNING
        status = MAX_ITERATIONS
    return NONFINITE if search.fun == INFINITY else status


cdef inline status_t evaluate(
    sloped_search_t *s, oracle_t *oracle, trace_t *trace, double *value, double *slope,
) noexcept nogil:
    """Ask the oracle for what is wanted. A slope may come uncalled for; else it is NaN."""
    cdef double alpha = s.search.ask
    cdef status_t status
    value[0] = s.told
    slope[0] = NAN
    if s.wants & VALUE:
        oracle.nfev += 1
        if oracle.value_and_slope is not NULL and (s.wants & SLOPE or oracle.value is NULL):
            if oracle.value_and_slope(alpha, value, slope, oracle.data) != 0 and not oracle.stopped:
                oracle.stopped = STOPPED
            oracle.ngev += slope[0] == slope[0]
        else:
            value[0] = oracle.value(alpha, oracle.data)
        if unlikely(oracle.stopped):
            if has_raised(oracle):
                return RAISED
            status = <status_t> oracle.stopped
            oracle.stopped = 0
            # Where the step is too small to tell x + alpha d from x, nothing was called.
            oracle.nfev -= status == STEP_TOO_SMALL
            return cause_of_failure(s, status) if s.search.nit > 0 else status
    if (s.wants & SLOPE and slope[0] != slope[0] and isfinite(value[0])
            and not (value[0] == -1.0 and has_raised(oracle))):
        oracle.ngev += oracle.value is not NULL
        slope[0] = oracle.slope(alpha, oracle.slope_data)
    if unlikely(trace is not NULL):
        if s.wants & VALUE:
            trace_record(trace, record_t(alpha, value[0], slope[0], s.search.a, s.search.b))
        else:
            trace_slope(trace, alpha, slope[0])
    # A slope that was not asked for is NaN, and tells nothing.
    if (unlikely(not isfinite(value[0]) or value[0] == -1.0 or slope[0] == -1.0
                 or s.wants & SLOPE and not isfinite(slope[0]))
            and has_raised(oracle)):
        return RAISED
    return RUNNING


cdef inline status_t hear_slope(
    tell_function tell, sloped_search_t *s, double value, double slope, Py_ssize_t limit,
) noexcept nogil:
    """Tell a search what it asked for, and see to it that it asks only where it may.

    Where value or slope are not finite, the search hears nothing: the point it asked for is moved
    towards the base, until they are.
    """
    cdef status_t status
    cdef bint is_trial = s.wants != SLOPE
    if unlikely(s.ended != RUNNING):
        if is_near(s):
            note_chord(s, s.told, slope)
        return cause_of_failure(s, s.ended)
    if is_trial:
        s.search.nit += 1
        s.told = value
    else:
        value = s.told
    if value == -INFINITY:
        return UNBOUNDED
    if isfinite(value) and (isfinite(slope) or slope != slope and not s.wants & SLOPE):
        if is_trial:
            s.finite += 1
            note_quotient(s, value)
        if unlikely(is_near(s)):
            note_chord(s, value, slope)
        if slope == slope:
            keep_slope(s, value, slope)
        if value < s.search.fun or s.search.ask == s.search.x:
            best_so_far(s, value, slope)
        status = tell(&s.search, value, slope)
        if status == CONVERGED:
            best_so_far(s, value, slope)
            return CONVERGED
    else:
        s.wall = s.search.ask
        s.wants = <wanted_t> (s.wants | VALUE)
        status = ask_between(s, s.base, s.contraction, s.wall)
        if s.search.ask < s.least:
            s.search.ask = s.least
            status = RUNNING if s.least < s.wall else AT_ALPHA_MIN
    if status == RUNNING and s.wants & VALUE:
        if s.search.ask >= s.wall if s.wall > s.base else s.search.ask <= s.wall:
            status = ask_between(s, s.base, 0.5, s.wall)
            if s.search.ask <= s.least:
                status = AT_ALPHA_MIN
        if s.search.nit >= limit:
            status = MAX_EVALUATIONS
    if likely(status == RUNNING):
        return RUNNING
    status = cause_of_failure(s, status)
    return ask_in_doubt(s, status) if status == RESOLUTION else status


cdef inline void best_so_far(sloped_search_t *s, double value, double slope) noexcept nogil:
    s.search.x = s.search.ask
    s.search.fun = value
    s.slope = slope


cdef inline status_t ask_between(
    sloped_search_t *s, double base, double share, double end,
) noexcept nogil:
    """Ask for a point strictly between two, if floating point has one."""
    s.search.ask = base + share * (end - base)
    return RUNNING if s.search.ask != base and s.search.ask != end else RESOLUTION


cdef inline bint is_visible(double change, double promised, double one, double other) noexcept nogil:
    """Whether values would show one of these changes through their rounding."""
    return (fmax(fabs(change), fabs(promised))
            > 1e6 * DBL_EPSILON * fmax(fabs(one), fabs(other)))


cdef inline bint is_settled(double quotient, double former, double beside) noexcept nogil:
    """Whether difference quotients stay where they are, so far beside the slope."""
    return fabs(quotient - former) < 0.1 * beside


cdef inline void note_quotient(sloped_search_t *s, double value) noexcept nogil:
    """Keep the difference quotients of the shortest trials that rounding has not spoilt."""
    cdef double alpha = s.search.ask, change = value - s.origin.value
    if (alpha < NEARER * s.last.alpha
            and is_visible(change, alpha * s.origin.slope, value, s.origin.value)):
        if s.last.alpha == INFINITY:
            s.longest = alpha
        s.former = s.last
        s.last = quotient_t(alpha, change / alpha)


cdef inline bint is_near(const sloped_search_t *s) noexcept nogil:
    """Whether this trial is near one whose slope is known."""
    cdef double alpha = s.search.ask
    return (fabs(s.sloped.alpha - alpha) <= NEAR * alpha
            or fabs(s.neighbour.alpha - alpha) <= NEAR * alpha)


cdef inline bint is_beside_neighbour(const sloped_search_t *s) noexcept nogil:
    cdef double alpha = s.search.ask
    return fabs(s.neighbour.alpha - alpha) < fabs(s.sloped.alpha - alpha)


cdef inline void keep_slope(sloped_search_t *s, double value, double slope) noexcept nogil:
    if not is_beside_neighbour(s):
        s.neighbour = s.sloped
    s.sloped.alpha = s.search.ask
    s.sloped.value = value
    s.sloped.slope = slope


cdef inline void note_chord(sloped_search_t *s, double value, double slope) noexcept nogil:
    """Compare the values of two trials that are near with the slopes there; NaN is one not known."""
    cdef double alpha = s.search.ask, change, length, lowest, highest, steepest
    cdef told_t near = s.neighbour if is_beside_neighbour(s) else s.sloped
    length = fabs(alpha - near.alpha)
    # Of a NaN and a number, fmin and fmax take the number.
    lowest, highest = fmin(slope, near.slope), fmax(slope, near.slope)
    steepest = fmax(fabs(lowest), fabs(highest))
    change = value - near.value
    if change == 0.0 or not is_visible(change, length * steepest, value, near.value):
        return
    if slope == slope:
        judge_chord(s, &s.chord, length, change / (alpha - near.alpha), lowest, highest)
    else:
        s.doubted = told_t(alpha, value, slope)
        judge_chord(s, &s.doubt, length, change / (alpha - near.alpha), lowest, highest)


cdef inline void judge_chord(
    sloped_search_t *s, chord_t *chord, double length, double slope, double lowest, double highest,
) noexcept nogil:
    """Count the chords, each shorter than the one before, that contradict the slopes at their ends.

    Between slopes that are right lies that of a short chord, at a kink too; across a jump it grows as
    the chord shrinks. Where it stays elsewhere, they are wrong: or, if only one of them is known,
    there may be a kink.
    """
    cdef double beside = fmax(lowest - slope, slope - highest)
    if beside <= 0.5 * fmax(fabs(lowest), fabs(highest)):
        s.chord = s.doubt = chord_t(INFINITY, NAN, 0)
    elif length < NEARER * chord.length:
        chord.alike = chord.alike + 1 if is_settled(slope, chord.slope, beside) else 1
        chord.length = length
        chord.slope = slope


cdef inline status_t ask_in_doubt(sloped_search_t *s, status_t status) noexcept nogil:
    """Before a search ends with `status`, ask for the slope that may show a kink, if one may."""
    if s.doubt.alike < PROOF or not s.may_ask:
        return status
    s.ended = status
    s.chord = chord_t(INFINITY, s.doubt.slope, PROOF - 1)
    s.wants = SLOPE
    s.search.ask = s.doubted.alpha
    s.told = s.doubted.value
    return RUNNING


cdef inline bint contradicts_origin(const sloped_search_t *s) noexcept nogil:
    """Whether the values contradict the slope at 0.

    Towards 0 the difference quotient tends to the slope there, or grows without bound where the
    function jumps; if it settles elsewhere, the slope is wrong.
    """
    cdef double beside = s.last.value - s.origin.slope
    return (fmax(s.last.alpha, s.search.a) <= NEAR * s.longest
            and beside > 0.5 * fabs(s.origin.slope)
            and is_settled(s.last.value, s.former.value, beside))


cdef inline status_t cause_of_failure(const sloped_search_t *s, status_t status) noexcept nogil:
    """What no method can see for itself."""
    if s.finite == 0:
        return NONFINITE
    return INCONSISTENT_SLOPE if contradicts_origin(s) or s.chord.alike >= PROOF else status


cdef inline status_t begin_at(sloped_search_t *s, const origin_t *origin) noexcept nogil:
    """Whether a step can be searched for from here; nothing is evaluated where it cannot."""
    s.search = search_t(0.0, 0.0, INFINITY, 0.0, origin.value, 0)
    s.wants = VALUE_AND_SLOPE
    s.origin = origin[0]
    s.slope = origin.slope
    s.told = s.wall = NAN
    s.least = s.base = 0.0
    s.contraction = 0.25
    s.finite = 0
    s.last = s.former = quotient_t(INFINITY, INFINITY)
    s.longest = 0.0
    s.sloped = s.neighbour = told_t(INFINITY, NAN, NAN)
    s.chord = s.doubt = chord_t(INFINITY, NAN, 0)
    s.may_ask = False
    s.ended = RUNNING
    if not (isfinite(origin.value) and isfinite(origin.slope)):
        return NONFINITE_START
    if origin.slope == 0.0:
        return STATIONARY
    return RUNNING if origin.slope < 0.0 else NOT_DESCENT
