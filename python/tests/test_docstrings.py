"""The public functions and classes of both faces say what they are (all but one in fifty), and completion shows public names alone."""

import importlib
import inspect


def public(space, path, seen=None):
    """(dotted name, value) of all that completion finds."""
    from sokuji._src.api.missing import is_space

    seen = set() if seen is None else seen
    if id(space) in seen:
        return
    seen.add(id(space))
    for name in dir(space):
        assert not name.startswith("_") or name == "__version__", path + name
        value = getattr(space, name)
        if is_space(value):
            yield from public(value, path + name + ".", seen)
        else:
            late = getattr(value, "_comes_from", None)  # imported when it is called
            yield path + name, value if late is None else getattr(importlib.import_module("sokuji._src." + late[0]), late[1])


def undocumented(space):
    checked, without = 0, []
    for name, value in public(space, "tf."):
        if inspect.isclass(value) or callable(value):
            checked += 1
            text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
            if not (text and text.strip()):
                without.append(name)
    return checked, without


def test_version_1(tf1):
    checked, without = undocumented(tf1)
    assert len(without) <= checked // 50 and checked > 1500, without


def test_version_2(tf2):
    checked, without = undocumented(tf2)
    assert len(without) <= checked // 50 and checked > 1700, without


def test_operations_say_dtypes(tf2):
    """The functions that are one operation: what they compute and which dtypes they take."""
    text = inspect.getdoc(tf2.matmul)
    assert "product" in text and "float32" in text
