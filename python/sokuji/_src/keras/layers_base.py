"""Layer: what owns variables and computes. Shared by tf.layers, tf.keras.layers and the user's own subclasses."""

import _thread
import collections
import functools
import inspect
import re

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, nest, signatures
from sokuji._src.core import shapes as _shapes
from sokuji._src.core.errors import InvalidArgumentError
from sokuji._src.core.execute import convert
from sokuji._src.graph import func_graph
from sokuji._src.keras import at_once
from sokuji._src.keras import masks as _masks
from sokuji._src.keras import random as keras_random
from sokuji._src.keras import serialization
from sokuji._src.keras import variable as keras_variable
from sokuji._src.keras import scopes_1
from sokuji._src.keras.checkpoints import LayerCheckpoints
from sokuji._src.ops import init_ops
from sokuji._src.variables import scopes, trackable, variables

_counts = collections.Counter()


class _Calls(_thread._local):
    """The calls of layers that are open in this thread: how many, the training flag of the innermost that was given one, the names on the way."""

    depth, training = 0, None

    def __init__(self):
        self.path = []


calls = _Calls()


def reset_names():
    _counts.clear()


def unique_name(base, from_zero=None):
    """dense, dense_1, …; layers of 1.x's tf.keras begin at dense_1."""
    from_zero = variables._version == 2 if from_zero is None else from_zero
    n = _counts[base]
    _counts[base] += 1
    return "%s_%d" % (base, n + 1) if not from_zero else "%s_%d" % (base, n) if n else base


def snake_case(name):
    name = re.sub(r"\W+", "", name)
    made = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)" if variables._version == 2 else r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()
    return "private" + made if made.startswith("_") else made


class InputSpec:
    """What a layer's input must be: dtype, shape, number of axes, sizes of axes."""

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype, self.shape, self.ndim = dtype, shape, len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, axes or {}


_KEYWORDS = ("input_shape", "batch_input_shape", "batch_shape", "batch_size", "input_dim", "weights", "activity_regularizer", "dtype", "trainable", "name",
             "dynamic", "autocast", "input_dtype", "_scope", "_reuse")  # fmt: skip
_signatures = {}


def call_arguments(layer):
    """The names that a layer's call() takes; None among them when it takes any."""
    function = type(layer).call
    if function not in _signatures:
        parameters = inspect.signature(function).parameters.values()
        names = {p.name for p in parameters}
        _signatures[function] = names | {None} if any(p.kind is p.VAR_KEYWORD for p in parameters) else names
    return _signatures[function]


def _noted(build):
    """A program's own build(): 2.x notes for which shape it ran, and that it did."""

    @functools.wraps(build)
    def function(self, *arguments, **keywords):
        own = self.__dict__
        if variables._version == 1 or own.get("_in_build") or not own.get("_ready"):
            return build(self, *arguments, **keywords)
        shape = arguments[0] if arguments else next(iter(keywords.values()), None)
        if shape is not None:
            own["_build_shape"] = shape
        own["_in_build"] = True
        calls.path.append(self.scope_name)
        try:
            made = build(self, *arguments, **keywords)
        finally:
            calls.path.pop()
            del own["_in_build"]
        self.built = True
        return made

    return function


class Layer(LayerCheckpoints, _core.LayerBase):
    """Builds its variables from the first input's shape, then calls call(inputs)."""

    supports_masking = False
    __signature__ = signatures.OfInit()

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if "build" in vars(cls) and not getattr(cls, "__module__", "").startswith("sokuji."):
            cls.build = _noted(cls.build)

    def __new__(cls, *arguments, **keywords):
        made = object.__new__(cls)
        made.__dict__["_arguments"] = (arguments, keywords)
        return made

    def __init__(self, trainable=True, name=None, dtype=None, **keywords):
        unknown = [k for k in keywords if k not in _KEYWORDS and k not in self._more_config]
        if unknown:
            if variables._version == 2:
                raise ValueError("Unrecognized keyword arguments passed to %s: %s" % (type(self).__name__, {k: keywords[k] for k in unknown}))
            raise TypeError("Keyword argument not understood:", unknown[0])
        own = self.__dict__
        own.setdefault("_sublayers", [])
        own["_ready"] = True
        own.update(built=False, _trainable=trainable, input_spec=None, _trainable_weights=[], _non_trainable_weights=[],
                   _losses=[], _call_losses=[], _updates=[], _nodes=[], _metrics=[], _scope_prefix="")  # fmt: skip
        base = snake_case(type(self).__name__)
        self._base_name, self._name = name or base, name or unique_name(base, self._names_from_zero)
        self._dtype = None if dtype is None else serialization.dtype_name(dtype)
        self._activity_regularizer = _regularizer(keywords.get("activity_regularizer"))
        self._initial_weights = keywords.get("weights")
        shape = keywords.get("input_shape") or ((keywords["input_dim"],) if keywords.get("input_dim") else None)
        if isinstance(shape, int):
            shape = (shape,)
        given = keywords.get("batch_input_shape") or keywords.get("batch_shape")
        self._batch_input_shape = given or (None if shape is None else (keywords.get("batch_size"), *shape))

    _names_from_zero = None  # by the version
    _in_store = False  # shares its variables in an open EagerVariableStore
    _takes_scope = True  # of 1.x: a variable scope of its own when it is called first; None: none at all
    _takes_lists = False  # 2.x: of numbers, by position
    _refuses_shapes = True  # what fails in call() is the inputs' shape: a ValueError in 2.x
    name = property(lambda self: self._name)
    @property
    def scope_name(self):
        if at_once.depth and "_variable_scope" not in self.__dict__ and not isinstance(self, _Composite):
            base = self._arguments[1].get("name") or snake_case(type(self).__name__)
            outer = calls.path[-1] + "/" if calls.path and type(self).__name__.endswith("Cell") else ""
            self.__dict__["_variable_scope"] = at_once.scope_of(outer + base)
        return self.__dict__.get("_variable_scope") or self._scope_prefix + self._name

    path = property(lambda self: self.scope_name)

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)
        for v in self._trainable_weights:
            if isinstance(v, keras_variable.KerasVariable):
                v.trainable = value
        if variables._version == 2 or not isinstance(self, _Composite):
            for layer in self._sublayers:
                layer.trainable = value

    @property
    def dtype(self):
        if variables._version == 2:
            return (self._dtype or dtypes.float32).name
        return self._dtype.name if self._dtype is not None else None

    compute_dtype = variable_dtype = dtype

    @property
    def dtype_policy(self):
        from sokuji._src.keras import settings

        return settings.DTypePolicy(self.dtype)

    @property
    def activity_regularizer(self):
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, value):
        self._activity_regularizer = value

    # ---- what it is made of ----

    _tracks = property(lambda self: variables._version == 2)

    def __setattr__(self, name, value):
        own = self.__dict__
        if not own.get("_ready") and isinstance(value, (Layer, _core.VariableBase)) and variables._version == 1:
            raise RuntimeError("In layer '%s', you forgot to call `super().__init__()` as the first statement in the `__init__()` method. It looks like "
                               "you are subclassing `Model` and you forgot to call `super(YourClass, self).__init__()`." % type(self).__name__)  # fmt: skip
        if isinstance(value, (Layer, _core.VariableBase, list, tuple, dict, _Metrics)) and own.get("_ready") and self._tracks and name not in _UNTRACKED:
            self._track(value)
        elif isinstance(value, trackable.Container) and own.get("_ready") and self._tracks:
            value._belong_to(self._track)
        if name[0] != "_":
            value = trackable.wrapped(value)
        object.__setattr__(self, name, value)
        if "_tracking" in own:
            trackable.arrived(self, name, value)

    def _track(self, value):
        if isinstance(value, Layer):
            if value is not self and not any(value is layer for layer in self._sublayers):
                self._sublayers.append(value)
        elif variables._version == 1:
            return  # a model of 1.x has its layers' variables alone
        elif isinstance(value, _core.VariableBase):
            if not isinstance(value, keras_variable.KerasVariable):
                return  # Keras 3 tracks its own variables alone
            mine = self._trainable_weights if value.trainable else self._non_trainable_weights
            if not any(value is v for v in self._trainable_weights + self._non_trainable_weights):
                mine.append(value)
        elif isinstance(value, _Metrics):
            if not any(value is m for m in self._metrics):
                self._metrics.append(value)
        elif isinstance(value, dict):
            for item in value.values():
                self._track(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                self._track(item)

    # ---- for subclasses ----

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, **keywords):
        if variables._version == 2:
            raise NotImplementedError("Layer %s does not have a `call` method implemented." % type(self).__name__)
        return inputs

    def compute_mask(self, inputs, mask=None):
        return mask if self.supports_masking else None

    def compute_output_shape(self, input_shape):
        from sokuji._src.keras import graph as keras_graph

        if variables._version == 2 and not type(self).__module__.startswith("sokuji."):
            raise NotImplementedError("Layer %s should implement a `compute_output_shape()` method" % type(self).__name__)
        return keras_graph.output_shape(self, input_shape)

    def _graph_weight(self, name, sizes, kind, initializer, regularizer, trainable, constraint):
        """The weight as a variable of the open tf.Graph; None where another graph is open."""
        from sokuji._src.graph import scopes as graph_scopes

        if graph_scopes.graphs.building() is None:
            return None
        with graph_scopes._current(graph_scopes.VariableScope(False, self.scope_name)):
            made = graph_scopes.get_variable(name or "Variable", sizes, kind, initializer, regularizer, trainable and self._trainable is not False,
                                             constraint=_constraint(constraint))  # fmt: skip
        (self._trainable_weights if trainable else self._non_trainable_weights).append(made)
        return trackable.track(self, name or "Variable", made)

    def add_weight(self, name=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None, partitioner=None,
                   use_resource=None, synchronization=None, aggregation=None, getter=None, autocast=True, **keywords):  # fmt: skip
        """A variable of the layer."""
        self._check_ready()
        if isinstance(name, (list, tuple)) and (shape is None or isinstance(shape, str)):
            name, shape, initializer = keywords.pop("name", None), name, initializer if shape is None else shape
        kind = dtypes.as_dtype(dtype or self._dtype or dtypes.float32)
        initializer = init_ops.get(initializer) or (init_ops.get("glorot_uniform") if kind.is_floating else init_ops.Zeros())
        sizes = _shapes.TensorShape(shape if shape is not None else ()).as_list()
        if any(d is None for d in sizes):
            raise ValueError("Shape %s of the weight %s is not fully defined" % (sizes, name))
        if _core.graph_now() is not None:
            made = self._graph_weight(name, sizes, kind, initializer, _regularizer(regularizer), trainable, constraint)
            if made is not None:
                return made
        regularizer = _regularizer(regularizer)

        def make():
            value = self._waiting_value(name, sizes)
            if value is None:
                with func_graph.init_scope():
                    value = initializer(sizes, dtype=kind) if _takes_dtype(initializer) else initializer(sizes)
            return keras_variable.make(convert(value, kind._number), trainable and self._trainable is not False,
                                       name or ("variable" if variables._version == 2 else "Variable"), self.scope_name, _constraint(constraint), regularizer)  # fmt: skip

        made = scopes.in_store("%s/%s" % (self.scope_name, name), sizes, make) if self._in_store else make()
        (self._trainable_weights if trainable else self._non_trainable_weights).append(made)
        if regularizer is not None:
            self._losses.append((made, regularizer))
        return trackable.track(self, name or "Variable", made)

    def add_variable(self, name=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, constraint=None, partitioner=None, **keywords):
        return self.add_weight(name, shape, dtype, initializer, regularizer, trainable, constraint)

    def add_loss(self, losses, inputs=None):
        if variables._version == 1:
            raise RuntimeError("Layer.add_loss not supported in Eager mode.")
        self._call_losses.extend(losses if isinstance(losses, (list, tuple)) else [losses])

    def add_update(self, updates, inputs=None):
        if variables._version == 1:
            raise RuntimeError("Layer.add_update not supported in Eager mode.")

    # ---- calling ----

    def _check_ready(self):
        if not self.__dict__.get("_ready"):
            raise RuntimeError("In layer '%s', you forgot to call `super().__init__()` in the `__init__()` method. Go add it!" % type(self).__name__)

    def _call_fully(self, *arguments, **keywords):
        self._check_ready()
        from sokuji._src.keras import graph as keras_graph

        if not arguments:
            first = next((n for n in inspect.signature(type(self).call).parameters if n != "self"), None)
            if first not in keywords:
                raise TypeError("%s.__call__() takes the inputs as its first argument" % type(self).__name__)
            arguments = (keywords.pop(first),)
        inputs, arguments = arguments[0], arguments[1:]
        if keras_graph.has_symbols((inputs, arguments, keywords)):
            return keras_graph.apply(self, inputs, arguments, keywords)
        if variables._version == 2 and not self._takes_lists:
            _check_tensors((inputs, arguments))
        if variables._version == 1 and hasattr(_core.graph_now(), "name_scope"):
            with _core.graph_now().name_scope(self._name):
                return self._run(self._taken(inputs), arguments, keywords)
        inputs = self._taken(inputs)
        if variables._version == 2 and arguments:
            arguments = tuple(self._taken(a) if isinstance(a, (_core.Tensor, np.ndarray)) else a for a in arguments)
        return self._run(inputs, arguments, keywords)

    apply = _core.LayerBase.__call__

    def _run(self, inputs, arguments, keywords):
        if not self.built and scopes_1.is_first(self):
            with scopes_1.opened(self):
                return self._run(inputs, arguments, keywords)
        takes = call_arguments(self)
        before = calls.training
        training = keywords.get("training")
        if "training" in takes:
            if training is None and before is not None and not (arguments and _position(self, "training") <= len(arguments)):
                keywords = {**keywords, "training": before}
        else:
            keywords = {k: v for k, v in keywords.items() if k != "training" or None in takes}
        if "mask" in takes and keywords.get("mask") is None and not arguments:
            mask = _mask_of(inputs)
            if mask is not None:
                keywords = {**keywords, "mask": mask}
        if self.input_spec is not None and variables._version == 2:
            check_spec(self, inputs)
        if not self.built:
            if variables._version == 1:
                self._build_1(inputs)
            else:
                self._build_now(inputs)
        if calls.depth == 0 and variables._version == 2:
            self._forget_losses()
        calls.depth += 1
        if training is not None and variables._version == 2:
            calls.training = training
        scoped = variables._version == 2
        if scoped:
            calls.path.append(calls.path[-1] + "/" + self._name if calls.path else self._name)
        try:
            outputs = self.call(inputs, *arguments, **keywords)
        except InvalidArgumentError as error:
            if variables._version == 2 and self._refuses_shapes and type(self).__module__.startswith("sokuji."):
                raise mismatch("Exception encountered when calling layer \"%s\": %s" % (self.name, error)) from None
            if variables._version == 1:
                _check_rank(self, inputs)
            raise
        finally:
            calls.depth -= 1
            calls.training = before
            if scoped:
                calls.path.pop()
        if self._activity_regularizer is not None:
            for output in nest.flatten(outputs):
                loss = self._activity_regularizer(output)
                self._call_losses.append(loss / float(output._shape_tuple[0]) if variables._version == 2 else loss)
        self._pass_mask(inputs, outputs)
        if self._plain is False and variables._version == 1:
            self._settle()
        return outputs

    def _settle(self):
        """1.x: from here on a call with one tensor is call()."""
        own = type(self)
        if self._activity_regularizer is None and own.compute_mask is Layer.compute_mask and own.__call__ is Layer.__call__:
            self._plain = 0

    def _pass_mask(self, inputs, outputs):
        if not _masks.known and type(self).compute_mask is Layer.compute_mask:
            return
        mask = self.compute_mask(inputs, _mask_of(inputs))
        if mask is None:
            return
        flat = nest.flatten(outputs)
        masks = list(mask) if isinstance(mask, (list, tuple)) else [mask] * len(flat)
        for output, one in zip(flat, masks):
            if isinstance(output, _core.Tensor) and _masks.get(output) is None:
                _masks.put(output, one)

    def _forget_losses(self):
        if self._call_losses:
            self._call_losses = []
        for layer in self._sublayers:
            layer._forget_losses()

    def _taken(self, inputs):
        """Arrays and lists of numbers become tensors; structures stay what they are."""
        if isinstance(inputs, _core.Handle):
            return self._cast(inputs)
        if isinstance(inputs, (list, tuple, dict)):
            leaves = nest.flatten(inputs)
            if leaves and all(isinstance(i, (_core.Handle, np.ndarray, type(None))) for i in leaves):
                return nest.map_structure(lambda i: i if i is None else self._cast(i) if isinstance(i, _core.Handle) else self._floating(convert(i, 0)), inputs)
            if isinstance(inputs, dict) or any(isinstance(i, (_core.Handle, np.ndarray)) for i in leaves):
                return inputs
        if inputs is None:
            return None
        return self._floating(convert(inputs, 0))

    def _cast(self, t):
        """2.x: floating inputs are taken as the layer's dtype."""
        if variables._version == 2:
            kind = self._dtype or dtypes.float32
            own = dtypes.as_dtype(t._dtype_number)
            if own is not kind and own.is_floating and kind.is_floating:
                from sokuji._src.ops import array_ops

                return array_ops.cast(t, kind)
        return t

    def _floating(self, t):
        """An array of doubles is taken as the layer's own dtype."""
        if variables._version == 2:
            return self._cast(t)
        return convert(t.numpy().astype(np.float32), 0) if t._dtype_number == 2 and self._dtype is None else t

    def _build_1(self, inputs):
        try:
            self._build_now(inputs)
        except (InvalidArgumentError, IndexError):
            _check_rank(self, inputs)
            raise

    def _build_now(self, inputs):
        flat = nest.flatten(inputs)
        if self._dtype is None and variables._version == 1 and flat and isinstance(flat[0], _core.Handle) and flat[0].dtype.is_floating:
            self._dtype = flat[0].dtype
        if variables._version == 2:
            shapes = nest.map_structure(lambda t: tuple(t._shape_tuple) if isinstance(t, _core.Handle) else None, inputs)
            prefix = calls.path[-1] if calls.path else ""
            if prefix and not self._scope_prefix:
                self._scope_prefix = prefix + "/"
        else:
            shapes = nest.map_structure(lambda t: _shapes.TensorShape(t._shape_tuple) if isinstance(t, _core.Handle) else None, inputs)
            if isinstance(shapes, tuple):
                shapes = list(shapes)
        self._build_shape = shapes
        calls.path.append(self.scope_name)
        try:
            self.build(shapes)
        finally:
            calls.path.pop()
        self._built_done()

    def _built_done(self):
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None
        takes = call_arguments(self)
        simple = not takes & {"training", "mask", None} and self._activity_regularizer is None and not isinstance(self, _Composite)
        simple = simple and type(self).compute_mask is Layer.compute_mask
        if simple and variables._version == 2 and self.input_spec is None and type(self).__module__.startswith("sokuji."):
            self._plain = 1 if self._dtype in (None, dtypes.float32) else self._dtype._number

    # ---- variables ----

    trainable_weights = property(lambda self: self._weights(True, False))
    non_trainable_weights = property(lambda self: self._weights(False, True))

    def _every_weight(self):
        every = []
        self._gather_all(every)
        return _distinct(every)

    def _gather_all(self, out):
        out.extend(self._trainable_weights)
        out.extend(self._non_trainable_weights)
        for layer in self._sublayers:
            layer._gather_all(out)

    def _with_metrics(self, weights):
        """Besides weights: in 2.x the states of generators, and the metrics' variables."""
        states = [g.state for g in keras_random.generators_of(self)] if variables._version == 2 else []
        return weights + states + [v for m in self._metrics for v in m.variables]

    trainable_variables = property(lambda self: self.trainable_weights)

    @property
    def non_trainable_variables(self):
        return self.non_trainable_weights + ([g.state for g in keras_random.generators_of(self)] if variables._version == 2 else [])

    @property
    def losses(self):
        own = [regularizer(v) for v, regularizer in self._losses if variables._version == 1 or v.trainable]
        calls = [loss() if callable(loss) else convert(loss, 0) for loss in self._call_losses]
        below = [loss for layer in self._sublayers for loss in layer.losses]
        return calls + below + own if variables._version == 2 else own + calls + below

    updates = property(lambda self: [])
    metrics = property(lambda self: list(self._metrics) + [m for layer in self._sublayers for m in layer.metrics])

    def get_weights(self):
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights):
        own = self._weights_in_order()
        weights = list(weights)
        if len(own) != len(weights):
            raise ValueError("You called `set_weights(weights)` on layer \"%s\" with a weight list of length %d, but the layer was expecting %d weights."
                             % (self.name, len(weights), len(own)))  # fmt: skip
        for variable, value in zip(own, weights):
            if variable._shape_tuple != np.shape(value):
                raise ValueError("Layer weight shape %s not compatible with provided weight shape %s" % (variable._shape_tuple, np.shape(value)))
        for variable, value in zip(own, weights):
            variable.assign(np.asarray(value, dtypes.as_dtype(variable._dtype_number).as_numpy_dtype) if not isinstance(value, _core.Handle) else value)

    def _weights_in_order(self):
        return self.weights

    def stateless_call(self, trainable_variables, non_trainable_variables, *arguments, return_losses=False, **keywords):
        """(what the layer gives, its other variables' values) were its variables these; nothing changes."""
        own = list(self.non_trainable_variables)
        give = lambda made: (made, [v._read() for v in own], *([self.losses] if return_losses else []))  # noqa: E731
        return keras_variable.stateless([*self.trainable_variables, *own], [*trainable_variables, *non_trainable_variables], lambda: self(*arguments, **keywords), give)

    def count_params(self):
        if not self.built:
            raise ValueError("You tried to call `count_params` on %s, but the layer isn't built. You can build it manually via: `%s`." % (
                self.name, "layer.build(input_shape)" if variables._version == 2 else self.name + ".build(batch_input_shape)"))
        return sum(w._size for w in self.weights)

    # ---- symbols ----

    def _node(self):
        if not self._nodes:
            if variables._version == 1:
                raise AttributeError("Layer %s is not connected, no input to return." % self.name)
            raise AttributeError("The layer %s has never been called and thus has no defined input." % self.name)
        return self._nodes[0]

    input = property(lambda self: self._node().inputs_given)
    output = property(lambda self: self._node().outputs_given)

    @property
    def input_shape(self):
        return _shapes_of(self._node().inputs_given)

    @property
    def output_shape(self):
        return _shapes_of(self._node().outputs_given)

    def get_input_at(self, node_index):
        return self._nodes[node_index].inputs_given

    def get_output_at(self, node_index):
        return self._nodes[node_index].outputs_given

    def get_input_shape_at(self, node_index):
        return _shapes_of(self._nodes[node_index].inputs_given)

    def get_output_shape_at(self, node_index):
        return _shapes_of(self._nodes[node_index].outputs_given)

    # ---- configuration ----

    _fields = ()  # the constructor's arguments beside those of every layer

    def get_config(self):
        config = {"name": self.name, "trainable": self.trainable}
        if self._batch_input_shape is not None and variables._version == 1:
            config["batch_input_shape"] = tuple(self._batch_input_shape)
        if variables._version == 2:
            config["dtype"] = serialization.policy(self.dtype)
        elif self.dtype is not None:
            config["dtype"] = self.dtype
        if config.get("dtype") is not None and variables._version == 2 and self._activity_regularizer is not None:
            config["activity_regularizer"] = serialization.serialize(self._activity_regularizer)
        if type(self).__module__.startswith("sokuji."):
            self._add_arguments(config)
        elif variables._version == 2 and type(self).get_config.__module__.startswith("sokuji."):
            from sokuji._src.keras import model_configs

            config = {**model_configs.layer_config(self), **{name: value for name, value in config.items() if name != "name"}}
            if not model_configs.takes_name(self):
                config.pop("name", None)
        return config

    def get_build_config(self):
        shape = self.__dict__.get("_build_shape")
        return None if shape is None else {"input_shape": shape}

    def build_from_config(self, config):
        """Makes the variables for the shape that get_build_config gave."""
        if config and config.get("input_shape") is not None:
            shape = config["input_shape"]
            nested = isinstance(shape, dict) or (isinstance(shape, (list, tuple)) and shape and isinstance(shape[0], (list, tuple)))
            shape = nest.map_structure(lambda s: s, [tuple(s) for s in shape] if nested and not isinstance(shape, dict) else shape) if nested else tuple(shape)
            calls.path.append(self.scope_name)
            self._build_shape = shape
            try:
                self.build(shape)
            finally:
                calls.path.pop()
            self._built_done()

    def save_own_variables(self, store):
        for i, v in enumerate(self._trainable_weights + self._non_trainable_weights):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store):
        own = self._trainable_weights + self._non_trainable_weights
        if len(store) != len(own):
            if not own and not self.built:
                raise ValueError("Layer '%s' was never built and thus it doesn't have any variables. However the weights file lists %d variables for this layer. "
                                 "Build it first, or call it on a batch." % (self.name, len(store)))  # fmt: skip
            raise ValueError("Layer '%s' expected %d variables, but received %d variables during loading. Expected: %s"
                             % (self.name, len(own), len(store), [v.name for v in own]))  # fmt: skip
        for i, v in enumerate(own):
            if np.shape(store[str(i)]) != v._shape_tuple:
                raise ValueError("The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. variable.shape=%s, "
                                 "Received: value.shape=%s. Target variable: %s" % (v._shape_tuple, np.shape(store[str(i)]), v.name))  # fmt: skip
        for i, v in enumerate(own):
            v.assign(np.asarray(store[str(i)]))

    _constructor = None  # whose arguments the configuration has, where it is not the class's own
    _more_config = {}  # what Keras 3's configuration has beside the arguments

    def _add_arguments(self, config):
        given = self._given()
        if variables._version == 1:
            from sokuji._src.keras import configs_1

            config.update(configs_1.arguments(self, given))
            return
        for name in inspect.signature(self._constructor or type(self).__init__).parameters:
            if name == "activity_regularizer" and variables._version == 2:
                if "quantization_config" not in self._more_config or self._keeps_activity:
                    config.setdefault(name, None)
            elif name not in ("self", "kwargs", "keywords", "arguments", "trainable", "name", "dtype") and name in given:
                config[name] = _plain_value(self._as_kept(name, given[name]), name)
        if variables._version == 2:
            config.update({name: value for name, value in self._more_config.items() if name not in config})

    _keeps_activity = False

    def _as_kept(self, name, value):
        """2.x: windows and formats as the layer understood them."""
        if name == "padding" and self.__dict__.get("_causal"):
            return "causal"
        own = getattr(self, name, None) if variables._version == 2 and name in _UNDERSTOOD else None
        if name == "axis" and isinstance(getattr(self, "axis", None), tuple) and type(self).__name__ == "Normalization":
            own = self.axis
        if name == "output_shape" and isinstance(value, int):
            own = (value,)
        if own is None:
            return value
        if getattr(self, "_rank", 2) == 1 and name not in ("padding", "data_format"):
            return own[:1] if isinstance(own, tuple) else (own,)
        return own

    def _given(self):
        """The constructor's arguments with their defaults."""
        keywords = self._arguments[1]
        if self._constructor is not None:
            keywords = {name: value for name, value in keywords.items() if name != "output_padding"}
        bound = inspect.signature(self._constructor or type(self).__init__).bind(self, *self._arguments[0], **keywords)
        bound.apply_defaults()
        return bound.arguments

    @classmethod
    def from_config(cls, config):
        if variables._version == 2 and getattr(cls, "__module__", "").startswith("sokuji."):
            for name, usual in cls._more_config.items():
                if config.get(name, usual) != usual and config[name] is not None:
                    raise NotImplementedError("not implemented: tf.keras.layers.%s with %s=%s" % (cls.__name__, name, config[name]))
            config = serialization.revive_parts({name: value for name, value in config.items() if name not in cls._more_config})
        elif variables._version == 1 and getattr(cls, "__module__", "").startswith("sokuji."):
            from sokuji._src.keras import configs_1

            config = configs_1.revived(config)
        return cls(**config)

    def __repr__(self):
        if variables._version == 2:
            return "<%s name=%s, built=%s>" % (type(self).__name__, self.name, self.built)
        return object.__repr__(self)


class _Metrics:
    """Set by keras_metrics: the class Metric."""


class _Composite:
    """Models: their call() runs other layers."""

    _refuses_shapes = False


_UNTRACKED = {"_sublayers", "_trainable_weights", "_non_trainable_weights", "_losses", "_call_losses", "_updates", "_nodes", "_metrics", "inputs", "outputs",
              "_layers", "_own", "_arguments", "_initial_weights", "optimizer", "loss", "_compile_metrics", "history", "_order", "_build_shape"}  # fmt: skip
_UNDERSTOOD = {"data_format", "padding", "strides", "pool_size", "kernel_size", "dilation_rate", "negative_slope", "cropping", "size"}


def mismatch(text):
    """The error of inputs whose rank or size is not what the layer was built for; is_mismatch() knows it."""
    error = ValueError(text)
    error._of_inputs = True
    return error


def is_mismatch(error):
    return getattr(error, "_of_inputs", False)


def _check_tensors(given):
    """2.x: what is given by position are tensors and arrays."""
    for leaf in nest.flatten(given):
        if leaf is not None and not isinstance(leaf, _core.Handle) and not hasattr(leaf, "__array__") and not hasattr(leaf, "_to_tensor"):
            if not isinstance(leaf, (int, float, complex, str, bytes)):
                continue
            raise ValueError("Only input tensors may be passed as positional arguments. The following argument value should be passed as a keyword argument: "
                             "%s (of type %s)" % (leaf, type(leaf)))  # fmt: skip


def check_spec(layer, inputs):
    """2.x: inputs of another rank or size than the layer was built for are refused."""
    for spec, t in zip(nest.flatten(layer.input_spec), nest.flatten(inputs)):
        if not isinstance(spec, InputSpec) or t is None:
            continue
        shape = t._shape_tuple
        wrong = (spec.ndim is not None and len(shape) != spec.ndim) or (spec.max_ndim is not None and len(shape) > spec.max_ndim) or (
            spec.min_ndim is not None and len(shape) < spec.min_ndim)  # fmt: skip
        if wrong or any(value is not None and shape[int(axis)] != value for axis, value in spec.axes.items()):
            raise mismatch("Input 0 of layer \"%s\" is incompatible with the layer: expected min_ndim=%s, max_ndim=%s, axes %s. Full shape received: %s"
                             % (layer.name, spec.min_ndim, spec.max_ndim, spec.axes, shape))  # fmt: skip


def _check_rank(layer, inputs):
    """1.x, after a failure: a ValueError where the layer takes inputs of another rank."""
    kind = next((c.__name__ for c in type(layer).__mro__ if c.__module__.startswith("sokuji.")), "")
    least = most = {"1D": 3, "2D": 4, "3D": 5, "NN": 3, "TM": 3, "RU": 3}.get(kind[-2:])
    if kind == "Dense":
        least, most = 2, 99
    if least is None or not isinstance(inputs, _core.Handle):
        return
    rank = len(inputs._shape_tuple)
    if not least <= rank <= most:
        raise ValueError("Input 0 of layer %s is incompatible with the layer: expected %s=%d, found ndim=%d. Full shape received: %s"
                         % (layer.name, "ndim" if least == most else "min_ndim", least, rank, list(inputs._shape_tuple)))  # fmt: skip


def _distinct(items):
    return list({id(item): item for item in items}.values())


def _position(layer, name):
    return [n for n in inspect.signature(type(layer).call).parameters if n != "self"].index(name)


def _mask_of(inputs):
    if not _masks.known:
        return None
    if isinstance(inputs, (list, tuple)):
        masks = [_masks.get(i) if isinstance(i, _core.Handle) else None for i in inputs]
        return masks if any(m is not None for m in masks) else None
    return _masks.get(inputs) if isinstance(inputs, _core.Handle) else None


def _shapes_of(symbols):
    if isinstance(symbols, dict):
        return {key: tuple(s._sizes) for key, s in symbols.items()}
    if isinstance(symbols, (list, tuple)):
        return [tuple(s._sizes) for s in symbols]
    return tuple(symbols._sizes)


at_once.all_at_once(Layer, "get_weights set_weights")


def _regularizer(identifier):
    from sokuji._src.keras import activations

    return activations.get_regularizer(identifier)


def _constraint(identifier):
    from sokuji._src.keras import constraints as keras_constraints

    return keras_constraints.get(identifier)


def _plain_value(value, name=""):
    """A constructor's argument for a configuration."""
    if variables._version == 2:
        if name.endswith("_initializer") and value is not None:
            value = init_ops.get(value)
        elif name.endswith("_regularizer"):
            value = _regularizer(value)
        elif name.endswith("_constraint"):
            value = _constraint(value)
        elif name.endswith("activation"):
            from sokuji._src.keras import activations

            value = activations.get(value)
            return activations.serialize(value)
        if hasattr(value, "get_config") and not isinstance(value, type) or (isinstance(value, list) and value and hasattr(value[0], "get_config")):
            return serialization.serialize(value)
    if hasattr(value, "get_config") and not isinstance(value, type):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    return value


def _takes_dtype(initializer):
    if isinstance(initializer, init_ops.Initializer):
        return True
    try:
        return "dtype" in inspect.signature(initializer).parameters
    except (TypeError, ValueError):
        return False
