"""What programs of 1.x say about training: tf.contrib.training.HParams and tf.estimator.ModeKeys."""


class HParams:
    """Named values of fixed types: HParams(rate=0.1).rate, parse("rate=0.2")."""

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        if hparam_def is not None:
            raise NotImplementedError("not implemented: HParams(hparam_def=…); give keywords")
        self._types = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        if getattr(self, name, None) is not None:
            raise ValueError("Hyperparameter name is reserved: %s" % name)
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError("Multi-valued hyperparameters cannot be empty: %s" % name)
        self._types[name] = (type(value[0]) if is_list else type(value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name, value):
        kind, is_list = self._types[name]
        if is_list != isinstance(value, (list, tuple)):
            raise ValueError("%s: %s" % (name, "a list is expected" if is_list else "one value is expected"))
        setattr(self, name, [_of_kind(name, kind, v) for v in value] if is_list else _of_kind(name, kind, value))

    def del_hparam(self, name):
        if name in self._types:
            delattr(self, name)
            del self._types[name]

    def parse(self, values):
        """Assigns from "a=1,b=2.5,c=[1,2]"."""
        import re

        rest = re.sub(r"((?:\w+)\s*=\s*(?:\[[^\]]*\]|[^,\[\]=]*))(?:,|$)", "", values).strip()
        if rest:
            raise ValueError("Could not parse hparam assignment: %s" % values)
        for name, many, one in re.findall(r"(\w+)\s*=\s*(?:\[([^\]]*)\]|([^,\[\]=]*))", values):
            if name not in self._types:
                raise ValueError("Unknown hyperparameter: %s" % name)
            kind, is_list = self._types[name]
            setattr(self, name, [_parsed(name, kind, v) for v in many.split(",")] if is_list else _parsed(name, kind, one))
        return self

    def override_from_dict(self, values_dict):
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def values(self):
        return {name: getattr(self, name) for name in self._types}

    def get(self, key, default=None):
        return getattr(self, key) if key in self._types else default

    def to_json(self, indent=None, separators=None, sort_keys=False):
        import json

        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json):
        import json

        return self.override_from_dict(json.loads(values_json))

    def __contains__(self, key):
        return key in self._types

    def __str__(self):
        return str(sorted(self.values().items()))

    def __repr__(self):
        return "HParams(%s)" % ", ".join("%s=%r" % row for row in sorted(self.values().items()))


def _parsed(name, kind, text):
    try:
        if kind is bool:
            return {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}[text]
        return text if kind in (str, type(None)) else kind(text)
    except (KeyError, ValueError):
        raise ValueError("Could not parse hparam of type '%s' with value '%s': %s" % (kind.__name__, text, name)) from None


def _of_kind(name, kind, value):
    if kind is bool and not isinstance(value, bool) or kind is int and isinstance(value, float) or isinstance(value, str) != (kind is str):
        raise ValueError("Could not cast hparam '%s' of type '%s' from value %r" % (name, kind.__name__, value))
    return kind(value)


class ModeKeys:
    """TRAIN, EVAL and PREDICT."""

    TRAIN, EVAL, PREDICT = "train", "eval", "infer"
