// Loads and stores of a few bytes that touch no other. Include inside a target region.
#ifndef KERNELS_X86_BYTES_H
#define KERNELS_X86_BYTES_H

/// The first `channels` (1 ... 16) bytes and no other.
static inline __attribute__((always_inline)) void store_channels(uint8_t *output, __m128i bytes, int32_t channels) {
    if (channels == 16) {
        _mm_storeu_si128((__m128i *)output, bytes);
        return;
    }
    if (channels & 8) {
        _mm_storel_epi64((__m128i *)output, bytes);
        bytes = _mm_srli_si128(bytes, 8);
        output += 8;
    }
    if (channels & 4) {
        _mm_storeu_si32(output, bytes);
        bytes = _mm_srli_si128(bytes, 4);
        output += 4;
    }
    if (channels & 2) {
        _mm_storeu_si16(output, bytes);
        bytes = _mm_srli_si128(bytes, 2);
        output += 2;
    }
    if (channels & 1) { *output = (uint8_t)_mm_cvtsi128_si32(bytes); }
}

/// 1 ... 8 bytes in the low half, zeros above.
static inline __attribute__((always_inline)) __m128i load_bytes(const uint8_t *input, int32_t count) {
    if (count == 8) { return _mm_loadl_epi64((const __m128i *)input); }
    uint64_t bytes = 0;
    for (int32_t index = count - 1; index >= 0; index--) {
        bytes = bytes << 8 | input[index];
    }
    return _mm_cvtsi64_si128((int64_t)bytes);
}

#endif
