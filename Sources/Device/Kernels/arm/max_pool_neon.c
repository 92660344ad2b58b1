// Largest value of a window, NEON: 16 channels at a time, then up to eight.
#if defined(__aarch64__)
#include "../rows.h"
#include "pack.h"

enum { WIDE = 16, NARROW = 8 };

static inline int8x16_t window_maxima_wide(const struct pool_arguments *arguments, int32_t channel) {
    int8x16_t largest = vdupq_n_s8(INT8_MIN);
    for (int32_t row = 0; row < arguments->rows; row++) {
        const int8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            largest = vmaxq_s8(largest, vld1q_s8(pixel));
        }
    }
    return largest;
}

static inline int8x8_t window_maxima_narrow(const struct pool_arguments *arguments, int32_t channel, int32_t lanes) {
    int8x8_t largest = vdup_n_s8(INT8_MIN);
    for (int32_t row = 0; row < arguments->rows; row++) {
        const int8_t *pixel = arguments->input + row * arguments->row_stride + channel;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            largest = vmax_s8(largest, load_bytes(pixel, lanes));
        }
    }
    return largest;
}

void max_pool_s8_neon(const struct pool_arguments *arguments) {
    const int8x16_t minimum = vdupq_n_s8((int8_t)arguments->minimum);
    const int8x16_t maximum = vdupq_n_s8((int8_t)arguments->maximum);
    int32_t channel = 0;
    for (; channel + WIDE <= arguments->channels; channel += WIDE) {
        const int8x16_t largest = vmaxq_s8(window_maxima_wide(arguments, channel), minimum);
        vst1q_s8(arguments->output + channel, vminq_s8(largest, maximum));
    }
    for (; channel < arguments->channels; channel += NARROW) {
        const int32_t rest = arguments->channels - channel;
        const int32_t lanes = rest < NARROW ? rest : NARROW;
        const int8x8_t narrow = window_maxima_narrow(arguments, channel, lanes);
        const int8x16_t largest = vmaxq_s8(vcombine_s8(narrow, narrow), minimum);
        store_channels(arguments->output + channel, vminq_s8(largest, maximum), lanes);
    }
}
#endif
