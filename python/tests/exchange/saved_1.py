"""SavedModels of 1.x. FOLDER write|read."""
import os
import sys
import numpy as np
import tensorflow as tf
folder, mode = sys.argv[1:3]
if mode == "write":
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", initializer=tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2)))
    r = tf.get_variable("r", initializer=tf.constant([1.0, -1.0]), use_resource=True)
    y = tf.nn.sigmoid(tf.matmul(x, w) + r, name="y")
    local = tf.Variable(3.0, collections=["local_variables"], name="local")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer()); sess.run(w.assign(w * 0.1))
        tf.saved_model.simple_save(sess, folder + "/a", {"x": x}, {"y": y}, legacy_init_op=tf.group(local.initializer))
        b = tf.saved_model.builder.SavedModelBuilder(folder + "/b")
        sig = tf.saved_model.signature_def_utils.build_signature_def({"x": tf.saved_model.utils.build_tensor_info(x)}, {"y": tf.saved_model.utils.build_tensor_info(y)}, "m")
        b.add_meta_graph_and_variables(sess, ["train"], {"s": sig})
        b.add_meta_graph(["serve", "gpu"])
        b.save(as_text=True)
else:
    for name, tags in (("a", ["serve"]), ("b", ["train"])):
        if not os.path.exists(folder + "/" + name):
            continue
        with tf.Graph().as_default(), tf.Session() as sess:
            m = tf.saved_model.loader.load(sess, tags, folder + "/" + name)
            s = list(m.signature_def.values())[0]
            print(sorted(m.signature_def), s.method_name, np.round(sess.run(s.outputs["y"].name, {s.inputs["x"].name: [[1., 2., 3.]]}), 5).tolist(), [v.name for v in tf.global_variables()])
            if name == "a": print(sess.run(tf.local_variables()[0]))
    with tf.Session() as sess:
        try: tf.saved_model.loader.load(sess, ["nope"], folder + "/a")
        except Exception as e: print(type(e).__name__)
    try: tf.saved_model.loader.load(tf.Session(), ["serve"], folder + "/zzz")
    except Exception as e: print(type(e).__name__)
