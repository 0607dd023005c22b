"""The work in NumPy, where it applies; the iris network's gradients and Adam by hand."""

import numpy as np
from measure import flowers, iris_weights, measure_iris, measure_kernels, overhead


class Plain:
    def overhead(self):
        m, s = np.array([[1, 2], [3, 4]], np.float32), np.array(1.5, np.float32)
        overhead("matmul 2x2", lambda: np.matmul(m, m))
        overhead("add of scalars", lambda: s + s)
        overhead("tensor from a list", lambda: np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))
        overhead("scalar to a number", s.item)

    def iris(self):
        w, (x_all, y_all) = iris_weights(), flowers()
        hot = np.eye(3, dtype=np.float32)[y_all]
        moments = [[np.zeros_like(p), np.zeros_like(p)] for p in w]
        count = [0]

        def forward(x):
            a = np.maximum(x @ w[0] + w[1], 0)
            b = np.maximum(a @ w[2] + w[3], 0)
            z = b @ w[4] + w[5]
            e = np.exp(z - z.max(1, keepdims=True))
            return a, b, e / e.sum(1, keepdims=True)

        def train_step(rows):
            x, t = x_all[rows], hot[rows]
            a, b, p = forward(x)
            dz = (p - t) / len(rows)
            db = dz @ w[4].T * (b > 0)
            da = db @ w[2].T * (a > 0)
            gradients = x.T @ da, da.sum(0), a.T @ db, db.sum(0), b.T @ dz, dz.sum(0)
            count[0] += 1
            rate = np.float32(0.001 * np.sqrt(1 - 0.999 ** count[0]) / (1 - 0.9 ** count[0]))
            for parameter, (m, v), g in zip(w, moments, gradients):
                m += np.float32(0.1) * (g - m)
                v += np.float32(0.001) * (g * g - v)
                parameter -= rate * m / (np.sqrt(v) + np.float32(1e-8))

        def evaluate():
            p = forward(x_all)[2]
            return float(-np.log(p[np.arange(len(y_all)), y_all] + 1e-30).mean())

        measure_iris(train_step, evaluate)

    def kernels(self, path):
        measure_kernels(lambda line, arrays: kernel(line.kind) and (lambda f=kernel(line.kind): f(*arrays)), path)


def kernel(kind):
    return {
        "matmul": np.matmul, "matmul_tn": lambda a, b: a.T @ b, "matmul_nt": lambda a, b: a @ b.T, "add": np.add, "relu": lambda x: np.maximum(x, x.dtype.type(0)),
        "exp": np.exp, "tanh": np.tanh, "multiply_add_relu": lambda x, y, z: np.maximum(x * y + z, x.dtype.type(0)), "softmax": softmax, "sum_all": np.sum,
        "sum_rows": lambda x: x.sum(1), "sum_columns": lambda x: x.sum(0), "transpose": lambda x: np.ascontiguousarray(x.T), "gather": lambda x, rows: x[rows],
    }.get(kind)  # fmt: skip


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
