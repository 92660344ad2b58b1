// A function of one byte, NEON: 16 bytes at a time, by four look-ups of 64 entries each.
#if defined(__aarch64__)
#include "../rows.h"
#include <arm_neon.h>

enum { BLOCK = 16, PART = 64 };

void table_u8_neon(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
    const uint8x16x4_t first = vld1q_u8_x4(table);
    const uint8x16x4_t second = vld1q_u8_x4(table + PART);
    const uint8x16x4_t third = vld1q_u8_x4(table + 2 * PART);
    const uint8x16x4_t fourth = vld1q_u8_x4(table + 3 * PART);
    size_t index = 0;
    for (; index + BLOCK <= count; index += BLOCK) {
        const uint8x16_t values = vld1q_u8(input + index);
        // An index outside a part gives zero at first and leaves the result alone from then on.
        uint8x16_t result = vqtbl4q_u8(first, values);
        result = vqtbx4q_u8(result, second, vsubq_u8(values, vdupq_n_u8(PART)));
        result = vqtbx4q_u8(result, third, vsubq_u8(values, vdupq_n_u8(2 * PART)));
        result = vqtbx4q_u8(result, fourth, vsubq_u8(values, vdupq_n_u8(3 * PART)));
        vst1q_u8(output + index, result);
    }
    for (; index < count; index++) {
        output[index] = table[input[index]];
    }
}
#endif
