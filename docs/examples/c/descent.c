/* Gradient descent in plain C, with its step size from fastls.
 *
 * Nothing of Python is needed to compile this but that someone hands over the table of functions:
 *
 *     cc -shared -fPIC -I"$(python -c 'import fastls; print(fastls.get_include())')" descent.c -o descent.so
 */
#include "fastls.h"

#ifdef _WIN32
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED
#endif

typedef struct {
    const double *x, *d;                 /* a point and a direction */
} ray;

static double rosenbrock(const double *x, double *gradient)
{
    double a = 1.0 - x[0], b = x[1] - x[0] * x[0];
    gradient[0] = -2.0 * a - 400.0 * b * x[0];
    gradient[1] = 200.0 * b;
    return a * a + 100.0 * b * b;
}

static int along(double alpha, double *value, double *slope, void *data)
{
    const ray *r = (const ray *) data;
    double x[2] = {r->x[0] + alpha * r->d[0], r->x[1] + alpha * r->d[1]}, g[2];
    *value = rosenbrock(x, g);
    *slope = g[0] * r->d[0] + g[1] * r->d[1];
    return 0;
}

/* Go down from x, which is replaced; return the status of the last search. */
EXPORTED int descend(const fastls_api *fastls, double *x, int iterations)
{
    int i, status = FASTLS_CONVERGED;
    double alpha = 1e-3;
    for (i = 0; i < iterations && status == FASTLS_CONVERGED; i++) {
        double g[2], d[2];
        ray r = {x, d};
        fastls_step_result found = {sizeof found};
        rosenbrock(x, g);
        d[0] = -g[0];
        d[1] = -g[1];
        status = fastls->more_thuente(along, &r, alpha, NULL, &found);
        x[0] += found.alpha * d[0];
        x[1] += found.alpha * d[1];
        alpha = found.alpha > 0.0 ? found.alpha : 1e-3;
    }
    return status;
}
