# tf: 2.21
# Variables, modules and scatters, eager and in functions: what they accept, print and refuse.
import numpy as np
import tensorflow as tf
from support.show_2 import S

v = tf.Variable([1., 2., 3.], name="vv")
S("assign", lambda: (v.assign([4, 5, 6]), v.assign_add([1., 1., 1.]), v.assign_sub(tf.ones([3]))))
S("assign bad shape", lambda: v.assign([1., 2.]))
S("assign bad dtype", lambda: v.assign(["a", "b", "c"]))
S("assign int dtype", lambda: v.assign(tf.constant([1, 2, 3])))
S("assign read_value False", lambda: v.assign([1., 2., 3.], read_value=False))
u = tf.Variable(tf.zeros([1, 2]), shape=tf.TensorShape([None, 2]))
S("shape None", lambda: (u.shape, u.assign(tf.ones([3, 2])), u.shape))
S("shape bad", lambda: u.assign(tf.ones([3, 3])))
w = tf.Variable([1., 2., 3., 4.])
S("scatter_nd_update", lambda: (w.scatter_nd_update([[1]], [9.]), w.scatter_nd_add([[0], [0]], [1., 2.]), w.scatter_nd_sub([[3]], [1.])))
S("scatter", lambda: (w.scatter_update(tf.IndexedSlices(7., 0)), w.scatter_add(tf.IndexedSlices([1., 1.], [0, 1])), w.scatter_max(tf.IndexedSlices([100.], [2])), w.scatter_min(tf.IndexedSlices([0.], [3])), w.scatter_mul(tf.IndexedSlices([2.], [0])), w.scatter_div(tf.IndexedSlices([2.], [0])), w.scatter_sub(tf.IndexedSlices([2.], [0]))))
S("scatter nd max", lambda: (w.scatter_nd_max([[0]], [50.]), w.scatter_nd_min([[0]], [5.])))
S("batch_scatter", lambda: tf.Variable([[1., 2.], [3., 4.]]).batch_scatter_update(tf.IndexedSlices(tf.constant([[9.], [8.]]), tf.constant([[0], [1]]))))
S("scatter bad", lambda: w.scatter_update(tf.IndexedSlices([7.], [10])))
S("scatter type", lambda: w.scatter_update([7.]))
S("gather_nd", lambda: (w.gather_nd([[1]]), w.sparse_read([0, 1])))
S("slices", lambda: (w[1:3], w[0], w[::-1], w[..., None]))
S("slice assign", lambda: (w[1:3].assign([0., 0.]), w[0].assign(5.) if 0 else None))
S("setitem", lambda: w.__setitem__(0, 1.))
S("ops", lambda: (v + 1, 2 * v, v @ tf.ones([3, 1]) if 0 else None, -v, v ** 2, v > 1, v == v, abs(v), v // 2, v % 2))
S("iadd", lambda: iadd())
def iadd():
    z = tf.Variable(1.0); z += 1; return type(z).__name__ , z
S("hash", lambda: hash(v))
S("in list", lambda: v in [v])
S("eq", lambda: [tf.Variable(1) == tf.Variable(1), tf.Variable(1) != 2, v is v])
S("bool", lambda: bool(tf.Variable(1)))
S("bool vec", lambda: bool(v))
S("len", lambda: len(v))
S("iter", lambda: [float(x) for x in v])
S("numpy", lambda: (v.numpy(), np.asarray(v), np.sum(v)))
S("ref", lambda: {v.ref(): 1}[v.ref()])
S("value", lambda: (v.value(), v.read_value()))
S("initial_value", lambda: v.initial_value)
S("fn", lambda: tf.Variable(lambda: tf.ones([2])))
S("none", lambda: tf.Variable())
S("deepcopy", lambda: __import__("copy").deepcopy(v))
S("shape arg", lambda: tf.Variable([1., 2.], shape=[3]))
S("dtype arg", lambda: tf.Variable([1, 2], dtype=tf.float16))
S("constraint", lambda: tf.Variable(-1.0, constraint=tf.nn.relu).constraint(tf.constant(-1.)))
S("cast", lambda: (tf.cast(v, tf.int32), tf.convert_to_tensor(v, tf.float32)))
S("convert wrong", lambda: tf.convert_to_tensor(v, tf.int32))
S("aggregation", lambda: tf.Variable(1., synchronization=tf.VariableSynchronization.ON_READ, aggregation=tf.VariableAggregation.SUM).trainable)
S("sync bad", lambda: tf.Variable(1., synchronization="x"))
S("cached", lambda: tf.Variable(1., caching_device="cpu").name)
S("is_initialized", lambda: v.is_initialized())
S("uninit", lambda: tf.is_tensor(v))
S("spec", lambda: tf.TensorSpec.from_tensor(tf.constant(1.)))
class L(tf.Module):
    def __init__(self, name=None):
        super().__init__(name)
        with self.name_scope: self.w = tf.Variable(1., name="w")
        self.b = tf.Variable(2., trainable=False, name="b")
    @tf.Module.with_name_scope
    def __call__(self, x):
        self.c = tf.Variable(3., name="c") if not hasattr(self, "c") else self.c
        return x * self.w
class N(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [L(), L("second")]
        self.d = {"z": L(), "a": tf.Variable(0., name="a")}
        self.t = (tf.Variable(9., name="t"),)
        self._private = tf.Variable(8., name="p")
n = N(); n.layers[0](tf.constant(1.))
n = N(); n.layers[0](tf.constant(1.))
S("module", lambda: (n.name, n.name_scope.name, [x.name for x in n.variables], [x.name for x in n.trainable_variables], [x.name for x in n.non_trainable_variables], [m.name for m in n.submodules]))
S("bad name", lambda: tf.Module(name="1 bad"))
S("modname", lambda: [type("CamelCaseNet", (tf.Module,), {})().name, type("HTTPServer2", (tf.Module,), {})().name])
S("no super", lambda: type("X", (tf.Module,), {"__init__": lambda self: None})().variables)
with tf.name_scope("outer"):
    S("scoped", lambda: (tf.Variable(1., name="q").name, tf.Variable(1.).name))
S("var creator", lambda: creator())
def creator():
    seen = []
    def c(next_creator, **kw):
        seen.append(kw.get("name")); return next_creator(**kw)
    with tf.variable_creator_scope(c): tf.Variable(1., name="abc")
    return seen
S("control", lambda: [tf.Variable(1.).op.name if hasattr(tf.Variable(1.), "op") else None])
S("uniq", lambda: [tf.Variable(1., name="same").name, tf.Variable(1., name="same").name])
S("exp", lambda: tf.Variable(1.).experimental_ref() if hasattr(v, "experimental_ref") else "none")
S("save slice", lambda: v._shared_name)
S("string var", lambda: tf.Variable(["a"]).assign(["bcd"]))
S("int overflow", lambda: tf.Variable(2 ** 40))
S("bad device", lambda: v.assign_add("x"))
S("assign var", lambda: tf.Variable(1.).assign(tf.Variable(2.)))
S("tf.add var", lambda: tf.add(v, np.ones(3)))
S("setattr", lambda: setattr(v, "trainable", False))
w = tf.Variable([1., 2., 3., 4.])
F = tf.function
def R(fn):
    w.assign([1., 2., 3., 4.]); r = F(fn)(tf.constant([5.])); return r, w.numpy().tolist()
S("su", lambda: R(lambda x: w.scatter_update(tf.IndexedSlices(x, [1]))))
S("sa", lambda: R(lambda x: w.scatter_add(tf.IndexedSlices(x, [1]))))
S("ss", lambda: R(lambda x: w.scatter_sub(tf.IndexedSlices(x, [1]))))
S("sm", lambda: R(lambda x: w.scatter_max(tf.IndexedSlices(x, [1]))))
S("sn", lambda: R(lambda x: w.scatter_min(tf.IndexedSlices(x, [1]))))
S("smul", lambda: R(lambda x: w.scatter_mul(tf.IndexedSlices(x, [1]))))
S("sdiv", lambda: R(lambda x: w.scatter_div(tf.IndexedSlices(x, [1]))))
S("dup", lambda: R(lambda x: w.scatter_add(tf.IndexedSlices(tf.concat([x, x], 0), [1, 1]))))
S("nd", lambda: R(lambda x: w.scatter_nd_update([[2]], x)))
S("ndm", lambda: R(lambda x: w.scatter_nd_max([[2]], x)))
S("slice", lambda: R(lambda x: w[1:3].assign(x)))
S("batch", lambda: R(lambda x: tf.Variable([[1., 2.], [3., 4.]]).batch_scatter_update(tf.IndexedSlices(tf.constant([[9.], [8.]]), tf.constant([[0], [1]])))))
S("ref", lambda: R(lambda x: w.assign_add(x)))
S("scalar index", lambda: R(lambda x: w.scatter_update(tf.IndexedSlices(x[0], 2))))
S("2d", lambda: tf.Variable([[1., 2.], [3., 4.]]).scatter_div(tf.IndexedSlices([[2., 4.]], [1])))
S("int div", lambda: tf.Variable([7, -7]).scatter_div(tf.IndexedSlices([2, 2], [0, 1])))
S("idx", lambda: w.scatter_add(tf.IndexedSlices([1.0], [[0]])))
S("idx2", lambda: w.scatter_add(tf.IndexedSlices([[1.0, 2.0]], [[0, 1]])))
S("bad", lambda: R(lambda x: w.scatter_add(tf.IndexedSlices(x, [7]))))
S("conv", lambda: tf.convert_to_tensor(tf.constant(1.), tf.int32))
S("conv2", lambda: tf.convert_to_tensor(w, tf.float64))
S("conv hint", lambda: tf.convert_to_tensor(w, dtype_hint=tf.int32))
S("constant var", lambda: tf.constant(tf.Variable(2.)))
S("add dtypes", lambda: tf.add(w, tf.constant(1)))
S("add py", lambda: w + 1)
S("mul wrong", lambda: w * tf.constant(1, tf.int64))
