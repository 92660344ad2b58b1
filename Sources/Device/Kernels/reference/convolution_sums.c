// Convolution and dense layers up to their sums: what every row must compute.
#include "../rows.h"
#include "taps.h"

#if defined(__x86_64__)
void convolution_sums_u8s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments)
#else
void convolution_sums_s8s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments)
#endif
{
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        uint32_t sums[PANEL];
        add_taps(sums, pixel, arguments);
        __builtin_memcpy(arguments->sums + pixel * arguments->sums_stride, sums, sizeof sums);
    }
}
