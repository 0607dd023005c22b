"""compile, fit, evaluate and predict as 1.x's eager mode has them: losses weighted over each batch, values averaged over an epoch's batches."""

import numpy as np

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.execute import convert, run
from sokuji._src.keras import at_once
from sokuji._src.keras import callbacks as keras_callbacks
from sokuji._src.keras import layers_base
from sokuji._src.keras import losses as keras_losses
from sokuji._src.keras import metrics as keras_metrics
from sokuji._src.ops import array_ops


def compile(model, optimizer, loss, metrics, loss_weights, sample_weight_mode, weighted_metrics, target_tensors):
    from sokuji._src.keras import optimizers_1
    from sokuji._src.train.optimizers import Optimizer

    if at_once.depth:
        optimizer = optimizers_1.get(optimizer)
        if isinstance(optimizer, Optimizer):
            from sokuji._src.keras.generators_1 import TFOptimizer

            optimizer = TFOptimizer(optimizer)
    if not isinstance(optimizer, optimizers_1.Optimizer if at_once.depth else ()) and not isinstance(optimizer, Optimizer):
        raise ValueError("Only TF native optimizers are supported in Eager mode.")
    if target_tensors is not None:
        raise ValueError("target_tensors are not currently supported in Eager mode.")
    if sample_weight_mode is not None and not at_once.depth:
        raise ValueError("sample_weight_mode is not supported in Eager mode.")
    model.sample_weight_mode = sample_weight_mode
    model.optimizer, model.loss, model.loss_weights = optimizer, loss or [], loss_weights
    model._metrics_given, model._weighted_given = metrics or [], weighted_metrics or []
    model.compiled, model._losses_built = True, None
    if model.outputs is not None:
        _build(model)


def _names(model):
    return model._output_names_1 if model.outputs is None else model.output_names


def _build(model):
    """The losses, weights and metrics of each output, when the outputs are known."""
    names = _names(model)
    n = len(names)
    loss = model.loss
    if isinstance(loss, dict):
        for name in loss:
            if name not in names:
                raise ValueError("Unknown entry in loss dictionary: \"%s\". Only expected the following keys: %s" % (name, names))
        functions = [keras_losses.get(loss.get(name)) for name in names]
    elif isinstance(loss, (list, tuple)):
        if len(loss) != n:
            raise ValueError("When passing a list as loss, it should have one entry per model outputs. The model has %d outputs, but you passed loss=%s" % (n, loss))
        functions = [keras_losses.get(one) for one in loss]
    else:
        functions = [keras_losses.get(loss)] * n
    weights = model.loss_weights
    if weights is None:
        weights = [1.0] * n
    elif isinstance(weights, dict):
        weights = [weights.get(name, 1.0) for name in names]
    elif len(weights) != n:
        raise ValueError("When passing a list as loss_weights, it should have one entry per model output. The model has %d outputs, but you passed "
                         "loss_weights=%s" % (n, weights))  # fmt: skip
    rows, weighted = (_of_outputs(given, names) for given in (model._metrics_given, model._weighted_given))
    for given in [given for row in (*rows, *weighted) for given in row if given not in ("accuracy", "acc")]:
        keras_metrics.function_of(given)
    model._weighted_rows = weighted
    model._losses_built = (functions, list(weights), rows)


def _of_outputs(given, names):
    if isinstance(given, dict):
        return [row if isinstance(row, list) else [row] for row in (given.get(name, []) for name in names)]
    return [list(given)] * len(names)


def _metric(given, width, loss):
    """(name, function) of a metric for an output."""
    if given in ("accuracy", "acc"):
        if width == 1 or loss is keras_losses.binary_crossentropy:
            return "acc", keras_metrics.binary_accuracy
        return "acc", keras_metrics.sparse_categorical_accuracy if loss is keras_losses.sparse_categorical_crossentropy else keras_metrics.categorical_accuracy
    function = keras_metrics.function_of(given)
    return function.__name__, function


def metrics_names(model):
    if not model.compiled:
        return None
    names = ["loss"]
    if model._losses_built is None:
        return names
    functions, _, rows = model._losses_built
    outputs = _names(model)
    if len(outputs) > 1:
        names += [name + "_loss" for name in outputs]
    for output, loss, row, weighted in zip(outputs, functions, rows, model._weighted_rows):
        for k, given in enumerate((*row, *weighted)):
            name = _metric(given, model._widths[outputs.index(output)] if getattr(model, "_widths", None) else _width(model, outputs.index(output)), loss)[0]
            name = name if k < len(row) else "weighted_" + name
            names.append(output + "_" + name if len(outputs) > 1 else name)
    return names


def _width(model, index):
    return model.outputs[index]._sizes[-1] if model.outputs is not None and model.outputs[index]._sizes else None


# ---- data ----


def _listed(data, names, what):
    """A list of arrays; vectors become columns."""
    if data is None:
        return []
    if isinstance(data, dict):
        missing = [name for name in names or [] if name not in data]
        if missing:
            raise ValueError("No data provided for \"%s\". Need data for each key in: %s" % (missing[0], names))
        data = [data[name] for name in names]
    elif not isinstance(data, (list, tuple)):
        data = [data]
    elif names and len(names) == 1 and data and not isinstance(data[0], (np.ndarray, list, tuple, _core.Handle)):
        data = [np.asarray(data)]
    elif names and len(names) == 1 and len(data) != 1 and not hasattr(data[0], "shape"):
        data = [np.asarray(data)]
    if names and len(data) != len(names):
        raise ValueError("Error when checking model %s: the list of Numpy arrays that you are passing to your model is not the size the model expected. "
                         "Expected to see %d array(s), but instead got %d." % (what, len(names), len(data)))  # fmt: skip
    made = [a.numpy() if isinstance(a, _core.Handle) else np.asarray(a) for a in data]
    return [a[:, np.newaxis] if a.ndim == 1 else a for a in made]


def _checked(model, arrays, symbols, what):
    for array, symbol in zip(arrays, symbols or []):
        _check_shape(array, symbol._sizes, symbol.name, what)


def _check_shape(array, want, name, what):
    if len(want) != array.ndim:
        raise ValueError("Error when checking %s: expected %s to have %d dimensions, but got array with shape %s" % (what, name, len(want), array.shape))
    if any(w is not None and i > 0 and w != h for i, (w, h) in enumerate(zip(want, array.shape))):
        raise ValueError("Error when checking %s: expected %s to have shape %s but got array with shape %s" % (what, name, want[1:], array.shape[1:]))


def _standard(model, x, y, sample_weight, class_weight):
    inputs = _listed(x, model.input_names if model.inputs is not None else None, "input")
    _checked(model, inputs, model.inputs, "input")
    if y is None and model.compiled:
        raise ValueError("the targets are missing: give y")
    if model.outputs is None and getattr(model, "_output_names_1", None) is None:
        outs = nest.flatten(_call(model, [convert(a[:1].astype(np.float32), 0) for a in inputs], False))
        model._output_names_1 = ["output_%d" % (i + 1) for i in range(len(outs))]
        model._widths = [o._shape_tuple[-1] for o in outs]
    if model._losses_built is None:
        _build(model)
    names = _names(model)
    targets = _listed(y, names, "target")
    functions = model._losses_built[0]
    for target, function, symbol in zip(targets, functions, model.outputs or []):
        if function is not keras_losses.sparse_categorical_crossentropy:
            _check_shape(target, symbol._sizes, symbol.node.layer.name, "target")
    weights = _weights(sample_weight, class_weight, targets, names, getattr(model, "sample_weight_mode", None) == "temporal")
    sizes = {len(a) for a in inputs + targets}
    if len(sizes) > 1:
        raise ValueError("All input arrays (x) and target arrays (y) should have the same number of samples. Got %s" % sorted(sizes))
    return inputs, targets, weights


def _weights(sample_weight, class_weight, targets, names, temporal=False):
    def of(given, name, index):
        return given.get(name) if isinstance(given, dict) and name in given else given[index] if isinstance(given, list) and len(names) > 1 else given

    made = []
    for index, (target, name) in enumerate(zip(targets, names)):
        weight = of(sample_weight, name, index) if sample_weight is not None else None
        classes = class_weight.get(name) if class_weight and name in class_weight else class_weight
        if weight is not None:
            weight = np.asarray(weight)
            if weight.shape[:1] != target.shape[:1]:
                raise ValueError("Found a sample_weight array with shape %s for an input with shape %s. sample_weight cannot be broadcast." % (weight.shape, target.shape))
            if weight.ndim != 1 + temporal:
                raise ValueError("Found a sample_weight array with shape %s. In order to use timestep-wise sample weights, you should specify "
                                 "sample_weight_mode=\"temporal\" in compile()." % (weight.shape,))  # fmt: skip
            made.append(weight.astype(np.float32))
        elif classes:
            labels = target.argmax(axis=1) if target.ndim > 1 and target.shape[1] > 1 else target.reshape(len(target))
            made.append(np.array([classes[int(label)] for label in labels], np.float32))
        else:
            made.append(np.ones(len(target), np.float32))
    return made


# ---- one batch ----


def _call(model, inputs, training):
    given = inputs[0] if len(inputs) == 1 else list(inputs)
    return model(given, training=training) if "training" in layers_base.call_arguments(model) else model(given)


def _weighted(function, y, p, weights):
    score = convert(function(y, p), 0)
    rank = len(score._shape_tuple)
    if weights is not None:
        if rank > len(weights._shape_tuple):
            score = run("Mean", score, convert(list(range(len(weights._shape_tuple), rank)), 3))
        kept = array_ops.cast(run("NotEqual", weights, run("ZerosLike", weights)), score.dtype)
        score = score * weights / run("Mean", kept, None)
    return run("Mean", score, None)


class _phase:
    """The learning phase inside."""

    def __init__(self, value):
        self._value = value

    def __enter__(self):
        from sokuji._src.keras import models

        self._before = models.learning_phase()
        models.set_learning_phase(self._value)

    def __exit__(self, *exception):
        from sokuji._src.keras import models

        models.set_learning_phase(self._before)


def _loss(model, inputs, targets, weights, training):
    """(outputs, total loss, the losses of the outputs when there are several)."""
    for layer in model.layers:
        layer._forget_losses()
    outputs = nest.flatten(_call(model, inputs, training))
    functions, factors, _ = model._losses_built
    each, total = [], 0.0
    for function, factor, y, p, w in zip(functions, factors, targets, outputs, weights):
        if function is None:
            continue
        loss = _weighted(function, y, p, w)
        each.append(loss)
        total = total + factor * loss
    for extra in [one for layer in model.layers for one in layer.losses]:
        total = total + extra
    return outputs, convert(total, 0), each if len(outputs) > 1 else []


def _metric_values(model, outputs, targets, weights=()):
    functions, _, rows = model._losses_built
    values = []
    for k, (y, p, loss, row, weighted) in enumerate(zip(targets, outputs, functions, rows, model._weighted_rows)):
        for given in row:
            values.append(run("Mean", convert(_metric(given, p._shape_tuple[-1], loss)[1](y, p), 0), None))
        for given in weighted:
            values.append(_weighted(_metric(given, p._shape_tuple[-1], loss)[1], y, p, weights[k] if weights else None))
    return values


def _tensors(arrays):
    return [convert(np.ascontiguousarray(a, np.float32), 0) for a in arrays]


def _train(model, inputs, targets, weights):
    with _phase(1):
        with _core.GradientTape() as tape:
            outputs, total, each = _loss(model, inputs, targets, weights, True)
        own = model.trainable_weights
        if own:
            model.optimizer.apply_gradients(zip(tape.gradient(total, own), own))
    return outputs, total, each


def _number(t):
    return np.float32(t.numpy())


def train_on_batch(model, x, y, sample_weight, class_weight):
    inputs, targets, weights = (_tensors(v) for v in _standard(model, x, y, sample_weight, class_weight))
    outputs, total, each = _train(model, inputs, targets, weights)
    values = [_number(v) for v in [total, *(each if at_once.depth else []), *_metric_values(model, outputs, targets, weights)]]
    return values[0] if len(values) == 1 else values


def test_on_batch(model, x, y, sample_weight):
    inputs, targets, weights = (_tensors(v) for v in _standard(model, x, y, sample_weight, None))
    with _phase(0):
        outputs, total, each = _loss(model, inputs, targets, weights, False)
    values = [_number(v) for v in [total, *each, *_metric_values(model, outputs, targets, weights)]]
    return values[0] if len(values) == 1 else values


def predict_on_batch(model, x):
    with _phase(0):
        made = _call(model, _tensors(_listed(x, model.input_names if model.inputs is not None else None, "input")), False)
    return nest.map_structure(lambda t: t.numpy(), made)


# ---- loops ----


def _ranges(n, size):
    return [(start, min(n, start + size)) for start in range(0, n, size)]


def _need_compile(model, what):
    if not model.compiled:
        raise RuntimeError("You must compile a model before training/testing. Use `model.compile(optimizer, loss)`.")


def fit(model, x, y, batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, class_weight, sample_weight, initial_epoch,
        steps_per_epoch, validation_steps):  # fmt: skip
    _need_compile(model, "fit")
    if x is None and y is None and at_once.depth and steps_per_epoch is None:
        raise ValueError("If fitting from data tensors, you should specify the `steps_per_epoch` argument.")
    if steps_per_epoch or validation_steps:
        raise ValueError("With eager execution, `steps_per_epoch` and `validation_steps` are not valid arguments (set `batch_size` instead).")
    batch_size = batch_size or 32
    inputs, targets, weights = _standard(model, x, y, sample_weight, class_weight)
    held = None
    if validation_data:
        if len(validation_data) not in (2, 3):
            raise ValueError("When passing validation_data, it must contain 2 (x_val, y_val) or 3 (x_val, y_val, val_sample_weights) items, however it "
                             "contains %d items" % len(validation_data))  # fmt: skip
        held = _standard(model, *validation_data[:2], validation_data[2] if len(validation_data) == 3 else None, None)
    elif validation_split and 0.0 < validation_split < 1.0:
        at = int(len(inputs[0]) * (1.0 - validation_split))
        held = tuple([a[at:] for a in part] for part in (inputs, targets, weights))
        inputs, targets, weights = ([a[:at] for a in part] for part in (inputs, targets, weights))
    names, n = metrics_names(model), len(inputs[0])
    if held and verbose:
        print("Train on %d samples, validate on %d samples" % (n, len(held[0][0])))
    model.history = keras_callbacks.History()
    listeners = [keras_callbacks.BaseLogger(), *(callbacks or []), model.history, *([keras_callbacks.ProgbarLogger()] if verbose else [])]
    params = {"batch_size": batch_size, "epochs": epochs, "steps": None, "samples": n, "verbose": verbose, "do_validation": held is not None,
              "metrics": names + (["val_" + name for name in names] if held else [])}  # fmt: skip
    for c in listeners:
        c.set_model(model)
        c.set_params(params)
        c.validation_data = [] if held is None else [a for part in held for a in part]
    model.stop_training = False
    _tell(listeners, "on_train_begin")
    order = np.arange(n)
    for epoch in range(initial_epoch, epochs):
        _tell(listeners, "on_epoch_begin", epoch)
        logs = {}
        if shuffle == "batch":
            order = _batch_shuffle(order, batch_size)
        elif shuffle:
            np.random.shuffle(order)
        _epoch(model, listeners, order, batch_size, inputs, targets, weights, names)
        if held is not None and not model.stop_training:
            values = _evaluated(model, *held, batch_size)
            logs.update({"val_" + name: value for name, value in zip(names, values)})
        _tell(listeners, "on_epoch_end", epoch, logs)
        if model.stop_training:
            break
    _tell(listeners, "on_train_end")
    return model.history


def _tell(listeners, hook, *arguments):
    for c in listeners:
        getattr(c, hook)(*arguments)


def _batch_shuffle(order, size):
    whole = len(order) // size * size
    rows = order[:whole].reshape(-1, size)
    np.random.shuffle(rows)
    return np.append(rows.ravel(), order[whole:])


def _epoch(model, listeners, order, batch_size, inputs, targets, weights, names):
    for k, (start, end) in enumerate(_ranges(len(order), batch_size)):
        index = order[start:end]
        logs = {"batch": k, "size": len(index)}
        _tell(listeners, "on_batch_begin", k, logs)
        x, y, w = (_tensors([a[index] for a in part]) for part in (inputs, targets, weights))
        outputs, total, each = _train(model, x, y, w)
        with _phase(1):
            logs.update(zip(names, [_number(v) for v in [total, *each, *_metric_values(model, outputs, y, w)]]))
        _tell(listeners, "on_batch_end", k, logs)
        if model.stop_training:
            return


def _evaluated(model, inputs, targets, weights, batch_size):
    n, sums = len(inputs[0]), None
    with _phase(0):
        for start, end in _ranges(n, batch_size):
            x, y, w = (_tensors([a[start:end] for a in part]) for part in (inputs, targets, weights))
            outputs, total, each = _loss(model, x, y, w, False)
            values = [float(_number(v)) * (end - start) for v in [total, *each, *_metric_values(model, outputs, y, w)]]
            sums = values if sums is None else [a + b for a, b in zip(sums, values)]
    return [s / n for s in sums]


def evaluate(model, x, y, batch_size, verbose, sample_weight, steps):
    _need_compile(model, "evaluate")
    if steps is not None and at_once.depth:  # the whole of the arrays at each step
        batch_size = len(nest.flatten(x)[0])
    elif steps is not None:
        raise ValueError("With eager execution, `steps` is not a valid argument; give arrays and batch_size")
    inputs, targets, weights = _standard(model, x, y, sample_weight, None)
    values = _evaluated(model, inputs, targets, weights, batch_size or 32)
    if verbose == 1:
        n = len(inputs[0])
        print("%d/%d [==============================] - 0s" % (n, n))
    return values[0] if len(values) == 1 else values


def predict(model, x, batch_size, verbose, steps):
    """The outputs for all of x as arrays, computed batch by batch."""
    if steps is not None:
        raise NotImplementedError("not implemented: tf.keras.Model.predict with steps or iterators; give an array")
    inputs = _listed(x, model.input_names if model.inputs is not None else None, "input")
    _checked(model, inputs, model.inputs, "input")
    n, rows, structure = len(inputs[0]), [], None
    if n == 0:
        raise ValueError("predict needs at least one example")
    with _phase(0):
        for start, end in _ranges(n, batch_size or 32):
            structure = _call(model, _tensors([a[start:end] for a in inputs]), False)
            rows.append([t.numpy() for t in nest.flatten(structure)])
    return nest.pack_sequence_as(structure, [np.concatenate(column) for column in zip(*rows)])
