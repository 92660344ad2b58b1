#include "elementary.h"

#pragma STDC FP_CONTRACT OFF

static double from_bits(uint64_t bits) {
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t to_bits(double value) {
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// The nearest whole number of |x| < 2^51: adding 1.5 * 2^52 leaves no bits below one.
static double nearest(double x) { return x + 0x1.8p52 - 0x1.8p52; }

/// 2^n for n in -1022 ... 1023.
static double power_of_two(int64_t n) { return from_bits((uint64_t)(n + 1023) << 52); }

static const double log_of_2_high = 0x1.62e42fee00000p-1, log_of_2_low = 0x1.a39ef35793c76p-33;

/// exp(r) - 1 for |r| <= log(2) / 2, by its series.
static double exp_series(double r) {
    double sum = 1.0 / 479001600;
    static const double inverse_factorials[] = {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                                1.0 / 720,      1.0 / 120,     1.0 / 24,     1.0 / 6,     1.0 / 2};
    for (int k = 0; k < 10; k++) { sum = sum * r + inverse_factorials[k]; }
    return r + r * r * sum;
}

/// x = n log(2) + r with a whole n, for |x| < 709: 2^n and exp(r) - 1.
static double exp_parts(double x, double *scale) {
    const double n = nearest(x * 0x1.71547652b82fep0);
    *scale = power_of_two((int64_t)n);
    return exp_series((x - n * log_of_2_high) - n * log_of_2_low);
}

double elementary_exp_less_one(double x) {
    if (!(x < 709)) { return x == x ? __builtin_inf() : x; }
    if (x < -708) { return -1; }
    double scale;
    const double series = exp_parts(x, &scale);
    return scale * series + (scale - 1);
}

double elementary_exp(double x) {
    if (!(x < 709)) { return x == x ? __builtin_inf() : x; }
    if (x < -708) { return 0; }
    double scale;
    const double series = exp_parts(x, &scale);
    return scale * series + scale;
}

double elementary_log(double x) {
    if (!(x > 0)) { return x == 0 ? -__builtin_inf() : __builtin_nan(""); }
    if (x == __builtin_inf()) { return x; }
    int64_t exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    // x = 2^exponent * m with m from sqrt(1/2) to sqrt(2).
    const uint64_t bits = to_bits(x) + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD);
    exponent += (int64_t)(bits >> 52) - 1023;
    const double m = from_bits((bits & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD);
    // log(m) = 2 (s + s^3/3 + s^5/5 + ...)
    const double s = (m - 1) / (m + 1), square = s * s;
    double sum = 0;
    for (int k = 17; k > 1; k -= 2) { sum = (sum + 1.0 / k) * square; }
    return (double)exponent * log_of_2_high + (2 * s + (2 * s * sum + (double)exponent * log_of_2_low));
}

double elementary_tanh(double x) {
    if (x > 20) { return 1; }
    if (x < -20) { return -1; }
    const double e = elementary_exp_less_one(2 * x);
    return e / (e + 2);
}

double elementary_sigmoid(double x) { return 1 / (1 + elementary_exp(-x)); }

double elementary_softplus(double x) {
    const double small = elementary_exp(x < 0 ? x : -x);
    // log(1 + small), with all digits where 1 + small has lost them.
    const double log = small < 1e-5 ? small - small * small / 2 : elementary_log(1 + small);
    return (x > 0 ? x : 0) + log;
}

double elementary_power(double x, double y) {
    if (y == 0 || x == 1) { return 1; }
    if (x != x || y != y) { return x + y; }
    const double infinity = __builtin_inf(), magnitude = __builtin_fabs(x);
    // From 2^53 on every number is whole and even.
    const int is_large = __builtin_fabs(y) >= 0x1p53;
    const int is_whole = is_large || (double)(int64_t)y == y;
    const int is_odd = !is_large && is_whole && ((int64_t)y & 1);
    double result;
    if (magnitude == 0 || magnitude == infinity || __builtin_fabs(y) == infinity) {
        result = magnitude == 1 ? 1 : (magnitude < 1) == (y > 0) ? 0 : infinity;
    } else if (x < 0 && !is_whole) {
        return __builtin_nan("");
    } else {
        result = elementary_exp(y * elementary_log(magnitude));
    }
    return is_odd && to_bits(x) >> 63 ? -result : result;
}

/// exp(x^2) erfc(x) for x >= 0: (polynomial in (x - 3) / (x + 3)) / (1 + 2 x), fitted at Chebyshev's points of 0 ... 10.5.
static double scaled_erfc(double x) {
    static const double coefficients[] = {
        1.2530080582559033,    -0.13562110698596461,   -0.047562292672195611, 0.12964520519743714,  -0.11927367423251706,
        0.068307309807598859,  -0.023770946824863477,  0.0025338612401446161, 0.0018941683946209664, -0.00079067502080297795,
        -0.00012698484977781183, 0.0001270280062925715, 3.3294149544274774e-05,
    };
    const double u = (x - 3) / (x + 3);
    double sum = 0;
    for (int k = sizeof coefficients / sizeof *coefficients - 1; k >= 0; k--) { sum = sum * u + coefficients[k]; }
    return sum / (1 + 2 * x);
}

double elementary_erfc(double x) {
    if (x != x) { return x; }
    const double magnitude = __builtin_fabs(x);
    // Below what a float holds.
    const double tail = magnitude > 10.5 ? 0 : elementary_exp(-magnitude * magnitude) * scaled_erfc(magnitude);
    return x < 0 ? 2 - tail : tail;
}

double elementary_erf(double x) {
    if (x != x) { return x; }
    if (__builtin_fabs(x) > 0.5) { return 1 - elementary_erfc(x); }
    // 2 / sqrt(pi) (x - x^3/3 + x^5/10 - x^7/42 + ...)
    const double square = x * x;
    double sum = 0;
    static const double coefficients[] = {1, 1.0 / 3, 1.0 / 10, 1.0 / 42, 1.0 / 216, 1.0 / 1320, 1.0 / 9360, 1.0 / 75600};
    for (int k = 7; k >= 0; k--) { sum = coefficients[k] - sum * square; }
    return 0x1.20dd750429b6dp0 * x * sum;
}

/// An angle as quarters of a turn, counted from 0 again after four, and what is left, -pi/4 ... pi/4.
struct angle {
    uint32_t quarters;
    double rest;
};

/// By the bits of 2/pi that matter to the angle's size (Payne and Hanek): no angle is too large.
static struct angle reduced(float x) {
    // 64 zero bits, then the 256 first ones behind the point of 2/pi.
    static const uint32_t two_over_pi[] = {0,          0,          0xA2F9836E, 0x4E441529, 0xFC2757D1,
                                           0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561};
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const int32_t exponent = (int32_t)(bits >> 23 & 0xFF) - 150;
    if (exponent < -24) { return (struct angle){0, x}; }
    // |x| = mantissa * 2^exponent. Of 2^exponent * 2/pi only what is below 4 counts: 128 bits, two of them whole.
    const uint64_t mantissa = (bits & 0x7FFFFF) | 0x800000;
    const int32_t first = exponent + 62, word = first >> 5, shift = first & 31;
    uint32_t window[4];
    for (int k = 0; k < 4; k++) {
        const uint64_t pair = (uint64_t)two_over_pi[word + k] << 32 | two_over_pi[word + k + 1];
        window[k] = (uint32_t)(pair << shift >> 32);
    }
    const uint64_t high = (uint64_t)window[0] << 32 | window[1], low = (uint64_t)window[2] << 32 | window[3];
    const uint64_t product = mantissa * high + (uint64_t)((unsigned __int128)mantissa * low >> 64);
    const uint64_t quarters = (product + (1ull << 61)) >> 62;
    const double rest = (double)(int64_t)(product - (quarters << 62)) * (0x1.921fb54442d18p0 * 0x1p-62);
    const int is_negative = bits >> 31;
    return (struct angle){(uint32_t)(is_negative ? -quarters : quarters), is_negative ? -rest : rest};
}

/// The sine of a small angle or, a quarter of a turn on, the cosine; and so on.
static double quarter_sine(struct angle angle) {
    const double square = angle.rest * angle.rest;
    const int is_cosine = angle.quarters & 1;
    // x - x^3/3! + ..., or 1 - x^2/2! + ...: each term by the one behind it.
    double sum = 1;
    for (int k = is_cosine ? 13 : 14; k > 0; k -= 2) { sum = 1 - square / (k * (k + 1)) * sum; }
    const double value = is_cosine ? sum : angle.rest * sum;
    return angle.quarters & 2 ? -value : value;
}

double elementary_sin(float x) { return x - x == 0 ? quarter_sine(reduced(x)) : __builtin_nan(""); }

double elementary_cos(float x) {
    if (x - x != 0) { return __builtin_nan(""); }
    struct angle angle = reduced(x);
    angle.quarters++;
    return quarter_sine(angle);
}

/// |value| as mantissa * 2^(exponent - 150), subnormal numbers included.
static uint32_t mantissa(float value, int32_t *exponent) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    *exponent = (int32_t)(bits >> 23 & 0xFF);
    if (*exponent > 0) { return (bits & 0x7FFFFF) | 0x800000; }
    *exponent = 1;
    return bits & 0x7FFFFF;
}

float elementary_remainder(float a, float b) {
    if (a - a != 0 || b != b || b == 0) { return __builtin_nanf(""); }
    if (!(__builtin_fabsf(a) >= __builtin_fabsf(b))) { return a; }
    int32_t from, to;
    uint64_t rest = mantissa(a, &from);
    const uint64_t divisor = mantissa(b, &to);
    // A long division, 32 bits at a time, whose quotient nobody needs.
    rest %= divisor;
    while (from > to) {
        const int32_t step = from - to < 32 ? from - to : 32;
        rest = (rest << step) % divisor;
        from -= step;
    }
    const float magnitude = (float)((double)rest * power_of_two(to - 150));
    return __builtin_copysignf(magnitude, a);
}
