"""Layer: what owns variables and computes. Shared by tf.layers, tf.keras.layers and the user's own subclasses."""

import collections
import inspect
import re

import numpy as np

from . import _core, _dtypes, _nest, _shapes, init_ops, variables
from ._run import convert

_counts = collections.Counter()


def reset_names():
    _counts.clear()


def unique_name(base, from_zero=None):
    """dense, dense_1, …; layers of 1.x's tf.keras begin at dense_1."""
    from_zero = variables._version == 2 if from_zero is None else from_zero
    key = (base, from_zero)
    _counts[key] += 1
    if not from_zero:
        return "%s_%d" % (base, _counts[key])
    return base if _counts[key] == 1 else "%s_%d" % (base, _counts[key] - 1)


def snake_case(name):
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()


class InputSpec:
    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype, self.shape, self.ndim = dtype, shape, len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, axes or {}


_KEYWORDS = ("input_shape", "batch_input_shape", "batch_size", "input_dim", "weights", "activity_regularizer", "dtype", "trainable", "name",
             "dynamic", "autocast", "_scope", "_reuse")  # fmt: skip


class Layer:
    """Builds its variables from the first input's shape, then calls call(inputs)."""

    def __init__(self, trainable=True, name=None, dtype=None, **keywords):
        unknown = [k for k in keywords if k not in _KEYWORDS]
        if unknown:
            raise TypeError("Keyword argument not understood:", unknown[0])
        self.built = False
        self.trainable = trainable
        self.input_spec = None
        self.supports_masking = False
        self._name = name or unique_name(snake_case(type(self).__name__), self._names_from_zero)
        self._dtype = None if dtype is None else _dtypes.as_dtype(dtype)
        self._trainable_weights, self._non_trainable_weights = [], []
        self._losses, self._updates = [], []
        self._activity_regularizer = keywords.get("activity_regularizer")
        self._initial_weights = keywords.get("weights")
        self._scope_prefix = ""
        shape = keywords.get("input_shape") or ((keywords["input_dim"],) if keywords.get("input_dim") else None)
        self._batch_input_shape = keywords.get("batch_input_shape") or (None if shape is None else (keywords.get("batch_size"), *shape))

    _names_from_zero = None  # by the version
    name = property(lambda self: self._name)
    scope_name = property(lambda self: self._scope_prefix + self._name)

    @property
    def dtype(self):
        return self._dtype.name if self._dtype is not None else None

    # ---- for subclasses ----

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, **keywords):
        return inputs

    def compute_output_shape(self, input_shape):
        raise NotImplementedError("compute_output_shape of %s" % type(self).__name__)

    def add_weight(self, name=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None, partitioner=None,
                   use_resource=None, synchronization=None, aggregation=None, getter=None):  # fmt: skip
        """A variable of the layer."""
        kind = _dtypes.as_dtype(dtype or self._dtype or _dtypes.float32)
        initializer = init_ops.get(initializer) or (init_ops.glorot_uniform_initializer() if kind.is_floating else init_ops.Zeros())
        sizes = _shapes.TensorShape(shape if shape is not None else ()).as_list()
        value = initializer(sizes, dtype=kind) if _takes_dtype(initializer) else initializer(sizes)
        saved = variables._scopes().names
        variables._scopes().names = []
        made = variables.make(value, dtype=kind, trainable=trainable and self.trainable is not False, constraint=constraint,
                              name=self.scope_name + "/" + (name or "Variable"))  # fmt: skip
        variables._scopes().names = saved
        (self._trainable_weights if trainable else self._non_trainable_weights).append(made)
        if regularizer is not None:
            self._losses.append(lambda: regularizer(made))
        return made

    def add_variable(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None, partitioner=None):
        return self.add_weight(name, shape, dtype, initializer, regularizer, trainable, constraint)

    def add_loss(self, losses, inputs=None):
        self._losses.extend(losses if isinstance(losses, (list, tuple)) else [losses])

    def add_update(self, updates, inputs=None):
        pass

    # ---- calling ----

    def __call__(self, inputs, *arguments, **keywords):
        if type(inputs) is not _core.EagerTensor:
            inputs = self._taken(inputs)
            if isinstance(inputs, _SYMBOL):
                return inputs._apply(self, arguments, keywords)
        if not self.built:
            self._build_now(inputs)
        outputs = self.call(inputs, *arguments, **keywords)
        if self._activity_regularizer is not None:
            self._losses.append(self._activity_regularizer(outputs))
        return outputs

    apply = __call__

    def _taken(self, inputs):
        """Arrays and lists of numbers become tensors; structures stay what they are."""
        if isinstance(inputs, (list, tuple)) and any(isinstance(i, _SYMBOL) for i in inputs):
            return _SYMBOL[0]._joined(inputs)
        if isinstance(inputs, (_core.Handle, *_SYMBOL)):
            return inputs
        if isinstance(inputs, (list, tuple, dict)) and all(isinstance(i, (_core.Handle, np.ndarray)) for i in _nest.flatten(inputs)):
            return _nest.map_structure(lambda i: self._floating(convert(i, 0)), inputs)
        return self._floating(convert(inputs, 0)) if not isinstance(inputs, dict) else inputs

    def _floating(self, t):
        """An array of doubles is taken as the layer's own dtype."""
        return convert(t.numpy(), 1) if t._dtype_number == 2 and self._dtype is None else t

    def _build_now(self, inputs):
        flat = _nest.flatten(inputs)
        if self._dtype is None and flat and isinstance(flat[0], _core.Handle) and flat[0].dtype.is_floating:
            self._dtype = flat[0].dtype
        shapes = _nest.map_structure(lambda t: _shapes.TensorShape(t._shape_tuple), inputs)
        self.build(shapes)
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    # ---- variables ----

    @property
    def trainable_weights(self):
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self):
        return list(self._non_trainable_weights) if self.trainable else self._trainable_weights + self._non_trainable_weights

    weights = property(lambda self: self.trainable_weights + self.non_trainable_weights)
    variables = property(lambda self: self.weights)
    trainable_variables = property(lambda self: self.trainable_weights)
    non_trainable_variables = property(lambda self: self.non_trainable_weights)

    @property
    def losses(self):
        return [loss() if callable(loss) else loss for loss in self._losses]

    updates = property(lambda self: [])

    def get_weights(self):
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights):
        own = self.weights
        if len(own) != len(weights):
            raise ValueError("You called `set_weights(weights)` on layer \"%s\" with a weight list of length %d, but the layer was expecting %d weights."
                             % (self.name, len(weights), len(own)))  # fmt: skip
        for variable, value in zip(own, weights):
            if variable._shape_tuple != np.shape(value):
                raise ValueError("Layer weight shape %s not compatible with provided weight shape %s" % (variable._shape_tuple, np.shape(value)))
            variable.assign(value)

    def count_params(self):
        if not self.built:
            raise ValueError("You tried to call `count_params` on %s, but the layer isn't built." % self.name)
        return sum(w._size for w in self.weights)

    def get_config(self):
        config = {"name": self.name, "trainable": self.trainable}
        if self._batch_input_shape is not None:
            config["batch_input_shape"] = self._batch_input_shape
        if self.dtype is not None:
            config["dtype"] = self.dtype
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)


_SYMBOL = ()  # the class of symbolic inputs, set by models.py


def _takes_dtype(initializer):
    if isinstance(initializer, init_ops.Initializer):
        return True
    try:
        return "dtype" in inspect.signature(initializer).parameters
    except (TypeError, ValueError):
        return False
