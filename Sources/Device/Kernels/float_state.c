// The one floating-point mode in which results are the same bits everywhere: to nearest, subnormals kept, no traps.
#include "include/Kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

uint64_t float_state_enter(void) {
    const uint32_t nearest_and_masked = 0x1F80;
    uint32_t state = _mm_getcsr();
    _mm_setcsr(nearest_and_masked);
    return state;
}

void float_state_restore(uint64_t state) { _mm_setcsr((uint32_t)state); }
#else
uint64_t float_state_enter(void) {
    uint64_t state;
    __asm__ volatile("mrs %0, fpcr" : "=r"(state)::"memory");
    __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t)0) : "memory");
    return state;
}

void float_state_restore(uint64_t state) { __asm__ volatile("msr fpcr, %0" ::"r"(state) : "memory"); }
#endif
