# tf: 2.21
# Configurations' order, random numbers of gamma, beta and binomial distributions, errors of inputs and reductions, windows over series.
import numpy as np
import tensorflow as tf
from support.attempt_2 import attempt
K = tf.keras
def cfg(o): return o.get_config()
v = lambda: K.Variable([1.0, -2.0, 3.0])
K = tf.keras
for name, arguments in (("beta", ([3], 2.0, 3.0)), ("gamma", ([3], 2.0)), ("binomial", ([3], 5.0, 0.4))):
    attempt(name, lambda: getattr(K.random, name)(*arguments, seed=3))
for name in "Orthogonal HeNormal GlorotUniform VarianceScaling RandomNormal RandomUniform TruncatedNormal LecunUniform Identity Zeros".split():
    attempt(name, lambda: getattr(K.initializers, name)().get_config())
attempt("normalization", lambda: K.layers.Normalization(mean=1.0, variance=4.0).get_config())


class A(K.layers.Layer):
    def __init__(self, u, **kwargs):
        super().__init__(**kwargs)


class B(K.layers.Layer):
    def __init__(self, u, **more):
        super().__init__(**more)


attempt("kwargs", lambda: A(3, name="q").get_config())
attempt("other keywords", lambda: B(3, name="r").get_config())
attempt("again", lambda: A.from_config(A(3, name="q").get_config()).name)
attempt("scalar", lambda: K.layers.Dense(2)(tf.constant(1.0)))
attempt("string", lambda: K.layers.Dense(2)(tf.constant("a")))
attempt("reduction", lambda: K.losses.MeanAbsoluteError(reduction="auto"))
attempt("windows", lambda: [x.numpy().tolist() for x in K.preprocessing.timeseries_dataset_from_array(np.arange(6), None, 3, sampling_rate=2, batch_size=2)])
attempt("scaled", lambda: sorted(K.optimizers.LossScaleOptimizer(K.optimizers.SGD(0.1)).get_config()))
