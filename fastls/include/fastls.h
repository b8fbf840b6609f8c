/* The C face of fastls: searches on an interval and for a step, driven without Python.
 *
 * Every function runs without the GIL and without a Python object, may be called from any number
 * of threads at a time, and returns a fastls_status, which it also leaves in its result. A NULL
 * that must not be, or a number out of its range, is FASTLS_INVALID: nothing is called then.
 *
 * Options and results begin with their size, as the caller was compiled, so that fields can be
 * appended: a library reads and writes no more of a struct than the caller has. `NAME_defaults`
 * sets the size of options along with everything else; that of a result is set by hand:
 *
 *     fastls_step_options options;
 *     fastls_step_result found = {sizeof found};
 *     fastls->zoom_defaults(&options, sizeof options);
 *     options.c2 = 0.1;
 *     fastls->zoom(phi, data, 1.0, &options, &found);
 *
 * Include Python.h before this file to have `fastls_import`, which fills in the pointer `fastls`
 * (0, or -1 with a Python exception). Without Python.h, get the address of the table from
 * `fastls.cython_api.address("api")`.
 */
#ifndef FASTLS_H
#define FASTLS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stands between this mark and the next can be given to cffi's cdef as it is. */
/* cdef: begin */

/* The numbers of fastls.Status, and one more. */
typedef enum {
    FASTLS_INVALID = -3,                 /* an argument; in Python a ValueError or a TypeError */
    FASTLS_CONVERGED = 0,                /* the tolerance or the conditions asked for are met */
    FASTLS_RESOLUTION = 1,               /* floating point can resolve no more */
    FASTLS_AT_ALPHA_MAX = 2,
    FASTLS_AT_ALPHA_MIN = 3,
    FASTLS_STEP_TOO_SMALL = 4,
    FASTLS_MAX_EVALUATIONS = 5,
    FASTLS_MAX_ITERATIONS = 6,
    FASTLS_STATIONARY = 7,               /* the slope at 0 is 0 */
    FASTLS_NOT_DESCENT = 8,              /* the slope at 0 is positive */
    FASTLS_NONFINITE_START = 9,
    FASTLS_NONFINITE = 10,               /* at every point tried */
    FASTLS_UNBOUNDED = 11,
    FASTLS_INCONSISTENT_SLOPE = 12,      /* values and slopes contradict each other */
    FASTLS_BRACKET_FAILED = 13,
    FASTLS_NOT_UNIMODAL = 14,
    FASTLS_DEGENERATE_PARABOLA = 15,
    FASTLS_STOPPED = 16                  /* phi returned another number than 0 */
} fastls_status;

typedef enum {
    FASTLS_NO_CONDITION = -1,            /* of a result: none was met */
    FASTLS_ARMIJO = 0,
    FASTLS_GOLDSTEIN = 1,                /* its constant is c1 */
    FASTLS_CURVATURE = 2,
    FASTLS_WOLFE = 3,
    FASTLS_STRONG_WOLFE = 4,
    FASTLS_APPROXIMATE_WOLFE = 5
} fastls_condition;

typedef enum {
    FASTLS_NO_INTERPOLATION = 0,
    FASTLS_QUADRATIC = 1,
    FASTLS_CUBIC = 2
} fastls_interpolation;

typedef struct {
    size_t size;
    ptrdiff_t maxiter;                   /* >= 1 */
    double xtol, rtol;                   /* >= 0; as of fastls.GoldenSection and the others */
    double mid;                          /* a < mid < b: where to begin; NaN: the method chooses */
    double fa, fmid, fb;                 /* the values there, NaN where they are not known */
} fastls_interval_options;

typedef struct {
    size_t size;
    int status;
    ptrdiff_t nfev, nit;
    double x, fun;                       /* the best point, and its value */
    double a, b;                         /* the interval left */
} fastls_interval_result;

typedef struct {
    size_t size;
    ptrdiff_t maxiter;                   /* >= 1 */
    double grow_limit;                   /* > 1 */
} fastls_bracket_options;

typedef struct {
    size_t size;
    int status;
    ptrdiff_t nfev, nit;
    double a, mid, b;                    /* a < mid < b, of which mid is the lowest */
    double fa, fmid, fb;
} fastls_bracket_result;

typedef struct {
    size_t size;
    int condition;                       /* a fastls_condition that the method can satisfy */
    int interpolation;                   /* backtracking */
    ptrdiff_t max_evaluations;           /* >= 1 */
    double c1, c2, epsilon;              /* of the condition, those that it has */
    double alpha_min, alpha_max;         /* 0 <= alpha_min <= alpha_max; alpha_min: more_thuente */
    double xtol;                         /* more_thuente */
    double shrink;                       /* backtracking */
    double growth;                       /* zoom */
    double theta, gamma, rho;            /* hager_zhang */
    double phi0, slope0;                 /* phi(0) and phi'(0); NaN where they are to be evaluated */
    double reference;                    /* in place of phi(0) where values must not be higher; or NaN */
} fastls_step_options;

typedef struct {
    size_t size;
    int status;
    int condition;                       /* the fastls_condition that the step satisfies */
    ptrdiff_t nfev, ngev;
    double alpha, value;                 /* the step, or the best one seen, and phi there */
    double slope;                        /* phi' there, NaN where it is not known */
    double value0, slope0;               /* phi(0), phi'(0) */
} fastls_step_result;

/* The table of functions. Later releases append to it, and raise its version. Options may be NULL
 * for the defaults.
 *
 * f returns its value; NaN and +inf are taken for high ground, and -inf ends the search.
 * phi puts value and slope where the pointers say and returns 0, or another number to stop the
 * search; a slope that it leaves alone is not known.
 */
typedef struct {
    size_t size;
    int version;

    int (*dichotomy)(double (*f)(double x, void *data), void *data, double a, double b,
                     const fastls_interval_options *options, fastls_interval_result *result);
    int (*golden_section)(double (*f)(double x, void *data), void *data, double a, double b,
                          const fastls_interval_options *options, fastls_interval_result *result);
    int (*parabolic)(double (*f)(double x, void *data), void *data, double a, double b,
                     const fastls_interval_options *options, fastls_interval_result *result);
    int (*brent)(double (*f)(double x, void *data), void *data, double a, double b,
                 const fastls_interval_options *options, fastls_interval_result *result);
    int (*bracket)(double (*f)(double x, void *data), void *data, double a, double b,
                   const fastls_bracket_options *options, fastls_bracket_result *result);

    int (*backtracking)(
        int (*phi)(double alpha, double *value, double *slope, void *data), void *data,
        double alpha, const fastls_step_options *options, fastls_step_result *result);
    int (*zoom)(
        int (*phi)(double alpha, double *value, double *slope, void *data), void *data,
        double alpha, const fastls_step_options *options, fastls_step_result *result);
    int (*more_thuente)(
        int (*phi)(double alpha, double *value, double *slope, void *data), void *data,
        double alpha, const fastls_step_options *options, fastls_step_result *result);
    int (*hager_zhang)(
        int (*phi)(double alpha, double *value, double *slope, void *data), void *data,
        double alpha, const fastls_step_options *options, fastls_step_result *result);

    int (*dichotomy_defaults)(fastls_interval_options *options, size_t size);
    int (*golden_section_defaults)(fastls_interval_options *options, size_t size);
    int (*parabolic_defaults)(fastls_interval_options *options, size_t size);
    int (*brent_defaults)(fastls_interval_options *options, size_t size);
    int (*bracket_defaults)(fastls_bracket_options *options, size_t size);
    int (*backtracking_defaults)(fastls_step_options *options, size_t size);
    int (*zoom_defaults)(fastls_step_options *options, size_t size);
    int (*more_thuente_defaults)(fastls_step_options *options, size_t size);
    int (*hager_zhang_defaults)(fastls_step_options *options, size_t size);
} fastls_api;

/* cdef: end */

#define FASTLS_API_VERSION 1

#ifdef Py_PYTHON_H
static const fastls_api *fastls = NULL;

/* To be called once in every file that uses `fastls`, with the GIL. */
static inline int fastls_import(void)
{
    PyObject *module = PyImport_ImportModule("fastls.cython_api");
    if (module == NULL) {
        return -1;
    }
    Py_DECREF(module);
    fastls = (const fastls_api *) PyCapsule_Import("fastls.cython_api._C_API", 0);
    if (fastls == NULL) {
        return -1;
    }
    if (fastls->version < FASTLS_API_VERSION) {
        PyErr_Format(PyExc_ImportError,
                     "compiled for version %d of the C level of fastls, but version %d is installed",
                     FASTLS_API_VERSION, fastls->version);
        fastls = NULL;
        return -1;
    }
    return 0;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
