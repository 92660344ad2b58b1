// libjpeg for Swift, which cannot call setjmp: whole pictures from and to memory, nothing written to stderr.
#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

/// What a function returns.
enum {
    CJPEG_OK = 0,
    /// The bytes end before the picture does.
    CJPEG_ENDS_EARLY = 1,
    /// The bytes are damaged or of a kind that libjpeg does not read; `message` says why in libjpeg's words.
    CJPEG_BROKEN = 2,
    /// The picture's colours are neither grey nor YCbCr nor RGB.
    CJPEG_COLORS = 3,
    /// A progressive picture has more scans than allowed.
    CJPEG_SCANS = 4,
};

/// Bytes that a message may take, with its zero.
enum { CJPEG_MESSAGE_BYTES = 200 };

/// Reads the header only: the size, and whether the colours are ones that `cjpeg_decode` gives.
int32_t cjpeg_read_header(const uint8_t *_Nonnull bytes, size_t count, uint32_t *_Nonnull width,
                          uint32_t *_Nonnull height, char *_Nonnull message);

/// Decodes to grey (`channels` 1) or RGB (3) into `height` packed rows, the size being what `cjpeg_read_header` gave.
/// Any sign of damage is an error. `pixels` may be partly written then.
int32_t cjpeg_decode(const uint8_t *_Nonnull bytes, size_t count, int32_t channels, int32_t most_scans,
                     uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, char *_Nonnull message);

/// Encodes packed grey or RGB rows at a quality of 1 to 100 (baseline, 4:2:0). `*encoded` is to be given to `cjpeg_free`.
int32_t cjpeg_encode(const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, int32_t channels, int32_t quality,
                     uint8_t *_Nullable *_Nonnull encoded, size_t *_Nonnull count, char *_Nonnull message);

void cjpeg_free(uint8_t *_Nullable encoded);

#endif
