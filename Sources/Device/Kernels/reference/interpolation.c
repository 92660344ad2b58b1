// A function of 16 bits from a table with straight lines between its entries: what every row must compute.
#include "../rows.h"

enum { STEP_BITS = 6, STEP = 1 << STEP_BITS };

void interpolation_s16_scalar(const struct interpolation_arguments *arguments) {
    for (size_t index = 0; index < arguments->count; index++) {
        const int32_t place = arguments->input[index] + 32768;
        const int32_t entry = place >> STEP_BITS, rest = place & (STEP - 1);
        int32_t value =
            arguments->table[entry] * (STEP - rest) + arguments->table[entry + 1] * rest + STEP / 2;
        value >>= STEP_BITS;
        if (value < arguments->minimum) { value = arguments->minimum; }
        if (value > arguments->maximum) { value = arguments->maximum; }
        arguments->output[index] = (int16_t)value;
    }
}
