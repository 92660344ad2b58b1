// A function of two tensors, AVX2: eight values at a time.
#if defined(__x86_64__)
#include "../reference/elements.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "values.h"

/// An operand's values of one row: eight at a time, or one for all.
struct operand {
    const char *row;
    int32_t step;
    int32_t is_16;
    __m256i zero_point;
    __m256 all;
};

static inline __attribute__((always_inline)) struct operand make_operand(
    const void *values, ptrdiff_t offset, int32_t step, int32_t is_16, int32_t zero_point
) {
    const char *row = (const char *)values + offset;
    return (struct operand){
        .row = row,
        .step = step,
        .is_16 = is_16,
        .zero_point = _mm256_set1_epi32(zero_point),
        .all = _mm256_set1_ps((float)value_at(row, 0, is_16, zero_point)),
    };
}

static inline __attribute__((always_inline)) __m256 load(const struct operand *operand, ptrdiff_t place) {
    return operand->step ? load_values(operand->row, place, operand->is_16, operand->zero_point) : operand->all;
}

/// `function` is constant where this is inlined. A product of values is exact, or rounded once as its integer would be.
static inline __attribute__((always_inline)) __m256 combine(
    const int32_t function, __m256 a, __m256 b, __m256 a_factor, __m256 b_factor
) {
    if (function == PLAIN_MULTIPLY) { return _mm256_mul_ps(_mm256_mul_ps(a, b), a_factor); }
    const __m256 first = _mm256_mul_ps(a, a_factor);
    const __m256 second = _mm256_mul_ps(b, b_factor);
    if (function == PLAIN_ADD) { return _mm256_add_ps(first, second); }
    // Where one is no number both give the second, as the definition does.
    return function == PLAIN_MINIMUM ? _mm256_min_ps(first, second) : _mm256_max_ps(first, second);
}

static inline __attribute__((always_inline)) void run(
    const struct arithmetic_arguments *arguments, const int32_t function
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const __m256 a_factor = _mm256_set1_ps(arguments->a_factor);
    const __m256 b_factor = _mm256_set1_ps(arguments->b_factor);
    for (int32_t row = 0; row < arguments->rows; row++) {
        const struct operand a = make_operand(
            arguments->a, row * arguments->a_stride, arguments->a_step, arguments->a_is_16, arguments->a_zero_point);
        const struct operand b = make_operand(
            arguments->b, row * arguments->b_stride, arguments->b_step, arguments->b_is_16, arguments->b_zero_point);
        char *output = (char *)arguments->output + row * arguments->output_stride;
        int32_t place = 0;
        for (; place + LANES <= arguments->count; place += LANES) {
            const __m256 steps = combine(function, load(&a, place), load(&b, place), a_factor, b_factor);
            store_values(output, place, arguments->output_is_16, rounded_within(steps, &bounds));
        }
        combine_values(arguments, row, place);
    }
}

void arithmetic_u8s16_avx2(const struct arithmetic_arguments *arguments) {
    switch (arguments->function) {
    case PLAIN_MULTIPLY: run(arguments, PLAIN_MULTIPLY); break;
    case PLAIN_MINIMUM: run(arguments, PLAIN_MINIMUM); break;
    case PLAIN_MAXIMUM: run(arguments, PLAIN_MAXIMUM); break;
    default: run(arguments, PLAIN_ADD); break;
    }
}

#pragma clang attribute pop
#endif
