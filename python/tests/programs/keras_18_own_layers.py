# tf: 1.8
# tolerance: 1e-3
# tf.keras layers of 1.8 in graphs by value, with the names of their variables.
import numpy as np
import json
import tensorflow as tf
from support.attempt_1 import attempt, r
keras = tf.keras
K, L = keras.backend, keras.layers


def run(layer, *xs, **kw):
    ins = [L.Input(batch_shape=(None,) + x.shape[1:], dtype=x.dtype.name if x.dtype != np.float64 else 'float32') for x in xs]
    out = layer(ins if len(ins) > 1 else ins[0])
    m = keras.models.Model(ins, out)
    m.set_weights([(0.3 * np.cos(np.arange(w.size) * 1.3 + k)).reshape(w.shape) for k, w in enumerate(m.get_weights())])
    p = m.predict(list(xs) if len(xs) > 1 else xs[0])
    print(type(layer).__name__, layer.name, K.int_shape(out) if not isinstance(out, list) else [K.int_shape(o) for o in out], [w.name + str(w.shape.as_list()) for w in layer.weights], len(layer.trainable_weights))
    for q in p if isinstance(p, list) else [p]:
        print('   ', q.shape, r(q.ravel()[:5]), r(q.sum()))
    if type(layer).__name__ not in ('Lambda', 'Bidirectional', 'RNN', 'TimeDistributed'):
        cfg = layer.get_config()
        print('   ', sorted((key, str(value)) for key, value in cfg.items()), type(layer).from_config(cfg).get_config() == cfg)


s = np.sin(np.arange(24.)).reshape(2, 4, 3)
img = np.sin(np.arange(2 * 6 * 6 * 2.)).reshape(2, 6, 6, 2)
vol = np.sin(np.arange(1 * 4 * 4 * 4 * 2.)).reshape(1, 4, 4, 4, 2)
for l in (L.LSTM(2), L.LSTM(2, return_sequences=True, return_state=True, unit_forget_bias=False), L.GRU(2, return_sequences=True), L.SimpleRNN(3, go_backwards=True, activation='relu'), L.LSTM(2, implementation=2, unroll=True), L.GRU(2, reset_after=False, recurrent_activation='sigmoid') if 0 else L.GRU(2, implementation=2),
          L.Bidirectional(L.LSTM(2)), L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode='sum'), L.RNN(L.LSTMCell(2)), L.RNN([L.GRUCell(2), L.SimpleRNNCell(3)]), L.Conv1D(2, 2), L.SeparableConv1D(2, 2) if hasattr(L, 'SeparableConv1D') else L.Conv1D(1, 1),
          L.ZeroPadding1D(1), L.Cropping1D(1), L.UpSampling1D(2), L.MaxPooling1D(2), L.AveragePooling1D(2), L.GlobalMaxPooling1D(), L.GlobalAveragePooling1D(), L.SpatialDropout1D(0.5), L.GaussianNoise(0.1), L.GaussianDropout(0.1), L.AlphaDropout(0.1), L.ActivityRegularization(0.1), L.Masking(0.), L.Permute((2, 1)), L.Flatten(), L.Reshape((2, 6)), L.Activation('tanh'), L.Softmax(), L.ThresholdedReLU(0.5), L.LeakyReLU(), L.PReLU(shared_axes=[1]), L.ELU(), L.BatchNormalization(), L.Lambda(lambda t: t * 2), L.Dense(2, use_bias=False)):
    run(l, s)
for l in (L.Conv2D(2, 3), L.Conv2DTranspose(2, 3, strides=2, padding='same'), L.SeparableConv2D(2, 3), L.DepthwiseConv2D(3, padding='same'), L.MaxPool2D((2, 3)), L.AveragePooling2D(padding='same', pool_size=4), L.GlobalAvgPool2D(), L.GlobalMaxPool2D(), L.ZeroPadding2D(1), L.Cropping2D(((1, 2), (0, 1))), L.UpSampling2D((2, 1)), L.SpatialDropout2D(0.5), L.ConvLSTM2D(2, 2) if 0 else L.Conv2D(1, 1, dilation_rate=2, data_format='channels_last')):
    run(l, img)
for l in (L.Conv3D(2, 2), L.MaxPooling3D(), L.AveragePooling3D(), L.GlobalAveragePooling3D(), L.GlobalMaxPooling3D(), L.ZeroPadding3D(), L.Cropping3D(1), L.UpSampling3D(2), L.Conv3DTranspose(1, 2)):
    run(l, vol)
run(L.ConvLSTM2D(2, 2, padding='same'), img[:, None].repeat(2, 1))
run(L.Embedding(5, 3, input_length=2, mask_zero=True), np.array([[1, 0], [2, 4]]))
for l in (L.Add(), L.Multiply(), L.Average(), L.Maximum(), L.Concatenate(axis=1), L.Dot(axes=1), L.Dot(axes=2, normalize=True)):
    run(l, s, s + 1)
attempt('add1', lambda: L.Add()([L.Input((2,))]))
attempt('add2', lambda: L.Add()([L.Input((2,)), L.Input((3,))]))
