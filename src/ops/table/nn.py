"""Operations of neural networks: biases, softmax and cross entropies."""
from rows import op

_LAYOUT = "\ndata_format: SJ_DATA_FORMAT_NHWC, channels last, or SJ_DATA_FORMAT_NCHW, channels second."

op("BiasAdd", "value:T bias:T", "output:T", T="numbers", attrs="data_format:data_format", gradient="bias_add",
   doc="value plus bias (channels) along the channels, for values of rank 2 and more." + _LAYOUT)
op("BiasAddGrad", "out_backprop:T", "output:T", T="numbers", attrs="data_format:data_format", gradient="bias_add_grad",
   saves_shapes="out_backprop", doc="The gradient of BiasAdd with respect to its bias: the sum over all but the channels." + _LAYOUT)

op("Softmax", "logits:T", "softmax:T", T="floats", gradient="softmax", saves_outputs="softmax",
   doc="exp(logits) / sum(exp(logits)) over the last axis, computed from logits - max: no overflow.\n"
       "A row of -infinity alone gives NaN. InvalidArgument for a scalar.")
op("LogSoftmax", "logits:T", "logsoftmax:T", T="floats", gradient="log_softmax", saves_outputs="logsoftmax",
   doc="logits - log(sum(exp(logits))) over the last axis, computed from logits - max. InvalidArgument for a scalar.")

op("SoftmaxCrossEntropyWithLogits", "features:T labels:T", "loss:T backprop:T", T="floats", gradient="softmax_cross_entropy",
   saves="features labels", saves_outputs="backprop",
   doc="Row by row of features (the logits; batch, classes) and labels (probabilities), which broadcast: loss (batch) = "
       "-sum(labels log(softmax(features))), and backprop (batch, classes) = softmax(features) - labels, the loss's gradient.\n"
       "InvalidArgument without classes or when they do not broadcast to a matrix.")
op("SparseSoftmaxCrossEntropyWithLogits", "features:T labels:U", "loss:T backprop:T", T="floats", U="int32 int64",
   gradient="sparse_softmax_cross_entropy", saves="features", saves_outputs="backprop", gradient_reads="shapes",
   doc="The same for labels (batch) that say the class of each row of features (batch, classes).\n"
       "InvalidArgument for a label outside [0, classes).")

op("L2Loss", "t:T", "output:T", T="floats", gradient={"t": "dy * t"}, c_name="l2_loss", doc="Half the sum of the squares: a scalar.")
