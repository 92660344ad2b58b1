// Sum and sum of squares of a group of channels, NEON: eight channels of a pixel at a time.
#if defined(__aarch64__)
#include "../reference/arithmetic.h"
#include "../rows.h"
#include <arm_neon.h>

enum { LANES = 8 };

/// Partial sums of each kind. A partial sum of at most 2^14 values fits 32 bits.
struct partial {
    int32x4_t sums;
    uint64x2_t squares;
};

static inline __attribute__((always_inline)) void add_eight(
    struct partial *partial, const char *values, const int is_16, int16x8_t zero_point
) {
    int16x8_t words;
    if (is_16) {
        __builtin_memcpy(&words, values, sizeof words);
    } else {
        words = vsubq_s16(vmovl_s8(vld1_s8((const int8_t *)values)), zero_point);
    }
    partial->sums = vpadalq_s16(partial->sums, words);
    // Two squares are below 2^32, so their sum counts as unsigned.
    const int32x4_t low = vmull_s16(vget_low_s16(words), vget_low_s16(words));
    const int32x4_t squares = vmlal_high_s16(low, words, words);
    partial->squares = vpadalq_u32(partial->squares, vreinterpretq_u32_s32(squares));
}

/// What is left of a pixel when its eights are taken, for groups that are no multiple of eight.
static inline void add_rest(const struct group_sums_arguments *arguments, const char *pixel, int32_t first) {
    for (int32_t channel = first; channel < arguments->channels; channel++) {
        const int64_t value = value_at(pixel, channel, arguments->is_16, arguments->zero_point);
        *arguments->sum += value;
        *arguments->square_sum += value * value;
    }
}

/// The width is a constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct group_sums_arguments *arguments, const int is_16
) {
    const int32_t whole = arguments->channels / LANES * LANES;
    const int16x8_t zero_point = vdupq_n_s16((int16_t)arguments->zero_point);
    struct partial partial = {vdupq_n_s32(0), vdupq_n_u64(0)};
    *arguments->sum = 0;
    *arguments->square_sum = 0;
    for (int32_t row = 0; row < arguments->rows; row++) {
        const char *pixel = (const char *)arguments->input + row * arguments->row_stride;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            for (int32_t channel = 0; channel < whole; channel += LANES) {
                add_eight(&partial, pixel + channel * (is_16 ? 2 : 1), is_16, zero_point);
            }
            if (whole < arguments->channels) { add_rest(arguments, pixel, whole); }
        }
    }
    *arguments->sum += vaddlvq_s32(partial.sums);
    *arguments->square_sum += (int64_t)vaddvq_u64(partial.squares);
}

void group_sums_s8s16_neon(const struct group_sums_arguments *arguments) {
    if (arguments->is_16) {
        run(arguments, 1);
    } else {
        run(arguments, 0);
    }
}
#endif
