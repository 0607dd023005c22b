/* Varints and fields of protocol buffers; words are put together byte by byte, so that the machine's order does not matter. */
#include "io/wire.h"

bool sj__wire_varint(sj__wire *wire, uint64_t *ret_value)
{
	uint64_t value = 0;
	for (int shift = 0; shift < 70 && wire->at < wire->end; shift += 7) {
		uint8_t byte = *wire->at++;
		if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) /* too large; not the shortest form */
			return false;
		value |= (uint64_t)(byte & 127) << shift;
		if (byte < 128) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static bool fixed(sj__wire *wire, int n, uint64_t *ret_value)
{
	uint64_t value = 0;
	if (wire->end - wire->at < n)
		return false;
	for (int i = 0; i < n; i++)
		value |= (uint64_t)wire->at[i] << 8 * i;
	wire->at += n;
	*ret_value = value;
	return true;
}

bool sj__wire_fixed32(sj__wire *wire, uint32_t *ret_value)
{
	uint64_t value;
	if (!fixed(wire, 4, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

bool sj__wire_next(sj__wire *wire, sj__wire_field *field)
{
	uint64_t tag;
	if (!sj__wire_varint(wire, &tag) || tag >> 3 == 0 || tag >> 32 != 0)
		return false;
	field->number = (uint32_t)tag >> 3;
	field->kind = (int)(tag & 7);
	field->value = 0;
	field->bytes = (sj__wire){0};
	switch (field->kind) {
	case SJ__WIRE_VARINT: return sj__wire_varint(wire, &field->value);
	case SJ__WIRE_FIXED64: return fixed(wire, 8, &field->value);
	case SJ__WIRE_FIXED32: return fixed(wire, 4, &field->value);
	case SJ__WIRE_BYTES: break;
	default: return false;
	}
	if (!sj__wire_varint(wire, &field->value) || field->value > (uint64_t)(wire->end - wire->at))
		return false;
	field->bytes = (sj__wire){wire->at, wire->at + field->value};
	wire->at += field->value;
	return true;
}

void sj__wire_put_varint(sj__text *text, uint64_t value)
{
	uint8_t bytes[10];
	int n = 0;
	for (; value > 127; value >>= 7)
		bytes[n++] = (uint8_t)(value | 128);
	bytes[n++] = (uint8_t)value;
	sj__text_append_bytes(text, bytes, n);
}

void sj__wire_put_fixed32(sj__text *text, uint32_t value)
{
	uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
	sj__text_append_bytes(text, bytes, 4);
}

void sj__wire_put_number(sj__text *text, uint32_t field, uint64_t value)
{
	if (value == 0)
		return;
	sj__wire_put_varint(text, field << 3 | SJ__WIRE_VARINT);
	sj__wire_put_varint(text, value);
}

void sj__wire_put_bytes(sj__text *text, uint32_t field, const void *bytes, int64_t n)
{
	sj__wire_put_varint(text, field << 3 | SJ__WIRE_BYTES);
	sj__wire_put_varint(text, (uint64_t)n);
	sj__text_append_bytes(text, bytes, n);
}
