# tf: 2.21
# Optimizers' steps, slots and own subclasses, schedules, metrics with weights.
import numpy as np, tensorflow as tf, keras, os
from keras import layers as L, ops

def r(x):
    if isinstance(x, dict):
        return {k: r(v) for k, v in x.items()}
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()

def att(label, f):
    try:
        print(label, '::', f())
    except Exception as e:
        print(label, '::', type(e).__name__)
O = keras.optimizers
G = [[0.1, -0.2], [0.3, 0.0], [-0.1, 0.5]]

def steps(o, n=3):
    v = keras.Variable([1.0, 2.0], name='v')
    w = keras.Variable([[1.0, 2.0], [3.0, 4.0]], name='w')
    for k in range(n):
        o.apply_gradients([(tf.constant(G[k % 3]), v), (tf.constant([G[k % 3], G[(k + 1) % 3]]), w)])
    return (r(v), r(w), [x.path.split('/', 1)[1] for x in o.variables], [tuple(x.shape) for x in o.variables])
for n, f in (('sgd', lambda: O.SGD(0.1)), ('mom', lambda: O.SGD(0.1, momentum=0.9, nesterov=True)), ('adam', lambda: O.Adam(0.1, amsgrad=True)), ('adamw', lambda: O.AdamW(0.1, weight_decay=0.1)), ('rms', lambda: O.RMSprop(0.1, momentum=0.5, centered=True)), ('adagrad', lambda: O.Adagrad(0.1)), ('adadelta', lambda: O.Adadelta(1.0)), ('adamax', lambda: O.Adamax(0.1)), ('nadam', lambda: O.Nadam(0.1)), ('ftrl', lambda: O.Ftrl(0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.1)), ('lion', lambda: O.Lion(0.1)), ('lamb', lambda: O.Lamb(0.1)), ('clipv', lambda: O.Adam(0.1, clipvalue=0.05)), ('wd', lambda: O.Adam(0.1, weight_decay=0.05)), ('ema', lambda: O.SGD(0.1, use_ema=True)), ('acc', lambda: O.SGD(0.1, momentum=0.9, gradient_accumulation_steps=2)), ('adafactor', lambda: O.Adafactor(0.1)), ('sched', lambda: O.SGD(O.schedules.ExponentialDecay(0.1, 1, 0.5))), ('lam', lambda: O.SGD(lambda: 0.05))):
    att(n, lambda: steps(f()))
o = O.Adam(0.01, name='mine')
att('name', lambda: (o.name, o.built, len(o.variables), r(o.learning_rate), int(o.iterations)))
o.build([keras.Variable([1.0], name='q')])
att('built', lambda: (o.built, [v.path for v in o.variables], [v.name for v in o.variables]))
o.learning_rate = 0.5
att('setlr', lambda: r(o.learning_rate))
o.learning_rate.assign(0.25)
att('assign', lambda: r(o.learning_rate))
att('setsched', lambda: setattr(O.SGD(O.schedules.CosineDecay(0.1, 3)), 'learning_rate', 0.1))
att('badname', lambda: O.SGD(0.1, foo=1))
att('twoclip', lambda: O.SGD(0.1, clipnorm=1.0, clipvalue=1.0))
att('badmom', lambda: O.SGD(0.1, momentum=2.0))
att('nograd', lambda: O.SGD().apply_gradients([(None, keras.Variable([1.0]))]))
att('unknown', lambda: o.apply_gradients([(tf.constant([1.0]), keras.Variable([1.0]))]))
att('empty', lambda: O.SGD().apply_gradients([]))
att('apply', lambda: (lambda v, o: (o.apply([tf.constant([1.0])], [v]), r(v)))(keras.Variable([1.0]), O.SGD(0.1)))
att('exclude', lambda: (lambda o: (o.exclude_from_weight_decay(var_names=['v']), steps(o)[0]))(O.AdamW(0.1, weight_decay=0.5)))
att('fromcfg', lambda: O.Adam.from_config(O.Adam(0.3, beta_1=0.8, clipnorm=1.0).get_config()).get_config())
att('get', lambda: [type(O.get(x)).__name__ for x in ('adam', 'SGD', {'class_name': 'RMSprop', 'config': {'learning_rate': 0.2}}, O.Lion())])
att('ser', lambda: O.serialize(O.SGD(0.1))['class_name'])
att('deser', lambda: O.deserialize(O.serialize(O.SGD(0.1, momentum=0.5))).momentum)
att('savevars', lambda: (lambda d: (o.save_own_variables(d), sorted(d)))({})[1])
S = O.schedules
for n, s in (('exp', S.ExponentialDecay(0.1, 2, 0.5, staircase=True)), ('inv', S.InverseTimeDecay(0.1, 2, 0.5)), ('poly', S.PolynomialDecay(0.1, 4, end_learning_rate=0.01, power=2.0, cycle=True)), ('cosr', S.CosineDecayRestarts(0.1, 2, t_mul=2.0, m_mul=0.5)), ('pw', S.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01]))):
    att('sch ' + n, lambda: ([r(s(k)) for k in range(7)], type(s(0)).__name__, s.get_config()))

class My(S.LearningRateSchedule):

    def __init__(self, a):
        self.a = a

    def __call__(self, step):
        return self.a / (ops.cast(step, 'float32') + 1)

    def get_config(self):
        return {'a': self.a}
att('mysch', lambda: steps(O.SGD(My(0.2)))[0])

class MyOpt(O.Optimizer):

    def build(self, vs):
        super().build(vs)
        self.m = [self.add_variable_from_reference(v, name='m') for v in vs]

    def update_step(self, gradient, variable, learning_rate):
        m = self.m[self._get_variable_index(variable)]
        self.assign(m, m * 0.5 + gradient)
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * m)

    def get_config(self):
        return super().get_config()
att('myopt', lambda: steps(MyOpt(0.1)))
M = keras.metrics
y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
p = np.array([0.2, 0.6, 0.4, 0.7, 0.9])
w = np.array([1.0, 2.0, 0.5, 1.0, 0.0])
for n, m in (('auc', M.AUC()), ('aucpr', M.AUC(curve='PR', num_thresholds=10)), ('aucmin', M.AUC(summation_method='minoring', num_thresholds=20)), ('aucmaj', M.AUC(summation_method='majoring', num_thresholds=20)), ('auclog', M.AUC(from_logits=True)), ('prec', M.Precision(thresholds=[0.3, 0.5])), ('rec', M.Recall(0.65)), ('tp', M.TruePositives()), ('fp', M.FalsePositives(thresholds=[0.1, 0.5])), ('tn', M.TrueNegatives()), ('fn', M.FalseNegatives()), ('sas', M.SensitivityAtSpecificity(0.5)), ('ss', M.SpecificityAtSensitivity(0.5)), ('par', M.PrecisionAtRecall(0.5)), ('rap', M.RecallAtPrecision(0.6)), ('ba', M.BinaryAccuracy(threshold=0.65)), ('rmse', M.RootMeanSquaredError()), ('acc', M.Accuracy()), ('biou', M.BinaryIoU(target_class_ids=[0, 1], threshold=0.5))):

    def go(sw):
        m.reset_state()
        yy, pp = (y[:, None], p[:, None]) if n in ('r2',) else (y, p)
        m.update_state(yy, pp, sample_weight=sw if n not in ('r2',) or sw is None else sw)
        return (r(m.result()), m.name, [v.name for v in m.variables] if sw is None else 0)
    att('m ' + n, lambda: go(None))
    att('mw ' + n, lambda: go(w))
    att('mc ' + n, lambda: r(m(y, p)) if n != 'r2' else 0)
yc = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
pc = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.6, 0.3, 0.1]])
for n, m, yy, pp in (('ca', M.CategoricalAccuracy(), yc, pc), ('sca', M.SparseCategoricalAccuracy(), yc.argmax(1), pc), ('sca2', M.SparseCategoricalAccuracy(), yc.argmax(1)[:, None], pc), ('stopk', M.SparseTopKCategoricalAccuracy(k=2), yc.argmax(1), pc), ('cce', M.CategoricalCrossentropy(label_smoothing=0.1), yc, pc), ('scce', M.SparseCategoricalCrossentropy(), yc.argmax(1), pc), ('ch', M.CategoricalHinge(), yc, pc), ('f1', M.F1Score(), yc, pc), ('f1m', M.F1Score(average='macro'), yc, pc), ('f1w', M.F1Score(average='weighted', threshold=0.4), yc, pc), ('fb', M.FBetaScore(average='micro', beta=0.5), yc, pc), ('miou', M.MeanIoU(3), yc.argmax(1), pc.argmax(1)), ('iou', M.IoU(3, [0, 2]), yc.argmax(1), pc.argmax(1)), ('ohiou', M.OneHotIoU(3, [1]), yc, pc), ('ohmiou', M.OneHotMeanIoU(3), yc, pc), ('prec c', M.Precision(class_id=1), yc, pc), ('prec k', M.Precision(top_k=2), yc, pc), ('auc ml', M.AUC(multi_label=True, num_labels=3), yc, pc)):
    att('c ' + n, lambda: (m.update_state(yy, pp), r(m.result()))[1])
    att('cw ' + n, lambda: (m.reset_state(), m.update_state(yy, pp, sample_weight=[1.0, 0.0, 2.0]), r(m.result()))[2])
mm = M.Mean(name='mn')
mm.update_state([1, 2, 3], sample_weight=[0, 1, 1])
att('mean', lambda: (r(mm.result()), r(mm.total), r(mm.count), mm.dtype, mm.get_config(), repr(mm)))
sm = M.Sum()
sm.update_state([[1, 2], [3, 4]], sample_weight=[1, 0.5])
att('sum', lambda: r(sm.result()))
mw = M.MeanMetricWrapper(lambda a, b, k=1: k * ops.abs(ops.subtract(a, b)), name='mw', k=3)
mw.update_state([1.0, 2.0], [0.0, 0.0])
att('mw', lambda: r(mw.result()))
mt = M.Mean()
att('empty', lambda: r(mt.result()))
att('stateless', lambda: r(mt.stateless_result(mt.stateless_update_state([v.value for v in mt.variables], [2.0, 4.0]))))
