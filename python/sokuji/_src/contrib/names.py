"""Which names of tf.contrib come from where, imported when the first of a namespace is asked for that is not there."""

import functools
import importlib

_FROM = {
    "framework": "framework.NAMES", "rnn": "rnn.NAMES", "layers": "layers.NAMES learning.LAYERS", "metrics": "metrics.NAMES", "training": "learning.TRAINING", "losses": "learning.LOSSES",
    "slim": "layers.SLIM learning.LAYERS framework.NAMES", "slim.layers": "layers.SLIM", "slim.losses": "learning.LOSSES", "slim.metrics": "metrics.NAMES", "estimator": "estimator.CONTRIB", "checkpoint": "checkpoint.NAMES", "seq2seq": "seq2seq.NAMES",
}  # fmt: skip


def _given(places):
    found = {}
    for place in places.split():
        module, name = place.split(".")
        found.update(getattr(importlib.import_module("sokuji._src.contrib." + module), name))
    return found


_ESTIMATOR = {"feature_column": "feature_column.NAMES", "distributions": "distributions.NAMES", "contrib.distributions": "distributions.NAMES distributions_more.NAMES", "estimator": "estimator.NAMES canned.NAMES", "estimator.inputs": "estimator.INPUTS", "estimator.export": "estimator.EXPORT"}


def add(spaces):
    for dotted, places in _ESTIMATOR.items():
        spaces.setdefault(dotted, {})["_rest"] = functools.partial(_given, places)
    for dotted, places in _FROM.items():
        spaces.setdefault("contrib." + dotted, {})["_rest"] = functools.partial(_given, places)
    spaces.setdefault("contrib.slim.learning", {})["_rest"] = lambda: {
        "create_train_op": importlib.import_module("sokuji._src.contrib.learning").slim_train_op}  # fmt: skip
