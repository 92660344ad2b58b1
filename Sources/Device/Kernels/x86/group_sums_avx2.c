// Sum and sum of squares of a group of channels, AVX2: eight channels of a pixel at a time.
#if defined(__x86_64__)
#include "../reference/arithmetic.h"
#include "../rows.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { LANES = 8 };

/// Four partial sums of each kind. A partial sum of at most 2^14 values fits 32 bits, and so does a partial sum of as
/// many squares of at most 255.
struct partial {
    __m128i sums;
    __m256i squares;
};

static inline __attribute__((always_inline)) void add_eight(
    struct partial *partial, const char *values, const int is_16, __m128i zero_point
) {
    __m128i words;
    if (is_16) {
        words = _mm_loadu_si128((const __m128i *)values);
    } else {
        words = _mm_sub_epi16(_mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)values)), zero_point);
    }
    partial->sums = _mm_add_epi32(partial->sums, _mm_madd_epi16(words, _mm_set1_epi16(1)));
    // Two squares are below 2^32, so the words count as unsigned.
    const __m128i squares = _mm_madd_epi16(words, words);
    partial->squares = _mm256_add_epi64(partial->squares, _mm256_cvtepu32_epi64(squares));
}

/// What is left of a pixel when its eights are taken, for groups that are no multiple of eight.
static inline void add_rest(const struct group_sums_arguments *arguments, const char *pixel, int32_t first) {
    for (int32_t channel = first; channel < arguments->channels; channel++) {
        const int64_t value = value_at(pixel, channel, arguments->is_16, arguments->zero_point);
        *arguments->sum += value;
        *arguments->square_sum += value * value;
    }
}

/// The width is a constant where this is inlined.
static inline __attribute__((always_inline)) void run(
    const struct group_sums_arguments *arguments, const int is_16
) {
    const int32_t whole = arguments->channels / LANES * LANES;
    const __m128i zero_point = _mm_set1_epi16((int16_t)arguments->zero_point);
    struct partial partial = {_mm_setzero_si128(), _mm256_setzero_si256()};
    *arguments->sum = 0;
    *arguments->square_sum = 0;
    for (int32_t row = 0; row < arguments->rows; row++) {
        const char *pixel = (const char *)arguments->input + row * arguments->row_stride;
        for (int32_t column = 0; column < arguments->columns; column++, pixel += arguments->pixel_stride) {
            for (int32_t channel = 0; channel < whole; channel += LANES) {
                add_eight(&partial, pixel + channel * (is_16 ? 2 : 1), is_16, zero_point);
            }
            if (whole < arguments->channels) { add_rest(arguments, pixel, whole); }
        }
    }
    int32_t sums[4];
    int64_t squares[4];
    _mm_storeu_si128((__m128i *)sums, partial.sums);
    _mm256_storeu_si256((__m256i *)squares, partial.squares);
    for (int lane = 0; lane < 4; lane++) {
        *arguments->sum += sums[lane];
        *arguments->square_sum += squares[lane];
    }
}

void group_sums_u8s16_avx2(const struct group_sums_arguments *arguments) {
    if (arguments->is_16) {
        run(arguments, 1);
    } else {
        run(arguments, 0);
    }
}

#pragma clang attribute pop
#endif
