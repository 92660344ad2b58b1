// The sums of a tile, NEON of ARMv8.0. Each 16-bit product is added to the 32-bit sums with its neighbour by a widening
// instruction, so that even two products of -128 by -128 do not overflow.
#ifndef KERNELS_ARM_TILE_NEON_H
#define KERNELS_ARM_TILE_NEON_H

#include "sums.h"

enum { PAIR = 2, GROUP_BYTES = 16 * PAIR, LARGEST_ROWS = 4 };

/// Adds two depths of one pixel to its 16 channels.
static inline __attribute__((always_inline)) void add_pair(
    int32x4_t sums[4], const int8_t *pixel, int8x16_t first, int8x16_t second
) {
    int16_t pair;
    __builtin_memcpy(&pair, pixel, sizeof pair);
    const int8x16_t input = vreinterpretq_s8_s16(vdupq_n_s16(pair));
    sums[0] = vpadalq_s16(sums[0], vmull_s8(vget_low_s8(first), vget_low_s8(input)));
    sums[1] = vpadalq_s16(sums[1], vmull_high_s8(first, input));
    sums[2] = vpadalq_s16(sums[2], vmull_s8(vget_low_s8(second), vget_low_s8(input)));
    sums[3] = vpadalq_s16(sums[3], vmull_high_s8(second, input));
}

/// The sums of `rows` pixels (a constant where this is inlined) by one panel.
static inline __attribute__((always_inline)) void sum_tile(
    const int rows, int32x4_t sums[][4], const struct convolution_sums_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
    start(rows, sums, arguments->bias);
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const int8_t *input = (const int8_t *)arguments->input + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += PAIR, input += PAIR, weights += GROUP_BYTES) {
            const int8x16_t first = vld1q_s8(weights);
            const int8x16_t second = vld1q_s8(weights + 16);
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                add_pair(sums[row], input + row * stride, first, second);
            }
        }
    }
}

#endif
