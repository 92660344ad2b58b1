// The micro-kernels: the body of a tile and nothing more. Loops over tiles, packing, threads and plans are Swift
// (Inference). What each kernel computes is docs/arithmetic.md, to the bit; reference/ is its definition in C.
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "Plain.h"

// An activation as it lies in memory: the logical signed value plus ACTIVATION_OFFSET. x86 keeps unsigned bytes because
// its dot products take unsigned by signed, ARM keeps signed ones.
#if defined(__x86_64__)
typedef uint8_t activation_t;
#define ACTIVATION_OFFSET 128
#else
typedef int8_t activation_t;
#define ACTIVATION_OFFSET 0
#endif
/// ACTIVATION_OFFSET as a function, since Swift on the boards imports no such macro with its meaning.
static inline int32_t activation_offset(void) { return ACTIVATION_OFFSET; }

/// Instruction sets, weakest first within an architecture. The numbers stand in .edge files (packed sections).
enum kernel_set {
    KERNEL_SET_SCALAR = 0,
    KERNEL_SET_AVX2 = 1,
    KERNEL_SET_AVXVNNI = 2,
    KERNEL_SET_AVX512VNNI = 3,
    KERNEL_SET_NEON = 16,
    KERNEL_SET_DOTPROD = 17,
};

/// How weights lie in panels of 16 output channels; `depth` bytes of every tap, then the next tap. The numbers stand in
/// .edge files. Missing channels and depths are zero.
enum weight_layout {
    WEIGHT_LAYOUT_NONE = 0,
    /// [channels/16][tap][depth/4][16 channels][4 depths], depth rounded up to 4.
    WEIGHT_LAYOUT_QUADS = 1,
    /// [channels/16][tap][depth/2][16 channels][2 depths], depth rounded up to 2.
    WEIGHT_LAYOUT_PAIRS = 2,
};

/// One tile of a convolution or of a dense layer: up to `pixels` output pixels by `channels` output channels.
struct convolution_arguments {
    /// First byte of the first tap of the first pixel. Up to 64 bytes after the last byte needed may be read.
    const activation_t *_Nonnull input;
    /// Bytes from one pixel's first tap to the next pixel's.
    ptrdiff_t pixel_stride;
    /// `taps` byte offsets from a pixel's first byte. A tap is a run of bytes: a kernel row, KW x C of them.
    const int32_t *_Nonnull tap_offsets;
    int32_t taps;
    /// Bytes of a tap, rounded up as the layout says.
    int32_t depth;
    /// The first panel of 16 channels; the next one lies `panel_stride` bytes on.
    const int8_t *_Nonnull weights;
    ptrdiff_t panel_stride;
    /// One a channel, readable to the end of the last panel of 16. `bias` holds the compensation of the input's zero
    /// point in memory: bias - (zero_point_in + ACTIVATION_OFFSET) * sum(w).
    const int32_t *_Nonnull bias;
    const float *_Nonnull scale;
    /// First channel of the first pixel; pixels lie `output_stride` bytes apart. Only `channels` bytes a pixel are
    /// written.
    activation_t *_Nonnull output;
    ptrdiff_t output_stride;
    /// 1 ... tile_channels of the row.
    int32_t channels;
    /// Of the output, as in memory (ACTIVATION_OFFSET added).
    int32_t zero_point;
    int32_t minimum;
    /// The same, one a channel, readable to the end of the last panel of 16.
    const activation_t *_Nonnull maxima;
};
/// `pixels`: 1 ... tile_pixels of the row.
typedef void (*convolution_kernel)(int32_t pixels, const struct convolution_arguments *_Nonnull arguments);

/// One output row of a depthwise convolution, all channels: output channel n is computed from input channel
/// n / multiplier alone.
struct depthwise_arguments {
    /// First channel of the first kernel place of the first output pixel. Up to 64 bytes after the last byte needed may
    /// be read.
    const activation_t *_Nonnull input;
    /// Bytes from one output pixel's first kernel place to the next one's.
    ptrdiff_t pixel_stride;
    /// Bytes between neighbouring places of the kernel.
    ptrdiff_t row_stride;
    ptrdiff_t column_stride;
    /// The kernel, at least 1 x 1.
    int32_t rows;
    int32_t columns;
    /// Output channels of an input channel, at least 1.
    int32_t multiplier;
    /// Output pixels and their channels, at least 1.
    int32_t pixels;
    int32_t channels;
    /// Panels as of a convolution in which each kernel column is a tap and its rows are the depths.
    const int8_t *_Nonnull weights;
    /// One a channel, readable to the end of the last panel of 16, compensated as for convolution_kernel.
    const int32_t *_Nonnull bias;
    const float *_Nonnull scale;
    activation_t *_Nonnull output;
    ptrdiff_t output_stride;
    /// Of the output, as in memory; of maxima one a channel, readable to the end of the last panel of 16.
    int32_t zero_point;
    int32_t minimum;
    const activation_t *_Nonnull maxima;
};
typedef void (*depthwise_kernel)(const struct depthwise_arguments *_Nonnull arguments);

/// One output pixel of a pool, all channels. The window is already clipped to the picture.
struct pool_arguments {
    const activation_t *_Nonnull input;
    ptrdiff_t row_stride;
    ptrdiff_t pixel_stride;
    /// The window, at least 1 x 1, and at most 1024 pixels for an average.
    int32_t rows;
    int32_t columns;
    int32_t channels;
    activation_t *_Nonnull output;
    /// Average: what the sum is divided by, 1 ... 1024.
    int32_t count;
    /// Of the output, as in memory.
    int32_t minimum;
    int32_t maximum;
};
typedef void (*pool_kernel)(const struct pool_arguments *_Nonnull arguments);

/// output[i] = table[input[i]] for bytes as they lie in memory; `output` may be `input`.
typedef void (*table_kernel)(const uint8_t *_Nonnull input, uint8_t *_Nonnull output, size_t count,
                             const uint8_t *_Nonnull table);

/// Softmax over `count` neighbouring values.
struct softmax_arguments {
    const activation_t *_Nonnull input;
    activation_t *_Nonnull output;
    int32_t count;
    /// 256 entries: round(2^23 * exp(-input_scale * d)), made by the compiler.
    const int32_t *_Nonnull exponentials;
    /// Float(1 / output_scale).
    float inverse_output_scale;
    /// Of the output, as in memory.
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
};
typedef void (*softmax_kernel)(const struct softmax_arguments *_Nonnull arguments);

// Below, a value has 8 bits or 16: `…_is_16` says which. 8 bits lie in memory as activation_t, 16 as a plain int16_t at
// any even address. Zero points and bounds are as in memory: with ACTIVATION_OFFSET for 8 bits, plain for 16. Nothing
// is read or written beyond the values named, and an output overlaps no input.

/// One tile of a convolution as for convolution_kernel, left as sums: for inputs of 16 bits, and where more than a
/// scale follows. Weights of 16-bit inputs lie in WEIGHT_LAYOUT_PAIRS whatever the set.
struct convolution_sums_arguments {
    /// First value of the first tap of the first pixel: activation_t, or int16_t for KERNEL_CONVOLUTION_SUMS_16. Up to
    /// 64 bytes after the last byte needed may be read.
    const void *_Nonnull input;
    /// Bytes from one pixel's first tap to the next pixel's.
    ptrdiff_t pixel_stride;
    /// `taps` byte offsets from a pixel's first byte.
    const int32_t *_Nonnull tap_offsets;
    int32_t taps;
    /// Values of a tap, rounded up as the layout says.
    int32_t depth;
    /// The first panel of 16 channels; the next one lies `panel_stride` bytes on.
    const int8_t *_Nonnull weights;
    ptrdiff_t panel_stride;
    /// One a channel, to the end of the last panel of 16, compensated as for convolution_kernel.
    const int32_t *_Nonnull bias;
    /// First channel of the first pixel. All channels of each panel that holds one of `channels` are written.
    int32_t *_Nonnull sums;
    /// Sums from one pixel to the next, a multiple of 16.
    ptrdiff_t sums_stride;
    /// 1 ... tile_channels of the row.
    int32_t channels;
};
/// `pixels`: 1 ... tile_pixels of the row.
typedef void (*convolution_sums_kernel)(int32_t pixels, const struct convolution_sums_arguments *_Nonnull arguments);

/// Sums, and where there is one an addend, to values.
struct requantize_arguments {
    const int32_t *_Nonnull sums;
    /// Sums from one pixel to the next.
    ptrdiff_t sums_stride;
    int32_t pixels;
    int32_t channels;
    /// One a channel.
    const float *_Nonnull scale;
    void *_Nonnull output;
    /// Bytes from one pixel to the next.
    ptrdiff_t output_stride;
    int32_t output_is_16;
    /// Null, or the first channel of the first pixel.
    const void *_Nullable addend;
    /// Bytes from one pixel to the next, 0 where all have the same addend.
    ptrdiff_t addend_stride;
    int32_t addend_is_16;
    int32_t addend_zero_point;
    /// Float(addend_scale / output_scale).
    float addend_scale;
    /// Of the output.
    int32_t zero_point;
    int32_t minimum;
    /// One a channel: its upper bound less the zero point.
    const float *_Nonnull upper;
};
typedef void (*requantize_kernel)(const struct requantize_arguments *_Nonnull arguments);

/// Sum and sum of squares over one group of neighbouring channels, of logical values less their zero point; at most
/// 2^16 values.
struct group_sums_arguments {
    const void *_Nonnull input;
    int32_t is_16;
    /// Bytes.
    ptrdiff_t row_stride;
    int32_t rows;
    int32_t columns;
    /// Bytes.
    ptrdiff_t pixel_stride;
    /// Of the group.
    int32_t channels;
    /// 0 for 16 bits.
    int32_t zero_point;
    int64_t *_Nonnull sum;
    int64_t *_Nonnull square_sum;
};
typedef void (*group_sums_kernel)(const struct group_sums_arguments *_Nonnull arguments);

/// float(q) * factor + offset for neighbouring pixels, rounded, or rounded and looked up.
struct normalize_arguments {
    const void *_Nonnull input;
    int32_t input_is_16;
    int32_t input_zero_point;
    int32_t pixels;
    int32_t channels;
    /// One a channel.
    const float *_Nonnull factors;
    const float *_Nonnull offsets;
    void *_Nonnull output;
    int32_t output_is_16;
    /// Null, or 4096 bytes as in memory, within the output's bounds; the output then has 8 bits, and zero point and
    /// bounds are not read.
    const uint8_t *_Nullable table;
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
};
typedef void (*normalize_kernel)(const struct normalize_arguments *_Nonnull arguments);

/// Values of one scale as values of another.
struct rescale_arguments {
    const void *_Nonnull input;
    int32_t input_is_16;
    int32_t input_zero_point;
    /// Float(input_scale / output_scale).
    float factor;
    void *_Nonnull output;
    int32_t output_is_16;
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
    size_t count;
};
typedef void (*rescale_kernel)(const struct rescale_arguments *_Nonnull arguments);

/// The sum of two tensors, value by value.
struct addition_arguments {
    const void *_Nonnull a;
    const void *_Nonnull b;
    int32_t a_is_16;
    int32_t b_is_16;
    int32_t a_zero_point;
    int32_t b_zero_point;
    /// Float(scale / output_scale) of each.
    float a_factor;
    float b_factor;
    void *_Nonnull output;
    int32_t output_is_16;
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
    size_t count;
};
typedef void (*addition_kernel)(const struct addition_arguments *_Nonnull arguments);

/// A function of two tensors, value by value, in rows. An operand may give one value to a whole row, or one row to all.
struct arithmetic_arguments {
    /// PLAIN_ADD, PLAIN_MULTIPLY, PLAIN_MINIMUM or PLAIN_MAXIMUM.
    int32_t function;
    const void *_Nonnull a;
    const void *_Nonnull b;
    int32_t a_is_16;
    int32_t b_is_16;
    int32_t a_zero_point;
    int32_t b_zero_point;
    /// Values from one of a row to the next: 1, or 0 where the whole row reads the first.
    int32_t a_step;
    int32_t b_step;
    /// Bytes from row to row, 0 where all read the first.
    ptrdiff_t a_stride;
    ptrdiff_t b_stride;
    /// Float(scale / output_scale) of each, the second negative for a difference; of a product a_factor alone,
    /// Float(Float(a_scale * b_scale) / output_scale).
    float a_factor;
    float b_factor;
    void *_Nonnull output;
    /// Bytes from row to row.
    ptrdiff_t output_stride;
    int32_t output_is_16;
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
    int32_t rows;
    /// Values of a row.
    int32_t count;
};
typedef void (*arithmetic_kernel)(const struct arithmetic_arguments *_Nonnull arguments);

/// A function of 16 bits, given at every 64th value and straight between.
struct interpolation_arguments {
    const int16_t *_Nonnull input;
    int16_t *_Nonnull output;
    size_t count;
    /// 1025 entries; entry k stands for 64 * k - 32768.
    const int16_t *_Nonnull table;
    int32_t minimum;
    int32_t maximum;
};
typedef void (*interpolation_kernel)(const struct interpolation_arguments *_Nonnull arguments);

enum kernel_operation {
    KERNEL_CONVOLUTION = 1,
    KERNEL_AVERAGE_POOL = 2,
    KERNEL_MAX_POOL = 3,
    KERNEL_TABLE = 4,
    KERNEL_SOFTMAX = 5,
    KERNEL_CONVOLUTION_SUMS = 6,
    KERNEL_CONVOLUTION_SUMS_16 = 7,
    KERNEL_REQUANTIZE = 8,
    KERNEL_GROUP_SUMS = 9,
    KERNEL_NORMALIZE = 10,
    KERNEL_RESCALE = 11,
    KERNEL_ADDITION = 12,
    KERNEL_INTERPOLATION = 13,
    KERNEL_DEPTHWISE = 14,
    KERNEL_ARITHMETIC = 15,
};

/// One kernel of one set: tests, benchmarks and the choice at run time all read these rows. The function of the row's
/// operation is set, the others are null.
struct kernel_row {
    const char *_Nonnull name;
    enum kernel_operation operation;
    enum kernel_set set;
    /// Convolutions: the largest tile, where the kernel takes one, and how its weights lie.
    int32_t tile_pixels;
    int32_t tile_channels;
    enum weight_layout layout;
    convolution_kernel _Nullable convolution;
    depthwise_kernel _Nullable depthwise;
    pool_kernel _Nullable pool;
    table_kernel _Nullable table;
    softmax_kernel _Nullable softmax;
    /// Of KERNEL_CONVOLUTION_SUMS and KERNEL_CONVOLUTION_SUMS_16.
    convolution_sums_kernel _Nullable convolution_sums;
    requantize_kernel _Nullable requantize;
    group_sums_kernel _Nullable group_sums;
    normalize_kernel _Nullable normalize;
    rescale_kernel _Nullable rescale;
    addition_kernel _Nullable addition;
    arithmetic_kernel _Nullable arithmetic;
    interpolation_kernel _Nullable interpolation;
};

/// Number of rows of this architecture; within an operation weakest set first, scalar at the start.
int32_t kernel_row_count(void);
/// Row `index`, 0 ..< kernel_row_count().
const struct kernel_row *_Nonnull kernel_row_at(int32_t index);
/// The best row for an operation that `set` allows: its own, else that of the strongest set below it.
const struct kernel_row *_Nonnull kernel_row_for(enum kernel_operation operation, enum kernel_set set);

/// The name of a set as --kernels takes it, null for a number that is none.
const char *_Nullable kernel_set_name(int32_t set);
/// How the convolution rows of a set read their weights: of any set on any host, since files are packed for boards on
/// workstations. Every convolution row's `layout` is its set's, but for KERNEL_CONVOLUTION_SUMS_16, which is always
/// WEIGHT_LAYOUT_PAIRS.
enum weight_layout kernel_set_layout(int32_t set);
/// Whether this build has kernels of the set and this processor can run them.
int32_t kernel_set_runs(int32_t set);
/// The strongest set that runs here.
enum kernel_set kernel_set_best(void);

/// Sets round-to-nearest, no flush-to-zero, no exception traps; returns the caller's state for `float_state_restore`.
uint64_t float_state_enter(void);
void float_state_restore(uint64_t state);

#endif
