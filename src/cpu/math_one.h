/*
 * Elementary functions of one float64, called rather than inlined: for kernels whose loops do not vectorise, where a copy in each place would only be
 * large. The same bits as those of math_f64.h.
 */
#ifndef SOKUJI_CPU_MATH_ONE_H
#define SOKUJI_CPU_MATH_ONE_H

double sj__one_exp(double x);
double sj__one_log(double x);
double sj__one_log1p(double x);
double sj__one_pow(double x, double y);
double sj__one_sin(double x);
double sj__one_cos(double x);
double sj__one_lgamma(double x);
double sj__one_digamma(double x);
double sj__one_erfc(double x);

#endif
