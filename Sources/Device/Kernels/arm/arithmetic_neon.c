// A function of two tensors, NEON: eight values at a time.
#if defined(__aarch64__)
#include "../reference/elements.h"
#include "../rows.h"
#include "values.h"

/// An operand's values of one row: eight at a time, or one for all.
struct operand {
    const char *row;
    int32_t step;
    int32_t is_16;
    int32x4_t zero_point;
    struct floats all;
};

static inline __attribute__((always_inline)) struct operand make_operand(
    const void *values, ptrdiff_t offset, int32_t step, int32_t is_16, int32_t zero_point
) {
    const char *row = (const char *)values + offset;
    return (struct operand){
        .row = row,
        .step = step,
        .is_16 = is_16,
        .zero_point = vdupq_n_s32(zero_point),
        .all = all_floats((float)value_at(row, 0, is_16, zero_point)),
    };
}

static inline __attribute__((always_inline)) struct floats load(const struct operand *operand, ptrdiff_t place) {
    return operand->step ? load_values(operand->row, place, operand->is_16, operand->zero_point) : operand->all;
}

/// The first where it is the smaller, or the larger one, else the second: also where either is no number.
static inline __attribute__((always_inline)) struct floats choose(
    const int32_t function, struct floats first, struct floats second
) {
    struct floats chosen;
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
        const uint32x4_t is_first = function == PLAIN_MINIMUM ? vcltq_f32(first.half[half], second.half[half])
                                                              : vcgtq_f32(first.half[half], second.half[half]);
        chosen.half[half] = vbslq_f32(is_first, first.half[half], second.half[half]);
    }
    return chosen;
}

/// `function` is constant where this is inlined. A product of values is exact, or rounded once as its integer would be.
static inline __attribute__((always_inline)) struct floats combine(
    const int32_t function, struct floats a, struct floats b, struct floats a_factor, struct floats b_factor
) {
    if (function == PLAIN_MULTIPLY) { return times(times(a, b), a_factor); }
    const struct floats first = times(a, a_factor);
    const struct floats second = times(b, b_factor);
    return function == PLAIN_ADD ? plus(first, second) : choose(function, first, second);
}

static inline __attribute__((always_inline)) void run(
    const struct arithmetic_arguments *arguments, const int32_t function
) {
    const struct bounds bounds = make_bounds(arguments->zero_point, arguments->minimum, arguments->maximum);
    const struct floats a_factor = all_floats(arguments->a_factor);
    const struct floats b_factor = all_floats(arguments->b_factor);
    for (int32_t row = 0; row < arguments->rows; row++) {
        const struct operand a = make_operand(
            arguments->a, row * arguments->a_stride, arguments->a_step, arguments->a_is_16, arguments->a_zero_point);
        const struct operand b = make_operand(
            arguments->b, row * arguments->b_stride, arguments->b_step, arguments->b_is_16, arguments->b_zero_point);
        char *output = (char *)arguments->output + row * arguments->output_stride;
        int32_t place = 0;
        for (; place + LANES <= arguments->count; place += LANES) {
            const struct floats steps = combine(function, load(&a, place), load(&b, place), a_factor, b_factor);
            store_values(output, place, arguments->output_is_16, rounded_within(steps, &bounds));
        }
        combine_values(arguments, row, place);
    }
}

void arithmetic_s8s16_neon(const struct arithmetic_arguments *arguments) {
    switch (arguments->function) {
    case PLAIN_MULTIPLY: run(arguments, PLAIN_MULTIPLY); break;
    case PLAIN_MINIMUM: run(arguments, PLAIN_MINIMUM); break;
    case PLAIN_MAXIMUM: run(arguments, PLAIN_MAXIMUM); break;
    default: run(arguments, PLAIN_ADD); break;
    }
}
#endif
