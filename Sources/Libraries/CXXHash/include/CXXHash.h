// XXH3-64 of Debian's header-only libxxhash-dev, compiled once and called as a plain function.
#ifndef CXXHASH_H
#define CXXHASH_H

#include <stddef.h>
#include <stdint.h>

/// XXH3-64 with seed 0 over `length` bytes.
uint64_t xxh3_64(const void *_Nullable bytes, size_t length);

#endif
