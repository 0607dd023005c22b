"""The work in JAX: compiled, and with a whole epoch in one compiled loop (scan)."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from measure import BATCH, IRIS_ROWS, cnn_weights, flowers, images, iris_weights, measure_cnn, measure_epochs, measure_iris, measure_kernels, overhead, random

jax.config.update("jax_enable_x64", True)


def iris_model(w, x):
    h = jax.nn.relu(x @ w[0] + w[1])
    return jax.nn.relu(h @ w[2] + w[3]) @ w[4] + w[5]


def cnn_model(w, x):
    for i in (0, 2):
        x = jax.nn.relu(convolve(x, w[i], 1, "VALID") + w[i + 1])
    x = x.reshape(len(x), -1)
    return jax.nn.softmax(jax.nn.relu(jax.nn.relu(x @ w[4] + w[5]) @ w[6] + w[7]) @ w[8] + w[9])


def convolve(x, w, stride, padding):
    return jax.lax.conv_general_dilated(x, w, (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


class Compiled:
    def __init__(self, has_scan=False):
        self.has_scan = has_scan

    def overhead(self):
        m, s, x, ones = jnp.asarray([[1.0, 2.0], [3.0, 4.0]], jnp.float32), jnp.float32(1.5), jnp.arange(10, dtype=jnp.float32), jnp.ones(10, jnp.float32)
        s = jnp.asarray(s)
        gradient = jax.jit(lambda v: jax.vjp(lambda u: u * u + u, v)[1](ones))
        called = jax.jit(lambda a: a @ a)
        overhead("matmul 2x2", lambda: jnp.matmul(m, m))
        overhead("add of scalars", lambda: s + s)
        overhead("x*x+x and gradient", lambda: gradient(x))
        overhead("tensor from a list", lambda: jnp.array([[1.0, 2.0], [3.0, 4.0]], jnp.float32))
        overhead("scalar to a number", s.item)
        overhead("function call: matmul 2x2", lambda: called(m))

    def steps(self, model, weights, data, classes):
        adam = optax.adam(1e-3)
        w = [jnp.asarray(a) for a in weights]
        state = [(w, adam.init(w))]
        x, y = [jnp.asarray(a) for a in data]

        def loss_of(p, a, b):
            return optax.softmax_cross_entropy(model(p, a), jax.nn.one_hot(b, classes, dtype=jnp.float32)).mean()

        def update(both, rows):
            p, moments = both
            changes, moments = adam.update(jax.grad(loss_of)(p, x[rows], y[rows]), moments, p)
            return optax.apply_updates(p, changes), moments

        evaluate, step = jax.jit(lambda p: loss_of(p, x, y)), jax.jit(update)
        epoch = jax.jit(lambda both, order: jax.lax.scan(lambda s, rows: (update(s, rows), None), both, order)[0])

        def train_step(rows):
            run = epoch if rows.ndim == 2 else step
            state[0] = jax.block_until_ready(run(state[0], rows))

        return train_step, lambda: float(evaluate(state[0][0]))

    def iris(self):
        train_step, evaluate = self.steps(iris_model, iris_weights(), flowers(), 3)
        if not self.has_scan:
            measure_iris(train_step, evaluate)
            return

        def run(n):
            for _ in range(n):
                train_step(random.permutation(IRIS_ROWS).reshape(-1, 16))
                evaluate()

        measure_epochs(run)

    def cnn(self):
        assert BATCH
        measure_cnn(*self.steps(cnn_model, cnn_weights(), images(), 10))

    def kernels(self, path):
        def make(line, arrays):
            function = jax.jit(kernel(line))
            tensors = [jnp.asarray(a) for a in arrays]
            return lambda: jax.block_until_ready(function(*tensors))

        measure_kernels(make, path)


def kernel(line):
    kind = line.kind
    if kind.startswith("matmul"):
        return {"matmul": jnp.matmul, "matmul_tn": lambda a, b: a.T @ b, "matmul_nt": lambda a, b: a @ b.T}[kind]
    if kind.startswith("conv2d"):
        return convolution(line)
    return {
        "add": jnp.add, "relu": lambda x: jnp.maximum(x, 0), "exp": jnp.exp, "tanh": jnp.tanh, "multiply_add_relu": lambda x, y, z: jnp.maximum(x * y + z, 0),
        "softmax": jax.nn.softmax, "sum_all": jnp.sum, "sum_rows": lambda x: x.sum(1), "sum_columns": lambda x: x.sum(0), "transpose": lambda x: x.T + 0,
        "gather": lambda x, rows: x[rows], "batch_norm": batch_norm,
        "max_pool": lambda x: jax.lax.reduce_window(x, np.array(-np.inf, x.dtype), jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"),
        "avg_pool": lambda x: jax.lax.reduce_window(x, np.array(0, x.dtype), jax.lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4,
    }[kind]  # fmt: skip


def batch_norm(x, scale, offset):
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return (x - mean) * jax.lax.rsqrt(variance + 1e-4) * scale + offset


def convolution(line):
    n = line.n
    forward = lambda x, w: convolve(x, w, line.stride, line.padding)  # noqa: E731
    x0, w0 = jnp.zeros(n[:4], line.dtype), jnp.zeros((n[4], n[4], n[3], n[5]), line.dtype)
    if line.kind == "conv2d":
        return forward
    if line.kind == "conv2d_dx":
        return lambda w, dy: jax.linear_transpose(lambda x: forward(x, w), x0)(dy)[0]
    return lambda x, dy: jax.linear_transpose(lambda w: forward(x, w), w0)(dy)[0]
