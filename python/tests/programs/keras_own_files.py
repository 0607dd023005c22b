# tf: 2.21
# Models in files: nested, shared, several inputs, subclassed; the configurations of layers, optimizers, losses and metrics come back.
import json
import os
import numpy as np
import tensorflow as tf
import keras
from keras import layers


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def fill(model):
    model.set_weights([0.3 * np.cos(np.arange(w.size) + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
    return model


a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
shared = layers.Dense(3, activation="tanh", name="shared")
inner = keras.Sequential([layers.Dense(2, name="i1"), layers.LeakyReLU(name="i2")], name="inner")
left, right = shared(a), shared(b)
joined = layers.Concatenate(name="cat")([left, right, left * right + 0.5])
deep = keras.Model([a, b], {"x": inner(joined), "y": layers.Dense(1, name="y")(1.0 - joined[:, :2])}, name="deep")
fill(deep)
x = [np.sin(np.arange(8)).reshape(2, 4), np.cos(np.arange(8)).reshape(2, 4)]
want = deep.predict(x, verbose=0)
deep.save("deep.keras")
back = keras.models.load_model("deep.keras")
have = back.predict(x, verbose=0)
print(sorted(have), all(np.allclose(want[k], have[k]) for k in want), [l.name for l in back.layers], r(want["y"]))
config = json.loads(deep.to_json())
for row in config["config"]["layers"]:
    print(row["module"], row["class_name"], row["name"], len(row["inbound_nodes"]), row.get("build_config"))
print(config["config"]["input_layers"], config["config"]["output_layers"])
again = keras.Model.from_config(deep.get_config())
again.set_weights(deep.get_weights())
print(all(np.allclose(again.predict(x, verbose=0)[k], want[k]) for k in want))

seq = fill(keras.Sequential([keras.Input((6, 3)), layers.Conv1D(4, 2, padding="causal"), layers.BatchNormalization(), layers.Bidirectional(layers.GRU(2)),
                             layers.LayerNormalization(), layers.Dropout(0.3), layers.Dense(1)]))
z = np.sin(np.arange(36)).reshape(2, 6, 3)
for name in ("s.keras", "s.h5"):
    seq.save(name)
    print(name, np.allclose(keras.models.load_model(name).predict(z, verbose=0), seq.predict(z, verbose=0)))
fresh = keras.Sequential.from_config(seq.get_config())
fresh.load_weights("s.h5")
print(np.allclose(fresh.predict(z, verbose=0), seq.predict(z, verbose=0)), fresh.input_shape, len(fresh.weights))
seq.save_weights("s.weights.h5")
fresh.load_weights("s.weights.h5")
fresh.load_weights("s.keras")


@keras.saving.register_keras_serializable("own")
class Twice(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.stack = [layers.Dense(units), layers.Dense(units)]
        self.last = layers.Dense(1)

    def build(self, shape):
        self.stack[0].build(shape)
        self.stack[1].build((shape[0], self.units))
        self.last.build((shape[0], self.units))
        self.built = True

    def call(self, x):
        for layer in self.stack:
            x = tf.nn.relu(layer(x))
        return self.last(x)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


twice = Twice(5)
twice.compile(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5), momentum=0.9), keras.losses.Huber(), metrics=["mae"])
q, t = np.sin(np.arange(12)).reshape(4, 3), np.ones((4, 1))
twice.build((None, 3))
fill(twice)
twice.fit(q, t, epochs=2, verbose=0)
twice.save("twice.keras")
loaded = keras.models.load_model("twice.keras")
print(type(loaded).__name__, np.allclose(loaded(q), twice(q)), int(loaded.optimizer.iterations), float(loaded.optimizer.momentum))
print(r(loaded.evaluate(q, t, verbose=0)), r(twice.evaluate(q, t, verbose=0)))
print(loaded.get_config()["units"], keras.saving.get_registered_name(Twice))

for thing in (layers.Dense(3, "relu", kernel_regularizer="l2"), layers.Conv2D(2, 3), layers.LSTM(2), layers.Embedding(3, 2), layers.MultiHeadAttention(2, 2),
              keras.optimizers.Adam(0.1, clipnorm=1.0), keras.losses.BinaryCrossentropy(from_logits=True), keras.metrics.AUC(num_thresholds=20),
              keras.initializers.HeNormal(seed=3), keras.regularizers.L1L2(0.1, 0.2), keras.constraints.MaxNorm(2), keras.optimizers.schedules.CosineDecay(0.1, 10),
              layers.TimeDistributed(layers.Dense(2)), layers.RNN([layers.LSTMCell(2), layers.GRUCell(1)]), layers.Activation("gelu"), layers.Normalization(),
              layers.GaussianNoise(0.1), layers.Reshape((2, 2)), layers.StringLookup(vocabulary=["a"]), layers.Rescaling(2.0)):
    data = keras.saving.serialize_keras_object(thing)
    text = json.dumps(data, sort_keys=True)
    made = keras.saving.deserialize_keras_object(json.loads(text))
    second = json.dumps(keras.saving.serialize_keras_object(made), sort_keys=True)
    print(data["module"], data["class_name"], data["registered_name"], type(made).__name__, text == second, sorted(data["config"]))
os.remove("s.h5")
try:
    keras.models.load_model("s.h5")
except Exception as e:
    print(type(e).__name__)
