// zlib for Swift: the macros that Swift cannot call.
#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>

/// Prepares a zeroed stream for gzip data (header and checksum are read by zlib). Returns Z_OK or an error number.
static inline int czlib_begin_gunzip(z_stream *_Nonnull stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

#endif
