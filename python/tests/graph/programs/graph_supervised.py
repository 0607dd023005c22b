"""Supervisor, coordinator, scaffold and hooks around sessions."""
import os
import tensorflow as tf


def attempt(label, action):
    try:
        print(label, "->", action())
    except Exception as e:
        print(label, "->", type(e).__name__)


with tf.Graph().as_default():
    w = tf.Variable(1.0, name="w")
    step = tf.train.get_or_create_global_step()
    train = tf.group(w.assign(w * 2.0), tf.assign_add(step, 1))
    tf.summary.scalar("w", w)
    sv = tf.train.Supervisor(logdir="sv", save_summaries_secs=0, save_model_secs=0)
    with sv.managed_session() as sess:
        for _ in range(3):
            if sv.should_stop():
                break
            sess.run(train)
        sv.saver.save(sess, sv.save_path, global_step=sv.global_step)
        print(sess.run([w, step]))
    print(sorted(f for f in os.listdir("sv") if f.endswith("index")), tf.get_default_graph().finalized)
with tf.Graph().as_default():
    w = tf.Variable(1.0, name="w")
    step = tf.train.get_or_create_global_step()
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(checkpoint_dir="sv")) as sess:
        print(sess.run([w, step]))
        attempt("finalized", lambda: tf.constant(1))
    attempt("closed", lambda: sess.run(w))
    final = tf.train.FinalOpsHook(w * 3.0)
    feed = tf.placeholder_with_default(0.0, [])
    with tf.train.MonitoredSession(hooks=[final, tf.train.FeedFnHook(lambda: {feed: 5.0})]) as sess:
        print(sess.run(feed + 1.0) if False else sess.run(feed))
    print(final.final_ops_values)
with tf.Graph().as_default():
    v = tf.Variable(2.0)
    ready = tf.train.Scaffold(init_fn=lambda scaffold, sess: print("init_fn", sess.run(v)))
    with tf.train.SingularMonitoredSession(scaffold=ready) as sess:
        print(sess.run(v), type(sess.raw_session()).__name__)
    u = tf.Variable(1.0, collections=["mine"])
    attempt("a hook without a step", lambda: tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(last_step=2)]))
attempt("both", lambda: tf.train.StopAtStepHook(1, 2))
attempt("neither", lambda: tf.train.LoggingTensorHook(["a"]))
timer = tf.train.SecondOrStepTimer(every_steps=3)
print([timer.should_trigger_for_step(0), timer.update_last_triggered_step(0), timer.should_trigger_for_step(2), timer.should_trigger_for_step(3)])
coord = tf.train.Coordinator()
seen = []
thread = tf.train.LooperThread.loop(coord, None, target=lambda: (seen.append(1), coord.request_stop()))
coord.join([thread])
print(seen, coord.should_stop(), coord.joined)
bad = tf.train.Coordinator()
with bad.stop_on_exception():
    raise ValueError("x")
attempt("raised", lambda: bad.join([]))
done = tf.train.Coordinator()
with done.stop_on_exception():
    raise tf.errors.OutOfRangeError(None, None, "end")
attempt("at the end", lambda: done.join([]))
