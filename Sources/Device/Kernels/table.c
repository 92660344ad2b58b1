// The rows: which kernels there are, and the choice among them.
#include "processor.h"
#include "rows.h"

static const struct kernel_row rows[] = {
#if defined(__x86_64__)
    {.name = "convolution_u8s8_scalar_4x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS, .convolution = convolution_u8s8_scalar_4x16},
    {.name = "convolution_u8s8_avx2_6x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_AVX2,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS, .convolution = convolution_u8s8_avx2_6x16},
    {.name = "convolution_u8s8_avxvnni_6x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_AVXVNNI,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution = convolution_u8s8_avxvnni_6x16},
    {.name = "convolution_u8s8_avx512vnni_12x32", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_AVX512VNNI,
     .tile_pixels = 12, .tile_channels = 32, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution = convolution_u8s8_avx512vnni_12x32},
    {.name = "depthwise_u8s8_scalar", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_SCALAR,
     .layout = WEIGHT_LAYOUT_QUADS, .depthwise = depthwise_u8s8_scalar},
    {.name = "depthwise_u8s8_avx2", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_AVX2,
     .layout = WEIGHT_LAYOUT_PAIRS, .depthwise = depthwise_u8s8_avx2},
    {.name = "depthwise_u8s8_avxvnni", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_AVXVNNI,
     .layout = WEIGHT_LAYOUT_QUADS, .depthwise = depthwise_u8s8_avxvnni},
    {.name = "depthwise_u8s8_avx512vnni", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_AVX512VNNI,
     .layout = WEIGHT_LAYOUT_QUADS, .depthwise = depthwise_u8s8_avx512vnni},
    {.name = "average_pool_u8_scalar", .operation = KERNEL_AVERAGE_POOL, .set = KERNEL_SET_SCALAR,
     .pool = average_pool_u8_scalar},
    {.name = "average_pool_u8_avx2", .operation = KERNEL_AVERAGE_POOL, .set = KERNEL_SET_AVX2,
     .pool = average_pool_u8_avx2},
    {.name = "max_pool_u8_scalar", .operation = KERNEL_MAX_POOL, .set = KERNEL_SET_SCALAR, .pool = max_pool_u8_scalar},
    {.name = "max_pool_u8_avx2", .operation = KERNEL_MAX_POOL, .set = KERNEL_SET_AVX2, .pool = max_pool_u8_avx2},
    {.name = "table_u8_scalar", .operation = KERNEL_TABLE, .set = KERNEL_SET_SCALAR, .table = table_u8_scalar},
    {.name = "table_u8_avx2", .operation = KERNEL_TABLE, .set = KERNEL_SET_AVX2, .table = table_u8_avx2},
    {.name = "softmax_u8_scalar", .operation = KERNEL_SOFTMAX, .set = KERNEL_SET_SCALAR, .softmax = softmax_u8_scalar},
    {.name = "convolution_sums_u8s8_scalar_4x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution_sums = convolution_sums_u8s8_scalar_4x16},
    {.name = "convolution_sums_u8s8_avx2_6x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_AVX2,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_u8s8_avx2_6x16},
    {.name = "convolution_sums_u8s8_avxvnni_6x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_AVXVNNI,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution_sums = convolution_sums_u8s8_avxvnni_6x16},
    {.name = "convolution_sums_u8s8_avx512vnni_12x32", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_AVX512VNNI,
     .tile_pixels = 12, .tile_channels = 32, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution_sums = convolution_sums_u8s8_avx512vnni_12x32},
    {.name = "convolution_sums_16_s16s8_scalar_4x16", .operation = KERNEL_CONVOLUTION_SUMS_16, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_16_s16s8_scalar_4x16},
    {.name = "convolution_sums_16_s16s8_avx2_6x16", .operation = KERNEL_CONVOLUTION_SUMS_16, .set = KERNEL_SET_AVX2,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_16_s16s8_avx2_6x16},
    {.name = "requantize_s32u8s16_scalar", .operation = KERNEL_REQUANTIZE, .set = KERNEL_SET_SCALAR,
     .requantize = requantize_s32u8s16_scalar},
    {.name = "requantize_s32u8s16_avx2", .operation = KERNEL_REQUANTIZE, .set = KERNEL_SET_AVX2,
     .requantize = requantize_s32u8s16_avx2},
    {.name = "group_sums_u8s16_scalar", .operation = KERNEL_GROUP_SUMS, .set = KERNEL_SET_SCALAR,
     .group_sums = group_sums_u8s16_scalar},
    {.name = "group_sums_u8s16_avx2", .operation = KERNEL_GROUP_SUMS, .set = KERNEL_SET_AVX2,
     .group_sums = group_sums_u8s16_avx2},
    {.name = "normalize_u8s16_scalar", .operation = KERNEL_NORMALIZE, .set = KERNEL_SET_SCALAR,
     .normalize = normalize_u8s16_scalar},
    {.name = "normalize_u8s16_avx2", .operation = KERNEL_NORMALIZE, .set = KERNEL_SET_AVX2,
     .normalize = normalize_u8s16_avx2},
    {.name = "rescale_u8s16_scalar", .operation = KERNEL_RESCALE, .set = KERNEL_SET_SCALAR,
     .rescale = rescale_u8s16_scalar},
    {.name = "rescale_u8s16_avx2", .operation = KERNEL_RESCALE, .set = KERNEL_SET_AVX2, .rescale = rescale_u8s16_avx2},
    {.name = "addition_u8s16_scalar", .operation = KERNEL_ADDITION, .set = KERNEL_SET_SCALAR,
     .addition = addition_u8s16_scalar},
    {.name = "addition_u8s16_avx2", .operation = KERNEL_ADDITION, .set = KERNEL_SET_AVX2,
     .addition = addition_u8s16_avx2},
    {.name = "arithmetic_u8s16_scalar", .operation = KERNEL_ARITHMETIC, .set = KERNEL_SET_SCALAR,
     .arithmetic = arithmetic_u8s16_scalar},
    {.name = "arithmetic_u8s16_avx2", .operation = KERNEL_ARITHMETIC, .set = KERNEL_SET_AVX2,
     .arithmetic = arithmetic_u8s16_avx2},
    {.name = "interpolation_s16_scalar", .operation = KERNEL_INTERPOLATION, .set = KERNEL_SET_SCALAR,
     .interpolation = interpolation_s16_scalar},
#else
    {.name = "convolution_s8s8_scalar_4x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS, .convolution = convolution_s8s8_scalar_4x16},
    {.name = "convolution_s8s8_neon_4x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_NEON,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS, .convolution = convolution_s8s8_neon_4x16},
    {.name = "convolution_s8s8_dotprod_6x16", .operation = KERNEL_CONVOLUTION, .set = KERNEL_SET_DOTPROD,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution = convolution_s8s8_dotprod_6x16},
    {.name = "depthwise_s8s8_scalar", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_SCALAR,
     .layout = WEIGHT_LAYOUT_QUADS, .depthwise = depthwise_s8s8_scalar},
    {.name = "depthwise_s8s8_neon", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_NEON,
     .layout = WEIGHT_LAYOUT_PAIRS, .depthwise = depthwise_s8s8_neon},
    {.name = "depthwise_s8s8_dotprod", .operation = KERNEL_DEPTHWISE, .set = KERNEL_SET_DOTPROD,
     .layout = WEIGHT_LAYOUT_QUADS, .depthwise = depthwise_s8s8_dotprod},
    {.name = "average_pool_s8_scalar", .operation = KERNEL_AVERAGE_POOL, .set = KERNEL_SET_SCALAR,
     .pool = average_pool_s8_scalar},
    {.name = "average_pool_s8_neon", .operation = KERNEL_AVERAGE_POOL, .set = KERNEL_SET_NEON,
     .pool = average_pool_s8_neon},
    {.name = "max_pool_s8_scalar", .operation = KERNEL_MAX_POOL, .set = KERNEL_SET_SCALAR, .pool = max_pool_s8_scalar},
    {.name = "max_pool_s8_neon", .operation = KERNEL_MAX_POOL, .set = KERNEL_SET_NEON, .pool = max_pool_s8_neon},
    {.name = "table_u8_scalar", .operation = KERNEL_TABLE, .set = KERNEL_SET_SCALAR, .table = table_u8_scalar},
    {.name = "table_u8_neon", .operation = KERNEL_TABLE, .set = KERNEL_SET_NEON, .table = table_u8_neon},
    {.name = "softmax_s8_scalar", .operation = KERNEL_SOFTMAX, .set = KERNEL_SET_SCALAR, .softmax = softmax_s8_scalar},
    {.name = "convolution_sums_s8s8_scalar_4x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution_sums = convolution_sums_s8s8_scalar_4x16},
    {.name = "convolution_sums_s8s8_neon_4x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_NEON,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_s8s8_neon_4x16},
    {.name = "convolution_sums_s8s8_dotprod_6x16", .operation = KERNEL_CONVOLUTION_SUMS, .set = KERNEL_SET_DOTPROD,
     .tile_pixels = 6, .tile_channels = 16, .layout = WEIGHT_LAYOUT_QUADS,
     .convolution_sums = convolution_sums_s8s8_dotprod_6x16},
    {.name = "convolution_sums_16_s16s8_scalar_4x16", .operation = KERNEL_CONVOLUTION_SUMS_16, .set = KERNEL_SET_SCALAR,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_16_s16s8_scalar_4x16},
    {.name = "convolution_sums_16_s16s8_neon_4x16", .operation = KERNEL_CONVOLUTION_SUMS_16, .set = KERNEL_SET_NEON,
     .tile_pixels = 4, .tile_channels = 16, .layout = WEIGHT_LAYOUT_PAIRS,
     .convolution_sums = convolution_sums_16_s16s8_neon_4x16},
    {.name = "requantize_s32s8s16_scalar", .operation = KERNEL_REQUANTIZE, .set = KERNEL_SET_SCALAR,
     .requantize = requantize_s32s8s16_scalar},
    {.name = "requantize_s32s8s16_neon", .operation = KERNEL_REQUANTIZE, .set = KERNEL_SET_NEON,
     .requantize = requantize_s32s8s16_neon},
    {.name = "group_sums_s8s16_scalar", .operation = KERNEL_GROUP_SUMS, .set = KERNEL_SET_SCALAR,
     .group_sums = group_sums_s8s16_scalar},
    {.name = "group_sums_s8s16_neon", .operation = KERNEL_GROUP_SUMS, .set = KERNEL_SET_NEON,
     .group_sums = group_sums_s8s16_neon},
    {.name = "normalize_s8s16_scalar", .operation = KERNEL_NORMALIZE, .set = KERNEL_SET_SCALAR,
     .normalize = normalize_s8s16_scalar},
    {.name = "normalize_s8s16_neon", .operation = KERNEL_NORMALIZE, .set = KERNEL_SET_NEON,
     .normalize = normalize_s8s16_neon},
    {.name = "rescale_s8s16_scalar", .operation = KERNEL_RESCALE, .set = KERNEL_SET_SCALAR,
     .rescale = rescale_s8s16_scalar},
    {.name = "rescale_s8s16_neon", .operation = KERNEL_RESCALE, .set = KERNEL_SET_NEON, .rescale = rescale_s8s16_neon},
    {.name = "addition_s8s16_scalar", .operation = KERNEL_ADDITION, .set = KERNEL_SET_SCALAR,
     .addition = addition_s8s16_scalar},
    {.name = "addition_s8s16_neon", .operation = KERNEL_ADDITION, .set = KERNEL_SET_NEON,
     .addition = addition_s8s16_neon},
    {.name = "arithmetic_s8s16_scalar", .operation = KERNEL_ARITHMETIC, .set = KERNEL_SET_SCALAR,
     .arithmetic = arithmetic_s8s16_scalar},
    {.name = "arithmetic_s8s16_neon", .operation = KERNEL_ARITHMETIC, .set = KERNEL_SET_NEON,
     .arithmetic = arithmetic_s8s16_neon},
    {.name = "interpolation_s16_scalar", .operation = KERNEL_INTERPOLATION, .set = KERNEL_SET_SCALAR,
     .interpolation = interpolation_s16_scalar},
#endif
};

/// A set's name and the set whose kernels it can run too; the scalar one ends the chain.
struct set_description {
    enum kernel_set set;
    enum kernel_set weaker;
    const char *name;
    enum weight_layout layout;
};

static const struct set_description descriptions[] = {
    {KERNEL_SET_SCALAR, KERNEL_SET_SCALAR, "scalar", WEIGHT_LAYOUT_QUADS},
    {KERNEL_SET_AVX2, KERNEL_SET_SCALAR, "avx2", WEIGHT_LAYOUT_PAIRS},
    {KERNEL_SET_AVXVNNI, KERNEL_SET_AVX2, "avxvnni", WEIGHT_LAYOUT_QUADS},
    // Not above avxvnni: Zen 4 and Ice Lake have the one without the other.
    {KERNEL_SET_AVX512VNNI, KERNEL_SET_AVX2, "avx512vnni", WEIGHT_LAYOUT_QUADS},
    {KERNEL_SET_NEON, KERNEL_SET_SCALAR, "neon", WEIGHT_LAYOUT_PAIRS},
    {KERNEL_SET_DOTPROD, KERNEL_SET_NEON, "dotprod", WEIGHT_LAYOUT_QUADS},
};

enum {
    ROW_COUNT = sizeof rows / sizeof rows[0],
    SET_COUNT = sizeof descriptions / sizeof descriptions[0],
};

static const struct set_description *describe(int32_t set) {
    for (int32_t index = 0; index < SET_COUNT; index++) {
        if ((int32_t)descriptions[index].set == set) { return &descriptions[index]; }
    }
    return NULL;
}

static const struct kernel_row *row_of(enum kernel_operation operation, enum kernel_set set) {
    for (int32_t index = 0; index < ROW_COUNT; index++) {
        if (rows[index].operation == operation && rows[index].set == set) { return &rows[index]; }
    }
    return NULL;
}

int32_t kernel_row_count(void) { return ROW_COUNT; }

const struct kernel_row *kernel_row_at(int32_t index) { return &rows[index]; }

const struct kernel_row *kernel_row_for(enum kernel_operation operation, enum kernel_set set) {
    for (;;) {
        const struct kernel_row *row = row_of(operation, set);
        if (row) { return row; }
        const struct set_description *description = describe((int32_t)set);
        if (!description || description->weaker == set) { return row_of(operation, KERNEL_SET_SCALAR); }
        set = description->weaker;
    }
}

const char *kernel_set_name(int32_t set) {
    const struct set_description *description = describe(set);
    return description ? description->name : NULL;
}

enum weight_layout kernel_set_layout(int32_t set) {
    const struct set_description *description = describe(set);
    return description ? description->layout : WEIGHT_LAYOUT_NONE;
}

int32_t kernel_set_runs(int32_t set) { return describe(set) && (processor_sets() >> set & 1); }

enum kernel_set kernel_set_best(void) {
    enum kernel_set best = KERNEL_SET_SCALAR;
    for (int32_t index = 0; index < SET_COUNT; index++) {
        if (kernel_set_runs((int32_t)descriptions[index].set)) { best = descriptions[index].set; }
    }
    return best;
}
