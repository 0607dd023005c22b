"""Lowers break, continue and return to flags, so that what follows can be a graph: every statement then falls through to the next.

A branch that surely leaves takes the statements after its `if` into the other branch; where it is not sure, they are guarded by the flags. The names are
TensorFlow's (`do_return`, `retval_`, `break_`, `continue_`), for messages speak of them. A function whose only return is its last statement stays.
"""

import ast

from sokuji._src.autograph import messages
from sokuji._src.autograph.make import assign, load, runtime_call, thunk
from sokuji._src.autograph.names import FUNCTIONS

RETURN = "do_return"
VALUE = "retval_"


class _Loop:
    """The flags of the innermost loop."""

    def __init__(self, number):
        suffix = "" if number == 0 else "_%d" % number
        self.break_, self.continue_ = "break_" + suffix, "continue_" + suffix


def lower(body):
    """The statements of a function without jumps."""
    return _Lowering().function(body)


def _only_at_the_end(body):
    """Whether nothing has to be lowered."""
    for i, statement in enumerate(body):
        if isinstance(statement, ast.Return) and i == len(body) - 1:
            return True
        if _jumps(statement):
            return False
    return True


def _jumps(statement):
    """Whether control can leave a statement by break, continue or return (a jump of its own loop counts too)."""
    stack = [] if _is_scope(statement) else [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Return, ast.Break, ast.Continue)):
            return True
        stack.extend(n for n in ast.iter_child_nodes(node) if isinstance(n, (ast.stmt, ast.ExceptHandler, ast.match_case)) and not _is_scope(n))
    return False


def _is_scope(node):
    return isinstance(node, (*FUNCTIONS, ast.ClassDef))


class _Lowering:
    def __init__(self):
        self.read = set()  # flags that something asks for
        self.loops = 0

    def function(self, body):
        if _only_at_the_end(body):
            for statement in body:
                self.loop_tests(statement)
            return body
        made, leaves, may = self.block(body, None)
        last = made[-1] if made else body[-1]
        if leaves:
            made.append(ast.copy_location(ast.Return(load(VALUE)), last))
        elif RETURN in may:
            self.read.add(RETURN)
            made.append(ast.copy_location(ast.Return(runtime_call("returned", [load(RETURN), thunk(load(VALUE))])), last))
        if RETURN in self.read:
            at = next((i for i, s in enumerate(made) if not _is_docstring(s)), 0)
            made.insert(at, assign(RETURN, ast.Constant(False), made[at]))
        return self.without_unread(made)

    def loop_tests(self, statement):
        for node in ast.walk(statement):
            if isinstance(node, ast.For):
                node.extra_test = getattr(node, "extra_test", None)

    # ---- blocks ----

    def block(self, statements, loop):
        """(statements, whether control surely leaves by a jump, the flags that may be set)."""
        made, may = [], set()
        for i, statement in enumerate(statements):
            if isinstance(statement, (ast.Return, ast.Break, ast.Continue)):
                made += self.jump(statement, loop, may)
                return made, True, may
            rest = statements[i + 1 :]
            if isinstance(statement, ast.If) and _jumps(statement):
                return self.conditional(statement, rest, loop, made, may)
            leaves, flags = self.compound(statement, loop)
            made.append(statement)
            may |= flags
            if leaves:
                return made, True, may
            if flags and rest:
                return self.guarded(rest, flags, loop, made, may)
        return made, False, may

    def jump(self, statement, loop, may):
        if isinstance(statement, ast.Return):
            may.add(RETURN)
            value = statement.value if statement.value is not None else ast.copy_location(ast.Constant(None), statement)
            return [assign(VALUE, value, statement), assign(RETURN, ast.Constant(True), statement)]
        flag = loop.break_ if isinstance(statement, ast.Break) else loop.continue_
        may.add(flag)
        return [assign(flag, ast.Constant(True), statement)]

    def conditional(self, statement, rest, loop, made, may):
        body, body_leaves, body_may = self.block(statement.body, loop)
        orelse, else_leaves, else_may = self.block(statement.orelse, loop)
        may |= body_may | else_may
        made.append(statement)
        leaves = body_leaves and else_leaves
        if body_leaves != else_leaves and rest:
            branch, flags = (orelse, else_may) if body_leaves else (body, body_may)
            if flags:
                _, leaves, more = self.guarded(rest, flags, loop, branch, set())
            else:
                after, leaves, more = self.block(rest, loop)
                branch += after
            may |= more
            statement.body, statement.orelse = body or [_pass(statement)], orelse
            return made, leaves, may
        statement.body, statement.orelse = body or [_pass(statement)], orelse
        if not leaves and rest:
            return self.guarded(rest, body_may | else_may, loop, made, may)
        return made, leaves, may

    def guarded(self, rest, flags, loop, made, may):
        """The rest, run unless a flag is set."""
        after, leaves, more = self.block(rest, loop)
        guard = ast.If(self.none_of(flags), after, [])
        made.append(ast.copy_location(guard, rest[0]))
        # Whoever set a flag has left too.
        return made, leaves, may | more

    def none_of(self, flags):
        self.read |= flags
        return runtime_call("none_of", [load(flag) for flag in sorted(flags)])

    # ---- statements that hold blocks ----

    def compound(self, statement, loop):
        """Lowers a statement's blocks in place; (surely leaves, flags)."""
        if not _jumps(statement):
            self.loop_tests(statement)
            return False, set()
        return getattr(self, "_" + type(statement).__name__.lower())(statement, loop)

    def _while(self, statement, loop):
        return self.loop(statement)

    def _for(self, statement, loop):
        return self.loop(statement)

    def loop(self, statement):
        own = _Loop(self.loops)
        self.loops += 1
        body, _, may = self.block(statement.body, own)
        stop = may - {own.continue_}
        if own.continue_ in may:
            body.insert(0, assign(own.continue_, ast.Constant(False), statement))
        if isinstance(statement, ast.While):
            if stop:
                test = ast.copy_location(self.none_of(stop), statement.test)
                statement.test = ast.copy_location(ast.BoolOp(ast.And(), [test, statement.test]), statement.test)
        else:
            statement.extra_test = ast.copy_location(self.none_of(stop), statement) if stop else None
        statement.body = body
        if own.break_ in stop:
            statement.flag = own.break_
        return False, may & {RETURN}

    def _with(self, statement, loop):
        statement.body, leaves, may = self.block(statement.body, loop)
        return leaves, may

    def _try(self, statement, loop):
        if any(_jumps(s) for s in statement.finalbody):
            raise messages.UnsupportedLanguageElementError("return, break and continue in a finally block are not supported")
        statement.body, leaves, may = self.block(statement.body, loop)
        if statement.orelse:
            orelse, else_leaves, else_may = self.block(statement.orelse, loop)
            if leaves:
                orelse = []
            elif may:
                orelse = [ast.copy_location(ast.If(self.none_of(may), orelse, []), orelse[0])]
            leaves, may = leaves or else_leaves, may | else_may
            statement.orelse = orelse
        before = sorted(may)
        for handler in statement.handlers:
            handler.body, handler_leaves, handler_may = self.block(handler.body, loop)
            # What raised after a flag was set (leaving a `with`, say) did not leave.
            handler.body[:0] = [assign(flag, ast.Constant(False), handler) for flag in before]
            leaves, may = leaves and handler_leaves, may | handler_may
        return leaves, may

    _trystar = _try

    def _match(self, statement, loop):
        leaves, may = _catches_all(statement.cases[-1]), set()
        for case in statement.cases:
            case.body, case_leaves, case_may = self.block(case.body, loop)
            leaves, may = leaves and case_leaves, may | case_may
        return leaves, may

    # ---- flags nobody asks for ----

    def without_unread(self, statements):
        """Drops assignments to flags that no guard, test or result reads, and sets the others before their loops."""
        return _Clean(self.read).block(statements)


class _Clean:
    def __init__(self, read):
        self.read = read

    def block(self, statements):
        made = []
        for statement in statements:
            flag = getattr(statement, "flag_set", None)
            if flag is not None and flag not in self.read and flag != VALUE:
                continue
            before = getattr(statement, "flag", None)
            if before in self.read:
                made.append(assign(before, ast.Constant(False), statement))
            if not _is_scope(statement):
                for field in ("body", "orelse", "finalbody"):
                    inner = getattr(statement, field, None)
                    if inner:
                        setattr(statement, field, self.block(inner) or ([_pass(statement)] if field == "body" else []))
                for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                    part.body = self.block(part.body) or [_pass(statement)]
            made.append(statement)
        return made


def _pass(at):
    return ast.copy_location(ast.Pass(), at)


def _is_docstring(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _catches_all(case):
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
