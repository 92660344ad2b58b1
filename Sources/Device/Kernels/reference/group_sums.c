// Sum and sum of squares of a group of channels: what every row must compute.
#include "../rows.h"
#include "arithmetic.h"

#if defined(__x86_64__)
void group_sums_u8s16_scalar(const struct group_sums_arguments *arguments)
#else
void group_sums_s8s16_scalar(const struct group_sums_arguments *arguments)
#endif
{
    int64_t sum = 0, square_sum = 0;
    for (int32_t row = 0; row < arguments->rows; row++) {
        const char *pixel = (const char *)arguments->input + row * arguments->row_stride;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            for (int32_t channel = 0; channel < arguments->channels; channel++) {
                const int64_t value = value_at(pixel, channel, arguments->is_16, arguments->zero_point);
                sum += value;
                square_sum += value * value;
            }
        }
    }
    *arguments->sum = sum;
    *arguments->square_sum = square_sum;
}
