// Counts allocations in programs linked with --wrap for each allocating function (the device build of `conformance`).
#ifndef ALLOCATIONCOUNT_H
#define ALLOCATIONCOUNT_H

#include <stdint.h>

/// Allocations so far by every thread; -1 where the program is not linked to count them.
int64_t allocation_count(void);

#endif
