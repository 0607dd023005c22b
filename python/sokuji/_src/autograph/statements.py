"""Statements: if, while and for become functions and a call of an operator; the rest keeps its form around converted expressions.

The variables of the user's function become cells that these functions share (`nonlocal`), so a branch or a loop's body reads and writes what it did before,
unbound variables stay unbound, and an operator finds a variable's cell in the body's closure by its name. Attributes and items that are assigned come with
functions that read and write them.
"""

import ast

from sokuji._src.autograph import jumps, messages
from sokuji._src.autograph.expressions import Expressions
from sokuji._src.autograph.make import LOAD, STORE, arguments, function, load, names_tuple, runtime_call, thunk
from sokuji._src.autograph.names import Liveness, bound, captured, declared, forget, parameters, walk_scope

_LOOP_OPTIONS = "set_loop_options"


def check(node):
    """Refuses what has no conversion."""
    for inner in walk_scope(node.body if isinstance(node.body, list) else [node.body]):
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            raise messages.UnsupportedLanguageElementError("generators are not supported")
        if isinstance(inner, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            raise messages.UnsupportedLanguageElementError("coroutines are not supported")
        if isinstance(inner, (ast.For, ast.While)) and inner.orelse:
            raise messages.UnsupportedLanguageElementError("%s/else statement not yet supported" % type(inner).__name__.lower())


def convert_function(node, options):
    """Converts a FunctionDef in place; its decorators and defaults are the caller's matter."""
    check(node)
    forget(node)
    if "LISTS" in options:
        names = {n.id for n in walk_scope(node.body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        node.body = [_Lists(names).visit(s) for s in node.body]
    Statements(node, options).run()
    return node


def convert_lambda(node, options):
    """Converts a Lambda in place."""
    check(node)
    own = set(parameters(node.args))
    expressions = Expressions(options, own)
    expressions.hoistable = 1
    node.body = expressions.visit(node.body)
    return node


class Statements(Expressions):
    """Converts the body of one function."""

    def __init__(self, node, options):
        self.node = node
        self.parameters = parameters(node.args)
        names = bound(node.body)  # also what is bound, or declared, where control never comes
        self.globals = declared(node.body, ast.Global)
        self.nonlocals = declared(node.body, ast.Nonlocal)
        node.body = jumps.lower(node.body)
        forget(node)
        self.shared = names - bound(node.body)  # locals that some inner function assigns
        names |= bound(node.body)
        self.locals = (names | set(self.parameters)) - self.globals
        super().__init__(options, self.locals | self.globals)
        self.walrus = any(isinstance(n, ast.NamedExpr) for n in ast.walk(node))
        positional = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        self.first_parameter = positional[0] if positional else None
        Liveness(node.body, self.globals | self.nonlocals)
        self.captured = set()  # what functions made so far read from this one
        self.loops = 0  # how many loops are around
        self.writers = 0

    def run(self):
        body = self.block(self.node.body)
        start = 1 if body and jumps._is_docstring(body[0]) else 0
        place = body[start] if start < len(body) else body[-1]
        declarations = []
        for kind, names in ((ast.Global, self.globals), (ast.Nonlocal, self.nonlocals)):
            if names:
                declarations.append(ast.copy_location(kind(sorted(names)), place))
        made_local = sorted(self.shared - set(self.parameters) - self.nonlocals - self.globals)
        if made_local:
            # Never run, and left out by the compiler: says that these are variables of this function.
            unbound = ast.Assign([ast.Name(n, STORE) for n in made_local], ast.Constant(None))
            declarations.append(ast.copy_location(ast.If(ast.Constant(0), [ast.copy_location(unbound, place)], []), place))
        body[start:start] = declarations
        self.node.body = body

    def declarations(self, names, at):
        """nonlocal and global statements for a function made within this one that assigns names."""
        shared, globals_ = sorted(names - self.globals), sorted(names & self.globals)
        self.shared.update(shared)
        made = [ast.Nonlocal(shared)] if shared else []
        if globals_:
            made.append(ast.Global(globals_))
        return [ast.copy_location(m, at) for m in made]

    def block(self, statements):
        """Converted statements; never empty."""
        made = []
        for statement in statements:
            outer, self.hoisted = self.hoisted, []
            before = self.captured | captured([statement])
            converted = self.visit(statement)
            made += self.hoisted
            self.hoisted = outer
            self.captured = before
            if isinstance(converted, list):
                made += converted
            elif converted is not None:
                made.append(converted)
        if not made:
            made.append(ast.copy_location(ast.Pass(), statements[0]) if statements else ast.Pass())
        return made

    # ---- simple statements ----

    def visit_Global(self, node):
        return None

    visit_Nonlocal = visit_Global

    def visit_AnnAssign(self, node):
        """Annotated variables cannot be nonlocal; the annotation of a variable in a function means nothing at run time."""
        if not isinstance(node.target, ast.Name):
            node.target = self.visit(node.target)
            node.value = node.value and self.visit(node.value)
            return node
        if node.value is None:
            self.shared.add(node.target.id)
            return None
        return ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)

    def visit_Assert(self, node):
        self.generic_visit(node)
        if "ASSERT_STATEMENTS" not in self.options:
            return node
        message = thunk(node.msg) if node.msg is not None else ast.Constant(None)
        return ast.copy_location(ast.Expr(ast.copy_location(runtime_call("assert_stmt", [node.test, message]), node)), node)

    def visit_Expr(self, node):
        if _is_loop_options(node.value):
            where = "be the first statement in the loop block" if self.loops else "be used inside a statement"
            raise ValueError('"%s" must %s' % (_LOOP_OPTIONS, where))
        self.generic_visit(node)
        return node

    # ---- compound statements that stay ----

    def visit_With(self, node):
        for item in node.items:
            item.context_expr = self.visit(item.context_expr)
            item.optional_vars = item.optional_vars and self.visit(item.optional_vars)
        node.body = self.block(node.body)
        return node

    def visit_Try(self, node):
        node.body = self.block(node.body)
        for handler in node.handlers:
            handler.type = handler.type and self.visit(handler.type)
            handler.body = self.block(handler.body)
        node.orelse = self.block(node.orelse) if node.orelse else []
        node.finalbody = self.block(node.finalbody) if node.finalbody else []
        return node

    visit_TryStar = visit_Try

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        for case in node.cases:
            # A guard's function would be made before the pattern binds; it is one of Python where it needs one.
            self.hoistable += 1
            case.guard = case.guard and self.visit(case.guard)
            self.hoistable -= 1
            case.body = self.block(case.body)
        return node

    # ---- functions and classes within ----

    def visit_FunctionDef(self, node):
        node.args = self.defaults(node.args)
        if any(_declines(d) for d in node.decorator_list):
            return node
        try:
            convert_function(node, self.options)
        except messages.UnsupportedLanguageElementError:
            if not _is_generator(node):
                raise
        return node

    def visit_AsyncFunctionDef(self, node):
        return node

    def visit_ClassDef(self, node):
        """The methods of a class made here are converted; its body is run as it stands."""
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and not _is_generator(inner) and not any(_declines(d) for d in inner.decorator_list):
                convert_function(inner, self.options)
        return node

    # ---- control flow ----

    def visit_If(self, node):
        changed = bound(node.body) | bound(node.orelse)
        live = node.live_out | self.captured
        accessors = self.accessors(node, [*node.body, *node.orelse], changed)
        test = self.visit(node.test)
        hoisted, self.hoisted = self.hoisted, []
        body = self.body("ag__if_body", node.body, node)
        orelse = self.body("ag__else_body", node.orelse, node) if node.orelse else None
        names = sorted(changed - self.globals)
        outputs = [n for n in names if n in live]
        state = outputs + [n for n in names if n not in live]
        parts = [test, load("ag__if_body"), load("ag__else_body") if orelse else ast.Constant(None), names_tuple(state), ast.Constant(len(outputs))]
        call = self.statement("if_stmt", parts, accessors, node)
        return [*hoisted, body, *([orelse] if orelse else []), *accessors[1], call]

    def visit_While(self, node):
        options = self.loop_options(node)
        changed = bound([*node.body, ast.copy_location(ast.Expr(node.test), node)])
        accessors = self.accessors(node, node.body, changed)
        self.loops += 1
        outer, self.hoisted = self.hoisted, []
        binds = bound([ast.Expr(node.test)])
        test = [ast.copy_location(ast.Return(self.visit(node.test)), node.test)]
        loop_test = function("ag__loop_test", [*self.declarations(binds, node), *self.hoisted, *test], node.test)
        self.hoisted = outer
        body = self.body("ag__loop_body", node.body, node)
        parts = [load("ag__loop_test"), load("ag__loop_body"), names_tuple(self.loop_state(node, changed)), options, ast.Constant(not binds)]
        call = self.statement("while_stmt", parts, accessors, node)
        self.loops -= 1
        return [loop_test, body, *accessors[1], call]

    def visit_For(self, node):
        options = self.loop_options(node)
        target_names = bound([node.target])
        changed = bound(node.body) | target_names
        accessors = self.accessors(node, node.body, changed)
        self.loops += 1
        iterated = self.visit(node.iter)
        hoisted, self.hoisted = self.hoisted, []
        extra_test = thunk(node.extra_test) if node.extra_test is not None else ast.Constant(None)
        target = ast.copy_location(ast.Assign([self.visit(node.target)], load("ag__item")), node.target)
        body = self.body("ag__loop_body", node.body, node, first=target, parameter="ag__item")
        parts = [iterated, extra_test, load("ag__loop_body"), names_tuple(self.loop_state(node, changed)), options]
        call = self.statement("for_stmt", parts, accessors, node)
        self.loops -= 1
        return [*hoisted, body, *accessors[1], call]

    def body(self, name, statements, node, first=None, parameter=None):
        changed = bound(statements) | (bound([first]) if first is not None else set())
        made = self.block(statements)
        declarations = self.declarations(changed, node)
        return function(name, [*declarations, *([first] if first is not None else []), *made], node, *([parameter] if parameter else []))

    def loop_state(self, node, changed):
        live = node.live_in | node.live_out | self.captured
        return sorted(n for n in changed - self.globals if n in live)

    def statement(self, name, parts, accessors, node):
        if accessors[0]:
            parts.append(ast.Tuple(accessors[0], LOAD))
        return ast.copy_location(ast.Expr(ast.copy_location(runtime_call(name, parts), node)), node)

    # ---- attributes, items and globals that a block assigns ----

    def accessors(self, node, statements, changed):
        """(triples of a name, a function that reads it, one that writes it; the definitions of the latter)."""
        found = {}
        for inner in walk_scope(statements):
            if isinstance(inner, (ast.Attribute, ast.Subscript)) and isinstance(inner.ctx, (ast.Store, ast.Del)):
                names = _composite(inner)
                if names is not None and not names & changed:
                    found.setdefault(ast.unparse(inner), inner)
        for name in sorted(changed & self.globals):
            found[name] = load(name)
        triples, definitions = [], []
        for name in sorted(found):
            self.writers += 1
            writer = "ag__write_%d" % self.writers
            text = ast.parse("def %s(*ag__value):\n if ag__value: %s, = ag__value\n else: del %s" % (writer, name, name)).body[0]
            for inner in ast.walk(text):
                for attribute in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
                    if hasattr(inner, attribute):
                        setattr(inner, attribute, getattr(node, attribute))
            if name in self.globals:
                text.body.insert(0, ast.copy_location(ast.Global([name]), node))
            definitions.append(text)
            read = ast.Lambda(arguments(), ast.parse(name, mode="eval").body)
            for inner in ast.walk(read):
                ast.copy_location(inner, node)
            triples.append(ast.Tuple([ast.Constant(name), read, load(writer)], LOAD))
        return triples, definitions

    # ---- set_loop_options ----

    def loop_options(self, node):
        """The first statement of a loop can be set_loop_options; it goes into a lambda that only a tensor's loop asks."""
        first = node.body[0]
        if not (isinstance(first, ast.Expr) and _is_loop_options(first.value)):
            return ast.Constant(None)
        del node.body[0]
        if not node.body:
            node.body.append(ast.copy_location(ast.Pass(), first))
        call = first.value
        for keyword in call.keywords:
            if keyword.arg == "shape_invariants" and isinstance(keyword.value, (ast.List, ast.Tuple)):
                keyword.value.elts = [_named(e) for e in keyword.value.elts]
        made = runtime_call("loop_options", call.args, call.keywords)
        return ast.copy_location(thunk(ast.copy_location(made, first)), first)


def _named(element):
    """(x, shape) as ("x", shape): the variable is meant, not its value."""
    if isinstance(element, (ast.Tuple, ast.List)) and len(element.elts) == 2 and isinstance(element.elts[0], (ast.Name, ast.Attribute)):
        element.elts[0] = ast.copy_location(ast.Constant(ast.unparse(element.elts[0])), element.elts[0])
    return element


def _is_loop_options(node):
    if not isinstance(node, ast.Call):
        return False
    function_ = node.func
    return (function_.attr if isinstance(function_, ast.Attribute) else getattr(function_, "id", None)) == _LOOP_OPTIONS


class _Lists(ast.NodeTransformer):
    """With the feature LISTS: a list is made by new_list, and x.append(value), y = x.pop() assign x, where x is bound in the function."""

    def __init__(self, names):
        self.names = names

    def visit_Lambda(self, node):
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda

    def visit_List(self, node):
        self.generic_visit(node)
        return ast.copy_location(runtime_call("new_list", [node]), node) if isinstance(node.ctx, ast.Load) else node

    def visit_Expr(self, node):
        self.generic_visit(node)
        name = _method_of_name(node.value, "append", 1)
        if name not in self.names:
            return node
        value = ast.copy_location(runtime_call("list_append", [load(name), node.value.args[0]]), node)
        return ast.copy_location(ast.Assign([ast.Name(name, STORE)], value), node)

    def visit_Assign(self, node):
        self.generic_visit(node)
        name = _method_of_name(node.value, "pop", 0)
        if name not in self.names or len(node.targets) != 1:
            return node
        pair = ast.Tuple([ast.Name(name, STORE), node.targets[0]], STORE)
        return ast.copy_location(ast.Assign([pair], ast.copy_location(runtime_call("list_pop", [load(name)]), node)), node)


def _method_of_name(node, method, count):
    """The name x of a call x.method(…) with that many arguments."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != method or node.keywords:
        return None
    return node.func.value.id if isinstance(node.func.value, ast.Name) and len(node.args) == count else None


def _declines(decorator):
    """@do_not_convert, @tf.function(autograph=False)"""
    if isinstance(decorator, ast.Call):
        if any(k.arg == "autograph" and isinstance(k.value, ast.Constant) and not k.value.value for k in decorator.keywords):
            return True
        decorator = decorator.func
    return (decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", None)) == "do_not_convert"


def _is_generator(node):
    return any(isinstance(n, (ast.Yield, ast.YieldFrom, ast.Await)) for n in walk_scope(node.body))


def _composite(node):
    """The names in x.y, x[0], x[i], …; None of what is more than names and constants."""
    names = set()
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            if isinstance(node.slice, ast.Name):
                names.add(node.slice.id)
            elif not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, (int, str))):
                return None
        elif not isinstance(node, ast.Attribute):
            return None
        node = node.value
    names.add(node.id)
    return names
