// Another scale for every value, NEON: eight at a time.
#if defined(__aarch64__)
#include "../reference/elements.h"
#include "../rows.h"
#include "values.h"

/// Eights of values; their widths are constant where this is inlined. Returns how many are done.
static inline __attribute__((always_inline)) size_t run(
    const struct rescale_arguments *arguments, const int input_is_16, const int output_is_16
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const int32x4_t input_zero_point = vdupq_n_s32(arguments->input_zero_point);
    const struct floats factor = all_floats(arguments->factor);
    size_t index = 0;
    for (; index + LANES <= arguments->count; index += LANES) {
        const struct floats value = load_values(arguments->input, (ptrdiff_t)index, input_is_16, input_zero_point);
        const struct integers rounded = rounded_within(times(value, factor), &bounds);
        store_values(arguments->output, (ptrdiff_t)index, output_is_16, rounded);
    }
    return index;
}

void rescale_s8s16_neon(const struct rescale_arguments *arguments) {
    size_t done;
    if (arguments->input_is_16) {
        done = arguments->output_is_16 ? run(arguments, 1, 1) : run(arguments, 1, 0);
    } else {
        done = arguments->output_is_16 ? run(arguments, 0, 1) : run(arguments, 0, 0);
    }
    rescale_values(arguments, done);
}
#endif
