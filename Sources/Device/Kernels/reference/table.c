// A function of one byte: what every row must compute.
#include "../rows.h"

void table_u8_scalar(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
    for (size_t index = 0; index < count; index++) {
        output[index] = table[input[index]];
    }
}
