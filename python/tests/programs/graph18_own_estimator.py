# tf: 1.8
# tf.estimator: a model as a function, trained, evaluated, asked and exported.
import os
import tempfile
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
rng = np.random.RandomState(0)
data = {"x": rng.randn(20, 3).astype(np.float32)}
labels = (data["x"].sum(1) > 0).astype(np.int32)


def model_fn(features, labels, mode, params):
    logits = tf.layers.dense(features["x"], 2, kernel_initializer=tf.constant_initializer(0.1), name="logits")
    predictions = {"classes": tf.argmax(logits, 1), "scores": tf.nn.softmax(logits)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions, export_outputs={"predict": tf.estimator.export.PredictOutput(predictions)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, predictions, loss, eval_metric_ops={"accuracy": tf.metrics.accuracy(labels, predictions["classes"])})
    train_op = tf.train.GradientDescentOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


class Losses(tf.train.SessionRunHook):
    def begin(self):
        self.seen = []

    def before_run(self, run_context):
        return tf.train.SessionRunArgs(tf.train.get_global_step())

    def after_run(self, run_context, run_values):
        self.seen.append(int(run_values.results))


folder = tempfile.mkdtemp()
config = tf.estimator.RunConfig(tf_random_seed=3, save_checkpoints_steps=10, keep_checkpoint_max=2)
est = tf.estimator.Estimator(model_fn, folder, config, params={"rate": 0.5})
ordered = lambda n=1: tf.estimator.inputs.numpy_input_fn(data, labels, batch_size=6, num_epochs=n, shuffle=False)
hook = Losses()
est.train(ordered(None), steps=15, hooks=[hook])
print(len(hook.seen), hook.seen[-1], os.path.basename(est.latest_checkpoint()), est.model_dir == folder)
print(sorted(est.get_variable_names()), np.round(est.get_variable_value("logits/kernel"), 4).tolist())
found = est.evaluate(ordered())
print({k: round(float(v), 4) for k, v in sorted(found.items())})
est.train(ordered(), max_steps=18)
est.train(ordered(), max_steps=18)
print({k: round(float(v), 4) for k, v in sorted(est.evaluate(ordered(), steps=1, name="one").items())}, os.path.isdir(os.path.join(folder, "eval_one")))
got = list(est.predict(tf.estimator.inputs.numpy_input_fn(data, batch_size=7, shuffle=False)))
print(len(got), sorted(got[0]), [int(g["classes"]) for g in got], np.round(got[3]["scores"], 4))
print(len(list(est.predict(lambda: tf.data.Dataset.from_tensor_slices(data).batch(8), predict_keys=["scores"], yield_single_examples=False))))
again = tf.estimator.Estimator(model_fn, folder, params={"rate": 0.1})
print(round(float(again.evaluate(ordered())["accuracy"]), 4), again.params, again.config.save_checkpoints_secs)
receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [None, 3], "x")})
where = est.export_savedmodel(tempfile.mkdtemp(), receiver)
with tf.Graph().as_default(), tf.Session() as sess:
    meta = tf.saved_model.loader.load(sess, ["serve"], where.decode())
    print(sorted(meta.signature_def), sorted(meta.signature_def["serving_default"].outputs), sorted(meta.signature_def["predict"].inputs))
tf.estimator.train_and_evaluate(tf.estimator.Estimator(model_fn, tempfile.mkdtemp(), params={"rate": 0.5}), tf.estimator.TrainSpec(ordered(None), max_steps=4), tf.estimator.EvalSpec(ordered(), steps=2))
M = tf.estimator.ModeKeys
for wrong in (lambda: tf.estimator.EstimatorSpec(M.TRAIN, loss=tf.constant(1.0)), lambda: tf.estimator.EstimatorSpec(M.EVAL), lambda: tf.estimator.EstimatorSpec(M.PREDICT),
              lambda: tf.estimator.EstimatorSpec(M.EVAL, loss=tf.constant([1.0, 2.0])), lambda: tf.estimator.inputs.numpy_input_fn(data, labels),
              lambda: tf.estimator.Estimator(model_fn, params={"rate": 1}).evaluate(ordered()), lambda: est.train(ordered(), steps=1, max_steps=2), lambda: est.train(ordered(), steps=0),
              lambda: tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=2), lambda: list(est.predict(ordered(), predict_keys=["no"])),
              lambda: tf.estimator.Estimator(model_fn, params={"rate": 1}, config=3), lambda: tf.estimator.inputs.numpy_input_fn({"x": np.ones(3)}, np.ones(2), shuffle=False)()):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__, str(e)[:40].split("/")[0].split("\n")[0])
