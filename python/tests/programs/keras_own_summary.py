# tf: 2.21
# summary texts, utilities, and models of models.
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers as L

i = keras.Input((8, 8, 3), name="image")
x = L.Conv2D(4, 3, activation="relu")(i)
x = L.MaxPooling2D()(x)
y = L.GlobalAveragePooling2D()(x)
z = L.Flatten()(x)
m = keras.Model(i, [L.Dense(2, name="p")(y), L.Concatenate()([y, z])], name="net")
m.summary()
s = keras.Sequential([keras.Input((4,)), L.Dense(3), L.BatchNormalization(), m if False else L.Dense(1)], name="seq")
s.layers[0].trainable = False
s.summary(show_trainable=True)
s.summary(line_length=60)
n = keras.Sequential([keras.Input((4,)), s, L.Dense(1)], name="outer")
n.summary(expand_nested=True)
lines = []
n.summary(print_fn=lambda line, line_break=True: lines.append(line))
print(len(lines), n.count_params())
print(keras.utils.to_categorical([0, 2, 1], 3).tolist(), keras.utils.pad_sequences([[1], [2, 3, 4]], maxlen=2, padding="post").tolist())
ds = keras.utils.timeseries_dataset_from_array(np.arange(10), np.arange(10) * 2, 3, sequence_stride=2, batch_size=2)
for a, b in ds:
    print(a.numpy().tolist(), b.numpy().tolist())
print(keras.utils.normalize(np.array([[3.0, 4.0]])).tolist(), len(keras.utils.split_dataset(np.arange(10), left_size=0.7)[0]))
print([v.path for v in n.trainable_variables], n.get_layer("seq").name, [l.name for l in n.layers])
print(m.input_shape, m.output_shape, m.get_layer("p").get_config()["units"], m.layers[1].kernel.shape, m.layers[1].output.shape)
w = m.get_layer("p").get_weights()
m.get_layer("p").set_weights([np.ones_like(v) for v in w])
print(m.get_layer("p").weights[0].numpy().tolist()[0])
f = keras.Model(m.input, m.layers[2].output)
print(f(np.ones((1, 8, 8, 3))).shape, keras.backend.floatx(), keras.backend.epsilon())
keras.utils.set_random_seed(7)
print(np.round(keras.Sequential([keras.Input((3,)), L.Dense(2)]).get_weights()[0], 4).tolist())
for bad in (lambda: keras.Sequential([L.Dense(2, input_shape=(3,)), L.Dense(2, name="a"), L.Dense(2, name="a")]), lambda: m(np.ones((1, 7, 7, 3))), lambda: L.Dense(0), lambda: L.Conv2D(2, 0),
            lambda: m.get_layer("none"), lambda: L.Concatenate()([np.ones((1, 2))]), lambda: L.Reshape((3, 3))(np.ones((1, 4))), lambda: keras.Model(i, np.ones(3)), lambda: L.Add()([np.ones((2, 3)), np.ones((2, 4))])):
    try:
        bad()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
