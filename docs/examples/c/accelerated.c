/* Nesterov's accelerated gradient descent, of any function with the signature of NLopt's objectives.
 *
 * It knows neither fastls nor Python:
 *
 *     cc -shared -fPIC accelerated.c -o accelerated.so
 */
#ifdef _WIN32
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED
#endif

typedef double (*objective)(unsigned n, const double *x, double *gradient, void *data);

/* Go down from x, which is replaced; room has 2 n numbers. Return the value. */
EXPORTED double accelerate(objective f, void *data, unsigned n, double *x, double step,
                           int iterations, double *room)
{
    double *y = room, *gradient = room + n;
    unsigned i;
    int k;
    for (i = 0; i < n; i++)
        y[i] = x[i];
    for (k = 0; k < iterations; k++) {
        f(n, y, gradient, data);
        for (i = 0; i < n; i++) {
            double next = y[i] - step * gradient[i];
            y[i] = next + k / (k + 3.0) * (next - x[i]);
            x[i] = next;
        }
    }
    return f(n, x, 0, data);
}
