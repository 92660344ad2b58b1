// The micro-kernels: the body of a tile and nothing more. Loops over tiles, packing, threads and plans are Swift
// (Inference). What each kernel computes is docs/arithmetic.md, to the bit; reference/ is its definition in C.
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

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
    int32_t maximum;
};
/// `pixels`: 1 ... tile_pixels of the row.
typedef void (*convolution_kernel)(int32_t pixels, const struct convolution_arguments *_Nonnull arguments);

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

enum kernel_operation {
    KERNEL_CONVOLUTION = 1,
    KERNEL_AVERAGE_POOL = 2,
    KERNEL_MAX_POOL = 3,
    KERNEL_TABLE = 4,
    KERNEL_SOFTMAX = 5,
};

/// One kernel of one set: tests, benchmarks and the choice at run time all read these rows. The function of the row's
/// operation is set, the others are null.
struct kernel_row {
    const char *_Nonnull name;
    enum kernel_operation operation;
    enum kernel_set set;
    /// Convolution: the largest tile and how its weights lie.
    int32_t tile_pixels;
    int32_t tile_channels;
    enum weight_layout layout;
    convolution_kernel _Nullable convolution;
    pool_kernel _Nullable pool;
    table_kernel _Nullable table;
    softmax_kernel _Nullable softmax;
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
/// workstations. Every convolution row's `layout` is its set's.
enum weight_layout kernel_set_layout(int32_t set);
/// Whether this build has kernels of the set and this processor can run them.
int32_t kernel_set_runs(int32_t set);
/// The strongest set that runs here.
enum kernel_set kernel_set_best(void);

/// Sets round-to-nearest, no flush-to-zero, no exception traps; returns the caller's state for `float_state_restore`.
uint64_t float_state_enter(void);
void float_state_restore(uint64_t state);

#endif
