// Every kernel of this architecture, for the table and so that each file's definition is checked against its type.
#ifndef KERNELS_ROWS_H
#define KERNELS_ROWS_H

#include "include/Kernels.h"

#if defined(__x86_64__)
void convolution_u8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void average_pool_u8_scalar(const struct pool_arguments *arguments);
void max_pool_u8_scalar(const struct pool_arguments *arguments);
void softmax_u8_scalar(const struct softmax_arguments *arguments);
void convolution_u8s8_avx2_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_u8s8_avxvnni_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_u8s8_avx512vnni_12x32(int32_t pixels, const struct convolution_arguments *arguments);
void average_pool_u8_avx2(const struct pool_arguments *arguments);
void max_pool_u8_avx2(const struct pool_arguments *arguments);
void table_u8_avx2(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
#else
void convolution_s8s8_scalar_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void average_pool_s8_scalar(const struct pool_arguments *arguments);
void max_pool_s8_scalar(const struct pool_arguments *arguments);
void softmax_s8_scalar(const struct softmax_arguments *arguments);
void convolution_s8s8_neon_4x16(int32_t pixels, const struct convolution_arguments *arguments);
void convolution_s8s8_dotprod_6x16(int32_t pixels, const struct convolution_arguments *arguments);
void average_pool_s8_neon(const struct pool_arguments *arguments);
void max_pool_s8_neon(const struct pool_arguments *arguments);
void table_u8_neon(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
#endif
void table_u8_scalar(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);

#endif
