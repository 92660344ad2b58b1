// Which instruction sets this processor has and its system keeps the registers of.
#include "processor.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// The register states that the system saves (XCR0).
static uint64_t saved_states(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static uint32_t detected_sets(void) {
    const uint64_t avx_state = 0x06, avx512_state = 0xE6;
    uint32_t sets = 1u << KERNEL_SET_SCALAR;
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) { return sets; }
    uint64_t states = saved_states();
    if ((states & avx_state) != avx_state) { return sets; }
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || !(ebx & bit_AVX2)) { return sets; }
    sets |= 1u << KERNEL_SET_AVX2;
    const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    if ((states & avx512_state) == avx512_state && (ebx & avx512) == avx512 && (ecx & bit_AVX512VNNI)) {
        sets |= 1u << KERNEL_SET_AVX512VNNI;
    }
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & bit_AVXVNNI)) {
        sets |= 1u << KERNEL_SET_AVXVNNI;
    }
    return sets;
}
#else
#include <asm/hwcap.h>
#include <sys/auxv.h>

static uint32_t detected_sets(void) {
    uint32_t sets = 1u << KERNEL_SET_SCALAR | 1u << KERNEL_SET_NEON;
    if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) { sets |= 1u << KERNEL_SET_DOTPROD; }
    return sets;
}
#endif

uint32_t processor_sets(void) {
    // Asked once: under a hypervisor each cpuid costs microseconds. Threads that race find the same answer.
    static uint32_t known;
    uint32_t sets = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (sets == 0) {
        sets = detected_sets();
        __atomic_store_n(&known, sets, __ATOMIC_RELAXED);
    }
    return sets;
}
