// The affine step of a group norm, and the function after it, NEON: eight channels at a time.
#if defined(__aarch64__)
#include "../reference/elements.h"
#include "../rows.h"
#include "values.h"

static inline __attribute__((always_inline)) void look_up(
    uint8_t *output, const uint8_t *table, struct integers entries
) {
    int32_t places[LANES];
    vst1q_s32(places, entries.half[0]);
    vst1q_s32(places + 4, entries.half[1]);
#pragma clang loop unroll(full)
    for (int lane = 0; lane < LANES; lane++) {
        output[lane] = table[places[lane]];
    }
}

/// All pixels; what the values are is constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct normalize_arguments *arguments, const int input_is_16, const int has_table, const int output_is_16
) {
    const struct bounds bounds = has_table
        ? (struct bounds){vdupq_n_f32(-2048), vdupq_n_f32(2047), vdupq_n_s32(2048)}
        : make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const int32x4_t input_zero_point = vdupq_n_s32(arguments->input_zero_point);
    const int32_t whole = arguments->channels / LANES * LANES;
    for (ptrdiff_t pixel = 0; pixel < arguments->pixels; pixel++) {
        const ptrdiff_t place = pixel * arguments->channels;
        for (int32_t channel = 0; channel < whole; channel += LANES) {
            const struct floats value = load_values(arguments->input, place + channel, input_is_16, input_zero_point);
            const struct floats product = times(value, load_floats(arguments->factors + channel));
            const struct floats result = plus(product, load_floats(arguments->offsets + channel));
            const struct integers rounded = rounded_within(result, &bounds);
            if (has_table) {
                look_up((uint8_t *)arguments->output + place + channel, arguments->table, rounded);
            } else {
                store_values(arguments->output, place + channel, output_is_16, rounded);
            }
        }
        if (whole < arguments->channels) { normalize_channels(arguments, pixel, whole); }
    }
}

static inline __attribute__((always_inline)) void run_input(
    const struct normalize_arguments *arguments, const int input_is_16
) {
    if (arguments->table) {
        run(arguments, input_is_16, 1, 0);
    } else if (arguments->output_is_16) {
        run(arguments, input_is_16, 0, 1);
    } else {
        run(arguments, input_is_16, 0, 0);
    }
}

void normalize_s8s16_neon(const struct normalize_arguments *arguments) {
    if (arguments->input_is_16) {
        run_input(arguments, 1);
    } else {
        run_input(arguments, 0);
    }
}
#endif
