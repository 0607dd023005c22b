"""Makes the functions of _table.py: a name, an operation and a signature become a Function of the core."""

import ast

from . import _core, _dtypes
from ._table import ROWS

_DTYPES = ("output_type", "out_type", "type", "dtype", "Targmax", "output_dtype")


def _parameter(text):
    head, equals, default = text.strip().partition("=")
    value = ast.literal_eval(default) if equals else None
    if head.endswith("!") or head.endswith("?"):
        return head[:-1], "?" if head.endswith("?") else None, value, bool(equals)
    name, _, target = head.partition(">")
    if isinstance(value, str) and name in _DTYPES:
        value = _dtypes.as_dtype(value)
    return name, target or name, value, bool(equals)


def _parameters(text):
    out, depth, start = [], 0, 0
    for i, c in enumerate(text + ","):
        depth += (c in "[(") - (c in "])")
        if c == "," and depth == 0:
            out.append(_parameter(text[start:i]))
            start = i + 1
    return out


def make(name, op, groups, parameters, result=None):
    short = name.rsplit(".", 1)[-1]
    doc = "%s(%s)\n\nTensorFlow's operation %s." % (short, ", ".join(p[0] for p in parameters), op)
    return _core.Function(short, op, groups, parameters, result, doc)


def _signature(rows):
    import inspect

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(row[0], kind, **({"default": row[1]} if len(row) > 1 else {})) for row in rows])


_core.set_hook("signature", _signature)
_made = {}


def table(version):
    """{dotted name: Function} of that TensorFlow's rows whose operation the library has."""
    if version in _made:
        return _made[version]
    functions = {}
    for row in ROWS.strip().splitlines():
        name, op, groups, parameters = [part.strip() for part in row.split("|")]
        if name[:2] in ("1 ", "2 "):
            if int(name[0]) != version:
                continue
            name = name[2:].strip()
        if _core.has_op(op):
            functions[name] = make(name, op, groups, _parameters(parameters))
    _made[version] = functions
    return functions
