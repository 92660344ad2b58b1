// Eight values of 8 or 16 bits at a time, and what becomes of eight floats.
#ifndef KERNELS_ARM_VALUES_H
#define KERNELS_ARM_VALUES_H

#include "../include/Kernels.h"
#include <arm_neon.h>

enum { LANES = 8 };

/// Eight floats, and eight integers.
struct floats {
    float32x4_t half[2];
};
struct integers {
    int32x4_t half[2];
};

/// Eight values from `index` on, less their zero point, as floats. Exact.
static inline __attribute__((always_inline)) struct floats load_values(
    const void *values, ptrdiff_t index, int32_t is_16, int32x4_t zero_point
) {
    int16x8_t words;
    if (is_16) {
        __builtin_memcpy(&words, (const char *)values + 2 * index, sizeof words);
    } else {
        words = vmovl_s8(vld1_s8((const int8_t *)values + index));
    }
    return (struct floats){{
        vcvtq_f32_s32(vsubq_s32(vmovl_s16(vget_low_s16(words)), zero_point)),
        vcvtq_f32_s32(vsubq_s32(vmovl_high_s16(words), zero_point)),
    }};
}

/// Products and sums are rounded one by one: nothing here may become a fused instruction.
static inline __attribute__((always_inline)) struct floats times(struct floats values, struct floats factors) {
#pragma STDC FP_CONTRACT OFF
    return (struct floats){
        {vmulq_f32(values.half[0], factors.half[0]), vmulq_f32(values.half[1], factors.half[1])}};
}

static inline __attribute__((always_inline)) struct floats plus(struct floats left, struct floats right) {
#pragma STDC FP_CONTRACT OFF
    return (struct floats){{vaddq_f32(left.half[0], right.half[0]), vaddq_f32(left.half[1], right.half[1])}};
}

static inline __attribute__((always_inline)) struct floats load_floats(const float *values) {
    return (struct floats){{vld1q_f32(values), vld1q_f32(values + 4)}};
}

static inline __attribute__((always_inline)) struct floats all_floats(float value) {
    return (struct floats){{vdupq_n_f32(value), vdupq_n_f32(value)}};
}

/// Zero point and bounds of an output.
struct bounds {
    float32x4_t lower;
    float32x4_t upper;
    int32x4_t zero_point;
};

static inline __attribute__((always_inline)) struct bounds make_bounds(
    int32_t zero_point, int32_t minimum, int32_t maximum
) {
    return (struct bounds){
        .lower = vdupq_n_f32((float)(minimum - zero_point)),
        .upper = vdupq_n_f32((float)(maximum - zero_point)),
        .zero_point = vdupq_n_s32(zero_point),
    };
}

/// What is cut to bounds less the zero point, to the nearest integer, ties to even, and the zero point added. Of a number
/// and what is none, fmaxnm gives the number.
static inline __attribute__((always_inline)) struct integers rounded_between(
    struct floats values, float32x4_t lower, struct floats upper, int32x4_t zero_point
) {
    struct integers rounded;
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
        const float32x4_t cut = vminnmq_f32(vmaxnmq_f32(values.half[half], lower), upper.half[half]);
        rounded.half[half] = vaddq_s32(vcvtnq_s32_f32(cut), zero_point);
    }
    return rounded;
}

static inline __attribute__((always_inline)) struct integers rounded_within(
    struct floats values, const struct bounds *bounds
) {
    const struct floats upper = {{bounds->upper, bounds->upper}};
    return rounded_between(values, bounds->lower, upper, bounds->zero_point);
}

/// Eight integers within the bounds of 8 or 16 bits, to `index` and the seven after it.
static inline __attribute__((always_inline)) void store_values(
    void *values, ptrdiff_t index, int32_t is_16, struct integers rounded
) {
    const int16x8_t words = vcombine_s16(vmovn_s32(rounded.half[0]), vmovn_s32(rounded.half[1]));
    if (is_16) {
        __builtin_memcpy((char *)values + 2 * index, &words, sizeof words);
    } else {
        vst1_s8((int8_t *)values + index, vmovn_s16(words));
    }
}

#endif
