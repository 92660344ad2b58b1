// Sums of products of plain numbers, the inside of matrix products and convolutions, and what else is a loop of floats.
#include "elementary.h"
#include "include/Plain.h"

#pragma STDC FP_CONTRACT OFF

enum { ROWS = 4, COLUMNS = 16 };

// A tile of 4 by 16 sums stays in registers while k runs; what is narrower goes column by column of the same loop. NUMBER
// is what is added: of integers the unsigned kind, since sums wrap.
#define PRODUCTS(name, NUMBER)                                                                                      \
    static void name##_tile(const struct plain_products_arguments *arguments, int32_t column) {                     \
        NUMBER *sums = (NUMBER *)arguments->sums + column;                                                          \
        const NUMBER *a = arguments->a, *b = (const NUMBER *)arguments->b + column;                                 \
        NUMBER tile[ROWS][COLUMNS];                                                                                 \
        for (int32_t row = 0; row < ROWS; row++) {                                                                  \
            __builtin_memcpy(tile[row], sums + row * arguments->sums_stride, sizeof tile[row]);                     \
        }                                                                                                           \
        for (int32_t k = 0; k < arguments->depth; k++, b += arguments->b_stride) {                                  \
            for (int32_t row = 0; row < ROWS; row++) {                                                              \
                const NUMBER factor = a[row * arguments->a_stride + k];                                             \
                for (int32_t c = 0; c < COLUMNS; c++) { tile[row][c] += factor * b[c]; }                            \
            }                                                                                                       \
        }                                                                                                           \
        for (int32_t row = 0; row < ROWS; row++) {                                                                  \
            __builtin_memcpy(sums + row * arguments->sums_stride, tile[row], sizeof tile[row]);                     \
        }                                                                                                           \
    }                                                                                                               \
    void name(const struct plain_products_arguments *arguments) {                                                   \
        int32_t column = 0;                                                                                         \
        if (arguments->rows == ROWS) {                                                                              \
            for (; column + COLUMNS <= arguments->columns; column += COLUMNS) { name##_tile(arguments, column); }   \
        }                                                                                                           \
        for (int32_t row = 0; row < arguments->rows; row++) {                                                       \
            NUMBER *sums = (NUMBER *)arguments->sums + row * arguments->sums_stride;                                \
            const NUMBER *a = (const NUMBER *)arguments->a + row * arguments->a_stride, *b = arguments->b;          \
            for (int32_t k = 0; k < arguments->depth; k++, b += arguments->b_stride) {                              \
                const NUMBER factor = a[k];                                                                         \
                for (int32_t c = column; c < arguments->columns; c++) { sums[c] += factor * b[c]; }                 \
            }                                                                                                       \
        }                                                                                                           \
    }

PRODUCTS(plain_products_f32, float)
PRODUCTS(plain_products_s32, uint32_t)

void plain_multiply_add_f32(float *sums, const float *a, const float *b, size_t count) {
    for (size_t index = 0; index < count; index++) { sums[index] += a[index] * b[index]; }
}

void plain_add_scaled_f32(float *sums, float weight, const float *x, size_t count) {
    for (size_t index = 0; index < count; index++) { sums[index] += weight * x[index]; }
}

void plain_softmax_f32(const float *x, float *y, size_t count, int32_t is_logarithm) {
    float largest = x[0];
    for (size_t index = 1; index < count; index++) {
        if (x[index] > largest || x[index] != x[index]) { largest = x[index]; }
    }
    double sum = 0;
    for (size_t index = 0; index < count; index++) { sum += elementary_exp((double)x[index] - largest); }
    const double logarithm = is_logarithm ? elementary_log(sum) : 0;
    for (size_t index = 0; index < count; index++) {
        const double less = (double)x[index] - largest;
        y[index] = (float)(is_logarithm ? less - logarithm : elementary_exp(less) / sum);
    }
}
