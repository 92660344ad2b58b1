// The sum of two tensors, NEON: eight values at a time.
#if defined(__aarch64__)
#include "../reference/elements.h"
#include "../rows.h"
#include "values.h"

/// Eights of values; the inputs' widths are constant where this is inlined. Returns how many are done.
static inline __attribute__((always_inline)) size_t run(
    const struct addition_arguments *arguments, const int a_is_16, const int b_is_16
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const int32x4_t a_zero_point = vdupq_n_s32(arguments->a_zero_point);
    const int32x4_t b_zero_point = vdupq_n_s32(arguments->b_zero_point);
    const struct floats a_factor = all_floats(arguments->a_factor);
    const struct floats b_factor = all_floats(arguments->b_factor);
    size_t index = 0;
    for (; index + LANES <= arguments->count; index += LANES) {
        const ptrdiff_t place = (ptrdiff_t)index;
        const struct floats a = times(load_values(arguments->a, place, a_is_16, a_zero_point), a_factor);
        const struct floats b = times(load_values(arguments->b, place, b_is_16, b_zero_point), b_factor);
        const struct integers rounded = rounded_within(plus(a, b), &bounds);
        store_values(arguments->output, place, arguments->output_is_16, rounded);
    }
    return index;
}

void addition_s8s16_neon(const struct addition_arguments *arguments) {
    size_t done;
    if (arguments->a_is_16) {
        done = arguments->b_is_16 ? run(arguments, 1, 1) : run(arguments, 1, 0);
    } else {
        done = arguments->b_is_16 ? run(arguments, 0, 1) : run(arguments, 0, 0);
    }
    add_values(arguments, done);
}
#endif
