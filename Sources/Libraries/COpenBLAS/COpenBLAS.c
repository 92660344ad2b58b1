#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// Names of cblas.h, so that the library's headers are not needed to build.
enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 };
typedef void (*Multiply)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Multiply multiply;
static const char *failure;
static const char *kernels;

// Which kernels of OpenBLAS 0.3.21 are the fastest on the products of our trainings. Each row is an answer of
// tools/bench-openblas; a processor without one gets OpenBLAS's own guess.
static const struct {
    uint32_t family, first_model, last_model;
    bool wide;  // the kernels need AVX-512
    const char *core_type;
} core_types[] = {
    // Zen 4: 256-bit units make two passes of an AVX-512 instruction; the AVX2 kernels are 7 % faster.
    {25, 0x10, 0x1f, false, "Haswell"},
    {25, 0x60, 0x7f, false, "Haswell"},
    {25, 0xa0, 0xaf, false, "Haswell"},
    // Zen 5 with 512-bit units: 1.6 times as fast as the AVX2 kernels, which OpenBLAS takes where it knows the model no
    // better; Cooperlake's are the same ones. Measured on model 2; 0x40 is the same core.
    {26, 0x00, 0x1f, true, "SkylakeX"},
    {26, 0x40, 0x4f, true, "SkylakeX"},
};

const char *openblas_core_type(uint32_t family, uint32_t model, bool wide) {
    for (size_t i = 0; i < sizeof core_types / sizeof *core_types; i++)
        if (family == core_types[i].family && model >= core_types[i].first_model && model <= core_types[i].last_model)
            return core_types[i].wide && !wide ? NULL : core_types[i].core_type;
    return NULL;
}

static const char *core_type_here(void) {
#if defined(__x86_64__)
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return NULL;
    uint32_t family = a >> 8 & 15, model = a >> 4 & 15;
    if (family == 15) family += a >> 20 & 255;
    if (family == 6 || family >= 15) model += (a >> 16 & 15) << 4;
    __builtin_cpu_init();
    bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return openblas_core_type(family, model, wide);
#else
    return NULL;
#endif
}

static void load(void) {
    const char *core_type = core_type_here();
    // Over what the environment says: the same seed must give the same file in every shell of a processor.
    if (core_type) setenv("OPENBLAS_CORETYPE", core_type, 1);
    unsetenv("OPENBLAS_L2_SIZE");
    // Our own threads share the work in fixed pieces; a product that split itself would round by their number.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        failure = "cannot be loaded: install it with 'apt install libopenblas0-pthread'";
        return;
    }
    *(void **)&multiply = dlsym(library, "cblas_sgemm");
    char *(*name)(void);
    *(void **)&name = dlsym(library, "openblas_get_corename");
    if (!multiply || !name) {
        multiply = NULL;
        failure = "is not OpenBLAS: it has no cblas_sgemm; install 'libopenblas0-pthread'";
        return;
    }
    kernels = name();
}

const char *openblas_load(void) {
    pthread_once(&once, load);
    return failure;
}

const char *openblas_kernels(void) { return kernels; }

static void multiply_plainly(bool transposeA, bool transposeB, int32_t m, int32_t n, int32_t k, const float *a,
                             ptrdiff_t strideA, const float *b, ptrdiff_t strideB, bool adds, float *c, ptrdiff_t strideC) {
    for (int32_t i = 0; i < m; i++)
        for (int32_t j = 0; j < n; j++) {
            float sum = 0;
            for (int32_t l = 0; l < k; l++)
                sum += (transposeA ? a[l * strideA + i] : a[i * strideA + l]) *
                       (transposeB ? b[j * strideB + l] : b[l * strideB + j]);
            c[i * strideC + j] = adds ? c[i * strideC + j] + sum : sum;
        }
}

void openblas_multiply(bool transposeA, bool transposeB, int32_t m, int32_t n, int32_t k, const float *a,
                       int32_t strideA, const float *b, int32_t strideB, bool adds, float *c, int32_t strideC) {
    if (!multiply) {
        multiply_plainly(transposeA, transposeB, m, n, k, a, strideA, b, strideB, adds, c, strideC);
        return;
    }
    multiply(ROW_MAJOR, transposeA ? TRANSPOSED : AS_IS, transposeB ? TRANSPOSED : AS_IS, m, n, k, 1, a, strideA, b,
             strideB, adds ? 1 : 0, c, strideC);
}
