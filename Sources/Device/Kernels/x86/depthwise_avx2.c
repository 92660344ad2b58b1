// Depthwise convolution, AVX2: pairs of rows as 16-bit words, exact for every unsigned by signed byte.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "pack.h"
#include "sums.h"

enum { GROUP = 2, VECTORS = 2 };
typedef __m256i vector;
typedef __m128i lanes;

/// Two rows' words of 8 channels, then those of the other 8.
struct group {
    __m256i half[2];
};

static inline __attribute__((always_inline)) lanes load_lanes(const uint8_t *order) {
    return _mm_loadu_si128((const __m128i *)order);
}

static inline __attribute__((always_inline)) struct group join_rows(
    const uint8_t *const rows[GROUP], const int spread, lanes order
) {
    __m128i first = _mm_loadu_si128((const __m128i *)rows[0]);
    __m128i second = _mm_loadu_si128((const __m128i *)rows[1]);
    if (spread) {
        first = _mm_shuffle_epi8(first, order);
        second = _mm_shuffle_epi8(second, order);
    }
    return (struct group){{
        _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second)),
        _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second)),
    }};
}

static inline __attribute__((always_inline)) void add_group(
    __m256i sums[VECTORS], const struct group *group, const int8_t *weights
) {
    const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights));
    const __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights + 1));
    sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(group->half[0], first));
    sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(group->half[1], second));
}

#include "../depthwise.h"

void depthwise_u8s8_avx2(const struct depthwise_arguments *arguments) { convolve_channels(arguments); }

#pragma clang attribute pop
#endif
