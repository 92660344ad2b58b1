// Functions of one plain number.
#include "elementary.h"
#include "include/Plain.h"

#pragma STDC FP_CONTRACT OFF

static inline float within(float x, float minimum, float maximum) {
    return x < minimum ? minimum : x > maximum ? maximum : x;
}

/// From 2^23 on every float is a whole number.
static inline float nearest(float x) {
    if (!(__builtin_fabsf(x) < 0x1p23f)) { return x; }
    const float shift = __builtin_copysignf(0x1p23f, x);
    return __builtin_copysignf(x + shift - shift, x);
}

static inline float floor_of(float x) {
    const float near = nearest(x);
    return near > x ? near - 1 : near;
}

static inline double gelu_tanh(double x) {
    // 2 sqrt(2 / pi)
    return x * elementary_sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x));
}

static inline float hard_sigmoid(float slope, float x, float offset) {
    return (float)((double)slope * x + offset < 0 ? 0 : (double)slope * x + offset > 1 ? 1 : (double)slope * x + offset);
}

#define EACH(expression)                                        \
    for (size_t index = 0; index < count; index++) {            \
        const float v = x[index];                               \
        y[index] = (float)(expression);                         \
    }                                                           \
    return;

void plain_function_reals(int32_t function, float a, float b, const float *x, float *y, size_t count) {
    switch (function) {
    case PLAIN_ABSOLUTE: EACH(__builtin_fabsf(v))
    case PLAIN_NEGATION: EACH(-v)
    case PLAIN_SIGN: EACH(v > 0 ? 1 : v < 0 ? -1 : v)
    case PLAIN_FLOOR: EACH(floor_of(v))
    case PLAIN_CEILING: EACH(-floor_of(-v))
    case PLAIN_NEAREST: EACH(nearest(v))
    case PLAIN_EXPONENTIAL: EACH(elementary_exp(v))
    case PLAIN_LOGARITHM: EACH(elementary_log(v))
    case PLAIN_SQUARE_ROOT: EACH(__builtin_elementwise_sqrt(v))
    case PLAIN_RECIPROCAL: EACH(1 / v)
    case PLAIN_ERROR_FUNCTION: EACH(elementary_erf(v))
    case PLAIN_SINE: EACH(elementary_sin(v))
    case PLAIN_COSINE: EACH(elementary_cos(v))
    case PLAIN_TANGENT: EACH(elementary_sin(v) / elementary_cos(v))
    case PLAIN_TANH: EACH(elementary_tanh(v))
    case PLAIN_SIGMOID: EACH(elementary_sigmoid(v))
    case PLAIN_RELU: EACH(v < 0 ? 0 : v)
    case PLAIN_CLIP: EACH(within(v, a, b))
    case PLAIN_LEAKY_RELU: EACH(v < 0 ? a * v : v)
    case PLAIN_THRESHOLDED_RELU: EACH(v <= a ? 0 : v)
    case PLAIN_ELU: EACH((double)b * (v < 0 ? (double)a * elementary_exp_less_one(v) : v))
    case PLAIN_SILU: EACH(v * elementary_sigmoid((double)a * v))
    case PLAIN_GELU: EACH(0.5 * v * elementary_erfc(-v * 0.70710678118654752))
    case PLAIN_GELU_TANH: EACH(gelu_tanh(v))
    case PLAIN_MISH: EACH(v * elementary_tanh(elementary_softplus(v)))
    case PLAIN_SOFTPLUS: EACH(elementary_softplus(v))
    case PLAIN_SOFTSIGN: EACH(v / (1 + (double)__builtin_fabsf(v)))
    case PLAIN_HARD_SIGMOID: EACH(hard_sigmoid(a, v, b))
    case PLAIN_HARD_SWISH: EACH(v * hard_sigmoid(1.0f / 6, v, 0.5f))
    case PLAIN_IS_NAN: EACH(v != v)
    case PLAIN_IS_INFINITE: EACH(__builtin_fabsf(v) == __builtin_inff())
    case PLAIN_NOT: EACH(v == 0)
    default: EACH(v)
    }
}

#undef EACH
#define EACH(expression)                                        \
    for (size_t index = 0; index < count; index++) {            \
        const int64_t v = x[index];                             \
        y[index] = (int64_t)(expression);                       \
    }                                                           \
    return;

float plain_scaled_exponential(double factor, double x) {
    return (float)(factor * elementary_exp(x));
}

void plain_function_wholes(int32_t function, const int64_t *x, int64_t *y, size_t count) {
    switch (function) {
    // Unsigned, since the smallest integer has no opposite.
    case PLAIN_ABSOLUTE: EACH(v < 0 ? -(uint64_t)v : (uint64_t)v)
    case PLAIN_NEGATION: EACH(-(uint64_t)v)
    case PLAIN_SIGN: EACH((v > 0) - (v < 0))
    case PLAIN_RELU: EACH(v < 0 ? 0 : v)
    case PLAIN_NOT: EACH(v == 0)
    case PLAIN_COMPLEMENT: EACH(~v)
    default: EACH(v)
    }
}
