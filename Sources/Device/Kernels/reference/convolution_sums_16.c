// Convolution and dense layers of 16-bit inputs up to their sums: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

enum { PANEL = 16, PAIR = 2 };

/// One pixel by one panel, added to `sums`. Unsigned, since accumulators wrap.
static inline void add_taps(
    uint32_t sums[PANEL], const char *pixel, const struct convolution_sums_arguments *arguments
) {
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const char *input = pixel + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += PAIR, weights += PANEL * PAIR) {
            const int32_t first = value_at(input, depth, 1, 0);
            const int32_t second = value_at(input, depth + 1, 1, 0);
            for (int32_t channel = 0; channel < PANEL; channel++) {
                sums[channel] += (uint32_t)(first * weights[channel * PAIR] + second * weights[channel * PAIR + 1]);
            }
        }
    }
}

void convolution_sums_16_s16s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments) {
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        uint32_t sums[PANEL];
        __builtin_memcpy(sums, arguments->bias, sizeof sums);
        add_taps(sums, (const char *)arguments->input + pixel * arguments->pixel_stride, arguments);
        __builtin_memcpy(arguments->sums + pixel * arguments->sums_stride, sums, sizeof sums);
    }
}
