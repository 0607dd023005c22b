# tf: 1.8
# What cuDNN's layers say of themselves without a GPU.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.cudnn_rnn.python.layers import cudnn_rnn

for kind in (cudnn_rnn.CudnnLSTM, cudnn_rnn.CudnnGRU, cudnn_rnn.CudnnRNNTanh, cudnn_rnn.CudnnRNNRelu):
    layer = kind(2, 3, direction="bidirectional", dropout=0.1)
    print(kind.__name__, layer.num_layers, layer.num_units, layer.direction, layer.rnn_mode, layer.num_dirs, layer.input_mode, layer.built)
for wrong in (lambda: cudnn_rnn.CudnnLSTM(1, 2, direction="both"), lambda: cudnn_rnn.CudnnGRU(1, 2, dtype=tf.int32), lambda: cudnn_rnn.CudnnGRU(1, 2).input_size):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
