// Convolution, AVX512-VNNI: 12 pixels by 32 channels, two panels side by side.
#if defined(__x86_64__)
#include "../rows.h"
#include "../sums.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "tile_avx512vnni.h"

/// What the epilogue of every pixel shares.
struct epilogue {
    __m512 scale[2];
    __m512i order;
    __m512i zero_point;
    __m512i minimum;
    __m512i maximum;
};

static inline __attribute__((always_inline)) struct epilogue make_epilogue(
    const int panels, const struct convolution_arguments *arguments
) {
    return (struct epilogue){
        .scale = {_mm512_loadu_ps(arguments->scale), _mm512_loadu_ps(arguments->scale + (panels - 1) * PANEL)},
        // Packing works within 128-bit lanes; this puts the four channels of each back in their vector's order.
        .order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        .zero_point = _mm512_set1_epi16((int16_t)arguments->zero_point),
        .minimum = _mm512_set1_epi8((int8_t)arguments->minimum),
        .maximum = _mm512_set1_epi8((int8_t)arguments->maximum),
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
    __m512i bytes = _mm512_packus_epi16(low, high);
    bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, epilogue->minimum), epilogue->maximum);
    return _mm512_permutexvar_epi32(epilogue->order, bytes);
}

/// Masked stores of bytes are slow, so whole pixels avoid them.
static inline __attribute__((always_inline)) void store_32(uint8_t *output, __m256i bytes, int32_t channels) {
    if (channels == 2 * PANEL) {
        _mm256_storeu_si256((__m256i *)output, bytes);
    } else {
        _mm256_mask_storeu_epi8(output, (__mmask32)((1u << channels) - 1), bytes);
    }
}

static inline __attribute__((always_inline)) void store_16(uint8_t *output, __m128i bytes, int32_t channels) {
    if (channels == PANEL) {
        _mm_storeu_si128((__m128i *)output, bytes);
    } else {
        _mm_mask_storeu_epi8(output, (__mmask16)((1u << channels) - 1), bytes);
    }
}

/// Two panels: two pixels are 64 bytes.
static inline __attribute__((always_inline)) void finish_two_panels(
    const int rows, __m512i sums[][2], const struct convolution_arguments *arguments
) {
    const struct epilogue epilogue = make_epilogue(2, arguments);
    uint8_t *output = arguments->output;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row += 2, output += 2 * arguments->output_stride) {
        const int next = row + 1 < rows ? row + 1 : row;
        __m512i bytes = requantized(sums[row][0], sums[row][1], sums[next][0], sums[next][1], 2, &epilogue);
        store_32(output, _mm512_castsi512_si256(bytes), arguments->channels);
        if (next > row) {
            store_32(output + arguments->output_stride, _mm512_extracti64x4_epi64(bytes, 1), arguments->channels);
        }
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

/// `rows` pixels by one or two panels; both counts are constants where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const int panels, const struct convolution_arguments *arguments
) {
    const struct convolution_sums_arguments part = sums_part(arguments);
    __m512i sums[LARGEST_ROWS][2];
    sum_tile(rows, panels, sums, &part);
    if (panels == 2) {
        finish_two_panels(rows, sums, arguments);
    } else {
        finish_one_panel(rows, sums, arguments);
    }
}

static inline __attribute__((always_inline)) void tile_rows(
    int32_t pixels, const int panels, const struct convolution_arguments *arguments
) {
    switch (pixels) {
        case 1: tile(1, panels, arguments); break;
        case 2: tile(2, panels, arguments); break;
        case 3: tile(3, panels, arguments); break;
        case 4: tile(4, panels, arguments); break;
        case 5: tile(5, panels, arguments); break;
        case 6: tile(6, panels, arguments); break;
        case 7: tile(7, panels, arguments); break;
        case 8: tile(8, panels, arguments); break;
        case 9: tile(9, panels, arguments); break;
        case 10: tile(10, panels, arguments); break;
        case 11: tile(11, panels, arguments); break;
        default: tile(12, panels, arguments); break;
    }
}

void convolution_u8s8_avx512vnni_12x32(int32_t pixels, const struct convolution_arguments *arguments) {
    if (arguments->channels > PANEL) {
        tile_rows(pixels, 2, arguments);
    } else {
        tile_rows(pixels, 1, arguments);
    }
}

#pragma clang attribute pop
#endif
