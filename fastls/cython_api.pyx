"""The searches for C: functions without the GIL, and where to find them.

From Cython, ``cimport`` them; from C, include ``fastls.h`` (`get_include`) and call its
``fastls_import``, which finds the table of functions in the capsule ``_C_API``; from ctypes, cffi
and numba, take their addresses (`address`). ``docs/c_level.md`` shows all of these.

Nothing is searched for here: the functions that run a search stand beside each method. Here
options become parameters, checked as the Python classes check theirs, and states become results.
"""

from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer, PyCapsule_New
from libc.math cimport INFINITY, NAN, isfinite

from fastls.interval.bracket cimport run_bracket
from fastls.interval.brent cimport run_brent
from fastls.interval.dichotomy cimport run_dichotomy
from fastls.interval.golden_section cimport run_golden_section
from fastls.interval.method cimport start_t
from fastls.interval.parabolic cimport run_parabolic
from fastls.oracle.oracle cimport oracle_t
from fastls.search.driver cimport SLOPE, VALUE, begin_at, origin_t, search_t
from fastls.search.trace cimport trace_t
from fastls.status cimport RUNNING, status_t
from fastls.step.backtracking cimport run_backtracking
from fastls.step.conditions cimport condition_t, kind_t, rounded_formula
from fastls.step.hager_zhang cimport run_hager_zhang
from fastls.step.method cimport (
    BOUNDLESS, also_t, evaluate_origin, interpolation_t, problem_t, step_parameters_t, step_t,
)
from fastls.step.more_thuente cimport run_more_thuente
from fastls.step.zoom cimport run_zoom

from pathlib import Path

__all__ = ["address", "get_include"]

# Beyond it, a size is no size of a struct of ours: it was never set.
cdef size_t LARGEST = 4096

# What values alone can resolve, as of the Python classes.
cdef double ROOT_EPSILON = 2.0**-26


ctypedef status_t (*interval_search)(
    const start_t *start, double xtol, double rtol, Py_ssize_t maxiter,
    oracle_t *oracle, trace_t *trace, search_t *answer) noexcept nogil
ctypedef status_t (*step_search)(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer) noexcept nogil
ctypedef int (*interval_defaults)(interval_options *options, size_t size) noexcept nogil
ctypedef int (*step_defaults)(step_options *options, size_t size) noexcept nogil


cdef inline bint is_struct(const void *theirs, size_t least) noexcept nogil:
    """Whether a caller's struct has the fields of the first release, `least` bytes, or more."""
    return theirs is not NULL and least <= (<const size_t *> theirs)[0] <= LARGEST


cdef inline bint set_size(void *theirs, size_t size, size_t least) noexcept nogil:
    if theirs is NULL:
        return False
    (<size_t *> theirs)[0] = size
    return is_struct(theirs, least)


cdef inline bint is_tolerance(double value) noexcept nogil:
    return 0.0 <= value < INFINITY


# On an interval.

cdef int set_interval_defaults(
    interval_options *options, size_t size, Py_ssize_t maxiter, double rtol,
) noexcept nogil:
    if not set_size(options, size, sizeof(interval_options)):
        return INVALID
    options[0] = interval_options(size, maxiter, 1e-8, rtol, NAN, NAN, NAN, NAN)
    return 0


cdef inline bint are_valid(double a, double b, const interval_options *given) noexcept nogil:
    if not (is_struct(given, sizeof(interval_options)) and given.maxiter >= 1
            and is_tolerance(given.xtol) and is_tolerance(given.rtol)
            and isfinite(a) and isfinite(b) and a <= b):
        return False
    if given.mid != given.mid:
        return given.fa != given.fa and given.fmid != given.fmid and given.fb != given.fb
    return a < given.mid < b


cdef int minimize(
    interval_search run, interval_defaults set_defaults,
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result,
) noexcept nogil:
    cdef interval_options defaults
    cdef start_t start
    cdef oracle_t oracle
    cdef search_t answer
    if not is_struct(result, sizeof(interval_result)):
        return INVALID
    if options is NULL:
        set_defaults(&defaults, sizeof(defaults))
        options = &defaults
    if f is NULL or not are_valid(a, b, options):
        result[0] = interval_result(result.size, INVALID, 0, 0, NAN, NAN, a, b)
        return INVALID
    start = start_t(a, options.mid, b, options.fa, options.fmid, options.fb)
    if not isfinite(start.fmid):
        start.fmid = NAN                           # to be computed, and judged, again
    oracle = oracle_t(f, NULL, NULL, data, NULL, 0, 0, 0, False, False, True)
    result.status = run(
        &start, options.xtol, options.rtol, options.maxiter, &oracle, NULL, &answer)
    result.nfev, result.nit = oracle.nfev, answer.nit
    result.x, result.fun = answer.x, answer.fun
    result.a, result.b = answer.a, answer.b
    return result.status


cdef int dichotomy_defaults(interval_options *options, size_t size) noexcept nogil:
    return set_interval_defaults(options, size, 1000, 0.0)


cdef int dichotomy(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result,
) noexcept nogil:
    return minimize(run_dichotomy, dichotomy_defaults, f, data, a, b, options, result)


cdef int golden_section_defaults(interval_options *options, size_t size) noexcept nogil:
    return set_interval_defaults(options, size, 1000, 0.0)


cdef int golden_section(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result,
) noexcept nogil:
    return minimize(run_golden_section, golden_section_defaults, f, data, a, b, options, result)


cdef int parabolic_defaults(interval_options *options, size_t size) noexcept nogil:
    return set_interval_defaults(options, size, 100, ROOT_EPSILON)


cdef int parabolic(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result,
) noexcept nogil:
    return minimize(run_parabolic, parabolic_defaults, f, data, a, b, options, result)


cdef int brent_defaults(interval_options *options, size_t size) noexcept nogil:
    return set_interval_defaults(options, size, 500, ROOT_EPSILON)


cdef int brent(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result,
) noexcept nogil:
    return minimize(run_brent, brent_defaults, f, data, a, b, options, result)


cdef int bracket_defaults(bracket_options *options, size_t size) noexcept nogil:
    if not set_size(options, size, sizeof(bracket_options)):
        return INVALID
    options[0] = bracket_options(size, 1000, 110.0)
    return 0


cdef int bracket(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const bracket_options *options, bracket_result *result,
) noexcept nogil:
    cdef bracket_options defaults
    cdef oracle_t oracle
    cdef search_t answer
    cdef start_t found
    if not is_struct(result, sizeof(bracket_result)):
        return INVALID
    if options is NULL:
        bracket_defaults(&defaults, sizeof(defaults))
        options = &defaults
    if not (f is not NULL and is_struct(options, sizeof(bracket_options)) and options.maxiter >= 1
            and options.grow_limit > 1.0 and isfinite(a) and isfinite(b) and a != b):
        result[0] = bracket_result(result.size, INVALID, 0, 0, a, NAN, b, NAN, NAN, NAN)
        return INVALID
    oracle = oracle_t(f, NULL, NULL, data, NULL, 0, 0, 0, False, False, True)
    result.status = run_bracket(
        a, b, options.grow_limit, options.maxiter, &oracle, &answer, &found)
    result.nfev, result.nit = oracle.nfev, answer.nit
    result.a, result.mid, result.b = found.a, found.mid, found.b
    result.fa, result.fmid, result.fb = found.fa, found.fmid, found.fb
    return result.status


# For a step.

cdef int set_step_defaults(
    step_options *options, size_t size, int condition, double c1,
) noexcept nogil:
    if not set_size(options, size, sizeof(step_options)):
        return INVALID
    options[0] = step_options(
        size, condition, NO_INTERPOLATION, 60, c1, 0.9, 1e-6, 0.0, BOUNDLESS,
        1e-14, 0.5, 10.0, 0.5, 0.66, 5.0, NAN, NAN, NAN)
    return 0


cdef inline bint is_condition(const condition_t *c) noexcept nogil:
    """Whether its constants are in their ranges."""
    cdef double c1 = c.c1, c2 = c.c2
    cdef int kind = c.kind
    if kind == ARMIJO:
        return 0.0 < c1 < 1.0
    if kind == GOLDSTEIN:
        return 0.0 < c1 < 0.5
    if kind == CURVATURE:
        return 0.0 < c2 < 1.0
    if kind == APPROXIMATE_WOLFE:
        return 0.0 < c1 <= c2 < 1.0 and c1 < 0.5 and 0.0 <= c.epsilon < 1.0
    return (kind == WOLFE or kind == STRONG_WOLFE) and 0.0 < c1 <= c2 < 1.0


cdef inline bint are_parameters(const step_parameters_t *c) noexcept nogil:
    """Whether all are in their ranges, also those that the method does not read."""
    return (is_condition(&c.condition) and is_condition(&c.rounded)
            and is_tolerance(c.alpha_min) and c.alpha_max > 0.0 and c.alpha_max >= c.alpha_min
            and c.max_evaluations >= 1 and is_tolerance(c.xtol) and 2.0 <= c.growth < INFINITY
            and 0.0 < c.shrink < 1.0 and NO_INTERPOLATION <= <int> c.interpolation <= CUBIC
            and 0.0 < c.theta < 1.0 and 0.0 < c.gamma < 1.0 and 1.0 < c.rho <= 1e10)


cdef inline bint is_allowed(step_search run, int condition) noexcept nogil:
    if run == run_hager_zhang:
        return condition == WOLFE
    return run == run_backtracking or condition == WOLFE or condition == STRONG_WOLFE


cdef bint read_options(
    step_search run, const step_options *given, step_parameters_t *c,
) noexcept nogil:
    """Turn options into parameters; False where they are none."""
    if not (is_struct(given, sizeof(step_options)) and is_allowed(run, given.condition)
            and (given.reference != given.reference or isfinite(given.reference))):
        return False
    c.condition = condition_t(<kind_t> given.condition, given.c1, given.c2, given.epsilon)
    c.rounded = rounded_formula(&c.condition)
    if run == run_hager_zhang:
        c.rounded = condition_t(<kind_t> APPROXIMATE_WOLFE, given.c1, given.c2, given.epsilon)
    c.alpha_min = given.alpha_min if run == run_more_thuente else 0.0
    c.alpha_max = given.alpha_max
    c.max_evaluations = given.max_evaluations
    c.xtol, c.growth, c.shrink = given.xtol, given.growth, given.shrink
    c.interpolation = <interpolation_t> given.interpolation
    c.theta, c.gamma, c.rho = given.theta, given.gamma, given.rho
    return are_parameters(c)


cdef double unknown_slope(double alpha, void *data) noexcept nogil:
    """Where one is asked for that did not come with the value."""
    return NAN


cdef int search(
    step_search run, step_defaults set_defaults,
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result,
) noexcept nogil:
    cdef step_options defaults
    cdef step_parameters_t c
    cdef problem_t problem
    cdef oracle_t oracle
    cdef step_t answer
    cdef status_t status
    if not is_struct(result, sizeof(step_result)):
        return INVALID
    if options is NULL:
        set_defaults(&defaults, sizeof(defaults))
        options = &defaults
    if phi is NULL or not 0.0 < alpha < INFINITY or not read_options(run, options, &c):
        result[0] = step_result(
            result.size, INVALID, NO_CONDITION, 0, 0, 0.0, NAN, NAN, NAN, NAN)
        return INVALID
    oracle = oracle_t(NULL, phi, unknown_slope, data, NULL, 0, 0, 0, False, False, True)
    problem.origin = origin_t(options.phi0, options.slope0, NAN)
    problem.known = (0 if options.phi0 != options.phi0 else VALUE) + (
        0 if options.slope0 != options.slope0 else SLOPE)
    problem.alpha = alpha
    problem.alpha_max = INFINITY
    problem.has_slopes = False
    problem.also = also_t(NULL, NULL)

    status = evaluate_origin(&oracle, &problem, NULL)
    problem.origin.reference = problem.origin.value
    if options.reference == options.reference:
        problem.origin.reference = options.reference
    if status == RUNNING:
        status = run(&c, &problem, &oracle, NULL, &answer)
    else:
        begin_at(&answer.line, &problem.origin)
    result.status = status
    result.condition = NO_CONDITION
    if status == STATIONARY:
        result.condition = c.condition.kind
    elif status == CONVERGED:
        result.condition = c.rounded.kind if answer.is_rounded else c.condition.kind
    result.nfev, result.ngev = oracle.nfev, oracle.ngev
    result.alpha, result.value = answer.line.search.x, answer.line.search.fun
    result.slope = answer.line.slope
    result.value0, result.slope0 = problem.origin.value, problem.origin.slope
    return status


cdef int backtracking_defaults(step_options *options, size_t size) noexcept nogil:
    return set_step_defaults(options, size, ARMIJO, 1e-4)


cdef int backtracking(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result,
) noexcept nogil:
    return search(run_backtracking, backtracking_defaults, phi, data, alpha, options, result)


cdef int zoom_defaults(step_options *options, size_t size) noexcept nogil:
    return set_step_defaults(options, size, STRONG_WOLFE, 1e-4)


cdef int zoom(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result,
) noexcept nogil:
    return search(run_zoom, zoom_defaults, phi, data, alpha, options, result)


cdef int more_thuente_defaults(step_options *options, size_t size) noexcept nogil:
    return set_step_defaults(options, size, STRONG_WOLFE, 1e-4)


cdef int more_thuente(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result,
) noexcept nogil:
    return search(run_more_thuente, more_thuente_defaults, phi, data, alpha, options, result)


cdef int hager_zhang_defaults(step_options *options, size_t size) noexcept nogil:
    return set_step_defaults(options, size, WOLFE, 0.1)


cdef int hager_zhang(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result,
) noexcept nogil:
    return search(run_hager_zhang, hager_zhang_defaults, phi, data, alpha, options, result)


# The table for C.

ctypedef int (*interval_function)(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result) noexcept nogil
ctypedef int (*bracket_function)(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const bracket_options *options, bracket_result *result) noexcept nogil
ctypedef int (*bracket_defaults_function)(bracket_options *options, size_t size) noexcept nogil
ctypedef int (*step_function)(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result) noexcept nogil


cdef extern from "fastls.h" nogil:
    const int FASTLS_API_VERSION

    ctypedef struct fastls_api:
        size_t size
        int version
        interval_function dichotomy, golden_section, parabolic, brent
        bracket_function bracket
        step_function backtracking, zoom, more_thuente, hager_zhang
        interval_defaults dichotomy_defaults, golden_section_defaults
        interval_defaults parabolic_defaults, brent_defaults
        bracket_defaults_function bracket_defaults
        step_defaults backtracking_defaults, zoom_defaults
        step_defaults more_thuente_defaults, hager_zhang_defaults


cdef fastls_api api
api.size = sizeof(api)
api.version = FASTLS_API_VERSION
api.dichotomy = dichotomy
api.dichotomy_defaults = dichotomy_defaults
api.golden_section = golden_section
api.golden_section_defaults = golden_section_defaults
api.parabolic = parabolic
api.parabolic_defaults = parabolic_defaults
api.brent = brent
api.brent_defaults = brent_defaults
api.bracket = bracket
api.bracket_defaults = bracket_defaults
api.backtracking = backtracking
api.backtracking_defaults = backtracking_defaults
api.zoom = zoom
api.zoom_defaults = zoom_defaults
api.more_thuente = more_thuente
api.more_thuente_defaults = more_thuente_defaults
api.hager_zhang = hager_zhang
api.hager_zhang_defaults = hager_zhang_defaults

_C_API = PyCapsule_New(&api, b"fastls.cython_api._C_API", NULL)


def address(str name not None):
    """The address of a function of ``fastls.h``, for ctypes, cffi and numba.

    Parameters
    ----------
    name : str
        ``"golden_section"``, ``"zoom_defaults"`` or any other of the table of functions; or
        ``"api"`` for the table itself, a ``fastls_api``.

    Returns
    -------
    int
        Good for as long as the process lives.

    Raises
    ------
    ValueError
        If there is no such function.

    Examples
    --------
    >>> import ctypes
    >>> import fastls
    >>> table = ctypes.cast(fastls.cython_api.address("api"), ctypes.POINTER(ctypes.c_size_t))
    >>> table.contents.value == 20*ctypes.sizeof(ctypes.c_void_p)        # it begins with its size
    True
    """
    if name == "api":
        return <size_t> &api
    functions = globals()["__pyx_capi__"]
    if name not in functions:
        raise ValueError(f"name must be 'api' or one of {', '.join(functions)}; got {name!r}")
    capsule = functions[name]
    return <size_t> PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule))


def get_include():
    """The folder of ``fastls.h``, to be given to a C compiler.

    Returns
    -------
    str

    Examples
    --------
    >>> import os
    >>> import fastls
    >>> os.listdir(fastls.get_include())
    ['fastls.h']
    """
    return str(Path(__file__).parent / "include")
