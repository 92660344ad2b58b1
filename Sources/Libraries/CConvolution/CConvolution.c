#include "CConvolution.h"

#include <string.h>

// Eight floats, at any address.
typedef float lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t words __attribute__((vector_size(32)));

// The body is inlined into functions for different processors.
#define BODY static inline __attribute__((always_inline)) void
#define EACH _Pragma("clang loop unroll(full)") for (int i = 0; i < n; i++)

// Six places by 16 filters are 12 vectors of sums; with two of weights and one of a pixel they fill 16 registers.
enum { PANEL = 16, LANES = 8, TILE = 6 };

BODY forward_tile(const int n, const struct convolution_places *p, const float *const x[], const float *w,
                  const float *bias, bool clamps, float *results, ptrdiff_t step, int32_t filters) {
    lanes low[TILE], high[TILE];
    EACH {
        const float *start = bias ? bias : results + i * step;
        low[i] = *(const lanes *)start;
        high[i] = *(const lanes *)(start + LANES);
    }
    for (int32_t run = 0; run < p->runs; run++) {
        const ptrdiff_t first = run * p->run_step;
        for (ptrdiff_t k = first; k < first + p->depth; k++) {
            const lanes a = *(const lanes *)w, b = *(const lanes *)(w + LANES);
            w += PANEL;
            EACH {
                low[i] += x[i][k] * a;
                high[i] += x[i][k] * b;
            }
        }
    }
    EACH {
        if (clamps) {
            // All bits of what is below zero go; NaN stays.
            low[i] = (lanes)((words)low[i] & ~(low[i] < 0));
            high[i] = (lanes)((words)high[i] & ~(high[i] < 0));
        }
        if (filters == PANEL) {
            *(lanes *)(results + i * step) = low[i];
            *(lanes *)(results + i * step + LANES) = high[i];
        } else {
            float panel[PANEL];
            *(lanes *)panel = low[i];
            *(lanes *)(panel + LANES) = high[i];
            memcpy(results + i * step, panel, (size_t)filters * sizeof *panel);
        }
    }
}

BODY forward(const struct convolution_places *p, const float *w, const float *bias, bool clamps, float *results,
             ptrdiff_t step, int32_t filters) {
    const int32_t count = p->rows * p->columns;
    int32_t row = 0, column = 0;
    for (int32_t place = 0; place < count; place += TILE) {
        const int32_t n = count - place < TILE ? count - place : TILE;
        const float *x[TILE];
        for (int32_t i = 0; i < n; i++) {
            x[i] = p->picture + row * p->row_step + column * p->column_step;
            if (++column == p->columns) column = 0, row++;
        }
        float *target = results + place * step;
        switch (n) {
        case 6: forward_tile(6, p, x, w, bias, clamps, target, step, filters); break;
        case 5: forward_tile(5, p, x, w, bias, clamps, target, step, filters); break;
        case 4: forward_tile(4, p, x, w, bias, clamps, target, step, filters); break;
        case 3: forward_tile(3, p, x, w, bias, clamps, target, step, filters); break;
        case 2: forward_tile(2, p, x, w, bias, clamps, target, step, filters); break;
        default: forward_tile(1, p, x, w, bias, clamps, target, step, filters); break;
        }
    }
}

BODY weights_tile(const int n, const struct convolution_places *p, const float *x, const float *gradients,
                  ptrdiff_t step, float *sums) {
    lanes low[TILE], high[TILE];
    EACH {
        low[i] = *(const lanes *)(sums + i * PANEL);
        high[i] = *(const lanes *)(sums + i * PANEL + LANES);
    }
    for (int32_t row = 0; row < p->rows; row++) {
        const float *pixel = x + row * p->row_step;
        for (int32_t column = 0; column < p->columns; column++) {
            const lanes a = *(const lanes *)gradients, b = *(const lanes *)(gradients + LANES);
            EACH {
                low[i] += pixel[i] * a;
                high[i] += pixel[i] * b;
            }
            pixel += p->column_step;
            gradients += step;
        }
    }
    EACH {
        *(lanes *)(sums + i * PANEL) = low[i];
        *(lanes *)(sums + i * PANEL + LANES) = high[i];
    }
}

BODY weights(const struct convolution_places *p, const float *gradients, ptrdiff_t step, float *sums) {
    for (int32_t run = 0; run < p->runs; run++)
        for (int32_t k = 0; k < p->depth; k += TILE) {
            const float *x = p->picture + run * p->run_step + k;
            float *target = sums + ((ptrdiff_t)run * p->depth + k) * PANEL;
            switch (p->depth - k) {
            default: weights_tile(6, p, x, gradients, step, target); break;
            case 5: weights_tile(5, p, x, gradients, step, target); break;
            case 4: weights_tile(4, p, x, gradients, step, target); break;
            case 3: weights_tile(3, p, x, gradients, step, target); break;
            case 2: weights_tile(2, p, x, gradients, step, target); break;
            case 1: weights_tile(1, p, x, gradients, step, target); break;
            }
        }
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
static void forward_fused(const struct convolution_places *p, const float *w, const float *bias, bool clamps,
                          float *results, ptrdiff_t step, int32_t filters) {
    forward(p, w, bias, clamps, results, step, filters);
}

static void weights_fused(const struct convolution_places *p, const float *gradients, ptrdiff_t step, float *sums) {
    weights(p, gradients, step, sums);
}
#pragma clang attribute pop

static bool fuses(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

void convolution_forward(const struct convolution_places *places, const float *w, const float *bias, bool clamps,
                         float *results, ptrdiff_t result_step, int32_t filters) {
#if defined(__x86_64__)
    if (fuses()) {
        forward_fused(places, w, bias, clamps, results, result_step, filters);
        return;
    }
#endif
    forward(places, w, bias, clamps, results, result_step, filters);
}

void convolution_weights(const struct convolution_places *places, const float *gradients, ptrdiff_t gradient_step,
                         float *sums) {
#if defined(__x86_64__)
    if (fuses()) {
        weights_fused(places, gradients, gradient_step, sums);
        return;
    }
#endif
    weights(places, gradients, gradient_step, sums);
}
