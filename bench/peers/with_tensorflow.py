"""The work in TensorFlow: version 1.8 eagerly and as a graph, version 2 eagerly, in tf.function and compiled by XLA. Sokuji runs it too."""

import numpy as np
from measure import cnn_weights, flowers, images, iris_weights, measure_cnn, measure_iris, measure_kernels, measure_pipeline, overhead


def network(tf, x, w):
    for i in (0, 2):
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w[i], strides=[1, 1, 1, 1], padding="VALID"), w[i + 1]))
    x = tf.reshape(x, [-1, 20000])
    x = tf.nn.relu(tf.matmul(tf.nn.relu(tf.matmul(x, w[4]) + w[5]), w[6]) + w[7])
    return tf.nn.softmax(tf.matmul(x, w[8]) + w[9])


def layers(tf):
    """The column's model, built; its variables."""
    k, relu = tf.keras.layers, tf.nn.relu
    parts = [k.Conv2D(20, (5, 5), activation=relu), k.Conv2D(50, (5, 5), activation=relu), k.Flatten(), k.Dense(500, activation=relu),
             k.Dense(500, activation=relu), k.Dense(10, activation=tf.nn.softmax)]  # fmt: skip
    model = tf.keras.models.Sequential(parts)
    model(tf.zeros([1, 28, 28, 1]))
    return model, model.variables


def iris_network(tf, x, w):
    h = tf.nn.relu(tf.matmul(x, w[0]) + w[1])
    h = tf.nn.relu(tf.matmul(h, w[2]) + w[3])
    return tf.matmul(h, w[4]) + w[5]


def loss_of(tf, predicted, y, classes):
    cross_entropy = getattr(tf.nn, "softmax_cross_entropy_with_logits_v2", tf.nn.softmax_cross_entropy_with_logits)
    return tf.reduce_mean(cross_entropy(labels=tf.one_hot(y, classes), logits=predicted))


class Eager:
    """version: 1 or 2. mode: eager, function or xla."""

    def __init__(self, version, mode):
        import tensorflow as tf

        self.tf, self.version = tf, version
        if version == 1:
            import tensorflow.contrib.eager as tfe

            tf.enable_eager_execution()
            self.variable, self.make_adam, self.function = tfe.Variable, tf.train.AdamOptimizer, tfe.defun
        else:
            self.variable, self.make_adam, self.function = tf.Variable, tf.keras.optimizers.Adam, tf.function
        self.is_eager = mode == "eager"
        self.wrap = (lambda f: f) if mode == "eager" else tf.function if mode == "function" else tf.function(jit_compile=True)

    def overhead(self):
        tf = self.tf
        m, s, x, v = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant(1.5), tf.constant(np.arange(10, dtype=np.float32)), self.variable([[1.0, 2.0], [3.0, 4.0]])
        called = self.function(lambda a: tf.matmul(a, a))

        def gradient():
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x + x
            return tape.gradient(y, x)

        overhead("matmul 2x2", lambda: tf.matmul(m, m))
        overhead("add of scalars", lambda: s + s)
        overhead("x*x+x and gradient", gradient)
        overhead("tensor from a list", lambda: tf.constant([[1.0, 2.0], [3.0, 4.0]]))
        overhead("scalar to a number", lambda: float(s))
        overhead("read a variable", v.read_value)
        overhead("function call: matmul 2x2", lambda: called(m))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([m, s])
            overhead("matmul 2x2 with tape", lambda: tf.matmul(m, m))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(s)
            overhead("add of scalars with tape", lambda: s + s)

    def steps(self, model, w, data, classes):
        tf, adam = self.tf, self.make_adam()
        if hasattr(adam, "build"):
            adam.build(w)
        x, y = [tf.convert_to_tensor(a) for a in data]

        def train_step(rows):
            with tf.GradientTape() as tape:
                loss = loss_of(tf, model(tf.gather(x, rows)), tf.gather(y, rows), classes)
            adam.apply_gradients(zip(tape.gradient(loss, w), w))

        def evaluate():
            return loss_of(tf, model(x), y, classes)

        step, evaluate = self.wrap(train_step), self.wrap(evaluate)
        return (lambda rows: step(tf.convert_to_tensor(rows.astype(np.int64)))), (lambda: float(evaluate()))

    def iris(self):
        w = [self.variable(a) for a in iris_weights()]
        measure_iris(*self.steps(lambda x: iris_network(self.tf, x, w), w, flowers(), 3))

    def cnn(self):
        model, weights = layers(self.tf)
        measure_cnn(*self.steps(model, weights, images(), 10))

    def pipeline(self):
        tf = self.tf
        measure_pipeline(lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a * 0.1, b)).shuffle(1000).batch(32).prefetch(2))

    def kernels(self, path):
        tf = self.tf

        def make(line, arrays):
            function = self.wrap(self.kernel(line))
            tensors = [tf.constant(a) for a in arrays]
            return lambda: function(*tensors)

        measure_kernels(make, path)

    def kernel(self, line):
        tf, kind = self.tf, line.kind
        if kind.startswith("matmul"):
            return lambda a, b: tf.matmul(a, b, transpose_a=kind.endswith("tn"), transpose_b=kind.endswith("nt"))
        if kind.startswith("conv2d"):
            return self.convolution(line)
        return {
            "add": tf.add, "relu": tf.nn.relu, "exp": tf.exp, "tanh": tf.tanh, "multiply_add_relu": lambda x, y, z: tf.nn.relu(x * y + z),
            "softmax": tf.nn.softmax, "sum_all": tf.reduce_sum, "sum_rows": lambda x: tf.reduce_sum(x, 1), "sum_columns": lambda x: tf.reduce_sum(x, 0),
            "transpose": tf.transpose, "gather": tf.gather, "batch_norm": self.batch_norm,
            "max_pool": lambda x: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
            "avg_pool": lambda x: tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
        }[kind]  # fmt: skip

    def batch_norm(self, x, scale, offset):
        tf = self.tf
        if x.dtype == tf.float32:
            return getattr(tf.nn, "fused_batch_norm", tf.compat.v1.nn.fused_batch_norm if self.version == 2 else None)(x, scale, offset)[0]
        mean, variance = tf.nn.moments(x, [0, 1, 2])
        return tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-4)

    def convolution(self, line):
        tf, strides, padding = self.tf, [1, line.stride, line.stride, 1], line.padding
        n = line.n
        x_sizes, w_sizes = n[:4], [n[4], n[4], n[3], n[5]]
        if line.kind == "conv2d":
            return lambda x, w: tf.nn.conv2d(x, w, strides=strides, padding=padding)
        words = {"strides": strides, "padding": padding}
        if self.version == 1:
            if line.kind == "conv2d_dx":
                return lambda w, dy: tf.nn.conv2d_backprop_input(x_sizes, w, dy, **words)
            return lambda x, dy: tf.nn.conv2d_backprop_filter(x, w_sizes, dy, **words)
        if line.kind == "conv2d_dx":
            return lambda w, dy: tf.raw_ops.Conv2DBackpropInput(input_sizes=x_sizes, filter=w, out_backprop=dy, **words)
        return lambda x, dy: tf.raw_ops.Conv2DBackpropFilter(input=x, filter_sizes=w_sizes, out_backprop=dy, **words)


class Graph:
    """Version 1.8, defined and then run."""

    def __init__(self):
        import tensorflow as tf

        self.tf = tf

    def steps(self, model, weights, data, classes):
        tf, (x_all, y_all) = self.tf, data
        w = [tf.Variable(a) for a in weights]
        x, y = tf.placeholder(tf.float32, [None] + list(x_all.shape[1:])), tf.placeholder(tf.int32, [None])
        loss = loss_of(tf, model(tf, x, w), y, classes)
        minimize = tf.train.AdamOptimizer().minimize(loss)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        return (lambda rows: session.run(minimize, {x: x_all[rows], y: y_all[rows]})), (lambda: session.run(loss, {x: x_all, y: y_all}))

    def iris(self):
        measure_iris(*self.steps(iris_network, iris_weights(), flowers(), 3))

    def cnn(self):
        measure_cnn(*self.steps(network, cnn_weights(), images(), 10))
