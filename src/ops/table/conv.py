"""Convolutions and their gradients."""
from rows import op

_ATTRS = "strides:ints padding:padding explicit_paddings:ints data_format:data_format dilations:ints"
_WINDOW = """
strides and dilations: four numbers in the order of data_format, 1 for batch and channels; all 1 when not given.
padding: SJ_PADDING_VALID (none), SJ_PADDING_SAME (output = ceil(input / stride), the odd pixel below and to the right) or
SJ_PADDING_EXPLICIT with explicit_paddings: eight numbers, before and after for each dimension."""

op("Conv2D", "input:T filter:T", "output:T", T="floats", c_name="conv2d", attrs=_ATTRS, gradient="conv2d", saves="input filter",
   doc="The convolution (cross-correlation) of images, input (n, h, w, c) (or (n, c, h, w) with SJ_DATA_FORMAT_NCHW), with filter "
       "(fh, fw, c, out_c).\nThe output has the input's layout. A filter of c / g channels convolves g groups of channels apart: group i gives the output\n"
       "channels from i * out_c / g on." + _WINDOW)
op("FusedConv2D", "input:T filter:T bias:T", "output:T", T="floats", c_name="fused_conv2d", attrs=_ATTRS + " relu:bool", gradient="fused_conv2d",
   saves="input filter", saves_outputs="output",
   doc="Conv2D, plus bias (out_c) along the channels, and with relu the positive part, in one pass: the same bits as one after the other.\n"
       "No groups of channels." + _WINDOW)
op("Conv2DBackpropInput", "input_sizes:ints filter:T out_backprop:T", "output:T", T="floats", c_name="conv2d_backprop_input", attrs=_ATTRS,
   gradient="conv2d_backprop_input", saves="filter out_backprop",
   doc="The gradient of Conv2D with respect to its input, of shape input_sizes; also the transposed convolution." + _WINDOW)
op("Conv2DBackpropFilter", "input:T filter_sizes:ints out_backprop:T", "output:T", T="floats", c_name="conv2d_backprop_filter", attrs=_ATTRS,
   gradient="conv2d_backprop_filter", saves="input out_backprop",
   doc="The gradient of Conv2D with respect to its filter, of shape filter_sizes." + _WINDOW)
op("DepthwiseConv2dNative", "input:T filter:T", "output:T", T="floats", c_name="depthwise_conv2d", attrs=_ATTRS, rule="conv2d",
   gradient="depthwise_conv2d", saves="input filter",
   doc="Each channel c of the input convolved with its own filters, filter (fh, fw, c, multiplier): output channel c * multiplier + j." + _WINDOW)
op("DepthwiseConv2dNativeBackpropInput", "input_sizes:ints filter:T out_backprop:T", "output:T", T="floats",
   c_name="depthwise_conv2d_backprop_input", attrs=_ATTRS, rule="conv2d_backprop_input", gradient="depthwise_conv2d_backprop_input",
   saves="filter out_backprop", doc="The gradient of DepthwiseConv2dNative with respect to its input." + _WINDOW)
op("DepthwiseConv2dNativeBackpropFilter", "input:T filter_sizes:ints out_backprop:T", "output:T", T="floats",
   c_name="depthwise_conv2d_backprop_filter", attrs=_ATTRS, rule="conv2d_backprop_filter",
   gradient="depthwise_conv2d_backprop_filter", saves="input out_backprop",
   doc="The gradient of DepthwiseConv2dNative with respect to its filter." + _WINDOW)
