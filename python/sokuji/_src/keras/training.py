"""compile, fit, evaluate and predict. What differs between the versions is in keras_training_1.py; here are 2.x's steps, losses and metrics."""

import warnings

import numpy as np

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.execute import convert, invalid, run
from sokuji._src.keras import batches as keras_data
from sokuji._src.keras import callbacks as keras_callbacks
from sokuji._src.keras import layers_base
from sokuji._src.keras import losses as keras_losses
from sokuji._src.keras import metrics as keras_metrics
from sokuji._src.keras import serialization
from sokuji._src.keras import training_1 as keras_training_1
from sokuji._src.ops import array_ops
from sokuji._src.variables import variables


class CompileLoss:
    """The losses of a model's outputs, weighted and added; each output's own is tracked when there are several."""

    name = "compile_loss"

    def __init__(self, loss, loss_weights):
        self._given, self._weights, self._rows = loss, loss_weights, None
        for one in nest.flatten(loss) if isinstance(loss, (list, tuple, dict)) else [loss]:
            keras_losses.get(one)
        self.trackers = []

    def _build(self, names, n):
        given, weights = self._given, self._weights
        if isinstance(given, dict):
            unknown = [key for key in given if key not in names]
            if unknown:
                raise ValueError("In the dict argument `loss`, key '%s' does not correspond to any model output. Received: loss=%s" % (unknown[0], given))
            losses = [given.get(name) for name in names]
        else:
            losses = list(given) if isinstance(given, (list, tuple)) else [given] * n
        if 0 < len(losses) < n and isinstance(given, (list, tuple)):
            losses += [None] * (n - len(losses))
        if len(losses) != n:
            raise ValueError("`loss` must match the number of outputs: %d losses for %d outputs" % (len(losses), n))
        weights = [weights.get(name, 1.0) for name in names] if isinstance(weights, dict) else list(weights) if isinstance(weights, (list, tuple)) else [
            1.0 if weights is None else weights] * n  # fmt: skip
        self._rows = [(None if loss is None else _as_loss(loss), weight) for loss, weight in zip(losses, weights)]
        if sum(loss is not None for loss, _ in self._rows) > 1:
            self.trackers = [keras_metrics.Mean(name + "_loss") if loss is not None else None for name, (loss, _) in zip(names, self._rows)]

    def __call__(self, y_true, y_pred, sample_weight, names):
        predictions = nest.flatten(y_pred)
        if self._rows is None:
            self._build(names, len(predictions))
        targets = _per_output(y_true, y_pred, names)
        weights = _per_output(sample_weight, y_pred, names) if isinstance(sample_weight, (dict, list, tuple)) else [sample_weight] * len(predictions)
        total = None
        for i, ((loss, weight), y, p, w) in enumerate(zip(self._rows, targets, predictions, weights)):
            if loss is None or y is None:
                continue
            value = loss(y, p, sample_weight=w)
            if self.trackers:
                self.trackers[i].update_state(value, sample_weight=float(p._shape_tuple[0]))
            value = value if weight == 1.0 else value * float(weight)
            total = value if total is None else total + value
        return total


def _per_output(given, y_pred, names):
    """Targets or weights in the outputs' flat order; None where there is none."""
    n = len(nest.flatten(y_pred))
    if isinstance(given, dict):
        keys = sorted(y_pred) if isinstance(y_pred, dict) else names
        return [given.get(key) for key in keys]
    if isinstance(given, (list, tuple)):
        return list(given)
    return [given] * n if n == 1 else [given] + [None] * (n - 1)


class _FunctionLoss(keras_losses.Loss):
    def __init__(self, function):
        super().__init__(getattr(function, "__name__", "loss"))
        self._function = function

    def call(self, y_true, y_pred):
        if self._function not in (keras_losses.sparse_categorical_crossentropy, keras_losses.categorical_crossentropy):
            y_true, y_pred = keras_losses._same_rank(y_true, y_pred)
        return self._function(y_true, y_pred)


def _as_loss(identifier):
    found = keras_losses.get(identifier)
    return found if isinstance(found, keras_losses.Loss) else _FunctionLoss(found)


def _accuracy_for(y, p):
    """The metric that 'accuracy' means for an output."""
    have, want = y._shape_tuple, p._shape_tuple
    is_binary = bool(want) and want[-1] == 1
    is_sparse = len(have) < len(want) or (have[-1:] == (1,) and want[-1] > 1)
    return keras_metrics.BinaryAccuracy if is_binary else keras_metrics.SparseCategoricalAccuracy if is_sparse else keras_metrics.CategoricalAccuracy


def _as_metric(identifier, y, p):
    name = identifier if isinstance(identifier, str) else None
    if name in ("accuracy", "acc"):
        return _accuracy_for(y, p)(name=name)
    found = keras_metrics.get(identifier)
    if isinstance(found, keras_metrics.Metric):
        if name is not None:
            found.name = name
        return found
    return keras_metrics.MeanMetricWrapper(found, name or getattr(found, "__name__", "metric").strip("<>"))


class CompileMetrics:
    """The metrics given to compile, made when the first outputs are there."""

    name = "compile_metrics"

    def __init__(self, metrics, weighted):
        self._given, self._rows = (metrics, weighted), None

    def _one(self, given, names, targets, predictions):
        """For each output the list of its metrics."""
        n = len(predictions)
        if isinstance(given, dict):
            unknown = [key for key in given if key not in names]
            if unknown:
                raise ValueError("In the dict argument `metrics`, key '%s' does not correspond to any model output." % unknown[0])
            lists = [given.get(name) for name in names]
        elif isinstance(given, (list, tuple)) and n > 1:
            lists = list(given) if any(isinstance(g, (list, tuple)) or g is None for g in given) or len(given) == n else [given] * n
        else:
            lists = [given] * n
        lists = [list(g) if isinstance(g, (list, tuple)) else [] if g is None else [g] for g in lists]
        return [[_as_metric(m, y, p) for m in row] if y is not None else [] for row, y, p in zip(lists, targets, predictions)]

    def update(self, y_true, y_pred, sample_weight, names):
        predictions = nest.flatten(y_pred)
        targets = [None if y is None else convert(y, 0) for y in _per_output(y_true, y_pred, names)]
        if self._rows is None:
            self._rows = [self._one(given, names, targets, predictions) for given in self._given]
            self._names = names if len(predictions) > 1 else [None]
        weights = _per_output(sample_weight, y_pred, names) if isinstance(sample_weight, (dict, list, tuple)) else [sample_weight] * len(predictions)
        for k, rows in enumerate(self._rows):
            for row, y, p, w in zip(rows, targets, predictions, weights):
                for metric in row:
                    metric.update_state(y, p, sample_weight=w if k == 1 else None)

    @property
    def metrics(self):
        return [m for rows in self._rows or [] for row in rows for m in row]

    @property
    def variables(self):
        return [v for m in self.metrics for v in m.variables]

    def result(self):
        made, counts = {}, {}
        for k, rows in enumerate(self._rows or []):
            for output, row in zip(self._names, rows):
                for m in row:
                    name = m.name if output is None else "%s_%s" % (output, m.name)
                    if name in counts and k == 1:
                        name = "weighted_" + m.name if output is None else "%s_weighted_%s" % (output, m.name)
                    if name in counts:
                        counts[name] += 1
                        name = "%s_%d" % (name, counts[name] - 1)
                    else:
                        counts[name] = 1
                    value = m.result()
                    if isinstance(value, dict):
                        made.update(value)
                    else:
                        made[name] = value
        return made

    def reset_state(self):
        for m in self.metrics:
            m.reset_state()


class Trainer:
    """What a model has for training."""

    compiled, stop_training, run_eagerly = False, False, True
    loss = None

    def compile(self, optimizer="rmsprop", loss=None, metrics=None, loss_weights=None, sample_weight_mode=None, weighted_metrics=None, target_tensors=None,
                run_eagerly=False, steps_per_execution=1, jit_compile="auto", auto_scale_loss=True, **keywords):  # fmt: skip
        if variables._version == 1:
            return keras_training_1.compile(self, optimizer, loss, metrics, loss_weights, sample_weight_mode, weighted_metrics, target_tensors)
        from sokuji._src.keras import optimizers as keras_optimizers

        if keywords:
            raise ValueError("compile() received unknown keyword arguments %s" % sorted(keywords))
        if isinstance(metrics, (float,)) or (isinstance(metrics, dict) and loss_weights is not None and isinstance(loss_weights, str)):
            raise ValueError("compile(optimizer, loss, metrics, loss_weights): give them by name")
        self.optimizer = keras_optimizers.get(optimizer)
        self.loss, self.run_eagerly, self.compiled = loss, bool(run_eagerly), True
        self._compile_loss = None if loss is None else CompileLoss(loss, loss_weights)
        self._compile_metrics = None if metrics is None and weighted_metrics is None else CompileMetrics(metrics, weighted_metrics)
        self.__dict__["_loss_tracker"] = keras_metrics.Mean(name="loss")
        self.stop_training, self.jit_compile = False, jit_compile is True
        self.__dict__.pop("_traced", None)
        self.__dict__["_compile_arguments"] = dict(optimizer=self.optimizer, loss=loss, loss_weights=loss_weights, metrics=metrics, weighted_metrics=weighted_metrics,
                                                   run_eagerly=bool(run_eagerly), steps_per_execution=steps_per_execution, jit_compile=jit_compile is True)  # fmt: skip

    def get_compile_config(self):
        return serialization.serialize(self.__dict__.get("_compile_arguments", {}))

    def compile_from_config(self, config):
        """Compiles with what get_compile_config gave."""
        if type(self).compile is not Trainer.compile:
            warnings.warn("`compile()` was not called as part of model loading because the model's `compile()` method is custom.", stacklevel=2)
            return
        config = dict(config)
        optimizer = config.get("optimizer")
        if isinstance(optimizer, dict) and "module" not in optimizer:
            from sokuji._src.keras import optimizers as keras_optimizers

            config["optimizer"] = keras_optimizers.get(optimizer)
        self.compile(**serialization.revive(config))
        if hasattr(self.optimizer, "build") and variables._version == 2 and self.built and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)

    def _compiled(self, what):
        if not self.compiled:
            raise ValueError("You must call `compile()` before calling `%s()`." % what)

    # ---- losses and metrics ----

    def _names(self, y_pred):
        if isinstance(y_pred, dict):
            return sorted(y_pred)
        if self.outputs is not None:
            return self.output_names
        return ["output_%d" % (i + 1) for i in range(len(nest.flatten(y_pred)))]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        losses = []
        if self._compile_loss is not None:
            value = self._compile_loss(y, y_pred, sample_weight, self._names(y_pred))
            if value is not None:
                losses.append(value)
        losses += [run("Sum", loss, None) for loss in self.losses]
        if not losses:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        total = losses[0]
        for loss in losses[1:]:
            total = total + array_ops.cast(loss, total.dtype)
        return total

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if self._compile_metrics is not None:
            self._compile_metrics.update(y, y_pred, sample_weight, self._names(y_pred))
        return self.get_metrics_result()

    @property
    def metrics(self):
        if variables._version == 1:
            return self.__dict__.get("_metrics_given") or []
        own = [self.__dict__["_loss_tracker"]] if self.compiled else []
        if self.compiled and self._compile_metrics is not None:
            own.append(self._compile_metrics)
        if self.compiled and self._compile_loss is not None:
            own += [t for t in self._compile_loss.trackers if t is not None]
        return own + list(self._metrics) + [m for layer in self._sublayers for m in layer.metrics]

    @property
    def metrics_names(self):
        if variables._version == 1:
            return keras_training_1.metrics_names(self)
        return [m.name for m in self.metrics]

    def get_metrics_result(self):
        logs = {}
        for metric in self.metrics:
            result = metric.result()
            if isinstance(result, dict):
                logs.update(result)
            else:
                logs[metric.name] = result
        return logs

    def reset_metrics(self):
        for metric in self.metrics:
            metric.reset_state()

    # ---- steps ----

    def _forward(self, x, training):
        return self(x, training=training) if "training" in layers_base.call_arguments(self) or None in layers_base.call_arguments(self) else self(x)

    def train_step(self, data):
        x, y, w = keras_data.unpack_x_y_sample_weight(data)
        with _core.GradientTape() as tape:
            y_pred = _training(self, x, True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=w, training=True)
            scaled = loss if getattr(self.optimizer, "loss_scale_factor", None) is None else self.optimizer.scale_loss(loss)
        self.__dict__["_loss_tracker"].update_state(loss, sample_weight=float(_batch_size(x)))
        own = self.trainable_weights
        if not own:
            raise ValueError("The model does not have any trainable weights.")
        self.optimizer.apply_gradients(list(zip(tape.gradient(scaled, own), own)))
        return self.compute_metrics(x, y, y_pred, sample_weight=w)

    def test_step(self, data):
        x, y, w = keras_data.unpack_x_y_sample_weight(data)
        y_pred = _training(self, x, False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=w, training=False)
        self.__dict__["_loss_tracker"].update_state(loss, sample_weight=float(_batch_size(x)))
        return self.compute_metrics(x, y, y_pred, sample_weight=w)

    def predict_step(self, data):
        x, _, _ = keras_data.unpack_x_y_sample_weight(data)
        return _training(self, x, False)

    # ---- loops ----

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None, validation_split=0.0, validation_data=None, shuffle=True,
            class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None, validation_batch_size=None,
            validation_freq=1, **keywords):  # fmt: skip
        if variables._version == 1:
            return keras_training_1.fit(self, x, y, batch_size, epochs, 1 if verbose == "auto" else verbose, callbacks, validation_split, validation_data,
                                        shuffle, class_weight, sample_weight, initial_epoch, steps_per_epoch, validation_steps)  # fmt: skip
        self._compiled("fit")
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = keras_data.split(x, y, sample_weight, validation_split)
        data = keras_data.adapter(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight)
        listeners = keras_callbacks.CallbackList(callbacks, add_history=True, add_progbar=verbose not in (0, "0"), model=self,
                                                 verbose=1 if verbose == "auto" else verbose, epochs=epochs, steps=data.steps)  # fmt: skip
        self.stop_training = False
        data.ended()  # a PyDataset is reset before the first epoch as well
        listeners.on_train_begin()
        logs, begin = {}, self.__dict__.pop("_initial_epoch", initial_epoch)
        for epoch in range(begin, epochs):
            self.reset_metrics()
            listeners.on_epoch_begin(epoch)
            n = 0
            for step, batch in enumerate(data.epoch()):
                listeners.on_train_batch_begin(step)
                logs = _numbers(self.train_step(batch))
                n = step + 1
                listeners.on_train_batch_end(step, logs)
                if self.stop_training:
                    break
            if n == 0:
                if epoch == begin:
                    raise ValueError("The dataset is empty: there is nothing to fit.")
                warnings.warn("Your input ran out of data; interrupting training. Make sure that your dataset or generator can generate at least `steps_per_epoch * epochs` batches. "
                              "You may need to use the `.repeat()` function when building your dataset.", stacklevel=2)  # fmt: skip
            data.ended()
            epoch_logs = _of_epoch(self, logs)
            if validation_data is not None and ((epoch + 1) % validation_freq == 0 if isinstance(validation_freq, int) else epoch + 1 in validation_freq):
                vx, vy, vw = keras_data.unpack_x_y_sample_weight(validation_data) if isinstance(validation_data, (tuple, list)) else (validation_data, None, None)
                values = self.evaluate(vx, vy, validation_batch_size or batch_size, 0, vw, validation_steps, listeners, return_dict=True, _inner=True)
                epoch_logs.update({"val_" + name: value for name, value in values.items()})
            listeners.on_epoch_end(epoch, dict(epoch_logs))
            logs = epoch_logs
            if self.stop_training:
                break
        listeners.on_train_end(logs)
        if getattr(self.optimizer, "use_ema", False):
            self.optimizer.finalize_variable_values(self.trainable_weights)
        return self.history

    def evaluate(self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None, steps=None, callbacks=None, return_dict=False, _inner=False,
                 **keywords):  # fmt: skip
        if variables._version == 1:
            return keras_training_1.evaluate(self, x, y, batch_size, 1 if verbose == "auto" else verbose, sample_weight, steps)
        self._compiled("evaluate")
        data = keras_data.adapter(x, y, sample_weight, batch_size, steps, False, None)
        listeners = callbacks if isinstance(callbacks, keras_callbacks.CallbackList) else keras_callbacks.CallbackList(
            callbacks, add_progbar=verbose not in (0, "0"), model=self, verbose=1 if verbose == "auto" else verbose, epochs=1, steps=data.steps)  # fmt: skip
        self.reset_metrics()
        self.stop_evaluating = False
        listeners.on_test_begin()
        logs = {}
        for step, batch in enumerate(data.epoch()):
            listeners.on_test_batch_begin(step)
            logs = _numbers(self.test_step(batch))
            listeners.on_test_batch_end(step, logs)
        logs = _of_epoch(self, logs)
        listeners.on_test_end(logs)
        return logs if return_dict else self._in_metric_order(logs)

    def _in_metric_order(self, logs):
        """The values as a list: in the order of the metrics, then the rest by name."""
        order = []
        for metric in self.metrics:
            order += [m.name for m in metric.metrics] if isinstance(metric, CompileMetrics) else [metric.name]
        values = [logs[name] for name in order if name in logs] + [logs[name] for name in sorted(logs) if name not in order]
        return values[0] if len(values) == 1 else values

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None, **keywords):
        """The outputs for all of x as arrays, computed batch by batch."""
        if variables._version == 1:
            return keras_training_1.predict(self, x, batch_size, 0 if verbose == "auto" else verbose, steps)
        data = keras_data.adapter(x, None, None, batch_size, steps, False, None)
        listeners = keras_callbacks.CallbackList(callbacks, add_progbar=verbose not in (0, "0"), model=self, verbose=1 if verbose == "auto" else verbose,
                                                 epochs=1, steps=data.steps)  # fmt: skip
        listeners.on_predict_begin()
        rows, structure = [], None
        for step, batch in enumerate(data.epoch()):
            listeners.on_predict_batch_begin(step)
            structure = self.predict_step(batch)
            rows.append([np.asarray(t.numpy()) for t in nest.flatten(structure)])
            listeners.on_predict_batch_end(step, {"outputs": nest.pack_sequence_as(structure, rows[-1])})
        listeners.on_predict_end()
        if not rows:
            raise ValueError("predict needs at least one example")
        return nest.pack_sequence_as(structure, [np.concatenate(column) for column in zip(*rows)])

    # ---- single batches ----

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False, **keywords):
        if variables._version == 1:
            return keras_training_1.train_on_batch(self, x, y, sample_weight, class_weight)
        self._compiled("train_on_batch")
        self.reset_metrics()
        logs = _numbers(self.train_step(keras_data.one_batch(x, y, sample_weight, class_weight)))
        return logs if return_dict else self._in_metric_order(logs)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False, **keywords):
        if variables._version == 1:
            return keras_training_1.test_on_batch(self, x, y, sample_weight)
        self._compiled("test_on_batch")
        self.reset_metrics()
        logs = _numbers(self.test_step(keras_data.one_batch(x, y, sample_weight, None)))
        return logs if return_dict else self._in_metric_order(logs)

    def predict_on_batch(self, x):
        if variables._version == 1:
            return keras_training_1.predict_on_batch(self, x)
        return nest.map_structure(lambda t: t.numpy(), self.predict_step(keras_data.one_batch(x, None, None, None)))


def _training(model, x, flag):
    """The model's outputs with the flag for all layers inside. Inputs that do not fit are an InvalidArgumentError once the model has run on others: TensorFlow's
    traced step takes any sizes by then."""
    before, traced = layers_base.calls.training, model.__dict__.setdefault("_traced", set())
    layers_base.calls.training = flag
    try:
        made = model._forward(x, flag)
        traced.add(flag)
        return made
    except ValueError as error:
        if flag in traced and not model.run_eagerly and layers_base.is_mismatch(error):
            raise invalid(str(error)) from None
        raise
    finally:
        layers_base.calls.training = before


def _batch_size(x):
    return next(t for t in nest.flatten(x) if t is not None)._shape_tuple[0]


def _of_epoch(model, logs):
    """The metrics' results, where the steps gave those and nothing else."""
    made = dict(_numbers(model.get_metrics_result()))
    return made if set(made) == set(logs) else dict(logs)


def _numbers(logs):
    return {k: float(v) if not isinstance(v, dict) and np.ndim(v.numpy() if isinstance(v, _core.Handle) else v) == 0 else
            {n: float(one) for n, one in v.items()} if isinstance(v, dict) else v.numpy() for k, v in sorted(logs.items())}  # fmt: skip
