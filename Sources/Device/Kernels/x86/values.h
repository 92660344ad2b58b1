// Eight values of 8 or 16 bits at a time, and what becomes of eight floats. Include inside a target region that has AVX2.
#ifndef KERNELS_X86_VALUES_H
#define KERNELS_X86_VALUES_H

#include "../include/Kernels.h"

enum { LANES = 8 };

/// Eight values from `index` on, less their zero point, as floats. Exact.
static inline __attribute__((always_inline)) __m256 load_values(
    const void *values, ptrdiff_t index, int32_t is_16, __m256i zero_point
) {
    __m256i wide;
    if (is_16) {
        wide = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)((const char *)values + 2 * index)));
    } else {
        wide = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)((const char *)values + index)));
    }
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(wide, zero_point));
}

/// Zero point and bounds of an output.
struct bounds {
    __m256 lower;
    __m256 upper;
    __m256i zero_point;
};

static inline __attribute__((always_inline)) struct bounds make_bounds(
    int32_t zero_point, int32_t minimum, int32_t maximum
) {
    return (struct bounds){
        .lower = _mm256_set1_ps((float)(minimum - zero_point)),
        .upper = _mm256_set1_ps((float)(maximum - zero_point)),
        .zero_point = _mm256_set1_epi32(zero_point),
    };
}

/// What is cut to bounds less the zero point, to the nearest integer, ties to even, and the zero point added. Of two
/// operands of which one is no number vmaxps gives the second.
static inline __attribute__((always_inline)) __m256i rounded_between(
    __m256 values, __m256 lower, __m256 upper, __m256i zero_point
) {
    const __m256 cut = _mm256_min_ps(_mm256_max_ps(values, lower), upper);
    return _mm256_add_epi32(_mm256_cvtps_epi32(cut), zero_point);
}

static inline __attribute__((always_inline)) __m256i rounded_within(__m256 values, const struct bounds *bounds) {
    return rounded_between(values, bounds->lower, bounds->upper, bounds->zero_point);
}

/// Eight integers within the bounds of 8 or 16 bits, to `index` and the seven after it.
static inline __attribute__((always_inline)) void store_values(
    void *values, ptrdiff_t index, int32_t is_16, __m256i rounded
) {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
    if (is_16) {
        _mm_storeu_si128((__m128i *)((char *)values + 2 * index), words);
    } else {
        _mm_storel_epi64((__m128i *)((char *)values + index), _mm_packus_epi16(words, words));
    }
}

#endif
