# tf: 1.8
# tolerance: 1e-3
# tf.keras of 1.8 in graphs: configurations, losses, metrics, what is refused, generators, callbacks.
import numpy as np
import json
import tensorflow as tf
from support.attempt_1 import attempt, r
keras = tf.keras
K, L = keras.backend, keras.layers


def fill(model):
    model.set_weights([(0.3 * np.cos(np.arange(w.size) * 1.3 + k)).reshape(w.shape) for k, w in enumerate(model.get_weights())])


x = np.sin(np.arange(40.)).reshape(10, 4)
y = np.stack([np.cos(np.arange(10.)), np.sin(np.arange(10.))], 1)
m = keras.Sequential([L.Dense(3, input_shape=(4,), activation='relu', kernel_regularizer=keras.regularizers.l2(0.1)), L.Dense(2, kernel_constraint=keras.constraints.non_neg())])
fill(m)
print(json.dumps(m.get_config(), sort_keys=True))
print(m.to_json() == keras.models.model_from_json(m.to_json()).to_json())
attempt('yaml', lambda: m.to_yaml()[:20])
for opt in ('sgd', 'adam', 'rmsprop', 'adadelta', 'adamax', 'nadam', keras.optimizers.SGD(0.1, clipnorm=0.5), keras.optimizers.Adam(amsgrad=True), tf.train.AdamOptimizer(0.01)):
    fill(m)
    m.compile(opt, 'mse', metrics=['mae', 'accuracy', keras.metrics.cosine_proximity])
    h = m.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    print(type(m.optimizer).__name__, m.metrics_names, [r(h.history[k]) for k in sorted(h.history)])
print(r(m.layers[0].losses and 1), len(m.losses), len(m.updates), m.stateful)
attempt('bad loss', lambda: m.compile('sgd', 'bogus'))
attempt('bad opt', lambda: m.compile('bogus', 'mse'))
attempt('bad metric', lambda: m.compile('sgd', 'mse', metrics=['bogus']))
for loss in ('mse', 'mae', 'mape', 'msle', 'squared_hinge', 'hinge', 'categorical_hinge', 'logcosh', 'kld', 'poisson', 'cosine', 'binary_crossentropy', 'categorical_crossentropy'):
    fill(m)
    m.compile('sgd', loss)
    print(loss, r(m.evaluate(x, np.abs(y), verbose=0)))
m.compile('sgd', 'mse', sample_weight_mode=None)
print(r(m.evaluate(x, y, sample_weight=np.arange(10.), verbose=0)), r(m.train_on_batch(x, y, sample_weight=np.ones(10))))
attempt('sw shape', lambda: m.train_on_batch(x, y, sample_weight=np.ones((10, 2))))
attempt('sw len', lambda: m.train_on_batch(x, y, sample_weight=np.ones(9)))
attempt('pred', lambda: m.predict_on_batch(x[:2]).shape)
attempt('x shape', lambda: m.predict(np.ones((2, 5))))
attempt('x list', lambda: m.predict([x, x]))
attempt('y shape', lambda: m.train_on_batch(x, y[:, :1]))
attempt('y 3d', lambda: m.train_on_batch(x, y[None]))
attempt('empty', lambda: m.fit())
attempt('steps', lambda: m.evaluate(x, y, steps=2, verbose=0))
c = keras.Sequential([L.Dense(3, activation='softmax', input_dim=4)])
fill(c)
labels = np.arange(10) % 3
c.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy', 'sparse_top_k_categorical_accuracy'], weighted_metrics=['acc'])
print(c.metrics_names)
h = c.fit(x, labels, class_weight={0: 1., 1: 2., 2: 0.5}, epochs=2, batch_size=5, shuffle=False, verbose=0)
print([(k, r(v)) for k, v in sorted(h.history.items())])
h = c.fit(x, labels, validation_split=0.3, epochs=2, initial_epoch=1, verbose=0, shuffle=False)
print(h.epoch, sorted(h.params.items(), key=str), [(k, r(v)) for k, v in sorted(h.history.items())])
t = keras.Sequential([L.Dense(3, activation='softmax', input_dim=4)])
fill(t)
t.compile('sgd', 'categorical_crossentropy', metrics=['accuracy', 'top_k_categorical_accuracy', 'categorical_accuracy'])
print(t.metrics_names, r(t.evaluate(x, keras.utils.to_categorical(labels), verbose=0)))
attempt('int labels', lambda: t.train_on_batch(x, labels))
# generators


def gen():
    while True:
        for i in range(0, 10, 5):
            yield x[i:i + 5], labels[i:i + 5]


h = c.fit_generator(gen(), steps_per_epoch=2, epochs=2, verbose=0, validation_data=(x, labels), workers=1, max_queue_size=2)
print([(k, len(v)) for k, v in sorted(h.history.items())])
print(len(c.evaluate_generator(gen(), steps=2)), c.predict_generator((x[i:i + 5] for i in (0, 5)), steps=2).shape)


class Seq(keras.utils.Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return x[5 * i:5 * i + 5], labels[5 * i:5 * i + 5]


fill(c)
h = c.fit_generator(Seq(), epochs=2, verbose=0, shuffle=False)
print([(k, r(v)) for k, v in sorted(h.history.items())])
print(r(c.evaluate_generator(Seq())), c.predict_generator(Seq()).shape)
# callbacks
log = []
cb = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, l: log.append((e, sorted(l))), on_batch_begin=lambda b, l: log.append((b, sorted(l))))
c.compile(keras.optimizers.SGD(0.5), 'sparse_categorical_crossentropy')
c.fit(x, labels, batch_size=5, epochs=1, verbose=0, callbacks=[cb, keras.callbacks.CSVLogger('log.csv'), keras.callbacks.TerminateOnNaN()])
print(log, open('log.csv').readline().strip())
import os
print(sorted(f for f in os.listdir('.') if f.startswith('w.')))
h = c.fit(x, labels, epochs=3, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda e: 0.1 / (e + 1)), keras.callbacks.ReduceLROnPlateau('loss', patience=0, epsilon=10.)])
print([(k, r(v)) for k, v in sorted(h.history.items()) if k == 'lr'], r(K.get_value(c.optimizer.lr)))
h = c.fit(x, labels, epochs=9, verbose=0, callbacks=[keras.callbacks.EarlyStopping('loss', patience=1, min_delta=5)])
print(len(h.epoch))
