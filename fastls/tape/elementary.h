/* Loops of the form of NumPy's: arithmetic on few numbers, and exp, log, log1p, tanh and logaddexp.

   NumPy's loops for arithmetic take longer to begin than to run on ten numbers. Its loops for the
   five functions are scalar on most processors, and are what the likelihoods and networks that people
   differentiate spend their time in; ours are such that compilers vectorise them. Sources:

       exp        x = k log 2 + r with |r| <= log(2)/2 (Cody & Waite 1980), and Taylor's polynomial of
                  degree 13, whose error there is 4e-18
       log        e log 2 + log m, and log m by the series in (m - 1)/(m + 1), as in fdlibm (Sun
                  Microsystems 1993)
       log1p      the same of 1 + x; what was lost in that sum is added
       tanh       Moshier, Cephes (1992): a rational function where |x| < 0.625, else by exp
       logaddexp  max(a, b) + log1p(exp(-|a - b|))

   exp, log, log1p and tanh are within 1.5 units in the last place, logaddexp within 2.5 of the larger
   term (tests/tape/test_elementary.py), and the same on every processor, as multiplications and
   additions are not fused. */

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef void (*fastls_elementwise_t)(char **, const Py_ssize_t *, const Py_ssize_t *, void *);

/* Clones are chosen by the dynamic loader, of which glibc's can and musl's cannot; GCC knows the name
   of the architecture since release 12. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && __GNUC__ >= 12
  #define FASTLS_VECTORS __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
  #define FASTLS_VECTORS
#endif
#if defined(__GNUC__) && !defined(__clang__)
  #define FASTLS_EACH _Pragma("GCC ivdep")
#else
  #define FASTLS_EACH
#endif
#if defined(_MSC_VER)
  #define FASTLS_INLINE static __forceinline
#else
  #define FASTLS_INLINE static inline __attribute__((always_inline))
#endif

#define FASTLS_LOG2_HIGH 0x1.62e42fefa0000p-1   /* 41 bits, so that products with integers are exact */
#define FASTLS_LOG2_LOW 0x1.cf79abc9e3b3ap-40
#define FASTLS_LOG2 0x1.62e42fefa39efp-1
#define FASTLS_SHIFT 6755399441055744.0         /* 1.5 2^52: added, it rounds to an integer */

FASTLS_INLINE uint64_t fastls_bits(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }
FASTLS_INLINE double fastls_from_bits(uint64_t u) { double x; memcpy(&x, &u, 8); return x; }

FASTLS_INLINE double fastls_exp(double x) {
    x = x > 710.0 ? 710.0 : x;
    x = x < -750.0 ? -750.0 : x;
    double k = (x * 0x1.71547652b82fep0 + FASTLS_SHIFT) - FASTLS_SHIFT;
    double r = (x - k * FASTLS_LOG2_HIGH) - k * FASTLS_LOG2_LOW;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = 1.0 + (r + r * r * p);
    /* By 2^k in two steps, as it may be beyond the range of numbers where the result is not. */
    double half = k * 0.5 + FASTLS_SHIFT;
    double rest = (k - (half - FASTLS_SHIFT)) + FASTLS_SHIFT;
    double first = fastls_from_bits((fastls_bits(half) + 1023) << 52);
    double second = fastls_from_bits((fastls_bits(rest) + 1023) << 52);
    return p * first * second;
}

/* log(1 + f) where 1 + f is in [sqrt(1/2), sqrt(2)], arranged so that f is added last */
FASTLS_INLINE double fastls_log_near_one(double f) {
    double s = f / (2.0 + f), z = s * s, half_square = 0.5 * f * f;
    double p = 2.0 / 21.0;
    p = p * z + 2.0 / 19.0;
    p = p * z + 2.0 / 17.0;
    p = p * z + 2.0 / 15.0;
    p = p * z + 2.0 / 13.0;
    p = p * z + 2.0 / 11.0;
    p = p * z + 2.0 / 9.0;
    p = p * z + 2.0 / 7.0;
    p = p * z + 2.0 / 5.0;
    p = p * z + 2.0 / 3.0;
    return f - (half_square - s * (half_square + z * p));
}

/* log(u) + lost, where u is positive and normal and lost is less than an ulp of it or so */
FASTLS_INLINE double fastls_log_and(double u, double lost) {
    /* u = 2^e m with m in [sqrt(1/2), sqrt(2)) */
    uint64_t bits = fastls_bits(u) - 0x3fe6a09e667f3bcdULL;
    uint64_t shifted = (bits >> 52) + 0x4330000000000000ULL;
    double e = fastls_from_bits(shifted) - 4503599627370496.0;
    e = e > 1024.0 ? e - 4096.0 : e;
    double m = fastls_from_bits((bits & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL);
    return e * FASTLS_LOG2_HIGH + (fastls_log_near_one(m - 1.0) + (e * FASTLS_LOG2_LOW + lost));
}

FASTLS_INLINE double fastls_log1p(double x) {
    double u = 1.0 + x;
    double y = fastls_log_and(u, (x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0)) / u);
    y = x == 0.0 ? x : y;
    y = x < INFINITY ? y : x;
    y = x > -1.0 ? y : (x == -1.0 ? -INFINITY : NAN);
    return y;
}

FASTLS_INLINE double fastls_log(double x) {
    int is_subnormal = x < 0x1p-1022;
    double y = fastls_log_and(is_subnormal ? x * 0x1p54 : x, 0.0);
    y = is_subnormal ? y - 54.0 * FASTLS_LOG2 : y;
    y = x < INFINITY ? y : x;
    y = x > 0.0 ? y : (x == 0.0 ? -INFINITY : NAN);
    return y;
}

/* log(1 + t) where 0 <= t <= 1 */
FASTLS_INLINE double fastls_log1p_of_unit(double t) {
    int small = t < 0.41421356237309503;
    double y = fastls_log_near_one(small ? t : 0.5 * (t - 1.0));
    return small ? y : FASTLS_LOG2 + (y + 0x1.abc9e3b39803fp-56);
}

FASTLS_INLINE double fastls_tanh(double x) {
    double size = fabs(x), z = x * x;
    double p = -9.64399179425052238628e-1;
    p = p * z - 9.92877231001918586564e1;
    p = p * z - 1.61468768441708447952e3;
    double q = z + 1.12811678491632931402e2;
    q = q * z + 2.23548839060100448583e3;
    q = q * z + 4.84406305325125486048e3;
    double near_zero = x + x * z * (p / q);
    double far = 1.0 - 2.0 / (fastls_exp(2.0 * size) + 1.0);
    return copysign(size < 0.625 ? near_zero : far, x);
}

FASTLS_INLINE double fastls_logaddexp(double a, double b) {
    double larger = a > b ? a : b;
    double y = larger + fastls_log1p_of_unit(fastls_exp(-fabs(a - b)));
    return a == b ? a + FASTLS_LOG2 : y;
}

/* The loops. Strided operands go through rooms of FASTLS_ROOM numbers. */

#define FASTLS_ROOM 256

#define FASTLS_UNARY(name)                                                                         \
    FASTLS_VECTORS static void fastls_##name##_each(const double *x, double *y, Py_ssize_t n) {    \
        FASTLS_EACH                                                                                \
        for (Py_ssize_t i = 0; i < n; i++) y[i] = fastls_##name(x[i]);                             \
    }                                                                                              \
    static void fastls_##name##_loop(                                                              \
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) {                \
        char *x = args[0], *y = args[1];                                                           \
        Py_ssize_t i, n = dims[0], m;                                                              \
        double room[FASTLS_ROOM];                                                                  \
        (void) data;                                                                               \
        if (steps[0] == 8 && steps[1] == 8) {                                                      \
            fastls_##name##_each((double *) x, (double *) y, n);                                   \
            return;                                                                                \
        }                                                                                          \
        for (; n > 0; n -= m, x += m * steps[0], y += m * steps[1]) {                              \
            m = n < FASTLS_ROOM ? n : FASTLS_ROOM;                                                 \
            for (i = 0; i < m; i++) room[i] = *(double *) (x + i * steps[0]);                      \
            fastls_##name##_each(room, room, m);                                                   \
            for (i = 0; i < m; i++) *(double *) (y + i * steps[1]) = room[i];                      \
        }                                                                                          \
    }

FASTLS_UNARY(exp)
FASTLS_UNARY(log)
FASTLS_UNARY(log1p)
FASTLS_UNARY(tanh)

FASTLS_VECTORS static void fastls_logaddexp_each(
    const double *a, const double *b, double *y, Py_ssize_t n) {
    FASTLS_EACH
    for (Py_ssize_t i = 0; i < n; i++) y[i] = fastls_logaddexp(a[i], b[i]);
}

FASTLS_VECTORS static void fastls_logaddexp_one(double a, const double *b, double *y, Py_ssize_t n) {
    FASTLS_EACH
    for (Py_ssize_t i = 0; i < n; i++) y[i] = fastls_logaddexp(a, b[i]);
}

static void fastls_logaddexp_loop(
    char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) {
    char *a = args[0], *b = args[1], *y = args[2];
    Py_ssize_t i, n = dims[0], m;
    double first[FASTLS_ROOM], second[FASTLS_ROOM];
    (void) data;
    if (steps[0] == 8 && steps[1] == 8 && steps[2] == 8) {
        fastls_logaddexp_each((double *) a, (double *) b, (double *) y, n);
        return;
    }
    if (steps[0] == 0 && steps[1] == 8 && steps[2] == 8) {
        fastls_logaddexp_one(*(double *) a, (double *) b, (double *) y, n);
        return;
    }
    for (; n > 0; n -= m, a += m * steps[0], b += m * steps[1], y += m * steps[2]) {
        m = n < FASTLS_ROOM ? n : FASTLS_ROOM;
        for (i = 0; i < m; i++) first[i] = *(double *) (a + i * steps[0]);
        for (i = 0; i < m; i++) second[i] = *(double *) (b + i * steps[1]);
        fastls_logaddexp_each(first, second, first, m);
        for (i = 0; i < m; i++) *(double *) (y + i * steps[2]) = first[i];
    }
}

/* Arithmetic on few numbers. Each has a loop, which hands what is no vector of a few to NumPy's, its
   data; and one over rows of a few, whose dims and steps say too how many there are and how far apart
   (and are such as `loop_over_rows` has asked for). A result is where an operand is, entry by entry, or
   apart from all. */

#define FASTLS_FEW 32

#define FASTLS_ROWS(is_so, value)                                                                  \
    if (is_so) {                                                                                   \
        for (Py_ssize_t row = 0; row < rows; row++) {                                              \
            const double *a = (double *) (args[0] + row * down[0]);                                \
            const double *b = (double *) (args[1] + row * down[1]);                                \
            double *y = (double *) (args[2] + row * down[2]);                                      \
            FASTLS_EACH                                                                            \
            for (Py_ssize_t i = 0; i < n; i++) y[i] = value;                                       \
        }                                                                                          \
        return 1;                                                                                  \
    }

#define FASTLS_OPERATOR(name, operator)                                                            \
    FASTLS_INLINE int fastls_##name##_few(char **args, Py_ssize_t n, Py_ssize_t rows,              \
                                          const Py_ssize_t *along, const Py_ssize_t *down) {       \
        if (along[2] != 8) return 0;                                                               \
        FASTLS_ROWS(along[0] == 8 && along[1] == 8, a[i] operator b[i])                            \
        FASTLS_ROWS(along[0] == 0 && along[1] == 8, *a operator b[i])                              \
        FASTLS_ROWS(along[0] == 8 && along[1] == 0, a[i] operator *b)                              \
        return 0;                                                                                  \
    }                                                                                              \
    FASTLS_LOOPS(name, 3)

#define FASTLS_SIGN(name, sign)                                                                    \
    FASTLS_INLINE int fastls_##name##_few(char **args, Py_ssize_t n, Py_ssize_t rows,              \
                                          const Py_ssize_t *along, const Py_ssize_t *down) {       \
        if (along[0] != 8 || along[1] != 8) return 0;                                              \
        for (Py_ssize_t row = 0; row < rows; row++) {                                              \
            const double *x = (double *) (args[0] + row * down[0]);                                \
            double *y = (double *) (args[1] + row * down[1]);                                      \
            FASTLS_EACH                                                                            \
            for (Py_ssize_t i = 0; i < n; i++) y[i] = sign x[i];                                   \
        }                                                                                          \
        return 1;                                                                                  \
    }                                                                                              \
    FASTLS_LOOPS(name, 2)

#define FASTLS_LOOPS(name, operands)                                                               \
    static void fastls_##name##_loop(                                                              \
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) {                \
        const Py_ssize_t none[operands] = {0};                                                     \
        if (dims[0] > FASTLS_FEW || !fastls_##name##_few(args, dims[0], 1, steps, none))           \
            ((fastls_elementwise_t) data)(args, dims, steps, NULL);                                \
    }                                                                                              \
    static void fastls_##name##_rows(                                                              \
        char **args, const Py_ssize_t *dims, const Py_ssize_t *steps, void *data) {                \
        (void) data;                                                                               \
        fastls_##name##_few(args, dims[0], dims[1], steps, steps + operands);                      \
    }

FASTLS_OPERATOR(add, +)
FASTLS_OPERATOR(subtract, -)
FASTLS_OPERATOR(multiply, *)
FASTLS_OPERATOR(divide, /)
FASTLS_SIGN(positive, +)
FASTLS_SIGN(negative, -)
