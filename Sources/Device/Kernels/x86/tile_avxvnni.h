// The sums of a tile, AVX-VNNI, in 16 registers of 256 bits. Include inside a target region that has it.
#ifndef KERNELS_X86_TILE_AVXVNNI_H
#define KERNELS_X86_TILE_AVXVNNI_H

#include "sums.h"

enum { PANEL = 16, QUAD = 4, GROUP_BYTES = PANEL * QUAD, LARGEST_ROWS = 6 };

/// The sums of `rows` pixels (a constant where this is inlined) by one panel.
static inline __attribute__((always_inline)) void sum_tile(
    const int rows, __m256i sums[][2], const struct convolution_sums_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
    start(rows, sums, arguments->bias);
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const uint8_t *input = (const uint8_t *)arguments->input + arguments->tap_offsets[tap];
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
}

#endif
