// What the kernels with 512-bit registers share: the epilogue of a tile. Include inside a target region that has
// AVX512-VNNI.
#ifndef KERNELS_X86_PACK_AVX512VNNI_H
#define KERNELS_X86_PACK_AVX512VNNI_H

#include "../include/Kernels.h"

/// What the epilogue of every pixel shares.
struct epilogue {
    __m512 scale[2];
    __m512i order;
    __m512i zero_point;
    __m512i minimum;
    /// Of 32 channels twice, or of 16 four times.
    __m512i maxima;
};

static inline __attribute__((always_inline)) __m512i load_maxima(const int panels, const uint8_t *maxima) {
    if (panels == 2) { return _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)maxima)); }
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)maxima));
}

static inline __attribute__((always_inline)) struct epilogue make_epilogue(
    const int panels, const struct convolution_arguments *arguments
) {
    return (struct epilogue){
        .scale = {_mm512_loadu_ps(arguments->scale), _mm512_loadu_ps(arguments->scale + (panels - 1) * 16)},
        // Packing works within 128-bit lanes; this puts the four channels of each back in their vector's order.
        .order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        .zero_point = _mm512_set1_epi16((int16_t)arguments->zero_point),
        .minimum = _mm512_set1_epi8((int8_t)arguments->minimum),
        .maxima = load_maxima(panels, arguments->maxima),
    };
}

static inline __attribute__((always_inline)) __m512i rounded(__m512i sums, __m512 scale) {
    return _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale));
}

/// Four vectors of 16 sums as 64 bytes in the same order.
static inline __attribute__((always_inline)) __m512i requantized(
    __m512i first, __m512i second, __m512i third, __m512i fourth, const int panels, const struct epilogue *epilogue
) {
    const __m512 even = epilogue->scale[0], odd = epilogue->scale[panels - 1];
    __m512i low = _mm512_packs_epi32(rounded(first, even), rounded(second, odd));
    __m512i high = _mm512_packs_epi32(rounded(third, even), rounded(fourth, odd));
    low = _mm512_adds_epi16(low, epilogue->zero_point);
    high = _mm512_adds_epi16(high, epilogue->zero_point);
    __m512i bytes = _mm512_max_epu8(_mm512_packus_epi16(low, high), epilogue->minimum);
    bytes = _mm512_permutexvar_epi32(epilogue->order, bytes);
    return _mm512_min_epu8(bytes, epilogue->maxima);
}

/// Masked stores of bytes are slow, so whole pixels avoid them.
static inline __attribute__((always_inline)) void store_16(uint8_t *output, __m128i bytes, int32_t channels) {
    if (channels == 16) {
        _mm_storeu_si128((__m128i *)output, bytes);
    } else {
        _mm_mask_storeu_epi8(output, (__mmask16)((1u << channels) - 1), bytes);
    }
}

/// One panel: four pixels are 64 bytes.
static inline __attribute__((always_inline)) void finish_one_panel(
    const int rows, __m512i sums[][2], const struct convolution_arguments *arguments
) {
    const struct epilogue epilogue = make_epilogue(1, arguments);
    uint8_t *output = arguments->output;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row += 4, output += 4 * arguments->output_stride) {
        const int last = rows - 1;
        const int second = row + 1 < last ? row + 1 : last;
        const int third = row + 2 < last ? row + 2 : last;
        const int fourth = row + 3 < last ? row + 3 : last;
        __m512i bytes =
            requantized(sums[row][0], sums[second][0], sums[third][0], sums[fourth][0], 1, &epilogue);
        const __m128i pixels[4] = {
            _mm512_extracti32x4_epi32(bytes, 0), _mm512_extracti32x4_epi32(bytes, 1),
            _mm512_extracti32x4_epi32(bytes, 2), _mm512_extracti32x4_epi32(bytes, 3),
        };
#pragma clang loop unroll(full)
        for (int pixel = 0; pixel < 4 && row + pixel < rows; pixel++) {
            store_16(output + pixel * arguments->output_stride, pixels[pixel], arguments->channels);
        }
    }
}

#endif
