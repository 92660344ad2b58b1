// The sum of two tensors: what every row must compute.
#include "../rows.h"
#include "elements.h"

#if defined(__x86_64__)
void addition_u8s16_scalar(const struct addition_arguments *arguments)
#else
void addition_s8s16_scalar(const struct addition_arguments *arguments)
#endif
{
    add_values(arguments, 0);
}
