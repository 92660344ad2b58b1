// The sums of a tile, AVX512-VNNI, two panels side by side. Include inside a target region that has it.
#ifndef KERNELS_X86_TILE_AVX512VNNI_H
#define KERNELS_X86_TILE_AVX512VNNI_H

#include "../include/Kernels.h"

enum { PANEL = 16, QUAD = 4, GROUP_BYTES = PANEL * QUAD, LARGEST_ROWS = 12 };

/// The sums of `rows` pixels by one or two panels; both counts are constants where this is inlined.
static inline __attribute__((always_inline)) void sum_tile(
    const int rows, const int panels, __m512i sums[][2], const struct convolution_sums_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        sums[row][0] = _mm512_loadu_si512(arguments->bias);
        if (panels == 2) { sums[row][1] = _mm512_loadu_si512(arguments->bias + PANEL); }
    }
    const int8_t *weights = arguments->weights;
    const int8_t *second_weights = weights + arguments->panel_stride;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const uint8_t *input = (const uint8_t *)arguments->input + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += QUAD, input += QUAD) {
            const __m512i first = _mm512_loadu_si512(weights);
            const __m512i second = panels == 2 ? _mm512_loadu_si512(second_weights) : first;
            weights += GROUP_BYTES;
            second_weights += GROUP_BYTES;
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                // Every third row has a pointer of its own: all of them would not fit the integer registers.
                const uint8_t *pixel = input + row / 3 * (3 * stride) + row % 3 * stride;
                const __m512i quad = _mm512_broadcastd_epi32(_mm_loadu_si32(pixel));
                sums[row][0] = _mm512_dpbusd_epi32(sums[row][0], quad, first);
                if (panels == 2) { sums[row][1] = _mm512_dpbusd_epi32(sums[row][1], quad, second); }
            }
        }
    }
}

#endif
