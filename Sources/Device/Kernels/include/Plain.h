// Runs of plain elements: bool, integers and floats without a scale. The loops of Inference's general operations call
// these for runs of neighbours. Floats compute in float, integers and truth values in int64_t; every other type is
// converted to one of the two. The order of every sum is fixed, so that threads do not show in results.
#ifndef KERNELS_PLAIN_H
#define KERNELS_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/// Element types by the numbers that stand in .edge files.
enum plain_element {
    PLAIN_BOOL = 1,
    PLAIN_S8 = 2,
    PLAIN_U8 = 3,
    PLAIN_S16 = 4,
    PLAIN_U16 = 5,
    PLAIN_S32 = 6,
    PLAIN_S64 = 8,
    PLAIN_F16 = 10,
    /// Only loaded: weights may be stored so.
    PLAIN_BF16 = 11,
    PLAIN_F32 = 12,
};

/// `count` elements, `stride` elements apart, as floats or as integers; a truth value is 0 or 1. Of floats no integers are
/// loaded: load reals.
void plain_load_reals(int32_t element, const void *_Nonnull source, ptrdiff_t stride, size_t count, float *_Nonnull target);
void plain_load_wholes(int32_t element, const void *_Nonnull source, ptrdiff_t stride, size_t count,
                       int64_t *_Nonnull target);
/// Floats as elements of any type: integers towards zero and cut to the type's range, a NaN 0; half floats to nearest even;
/// a truth value is whether it is not 0.
void plain_store_reals(int32_t element, void *_Nonnull target, size_t count, const float *_Nonnull source);
/// Integers as elements of any type: the low bits; floats to nearest even; a truth value is whether it is not 0.
void plain_store_wholes(int32_t element, void *_Nonnull target, size_t count, const int64_t *_Nonnull source);

/// Functions of one number; the numbers stand in .edge files. `a` and `b` are parameters.
enum plain_function {
    PLAIN_ABSOLUTE = 1,
    PLAIN_NEGATION = 2,
    PLAIN_SIGN = 3,
    PLAIN_FLOOR = 4,
    PLAIN_CEILING = 5,
    PLAIN_NEAREST = 6,
    PLAIN_EXPONENTIAL = 7,
    PLAIN_LOGARITHM = 8,
    PLAIN_SQUARE_ROOT = 9,
    PLAIN_RECIPROCAL = 10,
    PLAIN_ERROR_FUNCTION = 11,
    PLAIN_SINE = 12,
    PLAIN_COSINE = 13,
    PLAIN_TANH = 14,
    PLAIN_SIGMOID = 15,
    /// max(x, 0)
    PLAIN_RELU = 16,
    /// min(max(x, a), b)
    PLAIN_CLIP = 17,
    /// x < 0 ? a x : x
    PLAIN_LEAKY_RELU = 18,
    /// x > a ? x : 0
    PLAIN_THRESHOLDED_RELU = 19,
    /// b (x < 0 ? a (exp(x) - 1) : x)
    PLAIN_ELU = 20,
    /// x sigmoid(a x)
    PLAIN_SILU = 21,
    /// x (1 + erf(x / sqrt 2)) / 2
    PLAIN_GELU = 22,
    /// the same by tanh
    PLAIN_GELU_TANH = 23,
    /// x tanh(softplus(x))
    PLAIN_MISH = 24,
    /// log(1 + exp(x))
    PLAIN_SOFTPLUS = 25,
    /// x / (1 + |x|)
    PLAIN_SOFTSIGN = 26,
    /// a x + b within 0 and 1
    PLAIN_HARD_SIGMOID = 27,
    /// x times the line x / 6 + 1 / 2 within 0 and 1
    PLAIN_HARD_SWISH = 28,
    /// 1 where it holds, else 0
    PLAIN_IS_NAN = 29,
    PLAIN_IS_INFINITE = 30,
    /// 1 for 0, else 0
    PLAIN_NOT = 31,
    /// every bit of an integer
    PLAIN_COMPLEMENT = 32,
    /// tan(x)
    PLAIN_TANGENT = 33,
};
enum { PLAIN_FUNCTION_COUNT = 33 };

/// y[i] = function(x[i]); y may be x.
void plain_function_reals(int32_t function, float a, float b, const float *_Nonnull x, float *_Nonnull y, size_t count);
/// The same of integers; functions that are none of integers leave them as they are.
void plain_function_wholes(int32_t function, const int64_t *_Nonnull x, int64_t *_Nonnull y, size_t count);

/// factor * exp(x), rounded once.
float plain_scaled_exponential(double factor, double x);

/// Functions of two numbers; the numbers stand in .edge files. What holds or does not is 1 or 0.
enum plain_arithmetic {
    PLAIN_ADD = 1,
    PLAIN_SUBTRACT = 2,
    PLAIN_MULTIPLY = 3,
    /// Of integers towards zero; what has no value is 0.
    PLAIN_DIVIDE = 4,
    /// A NaN where either is one.
    PLAIN_MINIMUM = 5,
    PLAIN_MAXIMUM = 6,
    PLAIN_POWER = 7,
    /// The rest with the sign of b, and of a.
    PLAIN_MODULO = 8,
    PLAIN_REMAINDER = 9,
    PLAIN_EQUAL = 10,
    PLAIN_LESS = 11,
    PLAIN_LESS_OR_EQUAL = 12,
    PLAIN_GREATER = 13,
    PLAIN_GREATER_OR_EQUAL = 14,
    /// Of truth values, or of each bit of integers.
    PLAIN_AND = 15,
    PLAIN_OR = 16,
    PLAIN_EXCLUSIVE_OR = 17,
    /// Of integers; 0 by less than 0 places or more than there are.
    PLAIN_SHIFT_LEFT = 18,
    PLAIN_SHIFT_RIGHT = 19,
    /// a < 0 ? b a : a
    PLAIN_RECTIFICATION = 20,
};
enum { PLAIN_ARITHMETIC_COUNT = 20 };

/// y[i] = a[i] op b[i], with a step of 0 for an operand that has one element for all; y may be a or b of step 1.
void plain_arithmetic_reals(int32_t kind, const float *_Nonnull a, size_t a_step, const float *_Nonnull b, size_t b_step,
                            float *_Nonnull y, size_t count);
void plain_arithmetic_wholes(int32_t kind, const int64_t *_Nonnull a, size_t a_step, const int64_t *_Nonnull b,
                             size_t b_step, int64_t *_Nonnull y, size_t count);

/// What many numbers become one by; the numbers stand in .edge files.
enum plain_reduction {
    PLAIN_SUM = 1,
    PLAIN_MEAN = 2,
    PLAIN_LARGEST = 3,
    PLAIN_SMALLEST = 4,
    PLAIN_PRODUCT = 5,
    PLAIN_SUM_OF_SQUARES = 6,
    PLAIN_SUM_OF_MAGNITUDES = 7,
};
enum { PLAIN_REDUCTION_COUNT = 7 };

/// What a reduction begins with.
double plain_reduction_start_reals(int32_t kind);
int64_t plain_reduction_start_wholes(int32_t kind);
/// results[i * step] takes x[i] in, one after the other: step 0 for one result of all, 1 for one of each.
void plain_reduce_reals(int32_t kind, const float *_Nonnull x, size_t count, double *_Nonnull results, size_t step);
void plain_reduce_wholes(int32_t kind, const int64_t *_Nonnull x, size_t count, int64_t *_Nonnull results, size_t step);

/// sums[r * sums_stride + c] += a[r * a_stride + k] * b[k * b_stride + c] for 1 ... 4 rows r, all columns c, and k in order.
/// Strides count elements.
struct plain_products_arguments {
    void *_Nonnull sums;
    ptrdiff_t sums_stride;
    const void *_Nonnull a;
    ptrdiff_t a_stride;
    const void *_Nonnull b;
    ptrdiff_t b_stride;
    int32_t rows;
    int32_t depth;
    int32_t columns;
};
void plain_products_f32(const struct plain_products_arguments *_Nonnull arguments);
/// The same of int32_t, which wrap.
void plain_products_s32(const struct plain_products_arguments *_Nonnull arguments);

/// sums[i] += a[i] * b[i]: one tap of a depthwise convolution.
void plain_multiply_add_f32(float *_Nonnull sums, const float *_Nonnull a, const float *_Nonnull b, size_t count);

/// exp(x - largest) / sum over neighbours, or its logarithm.
void plain_softmax_f32(const float *_Nonnull x, float *_Nonnull y, size_t count, int32_t is_logarithm);

/// sums[i] += weight * x[i]: one tap of a resampling.
void plain_add_scaled_f32(float *_Nonnull sums, float weight, const float *_Nonnull x, size_t count);

#endif
