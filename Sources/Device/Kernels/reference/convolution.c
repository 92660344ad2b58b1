// Convolution and dense layers: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

enum { PANEL = 16, QUAD = 4 };

/// One pixel by one panel, added to `sums`. Unsigned, since accumulators wrap.
static inline void add_taps(
    uint32_t sums[PANEL], const activation_t *pixel, const struct convolution_arguments *arguments
) {
    const int8_t *weights = arguments->weights;
    for (int32_t tap = 0; tap < arguments->taps; tap++) {
        const activation_t *input = pixel + arguments->tap_offsets[tap];
        for (int32_t depth = 0; depth < arguments->depth; depth += QUAD, weights += PANEL * QUAD) {
            for (int32_t channel = 0; channel < PANEL; channel++) {
                for (int32_t k = 0; k < QUAD; k++) {
                    sums[channel] += (uint32_t)(input[depth + k] * weights[channel * QUAD + k]);
                }
            }
        }
    }
}

#if defined(__x86_64__)
void convolution_u8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments)
#else
void convolution_s8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments)
#endif
{
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        uint32_t sums[PANEL];
        for (int32_t channel = 0; channel < PANEL; channel++) {
            sums[channel] = (uint32_t)arguments->bias[channel];
        }
        add_taps(sums, arguments->input + pixel * arguments->pixel_stride, arguments);
        activation_t *output = arguments->output + pixel * arguments->output_stride;
        for (int32_t channel = 0; channel < arguments->channels; channel++) {
            output[channel] = requantize(
                (int32_t)sums[channel], arguments->scale[channel], arguments->zero_point, arguments->minimum,
                arguments->maximum);
        }
    }
}
