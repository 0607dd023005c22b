"""
How a family declares its operations' tests: one module a family in this folder, made of calls of `case` and `error`.

    from cases import case, error

    case("Softmax", [[[1.0, 2.0], [0.5, -1.0]]], expect=lambda logits: np.exp(logits) / np.exp(logits).sum(-1, keepdims=True))
    error("Softmax", [1.0], match="at least 1 dimension")
"""
import importlib
import os
import traceback

CASES, ERRORS = {}, {}


class Case:
    def __init__(self, op, inputs, attrs, expect, **options):
        self.op, self.inputs, self.attrs, self.expect = op, inputs, attrs, expect
        self.__dict__.update(options)
        frame = traceback.extract_stack(limit=3)[0]
        self.where = f"{os.path.basename(frame.filename)}:{frame.lineno}"


def case(op, inputs, attrs=None, expect=None, *, rtol=None, atol=None, gradient=True, second=True, dtypes=None, n_outputs=None,
         check=None, same_bits=True, symbolic=True, outputs=None, step=1e-3,
         before=None):
    """
    One call of an operation, its answer, and what else holds for it.

    inputs    arrays, lists, numbers, bytes, or None for an optional input. Inputs of the classes T, U, … are cast to each dtype
              in turn; lists for other ports become int32 or float32.
    attrs     by TensorFlow's names; the value "T" of a dtype attribute stands for the dtype in turn.
    expect    a function of the inputs (floats given as float64) with the attributes as keywords, or the array; a list
              for several outputs (None in it: not compared). Never computed by the library itself.
    check     instead of or beside expect: check(outputs, inputs, attrs) asserts.
    rtol atol of float outputs; by default those of the dtype (TOLERANCE in test_operations.py).
    gradient  True: by all floating inputs; a list of input numbers; False: none (kinks, draws). second: also second derivatives.
    outputs   numbers of the outputs whose gradient is taken (default: all floating ones). step: of the finite differences.
    before    where gradients hold only for inputs of some form: a function of the Tensors that gives them that form.
    dtypes    of class T (default: all of the row when expect is a function, else as given), or {"T": […], "U": […]}.
    same_bits for every number of threads and instruction set. symbolic: the rule is tried on shapes with unknown parts.
    """
    CASES.setdefault(op, []).append(Case(op, inputs, attrs or {}, expect, rtol=rtol, atol=atol, gradient=gradient, second=second,
                                         dtypes=dtypes, n_outputs=n_outputs, check=check, same_bits=same_bits,
                                         symbolic=symbolic, outputs=outputs, step=step, before=before))


def error(op, inputs, attrs=None, code="InvalidArgument", match="", *, n_outputs=None):
    """A call that must fail with this code and a message that the regular expression `match` is found in."""
    ERRORS.setdefault(op, []).append(Case(op, inputs, attrs or {}, None, code=code, match=match, n_outputs=n_outputs))


def load():
    """Imports every module of this folder; returns what could not be imported: {module: traceback}."""
    broken = {}
    for file in sorted(os.listdir(os.path.dirname(__file__))):
        if file.endswith(".py") and not file.startswith("_"):
            try:
                importlib.import_module(f"cases.{file[:-3]}")
            except Exception:  # a broken family must not hide the others' results
                broken[file] = traceback.format_exc()
    return broken
