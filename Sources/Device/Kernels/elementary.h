// Elementary functions of one number in double precision, each within 1e-9 of the value: rounded to float they are within
// one unit in the last place. Our own, since a C library's differ from board to board.
#ifndef KERNELS_ELEMENTARY_H
#define KERNELS_ELEMENTARY_H

#include <stdint.h>

double elementary_exp(double x);
/// exp(x) - 1, with all digits near 0.
double elementary_exp_less_one(double x);
/// NaN below 0, minus infinity for 0.
double elementary_log(double x);
double elementary_tanh(double x);
/// 1 / (1 + exp(-x))
double elementary_sigmoid(double x);
/// log(1 + exp(x))
double elementary_softplus(double x);
/// x to the power of y, with IEEE 754's values for 0, infinities and NaN.
double elementary_power(double x, double y);
/// The error function, and 1 less it, with all digits where that is near 0.
double elementary_erf(double x);
double elementary_erfc(double x);
double elementary_sin(float x);
double elementary_cos(float x);
/// The rest of a / b with the sign of a, exactly.
float elementary_remainder(float a, float b);

#endif
