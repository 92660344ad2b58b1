// A function of one byte, AVX2: 32 bytes at a time, by sixteen shuffles of 16 entries each.
#if defined(__x86_64__)
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { BLOCK = 32, PART = 16, PARTS = 16, HALF = 8 };

/// The table for steps that add up: a shuffle gives zero where the index is negative, and each part holds what has to
/// be xor-ed to the parts of its half before it, so that together those with an index of 0 or more give the entry.
static inline void make_steps(__m256i steps[PARTS], const uint8_t *table) {
    __m128i before = _mm_setzero_si128();
    for (int part = 0; part < PARTS; part++) {
        if (part == HALF) { before = _mm_setzero_si128(); }
        const __m128i entries = _mm_loadu_si128((const __m128i *)(table + part * PART));
        steps[part] = _mm256_broadcastsi128_si256(_mm_xor_si128(entries, before));
        before = entries;
    }
}

static inline __m256i look_up(__m256i values, const __m256i steps[PARTS]) {
    const __m256i part = _mm256_set1_epi8(PART);
    // Signed: in the first half of the table values from 128 on are negative, in the second those below 128.
    __m256i first = values;
    __m256i second = _mm256_xor_si256(values, _mm256_set1_epi8(-128));
    __m256i result = _mm256_setzero_si256();
#pragma clang loop unroll(full)
    for (int step = 0; step < HALF; step++) {
        result = _mm256_xor_si256(result, _mm256_shuffle_epi8(steps[step], first));
        result = _mm256_xor_si256(result, _mm256_shuffle_epi8(steps[step + HALF], second));
        first = _mm256_subs_epi8(first, part);
        second = _mm256_subs_epi8(second, part);
    }
    return result;
}

void table_u8_avx2(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
    __m256i steps[PARTS];
    size_t index = 0;
    if (count >= BLOCK) {
        make_steps(steps, table);
    }
    for (; index + BLOCK <= count; index += BLOCK) {
        const __m256i values = _mm256_loadu_si256((const __m256i *)(input + index));
        _mm256_storeu_si256((__m256i *)(output + index), look_up(values, steps));
    }
    for (; index < count; index++) {
        output[index] = table[input[index]];
    }
}

#pragma clang attribute pop
#endif
