"""Savers and meta graphs: scopes, deferred building, text, several savers."""
import os
import tensorflow as tf

with tf.variable_scope("a"):
    x = tf.get_variable("x", initializer=[1.0, 2.0])
with tf.variable_scope("b"):
    y = tf.get_variable("y", initializer=3.0, use_resource=True)
z = tf.add(x, y, name="z")
tf.add_to_collection("found", z)
first, second = tf.train.Saver([x], name="first"), tf.train.Saver({"other": y})
late = tf.train.Saver(defer_build=True)
late.build()
print(first.saver_def.restore_op_name, second.saver_def.filename_tensor_name, late.saver_def.save_tensor_name, first.as_saver_def().max_to_keep)
print([op.type for op in tf.get_default_graph().get_operations() if op.name.startswith("first/")])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(second.save(sess, "m/second"), late.save(sess, "m/late", global_step=7, meta_graph_suffix="other"), sorted(f for f in os.listdir("m") if f.endswith(("meta", "other"))))
    meta = tf.train.export_meta_graph("m/text.meta", as_text=True, collection_list=["found"])
    print(open("m/text.meta").read().startswith("meta_info_def {"), meta.meta_info_def.tensorflow_version, sorted(meta.collection_def))
    print(x.to_proto().variable_name, x.to_proto().initializer_name, y.to_proto().is_resource)
with tf.Graph().as_default() as g, tf.Session() as sess:
    saver = tf.train.import_meta_graph("m/late-7.other", clear_devices=True, import_scope="in")
    saver.restore(sess, "m/late-7")
    print([v.name for v in tf.global_variables()], sess.run("in/z:0").tolist(), [t.name for t in tf.get_collection("found")])
    sess.run(tf.global_variables()[0].assign([5.0, 6.0]))
    print(sess.run("in/z:0").tolist(), saver.save(sess, "m/again"), tf.train.list_variables("m/again"))
with tf.Graph().as_default():
    tf.train.import_meta_graph("m/text.meta")
    print(tf.get_collection("found")[0].op.type, tf.global_variables())
try:
    tf.train.import_meta_graph("m/none.meta")
except Exception as e:
    print(type(e).__name__)
