"""What converted if, and, or, not, comparisons and conditional expressions call. A Python value has Python's semantics; a symbolic one goes to the backend."""

import operator as _operator

from sokuji._src.autograph import backend as _backend
from sokuji._src.autograph import messages, structure
from sokuji._src.autograph.state import UNDEFINED, State, packed, tensors

# ---- if ----


def if_stmt(test, body, orelse, names, outputs, accessors=()):
    """`if test`. Of the names, which both branches may change, the first `outputs` are read afterwards."""
    if test is True or test is False or not _backend.current().is_symbolic(test):
        try:
            if test:
                body()
            elif orelse is not None:
                orelse()
        except NameError as error:
            raise messages.local_error(error)
        return
    _symbolic_if(test, body, orelse, names, outputs, accessors)


def _symbolic_if(test, body, orelse, names, outputs, accessors):
    state = State(names, (body, orelse), accessors)
    before = state.get()
    wanted = [*range(outputs), *range(len(names), len(state.names))]
    branches = _Branches([state.names[i] for i in wanted], body)

    def run(function):
        state.set(before)
        if function is not None:
            try:
                function()
            except NameError as error:
                raise messages.local_error(error)
        values = state.get()
        return [values[i] for i in wanted]

    try:
        results = branches.cond(test, lambda: run(body), lambda: run(orelse))
    except BaseException:
        state.set(before)
        raise
    after = list(before)
    for i, value in zip(wanted, results):
        after[i] = value
    state.set(after)


class _Branches:
    """Two branches give values of the same names; what comes out of the graph has the main branch's structures."""

    def __init__(self, names, where):
        self.names, self.where = names, where
        self.kept = None  # what the main branch defined
        self.likes = None
        self.main = None

    def cond(self, test, main, other):
        flat = _backend.current().cond(test, lambda: self._main(main()), lambda: self._other(other()))
        values = iter(packed(self.likes, flat))
        return [next(values) if kept else UNDEFINED for kept in self.kept]

    def _flat(self, values, branch):
        for name, value in zip(self.names, values):
            if value is None:
                raise messages.none_in_branch(name, branch, self.where)
        return [tensors(n, v, self.where) for n, v in zip(self.names, values) if v is not UNDEFINED]

    def _main(self, values):
        self.kept = [v is not UNDEFINED for v in values]
        self.likes = [v for v in values if v is not UNDEFINED]
        self.main = self._flat(values, "main")
        return tuple(t for leaves in self.main for t in leaves)

    def _other(self, values):
        graph = _backend.current()
        for name, kept, value in zip(self.names, self.kept, values):
            if kept != (value is not UNDEFINED):
                raise messages.not_in_branch(name, "else" if kept else "main", self.where)
        flat = self._flat(values, "else")
        names = [n for n, kept in zip(self.names, self.kept) if kept]
        for name, like, value in zip(names, self.likes, (v for v in values if v is not UNDEFINED)):
            why = structure.difference(like, value)
            if why is not None:
                raise messages.structures_differ(name, why, self.where)
        for name, main, other in zip(names, self.main, flat):
            if len(main) != len(other):
                raise messages.structures_differ(name, "%d and %d tensors" % (len(main), len(other)), self.where)
            for a, b in zip(main, other):
                if graph.dtype(a) != graph.dtype(b):
                    raise messages.branch_dtypes_differ(name, _name(graph.dtype(a)), _name(graph.dtype(b)), self.where)
        return tuple(t for leaves in flat for t in leaves)


def _name(dtype):
    return getattr(dtype, "name", dtype)


def _evaluated(operand):
    """operand(), which is a part of the user's function: an unbound variable in it is a local one."""
    try:
        return operand()
    except NameError as error:
        raise messages.local_error(error)


def if_exp(test, body, orelse, text):
    """body if test else orelse"""
    if test is True or test is False or not _backend.current().is_symbolic(test):
        return _evaluated(body if test else orelse)
    return _Branches([text], body).cond(test, lambda: [body()], lambda: [orelse()])[0]


# ---- and, or, not, comparisons ----


def and_(first, *rest):
    """first and rest[0]() and …; of symbolic operands the later ones are in a branch."""
    value = first
    for i, operand in enumerate(rest):
        if value is not True and value is not False and _backend.current().is_symbolic(value):
            more = rest[i:]
            return _Branches(["and"], operand).cond(value, lambda: [and_(more[0](), *more[1:])], lambda: [value])[0]
        if not value:
            return value
        value = _evaluated(operand)
    return value


def or_(first, *rest):
    """first or rest[0]() or …"""
    value = first
    for i, operand in enumerate(rest):
        if value is not True and value is not False and _backend.current().is_symbolic(value):
            more = rest[i:]
            return _Branches(["or"], operand).cond(value, lambda: [value], lambda: [or_(more[0](), *more[1:])])[0]
        if value:
            return value
        value = _evaluated(operand)
    return value


def not_(value):
    """not value"""
    if value is True or value is False:
        return not value
    graph = _backend.current()
    return graph.logical_not(value) if graph.is_symbolic(value) else not value


def none_of(*flags):
    """Whether no flag is set that break, continue or return sets."""
    found = None
    for flag in flags:
        if flag is True:
            return False
        if flag is not False:
            found = flag if found is None else _backend.current().logical_or(found, flag)
    return True if found is None else not_(found)


def returned(flag, value):
    """What a function gives whose returns have been lowered: value() where the flag says that there is one."""
    if flag is False:
        return None
    return value()


_COMPARISONS = {
    "==": _operator.eq, "!=": _operator.ne, "<": _operator.lt, "<=": _operator.le, ">": _operator.gt, ">=": _operator.ge, "is": _operator.is_,
    "is not": _operator.is_not, "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
}  # fmt: skip


def compare(left, words, *rest):
    """left < rest[0]() < …, each operand evaluated once, and only when it is needed."""
    right = _evaluated(rest[0])
    value = _COMPARISONS[words[0]](left, right)
    if len(rest) == 1:
        return value
    return and_(value, lambda: compare(right, words[1:], *rest[1:]))


def eq(a, b):
    """a == b, by value for tensors (the feature EQUALITY_OPERATORS)."""
    graph = _backend.current()
    return graph.equal(a, b) if graph.is_symbolic(a) or graph.is_symbolic(b) else a == b


def not_eq(a, b):
    """a != b, by value for tensors (the feature EQUALITY_OPERATORS)."""
    graph = _backend.current()
    return graph.not_equal(a, b) if graph.is_symbolic(a) or graph.is_symbolic(b) else a != b


# ---- the rest ----


def assert_stmt(condition, message=None):
    """assert condition, message() (the feature ASSERT_STATEMENTS)"""
    graph = _backend.current()
    if not graph.is_symbolic(condition):
        if message is None:
            assert condition
        else:
            assert condition, message()
        return
    graph.assert_(condition, "assertion failed" if message is None else message())


def locals_(readers):
    """locals() of the user's function: the variables that are bound."""
    found = {}
    for name, read in readers.items():
        try:
            found[name] = read()
        except NameError:
            pass
    return found


def new_list(elements):
    """[elements] (the feature LISTS)"""
    made = _backend.current().new_list(elements)
    return elements if made is None else made


def list_append(target, value):
    """target.append(value), as an assignment of target"""
    if type(target) is list:
        target.append(value)
        return target
    made = target.append(value)
    return target if made is None else made


def list_pop(target):
    """(target, target.pop())"""
    if type(target) is list:
        return target, target.pop()
    made = target.pop()
    return made if isinstance(made, tuple) and len(made) == 2 else (target, made)
