// OpenBLAS, loaded while the program runs: it picks its kernels at that moment, and before it the environment must name
// the ones that are fastest on this processor.
#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>
#include <stdint.h>

/// Loads the library once; later calls return the first one's answer. Null, or why it could not be loaded.
/// Sets OPENBLAS_CORETYPE where the table knows the processor, and OPENBLAS_NUM_THREADS, over what the
/// environment says: call it before other threads start.
const char *_Nullable openblas_load(void);

/// The kernels that the library chose, such as "SkylakeX"; null when it is not loaded.
const char *_Nullable openblas_kernels(void);

/// The core type that the table names for an x86 processor; null for one without a row: OpenBLAS guesses.
/// `wide` says whether the processor and the system have AVX-512.
const char *_Nullable openblas_core_type(uint32_t family, uint32_t model, bool wide);

/// C = A·B, or C += A·B where `adds`, all row by row: A is m·k (k·m in memory where `transposeA`), B is k·n, C is m·n.
/// A stride is the distance between two rows in memory. Without the library a plain loop computes the same, slowly.
void openblas_multiply(bool transposeA, bool transposeB, int32_t m, int32_t n, int32_t k, const float *_Nonnull a,
                       int32_t strideA, const float *_Nonnull b, int32_t strideB, bool adds, float *_Nonnull c,
                       int32_t strideC);

#endif
