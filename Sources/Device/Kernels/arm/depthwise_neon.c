// Depthwise convolution, NEON of ARMv8.0: pairs of rows, their products added to the sums by a widening instruction, so
// that even two products of -128 by -128 do not overflow.
#if defined(__aarch64__)
#include "../rows.h"
#include "pack.h"
#include "sums.h"

enum { GROUP = 2, VECTORS = 4 };
typedef int32x4_t vector;
typedef uint8x16_t lanes;

/// Two rows' bytes of 8 channels, then those of the other 8.
struct group {
    int8x16_t half[2];
};

static inline __attribute__((always_inline)) lanes load_lanes(const uint8_t *order) { return vld1q_u8(order); }

static inline __attribute__((always_inline)) struct group join_rows(
    const int8_t *const rows[GROUP], const int spread, lanes order
) {
    int8x16_t first = vld1q_s8(rows[0]), second = vld1q_s8(rows[1]);
    if (spread) {
        first = vqtbl1q_s8(first, order);
        second = vqtbl1q_s8(second, order);
    }
    return (struct group){{vzip1q_s8(first, second), vzip2q_s8(first, second)}};
}

static inline __attribute__((always_inline)) void add_group(
    int32x4_t sums[VECTORS], const struct group *group, const int8_t *weights
) {
    const int8x16_t first = vld1q_s8(weights), second = vld1q_s8(weights + 16);
    sums[0] = vpadalq_s16(sums[0], vmull_s8(vget_low_s8(group->half[0]), vget_low_s8(first)));
    sums[1] = vpadalq_s16(sums[1], vmull_high_s8(group->half[0], first));
    sums[2] = vpadalq_s16(sums[2], vmull_s8(vget_low_s8(group->half[1]), vget_low_s8(second)));
    sums[3] = vpadalq_s16(sums[3], vmull_high_s8(group->half[1], second));
}

#include "../depthwise.h"

void depthwise_s8s8_neon(const struct depthwise_arguments *arguments) { convolve_channels(arguments); }
#endif
