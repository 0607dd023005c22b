#!/usr/bin/env python3
"""Prints the operation table (src/ops/table/*.py) into C, JSON and Markdown.

    generate.py OUTPUT_FOLDER

writes OUTPUT_FOLDER/include/sokuji/operations.h (the pleasant face), ops_table.c (the rows), ops_functions.c,
ops_gradients.h (gradients written as expressions), elementwise_loops.c (compiled once per instruction set),
elementwise_once.c, operations.json (for tests and front ends) and operations.md. A file is rewritten only when its text changes.
"""
import ast
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "src", "ops", "table")
sys.dont_write_bytecode = True
sys.path.insert(0, TABLE)
import rows  # noqa: E402  (the folder of the table is known only now)

LOOP_TYPES = ["float32", "float64", "int32", "int64", "uint8", "int8", "int16", "bool"]
C_TYPES = {"float32": "float", "float64": "double", "int32": "int32_t", "int64": "int64_t", "uint8": "uint8_t",
           "int8": "int8_t", "int16": "int16_t", "bool": "uint8_t"}
DTYPE_NUMBERS = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8,
                 "int64": 9, "bool": 10, "qint8": 11, "quint8": 12, "qint32": 13, "bfloat16": 14, "qint16": 15,
                 "quint16": 16, "uint16": 17, "complex128": 18, "float16": 19, "resource": 20, "variant": 21, "uint32": 22,
                 "uint64": 23}
ATTRIBUTE_KINDS = {"bool": ("bool", "SJ_ATTRIBUTE_BOOL"), "int": ("int64_t", "SJ_ATTRIBUTE_INT"),
                   "float": ("double", "SJ_ATTRIBUTE_FLOAT"), "ints": ("sj_ints", "SJ_ATTRIBUTE_INTS"),
                   "dtype": ("sj_dtype", "SJ_ATTRIBUTE_DTYPE"), "string": ("const char *", "SJ_ATTRIBUTE_STRING"),
                   "int_option": ("sj_int_option", "SJ_ATTRIBUTE_INT_OPTION"),
                   "float_option": ("sj_float_option", "SJ_ATTRIBUTE_FLOAT_OPTION"),
                   "bool_option": ("sj_bool_option", "SJ_ATTRIBUTE_BOOL_OPTION")}


def fail(row, message):
    sys.exit(f"operation table: {row.name}: {message}")


# ---- C names and signatures ----

def enum_type(attribute):
    return "sj_" + attribute.enum


def field_type(attribute):
    return enum_type(attribute) if attribute.enum else ATTRIBUTE_KINDS[attribute.kind][0]


def declare(c_type, name):
    return f"{c_type}{name}" if c_type.endswith("*") else f"{c_type} {name}"


def required_attributes(row):
    return [a for a in row.attributes if a.required]


def has_options(row):
    return any(not a.required for a in row.attributes) or any(i.optional for i in row.inputs)


def has_struct(row):
    return bool(row.attributes) or any(i.optional for i in row.inputs)


def struct_name(row):
    return f"sj_{row.c_name}_args"


def parameters(row):
    """(C declaration, name) of the function's parameters, options struct left out."""
    result = []
    for port in row.inputs:
        if port.optional:
            continue
        if port.variadic:
            result += [("int64_t n_" + port.c_name, "n_" + port.c_name), (f"sj_tensor *const *{port.c_name}", port.c_name)]
        elif port.is_list:
            result.append((f"sj_ints {port.c_name}", port.c_name))
        else:
            result.append((f"sj_tensor *{port.c_name}", port.c_name))
    for attribute in required_attributes(row):
        result.append((declare(field_type(attribute), attribute.c_name), attribute.c_name))
    if row.variadic_outputs:
        result += [("int64_t n_outputs", "n_outputs"), ("sj_tensor **ret_outputs", "ret_outputs")]
    elif len(row.outputs) > 1:
        result += [(f"sj_tensor **ret_{port.c_name}", f"ret_{port.c_name}") for port in row.outputs]
    return result


def returns_status(row):
    return row.variadic_outputs or len(row.outputs) != 1


def prototype(row):
    with_options = has_options(row)
    texts = [declaration for declaration, _ in parameters(row)]
    if with_options:
        texts.append(f"const {struct_name(row)} *args")
    name = f"sj_{row.c_name}" + ("_with" if with_options else "")
    return f"{'sj_status ' if returns_status(row) else 'sj_tensor *'}{name}({', '.join(texts) or 'void'})"


# ---- the public header ----

def doc_comment(row):
    lines = [" * " + line for line in row.doc.strip().splitlines()]
    for index in range(rows.TYPE_CLASSES):
        if index < len(row.types):
            lines.append(f" * {rows.CLASS_NAMES[index]}: {', '.join(row.types[index])}.")
    return "/*\n" + "\n".join(line.rstrip() for line in lines) + f"\n * TensorFlow: {row.name}.\n */"


def struct_text(row):
    lines = [f"typedef struct {struct_name(row)} {{", "\tsize_t size;"]
    for port in row.inputs:
        if port.optional:
            lines.append(f"\t{'sj_ints ' if port.is_list else 'sj_tensor *'}{port.c_name};")
    for attribute in row.attributes:
        note = ""
        if attribute.default not in (None, 0, False, "", "none"):
            note = f" /* default {attribute.default} */"
        lines.append(f"\t{declare(field_type(attribute), attribute.c_name)};{note}")
    return "\n".join(lines + [f"}} {struct_name(row)};"])


def macro_text(row):
    names = [name for _, name in parameters(row)]
    arguments = ", ".join(n + "_" for n in names)
    head = f"#define sj_{row.c_name}({arguments + ', ' if names else ''}...) \\\n"
    passed = "".join(f"{n}_, " for n in names)
    return (head + f"\tsj_{row.c_name}_with({passed}&(const {struct_name(row)}){{.size = sizeof({struct_name(row)}), "
            "##__VA_ARGS__})")


def header_text(table):
    parts = ["/*\n * The operations, under TensorFlow's names and meanings. Printed from the operation table; do not edit.\n *\n"
             " * Each takes tensors (or variables) and returns new ones, which belong to the open scope (scope.h). A failed\n"
             " * operation returns nil and its error sticks (status.h). Options are named after the arguments:\n"
             " *\n * \tsj_tensor *y = sj_matmul(a, b, .transpose_b = true);\n *\n"
             " * An option whose default is not zero is given as .epsilon = SJ_GIVEN(1e-5).\n"
             " * C does not fix the order in which arguments are evaluated: give two random operations two statements.\n */",
             "#ifndef SOKUJI_OPERATIONS_H\n#define SOKUJI_OPERATIONS_H\n\n#if defined(__GNUC__)\n#pragma GCC system_header\n#endif\n\n"
             "#include <sokuji/execute.h>\n\nSJ_BEGIN_DECLARATIONS"]
    seen = set()
    for row in table:
        for attribute in row.attributes:
            if attribute.enum and attribute.enum not in seen:
                seen.add(attribute.enum)
                values = ", ".join(f"{v.c_name} = {i}" for i, v in enumerate(attribute.values))
                parts.append(f"typedef enum {enum_type(attribute)} {{ {values} }} {enum_type(attribute)};")
    for row in table:
        if row.internal:
            continue
        parts.append(doc_comment(row))
        body = []
        if has_struct(row) and has_options(row):
            body.append(struct_text(row))
        body.append(f"SJ_PUBLIC {prototype(row)};")
        if has_options(row):
            body.append(macro_text(row))
        parts[-1] += "\n" + "\n".join(body)
    parts.append("SJ_END_DECLARATIONS\n\n#endif")
    return "\n\n".join(parts) + "\n"


def internal_header_text(table):
    """Argument structs that the public header leaves out, and every row's number."""
    parts = ["/* Rows' numbers and the argument structs that the public header leaves out. Printed from the operation table. */",
             "#ifndef SOKUJI_OPS_NUMBERS_H\n#define SOKUJI_OPS_NUMBERS_H\n\n#include <sokuji/operations.h>"]
    for row in table:
        if has_struct(row) and (row.internal or not has_options(row)):
            parts.append(struct_text(row))
        if row.internal:
            parts.append(prototype(row) + ";" + ("\n" + macro_text(row) if has_options(row) else ""))
        for attribute in row.attributes:
            if attribute.kind.endswith("_option"):
                c_type = {"int_option": "int64_t", "float_option": "double", "bool_option": "bool"}[attribute.kind]
                default = str(attribute.default).lower() if attribute.kind == "bool_option" else attribute.default
                parts.append(f"static inline {c_type} sj__{row.c_name}_{attribute.c_name}(const {struct_name(row)} *args)\n"
                             f"{{\n\treturn args->{attribute.c_name}.given ? args->{attribute.c_name}.value : {default};\n}}")
    parts.append("enum sj__op_number {\n" + "".join(f"\tSJ__OP_{r.c_name.upper()} = {i},\n" for i, r in enumerate(table)) + "};")
    return "\n\n".join(parts + ["#endif"]) + "\n"


# ---- rows ----

def port_type(row, port):
    if port.type in rows.CLASS_NAMES:
        index = rows.CLASS_NAMES.index(port.type)
        if index >= len(row.types):
            fail(row, f"{port.name} is of class {port.type}, which has no dtypes")
        return str(index)
    if port.type == "any":
        return "SJ__ANY_TYPE"
    if port.type in ("index", "ints"):
        return "SJ__INDEX_TYPE"
    if port.type not in DTYPE_NUMBERS:
        fail(row, f"{port.name} has the unknown type {port.type}")
    return f"SJ__FIXED + {DTYPE_NUMBERS[port.type]}"


def mask(row, index):
    if index >= len(row.types):
        return "0"
    return hex(sum(1 << DTYPE_NUMBERS[name] for name in row.types[index]))


def port_mask(row, ports, names):
    unknown = set(names) - {p.name for p in ports}
    if unknown:
        fail(row, f"saves {sorted(unknown)}, which it does not have")
    return sum(1 << i for i, p in enumerate(ports) if p.name in names)


def default_text(attribute):
    if attribute.enum:
        values = [v.name for v in attribute.values]
        return str(values.index(attribute.default) if attribute.default is not None else 0)
    if attribute.kind == "dtype":
        return str(DTYPE_NUMBERS[attribute.default]) if attribute.default else "0"
    if attribute.kind == "string":
        return json.dumps(attribute.default) if attribute.default is not None else "NULL"
    if attribute.kind in ("ints",) or attribute.kind.endswith("_option"):
        return "{0}"
    return str(attribute.default or 0).lower().replace("false", "0").replace("true", "1")


def attribute_rows(row):
    lines = []
    for attribute in row.attributes:
        kind = "SJ_ATTRIBUTE_ENUM" if attribute.enum else ATTRIBUTE_KINDS[attribute.kind][1]
        value = attribute.default if attribute.kind.endswith("_option") else 0
        names = f"names_{attribute.enum}" if attribute.enum else "NULL"
        lines.append(f'\t{{"{attribute.name}", {kind}, offsetof({struct_name(row)}, {attribute.c_name}), '
                     f"{float(value)!r}, {names}}},")
    return lines


def table_text(table):
    out = ['/* The rows of the operation table. Printed; do not edit. */', '#include "ops/op.h"', '#include "ops_numbers.h"',
           '#include "ops/rules.h"', '#include "cpu/kernels.h"', '#include "ops/gradients.h"', '#include "elementwise_loops.h"', '']
    enums = {a.enum: a.values for r in table for a in r.attributes if a.enum}
    for name, values in sorted(enums.items()):
        out.append(f"static const char *const names_{name}[] = {{{', '.join(json.dumps(v.name) for v in values)}, NULL}};")
    for row in table:
        for what, ports in (("inputs", row.inputs), ("outputs", row.outputs)):
            if ports:
                items = ", ".join(f'{{"{p.name}", {port_type(row, p)}, {"true" if getattr(p, "optional", False) else "false"}}}'
                                  for p in ports)
                out.append(f"static const sj__port {what}_{row.c_name}[] = {{{items}}};")
        if row.attributes:
            out.append(f"static const sj_attribute attributes_{row.c_name}[] = {{")
            out += attribute_rows(row) + ["};"]
        if has_struct(row):
            fields = [f".size = sizeof({struct_name(row)})"]
            fields += [f".{a.c_name} = {default_text(a)}" for a in row.attributes if default_text(a) not in ("0", "{0}", "NULL")]
            out.append(f"static const {struct_name(row)} default_{row.c_name} = {{{', '.join(fields)}}};")
    out.append("\nconst sj_op sj__op_table[] = {")
    for row in table:
        out.append(row_text(row))
    out.append("};\n\nconst int sj__op_table_count = (int)(sizeof(sj__op_table) / sizeof(sj__op_table[0]));")
    return "\n".join(out) + "\n"


def flags_text(row):
    flags = []
    if any(i.variadic for i in row.inputs):
        flags.append("SJ__OP_VARIADIC_INPUTS")
    if row.variadic_outputs:
        flags.append("SJ__OP_VARIADIC_OUTPUTS")
    if row.gradient is None:
        flags.append("SJ__OP_NOT_DIFFERENTIABLE")
    if row.allocates:
        flags.append("SJ__OP_ALLOCATES")
    if row.loop:
        flags += ["SJ__OP_ELEMENTWISE"] + ["SJ__OP_LIGHT"] * (row.speed == "direct")
    if row.stateful:
        flags.append("SJ__OP_STATEFUL")
    if any(a.kind in ("ints", "string") for a in row.attributes):
        flags.append("SJ__OP_HAS_POINTERS")
    if is_plain(row):
        flags.append("SJ__OP_PLAIN")
    if row.of_shape:
        flags.append("SJ__OP_OF_SHAPE")
    if row.gradient_reads != "integers":
        flags.append(f"SJ__OP_GRADIENT_READS_{row.gradient_reads.upper()}")
    return " | ".join(flags) or "0"


def is_plain(row):
    """One or two inputs of one dtype, always given, and one output: what the short way through execute takes."""
    return (len(row.inputs) in (1, 2) and len(row.outputs) == 1 and not row.variadic_outputs and not row.allocates
            and all(i.type == rows.CLASS_NAMES[0] and not i.optional and not i.variadic for i in row.inputs))


def quick_name(row):
    """The function that does the commonest case of a rule and its kernel at once."""
    known = {("unary", "unary"): "unary", ("binary", "binary"): "binary", ("matmul", "matmul"): "matmul",
             ("bias_add", "bias_add"): "bias_add", ("bias_add_grad", "bias_add_grad"): "bias_add_grad"}
    return f"sj__quick_{known[row.rule, row.kernel]}" if (row.rule, row.kernel) in known else "NULL"


def row_text(row):
    saved = saves(row)
    fields = {
        "name": f'"{row.name}"', "c_name": f'"{row.c_name}"', "n_inputs": len(row.inputs), "n_outputs": len(row.outputs),
        "flags": flags_text(row), "saves_inputs": port_mask(row, row.inputs, saved["inputs"]),
        "saves_outputs": port_mask(row, row.outputs, saved["outputs"]),
        "saves_shapes": port_mask(row, row.inputs, saved["shapes"]),
        "inputs": f"inputs_{row.c_name}" if row.inputs else "NULL", "outputs": f"outputs_{row.c_name}" if row.outputs else "NULL",
        "type_masks": "{" + ", ".join(mask(row, i) for i in range(rows.TYPE_CLASSES)) + "}",
        "args_size": f"sizeof({struct_name(row)})" if has_struct(row) else 0, "n_attributes": len(row.attributes),
        "attributes": f"attributes_{row.c_name}" if row.attributes else "NULL",
        "default_args": f"&default_{row.c_name}" if has_struct(row) else "NULL",
        "rule": f"sj__rule_{row.rule}", "kernel": f"sj__kernel_{row.kernel}", "quick": quick_name(row),
        "gradient": gradient_name(row), "loop": f"SJ__LOOPS_{row.c_name.upper()}" if row.loop else "-1"}
    return "\t{" + ", ".join(f".{k} = {v}" for k, v in fields.items()) + "},"


# ---- functions ----

def run_arguments(row, setup):
    """The inputs array and the args pointer for execute."""
    names = []
    for port in row.inputs:
        source = f"args->{port.c_name}" if port.optional else port.c_name
        if port.optional:
            source = f"(args ? args->{port.c_name} : {'(sj_ints){0, NULL}' if port.is_list else 'NULL'})"
        names.append(f"sj__list({source})" if port.is_list else source)
    required = required_attributes(row)
    if required:
        if has_options(row):
            setup.append(f"\t{struct_name(row)} all = args ? *args : ({struct_name(row)}){{0}};")
            setup.append("\tall.size = sizeof(all);")
        else:
            setup.append(f"\t{struct_name(row)} all = {{.size = sizeof(all)}};")
        setup += [f"\tall.{a.c_name} = {a.c_name};" for a in required]
        return names, "&all"
    return names, "args" if has_struct(row) else "NULL"


def function_text(row):
    setup = []
    names, args = run_arguments(row, setup)
    variadic = next((i for i in row.inputs if i.variadic), None)
    lines = [prototype(row), "{"] + setup
    op = f"&sj__op_table[SJ__OP_{row.c_name.upper()}]"
    if variadic and len(names) == 1:
        array, count = variadic.c_name, f"(int)n_{variadic.c_name}"
        lines.append(f"\tif (n_{variadic.c_name} < 0 || n_{variadic.c_name} > INT32_MAX || ({array} == NULL && n_{variadic.c_name} > 0))")
        count_bad = f'sj__list_refused("{row.name}", n_{variadic.c_name}, {array})'
        lines.append(f"\t\treturn {count_bad if not returns_status(row) else f'sj__list_refused_status({json.dumps(row.name)}, n_{variadic.c_name}, {array})'};")
    elif variadic:
        first = names[:-1]
        lines.append(f"\tsj_tensor *const first[] = {{{', '.join(first)}}};")
        joined = f"{op}, {args}, {len(first)}, first, n_{variadic.c_name}, {variadic.c_name}"
        call = f"sj__run_joined_many({joined}, n_outputs, ret_outputs)" if row.variadic_outputs else f"sj__run_joined({joined})"
        return "\n".join(lines + [f"\treturn {call};", "}"])
    elif 0 < len(names) <= 2 and not returns_status(row):
        return "\n".join(lines + [f"\treturn sj__run_{len(names)}({op}, {args}, {', '.join(names)});", "}"])
    elif names:
        lines.append(f"\tsj_tensor *const inputs[] = {{{', '.join(names)}}};")
        array, count = "inputs", str(len(names))
    else:
        array, count = "NULL", "0"
    if not returns_status(row):
        lines.append(f"\treturn sj__run({op}, {args}, {count}, {array});")
    elif row.variadic_outputs:
        lines.append("\tif (n_outputs < 0 || n_outputs > INT32_MAX || (ret_outputs == NULL && n_outputs > 0))")
        lines.append(f'\t\treturn sj__list_refused_status("{row.name}", n_outputs, ret_outputs);')
        lines.append(f"\treturn sj__run_many({op}, {args}, {count}, {array}, (int)n_outputs, ret_outputs);")
    else:
        outs = len(row.outputs)
        lines.append(f"\tsj_tensor *outputs[{outs or 1}];")
        lines.append(f"\tsj_status status = sj__run_many({op}, {args}, {count}, {array}, {outs}, outputs);")
        for k, port in enumerate(row.outputs):
            lines.append(f"\tif (ret_{port.c_name} != NULL)\n\t\t*ret_{port.c_name} = outputs[{k}];")
        lines.append("\treturn status;")
    return "\n".join(lines + ["}"])


def functions_text(table):
    head = '/* The pleasant face. Printed; do not edit. */\n#include "ops/op.h"\n#include "ops_numbers.h"\n#include "ops/lists.h"\n'
    return head + "\n" + "\n\n".join(function_text(r) for r in table) + "\n"


# ---- gradients written as expressions ----

class Expression(ast.NodeVisitor):
    """Prints a Python expression over tensors into C calls; notes which tensors it uses."""

    def __init__(self, row, text):
        self.row, self.used = row, set()
        self.ports = {p.c_name for p in row.inputs} | {p.c_name for p in row.outputs}
        self.text = self.print(ast.parse(text, mode="eval").body)

    BINARY = {ast.Add: "sj_add", ast.Sub: "sj_sub", ast.Mult: "sj_mul", ast.Div: "sj_div", ast.Pow: "sj_pow"}

    def print(self, node):
        if isinstance(node, ast.BinOp):
            return f"{self.BINARY[type(node.op)]}({self.print(node.left)}, {self.print(node.right)})"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            if isinstance(node.operand, ast.Constant):
                return f"sj__constant(g, {-node.operand.value!r})"
            return f"sj_neg({self.print(node.operand)})"
        if isinstance(node, ast.Constant):
            return f"sj__constant(g, {node.value!r})"
        if isinstance(node, ast.Name):
            if node.id != "dy" and node.id not in self.ports:
                fail(self.row, f"the gradient uses {node.id}, which is no input or output")
            self.used.add(node.id)
            return node.id
        if isinstance(node, ast.Call) and node.func.id == "missing":
            return f'sj__gradient_missing("{self.row.name}")'
        if isinstance(node, ast.Call):
            arguments = [self.print(a) for a in node.args]
            arguments += [f".{k.arg} = {k.value.value}" for k in node.keywords]
            return f"sj_{node.func.id}({', '.join(arguments)})"
        if isinstance(node, ast.Attribute) and node.value.id == "args":
            return f"sj__constant(g, args->{node.attr})"
        fail(self.row, f"the gradient holds {ast.dump(node)}, which the generator does not know")
        return None


def expressions(row):
    if not isinstance(row.gradient, dict):
        return {}
    return {name: Expression(row, text) for name, text in row.gradient.items() if text is not None}


def saves(row):
    """Names of the inputs, outputs and input shapes that a record keeps for the gradient."""
    if isinstance(row.gradient, dict):
        used = set().union(*(e.used for e in expressions(row).values())) if row.gradient else set()
        inputs = [p.name for p in row.inputs if p.c_name in used]
        shapes = [p.name for p in row.inputs if p.c_name not in used] if row.loop == "binary" or row.broadcasts else []
        return {"inputs": inputs, "outputs": [p.name for p in row.outputs if p.c_name in used], "shapes": shapes}
    if row.gradient is None:
        return {"inputs": [], "outputs": [], "shapes": []}
    return {"inputs": row.saves_inputs, "outputs": row.saves_outputs, "shapes": row.saves_shapes}


def gradient_name(row):
    if isinstance(row.gradient, dict):
        return f"gradient_{row.c_name}" if any(row.gradient.values()) else "sj__gradient_none"
    return f"sj__gradient_{row.gradient}" if row.gradient else "NULL"


def over_dy(row, text):
    """A rule that needs dy for ReluGrad alone may write the result over it."""
    begin = "sj_relu_grad(dy, "
    if len(row.inputs) == 1 and text.startswith(begin) and not re.search(r"\bdy\b", text[len(begin):]):
        return "sj__relu_grad_of_dy(g, " + text[len(begin):]
    return text


def gradient_text(row):
    printed = expressions(row)
    if not printed:
        return None
    used = set().union(*(e.used for e in printed.values()))
    texts = {name: over_dy(row, e.text) for name, e in printed.items()}
    lines = [f"static void gradient_{row.c_name}(const sj__gradient *g, sj_tensor **dx)", "{"]
    if any(re.search(r"\bdy\b", t) for t in texts.values()):
        lines.append("\tsj_tensor *dy = sj__dy(g, 0);")
    lines += [f"\tsj_tensor *{p.c_name} = g->inputs[{i}];" for i, p in enumerate(row.inputs) if p.c_name in used]
    lines += [f"\tsj_tensor *{p.c_name} = g->outputs[{i}];" for i, p in enumerate(row.outputs) if p.c_name in used]
    if any("args->" in e.text for e in printed.values()):
        lines.append(f"\tconst {struct_name(row)} *args = g->args;")
    for i, port in enumerate(row.inputs):
        if port.name in printed:
            value = texts[port.name]
            if row.loop == "binary" or row.broadcasts:
                value = f"sj__unbroadcast(g, {i}, {value})"
            lines.append(f"\tif (g->needs[{i}])\n\t\tdx[{i}] = {value};")
    return "\n".join(lines + ["}"])


def gradients_text(table):
    texts = [t for t in (gradient_text(r) for r in table) if t]
    return "/* Gradients that the table writes as expressions. Printed; do not edit. */\n\n" + "\n\n".join(texts) + "\n"


# ---- elementwise loops ----

def suffix(dtype):
    return {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64", "uint8": "u8", "int8": "i8", "int16": "i16",
            "bool": "bool"}[dtype]


class Functions(dict):
    """{exp} in an expression becomes the function of the dtype (sj__expf, sj__exp, sj__pow_i32), {T} the C type."""

    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def __missing__(self, name):
        if name == "T":
            return C_TYPES[self.dtype]
        if name == "abs" and self.dtype in rows.FLOATS:
            return "__builtin_fabsf" if self.dtype == "float32" else "__builtin_fabs"
        if self.dtype in rows.FLOATS:
            return f"sj__{name}f" if self.dtype == "float32" else f"sj__{name}"
        return f"sj__{name}_{suffix(self.dtype)}"


def loop_expression(row, dtype):
    for names, text in row.c.items():
        if dtype in rows.types_of(names):
            return text.format_map(Functions(dtype))
    fail(row, f"no C expression for {dtype}")
    return None


def result_type(row, dtype):
    out = row.outputs[0].type
    return C_TYPES[dtype if out == "T" else out]


def loop_name(row, dtype):
    return f"sj__loop_{row.c_name}_{suffix(dtype)}"


def unary_body(row, dtype, whole):
    """The loop; `whole`: over a multiple of SJ__LOOP_STEP elements, so that it needs no remainder loop."""
    c, y = C_TYPES[dtype], result_type(row, dtype)
    head = f"\tconst {c} *X = x_;\n\t{y} *Y = y_;\n"
    if row.block:
        return head + f"\tsj__{row.block}{'f' if dtype == 'float32' else ''}_block(n, X, Y);\n"
    bound = "n & -SJ__LOOP_STEP" if whole else "n"
    return (f"{head}\tSJ__LOOP_PRAGMA\n\tfor (int64_t i = 0; i < ({bound}); i++) {{\n\t\tconst {c} x = X[i];\n"
            f"\t\tY[i] = ({y})({loop_expression(row, dtype)});\n\t}}\n")


def unary_loop(row, dtype, linkage):
    name, sizes = loop_name(row, dtype), f"sizeof({C_TYPES[dtype]}), sizeof({result_type(row, dtype)})"
    signature = "(int64_t n, const void *x_, void *y_)"
    if row.speed != "padded" or row.block:
        return f"{linkage}void {name}{signature}\n{{\n{unary_body(row, dtype, False)}}}"
    return (f"static void {name}_whole{signature}\n{{\n{unary_body(row, dtype, True)}}}\n\n"
            f"{linkage}void {name}{signature}\n{{\n\tsj__loop_unary_padded({name}_whole, n, x_, y_, {sizes});\n}}")


def binary_body(row, dtype, x, y, bound, before=""):
    c, z = C_TYPES[dtype], result_type(row, dtype)
    return (f"{before}\tSJ__LOOP_PRAGMA\n\tfor (int64_t i = 0; i < ({bound}); i++) {{\n\t\tconst {c} x = {x}, y = {y};\n"
            f"\t\tZ[i] = ({z})({loop_expression(row, dtype)});\n\t}}\n")


def binary_loop(row, dtype, linkage):
    c, z, name = C_TYPES[dtype], result_type(row, dtype), loop_name(row, dtype)
    signature = "(int64_t n, const void *x_, int64_t stride_x, const void *y_, int64_t stride_y, void *z_)"
    pointers = f"\tconst {c} *X = x_, *Y = y_;\n\t{z} *Z = z_;\n"
    if row.speed == "direct" and dtype in rows.FLOATS:
        def indented(text):
            return text.replace("\n\t", "\n\t\t").replace("\t", "\t\t", 1)
        return (f"{linkage}void {name}{signature}\n{{\n{pointers}\tif (stride_x & stride_y) {{\n"
                + indented(binary_body(row, dtype, "X[i]", "Y[i]", "n")) + "\t} else if (stride_x) {\n"
                + indented(binary_body(row, dtype, "X[i]", "y0", "n", f"\tconst {c} y0 = Y[0];\n")) + "\t} else {\n"
                + indented(binary_body(row, dtype, "x0", "Y[i]", "n", f"\tconst {c} x0 = X[0];\n")) + "\t}\n}")
    padded = row.speed == "padded" and dtype in rows.FLOATS
    body = binary_body(row, dtype, "X[i]", "Y[i]", "n & -SJ__LOOP_STEP" if padded else "n")
    expand = f"sj__loop_binary_{'padded' if padded else 'expanded'}({name}_whole, n, x_, stride_x, y_, stride_y, z_, sizeof({c}), sizeof({z}))"
    return (f"static void {name}_whole(int64_t n, const void *x_, const void *y_, void *z_)\n{{\n{pointers}{body}}}\n\n"
            f"{linkage}void {name}{signature}\n{{\n\t{expand};\n}}")


def own_loop(row, dtype):
    return row.loop and row.same_loop is None and dtype in row.types[0]


def is_once(row, dtype):
    """Compiled once: integers, and what is rare or does not vectorise."""
    return dtype not in rows.FLOATS or row.speed == "once"


def loop_texts(table, once):
    return [(unary_loop if row.loop == "unary" else binary_loop)(row, dtype, "" if once else "static ")
            for row in table for dtype in LOOP_TYPES if own_loop(row, dtype) and is_once(row, dtype) == once]


def loop_entry(row, dtypes):
    names = [f"SJ__LOOP_CAST {loop_name(row, d)}" if d in row.types[0] else "NULL" for d in dtypes]
    return f"\t[SJ__LOOPS_{row.c_name.upper()}] = {{{{{', '.join(names)}}}}},"


def own_rows(table):
    return [row for row in table if row.loop and row.same_loop is None]


def loops_text(table):
    """The loops over floats, in one file that is compiled once per instruction set."""
    out = ['/* The elementwise loops over floats. Compiled once per instruction set, with the same bits from each. Printed; do not edit. */',
           '#include "cpu/elementwise.h"', '#include "elementwise_loops.h"', '',
           "#if defined(__AVX512F__)", "#define SJ__LOOPS_TABLE sj__loops_avx512", "#elif defined(__AVX2__)",
           "#define SJ__LOOPS_TABLE sj__loops_avx2", "#else", "#define SJ__LOOPS_TABLE sj__loops_plain", "#endif", ""]
    out += ["\n\n".join(loop_texts(table, once=False)), "", "const sj__float_loops SJ__LOOPS_TABLE[] = {"]
    out += [loop_entry(row, LOOP_TYPES[:2]) for row in own_rows(table)]
    return "\n".join(out + ["};"]) + "\n"


def loops_once_text(table):
    """The loops over integers and the rare ones over floats."""
    out = ['/* The elementwise loops that are compiled once: over integers, and rare ones over floats. Printed; do not edit. */',
           '#include "cpu/elementwise.h"', '#include "elementwise_loops.h"', '', "\n\n".join(loop_texts(table, once=True)), "",
           "const sj__whole_loops sj__loops_whole[] = {"]
    out += [loop_entry(row, LOOP_TYPES[2:]) for row in own_rows(table)]
    return "\n".join(out + ["};"]) + "\n"


def loops_header_text(table):
    shared = [row for row in table if row.loop and row.same_loop]
    lines = [f"\tSJ__LOOPS_{row.c_name.upper()}," for row in own_rows(table)]
    by_name = {row.name: row for row in table}
    lines += [f"\tSJ__LOOPS_{row.c_name.upper()} = SJ__LOOPS_{by_name[row.same_loop].c_name.upper()}," for row in shared]
    once = []
    for row in own_rows(table):
        arguments = ("int64_t n, const void *x, void *y" if row.loop == "unary" else
                     "int64_t n, const void *x, int64_t stride_x, const void *y, int64_t stride_y, void *z")
        once += [f"void {loop_name(row, d)}({arguments});" for d in LOOP_TYPES if d in row.types[0] and is_once(row, d)]
    return ("/* Which loops there are. Printed; do not edit. */\n#ifndef SOKUJI_ELEMENTWISE_LOOPS_H\n#define SOKUJI_ELEMENTWISE_LOOPS_H\n\n"
            '#include "ops/op.h"\n\nenum {\n' + "\n".join(lines) + "\n};\n\n" + "\n".join(once) + "\n\n#endif\n")


# ---- for tests and readers ----

def row_json(row):
    saved = saves(row)
    return {"name": row.name, "c_name": row.c_name, "doc": row.doc,
            "inputs": [{"name": p.name, "type": p.type, "optional": p.optional, "variadic": p.variadic, "list": p.is_list}
                       for p in row.inputs],
            "outputs": [{"name": p.name, "type": p.type} for p in row.outputs], "variadic_outputs": row.variadic_outputs,
            "types": row.types, "differentiable": row.gradient is not None, "saves": saved, "loop": row.loop,
            "attributes": [{"name": a.name, "kind": "enum" if a.enum else a.kind, "default": a.default, "required": a.required,
                            "values": [v.name for v in a.values] if a.enum else None} for a in row.attributes],
            "stateful": row.stateful, "internal": row.internal, "test": row.test}


def markdown_text(table):
    lines = ["# Operations", "", f"{len(table)} operations, printed from the table in `src/ops/table/`.", "",
             "| operation | C | dtypes | gradient | what it computes |", "|---|---|---|---|---|"]
    for row in table:
        types = "; ".join(f"{rows.CLASS_NAMES[i]}: {' '.join(t)}" for i, t in enumerate(row.types))
        first = row.doc.strip().splitlines()[0].replace("|", "\\|")
        lines.append(f"| {row.name} | {'internal' if row.internal else '`sj_' + row.c_name + '`'} | {types} | "
                     f"{'yes' if row.gradient is not None else 'no'} | {first} |")
    return "\n".join(lines) + "\n"


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder, table = sys.argv[1], rows.load()
    write(folder, "include/sokuji/operations.h", header_text(table))
    write(folder, "ops_numbers.h", internal_header_text(table))
    write(folder, "ops_table.c", '#include "ops_gradients.h"\n' + table_text(table))
    write(folder, "ops_functions.c", functions_text(table))
    write(folder, "ops_gradients.h", '#include "ops/op.h"\n#include "ops_numbers.h"\n' + gradients_text(table))
    write(folder, "elementwise_loops.c", loops_text(table))
    write(folder, "elementwise_once.c", loops_once_text(table))
    write(folder, "elementwise_loops.h", loops_header_text(table))
    write(folder, "operations.json", json.dumps([row_json(r) for r in table], indent=1))
    write(folder, "operations.md", markdown_text(table))


if __name__ == "__main__":
    main()
