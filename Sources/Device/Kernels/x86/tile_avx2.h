// The sums of a tile, AVX2: 16-bit products, exact for every unsigned by signed byte. vpmaddubsw would be faster, but its
// 16-bit pair sums saturate. Include inside a target region that has AVX2.
#ifndef KERNELS_X86_TILE_AVX2_H
#define KERNELS_X86_TILE_AVX2_H

#include "sums.h"

enum { PANEL = 16, PAIR = 2, GROUP_BYTES = PANEL * PAIR, LARGEST_ROWS = 6, BLOCK_DEPTH = 256 };

/// Input bytes of a tile's pixels as 16-bit words, made once and read for every group of weights.
struct words {
    int16_t row[LARGEST_ROWS][BLOCK_DEPTH];
};

/// May read 15 bytes more than `depth` and writes as many words.
static inline __attribute__((always_inline)) void widen(
    const int rows, struct words *words, const uint8_t *input, ptrdiff_t stride, int32_t depth
) {
    for (int32_t at = 0; at < depth; at += 16) {
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const __m128i bytes = _mm_loadu_si128((const __m128i *)(input + row * stride + at));
            _mm256_storeu_si256((__m256i *)(words->row[row] + at), _mm256_cvtepu8_epi16(bytes));
        }
    }
}

/// Adds `depth` bytes of one tap to the sums and returns where the next weights lie.
static inline __attribute__((always_inline)) const int8_t *add_block(
    const int rows, __m256i sums[][2], const struct words *words, const int8_t *weights, int32_t depth
) {
    for (int32_t at = 0; at < depth; at += PAIR, weights += GROUP_BYTES) {
        const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights));
        const __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights + 1));
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const __m256i pair = _mm256_broadcastd_epi32(_mm_loadu_si32(words->row[row] + at));
            sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(pair, first));
            sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(pair, second));
        }
    }
    return weights;
}

/// The sums of `rows` pixels (a constant where this is inlined) by one panel.
static inline __attribute__((always_inline)) void sum_tile(
    const int rows, __m256i sums[][2], const struct convolution_sums_arguments *arguments
) {
    start(rows, sums, arguments->bias);
    struct words words;
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const uint8_t *input = (const uint8_t *)arguments->input + arguments->tap_offsets[tap];
        for (int32_t done = 0; done < arguments->depth; done += BLOCK_DEPTH) {
            const int32_t rest = arguments->depth - done;
            const int32_t depth = rest < BLOCK_DEPTH ? rest : BLOCK_DEPTH;
            widen(rows, &words, input + done, arguments->pixel_stride, depth);
            weights = add_block(rows, sums, &words, weights, depth);
        }
    }
}

#endif
