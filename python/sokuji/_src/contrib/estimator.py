"""tf.estimator: models as functions of (features, labels, mode), trained, evaluated and asked in sessions of their own, with checkpoints between."""

import collections
import copy
import inspect
import os
import tempfile
import time

import numpy as np

from sokuji._src.contrib.public import tf

_SPEC = """mode predictions loss train_op eval_metric_ops export_outputs training_chief_hooks training_hooks scaffold evaluation_hooks prediction_hooks"""


class EstimatorSpec(collections.namedtuple("EstimatorSpec", _SPEC)):
    """What a model_fn gives."""

    def __new__(cls, mode, predictions=None, loss=None, train_op=None, eval_metric_ops=None, export_outputs=None, training_chief_hooks=None, training_hooks=None,
                scaffold=None, evaluation_hooks=None, prediction_hooks=None):  # fmt: skip
        keys = tf.estimator.ModeKeys
        if mode == keys.TRAIN and train_op is None:
            raise ValueError("Missing train_op.")
        if loss is None and mode in (keys.TRAIN, keys.EVAL):
            raise ValueError("Missing loss.")
        if loss is not None:
            loss = tf.convert_to_tensor(loss)
            if loss.shape.num_elements() not in (None, 1):
                raise ValueError("Loss must be scalar, given: %s" % loss)
            loss = loss if loss.shape.ndims == 0 else tf.reshape(loss, [])
        if predictions is None and mode == keys.PREDICT:
            raise ValueError("Missing predictions.")
        if eval_metric_ops is not None and not isinstance(eval_metric_ops, dict):
            raise TypeError("eval_metric_ops must be a dict, given: %s" % (eval_metric_ops,))
        for key, value in (eval_metric_ops or {}).items():
            if not isinstance(value, tuple) or len(value) != 2:
                raise TypeError("Values of eval_metric_ops must be (metric_value, update_op) tuples, given: %s for key: %s" % (value, key))
        if export_outputs is not None and not isinstance(export_outputs, dict):
            raise TypeError("export_outputs must be dict, given: %s" % (export_outputs,))
        for hook in (*(training_chief_hooks or ()), *(training_hooks or ()), *(evaluation_hooks or ()), *(prediction_hooks or ())):
            if not isinstance(hook, tf.train.SessionRunHook):
                raise TypeError("All hooks must be SessionRunHook instances, given: %s" % hook)
        return super().__new__(cls, mode, {} if predictions is None else predictions, loss, train_op, eval_metric_ops or {}, export_outputs, tuple(training_chief_hooks or ()),
                               tuple(training_hooks or ()), scaffold or tf.train.Scaffold(), tuple(evaluation_hooks or ()), tuple(prediction_hooks or ()))  # fmt: skip


class RunConfig:
    """How an estimator runs."""

    task_type, task_id, is_chief, num_worker_replicas, num_ps_replicas, master, evaluation_master = "worker", 0, True, 1, 0, "", ""

    def __init__(self, model_dir=None, tf_random_seed=None, save_summary_steps=100, save_checkpoints_steps=None, save_checkpoints_secs=None, session_config=None,
                 keep_checkpoint_max=5, keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, train_distribute=None):  # fmt: skip
        if save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")
        if train_distribute is not None:
            raise NotImplementedError("not implemented: RunConfig(train_distribute=…); leave it out")
        vars(self).update({name: value for name, value in locals().items() if name not in ("self", "train_distribute")})
        if save_checkpoints_steps is None and save_checkpoints_secs is None:
            self.save_checkpoints_secs = 600

    def replace(self, **kwargs):
        known = "model_dir tf_random_seed save_summary_steps save_checkpoints_steps save_checkpoints_secs session_config keep_checkpoint_max keep_checkpoint_every_n_hours \
log_step_count_steps".split()
        for name in kwargs:
            if name not in known:
                raise ValueError("Replacing %s is not supported. Allowed properties are %s." % (name, known))
        made = copy.copy(self)
        vars(made).update(kwargs)
        if "save_checkpoints_steps" in kwargs:
            made.save_checkpoints_secs = kwargs.get("save_checkpoints_secs")
        elif "save_checkpoints_secs" in kwargs:
            made.save_checkpoints_steps = None
        return made


def _called(function, **known):
    """The function with those of the arguments that it takes."""
    names = inspect.signature(function).parameters
    return function(**{name: value for name, value in known.items() if name in names})


class _Initialize:
    """Begins a dataset's iterator when the session does."""

    def __new__(cls, iterator):
        class Hook(tf.train.SessionRunHook):
            def after_create_session(self, session, coord):
                session.run(iterator.initializer)

        return Hook()


class Estimator:
    """Trains, evaluates and predicts with a model_fn."""

    def __init__(self, model_fn, model_dir=None, config=None, params=None, warm_start_from=None):
        names = list(inspect.signature(model_fn).parameters)
        if "features" not in names:
            raise ValueError("model_fn (%s) must include features argument." % (model_fn,))
        if params is not None and "params" not in names:
            raise ValueError("model_fn (%s) does not include params argument, but params (%s) is passed to Estimator." % (model_fn, params))
        unknown = set(names) - {"features", "labels", "mode", "params", "self", "config"}
        if unknown:
            raise ValueError("model_fn (%s) has following not expected args: %s" % (model_fn, sorted(unknown)))
        if config is not None and not isinstance(config, RunConfig):
            raise ValueError("config must be an instance of RunConfig, but provided %s." % (config,))
        if warm_start_from is not None:
            raise NotImplementedError("not implemented: Estimator(warm_start_from=…); use tf.train.init_from_checkpoint in model_fn")
        config = config or RunConfig()
        if model_dir is not None and config.model_dir not in (None, model_dir):
            raise ValueError("`model_dir` are set both in constructor and `RunConfig`, but with different values. In constructor: '%s', in `RunConfig`: '%s' " % (model_dir, config.model_dir))
        self._model_dir = model_dir or config.model_dir or tempfile.mkdtemp()
        self._config, self._model_fn, self._params = config.replace(model_dir=self._model_dir), model_fn, copy.deepcopy(params or {})

    model_dir = property(lambda self: self._model_dir)
    config = property(lambda self: copy.deepcopy(self._config))
    params = property(lambda self: copy.deepcopy(self._params))

    @property
    def model_fn(self):
        return lambda features, labels, mode, config: self._call(features, labels, mode)

    def _call(self, features, labels, mode):
        takes_labels = "labels" in inspect.signature(self._model_fn).parameters
        if labels is not None and not takes_labels:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        spec = _called(self._model_fn, features=features, labels=labels, mode=mode, params=self.params, config=self.config)
        if not isinstance(spec, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return spec

    def _inputs(self, input_fn, mode):
        """(features, labels, hooks)"""
        found, hooks = _called(input_fn, mode=mode, params=self.params, config=self.config), []
        if isinstance(found, tf.data.Dataset):
            iterator = found.make_initializable_iterator()
            hooks.append(_Initialize(iterator))
            found = iterator.get_next()
        if isinstance(found, (list, tuple)):
            if len(found) != 2:
                raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
            return found[0], found[1], hooks
        return found, None, hooks

    def _opened(self):
        graph = tf.Graph()
        return graph, graph.as_default()

    def train(self, input_fn, hooks=None, steps=None, max_steps=None, saving_listeners=None):
        """So many steps more, or up to so many, or until the input ends."""
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        for name, value in (("steps", steps), ("max_steps", max_steps)):
            if value is not None and value <= 0:
                raise ValueError("Must specify %s > 0, given: %s" % (name, value))
        if max_steps is not None and self._step() >= max_steps:
            tf.logging.info("Skipping training since max_steps has already saved.")
            return self
        hooks = _hooks(hooks)
        if steps is not None or max_steps is not None:
            hooks.append(tf.train.StopAtStepHook(steps, max_steps))
        with tf.Graph().as_default():
            tf.set_random_seed(self._config.tf_random_seed)
            tf.train.get_or_create_global_step()
            features, labels, more = self._inputs(input_fn, tf.estimator.ModeKeys.TRAIN)
            spec = self._call(features, labels, tf.estimator.ModeKeys.TRAIN)
            tf.summary.scalar("loss", spec.loss)
            step = tf.train.get_global_step()
            hooks += [*more, tf.train.NanTensorHook(spec.loss), tf.train.LoggingTensorHook({"loss": spec.loss, "step": step}, every_n_iter=self._config.log_step_count_steps),
                      *spec.training_hooks]  # fmt: skip
            chief = [*spec.training_chief_hooks]
            saver = spec.scaffold.saver or tf.train.Saver(sharded=False, max_to_keep=self._config.keep_checkpoint_max, save_relative_paths=True)
            scaffold = tf.train.Scaffold(saver=saver, copy_from_scaffold=spec.scaffold)
            if not any(isinstance(h, tf.train.CheckpointSaverHook) for h in (*hooks, *chief)):
                chief.append(tf.train.CheckpointSaverHook(self._model_dir, save_secs=self._config.save_checkpoints_secs, save_steps=self._config.save_checkpoints_steps,
                                                          scaffold=scaffold, listeners=saving_listeners))  # fmt: skip
            with tf.train.MonitoredTrainingSession(checkpoint_dir=self._model_dir, scaffold=scaffold, hooks=hooks, chief_only_hooks=chief, save_checkpoint_secs=0,
                                                   save_summaries_steps=self._config.save_summary_steps, log_step_count_steps=self._config.log_step_count_steps) as session:  # fmt: skip
                while not session.should_stop():
                    session.run([spec.train_op, spec.loss])
        return self

    def _step(self):
        path = self.latest_checkpoint()
        return int(tf.train.NewCheckpointReader(path).get_tensor("global_step")) if path else 0

    def _checkpoint(self, path, what):
        path = path or self.latest_checkpoint()
        if not path:
            raise ValueError("Could not find trained model in model_dir: %s." % self._model_dir)
        return path

    def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None, name=None):
        """{metric: value} over so many batches, or all."""
        if steps is not None and steps <= 0:
            raise ValueError("Must specify steps > 0, given: %s" % steps)
        path, hooks = self._checkpoint(checkpoint_path, "evaluate"), _hooks(hooks)
        with tf.Graph().as_default():
            tf.set_random_seed(self._config.tf_random_seed)
            step = tf.train.get_or_create_global_step()
            features, labels, more = self._inputs(input_fn, tf.estimator.ModeKeys.EVAL)
            spec = self._call(features, labels, tf.estimator.ModeKeys.EVAL)
            pairs = dict(spec.eval_metric_ops)
            if "loss" in pairs:
                raise ValueError('Metric with name "loss" is not allowed, because Estimator already defines a default metric with the same name.')
            pairs["loss"] = tf.metrics.mean(spec.loss)
            values, update = {key: pair[0] for key, pair in pairs.items()}, tf.group(*(pair[1] for pair in pairs.values()))
            values["global_step"] = step
            final = tf.train.FinalOpsHook(values)
            with self._session(path, spec, [*hooks, *more, *spec.evaluation_hooks, final]) as session:
                count = 0
                while steps is None or count < steps:
                    try:
                        session.run(update)
                    except tf.errors.OutOfRangeError:
                        break
                    count += 1
        found = final.final_ops_values
        self._write(found, name)
        return found

    def _session(self, path, spec, hooks):
        creator = tf.train.ChiefSessionCreator(scaffold=spec.scaffold, checkpoint_filename_with_path=path)
        return tf.train.MonitoredSession(session_creator=creator, hooks=hooks)

    def _write(self, found, name):
        folder = os.path.join(self._model_dir, "eval" + ("_" + name if name else ""))
        summary = tf.Summary()
        for key, value in sorted(found.items()):
            if key != "global_step" and np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu":
                summary.value.add(tag=key, simple_value=float(value))
        writer = tf.summary.FileWriterCache.get(folder)
        writer.add_summary(summary, int(found["global_step"]))
        writer.flush()

    def predict(self, input_fn, predict_keys=None, hooks=None, checkpoint_path=None, yield_single_examples=True):
        """The predictions, one example after another."""
        path, hooks = self._checkpoint(checkpoint_path, "predict"), _hooks(hooks)
        with tf.Graph().as_default():
            tf.set_random_seed(self._config.tf_random_seed)
            tf.train.get_or_create_global_step()
            features, _, more = self._inputs(input_fn, tf.estimator.ModeKeys.PREDICT)
            spec = self._call(features, None, tf.estimator.ModeKeys.PREDICT)
            wanted = spec.predictions
            if predict_keys:
                if not isinstance(wanted, dict):
                    raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
                wanted = {key: value for key, value in wanted.items() if key in predict_keys}
                if not wanted:
                    raise ValueError("Expected to run at least one output from %s, provided %s." % (sorted(spec.predictions), predict_keys))
            with self._session(path, spec, [*hooks, *more, *spec.prediction_hooks]) as session:
                while not session.should_stop():
                    try:
                        found = session.run(wanted)
                    except tf.errors.OutOfRangeError:
                        break
                    if not yield_single_examples:
                        yield found
                    elif isinstance(found, dict):
                        for i in range(len(next(iter(found.values())))):
                            yield {key: value[i] for key, value in found.items()}
                    else:
                        yield from found

    def latest_checkpoint(self):
        return tf.train.latest_checkpoint(self._model_dir)

    def get_variable_names(self):
        return [name for name, _ in tf.train.list_variables(self._checkpoint(None, "read"))]

    def get_variable_value(self, name):
        return tf.train.load_variable(self._checkpoint(None, "read"), name)

    def export_savedmodel(self, export_dir_base, serving_input_receiver_fn, assets_extra=None, as_text=False, checkpoint_path=None, strip_default_attrs=False):
        """A SavedModel of what the model predicts; the folder's name."""
        path = self._checkpoint(checkpoint_path, "export")
        base = export_dir_base if isinstance(export_dir_base, str) else export_dir_base.decode()
        with tf.Graph().as_default() as graph:
            tf.train.get_or_create_global_step()
            receiver = serving_input_receiver_fn()
            spec = self._call(receiver.features, None, tf.estimator.ModeKeys.PREDICT)
            if not spec.export_outputs:
                raise ValueError("export_outputs must be a dict and not None for an exported model: EstimatorSpec(export_outputs={…: tf.estimator.export.PredictOutput(…)})")
            outputs = dict(spec.export_outputs)
            if len(outputs) == 1:
                outputs.setdefault("serving_default", next(iter(outputs.values())))
            signatures = {name: output.as_signature_def(receiver.receiver_tensors) for name, output in outputs.items()}
            folder = os.path.join(base, str(int(time.time())))
            while os.path.exists(folder):
                folder = os.path.join(base, str(int(os.path.basename(folder)) + 1))
            with tf.Session(graph=graph) as session:
                (spec.scaffold.saver or tf.train.Saver()).restore(session, path)
                builder = tf.saved_model.builder.SavedModelBuilder(folder)
                builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map=signatures)
                builder.save(as_text)
        return folder.encode()


def _hooks(hooks):
    made = list(hooks or ())
    for hook in made:
        if not isinstance(hook, tf.train.SessionRunHook):
            raise TypeError("Hooks must be a SessionRunHook, given: %s" % hook)
    return made


# ---- inputs ----


def _fed(features, labels, batch_size, num_epochs, shuffle, capacity):
    def input_fn():
        data = tf.data.Dataset.from_tensor_slices(features if labels is None else (features, labels))
        data = data.shuffle(max(capacity, 1)) if shuffle else data
        return data.repeat(num_epochs).batch(batch_size).make_one_shot_iterator().get_next()

    return input_fn


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1):
    """An input_fn of arrays."""
    if not isinstance(shuffle, bool):
        raise TypeError("shuffle must be explicitly set as boolean; got %s" % (shuffle,))
    if not isinstance(x, (dict, np.ndarray)):
        raise TypeError("x must be a dict or array; got %s" % type(x).__name__)
    if isinstance(x, dict) and not x:
        raise ValueError("x cannot be an empty dict")
    if isinstance(y, dict) and not y:
        raise ValueError("y cannot be empty dict, use None instead.")
    lengths = {len(v) for part in (x, y) if part is not None for v in (part.values() if isinstance(part, dict) else [part])}
    if len(lengths) > 1:
        raise ValueError("Length of tensors in x and y is mismatched. All elements in x and y must have the same length.")
    return _fed(dict(x) if isinstance(x, dict) else x, y, batch_size, num_epochs, shuffle, queue_capacity)


def pandas_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1, target_column="target"):
    """An input_fn of a pandas.DataFrame."""
    if not isinstance(shuffle, bool):
        raise TypeError("shuffle must be explicitly set as boolean; got %s" % (shuffle,))
    if y is not None and not np.array_equal(x.index, y.index):
        raise ValueError("Index for x and y are mismatched.\nIndex for x: %s\nIndex for y: %s\n" % (x.index, y.index))
    return _fed({name: x[name].values for name in x.columns}, None if y is None else y.values, batch_size, num_epochs, shuffle, queue_capacity)


# ---- training and evaluating in turn ----


class TrainSpec(collections.namedtuple("TrainSpec", "input_fn max_steps hooks")):
    """How train_and_evaluate trains."""

    def __new__(cls, input_fn, max_steps=None, hooks=None):
        if max_steps is not None and max_steps <= 0:
            raise ValueError("Must specify max_steps > 0, given: %s" % max_steps)
        return super().__new__(cls, input_fn, max_steps, tuple(hooks or ()))


class EvalSpec(collections.namedtuple("EvalSpec", "input_fn steps name hooks exporters start_delay_secs throttle_secs")):
    """How train_and_evaluate evaluates."""

    def __new__(cls, input_fn, steps=100, name=None, hooks=None, exporters=None, start_delay_secs=120, throttle_secs=600):
        if steps is not None and steps <= 0:
            raise ValueError("Must specify steps > 0, given: %s" % steps)
        if exporters:
            raise NotImplementedError("not implemented: tf.estimator.EvalSpec(exporters=…); call export_savedmodel")
        return super().__new__(cls, input_fn, steps, name, tuple(hooks or ()), (), start_delay_secs, throttle_secs)


def train_and_evaluate(estimator, train_spec, eval_spec):
    """Trains to the end, and evaluates then."""
    if not isinstance(estimator, Estimator) or not isinstance(train_spec, TrainSpec) or not isinstance(eval_spec, EvalSpec):
        raise TypeError("train_and_evaluate takes an Estimator, a TrainSpec and an EvalSpec, given: %s, %s, %s" % (type(estimator), type(train_spec), type(eval_spec)))
    estimator.train(train_spec.input_fn, hooks=train_spec.hooks, max_steps=train_spec.max_steps)
    estimator.evaluate(eval_spec.input_fn, steps=eval_spec.steps, hooks=eval_spec.hooks, name=eval_spec.name)


# ---- tf.estimator.export ----


class ExportOutput:
    """What a signature of an exported model gives."""


class PredictOutput(ExportOutput):
    """Named tensors of a prediction."""

    def __init__(self, outputs):
        self.outputs = dict(outputs) if isinstance(outputs, dict) else {"output": outputs}
        for key, value in self.outputs.items():
            if not isinstance(key, str):
                raise ValueError("Prediction output key must be a string; got %s." % (key,))
            if not isinstance(value, tf.Tensor):
                raise ValueError("Prediction output value must be a Tensor; got %s." % (value,))

    def as_signature_def(self, receiver_tensors):
        return tf.saved_model.signature_def_utils.predict_signature_def(receiver_tensors, self.outputs)


class RegressionOutput(ExportOutput):
    """A float tensor that a regression gives."""

    def __init__(self, value):
        if not (isinstance(value, tf.Tensor) and value.dtype.is_floating):
            raise ValueError("Regression output value must be a float32 Tensor; got %s" % (value,))
        self.value = value

    def as_signature_def(self, receiver_tensors):
        return tf.saved_model.signature_def_utils.regression_signature_def(next(iter(receiver_tensors.values())), self.value)


class ClassificationOutput(ExportOutput):
    """Scores of classes, their names, or both."""

    def __init__(self, scores=None, classes=None):
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores, self.classes = scores, classes

    def as_signature_def(self, receiver_tensors):
        return tf.saved_model.signature_def_utils.classification_signature_def(next(iter(receiver_tensors.values())), self.classes, self.scores)


class ServingInputReceiver(collections.namedtuple("ServingInputReceiver", "features receiver_tensors receiver_tensors_alternatives")):
    """What a served model is fed, and the features made of it."""

    def __new__(cls, features, receiver_tensors, receiver_tensors_alternatives=None):
        features = features if isinstance(features, dict) else {"feature": features}
        receiver_tensors = receiver_tensors if isinstance(receiver_tensors, dict) else {"receiver_tensor": receiver_tensors}
        return super().__new__(cls, features, receiver_tensors, receiver_tensors_alternatives)


def build_raw_serving_input_receiver_fn(features, default_batch_size=None):
    """Placeholders like the features, of any batch."""

    def receive():
        made = {name: tf.placeholder(t.dtype, [default_batch_size, *t.shape.as_list()[1:]], t.op.name if hasattr(t, "op") else name) for name, t in features.items()}
        return ServingInputReceiver(made, dict(made))

    return receive


def build_parsing_serving_input_receiver_fn(feature_spec, default_batch_size=None):
    """Serialized tf.Example messages."""

    def receive():
        serialized = tf.placeholder(tf.string, [default_batch_size], "input_example_tensor")
        return ServingInputReceiver(tf.parse_example(serialized, feature_spec), {"examples": serialized})

    return receive


EXPORT = {f.__name__: f for f in (ExportOutput, PredictOutput, RegressionOutput, ClassificationOutput, ServingInputReceiver, build_raw_serving_input_receiver_fn,
                                  build_parsing_serving_input_receiver_fn)}  # fmt: skip
INPUTS = {"numpy_input_fn": numpy_input_fn, "pandas_input_fn": pandas_input_fn}
NAMES = {f.__name__: f for f in (EstimatorSpec, RunConfig, Estimator, TrainSpec, EvalSpec, train_and_evaluate)}

# ---- tf.contrib.estimator ----


class TowerOptimizer:
    """An optimizer of one tower: itself."""

    def __init__(self, optimizer_or_optimizer_fn):
        self._optimizer = optimizer_or_optimizer_fn

    def __getattr__(self, name):
        if callable(self._optimizer):
            self._optimizer = self._optimizer()
        return getattr(self._optimizer, name)

    @staticmethod
    def has_been_used():
        return True


def replicate_model_fn(model_fn, loss_reduction=None, devices=None):
    """The model on every device: on the one there is."""
    if devices and len(devices) > 1:
        raise NotImplementedError("not implemented: tf.contrib.estimator.replicate_model_fn over %s; there is one CPU" % (devices,))
    return model_fn


def add_metrics(estimator, metric_fn):
    """The estimator with more metrics."""

    def model_fn(features, labels, mode):
        spec = estimator._call(features, labels, mode)
        if mode != tf.estimator.ModeKeys.EVAL:
            return spec
        more = _called(metric_fn, features=features, labels=labels, predictions=spec.predictions, config=estimator.config)
        return spec._replace(eval_metric_ops={**spec.eval_metric_ops, **more})

    return Estimator(model_fn, estimator.model_dir, estimator.config)


CONTRIB = {"TowerOptimizer": TowerOptimizer, "replicate_model_fn": replicate_model_fn, "add_metrics": add_metrics}
