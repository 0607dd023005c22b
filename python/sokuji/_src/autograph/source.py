"""The text of a function: finds the lines of a code object, parses them, and gives the node with the file's own line and column numbers.

A definition is cut out of its file by indentation and parsed alone. A lambda is found by position in the parsed file, so that several on one line do
no harm. What is found is compared with the code's name and arguments: a file that changed since it was imported is refused.
"""

import ast
import collections
import linecache

from sokuji._src.autograph import messages

_files = collections.OrderedDict()  # filename: (lines, {line: nodes}), the last few
_KEEP_FILES = 8
FLAGS = 0x1FF0000  # of co_flags: what `from __future__ import …` set


def node_of(function):
    """The FunctionDef (decorators left out) or Lambda of a Python function."""
    code = function.__code__
    lines = _lines(function)
    first = code.co_firstlineno - 1
    if not lines or not 0 <= first < len(lines):
        raise _inaccessible(function)
    if code.co_name == "<lambda>":
        return _lambda(function, lines)
    node = _cut_out(code, lines, first)
    if node is None or not _fits(node, code):
        node = next((n for n in _index(code.co_filename, lines).get(first + 1, ()) if _fits(n, code)), None)
    if node is None:
        raise _inaccessible(function)
    node.decorator_list = []
    return node


def class_of(code):
    """The class that names beginning with two underscores belong to, or None."""
    words = getattr(code, "co_qualname", code.co_name).split(".")
    for word, following in reversed(list(zip(words, words[1:]))):
        if word != "<locals>" and following != "<locals>":
            return word
    return None


def _inaccessible(function):
    return messages.InaccessibleSourceCodeError(
        "Unable to locate the source code of %s. Note that functions defined in certain environments, like the interactive Python shell, do not "
        "expose their source code. If that is the case, you should define them in a .py source file. If you are certain the code is "
        "graph-compatible, wrap the call using @tf.autograph.experimental.do_not_convert." % (function,)
    )


def _lines(function):
    filename = function.__code__.co_filename
    linecache.checkcache(filename)
    return linecache.getlines(filename, function.__globals__)


def _arguments(node):
    a = node.args
    names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    return names + [x.arg for x in (a.vararg, a.kwarg) if x is not None]


def _fits(node, code):
    """Whether a node can be the code's."""
    if isinstance(node, ast.Lambda):
        if code.co_name != "<lambda>":
            return False
    elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name != code.co_name:
        return False
    names = _arguments(node)
    actual = list(code.co_varnames[: len(names)])
    if names == actual:
        return True
    class_name = (class_of(code) or "").lstrip("_")
    return ["_%s%s" % (class_name, n) if n.startswith("__") and not n.endswith("__") else n for n in names] == actual


def _last_line(code):
    """The last line that the code, or code within it, names."""
    last = max((line for _, _, line in code.co_lines() if line is not None), default=code.co_firstlineno)
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            last = max(last, _last_line(constant))
    return last


def _cut_out(code, lines, first):
    indent = len(lines[first]) - len(lines[first].lstrip())
    end = min(_last_line(code), len(lines))
    while end < len(lines):
        text = lines[end].strip()
        if text and len(lines[end]) - len(lines[end].lstrip()) <= indent:
            break
        end += 1
    block = "".join(lines[first:end])
    try:
        if indent:
            node = ast.parse("if 1:\n" + block).body[0].body[0]
            ast.increment_lineno(node, first - 1)
        else:
            node = ast.parse(block).body[0]
            ast.increment_lineno(node, first)
    except (SyntaxError, ValueError, IndexError):
        return None
    return node


def _index(filename, lines):
    """The functions and lambdas of a file by their first line."""
    found = _files.get(filename)
    if found is not None and found[0] is lines:
        _files.move_to_end(filename)
        return found[1]
    index = {}
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            index.setdefault(node.lineno, []).append(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            line = min([node.lineno] + [d.lineno for d in node.decorator_list])
            index.setdefault(line, []).append(node)
    _files[filename] = lines, index
    while len(_files) > _KEEP_FILES:
        _files.popitem(last=False)
    return index


def _positions(code):
    """Where the code's instructions stand, those apart that stand for the function as a whole. None without columns."""
    found = []
    for line, end_line, column, end_column in code.co_positions():
        if line is None or column is None:
            continue
        if end_column == 0:
            continue
        found.append(((line, column), (end_line, end_column)))
    return found or None


def _contains(body, positions):
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    return all(start <= a and b <= end for a, b in positions)


def _compiles_to(node, code):
    """Whether a lambda's code is another's: tells lambdas apart where there are no columns."""
    made = compile(ast.Expression(node), code.co_filename, "eval", code.co_flags & FLAGS, True)
    made = next(c for c in made.co_consts if isinstance(c, type(code)))
    constants = [[c for c in x.co_consts if not isinstance(c, type(code))] for x in (made, code)]
    return made.co_code == code.co_code and made.co_names == code.co_names and constants[0] == constants[1]


def _lambda(function, lines):
    code = function.__code__
    found = [n for n in _index(code.co_filename, lines).get(code.co_firstlineno, ()) if isinstance(n, ast.Lambda) and _fits(n, code)]
    positions = _positions(code)
    if positions is not None:
        found = [n for n in found if _contains(n.body, positions)]
        found = sorted(found, key=lambda n: (n.lineno, n.col_offset))[-1:]  # of those within each other the innermost
    if not found:
        raise _inaccessible(function)
    if len(found) > 1 and not code.co_freevars:
        found = [n for n in found if _compiles_to(n, code)] or found
    if len(found) > 1 and len({ast.dump(n) for n in found}) > 1:
        matches = "\n".join("Match %d:\n%s\n" % (i, ast.unparse(n)) for i, n in enumerate(found))
        raise messages.AmbiguousSourceError(
            "could not parse the source code of %s: found multiple definitions with identical signatures at the location. This error may be avoided by "
            "defining each lambda on a single line and with unique argument names. The matching definitions were:\n%s" % (function, matches)
        )
    return _copy(found[0])


def _copy(node):
    """The tree of a file is kept; conversion changes the nodes it is given."""
    import copy

    return copy.deepcopy(node)
