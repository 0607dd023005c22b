# tf: 2.21
# Row partitions, ragged shapes, profiles and traces.
import glob
import os
import tempfile
import tensorflow as tf

RP, D = tf.experimental.RowPartition, tf.experimental.DynamicRaggedShape
for p in (RP.from_row_lengths([2, 0, 3]), RP.from_row_splits(tf.constant([0, 2, 5])), RP.from_value_rowids([0, 0, 2], 4), RP.from_uniform_row_length(2, 6), RP.from_row_starts([0, 1], 4),
          RP.from_row_limits([1, 4])):
    print(p, p.dtype, p.static_nrows, p.is_uniform(), p.uniform_row_length())
    print([v.numpy().tolist() for v in (p.row_splits(), p.value_rowids(), p.nrows(), p.nvals(), p.row_starts(), p.row_limits(), p.row_lengths(), p.offsets_in_rows())])
s = D.from_lengths([3, (2, 0, 3), 2])
print(s, s.rank, s.num_row_partitions, s.row_partitions, s.inner_shape.numpy(), s.is_uniform(0), s.is_uniform(1), s[0].numpy(), s.static_lengths(), s.inner_rank, s.dtype)
q = D.from_tensor(tf.ragged.constant([[1, 2], [], [3, 4, 5]]))
print(q, q[:1], D.from_lengths([2, 3]), D([], [2, 3]), D.from_tensor(tf.ones([2, 4])).static_lengths(), s == D.from_lengths([3, (2, 0, 3), 2]), D.from_row_partitions([RP.from_row_lengths([1, 2])]))
for wrong in (lambda: s[1], lambda: RP.from_row_splits([1, 2]), lambda: RP.from_uniform_row_length(2), lambda: D.from_row_partitions([])):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
folder = tempfile.mkdtemp()
tf.profiler.experimental.start(folder)
try:
    tf.profiler.experimental.start(folder)
except tf.errors.AlreadyExistsError:
    print("already")
with tf.profiler.experimental.Trace("step", step_num=1):
    tf.matmul(tf.ones([3, 3]), tf.ones([3, 3]))
tf.profiler.experimental.stop()
print(len(glob.glob(os.path.join(folder, "plugins", "profile", "*", "*"))) > 0)
try:
    tf.profiler.experimental.stop()
except tf.errors.UnavailableError:
    print("not running")
writer = tf.summary.create_file_writer(folder)
square = tf.function(lambda x: x * x)
tf.summary.trace_on(graph=True, profiler=False)
print(square(tf.constant(3.0)).numpy())
with writer.as_default():
    tf.summary.trace_export(name="trace", step=0)
writer.flush()
found = [v for f in glob.glob(os.path.join(folder, "*tfevents*")) for e in tf.compat.v1.train.summary_iterator(f) for v in e.summary.value]
print([(v.tag, len(v.tensor.string_val) or len(v.tensor.tensor_content)) for v in found])
try:
    tf.summary.trace_export("again", step=1)
except ValueError as e:
    print("ValueError")
