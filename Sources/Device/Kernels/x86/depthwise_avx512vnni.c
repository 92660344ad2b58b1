// Depthwise convolution, AVX512-VNNI: four rows of 16 channels a dot product.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "pack_avx512vnni.h"

// Of a pixel's two vectors of sums only the first is used, by one panel.
enum { GROUP = 4, VECTORS = 2 };
typedef __m512i vector;
typedef __m128i lanes;

/// Four rows' bytes of 16 channels.
struct group {
    __m512i quads;
};

static inline __attribute__((always_inline)) lanes load_lanes(const uint8_t *order) {
    return _mm_loadu_si128((const __m128i *)order);
}

static inline __attribute__((always_inline)) struct group join_rows(
    const uint8_t *const rows[GROUP], const int spread, lanes order
) {
    __m512i bytes = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)rows[0]));
    bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)rows[1]), 1);
    bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)rows[2]), 2);
    bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)rows[3]), 3);
    if (spread) { bytes = _mm512_shuffle_epi8(bytes, _mm512_broadcast_i32x4(order)); }
    // Four channels of all rows into each 128-bit lane, then the rows of each channel side by side.
    const __m512i fours = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m128i turn = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    bytes = _mm512_permutexvar_epi32(fours, bytes);
    return (struct group){_mm512_shuffle_epi8(bytes, _mm512_broadcast_i32x4(turn))};
}

static inline __attribute__((always_inline)) void add_group(
    __m512i sums[VECTORS], const struct group *group, const int8_t *weights
) {
    sums[0] = _mm512_dpbusd_epi32(sums[0], group->quads, _mm512_loadu_si512(weights));
}

static inline __attribute__((always_inline)) void start(const int rows, __m512i sums[][VECTORS], const int32_t *bias) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) { sums[row][0] = _mm512_loadu_si512(bias); }
}

static inline __attribute__((always_inline)) void finish(
    const int rows, __m512i sums[][VECTORS], const struct convolution_arguments *arguments
) {
    finish_one_panel(rows, sums, arguments);
}

#include "../depthwise.h"

void depthwise_u8s8_avx512vnni(const struct depthwise_arguments *arguments) { convolve_channels(arguments); }

#pragma clang attribute pop
#endif
