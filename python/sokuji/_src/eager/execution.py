"""tfe's callbacks after operations (and seterr, which is one of them), execution modes, make_template, and what else is small in tfe."""

import contextlib

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import hear
from sokuji._src.variables import scopes

SYNC, ASYNC = 0, 1
DEVICE_PLACEMENT_EXPLICIT, DEVICE_PLACEMENT_WARN, DEVICE_PLACEMENT_SILENT = 0, 1, 2
_callbacks = []
_inf_or_nan = None

# Operations under the names by which TensorFlow 1.8 runs them.
_NAMES = {"AddV2": "Add", "SelectV2": "Select", "BatchMatMulV2": "BatchMatMul"}


class InfOrNanError(Exception):
    """An output of an operation holds inf or nan."""

    def __init__(self, op_type, op_name, output_index, num_outputs, value):
        self._op_type, self._op_name, self._output_index, self._num_outputs, self._value = op_type, op_name, output_index, num_outputs, value
        self._total_count = int(np.size(value))
        self._inf_count, self._nan_count = int(np.sum(np.isinf(value))), int(np.sum(np.isnan(value)))
        super().__init__(self._message())

    def _message(self):
        return ("Output %d of %d of TFE operation %s (name: %s) contains %d inf(s) and %d nan(s) out of a total of %d element(s). Tensor value: %s"
                % (self._output_index + 1, self._num_outputs, self._op_type, self._op_name, self._inf_count, self._nan_count,
                   self._total_count, self._value))  # fmt: skip

    op_type = property(lambda self: self._op_type)
    op_name = property(lambda self: self._op_name)
    output_index = property(lambda self: self._output_index)
    num_outputs = property(lambda self: self._num_outputs)
    value = property(lambda self: self._value)


def inf_nan_callback(op_type, inputs, attrs, outputs, op_name, check_inf=True, check_nan=True, action="raise"):
    """Raises InfOrNanError, or warns ("warn", "print"), when an output holds inf or nan."""
    for index, output in enumerate(outputs):
        if not output.dtype.is_floating:
            continue
        value = np.asarray(output)
        if (check_inf and np.isinf(value).any()) or (check_nan and np.isnan(value).any()):
            error = InfOrNanError(op_type, op_name, index, len(outputs), value)
            if action == "raise":
                raise error
            if action not in ("print", "warn"):
                raise ValueError("Invalid action for inf_nan_callback: %s. Valid actions are: {print | warn | raise}" % action)
            import warnings

            warnings.warn(str(error), stacklevel=2)


def inf_callback(op_type, inputs, attrs, outputs, op_name, action="raise"):
    """An execution callback that looks for infinities in outputs: raises, warns or prints."""
    inf_nan_callback(op_type, inputs, attrs, outputs, op_name, True, False, action)


def nan_callback(op_type, inputs, attrs, outputs, op_name, action="raise"):
    """An execution callback that looks for NaN in outputs: raises, warns or prints."""
    inf_nan_callback(op_type, inputs, attrs, outputs, op_name, False, True, action)


_busy = False


def _executed(name, inputs, outputs):
    """The hook of the core; operations that a callback itself runs are not told."""
    global _busy
    if _busy:
        return
    _busy = True
    try:
        for callback in list(_callbacks):
            callback(_NAMES.get(name, name), inputs, (), outputs if isinstance(outputs, list) else [outputs], None)
    finally:
        _busy = False


def add_execution_callback(callback):
    """callback(op_type, inputs, attrs, outputs, op_name) after every operation."""
    _callbacks.append(callback)
    hear(_executed)


def clear_execution_callbacks():
    """No callback is left."""
    global _inf_or_nan
    del _callbacks[:]
    _inf_or_nan = None
    hear(None)


def _raise(*arguments):
    inf_nan_callback(*arguments)


def _warn(*arguments):
    inf_nan_callback(*arguments, action="warn")


def _print(*arguments):
    inf_nan_callback(*arguments, action="print")


_ACTIONS = {"raise": _raise, "warn": _warn, "print": _print, "ignore": None}


def seterr(inf_or_nan=None):
    """What happens when an operation gives inf or nan: "ignore", "print", "raise" or "warn"; the settings before, as a dict."""
    global _inf_or_nan
    old = {"inf_or_nan": "ignore" if _inf_or_nan is None else _inf_or_nan}
    if inf_or_nan is None:
        return old
    if inf_or_nan not in _ACTIONS:
        raise ValueError("Invalid inf_or_nan action: %r. Valid actions are: %s." % (inf_or_nan, ["ignore", "print", "raise", "warn"]))
    if _inf_or_nan is not None and _ACTIONS[_inf_or_nan] in _callbacks:
        _callbacks.remove(_ACTIONS[_inf_or_nan])
    _inf_or_nan = inf_or_nan
    if _ACTIONS[inf_or_nan] is not None:
        add_execution_callback(_ACTIONS[inf_or_nan])
    elif not _callbacks:
        hear(None)
    return old


# ---- execution modes: there is one, and it is synchronous ----

_mode = SYNC


def set_execution_mode(mode):
    """SYNC or ASYNC; either way an operation is done when it returns."""
    global _mode
    if mode not in (None, SYNC, ASYNC):
        raise ValueError("Execution mode should be one of SYNC and ASYNC, not %r" % (mode,))
    _mode = SYNC if mode is None else mode


@contextlib.contextmanager
def execution_mode(mode):
    """A context in which that mode holds."""
    old = _mode
    set_execution_mode(mode)
    try:
        yield
    finally:
        set_execution_mode(old)


def async_wait():
    """Nothing is pending."""


def async_clear_error():
    """No error is pending."""


# ---- the rest ----


def run(main=None, argv=None):
    """Runs main as a program, eagerly."""
    import sys

    from sokuji._src.platform import flags

    flags.run(main, sys.argv if argv is None else argv)


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, create_graph_function_=False, **kwargs):
    """func_ with the keywords given, sharing its variables between calls."""
    if not callable(func_):
        raise TypeError("func_ must be callable.")
    return scopes.make_template(name_, func_, create_scope_now_, unique_name_, custom_getter_, **kwargs)


def make_template_1(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """func_ with the keywords given, sharing its variables between calls."""
    return make_template(name_, func_, create_scope_now_, unique_name_, custom_getter_, **kwargs)


def run_test_in_graph_and_eager_modes(__unused__=None, graph=None, config=None, use_gpu=False, force_gpu=False, reset_test=True,
                                      assert_no_eager_garbage=False):  # fmt: skip
    """A decorator of test methods; they run eagerly, once."""
    assert not __unused__, "Add () after run_test_in_graph_and_eager_modes."
    return lambda method: method


TFE = {name: globals()[name] for name in """SYNC ASYNC DEVICE_PLACEMENT_EXPLICIT DEVICE_PLACEMENT_WARN DEVICE_PLACEMENT_SILENT inf_nan_callback
inf_callback nan_callback add_execution_callback clear_execution_callbacks seterr set_execution_mode execution_mode async_wait async_clear_error
run make_template run_test_in_graph_and_eager_modes""".split()}  # fmt: skip


def no_initializer():
    """Nothing: eager variables have their values."""


def variables_initializer(var_list, name="init"):
    """Nothing: eager variables have their values."""


def tables_initializer(name="init_all_tables"):
    """Nothing: tables have their values."""


NAMES_1 = {"make_template": make_template_1, "tables_initializer": tables_initializer, "initialize_all_tables": tables_initializer, "variables_initializer": variables_initializer, "initialize_variables": variables_initializer}
NAMES_1.update(dict.fromkeys(("global_variables_initializer", "local_variables_initializer", "initialize_all_variables",
                              "initialize_local_variables"), no_initializer))
