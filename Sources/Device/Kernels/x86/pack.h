// What the kernels with 256-bit registers share: the epilogue of two pixels by a panel of 16 channels.
// Include inside a target region that has AVX2.
#ifndef KERNELS_X86_PACK_H
#define KERNELS_X86_PACK_H

#include "bytes.h"

struct epilogue {
    __m256 scale[2];
    __m256i order;
    __m256i zero_point;
    __m256i minimum;
    /// Of 16 channels, twice.
    __m256i maxima;
};

static inline __attribute__((always_inline)) struct epilogue make_epilogue(
    const struct convolution_arguments *arguments
) {
    return (struct epilogue){
        .scale = {_mm256_loadu_ps(arguments->scale), _mm256_loadu_ps(arguments->scale + 8)},
        // Packing works within 128-bit lanes; this puts the four channels of each back in order.
        .order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7),
        .zero_point = _mm256_set1_epi16((int16_t)arguments->zero_point),
        .minimum = _mm256_set1_epi8((int8_t)arguments->minimum),
        .maxima = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)arguments->maxima)),
    };
}

static inline __attribute__((always_inline)) __m256i rounded(__m256i sums, __m256 scale) {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sums), scale));
}

/// Two pixels of 16 sums as 32 bytes in the same order.
static inline __attribute__((always_inline)) __m256i requantized(
    const __m256i first[2], const __m256i second[2], const struct epilogue *epilogue
) {
    __m256i low = _mm256_packs_epi32(rounded(first[0], epilogue->scale[0]), rounded(first[1], epilogue->scale[1]));
    __m256i high = _mm256_packs_epi32(rounded(second[0], epilogue->scale[0]), rounded(second[1], epilogue->scale[1]));
    low = _mm256_adds_epi16(low, epilogue->zero_point);
    high = _mm256_adds_epi16(high, epilogue->zero_point);
    __m256i bytes = _mm256_max_epu8(_mm256_packus_epi16(low, high), epilogue->minimum);
    bytes = _mm256_permutevar8x32_epi32(bytes, epilogue->order);
    return _mm256_min_epu8(bytes, epilogue->maxima);
}

/// The sums of `rows` pixels (a constant where this is inlined) to bytes in memory.
static inline __attribute__((always_inline)) void finish(
    const int rows, __m256i sums[][2], const struct convolution_arguments *arguments
) {
    const struct epilogue epilogue = make_epilogue(arguments);
    uint8_t *output = arguments->output;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row += 2, output += 2 * arguments->output_stride) {
        const int next = row + 1 < rows ? row + 1 : row;
        __m256i bytes = requantized(sums[row], sums[next], &epilogue);
        store_channels(output, _mm256_castsi256_si128(bytes), arguments->channels);
        if (next > row) {
            store_channels(
                output + arguments->output_stride, _mm256_extracti128_si256(bytes, 1), arguments->channels);
        }
    }
}

#endif
