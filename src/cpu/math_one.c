/* One copy of each elementary function of float64. */
#include "cpu/math_one.h"

#include "cpu/math_f64.h"

double sj__one_exp(double x) { return sj__exp(x); }
double sj__one_log(double x) { return sj__log(x); }
double sj__one_log1p(double x) { return sj__log1p(x); }
double sj__one_pow(double x, double y) { return sj__pow(x, y); }
double sj__one_sin(double x) { return sj__sin(x); }
double sj__one_cos(double x) { return sj__cos(x); }
double sj__one_lgamma(double x) { return sj__lgamma(x); }
double sj__one_digamma(double x) { return sj__digamma(x); }
double sj__one_erfc(double x) { return sj__erfc(x); }
