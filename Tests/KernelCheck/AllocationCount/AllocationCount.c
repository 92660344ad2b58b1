#include "AllocationCount.h"

#include <stdatomic.h>
#include <stddef.h>

#if defined(COUNT_ALLOCATIONS)

static atomic_llong count;

int64_t allocation_count(void) { return atomic_load(&count); }

// The linker's --wrap=NAME turns calls of NAME into __wrap_NAME, and __real_NAME into the library's own.
void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);

void *__wrap_malloc(size_t size) {
    atomic_fetch_add(&count, 1);
    return __real_malloc(size);
}
void *__wrap_calloc(size_t number, size_t size) {
    atomic_fetch_add(&count, 1);
    return __real_calloc(number, size);
}
void *__wrap_realloc(void *memory, size_t size) {
    atomic_fetch_add(&count, 1);
    return __real_realloc(memory, size);
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    atomic_fetch_add(&count, 1);
    return __real_aligned_alloc(alignment, size);
}
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    atomic_fetch_add(&count, 1);
    return __real_posix_memalign(memory, alignment, size);
}

#else

int64_t allocation_count(void) { return -1; }

#endif
