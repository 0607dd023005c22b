# tf: 2.21
# fit, evaluate and predict in many forms: losses, metrics and optimizers by name, weights, steps.
import io, sys, re, os, numpy as np, tensorflow as tf, contextlib
import keras
from keras import layers as L

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
y = (x.sum(1) > 0).astype('float32')

def make(out=1, act='sigmoid', **k):
    m = fill(keras.Sequential([keras.Input((3,)), L.Dense(4, activation='tanh'), L.Dense(out, activation=act)]))
    m.compile(**{'optimizer': 'sgd', 'loss': 'binary_crossentropy', 'metrics': ['accuracy'], **k})
    return m

def text(f):
    b = io.StringIO()
    with contextlib.redirect_stdout(b):
        f()
    t = b.getvalue()
    t = re.sub('\\d+m?s(/step|/epoch)?|\\d+us/step|\\x1b\\[[0-9;]*m|\\x08+|\\r', '~', t)
    return repr(t)
m = make()
att('verbose2', lambda: text(lambda: m.fit(x, y, epochs=2, verbose=2, batch_size=10, shuffle=False)))
att('verbose2val', lambda: text(lambda: m.fit(x, y, epochs=1, verbose=2, batch_size=10, shuffle=False, validation_split=0.2)))
att('eval2', lambda: text(lambda: m.evaluate(x, y, verbose=2)))
att('pred2', lambda: text(lambda: m.predict(x, verbose=2)))
att('eval1lines', lambda: len(text(lambda: m.evaluate(x, y, verbose=1))) > 10)
att('hist', lambda: (lambda h: (h.epoch, h.params, sorted(h.history)))(m.fit(x, y, epochs=3, initial_epoch=1, batch_size=8, verbose=0)))
att('steps', lambda: (lambda h: (h.epoch, h.params))(m.fit(x, y, epochs=2, steps_per_epoch=1, batch_size=8, verbose=0)))
att('mismatch', lambda: m.fit(x, y[:3], verbose=0))
att('nolabels', lambda: m.fit(x, verbose=0))
att('badsplit ds', lambda: m.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4), validation_split=0.5, verbose=0))
att('ds y', lambda: m.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4), y, verbose=0))
att('ds batch', lambda: len(m.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4), batch_size=3, verbose=0).epoch))
att('val sw', lambda: sorted(m.fit(x, y, verbose=0, validation_data=(x, y, np.ones(20))).history))
att('val tuple1', lambda: m.fit(x, y, verbose=0, validation_data=(x,)))
att('class weight', lambda: r(make().fit(x, y, verbose=0, shuffle=False, class_weight={0: 1.0, 1: 3.0}).history))
att('cw+sw', lambda: r(make().fit(x, y, verbose=0, shuffle=False, class_weight={0: 1.0, 1: 3.0}, sample_weight=np.arange(20.0)).history))
for metrics in (['acc'], ['mse', 'mae'], [keras.metrics.MeanSquaredError(name='m2')], ['binary_accuracy', 'AUC'], ['precision', 'recall'], ['Precision'], ['f1_score'], ['cosine_similarity', 'kl_divergence'], [lambda t, p: tf.reduce_mean(p)], ['crossentropy'], ['ce'], ['binary_crossentropy', 'bce']):
    att('metrics %s' % [z if isinstance(z, str) else type(z).__name__ for z in metrics], lambda: (lambda m: (r(m.evaluate(x, y[:, None], verbose=0, return_dict=True)), m.metrics_names, [q.name for q in m.metrics]))(make(metrics=metrics)))
for loss in ('mse', 'mae', 'mape', 'msle', 'hinge', 'squared_hinge', 'categorical_hinge', 'logcosh', 'log_cosh', 'huber', 'poisson', 'kld', 'kl_divergence', 'cosine_similarity', 'binary_focal_crossentropy', 'bce', 'mean_squared_error', 'MeanSquaredError', 'BinaryCrossentropy', 'dice', 'tversky', 'nope', None, 'Huber'):
    att('loss %s' % loss, lambda: r(make(loss=loss).evaluate(x, y[:, None], verbose=0)))
for o in ('adam', 'Adam', 'rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam', 'ftrl', 'lion', 'adamw', 'sgd', 'lamb', 'adafactor', 'nope'):
    att('opt %s' % o, lambda: (lambda m: (r(m.fit(x, y, epochs=2, shuffle=False, verbose=0).history['loss']), m.optimizer.name, len(m.optimizer.variables), r(m.optimizer.learning_rate)))(make(optimizer=o)))
att('sgd kw', lambda: [v.path for v in (lambda m: (m.fit(x, y, verbose=0), m)[1])(make(optimizer=keras.optimizers.Adam(gradient_accumulation_steps=2))).optimizer.variables])

def steps(o):
    m = make(optimizer=o)
    m.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0)
    return (r(m.get_weights()[0][0]), int(m.optimizer.iterations))
for k, o in (('acc', lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)), ('accm', lambda: keras.optimizers.Adam(0.1, gradient_accumulation_steps=3)), ('ema', lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)), ('emaover', lambda: keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)), ('wd', lambda: keras.optimizers.SGD(0.1, weight_decay=0.1)), ('clipnorm', lambda: keras.optimizers.Adam(0.1, clipnorm=0.01)), ('global', lambda: keras.optimizers.SGD(0.1, global_clipnorm=0.01)), ('scale', lambda: keras.optimizers.SGD(0.1, loss_scale_factor=8.0)), ('sched', lambda: keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 4)))):
    att('opt ' + k, lambda: steps(o()))
m = make(steps_per_execution=2)
att('spe', lambda: r(m.fit(x, y, batch_size=5, verbose=0, shuffle=False).history))
m = make(run_eagerly=True)
att('eagerly', lambda: (m.run_eagerly, r(m.fit(x, y, batch_size=5, verbose=0, shuffle=False).history)))
m = make(jit_compile=True)
att('jit', lambda: (m.jit_compile, r(m.fit(x, y, batch_size=5, verbose=0, shuffle=False).history)))
m = make(weighted_metrics=['mae'], metrics=['mae'])
att('wm', lambda: r(m.fit(x, y, sample_weight=np.arange(20.0), verbose=0, shuffle=False).history))
att('compile config', lambda: {k: v if not isinstance(v, dict) else v.get('class_name') for k, v in make().get_compile_config().items()})
att('get_metrics_result', lambda: sorted(m.get_metrics_result()))
att('reset', lambda: m.reset_metrics())
att('compiled', lambda: (m.compiled, m.built, m.optimizer.built, m.loss, type(m.history).__name__, m.stop_training))
att('tob', lambda: r(make().train_on_batch(x, y, return_dict=True)))
att('tobcw', lambda: r(make().train_on_batch(x, y, class_weight={0: 1.0, 1: 2.0})))
att('testob', lambda: r(make().test_on_batch(x, y)))
att('predob', lambda: (type(m.predict_on_batch(x)).__name__, m.predict_on_batch(x).shape))
att('pred steps', lambda: m.predict(x, batch_size=4, steps=2, verbose=0).shape)
att('pred tf', lambda: type(m.predict(tf.constant(x), verbose=0)).__name__)
att('pred list', lambda: m.predict([[1.0, 2.0, 3.0]], verbose=0).shape)
att('eval steps', lambda: len(m.evaluate(x, y, steps=1, batch_size=5, verbose=0)))
att('uncompiled fit', lambda: keras.Sequential([keras.Input((3,)), L.Dense(1)]).fit(x, y))
att('uncompiled eval', lambda: keras.Sequential([keras.Input((3,)), L.Dense(1)]).evaluate(x, y))
att('uncompiled pred', lambda: keras.Sequential([keras.Input((3,)), L.Dense(1)]).predict(x, verbose=0).shape)
att('noloss', lambda: (lambda m: (m.compile('sgd'), m.fit(x, y, verbose=0)))(keras.Sequential([keras.Input((3,)), L.Dense(1)])))
