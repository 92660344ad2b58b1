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

/// q of `index` less its zero point.
static inline int32_t value_at(const void *values, ptrdiff_t index, int32_t is_16, int32_t zero_point) {
    if (!is_16) { return ((const activation_t *)values)[index] - zero_point; }
    int16_t value;
    __builtin_memcpy(&value, (const char *)values + 2 * index, sizeof value);
    return value - zero_point;
}

static inline void store_value(void *values, ptrdiff_t index, int32_t is_16, int32_t value) {
    if (!is_16) {
        ((activation_t *)values)[index] = (activation_t)value;
        return;
    }
    const int16_t word = (int16_t)value;
    __builtin_memcpy((char *)values + 2 * index, &word, sizeof word);
}

/// Takes every float: what lies outside of the bounds becomes the bound, a NaN the lower one.
static inline int32_t round_within(float value, int32_t minimum, int32_t maximum) {
    if (!(value > (float)minimum)) { return minimum; }
    return value < (float)maximum ? round_half_even(value) : maximum;
}

/// half_even(cut(value)) + zero_point, where `cut` leaves what is within the output's bounds.
static inline int32_t rounded_output(float value, int32_t zero_point, int32_t minimum, int32_t maximum) {
    return round_within(value, minimum - zero_point, maximum - zero_point) + zero_point;
}

/// float(sum) * scale: one value of docs/arithmetic.md's convolution before it is rounded.
static inline float scaled(int32_t sum, float scale) {
#pragma STDC FP_CONTRACT OFF
    return (float)sum * scale;
}

/// float(a) * a_factor + float(b) * b_factor, each operation rounded by itself.
static inline float scaled_sum(int32_t a, float a_factor, int32_t b, float b_factor) {
#pragma STDC FP_CONTRACT OFF
    const float first = (float)a * a_factor;
    const float second = (float)b * b_factor;
    return first + second;
}

/// float(value) * factor + offset, each operation rounded by itself.
static inline float normalized(int32_t value, float factor, float offset) {
#pragma STDC FP_CONTRACT OFF
    const float product = (float)value * factor;
    return product + offset;
}

#endif
