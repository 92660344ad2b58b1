// The loops over values that are the definition of whole operations; a vector kernel ends with them where fewer values
// are left than it takes at once.
#ifndef KERNELS_ELEMENTS_H
#define KERNELS_ELEMENTS_H

#include "arithmetic.h"

/// One pixel of requantize_kernel, from channel `first` on.
static inline void requantize_channels(const struct requantize_arguments *arguments, ptrdiff_t pixel, int32_t first) {
    const int32_t *sums = arguments->sums + pixel * arguments->sums_stride;
    const char *addend = (const char *)arguments->addend;
    if (addend) { addend += pixel * arguments->addend_stride; }
    char *output = (char *)arguments->output + pixel * arguments->output_stride;
    for (int32_t channel = first; channel < arguments->channels; channel++) {
        float value = scaled(sums[channel], arguments->scale[channel]);
        if (addend) {
            const int32_t added = value_at(addend, channel, arguments->addend_is_16, arguments->addend_zero_point);
            value = scaled_sum(sums[channel], arguments->scale[channel], added, arguments->addend_scale);
        }
        store_value(
            output, channel, arguments->output_is_16,
            rounded_output(
                value, arguments->zero_point, arguments->minimum,
                (int32_t)arguments->upper[channel] + arguments->zero_point));
    }
}

/// One pixel of normalize_kernel, from channel `first` on.
static inline void normalize_channels(const struct normalize_arguments *arguments, ptrdiff_t pixel, int32_t first) {
    const ptrdiff_t place = pixel * arguments->channels;
    for (int32_t channel = first; channel < arguments->channels; channel++) {
        const int32_t value =
            value_at(arguments->input, place + channel, arguments->input_is_16, arguments->input_zero_point);
        const float result = normalized(value, arguments->factors[channel], arguments->offsets[channel]);
        if (arguments->table) {
            const int32_t entry = round_within(result, -2048, 2047) + 2048;
            ((uint8_t *)arguments->output)[place + channel] = arguments->table[entry];
        } else {
            store_value(
                arguments->output, place + channel, arguments->output_is_16,
                rounded_output(result, arguments->zero_point, arguments->minimum, arguments->maximum));
        }
    }
}

/// The values of rescale_kernel from `first` on.
static inline void rescale_values(const struct rescale_arguments *arguments, size_t first) {
    for (size_t index = first; index < arguments->count; index++) {
        const ptrdiff_t place = (ptrdiff_t)index;
        const int32_t value =
            value_at(arguments->input, place, arguments->input_is_16, arguments->input_zero_point);
        store_value(
            arguments->output, place, arguments->output_is_16,
            rounded_output(
                scaled(value, arguments->factor), arguments->zero_point, arguments->minimum, arguments->maximum));
    }
}

/// The values of addition_kernel from `first` on.
static inline void add_values(const struct addition_arguments *arguments, size_t first) {
    for (size_t index = first; index < arguments->count; index++) {
        const ptrdiff_t place = (ptrdiff_t)index;
        const int32_t a = value_at(arguments->a, place, arguments->a_is_16, arguments->a_zero_point);
        const int32_t b = value_at(arguments->b, place, arguments->b_is_16, arguments->b_zero_point);
        store_value(
            arguments->output, place, arguments->output_is_16,
            rounded_output(
                scaled_sum(a, arguments->a_factor, b, arguments->b_factor), arguments->zero_point,
                arguments->minimum, arguments->maximum));
    }
}

/// What a function of arithmetic_kernel makes of two values less their zero points, in steps of the output's scale.
static inline float combined(const struct arithmetic_arguments *arguments, int32_t a, int32_t b) {
    if (arguments->function == PLAIN_MULTIPLY) { return scaled(a * b, arguments->a_factor); }
    if (arguments->function == PLAIN_ADD) { return scaled_sum(a, arguments->a_factor, b, arguments->b_factor); }
    const float first = scaled(a, arguments->a_factor);
    const float second = scaled(b, arguments->b_factor);
    const int is_first = arguments->function == PLAIN_MINIMUM ? first < second : first > second;
    return is_first ? first : second;
}

/// One row of arithmetic_kernel, from value `first` on.
static inline void combine_values(const struct arithmetic_arguments *arguments, int32_t row, int32_t first) {
    const char *left = (const char *)arguments->a + row * arguments->a_stride;
    const char *right = (const char *)arguments->b + row * arguments->b_stride;
    char *output = (char *)arguments->output + row * arguments->output_stride;
    for (int32_t place = first; place < arguments->count; place++) {
        const int32_t a = value_at(left, place * arguments->a_step, arguments->a_is_16, arguments->a_zero_point);
        const int32_t b = value_at(right, place * arguments->b_step, arguments->b_is_16, arguments->b_zero_point);
        store_value(
            output, place, arguments->output_is_16,
            rounded_output(
                combined(arguments, a, b), arguments->zero_point, arguments->minimum, arguments->maximum));
    }
}

#endif
