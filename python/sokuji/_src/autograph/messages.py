"""What AutoGraph says: its exceptions, its warnings, and how talkative it is. Where something happened is told as the user's file and line."""

import os
import sys

from sokuji._src.core.frames import is_own, without_own as without_own_frames  # noqa: F401

_GUIDE = "Make the loop a tensor's loop, or the condition a Python value."


class AutoGraphError(Exception):
    """The root of AutoGraph's own exceptions."""


class ConversionError(AutoGraphError):
    """A function that was asked for by name (to_graph, to_code) cannot be converted."""


class UnsupportedLanguageElementError(NotImplementedError, AutoGraphError):
    """The function holds a part of Python that has no graph."""


class InaccessibleSourceCodeError(NotImplementedError, AutoGraphError):
    """Python does not say where the function's text is."""


class AmbiguousSourceError(ValueError, AutoGraphError):
    """Several lambdas of one line could be the function."""


_state = {"verbosity": None, "to_stdout": False}


def verbosity():
    """0: warnings alone; higher: which functions are converted, and to what. AUTOGRAPH_VERBOSITY is what holds before set_verbosity."""
    if _state["verbosity"] is None:
        text = os.environ.get("AUTOGRAPH_VERBOSITY", "0")
        _state["verbosity"] = int(text) if text.lstrip("-").isdigit() else 0
    return _state["verbosity"]


def set_verbosity(level, alsologtostdout=False):
    """tf.autograph.set_verbosity."""
    _state.update(verbosity=int(level), to_stdout=bool(alsologtostdout))


def trace(*args):
    """tf.autograph.trace: prints when a function is traced, not when its graph runs."""
    print(*args)


def note(level, text, *arguments):
    """Told where the verbosity is at least the level."""
    if verbosity() >= level:
        text = text % arguments
        _logger().info(text)
        if _state["to_stdout"]:
            print(text)


def _logger():
    from sokuji._src.core import logging

    return logging.get_logger()


def cannot_convert(function, error):
    """The warning before a function runs as it is written."""
    text = (
        "AutoGraph could not transform %s and will run it as-is.\nCause: %s\n"
        "To silence this warning, decorate the function with @tf.autograph.experimental.do_not_convert" % (function, error)
    )
    _logger().warning("%s", text)
    if _state["to_stdout"]:
        print(text)


def place(function):
    """(file, line, name) of a function of the converted code: its lines are the user's."""
    code = function.__code__
    return code.co_filename, code.co_firstlineno, code.co_name


def at(function):
    """The end of a message: where the statement stands."""
    if function is None:
        return ""
    import linecache

    filename, line, name = place(function)
    text = linecache.getline(filename, line).strip()
    return '\n\n    File "%s", line %d, in %s%s' % (filename, line, name, "\n        " + text if text else "")


# ---- what control flow refuses ----


def not_in_branch(name, branch, where):
    if name == "retval_":
        return ValueError("the %s branch must also have a return statement.%s" % (branch, at(where)))
    return ValueError("'%s' must also be initialized in the %s branch%s" % (name, branch, at(where)))


def none_in_branch(name, branch, where):
    return ValueError("'%s' is None at the end of the %s branch.%s" % (name, branch, at(where)))


def structures_differ(name, why, where):
    return TypeError("'%s' must have the same nested structure in the main and else branches:\n\n%s%s" % (name, why, at(where)))


def branch_dtypes_differ(name, main, other, where):
    return TypeError("'%s' has dtype %s in the main branch, but dtype %s in the else branch%s" % (name, main, other, at(where)))


def not_before_loop(name, cause, where):
    if name == "retval_":
        return NotImplementedError(
            "a return statement cannot be placed inside this TensorFlow loop; this may happen if a return statement depends on a static Python "
            "condition such as a hyperparameter%s" % at(where)
        )
    note_ = "" if cause is None else "\nNote: AutoGraph tried to define it automatically, but ran into a %s: %s" % (type(cause).__name__, cause)
    return ValueError("'%s' must be defined before the loop%s%s" % (name, note_, at(where)))


def loop_structure_differs(name, why, where):
    return TypeError("'%s' does not have the same nested structure after one iteration.\n\n%s%s" % (name, why, at(where)))


def loop_dtype_differs(name, before, after, where):
    return TypeError("'%s' has dtype %s before the loop, but dtype %s after one iteration%s" % (name, before, after, at(where)))


def loop_shape_differs(name, before, after, invariant, where):
    if invariant is not None:
        return ValueError("'%s' has shape %s after one iteration, which does not conform with the shape invariant %s.%s" % (name, after, invariant, at(where)))
    return ValueError(
        "'%s' has shape %s before the loop, but shape %s after one iteration. Use tf.autograph.experimental.set_loop_options to set shape "
        "invariants.%s" % (name, before, after, at(where))
    )


def loop_none(name, where):
    return ValueError("'%s' may not be None after one iteration%s" % (name, at(where)))


def not_a_tensor(name, value, where, error=None):
    because = "" if error is None else " (%s)" % error
    return TypeError(
        "'%s' must be a tensor, or a structure of tensors, where a tensor decides what runs; it is %r%s%s" % (name, type(value), because, at(where))
    )


def python_while_became_symbolic(where):
    return NotImplementedError(
        "The condition of while loop started as non-Tensor, then changed to Tensor. This may happen either because variables changed type, or when "
        "a break or return statement inside the loop depends on a Tensor condition. %s%s" % (_GUIDE, at(where))
    )


def python_for_became_symbolic(where):
    return NotImplementedError("break and return statements which depend on a TF condition are not supported in Python for loops. %s%s" % (_GUIDE, at(where)))


def local_error(error):
    """Variables of the user's function are cells in the converted one; what is said about an unbound one stays the same."""
    text = str(error)
    if type(error) is NameError and text.startswith("cannot access free variable"):
        name = text.split("'")[1] if "'" in text else ""
        made = UnboundLocalError("cannot access local variable '%s' where it is not associated with a value" % name)
        return made.with_traceback(error.__traceback__)
    return error


def interactive():
    return hasattr(sys, "ps1")
