"""Twenty steps of every tf.train optimizer, dense and sparse. Run with TensorFlow 1.8.0 (Python 3.6):

    python optimizers.py

Dense: x (2,3) and y (4) minimise 0.5 sum(c (x - t)^2) + sum(d tanh(y)) + 0.1 sum(x) sum(y^2) +
sum(cos(2y)). Sparse: a table (6,3) minimises 0.5 sum((gather(table, ids) - target)^2); ids (20,4)
hold repeats, which TensorFlow sums before applying. Keys: problem/{x,y,c,t,d,table,ids,target},
NAME/{optimizer,options} as text, dense/NAME/DTYPE/{x,y,x_gradient,y_gradient} and
sparse/NAME/DTYPE/{table,table_gradient} (a row of the gradient for each id, not yet summed). The
step comes first; variables are those after it, gradients those before it.

TensorFlow rounds learning rates, betas, epsilons and the like to float32 whatever the variables'
type, and keeps Adam's powers of beta in float32: with that, plain formulas repeat its float64 Adam
to the last place.
"""

import numpy as np
import tensorflow as tf

import reference

STEPS = 20

OPTIMIZERS = {
    "sgd": ("GradientDescentOptimizer", {"learning_rate": 0.1}),
    "momentum": ("MomentumOptimizer", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": (
        "MomentumOptimizer",
        {"learning_rate": 0.05, "momentum": 0.9, "use_nesterov": True},
    ),
    "adam": ("AdamOptimizer", {}),
    "adam_fast": (
        "AdamOptimizer",
        {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
    ),
    "rmsprop": ("RMSPropOptimizer", {"learning_rate": 0.05}),
    "rmsprop_momentum": (
        "RMSPropOptimizer",
        {"learning_rate": 0.05, "decay": 0.8, "momentum": 0.7, "epsilon": 1e-4},
    ),
    "rmsprop_centered": (
        "RMSPropOptimizer",
        {"learning_rate": 0.05, "decay": 0.8, "momentum": 0.5, "centered": True},
    ),
    "adagrad": ("AdagradOptimizer", {"learning_rate": 0.1}),
    "adagrad_big_start": (
        "AdagradOptimizer",
        {"learning_rate": 0.3, "initial_accumulator_value": 0.5},
    ),
    "adadelta": ("AdadeltaOptimizer", {}),
    "adadelta_fast": (
        "AdadeltaOptimizer",
        {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-3},
    ),
    "ftrl": ("FtrlOptimizer", {"learning_rate": 0.1}),
    "ftrl_regularized": (
        "FtrlOptimizer",
        {
            "learning_rate": 0.2,
            "initial_accumulator_value": 0.2,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.3,
        },
    ),
    "ftrl_power": (
        "FtrlOptimizer",
        {
            "learning_rate": 0.2,
            "learning_rate_power": -0.7,
            "l1_regularization_strength": 0.01,
            "l2_shrinkage_regularization_strength": 0.1,
        },
    ),
    "adagrad_da": (
        "AdagradDAOptimizer",
        {
            "learning_rate": 0.2,
            "initial_gradient_squared_accumulator_value": 0.2,
            "l1_regularization_strength": 0.02,
            "l2_regularization_strength": 0.01,
        },
    ),
    "proximal_sgd": (
        "ProximalGradientDescentOptimizer",
        {
            "learning_rate": 0.1,
            "l1_regularization_strength": 0.1,
            "l2_regularization_strength": 0.2,
        },
    ),
    "proximal_adagrad": (
        "ProximalAdagradOptimizer",
        {
            "learning_rate": 0.2,
            "l1_regularization_strength": 0.1,
            "l2_regularization_strength": 0.2,
        },
    ),
}


def problem():
    draw = np.random.RandomState(11)
    return {
        "x": draw.uniform(-1, 1, (2, 3)),
        "y": draw.uniform(-1, 1, 4),
        "c": draw.uniform(0.5, 2, (2, 3)),
        "t": draw.uniform(-1, 1, (2, 3)),
        "d": draw.uniform(-1, 1, 4),
        "table": draw.uniform(-1, 1, (6, 3)),
        "ids": draw.randint(0, 6, (STEPS, 4)).astype(np.int32),
        "target": draw.uniform(-1, 1, (STEPS, 4, 3)),
    }


def make_optimizer(name):
    kind, options = OPTIMIZERS[name]
    if kind == "AdagradDAOptimizer":
        options = dict(options, global_step=tf.train.get_or_create_global_step())
    return getattr(tf.train, kind)(**options)


def dense_loss(x, y, given):
    return (
        0.5 * tf.reduce_sum(given["c"] * tf.square(x - given["t"]))
        + tf.reduce_sum(given["d"] * tf.tanh(y))
        + 0.1 * tf.reduce_sum(x) * tf.reduce_sum(tf.square(y))
        + tf.reduce_sum(tf.cos(2 * y))
    )


def run_dense(name, dtype):
    """Arrays of (STEPS, ...) : x and y after each step, their gradients before it."""
    given = {k: v.astype(dtype) for k, v in problem().items() if k in "xyctd"}
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = tf.Variable(given["x"]), tf.Variable(given["y"])
        optimizer = make_optimizer(name)
        pairs = optimizer.compute_gradients(dense_loss(x, y, given), [x, y])
        gradients = [tf.identity(g) for g, _ in pairs]
        with tf.control_dependencies(gradients):
            pairs = list(zip(gradients, [x, y]))
            step = optimizer.apply_gradients(pairs, tf.train.get_or_create_global_step())
        session.run(tf.global_variables_initializer())
        return collect(session, step, gradients, [x, y], ["x", "y"], lambda i: {})


def run_sparse(name, dtype):
    """The table after each step, and before it the gradient's values (one row for each id, not yet
    summed).
    """
    given = problem()
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.Variable(given["table"].astype(dtype))
        ids, target = tf.placeholder(tf.int32, [4]), tf.placeholder(dtype, [4, 3])
        loss = 0.5 * tf.reduce_sum(tf.square(tf.gather(table, ids) - target))
        optimizer = make_optimizer(name)
        pairs = optimizer.compute_gradients(loss, [table])
        values = tf.identity(pairs[0][0].values)
        with tf.control_dependencies([values]):
            slices = tf.IndexedSlices(values, ids, pairs[0][0].dense_shape)
            step = optimizer.apply_gradients(
                [(slices, table)], tf.train.get_or_create_global_step()
            )
        session.run(tf.global_variables_initializer())
        target_values = given["target"].astype(dtype)
        feed = lambda i: {ids: given["ids"][i], target: target_values[i]}  # noqa: E731
        return collect(session, step, [values], [table], ["table"], feed)


def collect(session, step, gradients, variables, names, feed):
    history = {n: [] for n in names}
    history.update({n + "_gradient": [] for n in names})
    for i in range(STEPS):
        found = session.run([step] + gradients, feed(i))[1:]
        for n, g, v in zip(names, found, session.run(variables)):
            history[n + "_gradient"].append(g)
            history[n].append(v)
    return {k: np.array(v) for k, v in history.items()}


def main():
    arrays = {"problem/" + k: v for k, v in problem().items()}
    for name, (kind, options) in sorted(OPTIMIZERS.items()):
        arrays[name + "/optimizer"] = reference.text(kind)
        arrays[name + "/options"] = reference.text(options)
        for dtype in (np.float32, np.float64):
            for kind_of, run in (("dense", run_dense), ("sparse", run_sparse)):
                try:
                    found = run(name, dtype)
                except (tf.errors.OpError, NotImplementedError, TypeError, ValueError) as error:
                    print(name, kind_of, dtype.__name__, "does not work:", str(error)[:150])
                    continue
                for key, value in found.items():
                    arrays[f"{kind_of}/{name}/{dtype.__name__}/{key}"] = value
    reference.save("optimizers", arrays)


if __name__ == "__main__":
    main()
