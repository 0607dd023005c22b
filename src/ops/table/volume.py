"""Convolutions and pooling of volumes (n, d, h, w, c)."""
from rows import op

_CONV = "strides:ints! padding:padding data_format:volume_format dilations:ints"
_CONV_DOC = """
strides and dilations: five numbers, 1 for batch and channels. padding: SJ_PADDING_VALID or SJ_PADDING_SAME (output = ceil(input / stride)).
Only SJ_VOLUME_FORMAT_NDHWC is implemented."""

op("Conv3D", "input:T filter:T", "output:T", T="floats", c_name="conv3d", attrs=_CONV, gradient="conv3d", saves="input filter",
   doc="The convolution (cross-correlation) of volumes (n, d, h, w, c) with filter (fd, fh, fw, c, out_c), summed in float64." + _CONV_DOC)
op("Conv3DBackpropInputV2", "input_sizes:ints filter:T out_backprop:T", "output:T", T="floats", c_name="conv3d_backprop_input", attrs=_CONV,
   gradient="conv3d_backprop_input", saves="filter out_backprop",
   doc="The gradient of Conv3D with respect to its input, of shape input_sizes; also the transposed convolution." + _CONV_DOC)
op("Conv3DBackpropFilterV2", "input:T filter_sizes:ints out_backprop:T", "output:T", T="floats", c_name="conv3d_backprop_filter", attrs=_CONV,
   gradient="conv3d_backprop_filter", saves="input out_backprop",
   doc="The gradient of Conv3D with respect to its filter, of shape filter_sizes." + _CONV_DOC)

_POOL = "ksize:ints! strides:ints! padding:padding data_format:volume_format"
_POOL_DOC = """
ksize and strides: five numbers, 1 for batch and channels. padding: SJ_PADDING_VALID or SJ_PADDING_SAME; it never counts.
Only SJ_VOLUME_FORMAT_NDHWC is implemented."""
_MAX = dict(T="floats", attrs=_POOL, rule="max_pool3d_grad", saves="orig_input orig_output", kernel="pool3d")

op("MaxPool3D", "input:T", "output:T", T="floats", c_name="max_pool3d", attrs=_POOL, rule="pool3d", kernel="pool3d", gradient="max_pool3d",
   saves="input", saves_outputs="output",
   doc="The largest element of each window of volumes (n, d, h, w, c); NaN is largest. The gradient goes to the first of equal maxima." + _POOL_DOC)
op("MaxPool3DGrad", "orig_input:T orig_output:T grad:T", "output:T", c_name="max_pool3d_grad", gradient="max_pool3d_grad",
   doc="The gradient of MaxPool3D: grad, of orig_output's shape, added to where the maxima of orig_input are." + _POOL_DOC, **_MAX)
op("MaxPool3DGradGrad", "orig_input:T orig_output:T grad:T", "output:T", c_name="max_pool3d_grad_grad", gradient="max_pool3d_grad_grad",
   doc="The gradient of MaxPool3DGrad: the elements of grad, of orig_input's shape, that stand where its maxima are." + _POOL_DOC, **_MAX)
op("AvgPool3D", "input:T", "output:T", T="floats", c_name="avg_pool3d", attrs=_POOL, rule="pool3d", kernel="pool3d", gradient="avg_pool3d",
   saves_shapes="input", doc="The mean of each window of volumes (n, d, h, w, c)." + _POOL_DOC)
op("AvgPool3DGrad", "orig_input_shape:ints grad:T", "output:T", T="floats", c_name="avg_pool3d_grad", attrs=_POOL, kernel="pool3d",
   gradient="avg_pool3d_grad", doc="The gradient of AvgPool3D, of shape orig_input_shape." + _POOL_DOC)
