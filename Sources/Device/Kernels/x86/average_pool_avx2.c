// Average of a window, AVX2: eight channels at a time in 32-bit sums.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "bytes.h"

enum { LANES = 8 };

/// Sums of the logical values of `lanes` channels.
static inline __m256i window_sums(const struct pool_arguments *arguments, int32_t channel, int32_t lanes) {
    __m256i sums = _mm256_set1_epi32(-ACTIVATION_OFFSET * arguments->rows * arguments->columns);
    for (int32_t row = 0; row < arguments->rows; row++) {
        const uint8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            sums = _mm256_add_epi32(sums, _mm256_cvtepu8_epi32(load_bytes(pixel, lanes)));
        }
    }
    return sums;
}

/// sums / count, half away from zero: truncated (|sum| + count / 2 + 0.5) * (1 / count). Both error terms stay below
/// the 0.5 / count that lies between the product and the next integer while (|sum| + count / 2) < 2^22.
static inline __m256i averages(__m256i sums, int32_t count) {
#pragma STDC FP_CONTRACT OFF
    const __m256i magnitude = _mm256_add_epi32(_mm256_abs_epi32(sums), _mm256_set1_epi32(count / 2));
    const __m256 raised = _mm256_add_ps(_mm256_cvtepi32_ps(magnitude), _mm256_set1_ps(0.5f));
    const __m256 quotient = _mm256_mul_ps(raised, _mm256_set1_ps(1.0f / (float)count));
    return _mm256_sign_epi32(_mm256_cvttps_epi32(quotient), sums);
}

void average_pool_u8_avx2(const struct pool_arguments *arguments) {
    const __m256i offset = _mm256_set1_epi32(ACTIVATION_OFFSET);
    const __m256i minimum = _mm256_set1_epi32(arguments->minimum);
    const __m256i maximum = _mm256_set1_epi32(arguments->maximum);
    for (int32_t channel = 0; channel < arguments->channels; channel += LANES) {
        const int32_t rest = arguments->channels - channel;
        const int32_t lanes = rest < LANES ? rest : LANES;
        __m256i values = averages(window_sums(arguments, channel, lanes), arguments->count);
        values = _mm256_add_epi32(values, offset);
        values = _mm256_min_epi32(_mm256_max_epi32(values, minimum), maximum);
        const __m128i words =
            _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
        store_channels(arguments->output + channel, _mm_packus_epi16(words, words), lanes);
    }
}

#pragma clang attribute pop
#endif
