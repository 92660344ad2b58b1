// The sum of two tensors, AVX2: eight values at a time.
#if defined(__x86_64__)
#include "../reference/elements.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "values.h"

/// Eights of values; the inputs' widths are constant where this is inlined. Returns how many are done.
static inline __attribute__((always_inline)) size_t run(
    const struct addition_arguments *arguments, const int a_is_16, const int b_is_16
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const __m256i a_zero_point = _mm256_set1_epi32(arguments->a_zero_point);
    const __m256i b_zero_point = _mm256_set1_epi32(arguments->b_zero_point);
    const __m256 a_factor = _mm256_set1_ps(arguments->a_factor);
    const __m256 b_factor = _mm256_set1_ps(arguments->b_factor);
    size_t index = 0;
    for (; index + LANES <= arguments->count; index += LANES) {
        const ptrdiff_t place = (ptrdiff_t)index;
        const __m256 a = _mm256_mul_ps(load_values(arguments->a, place, a_is_16, a_zero_point), a_factor);
        const __m256 b = _mm256_mul_ps(load_values(arguments->b, place, b_is_16, b_zero_point), b_factor);
        const __m256i rounded = rounded_within(_mm256_add_ps(a, b), &bounds);
        store_values(arguments->output, place, arguments->output_is_16, rounded);
    }
    return index;
}

void addition_u8s16_avx2(const struct addition_arguments *arguments) {
    size_t done;
    if (arguments->a_is_16) {
        done = arguments->b_is_16 ? run(arguments, 1, 1) : run(arguments, 1, 0);
    } else {
        done = arguments->b_is_16 ? run(arguments, 0, 1) : run(arguments, 0, 0);
    }
    add_values(arguments, done);
}

#pragma clang attribute pop
#endif
