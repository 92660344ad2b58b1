// Largest value of a window: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

#if defined(__x86_64__)
void max_pool_u8_scalar(const struct pool_arguments *arguments)
#else
void max_pool_s8_scalar(const struct pool_arguments *arguments)
#endif
{
    for (int32_t channel = 0; channel < arguments->channels; channel++) {
        activation_t largest = arguments->input[channel];
        for (int32_t row = 0; row < arguments->rows; row++) {
            const activation_t *pixel = arguments->input + row * arguments->row_stride + channel;
            for (int32_t column = 0; column < arguments->columns; column++) {
                activation_t value = pixel[column * arguments->pixel_stride];
                if (value > largest) { largest = value; }
            }
        }
        arguments->output[channel] = saturate(largest, 0, arguments->minimum, arguments->maximum);
    }
}
