// A function of two tensors: what every row must compute.
#include "../rows.h"
#include "elements.h"

#if defined(__x86_64__)
void arithmetic_u8s16_scalar(const struct arithmetic_arguments *arguments)
#else
void arithmetic_s8s16_scalar(const struct arithmetic_arguments *arguments)
#endif
{
    for (int32_t row = 0; row < arguments->rows; row++) { combine_values(arguments, row, 0); }
}
