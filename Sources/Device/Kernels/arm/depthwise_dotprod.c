// Depthwise convolution, NEON with dot products: four rows each.
#if defined(__aarch64__)
#include "../rows.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "pack.h"
#include "sums.h"

enum { GROUP = 4, VECTORS = 4 };
typedef int32x4_t vector;
typedef uint8x16_t lanes;

/// Four rows' bytes of 4 channels, four times.
struct group {
    int8x16_t quarter[4];
};

static inline __attribute__((always_inline)) lanes load_lanes(const uint8_t *order) { return vld1q_u8(order); }

static inline __attribute__((always_inline)) struct group join_rows(
    const int8_t *const rows[GROUP], const int spread, lanes order
) {
    int8x16_t bytes[GROUP];
#pragma clang loop unroll(full)
    for (int row = 0; row < GROUP; row++) {
        bytes[row] = vld1q_s8(rows[row]);
        if (spread) { bytes[row] = vqtbl1q_s8(bytes[row], order); }
    }
    const int16x8_t upper[2] = {
        vreinterpretq_s16_s8(vzip1q_s8(bytes[0], bytes[1])), vreinterpretq_s16_s8(vzip2q_s8(bytes[0], bytes[1]))};
    const int16x8_t lower[2] = {
        vreinterpretq_s16_s8(vzip1q_s8(bytes[2], bytes[3])), vreinterpretq_s16_s8(vzip2q_s8(bytes[2], bytes[3]))};
    return (struct group){{
        vreinterpretq_s8_s16(vzip1q_s16(upper[0], lower[0])),
        vreinterpretq_s8_s16(vzip2q_s16(upper[0], lower[0])),
        vreinterpretq_s8_s16(vzip1q_s16(upper[1], lower[1])),
        vreinterpretq_s8_s16(vzip2q_s16(upper[1], lower[1])),
    }};
}

static inline __attribute__((always_inline)) void add_group(
    int32x4_t sums[VECTORS], const struct group *group, const int8_t *weights
) {
#pragma clang loop unroll(full)
    for (int part = 0; part < VECTORS; part++) {
        sums[part] = vdotq_s32(sums[part], group->quarter[part], vld1q_s8(weights + part * 16));
    }
}

#include "../depthwise.h"

void depthwise_s8s8_dotprod(const struct depthwise_arguments *arguments) { convolve_channels(arguments); }

#pragma clang attribute pop
#endif
