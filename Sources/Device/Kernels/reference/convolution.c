// Convolution and dense layers: what every row must compute.
#include "../rows.h"
#include "../sums.h"
#include "arithmetic.h"
#include "taps.h"

#if defined(__x86_64__)
void convolution_u8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments)
#else
void convolution_s8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments)
#endif
{
    const struct convolution_sums_arguments part = sums_part(arguments);
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        uint32_t sums[PANEL];
        add_taps(sums, pixel, &part);
        activation_t *output = arguments->output + pixel * arguments->output_stride;
        for (int32_t channel = 0; channel < arguments->channels; channel++) {
            output[channel] = requantize(
                (int32_t)sums[channel], arguments->scale[channel], arguments->zero_point, arguments->minimum,
                arguments->maxima[channel]);
        }
    }
}
