// Average of a window, half away from zero, in integers: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

/// Sum of the logical values of one channel.
static inline int32_t window_sum(const struct pool_arguments *arguments, int32_t channel) {
    int32_t sum = 0;
    for (int32_t row = 0; row < arguments->rows; row++) {
        const activation_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++) {
            sum += pixel[column * arguments->pixel_stride] - ACTIVATION_OFFSET;
        }
    }
    return sum;
}

#if defined(__x86_64__)
void average_pool_u8_scalar(const struct pool_arguments *arguments)
#else
void average_pool_s8_scalar(const struct pool_arguments *arguments)
#endif
{
    int32_t count = arguments->count;
    for (int32_t channel = 0; channel < arguments->channels; channel++) {
        int32_t sum = window_sum(arguments, channel);
        int32_t magnitude = ((sum < 0 ? -sum : sum) + count / 2) / count;
        arguments->output[channel] = saturate(
            sum < 0 ? -magnitude : magnitude, ACTIVATION_OFFSET, arguments->minimum, arguments->maximum);
    }
}
