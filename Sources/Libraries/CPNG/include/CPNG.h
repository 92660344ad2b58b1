// libpng for Swift, which cannot call setjmp: whole pictures from and to memory, nothing written to stderr.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

/// What a function returns.
enum {
    CPNG_OK = 0,
    /// The bytes end before the picture does.
    CPNG_ENDS_EARLY = 1,
    /// The bytes are damaged, or a picture cannot be encoded; `message` says how in libpng's words.
    CPNG_BROKEN = 2,
};

/// Bytes that a message may take, with its zero.
enum { CPNG_MESSAGE_BYTES = 200 };

/// Whether the bytes begin as PNG files do: not 0 if so.
int32_t cpng_recognizes(const uint8_t *_Nonnull bytes, size_t count);

/// Reads the header only: the size, and the channels that `cpng_decode` gives (1 grey, 3 RGB).
int32_t cpng_read_header(const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull width,
                         uint32_t *_Nonnull height, int32_t *_Nonnull channels, char *_Nonnull message);

/// Decodes to 8 bits in packed rows: `room` bytes, which is width x height x channels of `cpng_read_header`. Palettes are
/// resolved, 16 bits rounded to 8, what is transparent lies on white. Any sign of damage is an error; `pixels` may be
/// partly written then.
int32_t cpng_decode(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull pixels, size_t room,
                    char *_Nonnull message);

/// Makes a PNG file of packed 8-bit rows, grey (1 channel) or RGB (3). `encoded` and `count` are set also when it fails;
/// `cpng_free` releases the bytes.
int32_t cpng_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int32_t channels,
                    uint8_t *_Nullable *_Nonnull encoded, size_t *_Nonnull count, char *_Nonnull message);

void cpng_free(uint8_t *_Nullable encoded);

#endif
