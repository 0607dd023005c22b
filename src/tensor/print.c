/*
 * Tensors as text: what NumPy's str() makes of the same array (of versions 1.14 to 2.2), lines of 75 characters, above
 * 1,000 elements only the three first and last of each dimension.
 */
#include "sokuji/output.h"
#include "base/decimal.h"
#include "tensor/concrete.h"
#include "tensor/local.h"
#include "tensor/print_number.h"
#include "tensor/variable.h"

enum { LINE_WIDTH = 75, THRESHOLD = 1000, EDGE_ITEMS = 3 };

typedef struct printer {
	const sj_tensor *t;
	sj_dtype dtype;
	bool summarise;
	int width; /* of integers */
	sj__float_form real, imaginary;
	sj__text text;
} printer;

static bool is_complex(sj_dtype dtype) { return dtype == SJ_COMPLEX64 || dtype == SJ_COMPLEX128; }

static bool is_float(sj_dtype dtype) { return sj_dtype_is_floating(dtype) || is_complex(dtype); }

static int kind_of(sj_dtype dtype)
{
	switch (dtype) {
	case SJ_FLOAT16: return SJ__DECIMAL_F16;
	case SJ_BFLOAT16: return SJ__DECIMAL_BF16;
	case SJ_FLOAT32:
	case SJ_COMPLEX64: return SJ__DECIMAL_F32;
	default: return SJ__DECIMAL_F64;
	}
}

static double real_of(const printer *p, int64_t i) { return sj__element_as_double(p->dtype, p->t->data, i); }

static double imaginary_of(const printer *p, int64_t i)
{
	return p->dtype == SJ_COMPLEX64 ? (double)((const float *)p->t->data)[2 * i + 1]
	                                : ((const double *)p->t->data)[2 * i + 1];
}

/* ---- the elements that are shown ---- */

typedef void visit(printer *p, int64_t index);

static void each_shown(printer *p, int axis, int64_t index, visit *function)
{
	if (axis == p->t->shape.rank) {
		function(p, index);
		return;
	}
	int64_t n = sj__dims(p->t)[axis];
	bool summarised = p->summarise && n > 2 * EDGE_ITEMS;
	for (int64_t i = 0; i < n; i++) {
		if (summarised && i == EDGE_ITEMS)
			i = n - EDGE_ITEMS;
		each_shown(p, axis + 1, index * n + i, function);
	}
}

/* ---- widths ---- */

static int integer_text(const printer *p, int64_t i, char buffer[24])
{
	bool is_large = p->dtype == SJ_UINT64;
	int64_t value = is_large ? 0 : sj__element_as_int64(p->dtype, p->t->data, i);
	uint64_t magnitude = is_large    ? ((const uint64_t *)p->t->data)[i]
	                     : value < 0 ? 0 - (uint64_t)value
	                                 : (uint64_t)value;
	char digits[24];
	int n = 0, length = 0;
	do {
		digits[n++] = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude > 0);
	if (value < 0)
		buffer[length++] = '-';
	while (n > 0)
		buffer[length++] = digits[--n];
	return length;
}

static void look_at_float(printer *p, int64_t i)
{
	sj__float_form_look(&p->real, real_of(p, i));
	if (is_complex(p->dtype))
		sj__float_form_look(&p->imaginary, imaginary_of(p, i));
}

static void measure_float(printer *p, int64_t i)
{
	sj__float_form_measure(&p->real, real_of(p, i));
	if (is_complex(p->dtype))
		sj__float_form_measure(&p->imaginary, imaginary_of(p, i));
}

static void measure_integer(printer *p, int64_t i)
{
	char buffer[24];
	int length = integer_text(p, i, buffer);
	p->width = length > p->width ? length : p->width;
}

static void forms_find(printer *p)
{
	if (is_float(p->dtype)) {
		p->real.kind = p->imaginary.kind = kind_of(p->dtype);
		p->imaginary.always_signed = true;
		each_shown(p, 0, 0, look_at_float);
		sj__float_form_choose(&p->real);
		sj__float_form_choose(&p->imaginary);
		each_shown(p, 0, 0, measure_float);
		sj__float_form_settle(&p->real);
		sj__float_form_settle(&p->imaginary);
	} else if (p->dtype != SJ_STRING && p->dtype != SJ_BOOL) {
		each_shown(p, 0, 0, measure_integer);
	}
}

/* ---- elements ---- */

static void write_integer(printer *p, int64_t i)
{
	char buffer[24];
	int length = integer_text(p, i, buffer);
	sj__text_append(&p->text, "%*.*s", p->width, length, buffer);
}

/* The j stands before the spaces that pad the imaginary part. */
static void write_complex(printer *p, int64_t i)
{
	sj__float_form_write(&p->text, &p->real, real_of(p, i));
	sj__float_form_write(&p->text, &p->imaginary, imaginary_of(p, i));
	int64_t end = p->text.length;
	sj__text_append_bytes(&p->text, "j", 1);
	if (p->text.status != SJ_OK)
		return;
	for (; end > 0 && p->text.bytes[end - 1] == ' '; end--)
		p->text.bytes[end] = ' ';
	p->text.bytes[end] = 'j';
}

static void write_element(printer *p, int64_t i)
{
	const sj__string *string = p->dtype == SJ_STRING ? (const sj__string *)p->t->data + i : NULL;
	if (string != NULL)
		sj__bytes_write(&p->text, sj__string_bytes(string), string->length);
	else if (p->dtype == SJ_BOOL)
		sj__text_append_string(&p->text, ((const uint8_t *)p->t->data)[i] ? " True" : "False");
	else if (is_complex(p->dtype))
		write_complex(p, i);
	else if (is_float(p->dtype))
		sj__float_form_write(&p->text, &p->real, real_of(p, i));
	else
		write_integer(p, i);
}

static void write_scalar(printer *p)
{
	if (is_complex(p->dtype)) {
		bool is_whole = real_of(p, 0) != 0 || __builtin_signbit(real_of(p, 0));
		if (is_whole) {
			sj__text_append_string(&p->text, "(");
			sj__float_write(&p->text, p->real.kind, real_of(p, 0), true, false);
		}
		sj__float_write(&p->text, p->real.kind, imaginary_of(p, 0), true, is_whole);
		sj__text_append_string(&p->text, is_whole ? "j)" : "j");
	} else if (is_float(p->dtype)) {
		sj__float_write(&p->text, p->real.kind, real_of(p, 0), false, false);
	} else if (p->dtype == SJ_BOOL) {
		sj__text_append_string(&p->text, *(const uint8_t *)p->t->data ? "True" : "False");
	} else {
		write_element(p, 0);
	}
}

/* ---- rows ---- */

static void spaces(sj__text *text, int n)
{
	for (; n > 0; n--)
		sj__text_append_bytes(text, " ", 1);
}

/* A line in the making: `used` columns of it, the first `indent` of them the brackets' or blank. */
typedef struct line {
	int64_t used;
	int indent, width;
} line;

/* Appends a word, on a new line where it does not fit; `word` begins at text[from]. */
static void word_place(printer *p, line *l, int64_t from)
{
	int64_t length = p->text.length - from;
	if (p->text.status == SJ_OK && l->used + length > l->width && l->used > l->indent) {
		char *bytes = p->text.bytes;
		int64_t end = from;
		while (end > 0 && bytes[end - 1] == ' ')
			end--;
		sj__text word = {0};
		sj__text_append_bytes(&word, bytes + from, length);
		if (word.status != SJ_OK)
			p->text.status = word.status;
		p->text.length = end;
		sj__text_append_bytes(&p->text, "\n", 1);
		spaces(&p->text, l->indent);
		sj__text_append_bytes(&p->text, sj__text_string(&word), word.length);
		sj__text_release(&word);
		l->used = l->indent;
	}
	l->used += length;
}

static void row_write(printer *p, int axis, int64_t index)
{
	int64_t n = sj__dims(p->t)[axis];
	bool summarised = p->summarise && n > 2 * EDGE_ITEMS;
	line l = {.used = axis + 1, .indent = axis + 1, .width = LINE_WIDTH - axis - 1};
	for (int64_t i = 0; i < n; i++) {
		int64_t from = p->text.length;
		if (summarised && i == EDGE_ITEMS) {
			sj__text_append_string(&p->text, "...");
			i = n - EDGE_ITEMS - 1;
		} else {
			write_element(p, index * n + i);
		}
		word_place(p, &l, from);
		if (i + 1 < n) {
			sj__text_append_bytes(&p->text, " ", 1);
			l.used++;
		}
	}
}

static void array_write(printer *p, int axis, int64_t index);

static void rows_write(printer *p, int axis, int64_t index)
{
	int64_t n = sj__dims(p->t)[axis];
	bool summarised = p->summarise && n > 2 * EDGE_ITEMS;
	for (int64_t i = 0; i < n; i++) {
		if (i > 0) {
			for (int d = axis + 1; d < p->t->shape.rank; d++)
				sj__text_append_bytes(&p->text, "\n", 1);
			spaces(&p->text, axis + 1);
		}
		if (summarised && i == EDGE_ITEMS) {
			sj__text_append_string(&p->text, "...");
			i = n - EDGE_ITEMS - 1;
		} else {
			array_write(p, axis + 1, index * n + i);
		}
	}
}

static void array_write(printer *p, int axis, int64_t index)
{
	sj__text_append_bytes(&p->text, "[", 1);
	if (axis == p->t->shape.rank - 1)
		row_write(p, axis, index);
	else
		rows_write(p, axis, index);
	sj__text_append_bytes(&p->text, "]", 1);
}

/* ---- the whole ---- */

static sj_status tensor_write(const sj_tensor *t, sj__text *ret_text)
{
	printer p = {.t = t, .dtype = (sj_dtype)t->dtype, .summarise = t->shape.size > THRESHOLD};
	if (p.dtype == SJ_RESOURCE || p.dtype == SJ_VARIANT) {
		sj__text_append(&p.text, "<%s>", sj_dtype_name(p.dtype));
	} else if (t->shape.size == 0) {
		sj__text_append_string(&p.text, "[]");
	} else if (t->shape.rank == 0) {
		p.real.kind = kind_of(p.dtype);
		write_scalar(&p);
	} else {
		forms_find(&p);
		array_write(&p, 0, 0);
	}
	*ret_text = p.text;
	return p.text.status;
}

/* What stands for a handle that has no elements to show. */
static const char *without_elements(const sj_tensor *t)
{
	if (t == NULL)
		return "<NULL>";
	if (!sj__is_live(t))
		return "<not a tensor>";
	if (sj__is_nil(t))
		return "<nil>";
	return t->flags & SJ__FLAG_VARIABLE ? "<variable without a value>" : "<tensor without elements>";
}

static sj_status text_of(const sj_tensor *t, sj__text *ret_text)
{
	sj_tensor *value = NULL;
	sj_status status = SJ_OK;
	*ret_text = (sj__text){0};
	sj__local_now();
	if (sj_tensor_is_valid(t) &&
	    (t->flags & SJ__FLAG_SLICES || (t->flags & SJ__FLAG_VARIABLE && t->variable->value != NULL)))
		status = sj__concrete("sj_tensor_text", (sj_tensor *)(uintptr_t)t, &value);
	if (status != SJ_OK)
		return status;
	const sj_tensor *shown = value != NULL ? value : t;
	if (sj_tensor_is_valid(shown) && shown->data != NULL)
		status = tensor_write(shown, ret_text);
	else
		status = sj__text_append_string(ret_text, without_elements(t));
	sj__drop(value);
	return status;
}

int64_t sj_tensor_text(const sj_tensor *t, char *buffer, size_t capacity)
{
	sj__text text;
	sj_status status = text_of(t, &text);
	int64_t length = text.length;
	if (capacity > 0 && buffer != NULL) {
		size_t n = status != SJ_OK ? 0 : (size_t)length < capacity ? (size_t)length : capacity - 1;
		if (n > 0)
			memcpy(buffer, text.bytes, n);
		buffer[n] = 0;
	}
	sj__text_release(&text);
	if (status == SJ_OK)
		return length;
	sj__error_stick(status);
	return -1;
}

void sj_print(const sj_tensor *t)
{
	sj__text text;
	sj_status status = text_of(t, &text);
	if (status == SJ_OK)
		status = sj__text_append_bytes(&text, "\n", 1);
	if (status == SJ_OK)
		sj_output_write(text.bytes, (size_t)text.length);
	else
		sj__error_stick(status);
	sj__text_release(&text);
}
