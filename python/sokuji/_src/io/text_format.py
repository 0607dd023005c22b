"""Messages from their text, as google.protobuf.text_format reads it."""

import re

from sokuji._src.io import messages

_TOKEN = re.compile(r"""\s*(?:\#[^\n]*\s*)*(?:(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<word>[-+]?[A-Za-z_0-9.]+(?:(?<=[eE])[-+]\d+)?)|(?P<mark>[{}<>\[\]:;,])|(?P<end>$))""")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|(.))", re.S)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


class ParseError(ValueError):
    """The text is no message."""


class _Reader:
    def __init__(self, text):
        self._text, self._at = text, 0
        self._next()

    def _next(self):
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise ParseError("%d : unexpected %r" % (self._text.count("\n", 0, self._at) + 1, self._text[self._at : self._at + 20].strip()))
        self._at, self._kind, self._value = found.end(), found.lastgroup, found.group(found.lastgroup)

    def _fail(self, wanted):
        raise ParseError("%d : Expected %s, found %r." % (self._text.count("\n", 0, self._at) + 1, wanted, self._value))

    def _take(self, marks):
        if self._kind == "mark" and self._value in marks:
            self._next()
            return True
        return False

    def _word(self, kind="word"):
        if self._kind != kind:
            self._fail("a " + kind)
        value = self._value
        self._next()
        return value

    def message(self, message, closing, depth=0):
        if depth > 100:
            raise ParseError("messages lie too deep in one another")
        while not (self._kind == "end" if closing is None else self._kind == "mark" and self._value == closing):
            if self._kind == "end":
                self._fail(closing)
            name = self._word()
            field = message._fields.get(name)
            if field is None:
                raise ParseError('Message type "%s" has no field named "%s".' % (type(message).__name__, name))
            self._field(message, field, depth)
            self._take(";,")
        if closing is not None:
            self._next()

    def _field(self, message, field, depth):
        colon = self._take(":")
        if self._kind == "mark" and self._value == "[" and field.repeated:
            self._next()
            while not self._take("]"):
                self._one(message, field, depth, True)
                self._take(",")
            return
        self._one(message, field, depth, colon)

    def _opening(self):
        if not (self._kind == "mark" and self._value in "{<"):
            self._fail('"{"')
        closing = "}" if self._value == "{" else ">"
        self._next()
        return closing

    def _one(self, message, field, depth, colon):
        if field.mapped:
            closing = self._opening()
            key, value = "", messages.CLASSES[field.kind]() if field.is_message else messages._DEFAULTS[field.kind]
            while not self._take(closing):
                name = self._word()
                self._take(":")
                if name == "key":
                    key = self._string().decode("utf-8", "replace")
                elif name == "value" and field.is_message:
                    self.message(value, self._opening(), depth + 1)
                elif name == "value":
                    value = self._scalar(field)
                else:
                    self._fail("key or value")
                self._take(";,")
            getattr(message, field.name)[key] = value
        elif field.is_message:
            made = messages.CLASSES[field.kind]()
            self.message(made, self._opening(), depth + 1)
            if field.repeated:
                getattr(message, field.name).append(made)
            else:
                message._set(field, made)
        else:
            if not colon:
                self._fail('":"')
            value = self._scalar(field)
            if field.repeated:
                getattr(message, field.name).append(value)
            else:
                message._set(field, value)

    def _string(self):
        whole = b""
        while self._kind == "string":
            whole += _ESCAPE.sub(_unescaped, self._value[1:-1].encode("utf-8", "surrogateescape"))
            self._next()
            if self._kind != "string":
                return whole
        self._fail("a string")

    def _scalar(self, field):
        if field.kind in "sy":
            made = self._string()
            return made.decode("utf-8", "replace") if field.kind == "s" else made
        word = self._word()
        try:
            if field.kind == "b":
                return {"true": True, "t": True, "1": True, "True": True, "false": False, "f": False, "0": False, "False": False}[word]
            if field.kind in "df":
                return float(word.rstrip("fF") if word.lower().lstrip("-+") not in ("inf", "infinity") else word)
            if field.kind == "t" and word in messages._TYPES:
                return messages._TYPES[word]
            return _ENUMS[word] if word in _ENUMS else int(word, 0)
        except (KeyError, ValueError, OverflowError):
            raise ParseError("%r is no value of the field %s" % (word, field.name)) from None


_ENUMS = {"LEGACY": 0, "V1": 1, "V2": 2}


def _unescaped(found):
    octal, digits, other = found.groups()
    if octal:
        return bytes([int(octal, 8) & 255])
    return bytes([int(digits, 16)]) if digits else _PLAIN.get(other, other)


def Merge(text, message, allow_unknown_extension=False, allow_field_number=False, **ignored):
    """Adds what the text says to the message."""
    text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    try:
        _Reader(text).message(message, None)
    except (TypeError, OverflowError) as error:
        raise ParseError(str(error)) from None
    return message


def Parse(text, message, **options):
    """The message that the text says, in `message`."""
    message.Clear()
    return Merge(text, message)


def MessageToString(message, as_utf8=False, as_one_line=False, **ignored):
    return " ".join(str(message).split("\n")).strip() if as_one_line else str(message)
