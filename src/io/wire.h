/*
 * Protocol buffers' wire format, as much as the few messages here need: numbers of variable length, tagged fields, fixed words in little
 * endian. Reading checks every length against the bytes that are there.
 */
#ifndef SOKUJI_IO_WIRE_H
#define SOKUJI_IO_WIRE_H

#include "base/text.h"

enum { SJ__WIRE_VARINT = 0, SJ__WIRE_FIXED64 = 1, SJ__WIRE_BYTES = 2, SJ__WIRE_FIXED32 = 5 };

typedef struct sj__wire {
	const uint8_t *at, *end;
} sj__wire;

typedef struct sj__wire_field {
	uint32_t number;
	int kind;       /* SJ__WIRE_… */
	uint64_t value; /* of numbers */
	sj__wire bytes; /* of SJ__WIRE_BYTES */
} sj__wire_field;

/* False, with the position unspecified, when the bytes end too soon or say nonsense. */
bool sj__wire_varint(sj__wire *wire, uint64_t *ret_value);
bool sj__wire_fixed32(sj__wire *wire, uint32_t *ret_value);
bool sj__wire_next(sj__wire *wire, sj__wire_field *ret_field);

/* Failures stay in the text. */
void sj__wire_put_varint(sj__text *text, uint64_t value);
void sj__wire_put_fixed32(sj__text *text, uint32_t value);
void sj__wire_put_number(sj__text *text, uint32_t field, uint64_t value); /* 0 is left out, as proto3 does */
void sj__wire_put_bytes(sj__text *text, uint32_t field, const void *bytes, int64_t n);

#endif
