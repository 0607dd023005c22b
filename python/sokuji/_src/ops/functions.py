"""Makes the functions of _table.py: a name, an operation and a signature become a Function of the core."""

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.ops import op_table

_DTYPES = ("output_type", "out_type", "type", "dtype", "Targmax", "output_dtype")


def _parameter(name, target, value, has_default):
    return name, target, dtypes.as_dtype(value) if isinstance(value, str) and name in _DTYPES else value, has_default


def make(name, op, groups, parameters, result=None):
    return _core.Function(name.rsplit(".", 1)[-1], op, groups, parameters, result, op)


_known = None


def _document(name, op):
    """The docstring of a Function, made when it is asked for."""
    global _known
    if _known is None:
        import json
        import os
        import zlib

        path = os.path.join(os.path.dirname(os.path.abspath(_core.__file__)), "operations.json.z")
        _known = {}
        if os.path.exists(path):
            with open(path, "rb") as file:
                _known = json.loads(zlib.decompress(file.read()))
    words = _known.get(op)
    if words is None:
        return "TensorFlow's operation %s." % op
    lines = [words["doc"], ""]
    lines += ["%s: %s." % (row["input"], row["dtypes"]) for row in words["types"]]
    lines.append("%s. Raises InvalidArgumentError when shapes or values do not fit, TypeError or ValueError when an argument does not convert."
                 % ("Differentiable" if words["differentiable"] else "Without a gradient"))  # fmt: skip
    lines.append("TensorFlow's operation %s." % op)
    return "\n".join(lines)


_core.set_hook("document", _document)


def _signature(rows):
    import inspect

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(row[0], kind, **({"default": row[1]} if len(row) > 1 else {})) for row in rows])


_core.set_hook("signature", _signature)
_made = {}


def made(version, name):
    """The function of that name if that version's table is in use, else None."""
    return _made.get(version, {}).get(name)


def table(version):
    """{dotted name: Function} of that TensorFlow's rows whose operation the library has."""
    if version in _made:
        return _made[version]
    functions = {}
    for name, op, groups, parameters in op_table.rows(version):
        if _core.has_op(op):
            functions[name] = make(name, op, groups, [_parameter(*row) for row in parameters])
    _made[version] = functions
    return functions
