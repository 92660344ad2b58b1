// Sums to values of 8 or 16 bits, with an addend or without, NEON: eight channels at a time.
#if defined(__aarch64__)
#include "../reference/elements.h"
#include "../rows.h"
#include "values.h"

/// All pixels; what the values are is constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct requantize_arguments *arguments, const int output_is_16, const int has_addend, const int addend_is_16
) {
    const int32x4_t zero_point = vdupq_n_s32(arguments->zero_point);
    const float32x4_t lower = vdupq_n_f32((float)(arguments->minimum - arguments->zero_point));
    const int32x4_t addend_zero_point = vdupq_n_s32(arguments->addend_zero_point);
    const struct floats addend_scale = all_floats(arguments->addend_scale);
    const int32_t whole = arguments->channels / LANES * LANES;
    for (ptrdiff_t pixel = 0; pixel < arguments->pixels; pixel++) {
        const int32_t *sums = arguments->sums + pixel * arguments->sums_stride;
        const char *addend = (const char *)arguments->addend;
        if (has_addend) { addend += pixel * arguments->addend_stride; }
        char *output = (char *)arguments->output + pixel * arguments->output_stride;
        for (int32_t channel = 0; channel < whole; channel += LANES) {
            const struct floats sum = {
                {vcvtq_f32_s32(vld1q_s32(sums + channel)), vcvtq_f32_s32(vld1q_s32(sums + channel + 4))}};
            struct floats value = times(sum, load_floats(arguments->scale + channel));
            if (has_addend) {
                const struct floats added = load_values(addend, channel, addend_is_16, addend_zero_point);
                value = plus(value, times(added, addend_scale));
            }
            const struct floats upper = load_floats(arguments->upper + channel);
            store_values(output, channel, output_is_16, rounded_between(value, lower, upper, zero_point));
        }
        if (whole < arguments->channels) { requantize_channels(arguments, pixel, whole); }
    }
}

static inline __attribute__((always_inline)) void run_output(
    const struct requantize_arguments *arguments, const int output_is_16
) {
    if (!arguments->addend) {
        run(arguments, output_is_16, 0, 0);
    } else if (arguments->addend_is_16) {
        run(arguments, output_is_16, 1, 1);
    } else {
        run(arguments, output_is_16, 1, 0);
    }
}

void requantize_s32s8s16_neon(const struct requantize_arguments *arguments) {
    if (arguments->output_is_16) {
        run_output(arguments, 1);
    } else {
        run_output(arguments, 0);
    }
}
#endif
