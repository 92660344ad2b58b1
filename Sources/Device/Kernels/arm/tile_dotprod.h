// The sums of a tile, NEON with dot products. Include inside a target region that has them.
#ifndef KERNELS_ARM_TILE_DOTPROD_H
#define KERNELS_ARM_TILE_DOTPROD_H

#include "sums.h"

enum { QUAD = 4, QUADS = 4, GROUP_BYTES = 16 * QUAD, LARGEST_ROWS = 6 };

/// Adds the quad `lane` of each pixel's 16 bytes to its 16 channels.
static inline __attribute__((always_inline)) int32x4_t add_lane(
    int32x4_t sums, int8x16_t weights, int8x16_t input, const int lane
) {
    switch (lane) {
        case 0: return vdotq_laneq_s32(sums, weights, input, 0);
        case 1: return vdotq_laneq_s32(sums, weights, input, 1);
        case 2: return vdotq_laneq_s32(sums, weights, input, 2);
        default: return vdotq_laneq_s32(sums, weights, input, 3);
    }
}

/// Adds one to four quads of a tap to the sums; reads 16 bytes a pixel whatever their number.
static inline __attribute__((always_inline)) void add_quads(
    const int rows, const int quads, int32x4_t sums[][4], const int8_t *input, ptrdiff_t stride, const int8_t *weights
) {
    int8x16_t bytes[LARGEST_ROWS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        bytes[row] = vld1q_s8(input + row * stride);
    }
#pragma clang loop unroll(full)
    for (int lane = 0; lane < quads; lane++) {
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) {
            const int8x16_t four_channels = vld1q_s8(weights + lane * GROUP_BYTES + part * 16);
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                sums[row][part] = add_lane(sums[row][part], four_channels, bytes[row], lane);
            }
        }
    }
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
        int32_t quads = arguments->depth / QUAD;
        for (; quads >= QUADS; quads -= QUADS, input += QUADS * QUAD, weights += QUADS * GROUP_BYTES) {
            add_quads(rows, QUADS, sums, input, stride, weights);
        }
        for (; quads > 0; quads--, input += QUAD, weights += GROUP_BYTES) {
            add_quads(rows, 1, sums, input, stride, weights);
        }
    }
}

#endif
