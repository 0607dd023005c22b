# tf: 2.21
# Callbacks and their events, sources of data, validation.
import os, io, contextlib, re, csv, json, numpy as np, tensorflow as tf, keras
from keras import layers as L, ops

def r(x):
    if isinstance(x, dict):
        return {k: r(v) for k, v in x.items()}
    return np.round(np.asarray(x, dtype=np.float64), 4).tolist()

def att(label, f):
    try:
        print(label, '::', f())
    except Exception as e:
        print(label, '::', type(e).__name__)

def fill(model):
    model.set_weights([0.3 * np.cos(np.arange(w.size) + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
    return model
x = np.sin(np.arange(60)).reshape(20, 3).astype('float32')
y = (x[:, :1] * 0.5).astype('float32')

def make(lr=0.1, **k):
    m = fill(keras.Sequential([keras.Input((3,)), L.Dense(4, activation='tanh'), L.Dense(1)]))
    m.compile(keras.optimizers.SGD(lr), 'mse', metrics=['mae'], **k)
    return m

def fit(m, cbs, epochs=4, **k):
    b = io.StringIO()
    with contextlib.redirect_stdout(b):
        h = m.fit(x, y, epochs=epochs, batch_size=10, shuffle=False, verbose=0, callbacks=cbs, **k)
    return (r(h.history), h.epoch, b.getvalue())
C = keras.callbacks
es = C.EarlyStopping(monitor='val_loss', patience=1, min_delta=0.01, verbose=1, restore_best_weights=True, start_from_epoch=1)
att('es', lambda: fit(make(), [es], 8, validation_split=0.2))
att('es2', lambda: (es.stopped_epoch, es.best_epoch, r(es.best), es.wait))
att('es base', lambda: fit(make(), [C.EarlyStopping('loss', baseline=0.001, patience=2)], 8)[1])
att('es max', lambda: fit(make(), [C.EarlyStopping('mae', mode='max', patience=0, verbose=1)], 5)[1:])
att('es miss', lambda: fit(make(), [C.EarlyStopping('nope')], 2)[1])
att('es mode', lambda: C.EarlyStopping('loss', mode='bad').mode if 0 else fit(make(), [C.EarlyStopping('loss', mode='bad')], 2)[1])
att('rlr', lambda: (lambda m: (fit(m, [C.ReduceLROnPlateau('loss', factor=0.5, patience=1, min_delta=0.5, verbose=1, cooldown=1, min_lr=0.02)], 6), r(m.optimizer.learning_rate)))(make()))
att('rlr bad', lambda: C.ReduceLROnPlateau(factor=1.5))
att('lrs', lambda: fit(make(), [C.LearningRateScheduler(lambda e, lr: lr * 0.5 if e else lr, verbose=1)], 3))
att('lrs bad', lambda: fit(make(), [C.LearningRateScheduler(lambda e: 'x')], 1))
att('lrs1', lambda: fit(make(), [C.LearningRateScheduler(lambda e: 0.1 / (e + 1))], 2)[0])
att('csv', lambda: (fit(make(), [C.CSVLogger('a.csv', separator=';')], 2), [len(l.split(';')) for l in open('a.csv')], open('a.csv').readline())[1:])
att('csv append', lambda: (fit(make(), [C.CSVLogger('a.csv', separator=';', append=True)], 2), len(open('a.csv').readlines()))[1])
att('ton', lambda: (lambda m: (m.layers[0].kernel.assign(m.layers[0].kernel * np.nan), fit(m, [C.TerminateOnNaN()], 3)[1:]))(make())[1])
att('mc', lambda: (fit(make(), [C.ModelCheckpoint('ck/{epoch:02d}-{loss:.2f}.keras', verbose=1)], 2)[2], sorted(os.listdir('ck'))))
att('mc best', lambda: fit(make(), [C.ModelCheckpoint('b.keras', monitor='val_loss', save_best_only=True, verbose=1)], 2, validation_split=0.2)[2])
att('mc w', lambda: (fit(make(), [C.ModelCheckpoint('w.weights.h5', save_weights_only=True, save_freq=2)], 2)[1], os.path.exists('w.weights.h5')))
att('mc badw', lambda: C.ModelCheckpoint('w.h5', save_weights_only=True))
att('mc badm', lambda: C.ModelCheckpoint('w.txt'))
att('mc thr', lambda: fit(make(), [C.ModelCheckpoint('t.keras', monitor='loss', save_best_only=True, initial_value_threshold=1e-09, verbose=1)], 1)[2])
att('mc freq', lambda: C.ModelCheckpoint('t.keras', save_freq='x'))
att('bak', lambda: (fit(make(), [C.BackupAndRestore('bk')], 2)[1], os.path.exists('bk')))

class Log(C.Callback):

    def __init__(s):
        super().__init__()
        s.e = []
for name in [n for n in dir(C.Callback) if n.startswith('on_') and n not in ('on_batch_begin', 'on_batch_end')]:

    def mk(name):

        def f(s, *a, logs=None):
            a = list(a)
            logs = logs if logs is not None or not a or isinstance(a[-1], int) else a.pop()
            s.e.append((name[3:], *a, sorted(logs) if isinstance(logs, dict) else logs))
        return f
    setattr(Log, name, mk(name))
lg = Log()
m = make()
m.fit(x, y, epochs=1, batch_size=10, verbose=0, validation_data=(x, y), callbacks=[lg], shuffle=False)
att('events', lambda: lg.e)
lg.e = []
m.evaluate(x, y, verbose=0, callbacks=[lg], batch_size=20)
m.predict(x, verbose=0, callbacks=[lg], batch_size=20)
att('ev2', lambda: lg.e)
att('params', lambda: (lg.params, lg.model is m))

class Hist(C.Callback):

    def on_train_begin(self, logs=None):
        self.l = []

    def on_batch_end(self, batch, logs=None):
        self.l.append((batch, r(logs['loss'])))
hh = Hist()
att('batch', lambda: fit(make(), [hh], 1)[1])
att('bl', lambda: hh.l)

class Stop(C.Callback):

    def on_train_batch_end(self, b, logs=None):
        self.model.stop_training = True
att('stopb', lambda: fit(make(), [Stop()], 3)[1:2])

class G:
    pass

class DS(keras.utils.PyDataset):

    def __init__(s, **k):
        super().__init__(**k)
        s.ends = 0

    def __len__(s):
        return 2

    def __getitem__(s, i):
        return (x[i * 10:i * 10 + 10], y[i * 10:i * 10 + 10])

    def on_epoch_end(s):
        s.ends += 1
d = DS()
att('ds', lambda: (r(make().fit(d, epochs=2, verbose=0, shuffle=False).history), d.ends))
att('ds pred', lambda: make().predict(d, verbose=0).shape)
att('ds eval', lambda: r(make().evaluate(d, verbose=0)))

def gen(n=3):
    for k in range(n):
        yield (x[:5], y[:5])
att('gen', lambda: len(make().fit(gen(4), steps_per_epoch=2, epochs=2, verbose=0).epoch))
att('gen end', lambda: make().fit(gen(2), steps_per_epoch=2, epochs=3, verbose=0).epoch)
att('gen dict', lambda: r(make().evaluate(gen(), verbose=0)))
att('vfreq', lambda: sorted(((k, len(v)) for k, v in make().fit(x, y, epochs=4, verbose=0, validation_data=(x, y), validation_freq=2).history.items())))
att('vlist', lambda: sorted(((k, len(v)) for k, v in make().fit(x, y, epochs=4, verbose=0, validation_data=(x, y), validation_freq=[1, 4]).history.items())))
att('vsteps', lambda: sorted(make().fit(x, y, epochs=1, verbose=0, validation_data=tf.data.Dataset.from_tensor_slices((x, y)).batch(5), validation_steps=2).history))
att('init', lambda: make().fit(x, y, epochs=3, initial_epoch=2, verbose=0).epoch)
att('zero ep', lambda: make().fit(x, y, epochs=0, verbose=0).epoch)
att('w ds', lambda: r(make().fit(tf.data.Dataset.from_tensor_slices((x, y, np.arange(20.0))).batch(10), epochs=1, verbose=0).history))
att('cw ds', lambda: r(make().fit(tf.data.Dataset.from_tensor_slices((x, (y > 0).astype('int32'))).batch(10), epochs=1, verbose=0, class_weight={0: 1.0, 1: 2.0}).history))
att('rep', lambda: make().fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(10).repeat(), steps_per_epoch=3, epochs=2, verbose=0).params)
att('val batch', lambda: sorted(make().fit(x, y, epochs=1, verbose=0, validation_data=(x, y), validation_batch_size=3).history))

@tf.function
def step(m, o, a, b, acc, auc):
    with tf.GradientTape() as t:
        p = m(a, training=True)
        l = tf.reduce_mean(keras.losses.mse(b, p)) + sum(m.losses)
    g = t.gradient(l, m.trainable_variables)
    o.apply_gradients(zip(g, m.trainable_variables))
    acc.update_state(b, p)
    auc.update_state(b > 0, tf.sigmoid(p))
    return l
m = make()
o = keras.optimizers.Adam(0.01, clipnorm=0.5, weight_decay=0.01)
acc = keras.metrics.MeanAbsoluteError()
auc = keras.metrics.AUC(num_thresholds=20)
