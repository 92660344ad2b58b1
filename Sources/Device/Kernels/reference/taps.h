// The sums of a convolution as they are defined.
#ifndef KERNELS_TAPS_H
#define KERNELS_TAPS_H

#include "../include/Kernels.h"

enum { PANEL = 16, QUAD = 4 };

/// Bias and taps of one pixel by one panel. Unsigned, since accumulators wrap.
static inline void add_taps(
    uint32_t sums[PANEL], int32_t pixel, const struct convolution_sums_arguments *arguments
) {
    const activation_t *first = (const activation_t *)arguments->input + pixel * arguments->pixel_stride;
    const int8_t *weights = arguments->weights;
    __builtin_memcpy(sums, arguments->bias, PANEL * sizeof *sums);
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const activation_t *input = first + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += QUAD, weights += PANEL * QUAD) {
            for (int32_t channel = 0; channel < PANEL; channel++) {
                for (int32_t k = 0; k < QUAD; k++) {
                    sums[channel] += (uint32_t)(input[depth + k] * weights[channel * QUAD + k]);
                }
            }
        }
    }
}

#endif
