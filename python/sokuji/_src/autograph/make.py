"""Short words for making nodes. Whoever makes a statement gives its place; what lies within takes it over (ast.fix_missing_locations)."""

import ast

from sokuji._src.autograph.names import RUNTIME

LOAD, STORE = ast.Load(), ast.Store()


def load(name):
    return ast.Name(name, LOAD)


def operator(name):
    """ag__.name"""
    return ast.Attribute(ast.Name(RUNTIME, LOAD), name, LOAD)


def runtime_call(name, arguments, keywords=()):
    return ast.Call(operator(name), list(arguments), list(keywords))


def is_runtime_call(node):
    return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == RUNTIME


def assign(name, value, at):
    """name = value, a flag's assignment, at the place of another node."""
    made = ast.copy_location(ast.Assign([ast.Name(name, STORE)], value), at)
    made.flag_set = name
    return made


def arguments(*names):
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])


def thunk(value):
    """lambda: value"""
    return ast.copy_location(ast.Lambda(arguments(), value), value)


def function(name, body, at, *parameters):
    made = ast.FunctionDef(name, arguments(*parameters), body, [], None)
    if "type_params" in ast.FunctionDef._fields:
        made.type_params = []
    return ast.copy_location(made, at)


def names_tuple(names):
    return ast.Tuple([ast.Constant(n) for n in names], LOAD)
