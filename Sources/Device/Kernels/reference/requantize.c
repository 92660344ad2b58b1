// Sums to values of 8 or 16 bits, with an addend or without: what every row must compute.
#include "../rows.h"
#include "elements.h"

#if defined(__x86_64__)
void requantize_s32u8s16_scalar(const struct requantize_arguments *arguments)
#else
void requantize_s32s8s16_scalar(const struct requantize_arguments *arguments)
#endif
{
    for (int32_t pixel = 0; pixel < arguments->pixels; pixel++) {
        requantize_channels(arguments, pixel, 0);
    }
}
