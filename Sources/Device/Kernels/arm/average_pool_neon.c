// Average of a window, NEON: eight channels at a time in 32-bit sums.
#if defined(__aarch64__)
#include "../rows.h"
#include "pack.h"

enum { LANES = 8 };

static inline int32x4x2_t window_sums(const struct pool_arguments *arguments, int32_t channel, int32_t lanes) {
    int32x4x2_t sums = {{vdupq_n_s32(0), vdupq_n_s32(0)}};
    for (int32_t row = 0; row < arguments->rows; row++) {
        const int8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            const int16x8_t values = vmovl_s8(load_bytes(pixel, lanes));
            sums.val[0] = vaddw_s16(sums.val[0], vget_low_s16(values));
            sums.val[1] = vaddw_high_s16(sums.val[1], values);
        }
    }
    return sums;
}

/// sums / count, half away from zero: truncated (|sum| + count / 2 + 0.5) * (1 / count). Both error terms stay below
/// the 0.5 / count that lies between the product and the next integer while (|sum| + count / 2) < 2^22.
static inline int32x4_t averages(int32x4_t sums, int32_t count) {
#pragma STDC FP_CONTRACT OFF
    const int32x4_t magnitude = vaddq_s32(vabsq_s32(sums), vdupq_n_s32(count / 2));
    const float32x4_t raised = vaddq_f32(vcvtq_f32_s32(magnitude), vdupq_n_f32(0.5f));
    const int32x4_t quotient = vcvtq_s32_f32(vmulq_f32(raised, vdupq_n_f32(1.0f / (float)count)));
    const int32x4_t sign = vshrq_n_s32(sums, 31);
    return vsubq_s32(veorq_s32(quotient, sign), sign);
}

void average_pool_s8_neon(const struct pool_arguments *arguments) {
    const int32x4_t minimum = vdupq_n_s32(arguments->minimum);
    const int32x4_t maximum = vdupq_n_s32(arguments->maximum);
    for (int32_t channel = 0; channel < arguments->channels; channel += LANES) {
        const int32_t rest = arguments->channels - channel;
        const int32_t lanes = rest < LANES ? rest : LANES;
        const int32x4x2_t sums = window_sums(arguments, channel, lanes);
        int32x4_t low = averages(sums.val[0], arguments->count);
        int32x4_t high = averages(sums.val[1], arguments->count);
        low = vminq_s32(vmaxq_s32(low, minimum), maximum);
        high = vminq_s32(vmaxq_s32(high, minimum), maximum);
        const int8x8_t bytes = vmovn_s16(vcombine_s16(vmovn_s32(low), vmovn_s32(high)));
        store_channels(arguments->output + channel, vcombine_s8(bytes, bytes), lanes);
    }
}
#endif
