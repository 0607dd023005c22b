# tf: 1.8
# Queues, producers, readers and batches of graphs.
import os
import tempfile
import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
for n in range(2):
    with open(os.path.join(folder, "lines%d.csv" % n), "w") as f:
        f.write("a,b\n" + "".join("%d,%g\n" % (10 * n + i, i / 2.0) for i in range(3)))
    with open(os.path.join(folder, "bytes%d" % n), "wb") as f:
        f.write(bytes(range(20 * n, 20 * n + 10)))
    with tf.python_io.TFRecordWriter(os.path.join(folder, "records%d" % n)) as w:
        for i in range(2):
            w.write(b"record %d %d" % (n, i))
names = lambda kind: [os.path.join(folder, kind % n) for n in range(2)]
short = lambda v: [os.path.basename(x.decode()) for x in np.ravel(v)]

with tf.Graph().as_default():
    q = tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=[[2], []], name="q")
    put = q.enqueue(([1.0, 2.0], 3))
    many = q.enqueue_many(([[4.0, 5.0], [6.0, 7.0]], [8, 9]))
    get = q.dequeue()
    two = q.dequeue_many(2)
    rest = q.dequeue_up_to(5)
    size, close, closed = q.size(), q.close(), q.is_closed()
    print(q.name, q.dtypes, [s.as_list() for s in q.shapes], put.name, many.name, get[0].name, two[0].shape, rest[1].shape, size.name, close.name)
    with tf.Session() as sess:
        sess.run(put)
        sess.run(many)
        print(sess.run(size), sess.run(get), sess.run(closed))
        print(sess.run(two))
        sess.run(put)
        sess.run(close)
        print(sess.run(rest), sess.run(closed))
        for what in (get, put):
            try:
                sess.run(what)
            except tf.errors.OpError as e:
                print(type(e).__name__, e.message.split("\n")[0].replace("'_0_q'", "q").split(" [[")[0])
    with tf.Session() as sess:
        print(sess.run(size))

with tf.Graph().as_default():
    tf.set_random_seed(3)
    q = tf.RandomShuffleQueue(20, 2, tf.int32, shapes=[()], seed=5)
    fill, one, five, close = q.enqueue_many([tf.range(10)]), q.dequeue(), q.dequeue_many(4), q.close()
    with tf.Session() as sess:
        sess.run(fill)
        print([sess.run(one) for _ in range(3)], sess.run(five))
        sess.run(close)
        print([sess.run(one) for _ in range(3)])

with tf.Graph().as_default():
    q = tf.PaddingFIFOQueue(10, [tf.int32, tf.string], shapes=[[None], []], names=["x", "s"])
    puts = [q.enqueue({"x": list(range(n)), "s": "s%d" % n}) for n in (1, 3, 2)]
    got = q.dequeue_many(3)
    print(got["x"].shape)
    with tf.Session() as sess:
        sess.run(puts[0]), sess.run(puts[1]), sess.run(puts[2])
        found = sess.run(got)
        print(found["x"].tolist(), found["s"])

with tf.Graph().as_default():
    tf.set_random_seed(11)
    files = tf.train.string_input_producer(names("lines%d.csv"), num_epochs=2, shuffle=False)
    reader = tf.TextLineReader(skip_header_lines=1)
    key, line = reader.read(files)
    a, b = tf.decode_csv(line, [[0], [0.0]])
    a2, b2 = tf.train.batch([a, b], 5, allow_smaller_final_batch=True)
    print(a2.shape, a2.name, [op.name for op in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)], len(tf.get_collection(tf.GraphKeys.SUMMARIES)))
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess=sess, coord=coord)
        try:
            while not coord.should_stop():
                print(sess.run([a2, b2]))
        except tf.errors.OutOfRangeError as e:
            print("done", "insufficient elements (requested 5, current size 0)" in e.message)
        finally:
            coord.request_stop()
        coord.join(threads)
        print(sess.run([reader.num_records_produced(), reader.num_work_units_completed()]))

for make in (lambda: tf.WholeFileReader(), lambda: tf.TFRecordReader(), lambda: tf.FixedLengthRecordReader(3, 1, 1), lambda: tf.IdentityReader()):
    with tf.Graph().as_default():
        reader = make()
        queue = tf.train.string_input_producer(names("records%d" if isinstance(reader, tf.TFRecordReader) else "bytes%d"), shuffle=False, num_epochs=1)
        key, value = reader.read(queue)
        some = reader.read_up_to(queue, 2)
        print(type(reader).__name__, key.shape, some[0].shape)
        with tf.Session() as sess:
            sess.run(tf.local_variables_initializer())
            threads = tf.train.start_queue_runners(sess)
            k, v = sess.run([key, value])
            print(short(k), v if not isinstance(reader, tf.IdentityReader) else short(v))
            k, v = sess.run(some)
            print(short(k), list(v) if not isinstance(reader, tf.IdentityReader) else short(v))

with tf.Graph().as_default():
    tf.set_random_seed(2)
    x = np.arange(12, dtype=np.float32).reshape(6, 2)
    row, label = tf.train.slice_input_producer([x, np.arange(6)], num_epochs=2, seed=4)
    rows, labels = tf.train.shuffle_batch([row, label], 4, capacity=8, min_after_dequeue=2, seed=6)
    counted = tf.train.range_input_producer(4, shuffle=False).dequeue()
    print(rows.name, rows.shape, label.shape)
    with tf.train.MonitoredTrainingSession() as sess:
        total, n = 0.0, 0
        while not sess.should_stop():
            r, l = sess.run([rows, labels])
            assert (r[:, 0] == 2 * l).all()
            total, n = total + r.sum(), n + len(l)
            if n == 8:
                print([sess.run(counted) for _ in range(5)])
    print(total, n)

with tf.Graph().as_default():
    q = tf.FIFOQueue(10, tf.float32)
    v = tf.Variable(0.0)
    qr = tf.train.QueueRunner(q, [q.enqueue(v.assign_add(1.0))] * 2)
    got = q.dequeue()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        coord = tf.train.Coordinator()
        threads = qr.create_threads(sess, coord=coord, start=True)
        print(sorted(len(str(sess.run(got))) > 0 for _ in range(20)) == [True] * 20, got.shape)
        coord.request_stop()
        coord.join(threads)
for wrong in (lambda: tf.train.shuffle_batch([tf.constant(1)], 2, 3, 3), lambda: tf.train.batch([], 2), lambda: tf.train.string_input_producer([]),
              lambda: tf.FIFOQueue(2, [tf.float32], shapes=[[], []]), lambda: tf.FIFOQueue(2, [tf.float32], names=["a"]).enqueue(1.0),
              lambda: tf.train.limit_epochs(tf.constant(1), 0), lambda: tf.FIFOQueue(2, [tf.float32], shapes=[[2]]).enqueue([[1.0]]),
              lambda: tf.train.start_queue_runners(), lambda: tf.FIFOQueue(2, [tf.float32]).dequeue_many(2)):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
