// Largest value of a window, AVX2: 32 channels at a time, then eight.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "bytes.h"

enum { WIDE = 32, NARROW = 8 };

static inline __m256i window_maxima_wide(const struct pool_arguments *arguments, int32_t channel) {
    __m256i largest = _mm256_setzero_si256();
    for (int32_t row = 0; row < arguments->rows; row++) {
        const uint8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            largest = _mm256_max_epu8(largest, _mm256_loadu_si256((const __m256i *)pixel));
        }
    }
    return largest;
}

static inline __m128i window_maxima_narrow(const struct pool_arguments *arguments, int32_t channel, int32_t lanes) {
    __m128i largest = _mm_setzero_si128();
    for (int32_t row = 0; row < arguments->rows; row++) {
        const uint8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            largest = _mm_max_epu8(largest, load_bytes(pixel, lanes));
        }
    }
    return largest;
}

void max_pool_u8_avx2(const struct pool_arguments *arguments) {
    const __m256i minimum = _mm256_set1_epi8((int8_t)arguments->minimum);
    const __m256i maximum = _mm256_set1_epi8((int8_t)arguments->maximum);
    int32_t channel = 0;
    for (; channel + WIDE <= arguments->channels; channel += WIDE) {
        const __m256i largest = _mm256_max_epu8(window_maxima_wide(arguments, channel), minimum);
        _mm256_storeu_si256((__m256i *)(arguments->output + channel), _mm256_min_epu8(largest, maximum));
    }
    for (; channel < arguments->channels; channel += NARROW) {
        const int32_t rest = arguments->channels - channel;
        const int32_t lanes = rest < NARROW ? rest : NARROW;
        const __m128i largest =
            _mm_max_epu8(window_maxima_narrow(arguments, channel, lanes), _mm256_castsi256_si128(minimum));
        store_channels(
            arguments->output + channel, _mm_min_epu8(largest, _mm256_castsi256_si128(maximum)), lanes);
    }
}

#pragma clang attribute pop
#endif
