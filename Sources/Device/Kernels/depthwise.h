// The walk of a depthwise convolution over a row of pixels, 16 channels at a time, for the vector kernels. What they
// add up is a group: GROUP neighbouring rows of a kernel column, side by side for each channel. The file that includes
// this defines before, for its instruction set:
//
//   GROUP                  rows of a group: 4 or 2, as its layout's depths
//   VECTORS                vectors of 16 sums
//   vector                 one of them
//   struct group           the rows of 16 channels
//   lanes                  a shuffle of 16 bytes
//   load_lanes             16 bytes as lanes
//   join_rows              the group of GROUP rows, each shuffled where `spread` (a constant) is set
//   add_group              adds a group times its weights to 16 sums
//   start, finish          bias to sums, and sums to bytes
#ifndef KERNELS_DEPTHWISE_H
#define KERNELS_DEPTHWISE_H

#include "include/Kernels.h"

#define INLINED static inline __attribute__((always_inline))

enum { CHANNELS = 16, GROUP_WEIGHTS = CHANNELS * GROUP, TILE = 4 };

/// How the windows of neighbouring pixels lie, for kernels of 3 x 3 and 5 x 5: what they share is made once.
enum windows {
    /// Of any size, each by itself, with input channels that are spread over several output channels, or not.
    WINDOWS_ANY,
    WINDOWS_SPREAD,
    WINDOWS_3_STEP_1,
    WINDOWS_3_STEP_2,
    WINDOWS_5_STEP_1,
    WINDOWS_5_STEP_2,
};

/// 16 channels of a row of pixels.
struct panel {
    const struct depthwise_arguments *whole;
    const activation_t *input;
    const int8_t *weights;
    const int32_t *bias;
    enum windows windows;
    lanes order;
    /// The end of a convolution with the same outputs.
    struct convolution_arguments output;
};

/// Rows `first` ..< `first` + GROUP of a kernel column. Beyond the last row stands that row again, with zero weights.
INLINED struct group load_group(
    const struct panel *panel, const int rows, const activation_t *column, const int first, const int spread
) {
    const activation_t *places[GROUP];
#pragma clang loop unroll(full)
    for (int row = 0; row < GROUP; row++) {
        const int place = first + row < rows ? first + row : rows - 1;
        places[row] = column + place * panel->whole->row_stride;
    }
    return join_rows(places, spread, panel->order);
}

/// Sums of TILE windows of `size` x `size`, `step` columns apart. With constants for both all loops unroll.
INLINED void sum_overlapping(
    const struct panel *panel, const int size, const int step, const activation_t *input, vector sums[][VECTORS]
) {
    const int groups = (size + GROUP - 1) / GROUP;
#pragma clang loop unroll(full)
    for (int column = 0; column < (TILE - 1) * step + size; column++, input += panel->whole->column_stride) {
#pragma clang loop unroll(full)
        for (int group = 0; group < groups; group++) {
            const struct group rows = load_group(panel, size, input, group * GROUP, 0);
#pragma clang loop unroll(full)
            for (int pixel = 0; pixel < TILE; pixel++) {
                const int place = column - pixel * step;
                if (place < 0 || place >= size) { continue; }
                add_group(sums[pixel], &rows, panel->weights + (place * groups + group) * GROUP_WEIGHTS);
            }
        }
    }
}

/// Sums of `pixels` (a constant where this is inlined) windows of any size.
INLINED void sum_apart(
    const struct panel *panel, const int pixels, const int spread, const activation_t *input, vector sums[][VECTORS]
) {
    const struct depthwise_arguments *whole = panel->whole;
    const int8_t *weights = panel->weights;
    for (int column = 0; column < whole->columns; column++, input += whole->column_stride) {
        for (int row = 0; row < whole->rows; row += GROUP, weights += GROUP_WEIGHTS) {
#pragma clang loop unroll(full)
            for (int pixel = 0; pixel < pixels; pixel++) {
                const struct group rows =
                    load_group(panel, whole->rows, input + pixel * whole->pixel_stride, row, spread);
                add_group(sums[pixel], &rows, weights);
            }
        }
    }
}

/// TILE neighbouring pixels from `first` on.
INLINED void convolve_tile(const struct panel *panel, ptrdiff_t first) {
    const activation_t *input = panel->input + first * panel->whole->pixel_stride;
    vector sums[TILE][VECTORS];
    start(TILE, sums, panel->bias);
    switch (panel->windows) {
        case WINDOWS_ANY: sum_apart(panel, TILE, 0, input, sums); break;
        case WINDOWS_SPREAD: sum_apart(panel, TILE, 1, input, sums); break;
        case WINDOWS_3_STEP_1: sum_overlapping(panel, 3, 1, input, sums); break;
        case WINDOWS_3_STEP_2: sum_overlapping(panel, 3, 2, input, sums); break;
        case WINDOWS_5_STEP_1: sum_overlapping(panel, 5, 1, input, sums); break;
        case WINDOWS_5_STEP_2: sum_overlapping(panel, 5, 2, input, sums); break;
    }
    struct convolution_arguments output = panel->output;
    output.output += first * output.output_stride;
    finish(TILE, sums, &output);
}

/// One pixel.
INLINED void convolve_pixel(const struct panel *panel, ptrdiff_t pixel) {
    const activation_t *input = panel->input + pixel * panel->whole->pixel_stride;
    vector sums[1][VECTORS];
    start(1, sums, panel->bias);
    if (panel->windows == WINDOWS_SPREAD) {
        sum_apart(panel, 1, 1, input, sums);
    } else {
        sum_apart(panel, 1, 0, input, sums);
    }
    struct convolution_arguments output = panel->output;
    output.output += pixel * output.output_stride;
    finish(1, sums, &output);
}

/// All pixels in tiles, of which the last one may compute some again; fewer than a tile one by one.
INLINED void convolve_panel(const struct panel *panel) {
    const ptrdiff_t pixels = panel->whole->pixels;
    for (ptrdiff_t first = 0; first < pixels; first += pixels < TILE ? 1 : TILE) {
        if (pixels < TILE) {
            convolve_pixel(panel, first);
        } else {
            convolve_tile(panel, first + TILE < pixels ? first : pixels - TILE);
        }
    }
}

INLINED enum windows windows_of(const struct depthwise_arguments *whole) {
    if (whole->multiplier > 1) { return WINDOWS_SPREAD; }
    const int size = whole->rows == whole->columns ? whole->rows : 0;
    if (whole->pixel_stride == whole->column_stride) {
        if (size == 3) { return WINDOWS_3_STEP_1; }
        if (size == 5) { return WINDOWS_5_STEP_1; }
    } else if (whole->pixel_stride == 2 * whole->column_stride) {
        if (size == 3) { return WINDOWS_3_STEP_2; }
        if (size == 5) { return WINDOWS_5_STEP_2; }
    }
    return WINDOWS_ANY;
}

/// Which of 16 input channels from `first` / multiplier on each of 16 output channels from `first` on reads.
static lanes channel_order(int32_t first, int32_t multiplier) {
    uint8_t order[CHANNELS];
    int32_t outputs = first % multiplier;
    uint8_t input = 0;
    for (int32_t channel = 0; channel < CHANNELS; channel++) {
        order[channel] = input;
        if (++outputs == multiplier) {
            outputs = 0;
            input++;
        }
    }
    return load_lanes(order);
}

/// All of a row.
INLINED void convolve_channels(const struct depthwise_arguments *whole) {
    const ptrdiff_t panel_size = (ptrdiff_t)whole->columns * ((whole->rows + GROUP - 1) / GROUP) * GROUP_WEIGHTS;
    for (int32_t first = 0; first < whole->channels; first += CHANNELS) {
        const int32_t rest = whole->channels - first;
        struct panel panel = {
            .whole = whole,
            .input = whole->input + (whole->multiplier > 1 ? first / whole->multiplier : first),
            .weights = whole->weights + first / CHANNELS * panel_size,
            .bias = whole->bias + first,
            .windows = windows_of(whole),
            .output = {
                .scale = whole->scale + first,
                .output = whole->output + first,
                .output_stride = whole->output_stride,
                .channels = rest < CHANNELS ? rest : CHANNELS,
                .zero_point = whole->zero_point,
                .minimum = whole->minimum,
                .maxima = whole->maxima + first,
            },
        };
        if (whole->multiplier > 1) { panel.order = channel_order(first, whole->multiplier); }
        convolve_panel(&panel);
    }
}

#endif
