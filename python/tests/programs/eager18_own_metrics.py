# tf: 1.8
# tolerance: 1e-4
# tfe.metrics, Network, Sequential, their checkpoints, templates and variable stores.
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
from support.show_1 import outcome
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)

M = tfe.metrics
a = M.Accuracy()
outcome("acc", lambda: [a([1, 2, 3], [1, 0, 3]), a.result()])
outcome("acc w", lambda: [a([1, 2], [1, 0], weights=[0.0, 2.0]), a.result()])
print(a.name, [(v.name, v.numpy()) for v in a.variables], sorted(v.name for v in a.variables))
outcome("acc shape", lambda: a([1, 2], [1]))
outcome("acc dtype", lambda: a([1, 2], tf.constant([1, 2], tf.int64)))
a.init_variables(); print(a.result().numpy())
outcome("acc name", lambda: M.Accuracy("my acc").name)
m = M.Mean("m", dtype=tf.float64)
outcome("mean", lambda: [m(1), m([2, 3]), m(tf.constant(4.0)), m.result()])
outcome("mean w", lambda: [m([1.0, 5.0], weights=[1.0, 0.0]), m.result()])
print(m.name, [(v.name, v.dtype, v.numpy()) for v in m.variables])
outcome("mean twice", lambda: [M.Mean("q")(3.0), M.Mean("q").result()])
outcome("mean empty", lambda: M.Mean().result())
outcome("sparse", lambda: [c(tf.constant([1, 0]), tf.constant([[0.2, 0.8], [0.3, 0.7]])) and c.result() for c in [M.SparseAccuracy()]] if hasattr(M, "SparseAccuracy") else "no")
class Two(M.Metric):
    def build(self, x):
        self.total = self.add_variable("total", shape=(), dtype=tf.float32, initializer=tf.zeros_initializer)
    def call(self, x, k=1.0):
        self.total.assign_add(tf.reduce_sum(x) * k)
        return x
    def result(self):
        return self.total * 2
t = Two()
print(t.name, [v.name for v in t.variables])
outcome("two name", lambda: Two(name="other name!").name)
class NoBuild(M.Metric):
    pass
outcome("nobuild", lambda: NoBuild()(1))
class NoInit(M.Metric):
    def __init__(self): pass
outcome("noinit", lambda: NoInit()(1))
outcome("early var", lambda: Two().add_variable("x"))
ev = tf.train.get_or_create_global_step()
with tf.contrib.summary.create_file_writer("mlog").as_default(), tf.contrib.summary.always_record_summaries():
    outcome("result summary", lambda: [m.result(), a([1], [1]) and 0, a.result()])
import glob
class Net(tfe.Network):
    def __init__(self, name=None):
        super(Net, self).__init__(name=name)
        self.l1 = self.track_layer(tf.layers.Dense(3, kernel_initializer=tf.ones_initializer()))
        self.l2 = self.track_layer(tf.layers.Dense(1, name="out", kernel_initializer=tf.ones_initializer()))
    def call(self, x, training=False):
        return self.l2(self.l1(x))
n = Net()
outcome("pre name", lambda: n.name)
outcome("pre vars", lambda: [v.name for v in n.variables])
print([l.name for l in n.layers], n.built)
outcome("net", lambda: n(tf.ones([2, 2])))
print(n.name, n.scope_name if hasattr(n, "scope_name") else "", [v.name for v in n.variables], [v.name for v in n.trainable_variables], n.non_trainable_variables, len(n.weights), n.built, n.count_params() if hasattr(n, "count_params") else "")
n2 = Net("named"); n2(tf.ones([1, 2])); print(n2.name, [v.name for v in n2.variables])
n3 = Net(); n3(tf.ones([1, 2])); print(n3.name, [v.name for v in n3.variables])
outcome("get_layer", lambda: (n.get_layer("out").name, n.get_layer(index=0).name))
outcome("get_layer bad", lambda: n.get_layer("nope"))
outcome("get_layer both", lambda: n.get_layer("out", 1))
outcome("get_layer idx", lambda: n.get_layer(index=9))
outcome("track bad", lambda: n.track_layer(3))
class Bad(tfe.Network):
    def __init__(self): pass
class NoCall(tfe.Network): pass
outcome("no call", lambda: NoCall()(tf.ones([1])))
s = tfe.Sequential([tf.layers.Dense(2, kernel_initializer=tf.ones_initializer()), tf.nn.relu, lambda x: x * 2])
outcome("seq", lambda: s(tf.ones([1, 2])))
print(s.name, [v.name for v in s.variables])
s.add(tf.layers.Dropout(0.5)); outcome("seq drop", lambda: s(tf.ones([1, 2]), training=False))
outcome("save", lambda: tfe.save_network_checkpoint(n, "./ckpt", global_step=3).split("/")[-1])
n4 = Net(); n = Net(); n(tf.ones([1, 2]))
print(n.name)
outcome("saveagain", lambda: tfe.save_network_checkpoint(n, "./ckpt", global_step=3).split("/")[-1])
outcome("restore", lambda: tfe.restore_network_checkpoint(n4, "./ckpt-3"))
n.l1.kernel.assign(n.l1.kernel * 5)
outcome("restored", lambda: [n4(tf.ones([1, 2])), n(tf.ones([1, 2]))])
def mapf(name): return name.replace("net_1", "net")
outcome("restore map", lambda: tfe.restore_network_checkpoint(n3, "./ckpt-3", map_func=lambda x: x))
outcome("restore none", lambda: tfe.restore_network_checkpoint(n3, "nope"))
with tfe.restore_variables_on_create(tf.train.latest_checkpoint(".")):
    n5 = Net(); outcome("roc", lambda: n5(tf.ones([1, 2])))
sv = tfe.Saver(n.variables); outcome("saver", lambda: sv.save("./sv", global_step=1))
n.l1.kernel.assign(n.l1.kernel * 0); sv.restore("./sv-1"); outcome("saver r", lambda: n(tf.ones([1, 2])))
outcome("saver bad", lambda: sv.restore("none"))
outcome("saver dict", lambda: tfe.Saver({"a": n.variables[0]}).save("./sd"))
outcome("list", lambda: sorted(tf.contrib.framework.list_variables("./sd")))
o = tf.train.AdamOptimizer(0.1)
ck = tfe.Checkpoint(net=n, opt=o, step=ev)
outcome("./ckpt", lambda: ck.save("ck/x").split("/")[-1])
o.minimize(lambda: tf.reduce_sum(n(tf.ones([1, 2])) ** 2), global_step=ev)
outcome("ckpt2", lambda: (ck.save("ck/x").split("/")[-1], ck.save_counter.numpy()))
st = ck.restore("ck/x-1"); outcome("status", lambda: type(st).__name__)
outcome("consumed", lambda: type(st.assert_consumed()).__name__)
outcome("latest", lambda: tf.train.latest_checkpoint("ck").split("/")[-1])
evs = tfe.EagerVariableStore()
with evs.as_default():
    outcome("evs", lambda: [tf.layers.dense(tf.ones([1, 2]), 2, name="d").shape, tf.get_variable("z", [1], initializer=tf.ones_initializer())])
print([v.name for v in evs.variables()], [v.name for v in evs.trainable_variables()])
outcome("impl", lambda: [type(q).__name__ for q in tfe.implicit_gradients(lambda: n(tf.ones([1, 2])))()][:1])
tmpl = tf.make_template("tm", lambda x: tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer()))
outcome("tmpl", lambda: [tmpl(tf.ones([1, 2])), tmpl(tf.ones([1, 2])), len(tmpl.variables), tmpl.name, tmpl.variables[0].name, tmpl.trainable_variables[1].name])
outcome("tmpl2", lambda: tf.make_template("tm", lambda: tf.get_variable("v", [1]))().name)
outcome("tmpl create", lambda: tf.make_template("te", lambda: tf.get_variable("v", [1], initializer=tf.zeros_initializer()), create_scope_now_=True)().name)
outcome("num_gpus", lambda: (tfe.num_gpus(), tfe.list_devices() and len(tfe.list_devices()), tfe.in_eager_mode(), tf.executing_eagerly()))
outcome("async", lambda: (tfe.SYNC, tfe.DEVICE_PLACEMENT_SILENT, tfe.run_all_tests_in_graph_and_eager_modes if hasattr(tfe, "run_all_tests_in_graph_and_eager_modes") else 0))
