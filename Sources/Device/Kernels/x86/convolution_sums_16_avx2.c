// Convolution of 16-bit inputs up to its sums, AVX2: 6 pixels by 16 channels.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "sums.h"

enum { PAIR = 2, PAIR_BYTES = 4, GROUP_BYTES = 16 * PAIR, LARGEST_ROWS = 6 };

/// `rows` pixels by one panel; the count is a constant where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const struct convolution_sums_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
    __m256i sums[LARGEST_ROWS][2];
    start(rows, sums, arguments->bias);
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const char *input = (const char *)arguments->input + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += PAIR, input += PAIR_BYTES, weights += GROUP_BYTES) {
            const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights));
            const __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights + 1));
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                const char *pixel = input + row / 3 * (3 * stride) + row % 3 * stride;
                const __m256i pair = _mm256_broadcastd_epi32(_mm_loadu_si32(pixel));
                sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(pair, first));
                sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(pair, second));
            }
        }
    }
    store_sums(rows, sums, arguments);
}

void convolution_sums_16_s16s8_avx2_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments) {
    switch (pixels) {
        case 1: tile(1, arguments); break;
        case 2: tile(2, arguments); break;
        case 3: tile(3, arguments); break;
        case 4: tile(4, arguments); break;
        case 5: tile(5, arguments); break;
        default: tile(6, arguments); break;
    }
}

#pragma clang attribute pop
#endif
