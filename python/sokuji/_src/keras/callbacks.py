"""tf.keras.callbacks: what is called as training goes on."""

import json
import os
import shutil
import sys
import time
import warnings

import numpy as np

from sokuji import _core
from sokuji._src.variables import variables

_HOOKS = ["on_%s_%s" % (what, when) for what in ("train", "test", "predict", "epoch", "batch", "train_batch", "test_batch", "predict_batch")
          for when in ("begin", "end")]  # fmt: skip


class Callback:
    """Subclasses define the hooks they need."""

    def __init__(self):
        self.validation_data, self.params = None, None
        self.__dict__["_model"] = None

    @property
    def model(self):
        return self.__dict__.get("_model")

    @model.setter
    def model(self, value):
        self.__dict__["_model"] = value

    def set_params(self, params):
        self.params = params

    def set_model(self, model):
        self.__dict__["_model"] = model

    def on_batch_begin(self, batch, logs=None):
        pass

    def on_batch_end(self, batch, logs=None):
        pass

    def on_epoch_begin(self, epoch, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        pass

    def on_train_batch_begin(self, batch, logs=None):
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        self.on_batch_end(batch, logs=logs)

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass

    def on_test_begin(self, logs=None):
        pass

    def on_test_end(self, logs=None):
        pass

    def on_test_batch_begin(self, batch, logs=None):
        pass

    def on_test_batch_end(self, batch, logs=None):
        pass

    def on_predict_begin(self, logs=None):
        pass

    def on_predict_end(self, logs=None):
        pass

    def on_predict_batch_begin(self, batch, logs=None):
        pass

    def on_predict_batch_end(self, batch, logs=None):
        pass


class History(Callback):
    """The values of each epoch, as fit returns them."""

    def __init__(self):
        super().__init__()
        self.history = {}
        self.epoch = []

    def on_train_begin(self, logs=None):
        self.epoch = []
        if variables._version == 1:
            self.history = {}

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for k, v in (logs or {}).items():
            self.history.setdefault(k, []).append(v)
        if self.model is not None:
            self.model.history = self


class CallbackList:
    """Calls the hooks of all callbacks in turn (2.x)."""

    def __init__(self, callbacks=None, add_history=False, add_progbar=False, model=None, **params):
        self.callbacks = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if add_history:
            self._history = next((c for c in self.callbacks if isinstance(c, History)), None) or History()
            if self._history not in self.callbacks:
                self.callbacks.append(self._history)
        self.params = params
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def append(self, callback):
        self.callbacks.append(callback)

    def set_params(self, params):
        for c in self.callbacks:
            c.set_params(params)

    def set_model(self, model):
        if hasattr(self, "_history"):
            model.history = self._history
        for c in self.callbacks:
            c.set_model(model)

    def __iter__(self):
        return iter(self.callbacks)


def _calls(name):
    if name.endswith(("train_begin", "train_end", "test_begin", "test_end", "predict_begin", "predict_end")):

        def call(self, logs=None):
            for callback in self.callbacks:
                getattr(callback, name)(logs or {})

        return call
    if "epoch" in name:

        def call(self, epoch, logs=None):
            for callback in self.callbacks:
                getattr(callback, name)(epoch, logs or {})

        return call

    def call(self, batch, logs=None):
        for callback in self.callbacks:
            getattr(callback, name)(batch, logs or {})

    return call


for _hook in _HOOKS:
    setattr(CallbackList, _hook, _calls(_hook))


class BaseLogger(Callback):
    """1.x: averages the values of the batches over an epoch; of stateful metrics the last value stands."""

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self._stateful = frozenset(stateful_metrics or ())

    def on_epoch_begin(self, epoch, logs=None):
        self.seen, self.totals = 0, {}

    def on_batch_end(self, batch, logs=None):
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size
        for k, v in logs.items():
            if k in self.params["metrics"]:
                self.totals[k] = v if k in self._stateful else self.totals.get(k, 0) + v * size

    def on_epoch_end(self, epoch, logs=None):
        for k in self.params["metrics"]:
            if k in self.totals and logs is not None:
                logs[k] = self.totals[k] / (1 if k in self._stateful else self.seen)


class ProgbarLogger(Callback):
    """Prints the epoch and its values; with verbose 2 one line an epoch."""

    def __init__(self, count_mode=None, stateful_metrics=None):
        super().__init__()

    def on_epoch_begin(self, epoch, logs=None):
        self._start, self._n = time.time(), 0
        if self.params.get("epochs", 1) > 1 or variables._version == 1:
            print("Epoch %d/%d" % (epoch + 1, self.params["epochs"]))

    def on_test_begin(self, logs=None):
        self._start, self._n = time.time(), 0

    on_predict_begin = on_test_begin

    def on_train_batch_end(self, batch, logs=None):
        self._n = batch + 1

    on_test_batch_end = on_predict_batch_end = on_train_batch_end

    def _line(self, logs):
        if variables._version == 2:
            return self._line_2(logs)
        total = self.params.get("samples") or self.params.get("steps") or self._n
        values = " - ".join("%s: %.4f" % (k, v) for k, v in (logs or {}).items() if isinstance(v, (float, np.floating)))
        bar = "" if self.params.get("verbose") == 2 else "%d/%d [==============================] - " % (total, total)
        print("%s%ds%s" % (bar, time.time() - self._start, " - " + values if values else ""))

    def _line_2(self, logs):
        bar = Progbar(self.params.get("steps") or self._n, verbose=self.params.get("verbose", 1), unit_name="step")
        bar._start = self._start
        bar.update(bar.target, [(k, v) for k, v in (logs or {}).items() if isinstance(v, (float, np.floating))], finalize=True)

    def on_train_begin(self, logs=None):
        self._fits = True

    def on_train_end(self, logs=None):
        self._fits = False

    _fits = False

    def on_epoch_end(self, epoch, logs=None):
        self._line(logs)

    def on_test_begin(self, logs=None):
        if not self._fits or variables._version == 1:
            self._start, self._n = time.time(), 0

    def on_test_batch_end(self, batch, logs=None):
        if not self._fits or variables._version == 1:
            self._n = batch + 1

    def on_test_end(self, logs=None):
        if not self._fits or variables._version == 1:
            self._line(logs)

    def on_predict_end(self, logs=None):
        self._line({})


class Progbar:
    """How far something has come: a bar with verbose 1, a line at the end with 2."""

    def __init__(self, target, width=20, verbose=1, interval=0.05, stateful_metrics=None, stateless_metrics=None, unit_name="step"):
        self.target, self.width, self.verbose, self.interval, self.unit_name = target, width, verbose, interval, unit_name
        self._means = set(stateless_metrics or ())
        self._values, self._seen, self._start, self._shown, self._reached = {}, 0, time.time(), 0.0, False

    def update(self, current, values=None, finalize=None):
        finalize = self.target is not None and current >= self.target if finalize is None else finalize
        for name, value in values or []:
            if name not in self._means:
                self._values[name] = [value, 1]
            else:
                total, count = self._values.get(name, [0.0, 0])
                step = max(current - self._seen, 1)
                self._values[name] = [total + value * step, count + step]
        self._seen, now = current, time.time()
        if self.verbose and (finalize or self.verbose == 1 and now - self._shown >= self.interval):
            self._shown = now
            print(self._text(current, now, finalize), end="")

    def _text(self, current, now, finalize):
        unit = (now - self._start) / max(current, 1)
        digits = "%" + str(len(str(self.target or current))) + "d"
        count = "%s/%s" % (digits % current, self.target if self.target is not None else "Unknown")
        whole, step = "%.0fs" % (now - self._start), self._each(unit)
        values = "".join(" - %s: %s" % (k, ("%.4f" if abs(v / n) > 1e-3 else "%.4e") % (v / n)) for k, (v, n) in self._values.items())
        if self.verbose == 2:
            return "%s - %s - %s%s\n" % (count, whole, step, values)
        done = int(self.width * min(current / self.target, 1)) if self.target else self.width
        bar = "\x1b[32m%s\x1b[0m\x1b[37m%s\x1b[0m" % ("\u2501" * done, "\u2501" * (self.width - done))
        return "\x1b[1m%s\x1b[0m %s \x1b[1m%s\x1b[0m %s%s%s" % (count, bar, whole, step, values, "\n" if finalize or not sys.stdout.isatty() else "\r")

    def _each(self, seconds):
        if seconds >= 1 or seconds == 0:
            return "%.0fs/%s" % (seconds, self.unit_name)
        return "%.0fms/%s" % (seconds * 1e3, self.unit_name) if seconds >= 1e-3 else "%.0fus/%s" % (seconds * 1e6, self.unit_name)

    def add(self, n, values=None):
        self.update(self._seen + n, values)


class SwapEMAWeights(Callback):
    """The moving averages of an optimizer with use_ema take the weights' place while the model is tested, or from an epoch's end to the next begin."""

    def __init__(self, swap_on_epoch=False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch

    def _swap(self):
        optimizer = self.model.optimizer
        if not optimizer.use_ema:
            raise ValueError("SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received: use_ema=%s" % optimizer.use_ema)
        for v, average in zip(optimizer._trainable, optimizer._averages):
            now = v._read()
            v._assign(average._read())
            average._assign(now)

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch and epoch > 0 and self._swapped:
            self._swap()
        self._swapped = False

    _swapped = False

    def on_epoch_end(self, epoch, logs=None):
        if self.swap_on_epoch and epoch + 1 != self.params["epochs"]:
            self._swap()
            self._swapped = True

    def on_test_begin(self, logs=None):
        if not self.swap_on_epoch:
            self._swap()

    on_test_end = on_predict_begin = on_predict_end = on_test_begin


class LambdaCallback(Callback):
    """Hooks given as functions."""

    def __init__(self, on_epoch_begin=None, on_epoch_end=None, on_train_begin=None, on_train_end=None, on_train_batch_begin=None, on_train_batch_end=None,
                 on_batch_begin=None, on_batch_end=None, **kwargs):  # fmt: skip
        super().__init__()
        given = dict(on_epoch_begin=on_epoch_begin, on_epoch_end=on_epoch_end, on_train_begin=on_train_begin, on_train_end=on_train_end,
                     on_train_batch_begin=on_train_batch_begin, on_train_batch_end=on_train_batch_end, on_batch_begin=on_batch_begin,
                     on_batch_end=on_batch_end)  # fmt: skip
        self.__dict__.update({name: f for name, f in given.items() if f is not None})
        self.__dict__.update(kwargs)


class TerminateOnNaN(Callback):
    """Ends training when the loss is NaN or infinite."""

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            print("Batch %d: Invalid loss, terminating training" % batch)
            self.model.stop_training = True


def _auto(monitor, mode, name):
    if mode not in ("auto", "min", "max"):
        mode = "auto"
    if mode == "auto":
        mode = "max" if "acc" in monitor or monitor.endswith(("auc", "precision", "recall")) or monitor.startswith("fmeasure") else "min"
    return np.greater if mode == "max" else np.less


def _direction(model, monitor):
    """2.x: whether a value of the model's own is to rise or to fall."""
    name = monitor[4:] if monitor.startswith("val_") else monitor
    if name == "loss":
        return np.less
    found = [m for metric in model.metrics for m in getattr(metric, "metrics", [metric])]
    for m in found:
        kind = type(m).__name__
        if m.name == name or name.endswith("_" + m.name):
            if any(word in kind for word in ("Accuracy", "AUC", "Precision", "Recall", "IoU", "F1", "True", "R2", "At")):
                return np.greater
            if any(word in kind for word in ("Error", "Crossentropy", "Hinge", "Divergence", "Poisson", "False")):
                return np.less
    raise ValueError("The callback monitors '%s', but Keras isn't able to automatically determine whether that metric should be maximized or minimized. "
                     "Pass `mode='max'` or `mode='min'`." % monitor)  # fmt: skip


class EarlyStopping(Callback):
    """Stops when the monitored value has not improved for `patience` epochs."""

    def __init__(self, monitor="val_loss", min_delta=0, patience=0, verbose=0, mode="auto", baseline=None, restore_best_weights=False, start_from_epoch=0):
        super().__init__()
        self.monitor, self.patience, self.verbose, self.baseline = monitor, patience, verbose, baseline
        self.min_delta, self.mode, self.wait, self.stopped_epoch, self.best_epoch = abs(min_delta), mode, 0, 0, 0
        self.restore_best_weights, self.start_from_epoch, self.best_weights, self.best = restore_best_weights, start_from_epoch, None, None
        self._better = None

    def on_train_begin(self, logs=None):
        self.wait, self.stopped_epoch, self.best_weights, self.best_epoch, self.best = 0, 0, None, 0, None
        self._better = _auto(self.monitor, self.mode, "EarlyStopping")

    def _improves(self, value, reference):
        return self._better(value - self.min_delta if self._better is np.greater else value + self.min_delta, reference)

    def on_epoch_end(self, epoch, logs=None):
        if variables._version == 2 and self.mode == "auto":
            self._better = _direction(self.model, self.monitor)
        current = (logs or {}).get(self.monitor)
        if current is None or epoch < self.start_from_epoch:
            if current is None:
                warnings.warn("Early stopping conditioned on metric `%s` which is not available. Available metrics are: %s" % (self.monitor, ",".join(logs or {})), stacklevel=2)
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        if variables._version == 1:
            self._epoch_1(epoch, current)
            return
        self.wait += 1
        if self.best is None or self._improves(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._improves(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self._stop(epoch)

    def _epoch_1(self, epoch, current):
        if self.best is None or self._improves(current, self.best):
            self.best, self.wait = current, 0
            return
        self.wait += 1
        if self.wait >= self.patience:
            self._stop(epoch)

    def _stop(self, epoch):
        self.stopped_epoch = epoch
        self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.stopped_epoch > 0 and self.verbose > 0:
            print("Epoch %05d: early stopping" % (self.stopped_epoch + 1) if variables._version == 1 else "Epoch %d: early stopping" % (self.stopped_epoch + 1))
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0 and variables._version == 2:
                print("Restoring model weights from the end of the best epoch: %d." % (self.best_epoch + 1))
            self.model.set_weights(self.best_weights)


def _rate_name():
    return "learning_rate" if variables._version == 2 else "lr"


def _rate_of(optimizer):
    rate = getattr(optimizer, _rate_name())
    return float(rate.numpy() if hasattr(rate, "numpy") else np.asarray(rate))


def _set_rate(optimizer, rate):
    held = getattr(optimizer, _rate_name())
    if variables._version == 1 and hasattr(held, "assign"):
        held.assign(rate)
    else:
        setattr(optimizer, _rate_name(), rate)


def _needs_rate(optimizer):
    if optimizer is None or not hasattr(optimizer, _rate_name()):
        raise ValueError('Optimizer must have a "%s" attribute.' % _rate_name())


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch."""

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch, logs=None):
        _needs_rate(self.model.optimizer)
        try:
            rate = self.schedule(epoch, _rate_of(self.model.optimizer))
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.floating, _core.Handle)):
            raise ValueError("The output of the `schedule` function should be a float. Got: %s" % (rate,))
        _set_rate(self.model.optimizer, rate)
        if self.verbose > 0:
            print("\nEpoch %d: LearningRateScheduler setting learning rate to %s." % (epoch + 1, float(rate)))

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs[_rate_name()] = _rate_of(self.model.optimizer)


class ReduceLROnPlateau(Callback):
    """Multiplies the learning rate when a value no longer improves."""

    def __init__(self, monitor="val_loss", factor=0.1, patience=10, verbose=0, mode="auto", min_delta=0.0001, cooldown=0, min_lr=0.0, **kwargs):
        super().__init__()
        if factor >= 1.0:
            raise ValueError("ReduceLROnPlateau does not support a factor >= 1.0. Received factor=%s" % factor)
        self.monitor, self.factor, self.min_lr, self.min_delta, self.patience = monitor, factor, min_lr, kwargs.get("epsilon", min_delta), patience
        self.verbose, self.cooldown, self.mode = verbose, cooldown, mode
        self._reset()

    def _reset(self):
        self._better = _auto(self.monitor, self.mode, "ReduceLROnPlateau")
        self.best = -np.inf if self._better is np.greater else np.inf
        self.cooldown_counter, self.wait = 0, 0

    def on_train_begin(self, logs=None):
        self._reset()

    def on_epoch_end(self, epoch, logs=None):
        logs = logs if logs is not None else {}
        _needs_rate(self.model.optimizer)
        logs[_rate_name()] = _rate_of(self.model.optimizer)
        current = logs.get(self.monitor)
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        better = current > self.best + self.min_delta if self._better is np.greater else current < self.best - self.min_delta
        if better:
            self.best, self.wait = current, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                old = _rate_of(self.model.optimizer)
                if old > self.min_lr:
                    _set_rate(self.model.optimizer, max(old * self.factor, self.min_lr))
                    if self.verbose > 0:
                        print("\nEpoch %d: ReduceLROnPlateau reducing learning rate to %s." % (epoch + 1, max(old * self.factor, self.min_lr)))
                    self.cooldown_counter, self.wait = self.cooldown, 0


class CSVLogger(Callback):
    """Writes each epoch's values as a line of CSV."""

    def __init__(self, filename, separator=",", append=False):
        super().__init__()
        self.filename, self.sep, self.append, self._keys = filename, separator, append, None

    def on_train_begin(self, logs=None):
        has_head = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._file, self._head = open(self.filename, "a" if self.append else "w", encoding="utf-8"), not has_head

    def on_epoch_end(self, epoch, logs=None):
        if self._keys is None:
            self._keys = sorted(logs or {})
            if variables._version == 2 and not any(k.startswith("val_") for k in self._keys):
                self._keys += ["val_" + k for k in self._keys]  # later epochs may have them
            if self._head:
                self._file.write(self.sep.join(["epoch", *self._keys]) + "\n")
        self._file.write(self.sep.join(str(v) for v in [epoch, *[(logs or {}).get(k, "NA") for k in self._keys]]) + "\n")
        self._file.flush()

    def on_train_end(self, logs=None):
        self._file.close()


class BackupAndRestore(Callback):
    """Keeps the model's weights and the epoch in a folder while fit runs, and goes on from there when fit begins again."""

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        super().__init__()
        if save_freq != "epoch" or double_checkpoint:
            raise NotImplementedError("not implemented: tf.keras.callbacks.BackupAndRestore with save_freq or double_checkpoint; use save_freq='epoch'")
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        self.backup_dir, self._delete = os.fspath(backup_dir), delete_checkpoint
        self._weights, self._state = (os.path.join(self.backup_dir, name) for name in ("latest.weights.h5", "training_metadata.json"))

    def on_train_begin(self, logs=None):
        if os.path.exists(self._state):
            self.model.load_weights(self._weights)
            with open(self._state, encoding="utf-8") as file:
                self.model._initial_epoch = json.load(file)["epoch"] + 1

    def on_epoch_end(self, epoch, logs=None):
        os.makedirs(self.backup_dir, exist_ok=True)
        self.model.save_weights(self._weights, overwrite=True)
        with open(self._state, "w", encoding="utf-8") as file:
            json.dump({"epoch": epoch, "batch": 0}, file)

    def on_train_end(self, logs=None):
        if self._delete:
            shutil.rmtree(self.backup_dir, ignore_errors=True)


class ModelCheckpoint(Callback):
    """Saves the model or its weights after epochs or after so many batches, always or where the monitored value is the best yet."""

    def __init__(self, filepath, monitor="val_loss", verbose=0, save_best_only=False, save_weights_only=False, mode="auto", save_freq="epoch",
                 initial_value_threshold=None, period=1):  # fmt: skip
        super().__init__()
        self.filepath, self.monitor, self.verbose, self.save_best_only, self.save_weights_only = os.fspath(filepath), monitor, verbose, save_best_only, save_weights_only
        self.mode, self.save_freq, self.period, self.best = mode, save_freq, period, initial_value_threshold
        self._epoch, self._seen, self._last, self._better = 0, 0, None, None
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError("Unrecognized save_freq: %s. Expected save_freq are 'epoch' or integer values" % save_freq)
        if variables._version == 2 and not self.filepath.endswith(".weights.h5" if save_weights_only else (".keras", ".h5")):
            raise ValueError("The filepath provided must end in `%s`. Received: filepath=%s" % (".weights.h5" if save_weights_only else ".keras", self.filepath))

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        self._seen += batch + 1 if self._last is None or batch <= self._last else batch - self._last
        self._last = batch
        if self._seen >= self.save_freq:
            self._seen = 0
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch" and (epoch + 1) % self.period == 0:
            self._save(epoch, None, logs or {})

    def _save(self, epoch, batch, logs):
        try:
            path = self.filepath.format(**{"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs})
        except KeyError as error:
            raise KeyError("Failed to format this callback filepath: \"%s\". Reason: %s" % (self.filepath, error)) from None
        text = "saving model to %s" % path
        if self.save_best_only:
            current = logs.get(self.monitor)
            if current is None:
                warnings.warn("Can save best model only with %s available." % self.monitor, stacklevel=2)
            else:
                if self._better is None:
                    auto = variables._version == 2 and self.mode == "auto"
                    self._better = _direction(self.model, self.monitor) if auto else _auto(self.monitor, self.mode, "ModelCheckpoint")
                best = "None" if self.best is None else "%.5f" % self.best
                if self.best is not None and not self._better(current, self.best):
                    if self.verbose:
                        print("\nEpoch %d: %s did not improve from %s" % (epoch + 1, self.monitor, best))
                    return
                text = "%s improved from %s to %.5f, %s" % (self.monitor, best, current, text)
                self.best = current
        if self.verbose:
            print("\nEpoch %d: %s" % (epoch + 1, text))
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)
        if self.verbose and variables._version == 2:
            print("\nEpoch %d: finished saving model to %s" % (epoch + 1, path))


def _later(name):
    def __init__(self, *arguments, **keywords):
        raise NotImplementedError("not implemented: tf.keras.callbacks.%s; write a Callback that saves or logs" % name)

    return type(name, (Callback,), {"__init__": __init__, "__doc__": "Is missing: raises NotImplementedError."})


NAMES = {c.__name__: c for c in (Callback, CallbackList, History, BaseLogger, ProgbarLogger, LambdaCallback, TerminateOnNaN, EarlyStopping,
                                 LearningRateScheduler, ReduceLROnPlateau, CSVLogger, ModelCheckpoint, BackupAndRestore, SwapEMAWeights)}  # fmt: skip
NAMES.update({name: _later(name) for name in ("TensorBoard", "RemoteMonitor")})
