// Convolution of 16-bit inputs up to its sums, NEON of ARMv8.0: 4 pixels by 16 channels.
#if defined(__aarch64__)
#include "../rows.h"
#include "sums.h"

enum { PAIR = 2, PAIR_BYTES = 4, GROUP_BYTES = 16 * PAIR, LARGEST_ROWS = 4 };

/// Adds one depth of one pixel, `lane` of its values, to its 16 channels.
static inline __attribute__((always_inline)) void add_depth(
    int32x4_t sums[4], int16x8_t first, int16x8_t second, int16x4_t values, const int lane
) {
    if (lane == 0) {
        sums[0] = vmlal_lane_s16(sums[0], vget_low_s16(first), values, 0);
        sums[1] = vmlal_high_lane_s16(sums[1], first, values, 0);
        sums[2] = vmlal_lane_s16(sums[2], vget_low_s16(second), values, 0);
        sums[3] = vmlal_high_lane_s16(sums[3], second, values, 0);
    } else {
        sums[0] = vmlal_lane_s16(sums[0], vget_low_s16(first), values, 1);
        sums[1] = vmlal_high_lane_s16(sums[1], first, values, 1);
        sums[2] = vmlal_lane_s16(sums[2], vget_low_s16(second), values, 1);
        sums[3] = vmlal_high_lane_s16(sums[3], second, values, 1);
    }
}

/// `rows` pixels by one panel; the count is a constant where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const struct convolution_sums_arguments *arguments
) {
    const ptrdiff_t stride = arguments->pixel_stride;
    int32x4_t sums[LARGEST_ROWS][4];
    start(rows, sums, arguments->bias);
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const char *input = (const char *)arguments->input + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += PAIR, input += PAIR_BYTES, weights += GROUP_BYTES) {
            // Each of the 16 channels' first depth, and its second.
            const int8x16x2_t pair = vld2q_s8(weights);
            const int16x8_t even[2] = {vmovl_s8(vget_low_s8(pair.val[0])), vmovl_high_s8(pair.val[0])};
            const int16x8_t odd[2] = {vmovl_s8(vget_low_s8(pair.val[1])), vmovl_high_s8(pair.val[1])};
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                int32_t both;
                __builtin_memcpy(&both, input + row * stride, sizeof both);
                const int16x4_t values = vreinterpret_s16_s32(vdup_n_s32(both));
                add_depth(sums[row], even[0], even[1], values, 0);
                add_depth(sums[row], odd[0], odd[1], values, 1);
            }
        }
    }
    store_sums(rows, sums, arguments);
}

void convolution_sums_16_s16s8_neon_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments) {
    switch (pixels) {
        case 1: tile(1, arguments); break;
        case 2: tile(2, arguments); break;
        case 3: tile(3, arguments); break;
        default: tile(4, arguments); break;
    }
}
#endif
