"""Pooling: the largest or the mean of each window of an image."""
from rows import op

_MAX_ATTRS = "ksize:ints! strides:ints! padding:padding explicit_paddings:ints data_format:data_format"
_AVERAGE_ATTRS = "ksize:ints! strides:ints! padding:padding data_format:data_format"
_DOC = """
ksize and strides: four numbers in the order of data_format, 1 for batch and channels. padding: SJ_PADDING_VALID (none) or
SJ_PADDING_SAME (output = ceil(input / stride)){0}. Padding never counts.
InvalidArgument for a window that is not positive or larger than a dimension by more than one stride."""
_MAX_DOC = _DOC.format(",\nor SJ_PADDING_EXPLICIT with explicit_paddings: eight numbers, each less than the window")
_DOC = _DOC.format("")

op("MaxPool", "input:T", "output:T", T="numbers", attrs=_MAX_ATTRS, gradient="max_pool", saves="input", saves_outputs="output",
   doc="The largest element of each window of images (n, h, w, c), or (n, c, h, w); NaN is largest.\n"
       "The gradient goes to the first of equal maxima." + _MAX_DOC)
op("MaxPoolGrad", "orig_input:T orig_output:T grad:T", "output:T", T="numbers", attrs=_MAX_ATTRS, gradient="max_pool_grad",
   saves="orig_input orig_output", doc="The gradient of MaxPool: grad, of orig_output's shape, added to where the maxima of orig_input are." + _MAX_DOC)
op("MaxPoolGradGrad", "orig_input:T orig_output:T grad:T", "output:T", T="numbers", attrs=_MAX_ATTRS, gradient="max_pool_grad_grad",
   saves="orig_input orig_output", doc="The gradient of MaxPoolGrad: the elements of grad, of orig_input's shape, that stand where its maxima are." + _MAX_DOC)
op("AvgPool", "value:T", "output:T", T="floats", attrs=_AVERAGE_ATTRS, gradient="avg_pool", saves_shapes="value",
   doc="The mean of each window of images (n, h, w, c), or (n, c, h, w)." + _DOC)
op("AvgPoolGrad", "orig_input_shape:ints grad:T", "output:T", T="floats", attrs=_AVERAGE_ATTRS, gradient="avg_pool_grad",
   doc="The gradient of AvgPool, of shape orig_input_shape." + _DOC)

_PLACES = """
A place is (h * width + w) * channels + c within its image, or with include_batch_in_index within the batch. Layout NHWC."""
_ARGMAX_ATTRS = "ksize:ints! strides:ints! padding:padding include_batch_in_index:bool"
op("MaxPoolWithArgmax", "input:T", "output:T argmax:any", T="numbers", attrs="Targmax:dtype " + _ARGMAX_ATTRS, gradient="max_pool_with_argmax",
   saves_shapes="input", saves_outputs="argmax", doc="MaxPool, and the places of the maxima. Targmax: SJ_INT64 (the default) or SJ_INT32." + _PLACES + _DOC)
op("MaxPoolGradWithArgmax", "input:T grad:T argmax:U", "output:T", T="numbers", U="int32 int64", attrs=_ARGMAX_ATTRS,
   gradient="max_pool_grad_with_argmax", saves="argmax", saves_shapes="input",
   doc="The gradient of MaxPoolWithArgmax: grad added at the places argmax, in input's shape.\n"
       "InvalidArgument for a place outside its image." + _PLACES + _DOC)
op("MaxPoolGradGradWithArgmax", "input:T grad:T argmax:U", "output:T", T="numbers", U="int32 int64", attrs=_ARGMAX_ATTRS,
   gradient="max_pool_grad_grad_with_argmax", saves="argmax", saves_shapes="input",
   doc="The gradient of MaxPoolGradWithArgmax: the elements of grad, of input's shape, at the places argmax." + _PLACES + _DOC)
