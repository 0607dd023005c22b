# tf: 2.21
# tolerance: 1e-3
# fit with many options: class and sample weights, several outputs, callbacks, generators, schedules, clipping, custom losses and metrics.
import csv
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers as L


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def fill(model):
    model.set_weights([0.3 * np.cos(np.arange(w.size) + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
    return model


def show(name, history):
    print(name, {k: r(v) for k, v in sorted(history.history.items())})


x = np.sin(np.arange(60)).reshape(20, 3)
y = (x.sum(1) > 0).astype(int)


def make(out=2, act="softmax"):
    return fill(keras.Sequential([keras.Input((3,)), L.Dense(4, activation="tanh"), L.Dense(out, activation=act)]))


m = make()
m.compile(keras.optimizers.Adam(0.02, clipnorm=0.5), "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
show("class_weight", m.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0, class_weight={0: 0.5, 1: 2.0}))
show("sample_weight", m.fit(x, y, sample_weight=np.linspace(0, 1, 20), batch_size=8, epochs=2, shuffle=False, verbose=0, validation_split=0.25))
show("validation", m.fit(x[:10], y[:10], epochs=3, shuffle=False, verbose=0, validation_data=(x[10:], y[10:]), validation_freq=2))
print(m.evaluate(x, y, verbose=0, return_dict=True).keys(), m.predict(x[:2], verbose=0).shape, r(m.train_on_batch(x, y)), m.metrics_names)

m = make(1, "sigmoid")
m.compile("sgd", keras.losses.BinaryCrossentropy(label_smoothing=0.1), metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC(), keras.metrics.Precision(), keras.metrics.Recall()])
stop = keras.callbacks.EarlyStopping("loss", patience=1, min_delta=0.5, restore_best_weights=True, verbose=0)
plateau = keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.5, verbose=0)
h = m.fit(x, y[:, None], epochs=6, verbose=0, shuffle=False, callbacks=[plateau, keras.callbacks.CSVLogger("log.csv"), keras.callbacks.TerminateOnNaN(), stop])
print(len(h.epoch), stop.stopped_epoch, stop.best_epoch, sorted(h.history))
rows = list(csv.reader(open("log.csv")))
print(rows[0], len(rows))
seen = []
m.fit(x, y[:, None], epochs=2, batch_size=10, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: seen.append((e, sorted(logs))), on_train_batch_end=lambda b, logs: seen.append(b)),
                                                                 keras.callbacks.LearningRateScheduler(lambda e, lr: lr * 0.5)])
print(seen, float(m.optimizer.learning_rate))
m.fit(x, y[:, None], epochs=2, verbose=0, callbacks=[keras.callbacks.ModelCheckpoint("best.keras", monitor="loss", save_best_only=True), keras.callbacks.ModelCheckpoint("w{epoch}.weights.h5", save_weights_only=True)])
import os
print(sorted(n for n in os.listdir(".") if n.endswith((".keras", ".h5"))), np.allclose(keras.models.load_model("best.keras").predict(x, verbose=0).shape, (20, 1)))

a = keras.Input((3,), name="a")
h = L.Dense(3, name="h", activity_regularizer=keras.regularizers.L2(0.01))(a)
m = fill(keras.Model(a, {"u": L.Dense(1, name="u")(h), "v": L.Dense(2, activation="softmax", name="v")(h)}))
m.compile(keras.optimizers.RMSprop(keras.optimizers.schedules.PolynomialDecay(0.01, 5)), {"u": "mse", "v": "sparse_categorical_crossentropy"}, loss_weights={"u": 0.5, "v": 2.0},
          metrics={"u": ["mae"], "v": ["accuracy"]})
show("two outputs", m.fit({"a": x}, {"u": x[:, :1], "v": y}, epochs=2, batch_size=5, verbose=0, shuffle=False))
print(sorted(m.evaluate(x, {"u": x[:, :1], "v": y}, verbose=0, return_dict=True)))


class Seq(keras.utils.PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return x[i * 5 : i * 5 + 5], y[i * 5 : i * 5 + 5]


def own_loss(t, p):
    return tf.reduce_mean(tf.square(tf.one_hot(tf.cast(tf.reshape(t, [-1]), tf.int32), 2) - p), -1)


class Hits(keras.metrics.Metric):
    def __init__(self, name="hits", **kw):
        super().__init__(name=name, **kw)
        self.n = self.add_weight(name="n", initializer="zeros")

    def update_state(self, t, p, sample_weight=None):
        self.n.assign_add(tf.reduce_sum(tf.cast(tf.equal(tf.cast(tf.reshape(t, [-1]), tf.int64), tf.argmax(p, -1)), tf.float32)))

    def result(self):
        return self.n + 0.0


m = make()
m.compile(keras.optimizers.AdamW(0.01, weight_decay=0.1, use_ema=True, ema_momentum=0.9), own_loss, metrics=[Hits()])
show("sequence", m.fit(Seq(), epochs=2, verbose=0, shuffle=False))
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(5)
show("dataset", m.fit(ds, epochs=2, verbose=0, steps_per_epoch=2, validation_data=ds, validation_steps=1))
print(r(m.evaluate(ds, verbose=0)), m.predict(ds, verbose=0).shape, int(m.optimizer.iterations))


def gen():
    while True:
        yield x[:5], y[:5]


show("generator", m.fit(gen(), steps_per_epoch=3, epochs=1, verbose=0))
for bad in (lambda: m.fit(x, y[:5], verbose=0), lambda: make().fit(x, y), lambda: m.compile(loss="nope") or m.fit(x, y, verbose=0),
            lambda: keras.Sequential([L.Dense(1)]).summary()):
    try:
        bad()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
