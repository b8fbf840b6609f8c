/* Operations on registers, one after the other: the interpreter of scalars.pyx.

   Each operation jumps to the next by itself where the compiler can (labels as values), so that the
   processor predicts each jump from where it is made; elsewhere through a switch. */
#ifndef FASTLS_SCALARS_H
#define FASTLS_SCALARS_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* b is not read by functions of one number, c by those of less than three. */
#define FASTLS_OPERATIONS(O) \
    O(MOVE, r[t->a]) \
    O(ADD, r[t->a] + r[t->b]) \
    O(SUBTRACT, r[t->a] - r[t->b]) \
    O(MULTIPLY, r[t->a] * r[t->b]) \
    O(DIVIDE, r[t->a] / r[t->b]) \
    O(NEGATIVE, -r[t->a]) \
    O(SQUARE, r[t->a] * r[t->a]) \
    O(RECIPROCAL, 1.0 / r[t->a]) \
    O(ABSOLUTE, fabs(r[t->a])) \
    O(SQRT, sqrt(r[t->a])) \
    O(MULTIPLY_ADD, r[t->a] * r[t->b] + r[t->c]) \
    O(MULTIPLY_SUBTRACT, r[t->a] * r[t->b] - r[t->c]) \
    O(SUBTRACT_MULTIPLY, r[t->c] - r[t->a] * r[t->b]) \
    O(LESS, r[t->a] < r[t->b]) \
    O(LESS_EQUAL, r[t->a] <= r[t->b]) \
    O(GREATER, r[t->a] > r[t->b]) \
    O(GREATER_EQUAL, r[t->a] >= r[t->b]) \
    O(EQUAL, r[t->a] == r[t->b]) \
    O(NOT_EQUAL, r[t->a] != r[t->b]) \
    O(AND, (r[t->a] != 0.0) & (r[t->b] != 0.0)) \
    O(OR, (r[t->a] != 0.0) | (r[t->b] != 0.0)) \
    O(XOR, (r[t->a] != 0.0) ^ (r[t->b] != 0.0)) \
    O(NOT, r[t->a] == 0.0) \
    O(FINITE, isfinite(r[t->a]) != 0) \
    O(NAN_, r[t->a] != r[t->a]) \
    O(INFINITE, isinf(r[t->a]) != 0) \
    O(SELECT, r[t->a] != 0.0 ? r[t->b] : r[t->c])

#define FASTLS_CODE(name, expression) FASTLS_##name,
enum { FASTLS_OPERATIONS(FASTLS_CODE) FASTLS_CALL, FASTLS_GUARD, FASTLS_END };

typedef struct {
    uint32_t code, out, a, b, c;
} fastls_operation;

typedef void (*fastls_scalar_loop_t)(
    char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data);

/* The loop behind a ufunc of one number or two; c says which, and how many. */
static inline void fastls_call(
    const fastls_operation *t, double *r, const fastls_scalar_loop_t *functions, void *const *data)
{
    static const ptrdiff_t one = 1, steps[3] = {sizeof(double), sizeof(double), sizeof(double)};
    char *args[3];
    args[0] = (char *) (r + t->a);
    args[1] = (char *) (r + t->b);
    args[t->c & 3] = (char *) (r + t->out);
    functions[t->c >> 2](args, &one, steps, data[t->c >> 2]);
}

/* Whether some guard does not hold. The last operation is END. */
#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("no-gcse", "no-crossjumping")))
#endif
static inline int fastls_run(
    const fastls_operation *t, double *r, const fastls_scalar_loop_t *functions, void *const *data)
{
#if defined(__GNUC__)
#define FASTLS_LABEL(name, expression) &&at_##name,
    static void *const labels[] = {
        FASTLS_OPERATIONS(FASTLS_LABEL) &&at_CALL, &&at_GUARD, &&at_END};
#define FASTLS_NEXT goto *labels[t->code]
#define FASTLS_AT(name) at_##name
    FASTLS_NEXT;
#else
#define FASTLS_NEXT continue
#define FASTLS_AT(name) case FASTLS_##name
    for (;;) switch (t->code) {
#endif
#define FASTLS_STEP(name, expression) \
    FASTLS_AT(name): r[t->out] = (expression); t++; FASTLS_NEXT;
    FASTLS_OPERATIONS(FASTLS_STEP)
    FASTLS_AT(CALL): fastls_call(t, r, functions, data); t++; FASTLS_NEXT;
    FASTLS_AT(GUARD): if (r[t->a] != r[t->b]) return 1; t++; FASTLS_NEXT;
    FASTLS_AT(END): return 0;
#if !defined(__GNUC__)
    }
#endif
}

#endif
