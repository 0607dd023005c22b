# tf: 2.21
# Models of every kind: own steps, several inputs and outputs, slices, frozen and nested parts, names and paths.
import io, os, json, numpy as np, tensorflow as tf, keras
from keras import layers as L, ops

def r(x):
    if isinstance(x, dict):
        return {k: r(v) for k, v in x.items()}
    return np.round(np.asarray(x, dtype=np.float64), 4).tolist()

def att(label, f):
    try:
        print(label, '::', f())
    except Exception as e:
        print(label, '::', type(e).__name__, str(e).split('\n')[0][:0])

def fill(model):
    model.set_weights([0.3 * np.cos(np.arange(w.size) + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
    return model
x = np.sin(np.arange(40)).reshape(10, 4).astype('float32')
y = (x[:, :1] * 0.5).astype('float32')

class CT(keras.Model):

    def __init__(self):
        super().__init__()
        self.d = L.Dense(3, activation='relu', name='d')
        self.o = L.Dense(1, name='o')
        self.lt = keras.metrics.Mean(name='my_loss')
        self.mm = keras.metrics.MeanAbsoluteError(name='mm')

    def call(self, x, training=False):
        return self.o(self.d(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as t:
            p = self(x, training=True)
            loss = ops.mean(ops.square(y - p))
        g = t.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(g, self.trainable_variables))
        self.lt.update_state(loss)
        self.mm.update_state(y, p)
        return {'my_loss': self.lt.result(), 'mm': self.mm.result()}

    def test_step(self, data):
        x, y = data
        p = self(x, training=False)
        self.mm.update_state(y, p)
        return {m.name: m.result() for m in self.metrics if m.name == 'mm'}

    @property
    def metrics(self):
        return [self.lt, self.mm]
m = CT()
m.compile('sgd')
m.build((None, 4))
fill(m)
att('ct names', lambda: (m.metrics_names, [v.path for v in m.weights], m.name, [l.name for l in m.layers]))
m.summary()

class CL(keras.Model):

    def __init__(self, **k):
        super().__init__(**k)
        self.o = L.Dense(1, kernel_regularizer='l2')

    def call(self, x):
        self.add_loss(0.1 * ops.mean(x ** 2))
        return self.o(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, y, y_pred, sample_weight) + 1.0

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        out = super().compute_metrics(x, y, y_pred, sample_weight)
        out['extra'] = ops.sum(y_pred)
        return out
m = CL(name='cl')
m.compile('sgd', 'mse', metrics=['mae'])
m.build((None, 4))
fill(m)
i = keras.Input((4,), name='x')
h = L.Dense(3, activation='tanh', name='h')(i)
a = L.Dense(1, name='a')(h)
b = L.Dense(2, activation='softmax', name='b')(h)
yb = np.arange(10) % 2

def two(**k):
    m = keras.Model(i, [a, b], name='two')
    fill(m)
    m.compile('sgd', **k)
    return m
for n, k in (('list', dict(loss=['mse', 'sparse_categorical_crossentropy'], metrics=[['mae'], ['accuracy']])), ('dict', dict(loss={'a': 'mse', 'b': 'sparse_categorical_crossentropy'}, metrics={'a': 'mae', 'b': ['accuracy']}, loss_weights={'a': 1.0, 'b': 0.2})), ('lw list', dict(loss=['mse', keras.losses.SparseCategoricalCrossentropy()], loss_weights=[0.5, 2.0])), ('none loss', dict(loss=['mse', None], metrics=[None, ['accuracy']])), ('wm', dict(loss=['mse', 'sparse_categorical_crossentropy'], weighted_metrics={'b': ['accuracy']})), ('bad key', dict(loss={'zz': 'mse'})), ('few', dict(loss=['mse'])), ('flat metrics', dict(loss=['mse', 'sparse_categorical_crossentropy'], metrics=['mae', 'accuracy']))):
    att('two ' + n, lambda: (lambda m: (r(m.fit(x, [y, yb], epochs=1, shuffle=False, verbose=0).history), r(m.evaluate(x, [y, yb], verbose=0)), m.metrics_names))(two(**k)))
att('two dict y', lambda: r(two(loss={'a': 'mse', 'b': 'sparse_categorical_crossentropy'}).fit({'x': x}, {'a': y, 'b': yb}, verbose=0, shuffle=False).history))
att('two sw', lambda: r(two(loss=['mse', 'sparse_categorical_crossentropy']).fit(x, [y, yb], sample_weight=[np.arange(10.0), np.ones(10)], verbose=0, shuffle=False).history))
att('two ds', lambda: r(two(loss={'a': 'mse', 'b': 'sparse_categorical_crossentropy'}).fit(tf.data.Dataset.from_tensor_slices((x, {'a': y, 'b': yb})).batch(5), verbose=0).history))
m = two(loss=['mse', 'sparse_categorical_crossentropy'])
att('two pred', lambda: [q.shape for q in m.predict(x, verbose=0)])
att('names', lambda: (m.input_names, m.output_names, m.inputs[0].name, [o.shape for o in m.outputs], m.input_shape, m.output_shape, [l.name for l in m.layers]))
att('idx', lambda: (m.get_layer(index=1).name, m.get_layer('b').units))
att('getl2', lambda: m.get_layer('a', 1))
att('getl0', lambda: m.get_layer())
att('slice', lambda: r(keras.Model(m.input, m.get_layer('h').output)(x[:1])))
att('slice2', lambda: [o.shape for o in keras.Model(m.inputs, [l.output for l in m.layers[1:]])(x[:1])])
att('call wrong', lambda: m(x[:, :3]))
att('call dict', lambda: [q.shape for q in m({'x': x})])
att('call list', lambda: [q.shape for q in m([x])])
fe = keras.Model(i, h, name='fe')
o = keras.Sequential([keras.Input((4,)), fe, L.Dropout(0.5), L.Dense(1)], name='outer')
o.summary(expand_nested=True, show_trainable=True)
fe.trainable = False
att('frozen', lambda: (len(o.trainable_weights), len(o.non_trainable_weights), [l.trainable for l in o.layers], fe.get_layer('h').trainable))
o.compile('sgd', 'mse')
w0 = fe.get_weights()[0].copy()
o.fit(x, y, verbose=0)
att('stays', lambda: np.allclose(w0, fe.get_weights()[0]))
i1, i2 = (keras.Input((4,), name='p'), keras.Input((2,), name='q'))
sh = L.Dense(2, name='sh')
mm = keras.Model({'p': i1, 'q': i2}, {'z': L.Concatenate(name='cat')([sh(i1), i2]), 's': L.Add(name='add')([sh(i1), i2])}, name='mi')
fill(mm)
mm.summary()
att('mi', lambda: r(mm({'p': x[:1], 'q': x[:1, :2]})))
att('mi list', lambda: r(mm([x[:1], x[:1, :2]])))
att('mi pred', lambda: {k: v.shape for k, v in mm.predict({'p': x, 'q': x[:, :2]}, verbose=0).items()})
att('mi miss', lambda: mm({'p': x[:1]}))
att('mi extra', lambda: sorted(mm({'p': x[:1], 'q': x[:1, :2], 'zz': x})))
c = keras.models.clone_model(o)
att('clone', lambda: ([l.name for l in c.layers], c.count_params(), np.allclose(c.get_weights()[0], o.get_weights()[0])))
js = json.loads(o.to_json())
att('json', lambda: (sorted(js), js['class_name'], sorted(js['config']), [l['class_name'] for l in js['config']['layers']]))
att('fromjson', lambda: keras.models.model_from_json(o.to_json()).count_params())
s = keras.Sequential(name='s')
s.add(L.Dense(2))
att('unbuilt', lambda: (s.built, len(s.weights), s.layers[0].name))
att('unb sum', lambda: s.summary())
att('unb inp', lambda: s.input_shape)
s.build((None, 3))
att('built', lambda: (s.input_shape, s.output_shape, [w.path for w in s.weights]))
s.add(L.Dense(1, name='last'))
att('added', lambda: (s.output_shape, len(s.weights)))
s.pop()
att('pop', lambda: (len(s.layers), s.output_shape))
att('dup', lambda: s.add(L.Dense(2, name=s.layers[0].name)))
att('notlayer', lambda: s.add(3))
att('seq of fn', lambda: keras.Sequential([lambda x: x]))
att('seqlayers', lambda: s.layers.append(1))
keras.backend.clear_session()
att('names2', lambda: [L.Dense(1).name, L.Dense(1).name, L.Conv2D(1, 1).name, L.LSTM(1).name, L.BatchNormalization().name, keras.Sequential().name, keras.Input((1,)).name, L.MultiHeadAttention(1, 1).name, L.GRU(1).name, L.ReLU().name, L.PReLU().name, L.ELU().name, keras.Model(i, h).name, L.Conv2DTranspose(1, 1).name, L.Bidirectional(L.LSTM(1)).name, L.TimeDistributed(L.Dense(1)).name, L.GlobalAveragePooling2D().name, L.TextVectorization().name])

class Sub(keras.Model):

    def __init__(s):
        super().__init__()
        s.a = L.Dense(2)
        s.bs = [L.Dense(2), L.Dense(3)]
        s.dct = {'k': L.Dense(1)}
        s.w = s.add_weight(shape=(2,), name='own', initializer='zeros')

    def call(s, x):
        return s.dct['k'](s.bs[1](s.bs[0](s.a(x))))
sb = Sub()
sb(x)
att('sub', lambda: ([w.path for w in sb.weights], [l.name for l in sb.layers], sb.count_params()))
sb.summary()
att('sub conf', lambda: sb.get_config())
att('sub input', lambda: sb.input)
att('sub ovr', lambda: sb.output_shape)
att('sub savew', lambda: (sb.save_weights('w.weights.h5'), os.path.exists('w.weights.h5'))[1])
att('badname', lambda: sb.save_weights('w.h5'))
sb2 = Sub()
sb2(x)
sb2.load_weights('w.weights.h5')
att('ldw', lambda: np.allclose(sb2(x), sb(x)))
att('badext', lambda: sb.save('m.txt'))
att('nofile', lambda: keras.models.load_model('nope.keras'))

def noreturn():
    pass
att('loop', lambda: (lambda m: m.fit(x, y, verbose=0, epochs=2, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda e, l: setattr(m, 'stop_training', True))]).epoch)(two(loss=['mse', None])) if False else None)
