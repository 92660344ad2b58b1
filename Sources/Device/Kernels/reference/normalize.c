// The affine step of a group norm, and the function after it: what every row must compute.
#include "../rows.h"
#include "elements.h"

#if defined(__x86_64__)
void normalize_u8s16_scalar(const struct normalize_arguments *arguments)
#else
void normalize_s8s16_scalar(const struct normalize_arguments *arguments)
#endif
{
    for (int32_t pixel = 0; pixel < arguments->pixels; pixel++) {
        normalize_channels(arguments, pixel, 0);
    }
}
