// Another scale for every value, AVX2: eight at a time.
#if defined(__x86_64__)
#include "../reference/elements.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "values.h"

/// Eights of values; their widths are constant where this is inlined. Returns how many are done.
static inline __attribute__((always_inline)) size_t run(
    const struct rescale_arguments *arguments, const int input_is_16, const int output_is_16
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const __m256i input_zero_point = _mm256_set1_epi32(arguments->input_zero_point);
    const __m256 factor = _mm256_set1_ps(arguments->factor);
    size_t index = 0;
    for (; index + LANES <= arguments->count; index += LANES) {
        const __m256 value = load_values(arguments->input, (ptrdiff_t)index, input_is_16, input_zero_point);
        const __m256i rounded = rounded_within(_mm256_mul_ps(value, factor), &bounds);
        store_values(arguments->output, (ptrdiff_t)index, output_is_16, rounded);
    }
    return index;
}

void rescale_u8s16_avx2(const struct rescale_arguments *arguments) {
    size_t done;
    if (arguments->input_is_16) {
        done = arguments->output_is_16 ? run(arguments, 1, 1) : run(arguments, 1, 0);
    } else {
        done = arguments->output_is_16 ? run(arguments, 0, 1) : run(arguments, 0, 0);
    }
    rescale_values(arguments, done);
}

#pragma clang attribute pop
#endif
