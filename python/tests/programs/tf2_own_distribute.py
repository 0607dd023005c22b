# tf: 2.21
# One device under tf.distribute, and networks of tf.keras.applications without weights.
import numpy as np
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
print(strategy.num_replicas_in_sync, tf.distribute.has_strategy(), tf.distribute.in_cross_replica_context(), tf.distribute.get_replica_context().num_replicas_in_sync)
with strategy.scope():
    v = tf.Variable(2.0)
    model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1, kernel_initializer="ones")])
    optimizer = tf.keras.optimizers.SGD(0.1)
    print(tf.distribute.has_strategy(), tf.distribute.in_cross_replica_context(), tf.distribute.get_replica_context(), tf.distribute.get_strategy() is strategy)
data = tf.data.Dataset.from_tensor_slices((np.arange(8, dtype=np.float32).reshape(4, 2), np.ones([4, 1], np.float32))).batch(2)


def step(batch):
    x, y = batch
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


@tf.function
def train(batch):
    each = strategy.run(step, args=(batch,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, each, axis=None)


for batch in strategy.experimental_distribute_dataset(data):
    print(round(float(train(batch)), 3))
print(float(strategy.run(lambda a: a * v, args=(3.0,))), float(strategy.reduce("MEAN", tf.constant([1.0, 3.0]), axis=0)), strategy.experimental_local_results(tf.constant(1))[0].numpy())
print(tf.distribute.OneDeviceStrategy("/cpu:0").run(lambda: tf.constant(3)).numpy(), tf.distribute.ReduceOp.MEAN)
with strategy.scope():
    net = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    net.compile("sgd", "mse")
print(np.round(net.fit(data, epochs=2, verbose=0).history["loss"], 4))

A = tf.keras.applications
for make in (lambda: A.ResNet50(weights=None, input_shape=(64, 64, 3), include_top=False, pooling="avg"), lambda: A.ResNet50(weights=None, classes=7),
             lambda: A.MobileNet(weights=None, input_shape=(32, 32, 3), classes=5), lambda: A.MobileNet(weights=None, alpha=0.5, include_top=False, input_shape=(64, 64, 3))):
    m = make()
    print(m.name, m.input_shape, m.output_shape, m.count_params(), len(m.layers), len(m.trainable_variables), [l.name for l in m.layers][1:9], [l.name for l in m.layers][-4:-1])
print(np.round(A.mobilenet.preprocess_input(np.array([[[0.0, 127.5, 255.0]]])), 3), np.round(A.resnet50.preprocess_input(np.array([[[0.0, 127.5, 255.0]]])), 3))
try:
    A.MobileNet(weights="x")
except ValueError as e:
    print("ValueError")
