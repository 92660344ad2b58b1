// Every kernel of this architecture, for the table and so that each file's definition is checked against its type.
#ifndef KERNELS_ROWS_H
#define KERNELS_ROWS_H

#include "include/Kernels.h"

#if defined(__x86_64__)
void convolution_u8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void depthwise_u8s8_scalar(const struct depthwise_arguments *arguments);
void average_pool_u8_scalar(const struct pool_arguments *arguments);
void max_pool_u8_scalar(const struct pool_arguments *arguments);
void softmax_u8_scalar(const struct softmax_arguments *arguments);
void convolution_sums_u8s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void requantize_s32u8s16_scalar(const struct requantize_arguments *arguments);
void group_sums_u8s16_scalar(const struct group_sums_arguments *arguments);
void normalize_u8s16_scalar(const struct normalize_arguments *arguments);
void rescale_u8s16_scalar(const struct rescale_arguments *arguments);
void addition_u8s16_scalar(const struct addition_arguments *arguments);
void arithmetic_u8s16_scalar(const struct arithmetic_arguments *arguments);
void convolution_u8s8_avx2_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_u8s8_avxvnni_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_u8s8_avx512vnni_12x32(int32_t pixels, const struct convolution_arguments *arguments);
void depthwise_u8s8_avx2(const struct depthwise_arguments *arguments);
void depthwise_u8s8_avxvnni(const struct depthwise_arguments *arguments);
void depthwise_u8s8_avx512vnni(const struct depthwise_arguments *arguments);
void average_pool_u8_avx2(const struct pool_arguments *arguments);
void max_pool_u8_avx2(const struct pool_arguments *arguments);
void table_u8_avx2(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
void convolution_sums_u8s8_avx2_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void convolution_sums_u8s8_avxvnni_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void convolution_sums_u8s8_avx512vnni_12x32(int32_t pixels, const struct convolution_sums_arguments *arguments);
void convolution_sums_16_s16s8_avx2_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void requantize_s32u8s16_avx2(const struct requantize_arguments *arguments);
void group_sums_u8s16_avx2(const struct group_sums_arguments *arguments);
void normalize_u8s16_avx2(const struct normalize_arguments *arguments);
void rescale_u8s16_avx2(const struct rescale_arguments *arguments);
void addition_u8s16_avx2(const struct addition_arguments *arguments);
void arithmetic_u8s16_avx2(const struct arithmetic_arguments *arguments);
#else
void convolution_s8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void depthwise_s8s8_scalar(const struct depthwise_arguments *arguments);
void average_pool_s8_scalar(const struct pool_arguments *arguments);
void max_pool_s8_scalar(const struct pool_arguments *arguments);
void softmax_s8_scalar(const struct softmax_arguments *arguments);
void convolution_sums_s8s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void requantize_s32s8s16_scalar(const struct requantize_arguments *arguments);
void group_sums_s8s16_scalar(const struct group_sums_arguments *arguments);
void normalize_s8s16_scalar(const struct normalize_arguments *arguments);
void rescale_s8s16_scalar(const struct rescale_arguments *arguments);
void addition_s8s16_scalar(const struct addition_arguments *arguments);
void arithmetic_s8s16_scalar(const struct arithmetic_arguments *arguments);
void convolution_s8s8_neon_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_s8s8_dotprod_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void depthwise_s8s8_neon(const struct depthwise_arguments *arguments);
void depthwise_s8s8_dotprod(const struct depthwise_arguments *arguments);
void average_pool_s8_neon(const struct pool_arguments *arguments);
void max_pool_s8_neon(const struct pool_arguments *arguments);
void table_u8_neon(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
void convolution_sums_s8s8_neon_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void convolution_sums_s8s8_dotprod_6x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void convolution_sums_16_s16s8_neon_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void requantize_s32s8s16_neon(const struct requantize_arguments *arguments);
void group_sums_s8s16_neon(const struct group_sums_arguments *arguments);
void normalize_s8s16_neon(const struct normalize_arguments *arguments);
void rescale_s8s16_neon(const struct rescale_arguments *arguments);
void addition_s8s16_neon(const struct addition_arguments *arguments);
void arithmetic_s8s16_neon(const struct arithmetic_arguments *arguments);
#endif
void table_u8_scalar(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
void convolution_sums_16_s16s8_scalar_4x16(int32_t pixels, const struct convolution_sums_arguments *arguments);
void interpolation_s16_scalar(const struct interpolation_arguments *arguments);

#endif
