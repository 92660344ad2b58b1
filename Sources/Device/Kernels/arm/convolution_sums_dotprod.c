// Convolution up to its sums, NEON with dot products: 6 pixels by 16 channels.
#if defined(__aarch64__)
#include "../rows.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "tile_dotprod.h"

/// `rows` pixels by one panel; the count is a constant where this is inlined.
static inline __attribute__((always_inline)) void tile(
    const int rows, const struct convolution_sums_arguments *arguments
) {
    int32x4_t sums[LARGEST_ROWS][4];
    sum_tile(rows, sums, arguments);
    store_sums(rows, sums, arguments);
}

void convolution_sums_s8s8_dotprod_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments) {
    switch (pixels) {
        case 1: tile(1, arguments); break;
        case 2: tile(2, arguments); break;
        case 3: tile(3, arguments); break;
        case 4: tile(4, arguments); break;
        case 5: tile(5, arguments); break;
        default: tile(6, arguments); break;
    }
}

#pragma clang attribute pop
#endif
