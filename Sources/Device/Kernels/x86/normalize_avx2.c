// The affine step of a group norm, and the function after it, AVX2: eight channels at a time.
#if defined(__x86_64__)
#include "../reference/elements.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "values.h"

/// Eight entries as the low bytes of eight words.
static inline __attribute__((always_inline)) void look_up(uint8_t *output, const uint8_t *table, __m256i entries) {
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(entries), _mm256_extracti128_si256(entries, 1));
    const uint64_t low = (uint64_t)_mm_cvtsi128_si64(words);
    const uint64_t high = (uint64_t)_mm_extract_epi64(words, 1);
#pragma clang loop unroll(full)
    for (int lane = 0; lane < 4; lane++) {
        output[lane] = table[low >> 16 * lane & 0xFFFF];
        output[4 + lane] = table[high >> 16 * lane & 0xFFFF];
    }
}

/// All pixels; what the values are is constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct normalize_arguments *arguments, const int input_is_16, const int has_table, const int output_is_16
) {
    const struct bounds bounds = has_table
        ? (struct bounds){_mm256_set1_ps(-2048), _mm256_set1_ps(2047), _mm256_set1_epi32(2048)}
        : make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const __m256i input_zero_point = _mm256_set1_epi32(arguments->input_zero_point);
    const int32_t whole = arguments->channels / LANES * LANES;
    for (ptrdiff_t pixel = 0; pixel < arguments->pixels; pixel++) {
        const ptrdiff_t place = pixel * arguments->channels;
        for (int32_t channel = 0; channel < whole; channel += LANES) {
            const __m256 value = load_values(arguments->input, place + channel, input_is_16, input_zero_point);
            const __m256 product = _mm256_mul_ps(value, _mm256_loadu_ps(arguments->factors + channel));
            const __m256 result = _mm256_add_ps(product, _mm256_loadu_ps(arguments->offsets + channel));
            const __m256i rounded = rounded_within(result, &bounds);
            if (has_table) {
                look_up((uint8_t *)arguments->output + place + channel, arguments->table, rounded);
            } else {
                store_values(arguments->output, place + channel, output_is_16, rounded);
            }
        }
        if (whole < arguments->channels) { normalize_channels(arguments, pixel, whole); }
    }
}

static inline __attribute__((always_inline)) void run_input(
    const struct normalize_arguments *arguments, const int input_is_16
) {
    if (arguments->table) {
        run(arguments, input_is_16, 1, 0);
    } else if (arguments->output_is_16) {
        run(arguments, input_is_16, 0, 1);
    } else {
        run(arguments, input_is_16, 0, 0);
    }
}

void normalize_u8s16_avx2(const struct normalize_arguments *arguments) {
    if (arguments->input_is_16) {
        run_input(arguments, 1);
    } else {
        run_input(arguments, 0);
    }
}

#pragma clang attribute pop
#endif
