// Sums to values of 8 or 16 bits, with an addend or without, AVX2: eight channels at a time.
#if defined(__x86_64__)
#include "../reference/elements.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "values.h"

/// All pixels; what the values are is constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct requantize_arguments *arguments, const int output_is_16, const int has_addend, const int addend_is_16
) {
    const __m256i zero_point = _mm256_set1_epi32(arguments->zero_point);
    const __m256 lower = _mm256_set1_ps((float)(arguments->minimum - arguments->zero_point));
    const __m256i addend_zero_point = _mm256_set1_epi32(arguments->addend_zero_point);
    const __m256 addend_scale = _mm256_set1_ps(arguments->addend_scale);
    const int32_t whole = arguments->channels / LANES * LANES;
    for (ptrdiff_t pixel = 0; pixel < arguments->pixels; pixel++) {
        const int32_t *sums = arguments->sums + pixel * arguments->sums_stride;
        const char *addend = (const char *)arguments->addend;
        if (has_addend) { addend += pixel * arguments->addend_stride; }
        char *output = (char *)arguments->output + pixel * arguments->output_stride;
        for (int32_t channel = 0; channel < whole; channel += LANES) {
            const __m256 sum = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)(sums + channel)));
            __m256 value = _mm256_mul_ps(sum, _mm256_loadu_ps(arguments->scale + channel));
            if (has_addend) {
                const __m256 added = load_values(addend, channel, addend_is_16, addend_zero_point);
                value = _mm256_add_ps(value, _mm256_mul_ps(added, addend_scale));
            }
            const __m256 upper = _mm256_loadu_ps(arguments->upper + channel);
            store_values(output, channel, output_is_16, rounded_between(value, lower, upper, zero_point));
        }
        if (whole < arguments->channels) { requantize_channels(arguments, pixel, whole); }
    }
}

static inline __attribute__((always_inline)) void run_output(
    const struct requantize_arguments *arguments, const int output_is_16
) {
    if (!arguments->addend) {
        run(arguments, output_is_16, 0, 0);
    } else if (arguments->addend_is_16) {
        run(arguments, output_is_16, 1, 1);
    } else {
        run(arguments, output_is_16, 1, 0);
    }
}

void requantize_s32u8s16_avx2(const struct requantize_arguments *arguments) {
    if (arguments->output_is_16) {
        run_output(arguments, 1);
    } else {
        run_output(arguments, 0);
    }
}

#pragma clang attribute pop
#endif
