# tf: 2.21
# tf.nest, tf.sets, type specs, shapes, lookup tables of vectors, devices, strategies, variable creators.
import numpy as np
import tensorflow as tf


def attempt(label, fn):
    try:
        v = fn()
        if isinstance(v, tf.Tensor):
            v = v.numpy()
        if isinstance(v, np.ndarray):
            v = (str(v.dtype), (np.round(v, 5) + 0.0).tolist()) if v.dtype.kind == "f" else (str(v.dtype), v.tolist())
        print(label, v)
    except Exception as e:
        print(label, "raises", type(e).__name__)
d = tf.debugging
attempt("check ok", lambda: d.check_numerics([1.0], "m"))
attempt("is_num", lambda: d.is_numeric_tensor(tf.constant(1)))



attempt("dcn", lambda: tf.math.log(tf.constant(-1.0)))
attempt("traceback", lambda: d.is_traceback_filtering_enabled())
n = tf.nest
attempt("flat", lambda: n.flatten({"b": [1, (2, 3)], "a": None}))
attempt("map", lambda: n.map_structure(lambda x, y: x + y, {"a": 1, "b": (2,)}, {"a": 3, "b": (4,)}))
attempt("pack", lambda: n.pack_sequence_as([1, {"x": 2}], [3, 4]))
attempt("same", lambda: n.assert_same_structure([1, 2], (1, 2)))
attempt("same2", lambda: n.assert_same_structure([1, 2], (1, 2), check_types=False))
attempt("nested", lambda: (n.is_nested([1]), n.is_nested("a")))
attempt("pack bad", lambda: n.pack_sequence_as([1, 2], [1]))
s = tf.sets
attempt("union", lambda: tf.sparse.to_dense(s.union([[1, 2]], [[2, 3]])))
attempt("inter", lambda: tf.sparse.to_dense(s.intersection([[1, 2]], [[2, 3]])))
attempt("diff", lambda: tf.sparse.to_dense(s.difference([[1, 2]], [[2, 3]], aminusb=False)))
attempt("size", lambda: s.size(tf.sparse.from_dense([[1, 2], [3, 0]])))
T = tf.TensorSpec
attempt("ts", lambda: repr(T([None, 2], tf.float32, "x")))
attempt("ts compat", lambda: (T([None, 2]).is_compatible_with(T([3, 2])), T([2]).is_compatible_with(tf.ones([2])), T([2]).is_compatible_with(tf.ones([3]))))
attempt("ts from", lambda: (T.from_tensor(tf.ones([2])), T.from_spec(T([1]), "q")))
attempt("ts eq", lambda: (T([1]) == T([1]), hash(T([1])) == hash(T([1])), T([2]).most_specific_compatible_type(T([3]))))
attempt("ts sub", lambda: (T([2]).is_subtype_of(T([None])), T([2]).most_specific_common_supertype([T([3])])))
attempt("rts", lambda: repr(tf.RaggedTensorSpec([None, None], tf.int32)))
attempt("sts", lambda: repr(tf.SparseTensorSpec([None, 3], tf.int32)))
attempt("iss", lambda: repr(tf.IndexedSlicesSpec([3, 2], tf.float32)))
attempt("tas", lambda: repr(tf.TensorArraySpec([2], tf.float32, True)))
attempt("os", lambda: repr(tf.OptionalSpec(T([], tf.int32))))
attempt("tsfv", lambda: tf.type_spec_from_value(tf.ragged.constant([[1]])))
attempt("tsfv2", lambda: tf.type_spec_from_value([1, 2]))
attempt("ts bad", lambda: T([2], "foo"))
attempt("shape", lambda: (tf.TensorShape([1, None]).merge_with([None, 3]), tf.TensorShape(None).rank, tf.TensorShape([2, 3]).num_elements(), tf.TensorShape([2]).concatenate([None])))
attempt("shape bad", lambda: tf.TensorShape([1]).merge_with([2]))
attempt("shape is", lambda: (tf.TensorShape([1, None]).is_fully_defined(), tf.TensorShape([1]) + [2], tf.TensorShape([1, 2])[1:], tf.TensorShape([3]).is_compatible_with([None])))
attempt("shape as", lambda: tf.TensorShape([None]).assert_is_fully_defined())
attempt("dtype eq", lambda: (tf.float32 == "float32", tf.float32 == np.float32, tf.as_dtype(float), tf.as_dtype(np.int64), tf.dtypes.complex(1.0, 2.0).dtype))
attempt("sat", lambda: tf.dtypes.saturate_cast([300.0, -5.0], tf.uint8))
attempt("resource", lambda: (tf.resource, tf.variant, tf.half is tf.float16))
L = tf.lookup
t = L.StaticHashTable(L.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
attempt("table bad", lambda: t.lookup(tf.constant([1])))
attempt("table dup", lambda: L.StaticHashTable(L.KeyValueTensorInitializer(["a", "a"], [1, 2]), -1))
v = L.StaticVocabularyTable(L.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64)), 3)
attempt("vocab", lambda: (v.lookup(tf.constant(["a", "zz", "q"])).numpy().tolist(), int(v.size())))
m = L.experimental.MutableHashTable(tf.string, tf.int64, -1)
attempt("mut", lambda: (m.insert(tf.constant(["x"]), tf.constant([5], tf.int64)), m.lookup(tf.constant(["x", "y"])).numpy().tolist(), m.remove(tf.constant(["x"])), int(m.size()))[1:])
dh = L.experimental.DenseHashTable(tf.int64, tf.float32, [0.0, 0.0], empty_key=-1, deleted_key=-2)
attempt("dense", lambda: (dh.insert([1], [[2.0, 3.0]]), dh.lookup([1, 2]).numpy().tolist(), int(dh.size()))[1:])
attempt("ragged lookup", lambda: t.lookup(tf.ragged.constant([["a"], ["b", "q"]])).to_list())
attempt("sparse lookup", lambda: tf.sparse.to_dense(t.lookup(tf.sparse.from_dense([["a", ""]]))))
c = tf.config
attempt("config", lambda: (c.list_physical_devices("GPU"), c.list_physical_devices("CPU"), c.list_logical_devices("CPU"), c.get_visible_devices("CPU")))
attempt("config2", lambda: (c.functions_run_eagerly(), c.get_soft_device_placement(), c.optimizer.get_jit(), c.optimizer.get_experimental_options()))
attempt("config3", lambda: (c.experimental.tensor_float_32_execution_enabled(), c.experimental.get_synchronous_execution(), c.threading.get_inter_op_parallelism_threads()))
attempt("config5", lambda: c.experimental.get_device_details(c.list_physical_devices("CPU")[0]))
attempt("device", lambda: tf.constant(1).device)
with tf.device("/CPU:0"):
    attempt("device2", lambda: tf.constant(1).device)
attempt("devspec", lambda: (tf.DeviceSpec(job="w", task=1, device_type="CPU", device_index=0).to_string(), tf.DeviceSpec.from_string("/job:a/device:GPU:3").device_index))
st = tf.distribute.get_strategy()
ms = tf.distribute.MirroredStrategy(["CPU:0"])
attempt("mirror", lambda: (ms.num_replicas_in_sync, ms.run(lambda x: x + 1, args=(tf.constant(2),)).numpy(), ms.reduce("sum", tf.constant([1, 2]), axis=0).numpy()))
with ms.scope():
    vv = tf.Variable(1.0, aggregation=tf.VariableAggregation.MEAN)
od = tf.distribute.OneDeviceStrategy("/cpu:0")
attempt("one", lambda: (od.extended.worker_devices, [x.numpy().tolist() for x in od.experimental_distribute_dataset(tf.data.Dataset.range(4).batch(2))]))
attempt("vers", lambda: (tf.version.VERSION, tf.__version__ == tf.version.VERSION, tf.version.COMPILER_VERSION[:0], tf.version.GRAPH_DEF_VERSION > 0))
attempt("exec", lambda: (tf.executing_eagerly(), tf.inside_function(), tf.is_tensor(tf.ones(1)), tf.init_scope().__class__.__name__))
attempt("py_function", lambda: tf.py_function(lambda a: a * 2, [3.0], tf.float32))
attempt("numpy_function", lambda: tf.numpy_function(lambda a: a * 2, [np.float32(3.0)], tf.float32))
attempt("timestamp", lambda: tf.timestamp().dtype)
attempt("guarantee", lambda: tf.guarantee_const(1))
attempt("stop", lambda: tf.stop_gradient(2.0))
attempt("grad pass", lambda: tf.grad_pass_through(tf.round)(2.3))
attempt("recompute", lambda: tf.recompute_grad(lambda x: x * x)(3.0))

attempt("fold", lambda: tf.random.fold_in([1, 2], 3))
attempt("split", lambda: tf.random.split([1, 2], 2))
attempt("coord", lambda: tf.train.Coordinator().should_stop())
attempt("ta", lambda: (lambda ta: ta.write(0, 1.0).write(1, 2.0).stack())(tf.TensorArray(tf.float32, 2)))
attempt("strings", lambda: [tf.strings.format("{} x", [tf.constant([1, 2])]).numpy(), tf.strings.unicode_script([65]).numpy().tolist(), tf.strings.ngrams(["a", "b", "c"], 2).numpy().tolist(), tf.strings.reduce_join([["a", "b"]], 1, separator="-").numpy().tolist()])
