// Depthwise convolution: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

enum { PANEL = 16, QUAD = 4 };

/// The sum of one channel of the pixel whose window starts at `input`. Unsigned, since accumulators wrap.
static inline uint32_t window_sum(
    const struct depthwise_arguments *arguments, const activation_t *input, int32_t channel
) {
    const int32_t depth = (arguments->rows + QUAD - 1) / QUAD * QUAD;
    const int8_t *panel = arguments->weights + (ptrdiff_t)(channel / PANEL) * arguments->columns * depth * PANEL;
    input += channel / arguments->multiplier;
    uint32_t sum = (uint32_t)arguments->bias[channel];
    for (int32_t column = 0; column < arguments->columns; column++, panel += depth * PANEL) {
        for (int32_t row = 0; row < arguments->rows; row++) {
            const int8_t weight = panel[(row / QUAD * PANEL + channel % PANEL) * QUAD + row % QUAD];
            sum += (uint32_t)(input[row * arguments->row_stride + column * arguments->column_stride] * weight);
        }
    }
    return sum;
}

#if defined(__x86_64__)
void depthwise_u8s8_scalar(const struct depthwise_arguments *arguments)
#else
void depthwise_s8s8_scalar(const struct depthwise_arguments *arguments)
#endif
{
    for (int32_t pixel = 0; pixel < arguments->pixels; pixel++) {
        const activation_t *input = arguments->input + pixel * arguments->pixel_stride;
        activation_t *output = arguments->output + pixel * arguments->output_stride;
        for (int32_t channel = 0; channel < arguments->channels; channel++) {
            output[channel] = requantize(
                (int32_t)window_sum(arguments, input, channel), arguments->scale[channel], arguments->zero_point,
                arguments->minimum, arguments->maxima[channel]);
        }
    }
}
