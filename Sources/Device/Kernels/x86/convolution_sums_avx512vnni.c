// Convolution up to its sums, AVX512-VNNI: 12 pixels by 32 channels, two panels side by side.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)

#include "tile_avx512vnni.h"

/// `rows` pixels by one or two panels; both counts are constants where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const int panels, const struct convolution_sums_arguments *arguments
) {
    __m512i sums[LARGEST_ROWS][2];
    sum_tile(rows, panels, sums, arguments);
    int32_t *output = arguments->sums;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++, output += arguments->sums_stride) {
        _mm512_storeu_si512(output, sums[row][0]);
        if (panels == 2) { _mm512_storeu_si512(output + PANEL, sums[row][1]); }
    }
}

static inline __attribute__((always_inline)) void tile_rows(
    int32_t pixels, const int panels, const struct convolution_sums_arguments *arguments
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

void convolution_sums_u8s8_avx512vnni_12x32(int32_t pixels, const struct convolution_sums_arguments *arguments) {
    if (arguments->channels > PANEL) {
        tile_rows(pixels, 2, arguments);
    } else {
        tile_rows(pixels, 1, arguments);
    }
}

#pragma clang attribute pop
#endif
