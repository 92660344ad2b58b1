// Convolution, AVX-VNNI: 6 pixels by 16 channels in 16 registers of 256 bits.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "pack.h"

enum { PANEL = 16, QUAD = 4, GROUP_BYTES = PANEL * QUAD, LARGEST_ROWS = 6 };

/// `rows` pixels by one panel; the count is a constant where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const struct convolution_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
    __m256i sums[LARGEST_ROWS][2];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        sums[row][0] = _mm256_loadu_si256((const __m256i *)arguments->bias);
        sums[row][1] = _mm256_loadu_si256((const __m256i *)arguments->bias + 1);
    }
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const uint8_t *input = arguments->input + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += QUAD, input += QUAD, weights += GROUP_BYTES) {
            const __m256i first = _mm256_loadu_si256((const __m256i *)weights);
            const __m256i second = _mm256_loadu_si256((const __m256i *)weights + 1);
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                const uint8_t *pixel = input + row / 3 * (3 * stride) + row % 3 * stride;
                const __m256i quad = _mm256_broadcastd_epi32(_mm_loadu_si32(pixel));
                sums[row][0] = _mm256_dpbusd_avx_epi32(sums[row][0], quad, first);
                sums[row][1] = _mm256_dpbusd_avx_epi32(sums[row][1], quad, second);
            }
        }
    }
    finish(rows, sums, arguments);
}

void convolution_u8s8_avxvnni_6x16(int32_t pixels, const struct convolution_arguments *arguments) {
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
