"""Expressions: and, or, not, conditional expressions, chained comparisons and calls become calls of operators.

What an operator may leave unevaluated is handed over as a lambda. One that binds a variable (:=) cannot be a lambda; it becomes a function in front of the
statement. Comprehensions stay loops of Python; what stands within is converted.
"""

import ast

from sokuji._src.autograph.make import LOAD, function, is_runtime_call, load, operator, runtime_call, thunk
from sokuji._src.autograph.names import walk_scope

_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in",
    ast.NotIn: "not in",
}  # fmt: skip


class Expressions(ast.NodeTransformer):
    """Converts the expressions of one function. Statement conversion is a subclass (statements.py)."""

    def __init__(self, options, own_names):
        self.options = options
        self.own_names = own_names  # what the function binds or takes: these names are no builtins
        self.hoisted = []
        self.hoistable = 0  # above 0 inside lambdas and comprehensions, where no statement can be put in front
        self.first_parameter = None
        self.walrus = True

    # ---- what is not evaluated at once ----

    def binds(self, node):
        """Whether an expression holds :=. Few functions do."""
        return self.walrus and any(isinstance(n, ast.NamedExpr) for n in walk_scope([node]))

    def later(self, node):
        """A function without arguments that evaluates a converted expression."""
        if not self.binds(node):
            return thunk(node)
        name = "ag__part_%d" % len(self.hoisted)
        bound = {n.target.id for n in walk_scope([node]) if isinstance(n, ast.NamedExpr)}
        body = [*self.declarations(bound, node), ast.copy_location(ast.Return(node), node)]
        self.hoisted.append(function(name, body, node))
        return ast.copy_location(load(name), node)

    def declarations(self, names, at):
        raise NotImplementedError

    def _stays(self, parts):
        """Whether an expression has to stay Python's: it binds variables where no function can be put in front."""
        return self.hoistable and any(self.binds(p) for p in parts)

    # ---- operators ----

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if self._stays(node.values[1:]):
            return node
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        return ast.copy_location(runtime_call(name, [node.values[0], *(self.later(v) for v in node.values[1:])]), node)

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            return ast.copy_location(runtime_call("not_", [node.operand]), node)
        return node

    def visit_IfExp(self, node):
        text = ast.unparse(node.test)
        self.generic_visit(node)
        if self._stays([node.body, node.orelse]):
            return node
        made = runtime_call("if_exp", [node.test, self.later(node.body), self.later(node.orelse), ast.Constant(text)])
        return ast.copy_location(made, node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        words = [_COMPARISONS[type(op)] for op in node.ops]
        if len(words) == 1:
            if "EQUALITY_OPERATORS" in self.options and words[0] in ("==", "!="):
                return ast.copy_location(runtime_call("eq" if words[0] == "==" else "not_eq", [node.left, node.comparators[0]]), node)
            return node
        if self._stays(node.comparators):
            return node
        parts = [node.left, ast.Tuple([ast.Constant(w) for w in words], LOAD), *(self.later(c) for c in node.comparators)]
        return ast.copy_location(runtime_call("compare", parts), node)

    # ---- scopes within ----

    def visit_Lambda(self, node):
        node.args = self.defaults(node.args)
        own, self.own_names = self.own_names, self.own_names | {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        first, self.first_parameter = self.first_parameter, None
        self.hoistable += 1
        node.body = self.visit(node.body)
        self.hoistable -= 1
        self.own_names, self.first_parameter = own, first
        return node

    def defaults(self, args):
        args.defaults = [self.visit(d) for d in args.defaults]
        args.kw_defaults = [d if d is None else self.visit(d) for d in args.kw_defaults]
        return args

    def _comprehension(self, node):
        first = node.generators[0]
        first.iter = self.visit(first.iter)  # is evaluated outside
        kept, first.iter = first.iter, ast.Constant(None)
        self.hoistable += 1
        self.generic_visit(node)
        self.hoistable -= 1
        first.iter = kept
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    # ---- calls ----

    def visit_Call(self, node):
        if is_runtime_call(node):
            self.generic_visit(node)
            return node
        if isinstance(node.func, ast.Name) and node.func.id not in self.own_names:
            special = getattr(self, "_call_" + node.func.id, None)
            if special is not None:
                return special(node)
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.copy_location(operator("converted_call"), node.func), [node.func, *node.args], node.keywords), node)

    def _call_super(self, node):
        """super() looks at the frame it is called in; converted statements run in frames of their own."""
        if node.args or node.keywords or self.first_parameter is None:
            self.generic_visit(node)
            return node
        node.args = [ast.copy_location(load("__class__"), node), ast.copy_location(load(self.first_parameter), node)]
        return node

    def _call_print(self, node):
        self.generic_visit(node)
        if "BUILTIN_FUNCTIONS" not in self.options:
            return node
        return ast.copy_location(ast.Call(operator("converted_call"), [node.func, *node.args], node.keywords), node)

    def _call_locals(self, node):
        if node.args or node.keywords or self.hoistable:
            return node
        keys = sorted(self.own_names)
        pairs = ast.Dict([ast.Constant(k) for k in keys], [thunk(ast.copy_location(load(k), node)) for k in keys])
        return ast.copy_location(runtime_call("locals_", [pairs]), node)

    def _call_vars(self, node):
        return self._call_locals(node) if not node.args and not node.keywords else self.generic_visit(node)

    def _call_eval(self, node):
        self.generic_visit(node)
        if len(node.args) != 1 or node.keywords or self.hoistable or isinstance(node.args[0], ast.Starred):
            return node
        here = ast.copy_location(ast.Call(load("globals"), [], []), node)
        node.args += [here, self._call_locals(ast.copy_location(ast.Call(load("locals"), [], []), node))]
        return node
