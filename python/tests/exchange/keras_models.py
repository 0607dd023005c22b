# Keras models in files: keras_models.py make FOLDER writes some with what they compute, keras_models.py check FOLDER reads them and says which agree.
import glob
import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

X = np.sin(np.arange(2 * 6 * 4)).reshape(2, 6, 4).astype("float32")
WORDS = [["a b"], ["c a"]]


def fill(model):
    model.set_weights([0.3 + 0.2 * np.cos(np.arange(w.size) + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
    return model


def rnn(i):
    return layers.Dense(2)(layers.Bidirectional(layers.LSTM(3, return_sequences=True))(layers.GRU(3, return_sequences=True)(i)))


def mha(i):
    return layers.MultiHeadAttention(2, 3)(i, i)


def ops(i):
    return (1.0 - i) * 2.0 + i[:, :, 0:1] / (3.0 + i * i)


def conv(i):
    return layers.TimeDistributed(layers.Dense(2))(layers.SeparableConv1D(3, 2)(layers.Conv1D(4, 2, padding="causal", activation="relu")(layers.BatchNormalization()(i))))


def trans(i):
    return layers.Conv1DTranspose(2, 3, activation="gelu")(layers.DepthwiseConv1D(2, depth_multiplier=2)(layers.LayerNormalization()(i)))


def nest(i):
    inner = keras.Sequential([layers.Dense(3, kernel_regularizer="l2"), layers.PReLU()])
    return layers.Concatenate()([inner(i), layers.Add()([i, i]), layers.EinsumDense("abc,cd->abd", (None, 2))(i)])


def stack(i):
    return layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)])(i)


def text():
    words = layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=3)
    return fill(keras.Sequential([keras.Input((1,), dtype="string"), words, layers.Embedding(5, 2)]))


def make(folder):
    os.makedirs(folder, exist_ok=True)
    for function in (rnn, mha, ops, conv, trans, nest, stack):
        name = os.path.join(folder, function.__name__)
        i = keras.Input((6, 4))
        model = fill(keras.Model(i, function(i), name=function.__name__))
        model.compile(keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError())
        if model.trainable_weights:
            model.train_on_batch(X, np.zeros(model(X).shape))
        model.save(name + ".keras")
        if function is not ops:
            model.save(name + ".h5")
        model.save_weights(name + ".weights.h5")
        np.save(name + ".npy", model.predict(X, verbose=0))
        with open(name + ".json", "w") as file:
            file.write(model.to_json())
    model = text()
    model.save(os.path.join(folder, "text.keras"))
    np.save(os.path.join(folder, "text.npy"), np.asarray(model(tf.constant(WORDS))))


def check(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.npy"))):
        name = path[:-4]
        for ending in (".keras", ".h5", ".json"):
            if not os.path.exists(name + ending):
                continue
            if ending == ".json":
                with open(name + ending) as file:
                    model = keras.models.model_from_json(file.read())
                model.load_weights(name + ".weights.h5")
            else:
                model = keras.models.load_model(name + ending)
            given = tf.constant(WORDS) if name.endswith("text") else X
            print(os.path.basename(name) + ending, bool(np.allclose(np.asarray(model(given)), np.load(path), atol=1e-5)))


{"make": make, "check": check}[sys.argv[1]](sys.argv[2])
