#include "CXXHash.h"

#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

uint64_t xxh3_64(const void *bytes, size_t length) { return XXH3_64bits(bytes, length); }
