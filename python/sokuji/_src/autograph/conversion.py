"""From a function to its converted code, once for each code object: source, tree, compiled code, and functions made of it.

The converted code keeps the user's file and lines. A function made of it has the original's globals, closure cells, defaults and annotations, so what
those hold later is seen.
"""

import ast
import re
import types
import weakref

from sokuji._src.autograph import messages, source, statements
from sokuji._src.autograph.names import RUNTIME

_Function = types.FunctionType
_FUNCTION = RUNTIME + "function"
_ADDED = re.compile(r"\.<locals>\.%s\w+" % RUNTIME)
_artifacts = {}  # id: a weak reference to a code object that conversion made


class Converted:
    """The converted code of a code object, for the operators in a cell."""

    def __init__(self, code, original, runtime_cell):
        self.code = code
        free = {name: i for i, name in enumerate(original.co_freevars)}
        self.cells = [free.get(name) for name in code.co_freevars]
        self.runtime_cell = runtime_cell
        self.closure = None if any(i is not None for i in self.cells) else tuple(runtime_cell for _ in self.cells)

    def function(self, original):
        """A function like the original, of the converted code."""
        cells = self.closure
        if cells is None:
            closure = original.__closure__
            cells = tuple([self.runtime_cell if i is None else closure[i] for i in self.cells])
        made = _Function(self.code, original.__globals__, original.__name__, original.__defaults__, cells)
        if original.__kwdefaults__:
            made.__kwdefaults__ = original.__kwdefaults__
        return made


class Cache:
    """Values by code object; an entry ends with its code object."""

    def __init__(self):
        self._values, self._references = {}, {}
        self.get = self._values.get  # by id(code)

    def put(self, code, value):
        key, values, references = id(code), self._values, self._references

        def forget(_):
            values.pop(key, None)
            references.pop(key, None)

        references[key] = weakref.ref(code, forget)
        values[key] = value
        return value


def is_artifact(code):
    return id(code) in _artifacts


def tree(function, options):
    """The converted node of a Python function: a FunctionDef, or a Lambda."""
    code = function.__code__
    if code.co_flags & 0x2A0:  # generators, coroutines, asynchronous generators
        kind = "generators" if code.co_flags & 0x20 else "coroutines"
        raise messages.UnsupportedLanguageElementError("%s are not supported" % kind)
    node = source.node_of(function)
    convert = statements.convert_lambda if isinstance(node, ast.Lambda) else statements.convert_function
    return convert(node, options)


def convert(function, options, runtime_cell=None):
    """The Converted of a function."""
    original = function.__code__
    node = tree(function, options)
    code = _compiled(node, original)
    code = _as_the_users(code, original)
    messages.note(1, "Converted %s", function)
    if messages.verbosity() >= 2:
        messages.note(2, "%s", ast.unparse(node))
    return Converted(code, original, runtime_cell)


def _compiled(node, original):
    """Compiles within a function that has the free variables as parameters, and a class where names are private to one."""
    if isinstance(node, ast.Lambda):
        inner, name = ast.Expr(node), "<lambda>"
    else:
        # The function's own name, and its class's, mean what they meant where it was defined.
        inner, node.name = node, _FUNCTION
        name = _FUNCTION
        node.args.defaults = [ast.Constant(None)] * len(node.args.defaults)
        node.args.kw_defaults = [d and ast.Constant(None) for d in node.args.kw_defaults]
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
    class_name = source.class_of(original)
    if class_name:
        class_name = "___" + class_name  # private names leave leading underscores out
        outer = ast.ClassDef(class_name, [], [], [inner], [])
        if "type_params" in ast.ClassDef._fields:
            outer.type_params = []
    else:
        outer = inner
    ast.copy_location(outer, node)
    parameters = [RUNTIME, *original.co_freevars]
    factory = ast.FunctionDef("factory", ast.arguments([], [ast.arg(p) for p in parameters], None, [], [], None, []), [outer], [], None)
    if "type_params" in ast.FunctionDef._fields:
        factory.type_params = []
    module = ast.fix_missing_locations(ast.Module([ast.copy_location(factory, node)], []))
    made = compile(module, original.co_filename, "exec", original.co_flags & source.FLAGS, True)
    for wanted in ["factory", *([class_name] if class_name else []), name]:
        made = next(c for c in made.co_consts if isinstance(c, types.CodeType) and c.co_name == wanted)
    return made


def _as_the_users(code, original):
    """Everything within is named as in the user's file, for tracebacks: what conversion added as the function it is of. It is remembered as converted."""
    qualified = getattr(original, "co_qualname", original.co_name)

    def named(text):
        return qualified + _ADDED.sub("", text[len(code.co_qualname) :])

    def renamed(part):
        constants = []
        for constant in part.co_consts:
            if isinstance(constant, types.CodeType):
                constant = renamed(constant)
            elif isinstance(constant, str) and constant.startswith(code.co_qualname):
                constant = named(constant)  # what a class calls itself
            constants.append(constant)
        name = named(part.co_qualname)
        made = part.replace(co_consts=tuple(constants), co_qualname=name, co_name=name.rpartition(".")[2])
        key = id(made)
        _artifacts[key] = weakref.ref(made, lambda _: _artifacts.pop(key, None))
        return made

    return renamed(code)
