"""Which variables a piece of a function reads and binds, and which are live at each if and loop.

Liveness runs backwards over the statements, after break, continue and return have been lowered, so every statement falls through to the next. Each
If, While, For gets two sets: `live_out`, what is read after it, and for loops `live_in`, what is read at the beginning of a round.
"""

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
RUNTIME = "ag__"  # what the operators are called in converted code


def parameters(arguments):
    """The names of a function's parameters."""
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return names + [a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None]


def children(node):
    """The nodes right below a node (ast.iter_child_nodes, in half the time)."""
    found = []
    for value in node.__dict__.values():
        if type(value) is list:
            found += [v for v in value if isinstance(v, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def outside(node):
    """The parts of a function, lambda or class that run where it is made: decorators, defaults, bases."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
    defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
    return defaults if isinstance(node, ast.Lambda) else [*node.decorator_list, *defaults]


def _without_targets(node):
    """The parts of a comprehension but its variables, which are its own."""
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    for generator in node.generators:
        parts += [generator.iter, *generator.ifs]
    return parts


def walk_scope(nodes):
    """Every node of this scope: of functions, lambdas, classes within only what runs here."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        stack.extend(outside(node) if type(node) in SCOPES else children(node))


def _target_names(target):
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def bound(nodes):
    """The names that nodes bind in their own scope (global and nonlocal ones too). Kept at each node: conversion does not change what its statements bind."""
    names = set()
    for node in nodes:
        found = getattr(node, "names_bound", None)
        if found is None:
            found = node.names_bound = _bound(node)
        names |= found
    return names


def forget(node):
    """Before the jumps of a function within are lowered, which binds flags: what the function around it asked is kept no longer."""
    for inner in ast.walk(node):
        inner.__dict__.pop("names_bound", None)


def _bound(node):
    names, stack, statements = set(), [node], []
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:
                names.add(node.id)
            continue
        name = getattr(node, "name", None) or getattr(node, "rest", None)  # of functions, classes, handlers, patterns
        if isinstance(name, str) and kind is not ast.alias:
            names.add(name)
        if kind in SCOPES:
            stack += outside(node)
        elif kind in COMPREHENSIONS:
            stack += _without_targets(node)
        elif kind in (ast.Import, ast.ImportFrom):
            names.update((a.asname or a.name).split(".")[0] for a in node.names)
        else:
            for child in children(node):
                (statements if isinstance(child, ast.stmt) else stack).append(child)
    return names | bound(statements)


def declared(nodes, kind):
    """The names of the Global or Nonlocal statements of a scope."""
    return {name for node in walk_scope(nodes) if isinstance(node, kind) for name in node.names}


def free_reads(node):
    """What a function, lambda or class reads from around it."""
    if isinstance(node, ast.Lambda):
        return reads([node.body]) - set(parameters(node.args))
    if isinstance(node, ast.ClassDef):
        return reads(node.body)
    own = (bound(node.body) | set(parameters(node.args))) - declared(node.body, (ast.Global, ast.Nonlocal))
    return reads(node.body) - own


def reads(nodes):
    """The names that nodes read, and those that functions within them read from around them."""
    names, stack = set(), list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id != RUNTIME:
                names.add(node.id)
        elif isinstance(node, SCOPES):
            names |= free_reads(node)
            stack += outside(node)
        elif isinstance(node, COMPREHENSIONS):
            targets = set().union(*(_target_names(g.target) for g in node.generators))
            names |= (reads(_without_targets(node)) - targets) | reads([node.generators[0].iter])
        else:
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
            elif isinstance(node, ast.Delete):
                names.update(t.id for t in node.targets if isinstance(t, ast.Name))
            stack += children(node)
    return names


def captured(nodes):
    """What functions and lambdas made by statements read from around them."""
    names, stack = set(), list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, SCOPES):
            names |= free_reads(node)
        else:
            stack += children(node)
    return names


class Liveness:
    """One backward walk over a function's lowered body; marks its ifs and loops. `kept`: what others see when the function has ended."""

    def __init__(self, body, kept):
        self._reads, self._bound = {}, {}
        self._kept = frozenset(kept)
        self.block(body, self._kept, frozenset())

    def _read(self, node):
        if node is None:
            return frozenset()
        found = self._reads.get(id(node))
        if found is None:
            found = self._reads[id(node)] = reads([node])
        return found

    def _binds(self, node):
        found = self._bound.get(id(node))
        if found is None:
            found = self._bound[id(node)] = bound([node])
        return found

    def block(self, statements, out, raised):
        """What is live before statements; `raised` is what is live where an exception leads."""
        for node in reversed(statements):
            handler = getattr(self, "_" + type(node).__name__.lower(), None)
            out = (handler(node, out, raised) if handler else self._plain(node, out)) | raised
        return out

    def _plain(self, node, out):
        return (out - self._binds(node)) | self._read(node)

    def _raise(self, node, out, raised):
        return self._read(node)

    def _return(self, node, out, raised):
        return self._read(node) | self._kept

    def _if(self, node, out, raised):
        node.live_out = out
        return self._read(node.test) | self.block(node.body, out, raised) | self.block(node.orelse, out, raised)

    def _while(self, node, out, raised):
        live = out | self._read(node.test)
        while True:
            again = live | self.block(node.body, live, raised)
            if again == live:
                break
            live = again
        node.live_out, node.live_in = out, live
        return live

    def _for(self, node, out, raised):
        live = out | self._read(node.extra_test)
        targets = self._binds(node.target)
        while True:
            again = live | (self.block(node.body, live, raised) - targets) | self._read(node.target)
            if again == live:
                break
            live = again
        node.live_out, node.live_in = out, live
        return live | self._read(node.iter)

    def _with(self, node, out, raised):
        live = self.block(node.body, out, raised)
        for item in reversed(node.items):
            if item.optional_vars is not None:
                live = (live - self._binds(item.optional_vars)) | self._read(item.optional_vars)
            live = live | self._read(item.context_expr)
        return live

    def _try(self, node, out, raised):
        out = self.block(node.finalbody, out, raised)
        caught = out
        for handler in node.handlers:
            live = self.block(handler.body, out, raised | out)
            caught = caught | (live - {handler.name}) | self._read(handler.type)
        orelse = self.block(node.orelse, out, raised | out)
        return self.block(node.body, orelse, raised | caught)

    _trystar = _try

    def _match(self, node, out, raised):
        live = out
        for case in node.cases:
            inside = self.block(case.body, out, raised) | self._read(case.guard)
            live = live | (inside - self._binds(case.pattern)) | self._read(case.pattern)
        return live | self._read(node.subject)
