"""tf.contrib.training, .opt, .losses, and what trains in tf.contrib.layers: optimize_loss, create_train_op, clipping, summaries of tensors."""

import functools
import re

from sokuji._src.contrib.framework import add_arg_scope
from sokuji._src.contrib.public import called, tf

OPTIMIZERS = {"Adagrad": "AdagradOptimizer", "Adam": "AdamOptimizer", "Ftrl": "FtrlOptimizer", "RMSProp": "RMSPropOptimizer", "SGD": "GradientDescentOptimizer"}
SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]


def _momentum(learning_rate):
    return tf.train.MomentumOptimizer(learning_rate, momentum=0.9)


def _class(name):
    return _momentum if name == "Momentum" else getattr(tf.train, OPTIMIZERS[name])


def _after(operations, tensor):
    with tf.control_dependencies(operations):
        return tf.identity(tensor)


def _rate(learning_rate):
    if learning_rate is None:
        return None
    if isinstance(learning_rate, float):
        if learning_rate < 0.0:
            raise ValueError("Invalid learning_rate %s.", learning_rate)
        return tf.get_variable("learning_rate", [], trainable=False, initializer=tf.constant_initializer(learning_rate))
    if hasattr(learning_rate, "shape") and learning_rate.shape.ndims == 0:
        return learning_rate
    raise ValueError("Learning rate should be 0d Tensor or float. Got %s of type %s" % (learning_rate, type(learning_rate)))


def _optimizer(optimizer, rate):
    base = tf.train.Optimizer
    names = list(OPTIMIZERS)[:2] + ["Ftrl", "Momentum", "RMSProp", "SGD"]
    if isinstance(optimizer, str):
        if rate is None:
            raise ValueError("Learning rate is None, but should be specified if optimizer is string (%s)." % optimizer)
        if optimizer not in names:
            raise ValueError("Optimizer name should be one of [%s], you provided %s." % (", ".join(names), optimizer))
        return _class(optimizer)(learning_rate=rate)
    if isinstance(optimizer, type) and issubclass(optimizer, base):
        if rate is None:
            raise ValueError("Learning rate is None, but should be specified if optimizer is class (%s)." % optimizer)
        return optimizer(learning_rate=rate)
    made = optimizer
    if not isinstance(optimizer, base) and callable(optimizer):
        made = optimizer() if rate is None else optimizer(rate)
        if not isinstance(made, base):
            raise ValueError("Unrecognized optimizer: function should return subclass of Optimizer. Got %s." % made)
    if not isinstance(made, base):
        raise ValueError("Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of Optimizer or function with one argument. Got %s." % optimizer)
    return made


def optimize_loss(loss, global_step, learning_rate, optimizer, gradient_noise_scale=None, gradient_multipliers=None, clip_gradients=None,
                  learning_rate_decay_fn=None, update_ops=None, variables=None, name=None, summaries=None, colocate_gradients_with_ops=False,
                  increment_global_step=True):  # fmt: skip
    """The loss, whose value applies a step of the optimizer."""
    loss = tf.contrib.framework.assert_scalar(loss)
    if global_step is None:
        global_step = tf.train.get_global_step()
    else:
        tf.train.assert_global_step(global_step)
    with tf.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        update_ops = list(dict.fromkeys(tf.get_collection(tf.GraphKeys.UPDATE_OPS) if update_ops is None else update_ops))
        loss = _after(update_ops, loss) if update_ops else loss
        rate = _rate(learning_rate)
        for word in summaries or ():
            if word not in SUMMARIES:
                raise ValueError("Summaries should be one of [%s], you provided %s." % (", ".join(SUMMARIES), word))
        summaries = ["loss", "learning_rate", "global_gradient_norm"] if summaries is None else summaries
        if rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in summaries:
                tf.summary.scalar("learning_rate", rate)
        made = _optimizer(optimizer, rate)
        pairs = made.compute_gradients(loss, tf.trainable_variables() if variables is None else variables)
        if gradient_noise_scale is not None:
            pairs = [(g if g is None else g + tf.truncated_normal(v.shape) * gradient_noise_scale, v) for g, v in pairs]
        if gradient_multipliers is not None:
            pairs = multiply_gradients(pairs, gradient_multipliers)
        norms = "global_gradient_norm" in summaries or "gradient_norm" in summaries
        if norms:
            tf.summary.scalar("global_norm/gradient_norm", tf.global_norm([g for g, _ in pairs]))
        if isinstance(clip_gradients, float):
            gradients, held = zip(*pairs)
            pairs = list(zip(tf.clip_by_global_norm(gradients, clip_gradients)[0], held))
        elif callable(clip_gradients):
            pairs = clip_gradients(pairs)
        elif clip_gradients is not None:
            raise ValueError("Unknown type %s for clip_gradients" % type(clip_gradients))
        if "loss" in summaries:
            tf.summary.scalar("loss", loss)
        for g, v in pairs:
            g = getattr(g, "values", g)
            if g is not None and "gradients" in summaries:
                tf.summary.histogram("gradients/" + v.name.replace(":", "_"), g)
            if g is not None and "gradient_norm" in summaries:
                tf.summary.scalar("gradient_norm/" + v.name.replace(":", "_"), tf.global_norm([g]))
        if clip_gradients is not None and norms:
            tf.summary.scalar("global_norm/clipped_gradient_norm", tf.global_norm([g for g, _ in pairs]))
        return _after([made.apply_gradients(pairs, global_step if increment_global_step else None, "train")], loss)


# ---- tf.contrib.training ----


def clip_gradient_norms(gradients_to_variables, max_norm):
    """(gradient, variable) pairs with norms of at most max_norm."""
    return [(g if g is None else tf.IndexedSlices(tf.clip_by_norm(g.values, max_norm), g.indices, g.dense_shape) if isinstance(g, tf.IndexedSlices)
             else tf.clip_by_norm(g, max_norm), v) for g, v in gradients_to_variables]  # fmt: skip


def clip_gradient_norms_fn(max_norm):
    """clip_gradient_norms as a function of the pairs."""
    return functools.partial(clip_gradient_norms, max_norm=max_norm)


def multiply_gradients(grads_and_vars, gradient_multipliers):
    """Each gradient times what its variable, or the variable's name, has in the dictionary."""
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    made = []
    for g, v in grads_and_vars:
        key = next((k for k in (v, v.op.name, v.name) if k in gradient_multipliers), None)
        if key is not None:
            if g is None:
                raise ValueError("Requested multiple of `None` gradient.")
            times = tf.cast(gradient_multipliers[key], g.dtype)
            g = tf.IndexedSlices(g.values * times, g.indices, g.dense_shape) if isinstance(g, tf.IndexedSlices) else g * times
        made.append((g, v))
    return made


def add_gradients_summaries(grads_and_vars):
    """Summaries of gradients and of their norms."""
    made = []
    for g, v in grads_and_vars:
        if g is None:
            tf.logging.info("Var %s has no gradient", v.op.name)
            continue
        g = getattr(g, "values", g)
        made += [tf.summary.histogram(v.op.name + "_gradient", g), tf.summary.histogram(v.op.name + "_gradient_norm", tf.global_norm([g]))]
    return made


_USE_GLOBAL_STEP = 0


def create_train_op(total_loss, optimizer, global_step=_USE_GLOBAL_STEP, update_ops=None, variables_to_train=None, transform_grads_fn=None,
                    summarize_gradients=False, gate_gradients=1, aggregation_method=None, colocate_gradients_with_ops=False, check_numerics=True):  # fmt: skip
    """The loss, whose value runs the updates and applies a step."""
    if global_step is _USE_GLOBAL_STEP:
        global_step = tf.train.get_or_create_global_step()
    known = list(dict.fromkeys(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    update_ops = known if update_ops is None else list(dict.fromkeys(update_ops))
    if set(known) - set(update_ops):
        tf.logging.warning("update_ops in create_train_op does not contain all the  update_ops in GraphKeys.UPDATE_OPS")
    if update_ops:
        with tf.control_dependencies(update_ops):
            barrier = tf.no_op(name="update_barrier")
        total_loss = _after([barrier], total_loss)
    variables = tf.trainable_variables() if variables_to_train is None else variables_to_train
    for v in variables_to_train or ():
        assert v in tf.trainable_variables()
    pairs = optimizer.compute_gradients(total_loss, variables)
    pairs = transform_grads_fn(pairs) if transform_grads_fn else pairs
    if summarize_gradients:
        with tf.name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    updates = optimizer.apply_gradients(pairs, global_step=global_step)
    with tf.name_scope("train_op"):
        if check_numerics:
            total_loss = tf.check_numerics(total_loss, "LossTensor is inf or nan")
        made = _after([updates], total_loss)
    key = tf.GraphKeys.TRAIN_OP
    if made not in tf.get_collection(key):
        tf.add_to_collection(key, made)
    return made


def slim_train_op(total_loss, optimizer, global_step=_USE_GLOBAL_STEP, update_ops=None, variables_to_train=None, clip_gradient_norm=0, summarize_gradients=False,
                  gate_gradients=1, aggregation_method=None, colocate_gradients_with_ops=False, gradient_multipliers=None, check_numerics=True):  # fmt: skip
    """tf.contrib.slim.learning.create_train_op"""

    def changed(pairs):
        pairs = multiply_gradients(pairs, gradient_multipliers) if gradient_multipliers else pairs
        return clip_gradient_norms(pairs, clip_gradient_norm) if clip_gradient_norm > 0 else pairs

    return create_train_op(total_loss, optimizer, global_step, update_ops, variables_to_train, changed, summarize_gradients, check_numerics=check_numerics)


def train(train_op, logdir, master="", is_chief=True, scaffold=None, hooks=None, chief_only_hooks=None, save_checkpoint_secs=600, save_summaries_steps=100,
          config=None, max_wait_secs=7200):  # fmt: skip
    """Runs the operation until a hook asks to stop; gives the loss."""
    if logdir is None and is_chief and (save_summaries_steps or save_checkpoint_secs):
        raise ValueError("logdir cannot be None when save_summaries_steps is not None" if save_summaries_steps else "logdir cannot be None when save_checkpoint_secs is not None")
    loss = None
    with tf.train.MonitoredTrainingSession(checkpoint_dir=logdir, scaffold=scaffold, hooks=hooks, chief_only_hooks=chief_only_hooks,
                                           save_checkpoint_secs=save_checkpoint_secs, save_summaries_steps=save_summaries_steps, config=config) as session:  # fmt: skip
        while not session.should_stop():
            loss = session.run(train_op)
    return loss


TRAINING = {f.__name__: f for f in (clip_gradient_norms, clip_gradient_norms_fn, multiply_gradients, add_gradients_summaries, create_train_op, train)}
TRAINING["bucket_by_sequence_length"] = called("contrib.data.bucket_by_sequence_length")
TRAINING["checkpoints_iterator"] = called("train.checkpoints_iterator")

# ---- summaries of tensors ----


def summarize_tensor(tensor, tag=None):
    """A summary of a tensor: a number or a distribution."""
    if tensor.dtype.base_dtype in (tf.string, tf.bool):
        return None
    return (tf.summary.scalar if tensor.shape.ndims == 0 else tf.summary.histogram)(tag or "%s_summary" % tensor.op.name, tensor)


def summarize_activation(op):
    """Summaries of a layer's output."""
    kind = op.op.type
    if kind in ("Relu", "Softplus", "Relu6"):
        tf.summary.scalar("%s/zeros" % op.op.name, tf.reduce_mean(tf.to_float(tf.less(op.op.inputs[0], tf.cast(0.0, op.dtype)))))
    if kind == "Relu6":
        tf.summary.scalar("%s/sixes" % op.op.name, tf.reduce_mean(tf.to_float(tf.greater(op.op.inputs[0], tf.cast(6.0, op.dtype)))))
    return tf.summary.histogram("%s/activation" % op.op.name, op)


def summarize_tensors(tensors, summarizer=summarize_tensor):
    """Summaries of tensors."""
    return [summarizer(t) for t in tensors]


def summarize_collection(collection, name_filter=None, summarizer=summarize_tensor):
    """Summaries of a collection."""
    return summarize_tensors([t for t in tf.get_collection(collection) if name_filter is None or re.match(name_filter, t.op.name)], summarizer)


def summarize_activations(name_filter=None, summarizer=summarize_activation):
    """Summaries of all layers' outputs."""
    return summarize_collection(tf.GraphKeys.ACTIVATIONS, name_filter, summarizer)


LAYERS = {f.__name__: f for f in (optimize_loss, summarize_tensor, summarize_activation, summarize_tensors, summarize_collection, summarize_activations)}
LAYERS.update(summarize_variables=functools.partial(summarize_collection, "variables"), summarize_weights=functools.partial(summarize_collection, "weights"),
              summarize_biases=functools.partial(summarize_collection, "biases"), OPTIMIZER_SUMMARIES=SUMMARIES)  # fmt: skip

# ---- tf.contrib.losses: the older arguments of tf.losses ----


def _loss(name, first, second):
    def loss(*arguments, **keywords):
        for old, new in ((first, second[0]), ("targets", second[1]), ("weight", "weights")):
            if old in keywords:
                keywords[new] = keywords.pop(old)
        given = dict(zip((second[0], second[1], *second[2:]), arguments))
        return getattr(tf.losses, name)(**given, **keywords)

    loss.__name__, loss.__doc__ = name, "tf.losses.%s of predictions and labels." % name
    return add_arg_scope(loss)


_REGRESSION = ("predictions", "labels", "weights", "scope")
LOSSES = {name: _loss(name, "predictions", _REGRESSION) for name in ("absolute_difference", "mean_squared_error")}
LOSSES["log_loss"] = _loss("log_loss", "predictions", ("predictions", "labels", "weights", "epsilon", "scope"))
LOSSES["cosine_distance"] = _loss("cosine_distance", "predictions", ("predictions", "labels", "axis", "weights", "scope"))
LOSSES["hinge_loss"] = _loss("hinge_loss", "logits", ("logits", "labels", "scope"))
LOSSES["mean_pairwise_squared_error"] = _loss("mean_pairwise_squared_error", "predictions", _REGRESSION)
LOSSES["sparse_softmax_cross_entropy"] = _loss("sparse_softmax_cross_entropy", "logits", ("logits", "labels", "weights", "scope"))
LOSSES["compute_weighted_loss"] = _loss("compute_weighted_loss", "losses", ("losses", "weights", "scope"))
LOSSES["sigmoid_cross_entropy"] = _loss("sigmoid_cross_entropy", "logits", ("logits", "multi_class_labels", "weights", "label_smoothing", "scope"))
LOSSES["softmax_cross_entropy"] = _loss("softmax_cross_entropy", "logits", ("logits", "onehot_labels", "weights", "label_smoothing", "scope"))
for _name in ("add_loss", "get_losses", "get_regularization_losses", "get_total_loss"):
    LOSSES[_name] = functools.partial(lambda name, *a, **k: getattr(tf.losses, name)(*a, **k), _name)
