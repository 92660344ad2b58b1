#include "swiftlet.h"

const char *swiftlet_version(void) { return SWIFTLET_VERSION; }

size_t swiftlet_element_size(swiftlet_element element) {
    switch (element) {
    case SWIFTLET_BOOL:
    case SWIFTLET_INT8:
    case SWIFTLET_UINT8: return 1;
    case SWIFTLET_INT16:
    case SWIFTLET_UINT16:
    case SWIFTLET_FLOAT16: return 2;
    case SWIFTLET_INT32:
    case SWIFTLET_FLOAT32: return 4;
    case SWIFTLET_INT64: return 8;
    }
    return 0;
}
