// Softmax over neighbouring values, by a table of exponentials and an integer sum.
#include "../rows.h"
#include "arithmetic.h"

static inline activation_t largest(const activation_t *input, int32_t count) {
    activation_t largest = input[0];
    for (int32_t index = 1; index < count; index++) {
        if (input[index] > largest) { largest = input[index]; }
    }
    return largest;
}

#if defined(__x86_64__)
void softmax_u8_scalar(const struct softmax_arguments *arguments)
#else
void softmax_s8_scalar(const struct softmax_arguments *arguments)
#endif
{
#pragma STDC FP_CONTRACT OFF
    const int32_t *exponentials = arguments->exponentials;
    activation_t maximum = largest(arguments->input, arguments->count);
    int64_t sum = 0;
    for (int32_t index = 0; index < arguments->count; index++) {
        sum += exponentials[maximum - arguments->input[index]];
    }
    float factor = arguments->inverse_output_scale / (float)sum;
    for (int32_t index = 0; index < arguments->count; index++) {
        float value = (float)exponentials[maximum - arguments->input[index]] * factor;
        arguments->output[index] =
            saturate(round_half_even(value), arguments->zero_point, arguments->minimum, arguments->maximum);
    }
}
