"""tf.cond and tf.while_loop in a GraphDef. FOLDER write|read."""
import sys, numpy as np, tensorflow as tf
folder, mode = sys.argv[1:3]
if mode == "write":
    p = tf.placeholder(tf.bool, [], name="p"); x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.get_variable("w", initializer=[1.0, 2.0]); r = tf.get_variable("r", initializer=3.0, use_resource=True)
    y = tf.cond(p, lambda: x * w + r, lambda: x - 1.0)
    tf.identity(y, name="y")
    i, a = tf.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, a * 2.0 + tf.reduce_sum(x)), [tf.constant(0), tf.constant(1.0)])
    tf.identity(a, name="z"); tf.identity(i, name="i")
    init = tf.global_variables_initializer()
    gd = tf.get_default_graph().as_graph_def()
    open(folder + "/c.pb", "wb").write(gd.SerializeToString())
    print([f.signature.name for f in gd.library.function])
else:
    gd = tf.GraphDef.FromString(open(folder + "/c.pb", "rb").read())
    tf.import_graph_def(gd, name="")
    with tf.Session() as sess:
        sess.run("init")
        for p in (True, False): print(sess.run(["y:0", "z:0", "i:0"], {"p:0": p, "x:0": [1.0, 2.0]}))
