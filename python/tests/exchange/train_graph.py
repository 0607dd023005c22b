"""A training graph: written with a Saver, read back by import_meta_graph and trained on. FOLDER write|read."""
import sys, os
import numpy as np
import tensorflow as tf
folder = sys.argv[1]; mode = sys.argv[2]
if mode == "write":
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.variable_scope("net"):
        w = tf.get_variable("w", initializer=tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2)))
        b = tf.get_variable("b", initializer=tf.constant([0.5, -0.5]), use_resource=True)
        h = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), b))
        h2 = tf.concat([h, h * 2.0], 1)
        s = tf.nn.softmax(h2)
        parts = tf.split(s, 2, axis=1)
    y = tf.reduce_mean(parts[0] - parts[1], axis=1, name="y")
    z = tf.reduce_sum(tf.transpose(tf.reshape(h2, [-1, 2, 2])), name="z")
    a = tf.argmax(s, 1, name="a")
    st = tf.string_join(["a", "b"], name="st")
    img = tf.placeholder(tf.float32, [None, 8, 8, 1], name="img")
    k = tf.constant(np.linspace(-1, 1, 18).reshape(3, 3, 1, 2).astype(np.float32))
    c = tf.nn.max_pool(tf.nn.conv2d(img, k, [1, 1, 1, 1], "SAME"), [1, 2, 2, 1], [1, 2, 2, 1], "VALID", name="c")
    g = tf.identity(tf.gather(w, [0, 2])[:, ::-1], name="g")
    up = tf.group(w.assign_add(tf.ones([3, 2])), b.assign(b * 2.0), name="up")
    loss = tf.reduce_sum(tf.square(tf.matmul(tf.ones([4, 3]), w) + b), name="loss")
    train = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss, name="train")
    adam = tf.train.AdamOptimizer(0.01).minimize(loss, name="adam")
    tf.add_to_collection("y", y)
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(init)
        saver.save(sess, folder + "/m")
        import json
        feeds = {x: np.linspace(-1, 1, 12).reshape(4, 3), img: np.linspace(0, 1, 128).reshape(2, 8, 8, 1)}
        def look(): return [np.asarray(v).tolist() for v in sess.run([y, z, a, c, g, w, b], feeds)]
        out = [look()]
        sess.run(up); out.append(look())
        sess.run(train); sess.run(train); out.append(look())
        sess.run(adam); sess.run(adam); out.append(look())
        json.dump(out, open(folder + "/out.json", "w"))
else:
    import json
    want = json.load(open(folder + "/out.json"))
    saver = tf.train.import_meta_graph(folder + "/m.meta")
    with tf.Session() as sess:
        saver.restore(sess, folder + "/m")
        feeds = {"x:0": np.linspace(-1, 1, 12).reshape(4, 3), "img:0": np.linspace(0, 1, 128).reshape(2, 8, 8, 1)}
        names = ["y:0", "z:0", "a:0", "c:0", "g:0", "net/w:0", "net/b/Read/ReadVariableOp:0"]
        def look(): return [np.asarray(v).tolist() for v in sess.run(names, feeds)]
        def same(i):
            for n, p, q in zip(names, look(), want[i]):
                ok = np.allclose(p, q, 1e-4, 1e-5); print(i, n, "ok" if ok else (p, q))
        same(0); sess.run("up"); same(1)
        sess.run("train"); sess.run("train"); same(2)
        sess.run("adam"); sess.run("adam"); same(3)
        print(sess.run("st:0"), tf.get_collection("y"), [v.name for v in tf.global_variables()])
