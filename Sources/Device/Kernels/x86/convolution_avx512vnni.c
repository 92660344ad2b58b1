// Convolution, AVX512-VNNI: 12 pixels by 32 channels, two panels side by side.
#if defined(__x86_64__)
#include "../rows.h"
#include "../sums.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "pack_avx512vnni.h"
#include "tile_avx512vnni.h"

/// Masked stores of bytes are slow, so whole pixels avoid them.
static inline __attribute__((always_inline)) void store_32(uint8_t *output, __m256i bytes, int32_t channels) {
    if (channels == 2 * PANEL) {
        _mm256_storeu_si256((__m256i *)output, bytes);
    } else {
        _mm256_mask_storeu_epi8(output, (__mmask32)((1u << channels) - 1), bytes);
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
