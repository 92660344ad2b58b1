// What the ARM kernels share: the epilogue of a pixel by a panel of 16 channels, and loads and stores of a few bytes.
#ifndef KERNELS_ARM_PACK_H
#define KERNELS_ARM_PACK_H

#include "../include/Kernels.h"
#include <arm_neon.h>

/// The first `channels` (1 ... 16) bytes and no other.
static inline void store_channels(int8_t *output, int8x16_t bytes, int32_t channels) {
    if (channels == 16) {
        vst1q_s8(output, bytes);
        return;
    }
    int8x8_t rest = vget_low_s8(bytes);
    if (channels & 8) {
        vst1_s8(output, rest);
        rest = vget_high_s8(bytes);
        output += 8;
    }
    if (channels & 4) {
        const int32_t four = vget_lane_s32(vreinterpret_s32_s8(rest), 0);
        __builtin_memcpy(output, &four, sizeof four);
        rest = vext_s8(rest, rest, 4);
        output += 4;
    }
    if (channels & 2) {
        const int16_t two = vget_lane_s16(vreinterpret_s16_s8(rest), 0);
        __builtin_memcpy(output, &two, sizeof two);
        rest = vext_s8(rest, rest, 2);
        output += 2;
    }
    if (channels & 1) { vst1_lane_s8(output, rest, 0); }
}

/// 1 ... 8 bytes, zeros above.
static inline int8x8_t load_bytes(const int8_t *input, int32_t count) {
    if (count == 8) { return vld1_s8(input); }
    uint64_t bytes = 0;
    for (int32_t index = count - 1; index >= 0; index--) {
        bytes = bytes << 8 | (uint8_t)input[index];
    }
    return vcreate_s8(bytes);
}

static inline int16x4_t rounded(int32x4_t sums, float32x4_t scale) {
    return vqmovn_s32(vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(sums), scale)));
}

/// The sums of `rows` pixels (a constant where this is inlined) to bytes in memory.
static inline __attribute__((always_inline)) void finish(
    const int rows, int32x4_t sums[][4], const struct convolution_arguments *arguments
) {
    const int16x8_t zero_point = vdupq_n_s16((int16_t)arguments->zero_point);
    const int8x16_t minimum = vdupq_n_s8((int8_t)arguments->minimum);
    const int8x16_t maxima = vld1q_s8(arguments->maxima);
    float32x4_t scale[4];
    for (int part = 0; part < 4; part++) {
        scale[part] = vld1q_f32(arguments->scale + part * 4);
    }
    int8_t *output = arguments->output;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++, output += arguments->output_stride) {
        const int16x8_t low = vcombine_s16(rounded(sums[row][0], scale[0]), rounded(sums[row][1], scale[1]));
        const int16x8_t high = vcombine_s16(rounded(sums[row][2], scale[2]), rounded(sums[row][3], scale[3]));
        int8x16_t bytes = vcombine_s8(
            vqmovn_s16(vqaddq_s16(low, zero_point)), vqmovn_s16(vqaddq_s16(high, zero_point)));
        bytes = vminq_s8(vmaxq_s8(bytes, minimum), maxima);
        store_channels(output, bytes, arguments->channels);
    }
}

#endif
