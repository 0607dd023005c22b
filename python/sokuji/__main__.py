"""
python -m sokuji [--tf 1|2] [--mix] program.py [arguments]: runs an unmodified TensorFlow program. Tracebacks show the program's own lines. --mix: graphs and
eager execution may be mixed where TensorFlow 1.x refuses it.
"""

import os
import re
import sys
import traceback

_NAMES_OF_1 = re.compile(r"contrib\b|enable_eager_execution|\btf\.(Session|placeholder|layers|losses|get_variable|app|train\.\w+Optimizer)\b|compat\.v1")


def guess(source):
    """1 or 2, by the names that a program uses."""
    return 1 if _NAMES_OF_1.search(source) and "compat.v1" not in source else 2


def _options(arguments):
    version, everything, mix = None, False, False
    while arguments and arguments[0].startswith("--"):
        word = arguments.pop(0)
        if word == "--tf" and arguments and arguments[0] in ("1", "2"):
            version = int(arguments.pop(0))
        elif word == "--traceback":
            everything = True
        elif word == "--mix":
            mix = True
        elif word in ("--version", "--help"):
            return word, None, False, arguments
        else:
            sys.exit("sokuji: unknown option %s; see python -m sokuji --help" % word)
    if arguments and arguments[0] == "run" and not os.path.exists("run"):
        arguments.pop(0)
        return _options(arguments)
    return version, everything, mix, arguments


def _show(kind, error, trace, everything):
    from sokuji._src.core.frames import is_own

    frames = traceback.extract_tb(trace)
    if not everything:
        frames = [f for f in frames if not is_own(f.filename) and not f.filename.startswith("<frozen")]
    sys.stderr.write("Traceback (most recent call last):\n" + "".join(traceback.format_list(frames)))
    sys.stderr.write("".join(traceback.format_exception_only(kind, error)))


def _numpy_as_then():
    """Programs of 1.x print NumPy scalars as the NumPy of their time did."""
    import numpy as np

    if int(np.__version__.split(".")[0]) >= 2:
        np.set_printoptions(legacy="1.25")


def main(arguments=None):
    version, everything, mix, rest = _options(list(sys.argv[1:] if arguments is None else arguments))
    if version in ("--version", "--help") or not rest:
        import sokuji

        print(sokuji.__version__ if version == "--version" else __doc__)
        return 0 if version else 2
    path = rest[0]
    with open(path, "rb") as f:
        source = f.read()
    import sokuji

    version = version or guess(source.decode("utf-8", "replace"))
    sokuji.install_as_tensorflow(version)
    if version == 2:
        sokuji.__version__ = sokuji._assemble.VERSION_2  # the program's tf.__version__
    if version == 1:
        _numpy_as_then()
        sokuji.strict_modes(not mix)
        sokuji.v1._graph_mode()
    sys.argv = rest
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    module = type(sys)("__main__")
    module.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = module
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        sys.stdout.flush()
        _show(type(error), error, error.__traceback__, everything)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def command():
    """The command `sokuji run program.py …`."""
    sys.path.insert(0, os.getcwd())
    return main()


if __name__ == "__main__":
    sys.exit(main())
