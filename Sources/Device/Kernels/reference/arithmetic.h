// The float steps of docs/arithmetic.md for one value. Vector kernels repeat them lane by lane, to the bit.
#ifndef KERNELS_ARITHMETIC_H
#define KERNELS_ARITHMETIC_H

#include "../include/Kernels.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#else
#include <arm_neon.h>
#endif

/// Nearest integer, ties to even, for |value| < 2^31. One instruction: neither libm nor a cast, which would truncate.
static inline int32_t round_half_even(float value) {
#if defined(__x86_64__)
    return _mm_cvtss_si32(_mm_set_ss(value));
#else
    return vcvtns_s32_f32(value);
#endif
}

/// A rounded value, still without its zero point, as the byte in memory. Takes every int32.
static inline activation_t saturate(int32_t rounded, int32_t zero_point, int32_t minimum, int32_t maximum) {
    int64_t value = (int64_t)rounded + zero_point;
    if (value < minimum) { value = minimum; }
    if (value > maximum) { value = maximum; }
    return (activation_t)value;
}

/// clamp(roundHalfEven(Float(sum) * scale) + zero_point): two float operations, each rounded by itself.
static inline activation_t requantize(
    int32_t sum, float scale, int32_t zero_point, int32_t minimum, int32_t maximum
) {
#pragma STDC FP_CONTRACT OFF
    return saturate(round_half_even((float)sum * scale), zero_point, minimum, maximum);
}

#endif
