// Where the sums of kernels with 256-bit registers start and end. Include inside a target region that has AVX2.
#ifndef KERNELS_X86_SUMS_H
#define KERNELS_X86_SUMS_H

#include "../include/Kernels.h"

/// The bias as the first sums of `rows` pixels (a constant where this is inlined).
static inline __attribute__((always_inline)) void start(const int rows, __m256i sums[][2], const int32_t *bias) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        sums[row][0] = _mm256_loadu_si256((const __m256i *)bias);
        sums[row][1] = _mm256_loadu_si256((const __m256i *)bias + 1);
    }
}

static inline __attribute__((always_inline)) void store_sums(
    const int rows, __m256i sums[][2], const struct convolution_sums_arguments *arguments
) {
    int32_t *output = arguments->sums;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++, output += arguments->sums_stride) {
        _mm256_storeu_si256((__m256i *)output, sums[row][0]);
        _mm256_storeu_si256((__m256i *)output + 1, sums[row][1]);
    }
}

#endif
