# tf: 1.8
# GraphDefs and meta graphs written, frozen and imported.
import collections, os
import numpy as np
import tensorflow as tf
def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__)
    else:
        print(label, "->", result)
def sh(t): return t.shape.as_list() if t.shape.ndims is not None else None
from google.protobuf import text_format
g = tf.Graph()
with g.as_default():
    x = tf.placeholder(tf.float32, [None, 2], name="x"); v = tf.Variable([[1.0], [2.0]], name="v"); s = tf.get_variable("s", [], initializer=tf.constant_initializer(3.0))
    y = tf.add(tf.matmul(x, v), s, name="y"); z = tf.nn.relu(y, name="z")
    tf.add_to_collection("outs", z); tf.add_to_collection("num", 3); tf.add_to_collection("outs", y.op)
    init = tf.global_variables_initializer()
d = g.as_graph_def()
print([(n.name, n.op) for n in d.node])
print(d.versions.producer, len(d.library.function))
print(d.node[0].attr["shape"].shape.dim[0].size, d.node[0].attr["dtype"].type == tf.float32.as_datatype_enum, sorted(d.node[-2].attr))
txt = text_format.MessageToString(d.node[0])
print(txt)
d2 = tf.GraphDef()
text_format.Merge(text_format.MessageToString(d), d2)
print(d2 == d)
with tf.Session(graph=g) as ss:
    ss.run(init); print(ss.run(z, {x: [[1., 1.]]}))
    fr = tf.graph_util.convert_variables_to_constants(ss, d, ["z"]); print([(n.name, n.op) for n in fr.node])
    attempt("fr missing", lambda: tf.graph_util.convert_variables_to_constants(ss, d, ["nope"]))
    fr2 = tf.graph_util.convert_variables_to_constants(ss, d, ["z"], variable_names_blacklist=["s"]); print([(n.name, n.op) for n in fr2.node])
print([n.name for n in tf.graph_util.extract_sub_graph(d, ["y"]).node], [n.name for n in tf.graph_util.remove_training_nodes(fr).node])
print(tf.graph_util.must_run_on_cpu(d.node[0]), tf.graph_util.tensor_shape_from_node_def_name(g, "y"))
tf.train.write_graph(fr, "gd", "f.pb", as_text=False)
tf.train.write_graph(fr, "gd", "f.pbtxt")
print(sorted(os.listdir("gd")), open("gd/f.pbtxt").read()[:40])
with tf.Graph().as_default() as h, tf.Session() as ss:
    r = tf.GraphDef(); r.ParseFromString(open("gd/f.pb", "rb").read())
    a, b = tf.import_graph_def(r, return_elements=["x:0", "z"]); print(a.name, b.name, type(b).__name__, sh(a), sh(b.outputs[0]))
    mine = tf.constant([[5.0, 5.0]])
    c, = tf.import_graph_def(r, input_map={"x:0": mine}, return_elements=["z:0"], name="imp"); print(c.name, ss.run(c), [o.name for o in h.get_operations() if o.name.startswith("imp")])
    e, = tf.import_graph_def(r, {"x": mine}, ["y:0"], name=""); print(e.name, sh(e))
    attempt("again no name", lambda: tf.import_graph_def(r, {"x": mine}, ["y:0"], name="")[0].name)
    attempt("bad map", lambda: tf.import_graph_def(r, {"nope:0": mine}))
    attempt("bad ret", lambda: tf.import_graph_def(r, return_elements=["nope:0"]))
    attempt("bad ret op", lambda: tf.import_graph_def(r, return_elements=["nope"]))
    attempt("not def", lambda: tf.import_graph_def("abc"))
    attempt("map dtype", lambda: tf.import_graph_def(r, {"x:0": tf.constant([[1, 2]])}))
    attempt("map shape", lambda: tf.import_graph_def(r, {"x:0": tf.constant([[1., 2., 3.]])}))
    attempt("ret none", lambda: tf.import_graph_def(r, name="q"))
    with tf.name_scope("outer"): print(tf.import_graph_def(r, return_elements=["z"], name="in")[0].name)
    print(tf.import_graph_def(r, return_elements=["z"])[0].name)
    attempt("map not tensor", lambda: ss.run(tf.import_graph_def(r, {"x:0": np.float32([[1, 1]])}, ["z:0"])[0]))
    attempt("collections", lambda: h.get_all_collection_keys())
    bad = tf.GraphDef(); n = bad.node.add(); n.op = "NoSuchOp"; n.name = "n"
    attempt("unknown op", lambda: tf.import_graph_def(bad))
    bad = tf.GraphDef(); n = bad.node.add(); n.op = "Identity"; n.name = "n"; n.input.append("missing"); n.attr["T"].type = 1
    attempt("missing input", lambda: tf.import_graph_def(bad))
    ok = tf.GraphDef(); n = ok.node.add(); n.op = "Const"; n.name = "k"; n.attr["dtype"].type = 1; n.attr["value"].tensor.CopyFrom(tf.make_tensor_proto([1., 2.]))
    n = ok.node.add(); n.op = "Neg"; n.name = "neg"; n.input.append("k"); n.attr["T"].type = 1; n.device = "/cpu:0"
    m, = tf.import_graph_def(ok, return_elements=["neg:0"], name="hand"); print(ss.run(m), m.device, m.op.node_def.op, m.op.inputs[0].name)
with tf.Graph().as_default():
    md = tf.train.export_meta_graph(graph=g, clear_devices=True); print(type(md).__name__, sorted(md.collection_def), md.meta_info_def.tensorflow_version, list(md.collection_def["num"].int64_list.value) , list(md.collection_def["outs"].node_list.value))
print(tf.make_tensor_proto([1, 2]).int_val, tf.make_tensor_proto([1., 2.], shape=[2]).tensor_content, tf.make_ndarray(tf.make_tensor_proto([[1, 2]], tf.int64)), tf.contrib.util.constant_value(tf.constant([1, 2])))
attempt("constant_value", lambda: tf.contrib.util.constant_value(tf.placeholder(tf.int32)))
