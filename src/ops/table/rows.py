"""What a row of the operation table can say, and how the rows are gathered.

The rows are in the other files of this folder, one family a file. `op` writes a row in full; `unary` and `binary` write an
elementwise operation in one line: its C expression (over x, y; {exp} names the function of the dtype), its gradient (over the
inputs' and outputs' names and dy), its NumPy reference and the domain that tests draw from.

Inputs: "a:T b:T" (classes T, U, V, W: equal within one call), "shape:ints" (a list in C, an int32 or int64 tensor in execute),
"x:float32" (fixed), "x:any", "axis:ints?" (optional), "values:T*" (any number), "reduction_indices:ints?=axis" (its name in C).
Attributes: "transpose_a:bool", "depth_radius:int=5" (an option with a default), "DstT:dtype!=dtype" (required, named dtype in C),
"padding:padding=VALID" (one of the names of an enum below).
"""
import os
import runpy

TYPE_CLASSES = 4
CLASS_NAMES = ["T", "U", "V", "W"]

FLOATS = ["float32", "float64"]
INTS = ["int32", "int64", "uint8", "int8", "int16"]
NUMBERS = FLOATS + INTS
SIGNED = FLOATS + ["int32", "int64", "int8", "int16"]
BOOL = ["bool"]
OTHERS = ["uint16", "uint32", "uint64", "float16", "bfloat16", "complex64", "complex128"]
FIXED_SIZE = NUMBERS + BOOL + OTHERS
ALL = FIXED_SIZE + ["string"]
GROUPS = {"floats": FLOATS, "ints": INTS, "numbers": NUMBERS, "bool": BOOL, "signed": SIGNED, "all": NUMBERS + BOOL}

ENUMS = {
    "padding": ["VALID", "SAME", "EXPLICIT"],
    "data_format": ["NHWC", "NCHW"],
    "volume_format": ["NDHWC", "NCDHW"],
    "pad_mode": ["CONSTANT", "REFLECT", "SYMMETRIC"],
    "activation": ["NONE", "RELU"],
}

_table = []


def types_of(names):
    """The dtypes of 'floats ints bool float32'."""
    result = []
    for name in names.split():
        result += GROUPS.get(name, [name])
    return result


def snake(name):
    """MatMul -> matmul is said by hand; the rule is CamelCase -> camel_case with digits kept to their word."""
    out = ""
    for i, ch in enumerate(name):
        if ch.isupper() and i and (name[i - 1].islower() or name[i - 1].isdigit() or (i + 1 < len(name) and name[i + 1].islower()
                                                                                      and name[i - 1].isupper())):
            out += "_"
        out += ch.lower()
    return out


class Value:
    def __init__(self, name, enum):
        self.name = name
        self.c_name = f"SJ_{enum.upper()}_{name}"


class Port:
    def __init__(self, text):
        name, self.type = text.split(":", 1)
        self.name = name
        self.c_name = name
        if "=" in self.type:
            self.type, self.c_name = self.type.split("=")
        self.optional = self.type.endswith("?")
        self.variadic = self.type.endswith("*")
        self.type = self.type.rstrip("?*")
        self.is_list = self.type == "ints"


class Attribute:
    def __init__(self, text):
        self.name, kind = text.split(":", 1)
        self.c_name = self.name
        self.default = None
        default = None
        if "=" in kind:
            kind, default = kind.split("=", 1)
        if "@" in kind:
            kind, self.c_name = kind.split("@")
        if default is not None and "@" in default:
            default, self.c_name = default.split("@")
        self.required = kind.endswith("!")
        self.kind = kind.rstrip("!")
        self.enum = self.kind if self.kind in ENUMS else None
        self.values = [Value(v, self.enum) for v in ENUMS[self.enum]] if self.enum else None
        self._set_default(default)

    def _set_default(self, default):
        if self.enum and default not in (None, ENUMS[self.enum][0]):  # a struct whose field is left out holds 0
            raise SystemExit(f"operation table: {self.name}: the default {default} must be the first name of {self.enum}")
        if default is None:
            if self.enum:
                self.default = ENUMS[self.enum][0]
            return
        if self.kind == "bool":
            self.default = default in ("True", "true", "1")
            if self.default:
                self.kind = "bool_option"
        elif self.kind == "int":
            self.default = int(default)
            if self.default:
                self.kind = "int_option"
        elif self.kind == "float":
            self.default = float(default)
            if self.default:
                self.kind = "float_option"
        else:
            self.default = default


class Row:
    pass


def op(name, inputs="", outputs="", attrs="", doc="", c_name=None, T="", U="", V="", W="", rule=None, kernel=None, gradient=None,
       saves="", saves_outputs="", saves_shapes="", allocates=False, stateful=False, internal=False, loop=None, c=None, broadcasts=False,
       speed="direct", block=None, same_loop=None, of_shape=False, gradient_reads="integers", test=None):
    """
    A row in full. gradient: None (gradients stop here), a name (sj__gradient_NAME, with saves…) or {input: expression}.
    of_shape: the value follows from the input's shape alone. gradient_reads: the values that the gradient's rule looks at:
    "integers" (those inputs: axes, indices), "shapes" (no value at all) or "last" (integers, and the last input too).
    """
    row = Row()
    row.name, row.c_name, row.doc = name, c_name or snake(name), doc
    row.inputs = [Port(t) for t in inputs.split()]
    row.variadic_outputs = outputs.endswith("*")
    row.outputs = [Port(t) for t in outputs.split()]
    row.attributes = [Attribute(t) for t in attrs.split()]
    row.types = [types_of(t) if isinstance(t, str) else list(t) for t in (T, U, V, W) if t]
    row.rule, row.kernel, row.gradient = rule or row.c_name, kernel or row.c_name, gradient
    row.saves_inputs, row.saves_outputs, row.saves_shapes = saves.split(), saves_outputs.split(), saves_shapes.split()
    row.allocates, row.stateful, row.internal, row.loop, row.broadcasts = allocates, stateful, internal, loop, broadcasts
    row.c = {c_types: text for c_types, text in c.items()} if c else None
    row.speed, row.block, row.same_loop = speed, block, same_loop
    row.of_shape, row.gradient_reads = of_shape, gradient_reads
    row.test = test or {}
    _table.append(row)
    return row


def elementwise(name, loop, c, doc, T, inputs, output, gradient, c_name, kernel, rule, numpy, domain, test, **machine):
    c = c if isinstance(c, dict) else {T: c}
    test.update(numpy=numpy, domain=domain)
    names = inputs.split()
    if isinstance(gradient, str):
        gradient = {names[0]: gradient}
    elif gradient is not None:
        gradient = dict(zip(names, gradient))
    ports = " ".join(f"{n}:T=dy_" if n == "dy" else f"{n}:T" for n in names)  # dy is the gradient above
    return op(name, ports, output, doc=doc, c_name=c_name, T=T, rule=rule, kernel=kernel, gradient=gradient,
              loop=loop, c=c, test=test, **machine)


# How an elementwise loop is built (`speed`). direct: the loop itself, remainders and scalar operands included; for what is
# short and hot, and large results go past the caches. padded: the loop runs over multiples of 16 elements and the rest is padded, a scalar operand is spread
# over a block; for long expressions. once: like direct, but not compiled per instruction set; for what is rare. Integer
# loops are always compiled once, with scalar operands spread. block: the name of a function of src/cpu/math_trig.h that
# computes a whole run. same_loop: the name of the operation whose loop this one uses.

def unary(name, c, doc, T="floats", gradient=None, out="T", numpy=None, domain=(-2.0, 2.0), c_name=None, kernel="unary", speed="direct",
          block=None, same_loop=None, inputs="x", output="y", internal=False, **test):
    """y = f(x), element by element. c: an expression over x, or {dtypes: expression}. gradient: an expression over the ports' names."""
    return elementwise(name, "unary", c, doc, T, inputs, f"{output}:{out}", gradient, c_name, kernel,
                       "unary" if out == "T" else "unary_bool", numpy, domain, test, speed=speed, block=block, same_loop=same_loop,
                       internal=internal)


def binary(name, c, doc, T="numbers", gradient=None, out="T", numpy=None, domain=(-2.0, 2.0), c_name=None, kernel="binary", rule=None,
           speed="direct", same_loop=None, inputs="x y", output="z", internal=False, attrs="", **test):
    """z = f(x, y), element by element, broadcast; in c the inputs are x and y, whatever their names. gradient: (first, second)."""
    return elementwise(name, "binary", c, doc, T, inputs, f"{output}:{out}", gradient, c_name, kernel,
                       rule or ("binary" if out == "T" else "comparison"), numpy, domain, test, speed=speed, same_loop=same_loop,
                       internal=internal, attrs=attrs)


def load():
    """All rows, sorted by name; the names and C names are each used once. Files are run by path: a name like select.py may be Python's own module."""
    folder = os.path.dirname(os.path.abspath(__file__))
    for file in sorted(os.listdir(folder)):
        if file.endswith(".py") and file != "rows.py":
            runpy.run_path(os.path.join(folder, file))
    table = sorted(_table, key=lambda row: row.name.encode())
    for what in ("name", "c_name"):
        seen = set()
        for row in table:
            value = getattr(row, what)
            if value in seen:
                raise SystemExit(f"operation table: {value} is written twice")
            seen.add(value)
    return table
