# tf: 2.21
# Configurations of layers as Keras 3 gives them, and layers of them.
import json
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers as L

made = [L.Dense(3, activation="gelu", use_bias=False), L.Conv1D(2, 3, padding="causal"), L.Conv2D(2, (3, 2), strides=2, padding="same", dilation_rate=1),
        L.Conv3D(2, 2), L.Conv1DTranspose(2, 3), L.Conv2DTranspose(2, 3, strides=2), L.Conv3DTranspose(2, 2), L.SeparableConv1D(2, 3), L.SeparableConv2D(2, 3),
        L.DepthwiseConv1D(2), L.DepthwiseConv2D(2), L.MaxPooling1D(), L.MaxPooling2D(3), L.MaxPooling3D(), L.AveragePooling1D(2), L.AveragePooling2D(2), L.AveragePooling3D(2),
        L.GlobalMaxPooling1D(), L.GlobalMaxPooling2D(keepdims=True), L.GlobalMaxPooling3D(), L.GlobalAveragePooling1D(), L.GlobalAveragePooling2D(), L.GlobalAveragePooling3D(),
        L.BatchNormalization(momentum=0.9), L.LayerNormalization(epsilon=1e-4), L.GroupNormalization(4), L.UnitNormalization(),
        L.Dropout(0.5, seed=1), L.SpatialDropout1D(0.1), L.SpatialDropout2D(0.1), L.GaussianNoise(1.0), L.GaussianDropout(0.2), L.AlphaDropout(0.1), L.ActivityRegularization(0.1, 0.2),
        L.Embedding(3, 4, mask_zero=True), L.Masking(2.0), L.Flatten(), L.Reshape((2, 3)), L.Permute((2, 1)), L.RepeatVector(2), L.Cropping1D(1), L.Cropping2D(1), L.Cropping3D(1),
        L.ZeroPadding1D(1), L.ZeroPadding2D(((1, 0), (2, 1))), L.ZeroPadding3D(1), L.UpSampling1D(2), L.UpSampling2D(2, interpolation="bilinear"), L.UpSampling3D(2),
        L.Add(), L.Subtract(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum(), L.Concatenate(axis=1), L.Dot(axes=1, normalize=True),
        L.ReLU(6.0), L.LeakyReLU(0.1), L.PReLU(shared_axes=[1]), L.ELU(0.5), L.Softmax(axis=1), L.Activation("tanh"), L.Identity(),
        L.LSTM(2, return_sequences=True), L.GRU(2, reset_after=False), L.SimpleRNN(2), L.LSTMCell(2), L.GRUCell(2), L.SimpleRNNCell(2), L.StackedRNNCells([L.LSTMCell(1)]),
        L.Bidirectional(L.LSTM(2), merge_mode="sum"), L.TimeDistributed(L.Dense(1)), L.RNN(L.GRUCell(2)), L.Attention(use_scale=True), L.AdditiveAttention(), L.MultiHeadAttention(2, 3),
        L.EinsumDense("ab,bc->ac", 3), L.Rescaling(2.0, 1.0), L.Normalization(), L.CategoryEncoding(3), L.Discretization([1.0]), L.Hashing(3), L.HashedCrossing(4),
        L.StringLookup(), L.IntegerLookup(), L.TextVectorization(), L.Resizing(2, 3), L.CenterCrop(2, 2), L.RMSNormalization()]
for layer in made:
    config = layer.get_config()
    name = type(layer).__name__
    try:
        back = type(layer).from_config(json.loads(json.dumps(config)))
        same = json.dumps(back.get_config(), sort_keys=True) == json.dumps(config, sort_keys=True)
    except Exception as e:
        same = type(e).__name__
    print(name, json.dumps(config, sort_keys=True), same)
