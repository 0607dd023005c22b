"""Learning-rate decays and clipping. Run with TensorFlow 1.8.0 (Python 3.6):

    python schedules.py

decay/NAME/{function,options} as text and decay/NAME/values at the global steps in "steps" (int32, a
placeholder; rate 0.1 of float32, except "NAME/float64"). clip/NAME/{function,options}, its inputs
in<k> and outputs out<k>.
"""

import numpy as np
import tensorflow as tf

import reference

STEPS = np.unique(
    np.concatenate([np.arange(0, 60), np.arange(60, 1000, 37), [1000, 1001, 5000, 99999]])
)

DECAYS = {
    "exponential": ("exponential_decay", {"decay_steps": 20, "decay_rate": 0.9}),
    "exponential_staircase": (
        "exponential_decay",
        {"decay_steps": 20, "decay_rate": 0.9, "staircase": True},
    ),
    "piecewise": (
        "piecewise_constant",
        {"boundaries": [5, 40, 500], "values": [1.0, 0.5, 0.25, 0.1]},
    ),
    "polynomial": ("polynomial_decay", {"decay_steps": 50}),
    "polynomial_square": (
        "polynomial_decay",
        {"decay_steps": 50, "end_learning_rate": 0.01, "power": 2.0},
    ),
    "polynomial_cycle": (
        "polynomial_decay",
        {"decay_steps": 25, "end_learning_rate": 0.01, "power": 0.5, "cycle": True},
    ),
    "natural_exp": ("natural_exp_decay", {"decay_steps": 20, "decay_rate": 0.3}),
    "natural_exp_staircase": (
        "natural_exp_decay",
        {"decay_steps": 20, "decay_rate": 0.3, "staircase": True},
    ),
    "inverse_time": ("inverse_time_decay", {"decay_steps": 20, "decay_rate": 0.5}),
    "inverse_time_staircase": (
        "inverse_time_decay",
        {"decay_steps": 20, "decay_rate": 0.5, "staircase": True},
    ),
    "cosine": ("cosine_decay", {"decay_steps": 100}),
    "cosine_alpha": ("cosine_decay", {"decay_steps": 100, "alpha": 0.2}),
    "cosine_restarts": ("cosine_decay_restarts", {"first_decay_steps": 30}),
    "cosine_restarts_shrinking": (
        "cosine_decay_restarts",
        {"first_decay_steps": 30, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1},
    ),
    "cosine_restarts_even": ("cosine_decay_restarts", {"first_decay_steps": 30, "t_mul": 1.0}),
    "linear_cosine": ("linear_cosine_decay", {"decay_steps": 100}),
    "linear_cosine_more": (
        "linear_cosine_decay",
        {"decay_steps": 100, "num_periods": 3, "alpha": 0.1, "beta": 0.02},
    ),
}


def decay_values(name, dtype):
    function, options = DECAYS[name]
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int32, [])
        function = getattr(tf.train, function)
        if name == "piecewise":
            values = [np.array(v, dtype) for v in options["values"]]
            rate = function(step, options["boundaries"], values)
        else:
            rate = function(tf.constant(0.1, dtype), step, **options)
        return np.array([session.run(rate, {step: i}) for i in STEPS])


def clip_cases(dtype):
    """Yields name, function, inputs, options."""
    draw = np.random.RandomState(4)
    x = draw.uniform(-3, 3, (3, 4)).astype(dtype)
    special = np.array([np.nan, np.inf, -np.inf, 0, -0.0, 1, -1], dtype)
    zero = np.zeros(3, dtype)
    several = [draw.uniform(-2, 2, shape).astype(dtype) for shape in ((2, 3), (4,), ())]
    yield "value", tf.clip_by_value, [x], {"clip_value_min": -1.0, "clip_value_max": 0.5}
    yield "value_crossed", tf.clip_by_value, [x], {"clip_value_min": 1.0, "clip_value_max": -0.5}
    yield (
        "value_special",
        tf.clip_by_value,
        [special],
        {"clip_value_min": -0.5, "clip_value_max": 0.5},
    )
    for norm in (0.5, 2.0, 100.0):
        yield f"norm_{norm:g}", tf.clip_by_norm, [x], {"clip_norm": norm}
        yield f"norm_axis0_{norm:g}", tf.clip_by_norm, [x], {"clip_norm": norm, "axes": [0]}
        yield f"norm_axis1_{norm:g}", tf.clip_by_norm, [x], {"clip_norm": norm, "axes": [1]}
        if dtype is np.float32:  # The only one it takes.
            yield f"average_norm_{norm:g}", tf.clip_by_average_norm, [x], {"clip_norm": norm}
        yield f"global_norm_{norm:g}", tf.clip_by_global_norm, several, {"clip_norm": norm}
    yield "norm_zero", tf.clip_by_norm, [zero], {"clip_norm": 1.0}
    yield "global_norm_zero", tf.clip_by_global_norm, [zero], {"clip_norm": 1.0}
    yield "global_norm", tf.global_norm, several, {}


def clip_outputs(function, inputs, options):
    """The outputs in order: a list of tensors, a norm after it, or one tensor."""
    with tf.Graph().as_default(), tf.Session() as session:
        takes_list = function in (tf.clip_by_global_norm, tf.global_norm)
        found = session.run(
            function([tf.constant(x) for x in inputs] if takes_list else inputs[0], **options)
        )
    if function is tf.clip_by_global_norm:
        return list(found[0]) + [found[1]]
    return [found]


def main():
    arrays = {"steps": STEPS.astype(np.int32)}
    for name, (function, options) in DECAYS.items():
        arrays[f"decay/{name}/function"] = reference.text(function)
        arrays[f"decay/{name}/options"] = reference.text(options)
        arrays[f"decay/{name}/values"] = decay_values(name, np.float32)
        try:
            arrays[f"decay/{name}/float64"] = decay_values(name, np.float64)
        except ValueError:
            print(name, "does not take float64")
    for dtype in (np.float32, np.float64):
        for name, function, inputs, options in clip_cases(dtype):
            key = f"clip/{name}/{dtype.__name__}"
            arrays[key + "/function"] = reference.text(function.__name__)
            arrays[key + "/options"] = reference.text(options)
            arrays.update((f"{key}/in{k}", v) for k, v in enumerate(inputs))
            outputs = clip_outputs(function, inputs, options)
            arrays.update((f"{key}/out{k}", v) for k, v in enumerate(outputs))
    reference.save("schedules", arrays)


if __name__ == "__main__":
    main()
