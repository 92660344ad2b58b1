// The inner loops of float convolutions: tiles of a few places by 16 filters that live in registers, read straight from
// the picture. Compiled twice on x86: with fused multiply-add on vectors of eight, and for every processor.
#ifndef CCONVOLUTION_H
#define CCONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The places of a window on a picture, row by row. Steps are distances in floats.
struct convolution_places {
    /// The first float under the first place.
    const float *_Nonnull picture;
    int32_t rows;
    int32_t columns;
    ptrdiff_t row_step;
    ptrdiff_t column_step;
    /// Under a place lie `runs` runs of `depth` floats: a row of the window each.
    int32_t runs;
    int32_t depth;
    ptrdiff_t run_step;
};

/// For each place: the products with a panel of 16 filters, summed, and added to `bias` (16 floats), or without one to
/// what `results` holds; then what is below zero set to zero where `clamps`.
///
/// `weights` are runs*depth rows of 16 filters. The results of a place begin `result_step` floats after those of the
/// one before; `filters` (1 ... 16) of them are written, though 16 may be read.
void convolution_forward(const struct convolution_places *_Nonnull places, const float *_Nonnull weights,
                         const float *_Nullable bias, bool clamps, float *_Nonnull results, ptrdiff_t result_step,
                         int32_t filters);

/// Adds to `sums`, runs*depth rows of 16 filters, the products of what lies under a place with the 16 floats of
/// `gradients` that belong to it, for all places; these begin `gradient_step` floats after those of the place before.
void convolution_weights(const struct convolution_places *_Nonnull places, const float *_Nonnull gradients,
                         ptrdiff_t gradient_step, float *_Nonnull sums);

#endif
