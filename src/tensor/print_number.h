/* How elements of one array are written alike: the widths and the form that NumPy chooses for them. */
#ifndef SOKUJI_TENSOR_PRINT_NUMBER_H
#define SOKUJI_TENSOR_PRINT_NUMBER_H

#include "base/text.h"
#include "tensor/tensor.h"

/* The form of a row of floating numbers, found by looking at each of them and then settling it. */
typedef struct sj__float_form {
	bool always_signed; /* imaginary parts: "+2." */
	bool scientific, has_finite, has_nan, has_inf, has_negative_inf;
	int kind;                 /* sj__decimal_kind */
	double largest, smallest; /* of the absolute values but 0; smallest is 0 while there is none */
	int left, right, places, exponent_digits;
} sj__float_form;

/* First for every number, then float_form_choose, then float_form_measure for every number again, then float_form_settle. */
void sj__float_form_look(sj__float_form *form, double value);
void sj__float_form_choose(sj__float_form *form);
void sj__float_form_measure(sj__float_form *form, double value);
void sj__float_form_settle(sj__float_form *form);

void sj__float_form_write(sj__text *text, const sj__float_form *form, double value);

/* A number by itself, as str() of a NumPy scalar: "1.0", "1e+16". bare: without ".0", as in complex numbers. */
void sj__float_write(sj__text *text, int kind, double value, bool bare, bool always_signed);

/* Python's repr of bytes. */
void sj__bytes_write(sj__text *text, const char *bytes, int64_t length);

#endif
