// Depthwise convolution, AVX-VNNI: four rows a dot product.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "pack.h"
#include "sums.h"

enum { GROUP = 4, VECTORS = 2 };
typedef __m256i vector;
typedef __m128i lanes;

/// Four rows' bytes of 8 channels, then those of the other 8.
struct group {
    __m256i half[2];
};

static inline __attribute__((always_inline)) lanes load_lanes(const uint8_t *order) {
    return _mm_loadu_si128((const __m128i *)order);
}

static inline __attribute__((always_inline)) struct group join_rows(
    const uint8_t *const rows[GROUP], const int spread, lanes order
) {
    __m128i bytes[GROUP];
#pragma clang loop unroll(full)
    for (int row = 0; row < GROUP; row++) {
        bytes[row] = _mm_loadu_si128((const __m128i *)rows[row]);
        if (spread) { bytes[row] = _mm_shuffle_epi8(bytes[row], order); }
    }
    const __m128i upper[2] = {_mm_unpacklo_epi8(bytes[0], bytes[1]), _mm_unpackhi_epi8(bytes[0], bytes[1])};
    const __m128i lower[2] = {_mm_unpacklo_epi8(bytes[2], bytes[3]), _mm_unpackhi_epi8(bytes[2], bytes[3])};
    return (struct group){{
        _mm256_setr_m128i(_mm_unpacklo_epi16(upper[0], lower[0]), _mm_unpackhi_epi16(upper[0], lower[0])),
        _mm256_setr_m128i(_mm_unpacklo_epi16(upper[1], lower[1]), _mm_unpackhi_epi16(upper[1], lower[1])),
    }};
}

static inline __attribute__((always_inline)) void add_group(
    __m256i sums[VECTORS], const struct group *group, const int8_t *weights
) {
    const __m256i first = _mm256_loadu_si256((const __m256i *)weights);
    const __m256i second = _mm256_loadu_si256((const __m256i *)weights + 1);
    sums[0] = _mm256_dpbusd_avx_epi32(sums[0], group->half[0], first);
    sums[1] = _mm256_dpbusd_avx_epi32(sums[1], group->half[1], second);
}

#include "../depthwise.h"

void depthwise_u8s8_avxvnni(const struct depthwise_arguments *arguments) { convolve_channels(arguments); }

#pragma clang attribute pop
#endif
