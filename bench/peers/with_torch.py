"""The work in PyTorch, eagerly. Images are channels_last, which is the quicker layout here."""

import numpy as np
import torch
from measure import RECORDS, flowers, images, measure_cnn, measure_iris, measure_kernels, measure_pipeline, overhead
from torch import nn


class Eager:
    def overhead(self):
        m, s, x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor(1.5), torch.arange(10.0).requires_grad_()
        m_taped, s_taped, ones = m.clone().requires_grad_(), s.clone().requires_grad_(), torch.ones(10)
        overhead("matmul 2x2", lambda: torch.matmul(m, m))
        overhead("add of scalars", lambda: s + s)
        overhead("x*x+x and gradient", lambda: torch.autograd.grad(x * x + x, x, ones))
        overhead("tensor from a list", lambda: torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        overhead("scalar to a number", s.item)
        overhead("matmul 2x2 with tape", lambda: torch.matmul(m_taped, m_taped))
        overhead("add of scalars with tape", lambda: s_taped + s_taped)

    def steps(self, model, data, classes):
        x, y = [torch.from_numpy(a) for a in data]
        y, adam = y.long(), torch.optim.Adam(model.parameters())

        def loss_of(a, b):
            return nn.functional.cross_entropy(model(a), nn.functional.one_hot(b, classes).float())

        def train_step(rows):
            rows = torch.from_numpy(rows)
            adam.zero_grad()
            loss_of(x[rows], y[rows]).backward()
            adam.step()

        def evaluate():
            with torch.no_grad():
                return loss_of(x, y).item()

        return train_step, evaluate

    def iris(self):
        measure_iris(*self.steps(nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 3)), flowers(), 3))

    def cnn(self):
        x, y = images()
        model = nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.Flatten(), nn.Linear(20000, 500), nn.ReLU(),
                              nn.Linear(500, 500), nn.ReLU(), nn.Linear(500, 10), nn.Softmax(1))  # fmt: skip
        measure_cnn(*self.steps(model, (np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y), 10))

    def pipeline(self):
        def make(x, y):
            class Records(torch.utils.data.Dataset):
                def __len__(self):
                    return RECORDS

                def __getitem__(self, i):
                    return x[i] * np.float32(0.1), y[i]

            return torch.utils.data.DataLoader(Records(), batch_size=32, shuffle=True)

        measure_pipeline(make)

    def kernels(self, path):
        def make(line, arrays):
            is_image = line.kind.startswith("conv2d") or line.kind in ("batch_norm", "max_pool", "avg_pool")
            function = kernel(line)
            tensors = [image_of(a) if is_image and a.ndim == 4 else torch.from_numpy(a) for a in arrays]
            if line.kind in ("conv2d", "conv2d_dx"):  # a filter: (h, w, in, out) there
                place = 1 if line.kind == "conv2d" else 0
                tensors[place] = filter_of(arrays[place])
            if line.kind == "gather":
                tensors[1] = tensors[1].long()

            def run():
                with torch.no_grad():
                    return function(*tensors)

            return run

        measure_kernels(make, path)


def image_of(a):
    return torch.from_numpy(a).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def filter_of(a):
    return torch.from_numpy(a).permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)


def kernel(line):
    f, kind = nn.functional, line.kind
    if kind.startswith("matmul"):
        return {"matmul": torch.matmul, "matmul_tn": lambda a, b: a.T @ b, "matmul_nt": lambda a, b: a @ b.T}[kind]
    if kind.startswith("conv2d"):
        return convolution(line)
    return {
        "add": torch.add, "relu": torch.relu, "exp": torch.exp, "tanh": torch.tanh, "multiply_add_relu": lambda x, y, z: torch.relu(x * y + z),
        "softmax": lambda x: torch.softmax(x, 1), "sum_all": torch.sum, "sum_rows": lambda x: torch.sum(x, 1), "sum_columns": lambda x: torch.sum(x, 0),
        "transpose": lambda x: x.T.contiguous(), "gather": lambda x, rows: x[rows],
        "batch_norm": lambda x, scale, offset: f.batch_norm(x, None, None, scale, offset, True),
        "max_pool": lambda x: f.max_pool2d(x, 2), "avg_pool": lambda x: f.avg_pool2d(x, 2),
    }[kind]  # fmt: skip


def convolution(line):
    n, h, w, c, k, m, s = line.n
    before = [0, 0]
    after = [0, 0]
    if line.padding == "SAME":
        for i, size in enumerate((h, w)):
            total = max(0, (-(-size // s) - 1) * s + k - size)
            before[i], after[i] = total // 2, total - total // 2
    pad = (before[1], after[1], before[0], after[0])
    is_even = before == after
    padded = (n, c, h + sum(pad[2:]), w + sum(pad[:2])) if not is_even else (n, c, h, w)
    padding = tuple(before) if is_even else (0, 0)
    words = {"stride": (s, s), "padding": padding}
    if line.kind == "conv2d":
        return lambda x, f: nn.functional.conv2d(x if is_even else nn.functional.pad(x, pad), f, **words)
    if line.kind == "conv2d_dx":
        return lambda f, dy: nn.grad.conv2d_input(padded, f, dy, **words)
    return lambda x, dy: nn.grad.conv2d_weight(x if is_even else nn.functional.pad(x, pad), (m, c, k, k), dy, **words)
