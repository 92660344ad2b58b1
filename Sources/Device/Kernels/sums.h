// The part of a convolution that ends with its sums, for kernels that go on from there.
#ifndef KERNELS_SUMS_H
#define KERNELS_SUMS_H

#include "include/Kernels.h"

/// All but where sums go. Inlined, it costs nothing.
static inline __attribute__((always_inline)) struct convolution_sums_arguments sums_part(
    const struct convolution_arguments *arguments
) {
    return (struct convolution_sums_arguments){
        .input = arguments->input,
        .pixel_stride = arguments->pixel_stride,
        .tap_offsets = arguments->tap_offsets,
        .taps = arguments->taps,
        .depth = arguments->depth,
        .weights = arguments->weights,
        .panel_stride = arguments->panel_stride,
        .bias = arguments->bias,
        .channels = arguments->channels,
    };
}

#endif
