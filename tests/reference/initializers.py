"""Values of every seeded initializer. Run with TensorFlow 1.8.0 (Python 3.6), then with 2.21 (Python
3.12):

    python initializers.py

case<N>/call tells {initializer, options, shape, global_seed}, case<N>/out the value; eager, the
global seed set just before. Initializers of 1.8 draw as random_uniform, random_normal and
truncated_normal do (random_numbers.py) with the options' seed. Those of 2.21 are Keras 3's: integer
seeds become the two seeds of stateless operations.
"""

import tensorflow as tf

import reference

OLD = tf.__version__.startswith("1.")
SHAPES = [[3], [4, 3], [3, 3, 2, 5], [9, 12]]
SCALED = (
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
)

SETTINGS = [(name, {}) for name in SCALED] + [
    ("random_uniform", {"minval": -0.5, "maxval": 0.25}),
    ("random_normal", {"mean": 0.5, "stddev": 0.1}),
    ("truncated_normal", {"mean": 0.5, "stddev": 0.1}),
    ("orthogonal", {}),
    ("orthogonal", {"gain": 1.5}),
]
SETTINGS += [
    ("variance_scaling", {"scale": 2.0, "mode": mode, "distribution": distribution})
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in (
        ("normal", "uniform") if OLD else ("truncated_normal", "untruncated_normal", "uniform")
    )
]


def find(name):
    """1.8: tf.glorot_uniform_initializer, or what only tf.keras.initializers has; 2.21: the Keras
    class.
    """
    if not OLD:
        return getattr(
            tf.keras.initializers, "".join(part.capitalize() for part in name.split("_"))
        )
    return getattr(tf, name + "_initializer", None) or getattr(tf.keras.initializers, name)


def value(name, options, shape, global_seed, seed):
    tf.set_random_seed(global_seed) if OLD else tf.random.set_seed(global_seed)
    return find(name)(seed=seed, **options)(shape).numpy()


def main():
    if OLD:
        tf.enable_eager_execution()
    arrays, number = {}, 0
    for name, options in SETTINGS:
        for shape in SHAPES:
            if name == "orthogonal" and len(shape) < 2:
                continue
            for global_seed, seed in ((1, 7), (1, None)) if OLD else ((1, 7),):
                call = {"initializer": name, "options": dict(options, seed=seed)}
                call.update(shape=shape, global_seed=global_seed)
                arrays[f"case{number}/call"] = reference.text(call)
                arrays[f"case{number}/out"] = value(name, options, shape, global_seed, seed)
                number += 1
    reference.save("initializers_" + ".".join(tf.__version__.split(".")[:2]), arrays)


if __name__ == "__main__":
    main()
