"""Ctrl-C, fork and threads: how soon a run ends, and that values stay what they were."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

# ---- Ctrl-C ----

LONG = {
    "matmul": "x = tf.ones([1500, 1500])\nwhile True: y = tf.matmul(x, x)",
    "one long matmul": "x = tf.ones([6000, 6000])\nready()\ny = tf.matmul(x, x); y = tf.matmul(x, x); y = tf.matmul(x, x)",
    "convolution": "x = tf.ones([64, 64, 64, 16]); w = tf.ones([5, 5, 16, 32])\nready()\nwhile True: y = tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME')",
    "random": "ready()\nwhile True: y = tf.random.normal([20000000])",
    "gradient": "x = tf.Variable(tf.ones([1500, 1500]))\nready()\nwhile True:\n    with tf.GradientTape() as tape: y = tf.matmul(x, tf.matmul(x, x))\n    g = tape.gradient(y, x)",
    "loop": "x = tf.constant(1.0)\nready()\nwhile True: x = x + 1.0",
    "dataset": "ready()\nfor x in tf.data.Dataset.range(10).repeat().map(lambda v: v + 1).batch(2): pass",
}


@pytest.mark.parametrize("name", LONG)
def test_control_c(tmp_path, name):
    body = LONG[name].replace("while True: y = tf.matmul", "ready()\nwhile True: y = tf.matmul") if "ready()" not in LONG[name] else LONG[name]
    program = tmp_path / "long.py"
    program.write_text(textwrap.dedent("""
        import signal, sys, time
        import sokuji as tf
        v = tf.Variable([1.0])
        def ready(): print("ready", flush=True)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
        %s
        except KeyboardInterrupt:
            took = time.monotonic()
            assert v.numpy()[0] == 1.0 and (tf.ones([600, 600]) @ tf.ones([600, 600])).numpy()[0, 0] == 600
            print("stopped", took, flush=True)
    """) % textwrap.indent(body, "    ").lstrip("\n"), encoding="utf-8")  # fmt: skip
    process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        time.sleep(0.3)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert out.startswith("stopped"), errors
    # 100 ms is the aim on a machine of its own; a loaded one gets more.
    assert float(out.split()[1]) - sent < (0.1 if os.environ.get("SOKUJI_QUIET_MACHINE") else 1.0)


def test_a_handler_that_does_not_raise_changes_nothing(tf2):
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals need the main thread")
    seen = []
    old = signal.signal(signal.SIGINT, lambda *arguments: seen.append(1))
    try:
        x = tf2.ones([1200, 1200])
        threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)).start()
        deadline = time.monotonic() + 20
        while not seen and time.monotonic() < deadline:
            assert tf2.matmul(x, x).numpy()[0, 0] == 1200
        assert seen
    finally:
        signal.signal(signal.SIGINT, old)
    assert tf2.matmul(x, x).numpy()[5, 5] == 1200


# ---- fork, threads ----


def test_fork(tf2):
    x = tf2.ones([300, 300])
    want = tf2.matmul(x, x).numpy()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if np.array_equal(tf2.matmul(x, x).numpy(), want) and float(tf2.reduce_sum(x)) == 90000 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert np.array_equal(tf2.matmul(x, x).numpy(), want)


def test_threads_have_tapes_of_their_own(tf2):
    v, failures = tf2.Variable([2.0]), []

    def work(k):
        try:
            for i in range(200):
                x = tf2.constant([float(k)])
                with tf2.GradientTape() as tape:
                    tape.watch(x)
                    y = x * x * v
                gx, gv = tape.gradient(y, [x, v])
                assert gx.numpy()[0] == 4.0 * k and gv.numpy()[0] == k * k
                if i % 50 == 0:
                    big = tf2.ones([300, 300])
                    assert tf2.matmul(big, big).numpy()[0, 0] == 300
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 9)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_reading_while_assigning(tf2):
    """Each read sees a whole old or a whole new value."""
    v, stop, failures = tf2.Variable(np.zeros(1000, np.float32)), threading.Event(), []

    def write():
        k = 0
        while not stop.is_set():
            k += 1
            v.assign(np.full(1000, k % 7, np.float32))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(2000):
            value = v.numpy()
            if value.min() != value.max():
                failures.append(value)
    finally:
        stop.set()
        thread.join()
    assert not failures
