#ifndef KERNELS_PROCESSOR_H
#define KERNELS_PROCESSOR_H

#include "include/Kernels.h"

/// The sets that this processor and its system can run: bit (1 << set), the scalar one always among them.
uint32_t processor_sets(void);

#endif
