// Plain elements to floats and 64-bit integers and back.
#include "include/Plain.h"

#pragma STDC FP_CONTRACT OFF

/// A half float as a float, which has them all. By its bits: baseline processors have no instruction for it.
static float half_to_float(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7FFF;
    uint32_t bits;
    if (magnitude >= 0x7C00) {
        bits = 0x7F800000 | (magnitude & 0x3FF) << 13;
    } else if (magnitude >= 0x400) {
        bits = (magnitude << 13) + ((127 - 15) << 23);
    } else {
        // A subnormal counts in units of 2^-24.
        const float value = (float)magnitude * 0x1p-24f;
        __builtin_memcpy(&bits, &value, sizeof bits);
    }
    bits |= sign;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/// The nearest half float, of two the even one.
static uint16_t float_to_half(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) { return (uint16_t)(sign | 0x7E00); }
    // From 65520 on, halfway to what would be the next one, infinity is the nearest.
    if (magnitude >= 0x477FF000) { return (uint16_t)(sign | 0x7C00); }
    if (magnitude < 0x38800000) {
        // Subnormal: adding 2^23 units of 2^-24 leaves whole units, rounded to nearest even.
        float units = __builtin_fabsf(value) * 0x1p24f + 0x1p23f;
        __builtin_memcpy(&bits, &units, sizeof bits);
        return (uint16_t)(sign | (bits - 0x4B000000));
    }
    const uint32_t odd = magnitude >> 13 & 1;
    return (uint16_t)(sign | ((magnitude - ((127 - 15) << 23) + 0xFFF + odd) >> 13));
}

/// A bfloat16 as a float, whose upper half it is.
static float bfloat_to_float(uint16_t upper) {
    const uint32_t bits = (uint32_t)upper << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

// A loop over elements, its own for neighbours, which compilers turn into vectors.
#define LOAD(type, expression)                                                        \
    {                                                                                 \
        const type *elements = (const type *)source;                                  \
        for (size_t index = 0; index < count; index++, elements += stride) {          \
            const type x = *elements;                                                 \
            target[index] = (expression);                                             \
        }                                                                             \
        return;                                                                       \
    }

void plain_load_reals(int32_t element, const void *source, ptrdiff_t stride, size_t count, float *target) {
    switch (element) {
    case PLAIN_F32:
        if (stride == 1) {
            __builtin_memcpy(target, source, count * sizeof *target);
            return;
        }
        LOAD(float, x)
    case PLAIN_F16: LOAD(uint16_t, half_to_float(x))
    case PLAIN_BF16: LOAD(uint16_t, bfloat_to_float(x))
    case PLAIN_S8: LOAD(int8_t, (float)x)
    case PLAIN_U8: LOAD(uint8_t, (float)x)
    case PLAIN_S16: LOAD(int16_t, (float)x)
    case PLAIN_U16: LOAD(uint16_t, (float)x)
    case PLAIN_S32: LOAD(int32_t, (float)x)
    case PLAIN_S64: LOAD(int64_t, (float)x)
    default: LOAD(uint8_t, (float)(x != 0))
    }
}

void plain_load_wholes(int32_t element, const void *source, ptrdiff_t stride, size_t count, int64_t *target) {
    switch (element) {
    case PLAIN_S8: LOAD(int8_t, x)
    case PLAIN_U8: LOAD(uint8_t, x)
    case PLAIN_S16: LOAD(int16_t, x)
    case PLAIN_U16: LOAD(uint16_t, x)
    case PLAIN_S32: LOAD(int32_t, x)
    case PLAIN_S64: LOAD(int64_t, x)
    default: LOAD(uint8_t, x != 0)
    }
}

/// Towards zero, cut to bounds that a double has exactly; a NaN is 0.
static int32_t cut(float value, int32_t minimum, int32_t maximum) {
    if (value != value) { return 0; }
    if (value <= (float)minimum) { return minimum; }
    return value >= (float)maximum ? maximum : (int32_t)value;
}

static int64_t cut_long(float value) {
    if (value != value) { return 0; }
    if (value < -0x1p63f) { return INT64_MIN; }
    return value >= 0x1p63f ? INT64_MAX : (int64_t)value;
}

#define STORE(type, expression)                                   \
    {                                                             \
        type *elements = (type *)target;                          \
        for (size_t index = 0; index < count; index++) {          \
            elements[index] = (type)(expression);                 \
        }                                                         \
        return;                                                   \
    }

void plain_store_reals(int32_t element, void *target, size_t count, const float *source) {
    switch (element) {
    case PLAIN_F32: __builtin_memcpy(target, source, count * sizeof *source); return;
    case PLAIN_F16: STORE(uint16_t, float_to_half(source[index]))
    case PLAIN_S8: STORE(int8_t, cut(source[index], INT8_MIN, INT8_MAX))
    case PLAIN_U8: STORE(uint8_t, cut(source[index], 0, UINT8_MAX))
    case PLAIN_S16: STORE(int16_t, cut(source[index], INT16_MIN, INT16_MAX))
    case PLAIN_U16: STORE(uint16_t, cut(source[index], 0, UINT16_MAX))
    case PLAIN_S32: STORE(int32_t, cut(source[index], INT32_MIN, INT32_MAX))
    case PLAIN_S64: STORE(int64_t, cut_long(source[index]))
    default: STORE(uint8_t, source[index] != 0)
    }
}

void plain_store_wholes(int32_t element, void *target, size_t count, const int64_t *source) {
    switch (element) {
    case PLAIN_F32: STORE(float, source[index])
    case PLAIN_F16: STORE(uint16_t, float_to_half((float)source[index]))
    case PLAIN_S8:
    case PLAIN_U8: STORE(uint8_t, source[index])
    case PLAIN_S16:
    case PLAIN_U16: STORE(uint16_t, source[index])
    case PLAIN_S32: STORE(uint32_t, source[index])
    case PLAIN_S64: __builtin_memcpy(target, source, count * sizeof *source); return;
    default: STORE(uint8_t, source[index] != 0)
    }
}
