// Functions of two plain numbers, and of many.
#include "elementary.h"
#include "include/Plain.h"

#pragma STDC FP_CONTRACT OFF

static inline float smaller(float x, float y) { return x != x || x < y ? x : y; }
static inline float larger(float x, float y) { return x != x || x > y ? x : y; }

static inline float modulo(float x, float y) {
    const float rest = elementary_remainder(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

// A loop of its own for each case of steps, so that each becomes one of vectors.
#define EACH(expression)                                                          \
    if (a_step && b_step) {                                                       \
        for (size_t index = 0; index < count; index++) {                          \
            const NUMBER p = a[index], q = b[index];                              \
            y[index] = (NUMBER)(expression);                                      \
        }                                                                         \
    } else if (a_step) {                                                          \
        const NUMBER q = *b;                                                      \
        for (size_t index = 0; index < count; index++) {                          \
            const NUMBER p = a[index];                                            \
            y[index] = (NUMBER)(expression);                                      \
        }                                                                         \
    } else {                                                                      \
        const NUMBER p = *a;                                                      \
        for (size_t index = 0; index < count; index++) {                          \
            const NUMBER q = b[b_step ? index : 0];                               \
            y[index] = (NUMBER)(expression);                                      \
        }                                                                         \
    }                                                                             \
    return;
// One loop for what is slow by itself.
#define ONE_LOOP(expression)                                                      \
    for (size_t index = 0; index < count; index++) {                              \
        const NUMBER p = a[a_step * index], q = b[b_step * index];                \
        y[index] = (NUMBER)(expression);                                          \
    }                                                                             \
    return;

#define NUMBER float
void plain_arithmetic_reals(
    int32_t kind, const float *a, size_t a_step, const float *b, size_t b_step, float *y, size_t count
) {
    switch (kind) {
    case PLAIN_ADD: EACH(p + q)
    case PLAIN_SUBTRACT: EACH(p - q)
    case PLAIN_MULTIPLY: EACH(p * q)
    case PLAIN_DIVIDE: EACH(p / q)
    case PLAIN_MINIMUM: ONE_LOOP(smaller(p, q))
    case PLAIN_MAXIMUM: ONE_LOOP(larger(p, q))
    case PLAIN_POWER: ONE_LOOP(elementary_power(p, q))
    case PLAIN_MODULO: ONE_LOOP(modulo(p, q))
    case PLAIN_REMAINDER: ONE_LOOP(elementary_remainder(p, q))
    case PLAIN_EQUAL: ONE_LOOP(p == q)
    case PLAIN_LESS: ONE_LOOP(p < q)
    case PLAIN_LESS_OR_EQUAL: ONE_LOOP(p <= q)
    case PLAIN_GREATER: ONE_LOOP(p > q)
    case PLAIN_GREATER_OR_EQUAL: ONE_LOOP(p >= q)
    default: ONE_LOOP(p < 0 ? q * p : p)
    }
}
#undef NUMBER

static int64_t quotient(int64_t p, int64_t q) {
    // The quotient of the smallest integer and -1 is one bit too long.
    return q == 0 ? 0 : q == -1 ? (int64_t)(0 - (uint64_t)p) : p / q;
}

static int64_t remainder_of(int64_t p, int64_t q) { return q == 0 || q == -1 ? 0 : p % q; }

static int64_t modulo_of(int64_t p, int64_t q) {
    const int64_t rest = remainder_of(p, q);
    return rest != 0 && (rest < 0) != (q < 0) ? rest + q : rest;
}

/// By squaring; of a negative exponent 1 / p^n, cut towards zero.
static int64_t power_of(int64_t p, int64_t exponent) {
    if (exponent < 0) { return p == 1 ? 1 : p == -1 ? (exponent & 1 ? -1 : 1) : 0; }
    uint64_t result = 1, base = (uint64_t)p;
    for (uint64_t rest = (uint64_t)exponent; rest; rest >>= 1, base *= base) {
        if (rest & 1) { result *= base; }
    }
    return (int64_t)result;
}

static int64_t shifted_right(int64_t p, int64_t places) {
    return places < 0 ? 0 : p >> (places < 63 ? places : 63);
}

#define NUMBER int64_t
void plain_arithmetic_wholes(
    int32_t kind, const int64_t *a, size_t a_step, const int64_t *b, size_t b_step, int64_t *y, size_t count
) {
    switch (kind) {
    // Unsigned, since integers wrap.
    case PLAIN_ADD: ONE_LOOP((uint64_t)p + (uint64_t)q)
    case PLAIN_SUBTRACT: ONE_LOOP((uint64_t)p - (uint64_t)q)
    case PLAIN_MULTIPLY: ONE_LOOP((uint64_t)p * (uint64_t)q)
    case PLAIN_DIVIDE: ONE_LOOP(quotient(p, q))
    case PLAIN_MINIMUM: ONE_LOOP(p < q ? p : q)
    case PLAIN_MAXIMUM: ONE_LOOP(p > q ? p : q)
    case PLAIN_POWER: ONE_LOOP(power_of(p, q))
    case PLAIN_MODULO: ONE_LOOP(modulo_of(p, q))
    case PLAIN_REMAINDER: ONE_LOOP(remainder_of(p, q))
    case PLAIN_EQUAL: ONE_LOOP(p == q)
    case PLAIN_LESS: ONE_LOOP(p < q)
    case PLAIN_LESS_OR_EQUAL: ONE_LOOP(p <= q)
    case PLAIN_GREATER: ONE_LOOP(p > q)
    case PLAIN_GREATER_OR_EQUAL: ONE_LOOP(p >= q)
    case PLAIN_AND: ONE_LOOP(p & q)
    case PLAIN_OR: ONE_LOOP(p | q)
    case PLAIN_EXCLUSIVE_OR: ONE_LOOP(p ^ q)
    case PLAIN_SHIFT_LEFT: ONE_LOOP(q < 0 || q > 63 ? 0 : (uint64_t)p << q)
    case PLAIN_SHIFT_RIGHT: ONE_LOOP(shifted_right(p, q))
    default: ONE_LOOP(p < 0 ? (uint64_t)p * (uint64_t)q : (uint64_t)p)
    }
}
#undef NUMBER

double plain_reduction_start_reals(int32_t kind) {
    switch (kind) {
    case PLAIN_LARGEST: return -__builtin_inf();
    case PLAIN_SMALLEST: return __builtin_inf();
    default: return kind == PLAIN_PRODUCT;
    }
}

int64_t plain_reduction_start_wholes(int32_t kind) {
    switch (kind) {
    case PLAIN_LARGEST: return INT64_MIN;
    case PLAIN_SMALLEST: return INT64_MAX;
    default: return kind == PLAIN_PRODUCT;
    }
}

#define TAKE_IN(expression)                                       \
    for (size_t index = 0; index < count; index++) {              \
        const NUMBER v = x[index];                                \
        const RESULT r = results[step * index];                   \
        results[step * index] = (RESULT)(expression);             \
    }                                                             \
    return;

#define NUMBER double
#define RESULT double
void plain_reduce_reals(int32_t kind, const float *x, size_t count, double *results, size_t step) {
    switch (kind) {
    case PLAIN_LARGEST: TAKE_IN(r != r || r > v ? r : v)
    case PLAIN_SMALLEST: TAKE_IN(r != r || r < v ? r : v)
    case PLAIN_PRODUCT: TAKE_IN(r * v)
    case PLAIN_SUM_OF_SQUARES: TAKE_IN(r + v * v)
    case PLAIN_SUM_OF_MAGNITUDES: TAKE_IN(r + __builtin_fabs(v))
    default: TAKE_IN(r + v)
    }
}
#undef NUMBER
#undef RESULT

#define NUMBER uint64_t
#define RESULT int64_t
void plain_reduce_wholes(int32_t kind, const int64_t *x, size_t count, int64_t *results, size_t step) {
    switch (kind) {
    case PLAIN_LARGEST: TAKE_IN(r > (int64_t)v ? r : (int64_t)v)
    case PLAIN_SMALLEST: TAKE_IN(r < (int64_t)v ? r : (int64_t)v)
    case PLAIN_PRODUCT: TAKE_IN((uint64_t)r * v)
    case PLAIN_SUM_OF_SQUARES: TAKE_IN((uint64_t)r + v * v)
    case PLAIN_SUM_OF_MAGNITUDES: TAKE_IN((uint64_t)r + ((int64_t)v < 0 ? 0 - v : v))
    default: TAKE_IN((uint64_t)r + v)
    }
}
