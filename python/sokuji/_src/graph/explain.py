"""Why a tf.function was traced again: what tells a trace's arguments from those of the trace that is most like it."""

from sokuji._src.graph import signature


def _text(part, specs):
    """An argument in words; takes the specs of its tensors."""
    if part is signature.TENSOR:
        spec = next(specs)
        return "a %s tensor of shape %s" % (signature.as_spec(spec).dtype.name, "unknown" if spec[1] is None else spec[1])
    if isinstance(part, tuple) and part and part[0] == "variable":
        return "a %s variable of shape %s" % (signature.as_spec(part[1:3]).dtype.name, part[2])
    if isinstance(part, tuple) and part and isinstance(part[0], type):
        if part[0] is dict:
            return "{%s}" % ", ".join("%r: %s" % (key, _text(item, specs)) for key, item in zip(part[1], part[2:]))
        return "a %s of %s" % (part[0].__name__, ", ".join(_text(item, specs) for item in part[1:]) or "nothing")
    return "the Python value %r" % (part,)


def _mend(old, new):
    """What to do about two arguments that differ, or nothing."""
    if old.startswith("a") and new.startswith("a") and "tensor of shape" in old and "tensor of shape" in new:
        if old.split()[1] == new.split()[1]:
            return "; reduce_retracing=True or an input_signature with None in the shape makes one trace for both"
        return "; cast it before the call"
    if "the Python value" in old and "the Python value" in new:
        return "; each Python value has a trace of its own: pass tf.constant(…) for numbers that change"
    return ""


def _arguments(names, row):
    (args, kwargs), specs = row[0], iter(row[1])
    texts = dict(zip(names, [_text(part, specs) for part in args[1:]]))
    if kwargs is not None:
        texts.update(zip(kwargs[1], [_text(part, specs) for part in kwargs[2:]]))
    return texts


def explain(title, names_of, history):
    """A line for each trace; history: rows of (structure, specs)."""
    made, lines = [], ["%s was traced %s." % (title, "once" if len(history) == 1 else "%d times" % len(history) if history else "never")]
    for row in history:
        now = _arguments(names_of(len(row[0][0]) - 1), row)
        if not made:
            lines.append("1: the first call, with %s" % (", ".join("%s: %s" % pair for pair in now.items()) or "no arguments"))
        else:
            differences = [[(key, before.get(key, "absent"), now.get(key, "absent")) for key in {**before, **now} if before.get(key) != now.get(key)] for before in made]
            nearest = min(range(len(made)), key=lambda k: len(differences[k]))
            reasons = ["%s is %s, where it was %s%s" % (key, new, old, _mend(old, new)) for key, old, new in differences[nearest]]
            lines.append("%d: beside trace %d: %s" % (len(made) + 1, nearest + 1, "; and ".join(reasons) or "a graph, variables or an object of its own"))
        made.append(now)
    return "\n".join(lines)
