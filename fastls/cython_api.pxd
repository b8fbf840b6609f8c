"""The searches for C, from Cython: ``from fastls.cython_api cimport golden_section``.

The names are those of ``fastls.h``, where everything is explained, without their prefix. A module
that cimports this needs ``include_dirs=[fastls.get_include()]``. What is declared here changes only
by additions.
"""


cdef extern from "fastls.h" nogil:
    enum:
        INVALID "FASTLS_INVALID"
        CONVERGED "FASTLS_CONVERGED"
        RESOLUTION "FASTLS_RESOLUTION"
        AT_ALPHA_MAX "FASTLS_AT_ALPHA_MAX"
        AT_ALPHA_MIN "FASTLS_AT_ALPHA_MIN"
        STEP_TOO_SMALL "FASTLS_STEP_TOO_SMALL"
        MAX_EVALUATIONS "FASTLS_MAX_EVALUATIONS"
        MAX_ITERATIONS "FASTLS_MAX_ITERATIONS"
        STATIONARY "FASTLS_STATIONARY"
        NOT_DESCENT "FASTLS_NOT_DESCENT"
        NONFINITE_START "FASTLS_NONFINITE_START"
        NONFINITE "FASTLS_NONFINITE"
        UNBOUNDED "FASTLS_UNBOUNDED"
        INCONSISTENT_SLOPE "FASTLS_INCONSISTENT_SLOPE"
        BRACKET_FAILED "FASTLS_BRACKET_FAILED"
        NOT_UNIMODAL "FASTLS_NOT_UNIMODAL"
        DEGENERATE_PARABOLA "FASTLS_DEGENERATE_PARABOLA"
        STOPPED "FASTLS_STOPPED"

    enum:
        NO_CONDITION "FASTLS_NO_CONDITION"
        ARMIJO "FASTLS_ARMIJO"
        GOLDSTEIN "FASTLS_GOLDSTEIN"
        CURVATURE "FASTLS_CURVATURE"
        WOLFE "FASTLS_WOLFE"
        STRONG_WOLFE "FASTLS_STRONG_WOLFE"
        APPROXIMATE_WOLFE "FASTLS_APPROXIMATE_WOLFE"

    enum:
        NO_INTERPOLATION "FASTLS_NO_INTERPOLATION"
        QUADRATIC "FASTLS_QUADRATIC"
        CUBIC "FASTLS_CUBIC"

    ctypedef struct interval_options "fastls_interval_options":
        size_t size
        Py_ssize_t maxiter
        double xtol, rtol
        double mid, fa, fmid, fb

    ctypedef struct interval_result "fastls_interval_result":
        size_t size
        int status
        Py_ssize_t nfev, nit
        double x, fun, a, b

    ctypedef struct bracket_options "fastls_bracket_options":
        size_t size
        Py_ssize_t maxiter
        double grow_limit

    ctypedef struct bracket_result "fastls_bracket_result":
        size_t size
        int status
        Py_ssize_t nfev, nit
        double a, mid, b, fa, fmid, fb

    ctypedef struct step_options "fastls_step_options":
        size_t size
        int condition, interpolation
        Py_ssize_t max_evaluations
        double c1, c2, epsilon
        double alpha_min, alpha_max
        double xtol, shrink, growth, theta, gamma, rho
        double phi0, slope0, reference

    ctypedef struct step_result "fastls_step_result":
        size_t size
        int status, condition
        Py_ssize_t nfev, ngev
        double alpha, value, slope, value0, slope0


cdef int dichotomy(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result) noexcept nogil

cdef int golden_section(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result) noexcept nogil

cdef int parabolic(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result) noexcept nogil

cdef int brent(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const interval_options *options, interval_result *result) noexcept nogil

cdef int bracket(
    double (*f)(double x, void *data) noexcept nogil, void *data, double a, double b,
    const bracket_options *options, bracket_result *result) noexcept nogil

cdef int backtracking(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result) noexcept nogil

cdef int zoom(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result) noexcept nogil

cdef int more_thuente(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result) noexcept nogil

cdef int hager_zhang(
    int (*phi)(double alpha, double *value, double *slope, void *data) noexcept nogil, void *data,
    double alpha, const step_options *options, step_result *result) noexcept nogil

cdef int dichotomy_defaults(interval_options *options, size_t size) noexcept nogil
cdef int golden_section_defaults(interval_options *options, size_t size) noexcept nogil
cdef int parabolic_defaults(interval_options *options, size_t size) noexcept nogil
cdef int brent_defaults(interval_options *options, size_t size) noexcept nogil
cdef int bracket_defaults(bracket_options *options, size_t size) noexcept nogil
cdef int backtracking_defaults(step_options *options, size_t size) noexcept nogil
cdef int zoom_defaults(step_options *options, size_t size) noexcept nogil
cdef int more_thuente_defaults(step_options *options, size_t size) noexcept nogil
cdef int hager_zhang_defaults(step_options *options, size_t size) noexcept nogil
