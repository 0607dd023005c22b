# tf: 1.8
# Lookup tables of values, files and buckets, and tables that operations write.
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

ss = tf.Session(); L = tf.contrib.lookup
open("v.txt", "w").write("x\ny\nz\n"); open("w.txt", "w").write("a 1\nb 2\n")
t = L.HashTable(L.KeyValueTensorInitializer(["a", "b"], [1, 2], tf.string, tf.int64), -1)
print(t.init.name, t.init.type)
f = L.index_table_from_file("v.txt", num_oov_buckets=2); g = L.index_to_string_table_from_file("v.txt", default_value="?"); k = L.index_table_from_file("v.txt", vocab_size=2, default_value=-5); st = L.index_table_from_tensor(["m", "n"], num_oov_buckets=5, hasher_spec=L.StrongHashSpec([1, 2])); ib = L.IdTableWithHashBuckets(L.HashTable(L.TextFileIdTableInitializer("v.txt"), -1), 3)
w = L.HashTable(L.TextFileInitializer("w.txt", tf.string, 0, tf.int64, 1, delimiter=" "), 0); wf = L.HashTable(L.TextFileInitializer("w.txt", tf.int64, 1, tf.float32, 1, delimiter=" "), .5)
ss.run(tf.tables_initializer())
print(ss.run([f.lookup(tf.constant(["z", "n", "x", "p"])), f.size(), g.lookup(tf.constant([0, 2, 5], tf.int64)), k.lookup(tf.constant(["y", "z"])), st.lookup(tf.constant(["n", "o", "p", "q"])), ib.lookup(tf.constant(["y", "o", "p"])), ib.size(), w.lookup(tf.constant(["b", "c"])), wf.lookup(tf.constant([2, 7], tf.int64))]))
attempt("missing", lambda: ss.run(L.index_table_from_file("none.txt").init)); attempt("big", lambda: ss.run(L.index_table_from_file("v.txt", vocab_size=7).init)); attempt("column", lambda: ss.run(L.HashTable(L.TextFileInitializer("w.txt", tf.string, 0, tf.int64, 4, delimiter=" "), 0).init)); attempt("dup", lambda: ss.run(L.HashTable(L.KeyValueTensorInitializer(["a", "a"], [1, 2], tf.string, tf.int64), -1).init)); attempt("again", lambda: ss.run(t.init))
attempt("no name", lambda: L.index_table_from_file("")); attempt("neg", lambda: L.index_table_from_file("v.txt", -1)); attempt("vs", lambda: L.index_table_from_file("v.txt", vocab_size=0)); attempt("float", lambda: L.index_table_from_tensor([1.5], dtype=tf.float32)); attempt("kd", lambda: L.TextFileInitializer("v.txt", tf.string, -1, tf.int64, -1)); attempt("vd", lambda: L.TextFileInitializer("v.txt", tf.string, -2, tf.int64, -2)); attempt("none", lambda: L.index_table_from_tensor(None)); attempt("strong", lambda: L.StrongHashSpec([1])); attempt("lookup dtype", lambda: t.lookup(tf.constant([1])))
mt = L.MutableHashTable(tf.string, tf.int64, -1); print(ss.run(mt.insert(tf.constant(["q", "r"]), tf.constant([5, 6], tf.int64)))); print(ss.run([mt.size(), mt.lookup(tf.constant(["r", "s"]))]), [sorted(a.tolist()) for a in ss.run(list(mt.export()))], [sh(x) for x in mt.export()]); ss.run(mt.insert(tf.constant("q"), tf.constant(9, tf.int64))); print(ss.run(mt.lookup(tf.constant("q"))), tf.Session().run(mt.size()))
md = L.MutableDenseHashTable(tf.int64, tf.int64, -1, 0); ss.run(md.insert(tf.constant([1, 2], tf.int64), tf.constant([10, 20], tf.int64))); print(ss.run([md.lookup(tf.constant([2, 3], tf.int64)), md.size()])); attempt("empty", lambda: ss.run(md.insert(tf.constant([0], tf.int64), tf.constant([1], tf.int64)))); print(md.key_dtype, md.value_dtype)
