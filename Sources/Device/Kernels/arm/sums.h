// Where the sums of a tile start and end.
#ifndef KERNELS_ARM_SUMS_H
#define KERNELS_ARM_SUMS_H

#include "../include/Kernels.h"
#include <arm_neon.h>

/// The bias as the first sums of `rows` pixels (a constant where this is inlined).
static inline __attribute__((always_inline)) void start(const int rows, int32x4_t sums[][4], const int32_t *bias) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) {
            sums[row][part] = vld1q_s32(bias + part * 4);
        }
    }
}

static inline __attribute__((always_inline)) void store_sums(
    const int rows, int32x4_t sums[][4], const struct convolution_sums_arguments *arguments
) {
    int32_t *output = arguments->sums;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++, output += arguments->sums_stride) {
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) {
            vst1q_s32(output + part * 4, sums[row][part]);
        }
    }
}

#endif
