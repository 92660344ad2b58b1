// Another scale for every value: what every row must compute.
#include "../rows.h"
#include "elements.h"

#if defined(__x86_64__)
void rescale_u8s16_scalar(const struct rescale_arguments *arguments)
#else
void rescale_s8s16_scalar(const struct rescale_arguments *arguments)
#endif
{
    rescale_values(arguments, 0);
}
