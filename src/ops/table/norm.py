"""Normalisation: over batches, and over neighbouring channels."""
from rows import op

_ATTRS = "epsilon:float=9.999999747378752e-05 exponential_avg_factor:float=1.0 data_format:data_format is_training:bool=True"
_GRAD_ATTRS = "epsilon:float=9.999999747378752e-05 data_format:data_format is_training:bool=True"
_DOC = """y = (x - mean) / sqrt(variance + epsilon) * scale + offset, for each channel of x (n, h, w, c), or (n, c, h, w) with
SJ_DATA_FORMAT_NCHW; any rank of at least 2, always float32 or float64 throughout. scale, offset, mean, variance: (channels).
is_training (default): by x's own statistics; batch_mean and batch_variance (unbiased) are returned, mixed with the given mean
and variance as (1 - f) old + f new when exponential_avg_factor f is not 1 (else mean and variance may be empty). Not training: by
the given ones, which are returned. reserve_space_1 and _2: the mean and the biased variance that the gradient wants.
InvalidArgument when a vector's length is not the number of channels."""
_GRAD_DOC = """The gradient of batch normalisation: x_backprop, scale_backprop and offset_backprop, from y's gradient, x, scale and the
mean and variance that normalised x. reserve_space_1 and _2 are that mean and variance; the last two outputs are empty."""
_VECTORS = "batch_mean:{0} batch_variance:{0} reserve_space_1:{0} reserve_space_2:{0}"

op("FusedBatchNorm", "x:T scale:T offset:T mean:T variance:T", "y:T " + _VECTORS.format("T"), T="floats", attrs=_ATTRS, rule="fused_batch_norm",
   kernel="fused_batch_norm", gradient="fused_batch_norm", saves="x scale", saves_outputs="reserve_space_1 reserve_space_2", doc=_DOC)
op("FusedBatchNormV2", "x:T scale:U offset:U mean:U variance:U", "y:T " + _VECTORS.format("U"), T="floats", U="floats", attrs=_ATTRS,
   rule="fused_batch_norm", kernel="fused_batch_norm", gradient="fused_batch_norm", saves="x scale",
   saves_outputs="reserve_space_1 reserve_space_2", doc=_DOC, c_name="fused_batch_norm_v2")
op("FusedBatchNormV3", "x:T scale:U offset:U mean:U variance:U", "y:T " + _VECTORS.format("U") + " reserve_space_3:U", T="floats", U="floats",
   attrs=_ATTRS, rule="fused_batch_norm", kernel="fused_batch_norm", gradient="fused_batch_norm", saves="x scale",
   saves_outputs="reserve_space_1 reserve_space_2", doc=_DOC + "\nreserve_space_3 is 0.", c_name="fused_batch_norm_v3")

_GRAD = dict(attrs=_GRAD_ATTRS, rule="fused_batch_norm_grad", kernel="fused_batch_norm_grad", gradient="fused_batch_norm_grad",
             saves="y_backprop x scale reserve_space_1 reserve_space_2", doc=_GRAD_DOC)
op("FusedBatchNormGrad", "y_backprop:T x:T scale:T reserve_space_1:T reserve_space_2:T",
   "x_backprop:T scale_backprop:T offset_backprop:T reserve_space_3:T reserve_space_4:T", T="floats", **_GRAD)
op("FusedBatchNormGradV2", "y_backprop:T x:T scale:U reserve_space_1:U reserve_space_2:U",
   "x_backprop:T scale_backprop:U offset_backprop:U reserve_space_3:U reserve_space_4:U", T="floats", U="floats",
   c_name="fused_batch_norm_grad_v2", **_GRAD)
op("FusedBatchNormGradV3", "y_backprop:T x:T scale:U reserve_space_1:U reserve_space_2:U reserve_space_3:U",
   "x_backprop:T scale_backprop:U offset_backprop:U reserve_space_4:U reserve_space_5:U", T="floats", U="floats",
   c_name="fused_batch_norm_grad_v3", **_GRAD)

_LRN_ATTRS = "depth_radius:int=5 bias:float=1.0 alpha:float=1.0 beta:float=0.5"
op("LRN", "input:T", "output:T", T="floats", attrs=_LRN_ATTRS, c_name="lrn", gradient="lrn", saves="input", saves_outputs="output",
   doc="Local response normalisation of images (n, h, w, c): input / (bias + alpha sum(input^2))^beta, the sum over the channels\n"
       "within depth_radius. InvalidArgument when the rank is not 4 or depth_radius negative.")
op("LRNGrad", "input_grads:T input_image:T output_image:T", "output:T", T="floats", attrs=_LRN_ATTRS, c_name="lrn_grad", gradient="lrn_grad",
   saves="input_grads input_image output_image", doc="The gradient of LRN: input_grads is its output's, output_image its output.")
